"""One thread stands for another: a duplicate points to the thread in which it is answered.

A thread that others point to is never a duplicate itself: marking it takes those along, so that whoever opens
a duplicate is at the answer after one step, and no chain can close to a ring. Building blocks, as in
`forum.threads.state`: they lock, change, count and publish; callers have asked the guardian and write the log.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from forum.access import visible
from forum.access.actors import Actor
from forum.boards.models import Board
from forum.core.errors import Conflict, NotFound
from forum.core.i18n import gettext as _
from forum.events.catalogue import DuplicateChanged, PostChanged
from forum.events.publish import publish
from forum.threads import projections
from forum.threads.models import Thread
from forum.threads.rows import Original


@dataclass(frozen=True, slots=True)
class Locked:
    """A thread, the one that is to stand for it, and those that point to the thread, all locked with their boards."""

    thread: Thread
    original: Thread
    followers: tuple[Thread, ...]
    boards: dict[int, Board]

    def board_of(self, thread: Thread) -> Board:
        """The board that one of the threads is on."""
        return self.boards[thread.board_id]


def original_of(session: Session, viewer: Actor, thread: Thread) -> Original | None:
    """Where a duplicate is answered, if the viewer may see it; None for other threads (without a query)."""
    if thread.duplicate_of_id is None:
        return None
    seen = visible.threads(viewer).where(Thread.id == thread.duplicate_of_id)
    found = session.scalars(seen).one_or_none()
    if found is None or found.is_gone:
        return None
    return Original(found.id, found.title, f"/t/{found.id}/{found.slug}", found.kind)


def standing_for(session: Session, thread_id: int) -> int | None:
    """The thread that stands for this one: itself, unless it is a duplicate. None when there is no such thread."""
    return session.scalar(select(func.coalesce(Thread.duplicate_of_id, Thread.id)).where(Thread.id == thread_id))


def lock(session: Session, thread_id: int, original_id: int) -> Locked:
    """Lock both threads, whatever points to the first, and their boards, in the house's order.

    Raises:
        NotFound: one of them is gone.
        Conflict: somebody marked or moved one of them at the same moment.
    """
    followers = _followers(session, thread_id)
    ids = sorted({thread_id, original_id, *followers})
    where = session.scalars(select(Thread.board_id).where(Thread.id.in_(ids)).distinct()).all()
    boards = {one: projections.lock_board(session, one) for one in sorted(where)}
    threads = {one: projections.lock_only_thread(session, one) for one in ids}
    moved = any(thread.board_id not in boards for thread in threads.values())
    if moved or _followers(session, thread_id) != followers:
        raise Conflict(_("Someone else has just changed this. Look again."))
    return Locked(threads[thread_id], threads[original_id], tuple(threads[one] for one in followers), boards)


def point(session: Session, locked: Locked, by_id: int | None) -> list[int]:
    """Let the original stand for the thread, and for what pointed to it. Returns the ids of the latter.

    Raises:
        Conflict: one of the two is a duplicate already.
    """
    if locked.thread.duplicate_of_id is not None or locked.original.duplicate_of_id is not None:
        raise Conflict(_("This is marked as a duplicate already."))
    for thread in (locked.thread, *locked.followers):
        thread.duplicate_of_id = locked.original.id
        _changed(session, locked.board_of(thread), thread)
    publish(session, DuplicateChanged(locked.thread.id, by_id))
    session.flush()
    return [thread.id for thread in locked.followers]


def let_go(session: Session, thread_id: int, by_id: int | None, followed: Iterable[int]) -> int:
    """Take it back: the thread is its own again, and those of `followed` that still go along with it point to it again.

    Returns the id of the thread that stood for it.

    Raises:
        Conflict: it is no duplicate.
    """
    original_id = session.scalar(select(Thread.duplicate_of_id).where(Thread.id == thread_id))
    if original_id is None:
        raise Conflict(_("This is not marked as a duplicate."))
    ids = sorted({thread_id, *followed})
    where = session.scalars(select(Thread.board_id).where(Thread.id.in_(ids)).distinct()).all()
    boards = {one: projections.lock_board(session, one) for one in sorted(where)}
    threads = [_lock_if_there(session, one) for one in ids]
    for thread in threads:
        if thread is None or thread.duplicate_of_id != original_id:
            continue
        thread.duplicate_of_id = None if thread.id == thread_id else thread_id
        _changed(session, boards.get(thread.board_id), thread)
    publish(session, DuplicateChanged(thread_id, by_id))
    session.flush()
    return original_id


def _followers(session: Session, thread_id: int) -> list[int]:
    return list(
        session.scalars(select(Thread.id).where(Thread.duplicate_of_id == thread_id).order_by(Thread.id))
    )


def _lock_if_there(session: Session, thread_id: int) -> Thread | None:
    try:
        return projections.lock_only_thread(session, thread_id)
    except NotFound:
        return None


def _changed(session: Session, board: Board | None, thread: Thread) -> None:
    session.flush()
    projections.touch(session, board, thread)
    publish(session, PostChanged(post_id=thread.opening_id or 0, thread_id=thread.id))
