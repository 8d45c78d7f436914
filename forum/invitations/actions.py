"""Inviting friends.

Whether an address belongs to a member, was invited by others, or wants no invitations is found out by the job
that mails, never by the request: an inviter sees the same in each case.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from forum.access import guardian
from forum.access.actors import Actor
from forum.core import ratelimit
from forum.core.clock import now
from forum.core.errors import Conflict, NotFound
from forum.core.i18n import lazy_gettext as _l
from forum.core.tokens import address_hash
from forum.events.catalogue import InvitationTaken
from forum.events.publish import publish
from forum.invitations.models import Invitation, InvitationRefusal
from forum.invitations.state import invitation_of
from forum.jobs.queue import enqueue
from forum.members.actions import confirm_invited
from forum.members.addresses import address
from forum.members.models import Member

HINT_HOST = 60


def invite(session: Session, actor: Actor, email: str, privacy_key: str, language: str) -> Invitation:
    """Have an invitation mailed to a friend's address.

    Args:
        email: the friend's address. It is in the job that mails, and nowhere else.
        privacy_key: what the kept hash of it is keyed with.
        language: in which the mail is written.

    Raises:
        Forbidden: the actor's rank does not open it yet.
        Invalid: it is no address.
        TooMany: ten a day.
    """
    guardian.require(guardian.may_invite(actor), actor)
    to = address(email)
    ratelimit.take("invitation", actor.id)
    local, _at, host = to.rpartition("@")
    invitation = Invitation(
        inviter_id=actor.id, address_hash=address_hash(privacy_key, to), hint=f"{local[0]}…@{host[:HINT_HOST]}",
        created_at=now(),
    )
    session.add(invitation)
    session.flush()
    enqueue(session, "mail_invitation", {"invitation_id": invitation.id, "email": to, "language": language})
    return invitation


def withdraw(session: Session, actor: Actor, invitation_id: int) -> None:
    """Make the link of an invitation useless.

    Raises:
        NotFound: there is none of the actor's with this id.
        Conflict: somebody has joined with it.
    """
    invitation = session.get(Invitation, invitation_id, with_for_update=True)
    if invitation is None or not guardian.may_withdraw_invitation(actor, invitation.inviter_id):
        raise NotFound
    if invitation.member_id is not None:
        raise Conflict(_l("Somebody has joined with this invitation already."))
    invitation.withdrawn_at = invitation.withdrawn_at or now()
    session.flush()


def take_up(session: Session, actor: Actor, token: str) -> None:
    """A member has just joined by an invitation's link; nothing happens if the link is not good (any more).

    The link was mailed to the address, so that a member who joined with the same one need not confirm it again.
    """
    member = session.get_one(Member, actor.id)
    guardian.require(guardian.may_edit_member(actor, member), actor)
    invitation = invitation_of(session, token, lock=True)
    if invitation is None:
        return
    invitation.member_id = member.id
    session.flush()
    confirm_invited(session, actor, invitation.address_hash)
    publish(session, InvitationTaken(invitation.id))


def refuse_invitations(session: Session, actor: Actor, hashed: str) -> None:
    """The owner of an address wants no invitations from here (proven by the signed link in the mail)."""
    guardian.require(guardian.may_act_for_nobody(actor), actor)
    if session.scalar(select(InvitationRefusal.address_hash).where(InvitationRefusal.address_hash == hashed)) is None:
        session.add(InvitationRefusal(address_hash=hashed, created_at=now()))
        session.flush()
