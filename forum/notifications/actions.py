"""Writes of notices: telling a member, and their reading it."""

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from forum.access import guardian
from forum.access.actors import Actor
from forum.core.clock import now
from forum.core.errors import NotFound
from forum.members.models import Member
from forum.notifications.models import Notice


def tell(
    session: Session,
    actor: Actor,
    member_id: int,
    kind: str,
    event_key: str,
    *,
    by_id: int | None = None,
    thread_id: int | None = None,
    post_id: int | None = None,
    message_id: int | None = None,
    details: dict[str, object] | None = None,
) -> int | None:
    """Put a notice behind a member's bell, once per `event_key`. The system does it.

    Returns the member's new number of unread notices, or None when they had this notice already.
    """
    guardian.require(guardian.may_act_for_nobody(actor), actor)
    values = {
        "member_id": member_id,
        "kind": kind,
        "event_key": event_key,
        "actor_id": by_id,
        "thread_id": thread_id,
        "post_id": post_id,
        "message_id": message_id,
        "details": details or {},
        "created_at": now(),
    }
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    insert = dialect.insert(Notice).values(**values).on_conflict_do_nothing().returning(Notice.id)
    if session.execute(insert).first() is None:
        return None
    raised = (
        update(Member)
        .where(Member.id == member_id)
        .values(unread_notices=Member.unread_notices + 1)
        .returning(Member.unread_notices)
    )
    return session.execute(raised, execution_options={"synchronize_session": False}).scalar_one()


def take_away(session: Session, actor: Actor, event_key: str) -> list[tuple[int, int]]:
    """Take the notices of this key from behind all bells: what they tell of is gone. The system does it.

    Returns each member whose number of unread notices fell, with the new number.
    """
    guardian.require(guardian.may_act_for_nobody(actor), actor)
    gone = delete(Notice).where(Notice.event_key == event_key).returning(Notice.member_id, Notice.read_at)
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
