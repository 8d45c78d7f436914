"""Locks in the house's order, and the counters and marks that follow from posts, votes and acceptances.

Locks are taken board → thread → post → member. Whoever holds a thread's row gives positions, and
decides who heads its answers, alone.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from forum.boards.models import Board
from forum.core.errors import NotFound
from forum.members.models import Member
from forum.reputation.helpfulness import YIELD_VOTES, Candidate, Tally, accepted_leads, helpfulness
from forum.threads.models import Post, Thread, ThreadTag, Vote
from forum.threads.writing import count_tags


def lock(session: Session, thread_id: int) -> tuple[Board, Thread]:
    """The thread and its board, locked for writing and as they are now.

    Raises:
        NotFound: there is no such thread.
    """
    while True:
        board_id = session.scalar(select(Thread.board_id).where(Thread.id == thread_id))
        if board_id is None:
            raise NotFound
        board, thread = lock_board(session, board_id), lock_only_thread(session, thread_id)
        if thread.board_id == board.id:  # it may have moved while we waited
            return board, thread


def lock_board(session: Session, board_id: int) -> Board:
    """The board, locked for writing and as it is now."""
    statement = select(Board).where(Board.id == board_id).with_for_update(key_share=True)
    return session.scalars(statement, execution_options={"populate_existing": True}).one()


def lock_boards(session: Session, board_ids: Iterable[int]) -> dict[int, Board]:
    """Several boards at once: sub-boards before those above them, which change after them (see `touch`)."""
    ids = select(Board.id).where(Board.id.in_(set(board_ids))).order_by(Board.parent_id.is_(None), Board.id)
    return {board_id: lock_board(session, board_id) for board_id in session.scalars(ids).all()}


def lock_only_thread(session: Session, thread_id: int) -> Thread:
    """The thread, locked for writing and as it is now: for what leaves the board as it is.

    Raises:
        NotFound: there is no such thread.
    """
    statement = select(Thread).where(Thread.id == thread_id).with_for_update(key_share=True)
    thread = session.scalars(statement, execution_options={"populate_existing": True}).one_or_none()
    if thread is None:
        raise NotFound
    return thread


def lock_post(session: Session, post: Post) -> None:
    """Lock a post for writing, and read it as it is now."""
    statement = select(Post).where(Post.id == post.id).with_for_update(key_share=True)
    session.scalars(statement, execution_options={"populate_existing": True}).one()


def bump(session: Session, row: Board | Thread | Post, **deltas: int) -> None:
    """Add to counters of a row, in the database and at once; the row knows the new values."""
    kind: Any = type(row)
    values = {name: getattr(kind, name) + by for name, by in deltas.items()}
    statement = update(kind).where(kind.id == row.id).values(values).returning(*(getattr(kind, n) for n in deltas))
    new = session.execute(statement, execution_options={"synchronize_session": False}).one()
    for name, value in zip(deltas, new, strict=True):
        set_committed_value(row, name, value)


def touch(session: Session, board: Board | None, thread: Thread) -> None:
    """Say that pages of the thread (and lists of the board) are to be drawn anew."""
    bump(session, thread, version=1)
    if board is not None:
        bump(session, board, version=1)
    if board is not None and board.parent_id is not None:  # whose lists show this thread, too
        session.execute(
            update(Board).where(Board.id == board.parent_id).values(version=Board.version + 1),
            execution_options={"synchronize_session": False},
        )


def stir(board: Board, thread: Thread, moment: dt.datetime, author_id: int) -> None:
    """Something was added: the thread, and its board, come to the top of the lists by activity."""
    thread.last_activity_at = max(thread.last_activity_at, moment)
    thread.last_author_id = author_id
    board.last_activity_at = max(board.last_activity_at or moment, moment)


def count_post(session: Session, thread: Thread, post: Post, by: int) -> None:
    """A post came (`by` = 1) or went (−1): thread, root and author count it."""
    if post.kind != "opening":
        bump(session, thread, reply_count=by, answer_count=by if post.kind == "answer" else 0)
        if post.root_id != post.id:
            bump(session, session.get_one(Post, post.root_id), reply_count=by)
    count_member(session, post.author_id, by)


def count_member(session: Session, member_id: int, by: int) -> None:
    """Add to the number of a member's posts that are there."""
    session.execute(
        update(Member).where(Member.id == member_id).values(post_count=Member.post_count + by),
        execution_options={"synchronize_session": False},
    )


def count_thread(session: Session, board: Board, thread: Thread, by: int) -> None:
    """A thread came (`by` = 1) or went (−1) for all: board and tags count it. Nothing while it awaits confirmation."""
    if thread.awaits_confirmation:
        return
    bump(session, board, thread_count=by)
    count_tags(session, session.scalars(select(ThreadTag.tag_id).where(ThreadTag.thread_id == thread.id)).all(), by)


def settle_lead(session: Session, thread: Thread) -> None:
    """Mark whether the question is solved, and whether its accepted answer heads the list (see `helpfulness`)."""
    accepted = session.get(Post, thread.accepted_post_id) if thread.accepted_post_id else None
    if accepted is not None and not _in_force(accepted, thread):
        accepted = None
    thread.solved = accepted is not None
    leads = accepted is not None and accepted_leads(_candidate(accepted), _rivals(session, accepted))
    marked = session.scalars(
        select(Post).where(Post.thread_id == thread.id, Post.kind.in_(("answer", "reply")), Post.accepted)
    ).all()
    for post in marked:
        post.accepted = leads and accepted is not None and post.id == accepted.id
    if accepted is not None:
        accepted.accepted = leads
    session.flush()


def tally_of(vote: Vote | None) -> Tally:
    """What one vote adds to the post that it is on."""
    if vote is None or vote.voided_at is not None:
        return Tally()
    return Tally.of(vote.value, vote.weight, worked=vote.worked_at is not None and vote.by_owner is not False)


def settle_score(session: Session, thread: Thread, post: Post, change: Tally) -> None:
    """Votes on a post changed by so much: its score, its helpfulness, and who heads the answers follow."""
    by = change.up - change.down
    bump(
        session, post, up_count=change.up, down_count=change.down, score=by, up_weight=change.up_weight,
        down_weight=change.down_weight, worked_count=change.worked,
    )
    if post.kind == "opening":
        bump(session, thread, score=by)
    settle_helpfulness(session, thread, post)


def settle_helpfulness(session: Session, thread: Thread, post: Post) -> None:
    """A post's helpfulness, and who heads the answers, follow from its counters and marks."""
    post.helpfulness = helpfulness_of(thread, post)
    session.flush()
    if post.kind == "answer":
        settle_lead(session, thread)


def helpfulness_of(thread: Thread, post: Post) -> int:
    """A post's helpfulness by its counters and marks as they are."""
    tally = Tally(post.up_count, post.down_count, post.up_weight, post.down_weight, post.worked_count)
    return helpfulness(tally, endorsed=post.endorsed, age=post.created_at - thread.created_at)


def _in_force(post: Post, thread: Thread) -> bool:
    return post.kind == "answer" and not post.is_gone and post.thread_id == thread.id and thread.kind == "question"


def _candidate(post: Post) -> Candidate:
    return Candidate(post.id, post.up_count + post.down_count, post.helpfulness, post.score, post.created_at)


def _rivals(session: Session, accepted: Post) -> list[Candidate]:
    """The most helpful other answer that enough votes speak for: if it does not outdo the accepted one, none does."""
    rival = session.scalars(
        select(Post)
        .where(
            Post.thread_id == accepted.thread_id,
            Post.kind == "answer",
            Post.id != accepted.id,
            Post.helpfulness > accepted.helpfulness,
            Post.up_count + Post.down_count >= YIELD_VOTES,
            Post.deleted_at.is_(None),
            Post.hidden_at.is_(None),
        )
        .order_by(Post.helpfulness.desc())
        .limit(1)
    ).one_or_none()
    return [_candidate(rival)] if rival is not None else []
