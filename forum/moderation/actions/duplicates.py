"""Saying that a thread is answered in another one, and taking it back."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from forum.access import guardian
from forum.access.actors import Actor
from forum.boards.models import STAFF, Board
from forum.core.errors import Invalid, NotFound
from forum.core.i18n import Text
from forum.core.i18n import lazy_gettext as _l
from forum.moderation.models import LogEntry
from forum.moderation.queries import thread_to_steer
from forum.moderation.record import record
from forum.reputation import rulesets
from forum.threads import duplicates


def mark_duplicate(session: Session, actor: Actor, thread_id: int, original_id: int | None) -> LogEntry:
    """Let another thread stand for this one. If that is a duplicate itself, it is the one that it points to.

    Raises:
        NotFound: the thread is not there for the actor.
        Invalid: by field `original`, why the other thread cannot stand for it.
        Conflict: it is marked already.
    """
    followed, original = point(session, actor, thread_id, original_id)
    board_id = thread_to_steer(session, actor, thread_id)[1].id
    details = {"original": original, "followed": followed}
    return record(session, actor, "mark_duplicate", "thread", thread_id, board_id=board_id, details=details)


def unmark_duplicate(session: Session, actor: Actor, thread_id: int) -> LogEntry:
    """Let the thread be its own again; what it had taken along comes back to it.

    Raises:
        NotFound: the thread is not there for the actor.
        Conflict: it is no duplicate.
    """
    marked = session.scalar(
        select(LogEntry)
        .where(
            LogEntry.target_kind == "thread", LogEntry.target_id == thread_id,
            LogEntry.verb.in_(("mark_duplicate", "undo_unmark_duplicate")),
        )
        .order_by(LogEntry.id.desc())
        .limit(1)
    )
    if marked is not None and marked.undoes_id is not None:  # marked once more by undoing: the line undone knows
        marked = session.get(LogEntry, marked.undoes_id)
    followed = list(marked.details.get("followed", [])) if marked is not None else []
    original = let_go(session, actor, thread_id, followed)
    board_id = thread_to_steer(session, actor, thread_id)[1].id
    details = {"original": original, "followed": followed}
    return record(session, actor, "unmark_duplicate", "thread", thread_id, board_id=board_id, details=details)


def point(session: Session, actor: Actor, thread_id: int, original_id: int | None) -> tuple[list[int], int]:
    """As `mark_duplicate`, but without a line in the log. Returns what it took along, and what stands for it now."""
    thread, board = thread_to_steer(session, actor, thread_id)
    guardian.require(guardian.may_mark_duplicate(actor, thread, board), actor)
    last = duplicates.standing_for(session, _seen(session, actor, original_id))
    if last is None or last == thread_id:
        itself = original_id == thread_id
        raise _no(_l("That is this thread itself.") if itself else _l("That thread points to this one."))
    _seen(session, actor, last)
    locked = duplicates.lock(session, thread_id, last)
    guardian.require(guardian.may_mark_duplicate(actor, locked.thread, locked.board_of(locked.thread)), actor)
    if locked.original.is_gone or locked.original.awaits_confirmation:
        raise _no(_l("That thread is not there for others at present."))
    if not _at_least_as_open(session, locked.board_of(locked.original), locked.board_of(locked.thread)):
        raise _no(_l("Not everybody who reads this thread may see that one. Choose one on a board as open as this."))
    return duplicates.point(session, locked, actor.id), last


def let_go(session: Session, actor: Actor, thread_id: int, followed: list[int]) -> int:
    """As `unmark_duplicate`, but without a line in the log. Returns what stood for it."""
    thread, board = thread_to_steer(session, actor, thread_id)
    guardian.require(guardian.may_mark_duplicate(actor, thread, board), actor)
    return duplicates.let_go(session, thread_id, actor.id, followed)


def _seen(session: Session, actor: Actor, thread_id: int | None) -> int:
    """The id of a thread that the actor may see; whether one is hidden from them or never was, they cannot tell."""
    if thread_id is None:
        raise _no(_l("Give the address or the number of a thread of this community."))
    try:
        return thread_to_steer(session, actor, thread_id)[0].id
    except NotFound:
        raise _no(_l("There is no such thread, or it is not open to you.")) from None


def _at_least_as_open(session: Session, original: Board, duplicate: Board) -> bool:
    """Whether everybody who sees the one board sees the other: ranks are a ladder, staff stand above it."""
    ruleset = rulesets.current(session)

    def threshold(board: Board) -> int:
        """The place on the ladder from which one sees the board (and the one above it)."""
        asked = (board.see_rank, board.above_see_rank)
        return len(ruleset.ranks) if STAFF in asked else max(ruleset.place(key) if key else -1 for key in asked)

    return original.id == duplicate.id or threshold(original) <= threshold(duplicate)


def _no(why: Text) -> Invalid:
    return Invalid({"original": why})
