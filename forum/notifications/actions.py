"""Writes of notices: telling a member, and their reading it."""

from functools import lru_cache
from typing import Any, TypedDict, Unpack

from sqlalchemy import Integer, Table, bindparam, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert

from forum.access import guardian
from forum.access.actors import Actor
from forum.core.clock import now
from forum.core.database import Base
from forum.core.errors import NotFound
from forum.members.models import Member
from forum.notifications.models import Notice


class About(TypedDict, total=False):
    """What a notice is about, and who brought it about (`by_id`)."""

    by_id: int | None
    thread_id: int | None
    post_id: int | None
    message_id: int | None
    details: dict[str, object] | None


def tell(
    session: Session,
    actor: Actor,
    member_id: int,
    kind: str,
    event_key: str,
    **about: Unpack[About],
) -> int | None:
    """Put a notice behind a member's bell, once per `event_key`. The system does it.

    Returns the member's new number of unread notices, or None when they had this notice already.
    """
    guardian.require(guardian.may_act_for_nobody(actor), actor)
    values = {
        "member_id": member_id,
        "kind": kind,
        "event_key": event_key,
        "actor_id": about.get("by_id"),
        "thread_id": about.get("thread_id"),
        "post_id": about.get("post_id"),
        "message_id": about.get("message_id"),
        "details": about.get("details") or {},
        "created_at": now(),
    }
    session.flush()  # what the notice is about may be new itself
    if session.execute(_put(session.get_bind().dialect.name), values).first() is None:
        return None
    unread: int = session.execute(_RAISE, {"who": member_id}).scalar_one()
    return unread


_NOTICES: Table = Base.metadata.tables[Notice.__tablename__]
_MEMBERS: Table = Base.metadata.tables[Member.__tablename__]
_RAISE = (
    update(_MEMBERS).where(_MEMBERS.c.id == bindparam("who", type_=Integer))
    .values(unread_notices=_MEMBERS.c.unread_notices + 1).returning(_MEMBERS.c.unread_notices)
)


@lru_cache
def _put(dialect: str) -> ReturningInsert[Any]:
    """A notice, once for each key: built once."""
    notice: Any = (postgresql if dialect == "postgresql" else sqlite).insert(_NOTICES)
    once: ReturningInsert[Any] = notice.on_conflict_do_nothing().returning(_NOTICES.c.id)
    return once


def take_away(session: Session, actor: Actor, event_key: str, most: int | None = None) -> list[tuple[int, int]]:
    """Take the notices of this key, at most so many, from behind all bells: what they tell of is gone.

    The system does it.

    Returns each member whose number of unread notices fell, with the new number.
    """
    guardian.require(guardian.may_act_for_nobody(actor), actor)
    these = Notice.event_key == event_key
    if most is not None:
        these = Notice.id.in_(select(Notice.id).where(these).order_by(Notice.member_id).limit(most))
    gone = delete(Notice).where(these).returning(Notice.member_id, Notice.read_at)
    fallen = []
    for member_id, read_at in sorted(session.execute(gone).all(), key=lambda row: row[0]):
        if read_at is None:
            lowered = (
                update(Member)
                .where(Member.id == member_id, Member.unread_notices > 0)
                .values(unread_notices=Member.unread_notices - 1)
                .returning(Member.unread_notices)
            )
            left = session.execute(lowered, execution_options={"synchronize_session": False}).scalar_one_or_none()
            fallen.append((member_id, left or 0))
    return fallen


def mark_read(session: Session, actor: Actor, up_to: int | None = None) -> int:
    """Mark one's notices read, all or up to an id. Returns how many are still unread."""
    guardian.require(guardian.may_be_notified(actor), actor)
    unread = [Notice.member_id == actor.id, Notice.read_at.is_(None)]
    if up_to is not None:
        unread.append(Notice.id <= up_to)
    session.execute(update(Notice).where(*unread).values(read_at=now()))
    left = session.scalar(
        select(func.count()).select_from(Notice).where(Notice.member_id == actor.id, Notice.read_at.is_(None))
    )
    session.execute(update(Member).where(Member.id == actor.id).values(unread_notices=left or 0))
    return left or 0


def stop_answer_mail(session: Session, actor: Actor, member_id: int) -> None:
    """No more mail about answers for this member; the signed link of a mail stands for them.

    Raises:
        NotFound: the member is gone.
    """
    guardian.require(guardian.may_act_for_nobody(actor), actor)
    member = session.get(Member, member_id)
    if member is None or member.erased_at is not None:
        raise NotFound
    member.mail_answers = False
    session.flush()
