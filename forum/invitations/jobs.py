"""The mail of an invitation: its secret is made and sent here, so that none is ever kept in the queue."""

import datetime as dt

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import Settings
from forum.core import ratelimit
from forum.core.clock import now
from forum.core.errors import TooMany
from forum.core.tokens import address_key, hash_token, new_token
from forum.core.unit_of_work import unit_of_work
from forum.integrations.mail.sending import send_mail
from forum.invitations.models import Invitation, InvitationRefusal
from forum.members import queries as members
from forum.members.models import Member
from forum.notifications.links import refusal_token

APART = dt.timedelta(days=7)  # an address gets one invitation a week, whoever sends them


def mail_invitation(invitation_id: int, email: str, language: str) -> None:
    """Mail the link; nothing to a member, to who wants none, or to an address that had one this week."""
    settings: Settings = current_app.config["SETTINGS"]
    token = new_token()
    with unit_of_work() as session:
        invitation = session.get(Invitation, invitation_id, with_for_update=True)
        if invitation is None or not _is_welcome(session, invitation, address_key(email)):
            return
        inviter = session.get_one(Member, invitation.inviter_id)
        invitation.token_hash = hash_token(token)
        refusal = f"{settings.base_url}/invitations/refusal/{refusal_token(invitation.address_hash)}"
        values = {"inviter": inviter.label, "link": f"{settings.base_url}/join?invitation={token}", "refusal": refusal}
    send_mail(email, "invitation", values, language)


def _is_welcome(session: Session, invitation: Invitation, key: str) -> bool:
    if invitation.withdrawn_at is not None or invitation.token_hash is not None:
        return False
    refused = session.get(InvitationRefusal, invitation.address_hash) is not None
    mailed = session.scalar(
        select(Invitation.id).where(
            Invitation.address_hash == invitation.address_hash, Invitation.token_hash.is_not(None),
            Invitation.created_at > now() - APART,
        ).limit(1)
    )
    if refused or mailed is not None or members.holder_of(session, key) is not None:
        return False
    try:
        ratelimit.take("mail", key)
    except TooMany:
        return False
    return True
