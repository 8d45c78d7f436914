"""Mail with secrets in it: made and sent here, so that no secret is ever kept in the queue."""

import datetime as dt

from flask import current_app
from sqlalchemy import delete, or_
from sqlalchemy.orm import Session

from config import Settings
from forum.core import ratelimit
from forum.core.clock import now
from forum.core.errors import TooMany
from forum.core.tokens import address_key
from forum.core.unit_of_work import unit_of_work
from forum.integrations.mail.sending import send_mail
from forum.members import queries
from forum.members.models import KeptForm, Member, MemberEmail, MemberNetwork, MemberSession, MemberToken
from forum.members.state import make_link

UNUSED = dt.timedelta(days=60)  # as long as the cookie lives
KEPT = dt.timedelta(days=30)
NETWORKS_KEPT = dt.timedelta(days=90)  # a report looks back 60 days


def mail_confirmation(email_id: int, language: str) -> None:
    """Mail a link to an address that is to be confirmed; if it is somebody else's, tell its holder instead."""
    with unit_of_work() as session:
        row = session.get(MemberEmail, email_id)
        if row is None or row.confirmed_at is not None or not _within_limit(row.address_key):
            return
        to, member = row.address, session.get_one(Member, row.member_id)
        holder = queries.holder_of(session, row.address_key)
        if holder is not None:
            template, values = "taken", {"name": holder.label, "sign_in": _link("/sign-in"), "reset": _link("/reset")}
        else:
            token = make_link(session, member.id, "confirm", row.address_key)
            template = "confirm" if member.confirmed_at is None else "new_address"
            values = {"name": member.label, "link": _link(f"/confirm/{token}")}
    send_mail(to, template, values, language)


def mail_reset(email: str, language: str) -> None:
    """Mail a link for a new password to an address that a member has; nothing to any other."""
    key = address_key(email)
    with unit_of_work() as session:
        found = queries.reachable_by(session, key)
        if found is None or not _within_limit(key):
            return
        member, to = found
        token = make_link(session, member.id, "reset", key)
        values = {"name": member.label, "handle": member.name, "link": _link(f"/reset/{token}")}
    send_mail(to, "reset", values, language)


def tidy_members() -> None:
    """Remove what is past its end: links, sessions, hashes of networks, forms that nobody came back for."""
    moment = now()
    with unit_of_work() as session:
        _forget(session, moment)


def _forget(session: Session, moment: dt.datetime) -> None:
    session.execute(delete(MemberToken).where(MemberToken.expires_at < moment - KEPT))
    session.execute(delete(MemberNetwork).where(MemberNetwork.seen_at < moment - NETWORKS_KEPT))
    session.execute(delete(KeptForm).where(KeptForm.created_at < moment - dt.timedelta(days=1)))
    session.execute(
        delete(MemberSession).where(
            or_(MemberSession.ended_at < moment - KEPT, MemberSession.used_at < moment - UNUSED)
        )
    )


def _within_limit(key: str) -> bool:
    """Count a mail to this address: 2 an hour, 5 a day, whoever asks for them."""
    try:
        ratelimit.take("mail", key)
    except TooMany:
        return False
    return True


def _link(path: str) -> str:
    settings: Settings = current_app.config["SETTINGS"]
    return settings.base_url + path
