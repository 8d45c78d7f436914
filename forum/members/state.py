"""What several writes of members share. Called by actions (here and in moderation) that have asked the guardian."""

import datetime as dt

from sqlalchemy import Date, Integer, bindparam, delete, or_, select, update
from sqlalchemy.orm import Session

from forum.core.clock import now, today
from forum.core.tokens import address_key, hash_token, keyed_hash, new_token
from forum.events.catalogue import SessionsEnded
from forum.events.publish import publish
from forum.members.models import Member, MemberEmail, MemberSession, MemberToken, MemberVisit
from forum.notifications.mail import queue_mail
from forum.reputation import visits

LINK_LIVES = dt.timedelta(hours=1)
_VISIT = select(MemberVisit.member_id).where(  # built once: every write asks
    MemberVisit.member_id == bindparam("who", type_=Integer), MemberVisit.day == bindparam("on", type_=Date)
)


def close_sessions(session: Session, member_id: int, *, but: int | None = None) -> None:
    """End all sessions of a member (other than the one with the id `but`); their sockets go with them."""
    open_ones = select(MemberSession.id).where(
        MemberSession.member_id == member_id, MemberSession.ended_at.is_(None), MemberSession.id != (but or 0)
    )
    ids = tuple(session.scalars(open_ones))
    if ids:
        session.execute(update(MemberSession).where(MemberSession.id.in_(ids)).values(ended_at=now()))
        publish(session, SessionsEnded(member_id, ids if but else ()))


def replace_password(session: Session, member: Member, password_hash: str) -> None:
    """Set the password; mailed reset links and all sessions are void from now on, and the member is told by mail."""
    member.password_hash = password_hash
    session.flush()
    void_links(session, member.id, "reset")
    close_sessions(session, member.id)
    confirmed = select(MemberEmail.address).where(
        MemberEmail.member_id == member.id, MemberEmail.confirmed_at.is_not(None)
    )
    for address in session.scalars(confirmed):
        queue_mail(session, address, "password_changed", {"name": member.label}, language=member.reads)


def count_visit(session: Session, member_id: int) -> None:
    """Count the member's visit of this UTC day, unless it is counted already."""
    if session.scalar(_VISIT, {"who": member_id, "on": today()}) is None:
        visits.record_visit(session, member_id, today())


def make_link(session: Session, member_id: int, purpose: str, address_key: str) -> str:
    """A fresh secret for a mailed link (1 h, once); older ones for the same purpose are void. Returns the secret."""
    void_links(session, member_id, purpose)
    token, moment = new_token(), now()
    session.add(
        MemberToken(
            token_hash=hash_token(token), member_id=member_id, purpose=purpose, address_key=address_key,
            created_at=moment, expires_at=moment + LINK_LIVES,
        )
    )
    session.flush()
    return token


def void_links(session: Session, member_id: int, purpose: str) -> None:
    """Make a member's mailed links for one purpose useless."""
    session.execute(delete(MemberToken).where(MemberToken.member_id == member_id, MemberToken.purpose == purpose))


def is_taken(session: Session, key: str, but: int | None = None) -> bool:
    """Whether a member other than `but` bears a handle, or chose a shown name, that looks like this key."""
    rows = select(Member.id).where(or_(Member.name_key == key, Member.shown_key == key), Member.id != (but or 0))
    return session.scalar(rows.limit(1)) is not None


def email_row(member_id: int, email: str, privacy_key: str, *, confirmed: bool = False) -> MemberEmail:
    """An address of a member, with the key it is compared by and the keyed hash purchases are matched by."""
    key, moment = address_key(email), now()
    return MemberEmail(
        member_id=member_id, address=email, address_key=key, address_hash=keyed_hash(privacy_key, "address", key),
        confirmed_at=moment if confirmed else None, created_at=moment,
    )
