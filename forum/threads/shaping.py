"""Where a thread stands, what kind it is, and what is an answer in it. Part of `forum.threads.state`."""

import datetime as dt

from sqlalchemy import CTE, func, select, update
from sqlalchemy.orm import Session

from forum.boards.models import Board
from forum.core.errors import Conflict, Invalid
from forum.core.i18n import gettext as _
from forum.events.catalogue import PostChanged, ThreadMoved
from forum.events.publish import publish
from forum.reputation import leaderboard, ledger
from forum.threads import about, projections
from forum.threads.models import KINDS, Post, Thread

_FOR_GOOD = {"synchronize_session": False}


def move_thread(session: Session, thread: Thread, board: Board) -> None:
    """Put a thread on another board; both boards' counters follow, and what it is about where that must not be told."""
    held = session.scalar(select(Thread.board_id).where(Thread.id == thread.id))
    boards = projections.lock_boards(session, {held or board.id, board.id})
    thread = projections.lock_only_thread(session, thread.id)
    if thread.board_id not in boards:
        raise Conflict(_("Someone has just moved this thread. Look again."))
    source, target = boards[thread.board_id], boards[board.id]
    if source.id == target.id:
        return
    counts = not thread.is_gone and not thread.awaits_confirmation
    thread.board_id = target.id
    about.settle_on(session, thread, target)
    session.flush()
    if counts:
        projections.bump(session, source, thread_count=-1)
        projections.bump(session, target, thread_count=1)
        for one in (source, target):
            one.last_activity_at = _latest(session, one)
    projections.touch(session, target, thread)
    projections.bump(session, source, version=1)
    publish(session, ThreadMoved(thread_id=thread.id))
    _published(session, thread)
    leaderboard.move_thread(session, thread.id, source.id, target.id)


def change_kind(session: Session, thread: Thread, kind: str) -> None:
    """Make a thread a question, a discussion or an idea. Answers become posts and posts answers.

    Votes, acceptance and an idea's state stay as they are, without effect elsewhere: changing back is exact.

    Raises:
        Invalid: there is no such kind.
    """
    if kind not in KINDS:
        raise Invalid({"kind": _("Choose a question, a discussion or an idea.")})
    board, thread = projections.lock(session, thread.id)
    if thread.kind == kind:
        return
    thread.kind = kind
    session.flush()
    session.execute(
        update(Post).where(Post.thread_id == thread.id, Post.position.is_not(None))
        .values(kind="answer" if kind == "question" else "reply"),
        execution_options=_FOR_GOOD,
    )
    session.expire_all()
    thread.answer_count = _visible_answers(session, thread)
    session.flush()
    projections.settle_lead(session, thread)
    projections.touch(session, board, thread)
    _published(session, thread)
    ledger.settle_thread(session, thread)


def turn_into_reply(session: Session, post: Post, parent: Post | None = None) -> None:
    """Make an answer a reply to `parent` (the opening if not given), with the conversation below it.

    Raises:
        Conflict: it is not an answer (any more), or `parent` is elsewhere or below it.
    """
    board, thread = projections.lock(session, post.thread_id)
    session.refresh(post)
    target = parent or session.get_one(Post, thread.opening_id)
    if post.position is None or target.thread_id != thread.id or target.root_id == post.id:
        raise Conflict(_("This is not an answer that could become a reply there."))
    root = session.get_one(Post, target.root_id)
    session.refresh(root)
    was_answer, below, size = post.kind == "answer", post.reply_count, post.next_reply_index
    first = root.next_reply_index
    session.execute(
        update(Post).where(Post.root_id == post.id)
        .values(root_id=root.id, reply_index=Post.reply_index + first, depth=Post.depth + target.depth + 1),
        execution_options=_FOR_GOOD,
    )
    session.expire(post)
    post.kind, post.parent_id, post.position = "reply", target.id, None
    post.next_reply_index, post.reply_count = 1, 0
    session.flush()
    projections.bump(session, root, next_reply_index=size, reply_count=below + (not post.is_gone))
    if was_answer and not post.is_gone:
        projections.bump(session, thread, answer_count=-1)
    _reshaped(session, board, thread, post)


def turn_into_answer(session: Session, post: Post) -> None:
    """Make a reply a post of the first level (in a question: an answer), with the conversation below it.

    Raises:
        Conflict: it stands on the first level already.
    """
    board, thread = projections.lock(session, post.thread_id)
    session.refresh(post)
    if post.parent_id is None:
        raise Conflict(_("This is an answer already."))
    root = session.get_one(Post, post.root_id)
    depth, branch = post.depth, _branch(session, post)
    gone_from_root = sum(1 for one in branch if not one.is_gone)
    for index, one in enumerate(branch):
        one.root_id, one.reply_index, one.depth = post.id, index, one.depth - depth
    post.kind, post.parent_id = "answer" if thread.kind == "question" else "reply", None
    post.position = thread.next_position
    post.next_reply_index = len(branch)
    post.reply_count = gone_from_root - (not post.is_gone)
    session.flush()
    projections.bump(session, thread, next_position=1)
    projections.bump(session, root, reply_count=-gone_from_root)
    if post.kind == "answer" and not post.is_gone:
        projections.bump(session, thread, answer_count=1)
    _reshaped(session, board, thread, post)


def _branch(session: Session, post: Post) -> list[Post]:
    """The post and everything below it, parents first."""
    found: CTE = select(Post.id).where(Post.id == post.id).cte("branch", recursive=True)
    found = found.union_all(select(Post.id).join(found, Post.parent_id == found.c.id))
    return list(session.scalars(select(Post).where(Post.id.in_(select(found.c.id))).order_by(Post.reply_index)))


def _visible_answers(session: Session, thread: Thread) -> int:
    return session.scalars(
        select(func.count()).select_from(Post).where(
            Post.thread_id == thread.id, Post.kind == "answer", Post.deleted_at.is_(None), Post.hidden_at.is_(None)
        )
    ).one()


def _reshaped(session: Session, board: Board, thread: Thread, post: Post) -> None:
    projections.settle_lead(session, thread)
    projections.touch(session, board, thread)
    publish(session, PostChanged(post_id=post.id, thread_id=thread.id))
    session.flush()
    ledger.settle_post(session, post)


def _published(session: Session, thread: Thread) -> None:
    publish(session, PostChanged(post_id=thread.opening_id or 0, thread_id=thread.id))
    session.flush()


def _latest(session: Session, board: Board) -> dt.datetime | None:
    """When something was last added to what is on the board now."""
    return session.scalar(
        select(func.max(Thread.last_activity_at)).where(
            Thread.board_id == board.id, Thread.deleted_at.is_(None), Thread.hidden_at.is_(None),
            Thread.awaits_confirmation.is_(False),
        )
    )
