"""Addresses and the links mailed to them: confirming, changing, resetting a password.

Who has an account is found out by the job that mails, never by the request: a door does the same
work and answers the same, whether an address is known or not.
"""

from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from forum.access import guardian
from forum.access.actors import SYSTEM, Actor
from forum.core.clock import now
from forum.core.errors import Conflict, NotFound
from forum.core.i18n import lazy_gettext as _l
from forum.core.tokens import hash_token
from forum.events.catalogue import MemberConfirmed
from forum.events.publish import publish
from forum.jobs.queue import enqueue
from forum.members.addresses import address
from forum.members.models import Member, MemberEmail, MemberToken
from forum.members.state import email_row, replace_password, void_links
from forum.notifications.mail import queue_mail
from forum.purchases.actions import match_member
from forum.reputation import standings
from forum.threads.actions import publish_waiting


@dataclass(frozen=True, slots=True)
class Confirmed:
    """Whose address was confirmed, and which threads of theirs were published by it."""

    member_id: int
    thread_ids: tuple[int, ...]


def ask_confirmation(session: Session, actor: Actor, language: str) -> None:
    """Have a link mailed to the actor's newest address that is not confirmed yet; nothing when there is none."""
    member = session.get_one(Member, actor.id)
    guardian.require(guardian.may_edit_member(actor, member), actor)
    row = _unconfirmed(session, member.id)
    if row is not None:
        enqueue(session, "mail_confirmation", {"email_id": row.id, "language": language})


def ask_new_address(session: Session, actor: Actor, email: str, privacy_key: str, language: str) -> None:
    """Take an address that is to replace the actor's once it is confirmed, and have a link mailed to it.

    Raises:
        Invalid: it is no address.
    """
    member = session.get_one(Member, actor.id)
    guardian.require(guardian.may_edit_member(actor, member), actor)
    row = email_row(member.id, address(email), privacy_key)
    session.execute(
        delete(MemberEmail).where(MemberEmail.member_id == member.id, MemberEmail.confirmed_at.is_(None))
    )
    void_links(session, member.id, "confirm")
    already = select(MemberEmail.id).where(
        MemberEmail.member_id == member.id, MemberEmail.address_key == row.address_key
    )
    if session.scalar(already):
        return
    session.add(row)
    session.flush()
    enqueue(session, "mail_confirmation", {"email_id": row.id, "language": language})


def ask_reset(session: Session, actor: Actor, email: str, language: str) -> None:
    """Have a link for a new password mailed to this address, if somebody has an account with it."""
    guardian.require(guardian.may_follow_link(actor), actor)
    enqueue(session, "mail_reset", {"email": email, "language": language})


def confirm_address(session: Session, actor: Actor, token: str) -> Confirmed:
    """Confirm the address that the link was mailed to; it replaces the member's earlier one.

    What waited for the first confirmation happens now: threads are published, purchases found.

    Raises:
        NotFound: the link is wrong, used or too old.
        Conflict: somebody else has confirmed this address by now.
    """
    guardian.require(guardian.may_follow_link(actor), actor)
    link = _open_link(session, token, "confirm")
    row = session.scalar(
        select(MemberEmail).where(
            MemberEmail.member_id == link.member_id, MemberEmail.address_key == link.address_key
        )
    )
    if row is None:
        raise NotFound
    if _is_held(session, row):
        raise Conflict(_l("This address belongs to another account by now. Please sign in with that one."))
    link.used_at = now()
    return _confirm(session, session.get_one(Member, link.member_id), row)


def confirm_invited(session: Session, actor: Actor, address_hash: str) -> None:
    """Confirm the actor's address if it is the one that an invitation's link was mailed to, and nobody else's."""
    member = session.get_one(Member, actor.id)
    guardian.require(guardian.may_edit_member(actor, member), actor)
    row = session.scalar(
        select(MemberEmail).where(MemberEmail.member_id == member.id, MemberEmail.address_hash == address_hash)
    )
    if row is not None and not _is_held(session, row):
        _confirm(session, member, row)


def _confirm(session: Session, member: Member, row: MemberEmail) -> Confirmed:
    _replace_others(session, member, row)
    row.confirmed_at = now()
    first = member.confirmed_at is None
    member.confirmed_at = member.confirmed_at or row.confirmed_at
    session.flush()
    published = publish_waiting(session, member) if first else []
    publish(session, MemberConfirmed(member.id))
    standings.open_standing(session, member.id)
    match_member(session, SYSTEM, member)
    return Confirmed(member.id, tuple(published))


def reset_password(session: Session, actor: Actor, token: str, password_hash: str) -> int:
    """Set a new password by a mailed link; every session ends. Returns the member's id.

    Raises:
        NotFound: the link is wrong, used or too old.
    """
    guardian.require(guardian.may_follow_link(actor), actor)
    link = _open_link(session, token, "reset")
    replace_password(session, session.get_one(Member, link.member_id), password_hash)
    return link.member_id


def _is_held(session: Session, row: MemberEmail) -> bool:
    """Whether the address is confirmed elsewhere."""
    held = select(MemberEmail.id).where(
        MemberEmail.address_key == row.address_key, MemberEmail.confirmed_at.is_not(None), MemberEmail.id != row.id
    )
    return session.scalar(held) is not None


def _unconfirmed(session: Session, member_id: int) -> MemberEmail | None:
    return session.scalar(
        select(MemberEmail)
        .where(MemberEmail.member_id == member_id, MemberEmail.confirmed_at.is_(None))
        .order_by(MemberEmail.id.desc())
        .limit(1)
    )


def _open_link(session: Session, token: str, purpose: str) -> MemberToken:
    """The link's row, held until the end of the transaction, so that two clicks are one."""
    link = session.scalar(
        select(MemberToken)
        .where(
            MemberToken.token_hash == hash_token(token), MemberToken.purpose == purpose,
            MemberToken.used_at.is_(None), MemberToken.expires_at > now(),
        )
        .with_for_update()
    )
    if link is None:
        raise NotFound(_l("This link was used already, or is older than an hour. Ask for a new one."))
    return link


def _replace_others(session: Session, member: Member, row: MemberEmail) -> None:
    """Let go of the member's other addresses; one that was in use is told so."""
    others = session.scalars(
        select(MemberEmail).where(MemberEmail.member_id == member.id, MemberEmail.id != row.id)
    ).all()
    for other in others:
        if other.confirmed_at is not None:
            queue_mail(session, other.address, "address_changed", {"name": member.label}, language=member.reads)
        session.delete(other)
