"""Keeping threads in order: lock, pin, move, change the kind. Each can be taken back."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from forum.access import guardian
from forum.access.actors import Actor
from forum.boards.models import Board
from forum.core.errors import Conflict, Invalid, NotFound
from forum.core.i18n import lazy_gettext as _l
from forum.moderation.models import Case, LogEntry
from forum.moderation.queries import thread_to_steer
from forum.moderation.record import record
from forum.moderation.targets import post_target
from forum.purchases.models import Product
from forum.threads import projections, state
from forum.threads.models import KINDS, Post, Thread


def moderated_thread(session: Session, actor: Actor, thread_id: int) -> tuple[Board, Thread]:
    """The thread with its board, locked, for somebody who moderates there.

    Raises:
        NotFound: it is not there, or not open to them.
        Forbidden, Unauthenticated: they do not moderate there.
    """
    thread_to_steer(session, actor, thread_id)  # what they may not see is not there, before anything is refused
    board, thread = projections.lock(session, thread_id)
    guardian.require_seen(actor, board)
    guardian.require(guardian.may_moderate(actor, board.id), actor)
    return board, thread


def lock(session: Session, actor: Actor, thread_id: int, reason: str = "") -> LogEntry:
    """Close the thread to answers, replies and edits.

    Raises:
        Conflict: it is locked.
    """
    board, thread = moderated_thread(session, actor, thread_id)
    if thread.locked_at is not None:
        raise Conflict(_l("This thread is locked already."))
    words = " ".join(reason.split())
    state.set_locked(session, thread, words or None)
    return record(session, actor, "lock", "thread", thread.id, board_id=board.id, reason=words)


def unlock(session: Session, actor: Actor, thread_id: int) -> LogEntry:
    """Open a locked thread again.

    Raises:
        Conflict: it is not locked.
    """
    board, thread = moderated_thread(session, actor, thread_id)
    if thread.locked_at is None:
        raise Conflict(_l("This thread is not locked."))
    details = {"reason": thread.locked_reason or ""}
    state.set_locked(session, thread, None, locked=False)
    return record(session, actor, "unlock", "thread", thread.id, board_id=board.id, details=details)


def pin(session: Session, actor: Actor, thread_id: int, *, pinned: bool = True) -> LogEntry:
    """Put the thread above its board's list, or (`pinned` False) let it go.

    Raises:
        Conflict: it is so already.
    """
    board, thread = moderated_thread(session, actor, thread_id)
    if (thread.pinned_at is not None) == pinned:
        raise Conflict(_l("This thread is pinned already.") if pinned else _l("This thread is not pinned."))
    state.set_pinned(session, thread, pinned=pinned)
    return record(session, actor, "pin" if pinned else "unpin", "thread", thread.id, board_id=board.id)


def move(session: Session, actor: Actor, thread_id: int, board_id: int) -> LogEntry:
    """Move the thread to another board that the actor moderates as well.

    Raises:
        Invalid: there is no such board to move it to.
    """
    thread, board = thread_to_steer(session, actor, thread_id)
    source, about = board.id, thread.product_id
    target = session.get(Board, board_id)
    guardian.require(guardian.may_moderate(actor, source), actor)
    if target is None or target.archived_at is not None or target.id == source:
        raise Invalid({"board": _l("Choose another board, one that is not archived.")})
    guardian.require(guardian.may_moderate(actor, target.id), actor)
    _put_on(session, thread_id, target)
    session.refresh(thread)
    details = {"from": source} | ({"product": about} if about is not None and thread.product_id is None else {})
    return record(session, actor, "move", "thread", thread_id, board_id=target.id, details=details)


def move_back(
    session: Session, actor: Actor, thread_id: int, board_id: int, product_id: int | None = None
) -> None:
    """Take a move back: as `move`, but without a line of its own, and to an archived board too.

    `product_id`: what it was about before the move, if that did not move along. It is again, unless somebody has
    chosen another product since, or that one is gone.

    Raises:
        Conflict: the board is gone.
    """
    board, thread = projections.lock(session, thread_id)
    target = session.get(Board, board_id)
    guardian.require(guardian.may_moderate(actor, board.id), actor)
    guardian.require(guardian.may_moderate(actor, board_id), actor)
    if target is None:
        raise Conflict(_l("The board that it came from is gone."))
    _put_on(session, thread.id, target)
    session.refresh(thread)
    if product_id is not None and thread.product_id is None and session.get(Product, product_id) is not None:
        thread.product_id = product_id
        session.flush()


def _put_on(session: Session, thread_id: int, board: Board) -> None:
    """Move the thread, and what waits for a decision about it: whoever moderates the new board decides."""
    state.move_thread(session, session.get_one(Thread, thread_id), board)
    posts = select(Post.id).where(Post.thread_id == thread_id)
    session.execute(
        update(Case).where(Case.target_kind == "post", Case.target_id.in_(posts)).values(board_id=board.id),
        execution_options={"synchronize_session": False},
    )


def change_kind(session: Session, actor: Actor, thread_id: int, kind: str) -> LogEntry:
    """Make a thread a question, a discussion or an idea; answers, votes and acceptance follow exactly.

    Raises:
        Invalid: there is no such kind, or none that is offered.
        Conflict: it is of that kind.
    """
    board, thread = moderated_thread(session, actor, thread_id)
    if kind not in KINDS:
        raise Invalid({"kind": _l("Choose a question, a discussion or an idea.")})
    if thread.kind == kind:
        raise Conflict(_l("It is of that kind already."))
    before, board_id = thread.kind, board.id
    state.change_kind(session, thread, kind)
    return record(
        session, actor, "change_kind", "thread", thread_id, board_id=board_id, details={"from": before, "to": kind}
    )


def turn(session: Session, actor: Actor, post_id: int, kind: str) -> LogEntry:
    """Make an answer a reply to the question, or a reply an answer; the conversation below comes along.

    Moderators, and those whose rank opens it.

    Raises:
        NotFound: there is no such post for them.
        Invalid: `kind` is neither "reply" nor "answer".
        Conflict: it cannot become that.
    """
    target = post_target(session, actor, post_id, lock=True)
    post, thread, board = target.post, target.thread, target.board
    if post is None or thread is None or board is None:
        raise NotFound
    guardian.require(guardian.may_turn_into_reply(actor, thread, board), actor)
    if kind not in ("reply", "answer"):
        raise Invalid({"kind": _l("Choose an answer or a reply.")})
    if thread.kind != "question" or post.kind == "opening" or post.kind == kind:
        raise Conflict(_l("Only answers and replies in a question can change places."))
    if kind == "reply":
        state.turn_into_reply(session, post)
    else:
        state.turn_into_answer(session, post)
    return record(session, actor, f"turn_into_{kind}", "post", post_id, board_id=target.board_id)
