"""Locks in the house's order, and the counters and marks that follow from posts, votes and acceptances.

Locks are taken board → thread → post → member. Whoever holds a thread's row gives positions, and
decides who heads its answers, alone.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import Integer, Row, Select, Table, bindparam, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.sql.dml import ReturningUpdate

from forum.boards.models import Board
from forum.core.database import Base
from forum.core.errors import NotFound
from forum.members.models import Member
from forum.reputation.helpfulness import YIELD_VOTES, Candidate, Tally, accepted_leads, helpfulness
from forum.threads import taking_part
from forum.threads.models import Post, Thread, ThreadTag, Vote
from forum.threads.writing import count_tags

_ROW_ID = bindparam("row_id", type_=Integer)
_BOARDS: Table = Base.metadata.tables[Board.__tablename__]
_MEMBERS: Table = Base.metadata.tables[Member.__tablename__]
_TOUCH_ABOVE = update(_BOARDS).where(_BOARDS.c.id == _ROW_ID).values(version=_BOARDS.c.version + 1)
_COUNT_MEMBER = (
    update(_MEMBERS).where(_MEMBERS.c.id == _ROW_ID)
    .values(post_count=_MEMBERS.c.post_count + bindparam("by", type_=Integer))
)

_AS_IT_IS = {"populate_existing": True}
_THREAD_ID, _POST_ID = bindparam("thread_id", type_=Integer), bindparam("post_id", type_=Integer)
_IS_THREAD = select(Thread.id).where(Thread.id == _THREAD_ID)
_IS_POST = select(Post.id).where(Post.id == _POST_ID)
# One statement for several locks: PostgreSQL takes those of a row in the order in which `of` names the tables.
_WITH_BOARD = (
    select(Board, Thread).join(Thread, Thread.board_id == Board.id).where(Thread.id == _THREAD_ID)
    .with_for_update(key_share=True, of=(Board, Thread))
)
_ONE_THREAD = select(Thread).where(Thread.id == _THREAD_ID).with_for_update(key_share=True)
_ONE_POST = select(Post).where(Post.id == _POST_ID).with_for_update(key_share=True)
_WITH_POST = (
    select(Board, Thread, Post).join(Thread, Thread.board_id == Board.id).join(Post, Post.thread_id == Thread.id)
    .where(Post.id == _POST_ID)
)
_OPENING = _WITH_POST.with_for_update(key_share=True, of=(Board, Thread, Post))
_OTHER_POST = _WITH_POST.with_for_update(key_share=True, of=(Thread, Post))


def lock(session: Session, thread_id: int) -> tuple[Board, Thread]:
    """The thread and its board, locked for writing and as they are now.

    Raises:
        NotFound: there is no such thread.
    """
    row = _locked(session, _WITH_BOARD, _IS_THREAD, {"thread_id": thread_id})
    return row[0], row[1]


def lock_with_post(session: Session, post: Post) -> tuple[Board, Thread]:
    """The post and its thread, locked and as they are now, and their board; locked, too, where the post is an opening.

    Raises:
        NotFound: there is no such post.
    """
    statement = _OPENING if post.kind == "opening" else _OTHER_POST
    row = _locked(session, statement, _IS_POST, {"post_id": post.id})
    return row[0], row[1]


def _locked(
    session: Session, statement: Select[*tuple[Any, ...]], there: Select[int], values: Mapping[str, int]
) -> Row[*tuple[Any, ...]]:
    while (row := session.execute(statement, values, execution_options=_AS_IT_IS).one_or_none()) is None:
        if session.scalar(there, values) is None:
            raise NotFound  # else it moved while we waited, and what was read belongs together no more
    return row


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
    found = session.scalars(_ONE_THREAD, {"thread_id": thread_id}, execution_options=_AS_IT_IS)
    thread = found.one_or_none()
    if thread is None:
        raise NotFound
    return thread


def lock_post(session: Session, post: Post) -> None:
    """Lock a post for writing, and read it as it is now."""
    session.execute(_ONE_POST, {"post_id": post.id}, execution_options=_AS_IT_IS).one()


def bump(session: Session, row: Board | Thread | Post, to: Mapping[str, Any] | None = None, **deltas: int) -> None:
    """Add to counters of a row, and set the columns of `to`, in the database and at once; the row knows the values."""
    session.flush()
    to = to or {}
    statement = _change(type(row), tuple(deltas), tuple(to))
    values = {"row_id": row.id, **{f"by_{name}": by for name, by in deltas.items()}}
    new = session.execute(statement, values | {f"to_{name}": value for name, value in to.items()}).one()
    for name, value in zip((*deltas, *to), new, strict=True):
        set_committed_value(row, name, value)


@lru_cache(256)
def _change(kind: type[Base], added: tuple[str, ...], replaced: tuple[str, ...]) -> ReturningUpdate[Any]:
    table: Table = Base.metadata.tables[kind.__tablename__]
    values: dict[str, Any] = {name: table.c[name] + bindparam(f"by_{name}", type_=Integer) for name in added}
    values |= {name: bindparam(f"to_{name}", type_=table.c[name].type) for name in replaced}
    changed = update(table).where(table.c.id == bindparam("row_id", type_=Integer)).values(values)
    return changed.returning(*(table.c[name] for name in (*added, *replaced)))


def touch(session: Session, board: Board | None, thread: Thread) -> None:
    """Say that pages of the thread (and lists of the board) are to be drawn anew."""
    bump(session, thread, version=1)
    if board is not None:
        touch_board(session, board)


def touch_board(session: Session, board: Board, to: Mapping[str, Any] | None = None) -> None:
    """Say that lists of the board are to be drawn anew, and set the columns of `to`."""
    bump(session, board, to, version=1)
    if board.parent_id is not None:  # whose lists show its threads, too
        session.execute(_TOUCH_ABOVE, {"row_id": board.parent_id})


def take_in(session: Session, board: Board, thread: Thread, post: Post) -> None:
    """A post that is not the opening came: it has its place, it counts, and thread and board come to the top."""
    touch_board(session, board, {"last_activity_at": max(board.last_activity_at or post.created_at, post.created_at)})
    first = post.root_id == post.id
    bump(
        session, thread, _stirred(thread, post) | taking_part.after(session, thread, post),
        next_position=int(first), reply_count=1, answer_count=int(post.kind == "answer"), version=1,
    )
    if not first:
        bump(session, session.get_one(Post, post.root_id), next_reply_index=1, reply_count=1)
    count_member(session, post.author_id, 1)


def _stirred(thread: Thread, post: Post) -> dict[str, Any]:
    return {"last_activity_at": max(thread.last_activity_at, post.created_at), "last_author_id": post.author_id}


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
    session.execute(_COUNT_MEMBER, {"row_id": member_id, "by": by})


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
    """Votes on a post, which is locked, changed by so much: score and helpfulness, and who heads the answers, follow.

    Pages of the thread are to be drawn anew.
    """
    by = change.up - change.down
    after = {"helpfulness": _helpfulness(thread, post, _tally(post).plus(change))}
    bump(
        session, post, after, up_count=change.up, down_count=change.down, score=by, up_weight=change.up_weight,
        down_weight=change.down_weight, worked_count=change.worked,
    )
    bump(session, thread, score=by if post.kind == "opening" else 0, version=1)
    # Where nothing is accepted nothing heads the answers, whatever their votes.
    if post.kind == "answer" and (thread.solved or thread.accepted_post_id is not None):
        settle_lead(session, thread)


def settle_helpfulness(session: Session, thread: Thread, post: Post) -> None:
    """A post's helpfulness, and who heads the answers, follow from its counters and marks."""
    post.helpfulness = helpfulness_of(thread, post)
    session.flush()
    if post.kind == "answer":
        settle_lead(session, thread)


def helpfulness_of(thread: Thread, post: Post) -> int:
    """A post's helpfulness by its counters and marks as they are."""
    return _helpfulness(thread, post, _tally(post))


def _tally(post: Post) -> Tally:
    return Tally(post.up_count, post.down_count, post.up_weight, post.down_weight, post.worked_count)


def _helpfulness(thread: Thread, post: Post, tally: Tally) -> int:
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
