"""Being signed in: sessions on the server, and the password that opens them."""

import datetime as dt

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from forum.access import guardian
from forum.access.actors import Actor
from forum.core.clock import now
from forum.core.errors import Conflict, NotFound
from forum.core.i18n import lazy_gettext as _l
from forum.core.tokens import hash_token, new_token
from forum.events.catalogue import SessionsEnded
from forum.events.publish import publish
from forum.members.models import Member, MemberNetwork, MemberSession
from forum.members.state import close_sessions, count_visit, replace_password

KEEP_ENDED = dt.timedelta(days=30)  # so long an ended session is of use to whoever looks into a break-in


def open_session(
    session: Session, actor: Actor, device: str, *, proven_by: str | None = None, language: str | None = None,
    network_hash: str | None = None,
) -> str:
    """Sign the actor in and count their visit of today. Returns the secret for the cookie.

    Args:
        proven_by: the password hash that was compared; it must still be the member's.
        language: what the browser asks for; mail is written in it unless the member chose one.
        network_hash: the keyed hash of where they are, kept for 90 days for the report of suspicious patterns.

    Raises:
        Forbidden: the member is suspended.
        Conflict: the password was changed in between.
    """
    guardian.require(guardian.may_open_session(actor), actor)
    member = session.get_one(Member, actor.id)
    if proven_by is not None and member.password_hash != proven_by:
        raise Conflict(_l("The password was changed a moment ago. Please sign in once more."))
    token, moment = new_token(), now()
    session.execute(
        delete(MemberSession).where(MemberSession.member_id == member.id, MemberSession.ended_at < moment - KEEP_ENDED)
    )
    session.add(
        MemberSession(
            token_hash=hash_token(token), member_id=member.id, created_at=moment, used_at=moment, device=device[:200]
        )
    )
    member.last_seen_at = moment
    member.browser_locale = language or member.browser_locale
    session.flush()
    if network_hash is not None:
        session.merge(MemberNetwork(member_id=member.id, network_hash=network_hash, seen_at=moment))
    count_visit(session, member.id)
    return token


def end_session(session: Session, actor: Actor, session_id: int) -> None:
    """End one of the actor's sessions, its sockets with it. Ending an ended one changes nothing.

    Raises:
        NotFound: it is not the actor's.
    """
    member = session.get_one(Member, actor.id)
    guardian.require(guardian.may_end_sessions(actor, member), actor)
    row = session.scalar(
        select(MemberSession).where(MemberSession.id == session_id, MemberSession.member_id == member.id)
    )
    if row is None:
        raise NotFound
    if row.ended_at is None:
        row.ended_at = now()
        session.flush()
        publish(session, SessionsEnded(member.id, (row.id,)))


def end_every_session(session: Session, actor: Actor, *, but: int | None = None) -> None:
    """End all sessions of the actor, or all others than the one with the id `but`."""
    member = session.get_one(Member, actor.id)
    guardian.require(guardian.may_end_sessions(actor, member), actor)
    close_sessions(session, member.id, but=but)


def change_password(session: Session, actor: Actor, password_hash: str, *, proven_by: str | None) -> None:
    """Keep a new password, and end every session: who had the old one is out.

    Args:
        proven_by: the hash of the old password, which was compared; it must still be the member's.

    Raises:
        Conflict: the password was changed in between.
    """
    member = session.get_one(Member, actor.id)
    guardian.require(guardian.may_edit_member(actor, member), actor)
    if member.password_hash != proven_by:
        raise Conflict(_l("The password was changed a moment ago. Please sign in once more."))
    replace_password(session, member, password_hash)


def renew_hash(session: Session, actor: Actor, password_hash: str, *, proven_by: str) -> None:
    """Keep the same password under today's parameters; nothing else changes."""
    guardian.require(guardian.may_open_session(actor), actor)
    session.execute(
        update(Member)
        .where(Member.id == actor.id, Member.password_hash == proven_by)
        .values(password_hash=password_hash)
    )
