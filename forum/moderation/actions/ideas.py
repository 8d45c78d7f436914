"""Saying what becomes of an idea: under review, planned, done or declined. Each can be taken back."""

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from forum.access.actors import Actor
from forum.core.errors import Conflict
from forum.core.i18n import lazy_gettext as _l
from forum.moderation.actions import undoing
from forum.moderation.actions.steering import moderated_thread
from forum.moderation.models import LogEntry
from forum.moderation.record import record
from forum.threads import ideas


def set_idea_state(
    session: Session, actor: Actor, thread_id: int, *, state: str, planned_for: str = "", reason: str = ""
) -> LogEntry:
    """Give an idea its state; its author and those who voted for it are told.

    Args:
        state: a word of IDEA_STATES, or "" to take its state away.
        planned_for: when, in the shop's own words ("spring 2027"); with "planned" alone.
        reason: what people read with it; needed to decline.

    Raises:
        NotFound, Forbidden, Unauthenticated: not theirs to say.
        Invalid: by field, what to change.
        Conflict: not an idea, or nothing new.
    """
    board, thread = moderated_thread(session, actor, thread_id)
    board_id, before = board.id, thread.idea_state
    change = ideas.set_state(session, thread, ideas.saying(state, planned_for, reason), actor.id)
    details = {"change": change.id, "from": before, "to": change.state}
    return record(session, actor, "idea_state", "thread", thread_id, board_id=board_id, details=details)


def undo_idea_state(session: Session, actor: Actor, thread_id: int) -> LogEntry:
    """Take the latest state back; the one before is said again.

    Raises:
        NotFound, Forbidden, Unauthenticated: not theirs to say.
        Conflict: nothing was said that could be taken back.
    """
    moderated_thread(session, actor, thread_id)
    undone = aliased(LogEntry)
    last = session.scalar(
        select(LogEntry.id)
        .where(
            LogEntry.target_kind == "thread", LogEntry.target_id == thread_id, LogEntry.verb == "idea_state",
            ~select(undone.id).where(undone.undoes_id == LogEntry.id).exists(),
        )
        .order_by(LogEntry.id.desc())
        .limit(1)
    )
    if last is None:
        raise Conflict(_l("Nothing was said about this idea yet."))
    return undoing.undo(session, actor, last)
