"""Counters and marks that follow from what was taken: reckoned in bulk, written where they differ."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Table, and_, bindparam, case, func, or_, select, update
from sqlalchemy.orm import Session

from forum.boards.models import Board
from forum.core.database import Base
from forum.integrations.importers.run import Run
from forum.members.models import Member
from forum.reputation.helpfulness import Candidate, Tally, accepted_leads, helpfulness
from forum.threads import taking_part
from forum.threads.models import Post, Tag, Thread, ThreadTag, Vote

AT_ONCE = 100  # threads in one transaction
_POSTS: Table = Base.metadata.tables[Post.__tablename__]
_THREADS: Table = Base.metadata.tables[Thread.__tablename__]
_OF_POST = (
    "up_count", "down_count", "up_weight", "down_weight", "worked_count", "score", "helpfulness", "reply_count",
    "accepted",
)
_OF_THREAD = (
    "reply_count", "answer_count", "score", "solved", "last_activity_at", "last_author_id", "people_count", "faces",
)
_POST = _POSTS.update().where(_POSTS.c.id == bindparam("of")).values(
    {name: bindparam(f"n_{name}") for name in _OF_POST}
)
_THREAD = _THREADS.update().where(_THREADS.c.id == bindparam("of")).values(
    {name: bindparam(f"n_{name}") for name in _OF_THREAD} | {"version": _THREADS.c.version + 1}
)


def count(run: Run) -> None:
    """Count all threads of the source, then boards, tags and members."""
    after = 0
    while True:
        with run.reading() as session:
            ids = list(session.scalars(
                select(Thread.id).where(Thread.external_source == run.name, Thread.id > after)
                .order_by(Thread.id).limit(AT_ONCE)
            ))
        if not ids:
            break
        with run.writing(0) as session:
            _threads(session, ids)
        after = ids[-1]
        run.done += len(ids)
        run.progress(run.stage, run.done, 0)
    with run.writing(0) as session:
        _wholes(session)


def _threads(session: Session, ids: list[int]) -> None:
    """Threads and their posts, as `recount_thread` reckons them one by one (a test compares the two)."""
    threads = session.execute(
        select(Thread).where(Thread.id.in_(ids)).order_by(Thread.id).with_for_update(key_share=True)
    ).scalars().all()
    posts: defaultdict[int, list[Any]] = defaultdict(list)
    for row in _posts(session, ids):
        posts[row.thread_id].append(row)
    changed_posts: list[dict[str, Any]] = []
    changed_threads: list[dict[str, Any]] = []
    for thread in threads:
        there = [row for row in posts[thread.id] if row.deleted_at is None and row.hidden_at is None]
        now = {row.id: _counted(thread, row) for row in posts[thread.id]}
        solved = _mark_lead(thread, there, now)
        for row in posts[thread.id]:
            if any(now[row.id][name] != getattr(row, name) for name in _OF_POST):
                changed_posts.append({"of": row.id} | {f"n_{name}": value for name, value in now[row.id].items()})
        last = max(there, key=lambda row: (row.created_at, row.id), default=None)
        newer = last is not None and last.created_at > thread.last_activity_at
        people, faces = taking_part.counted((row.id, row.author_id) for row in there)
        after = {
            "people_count": people, "faces": faces,
            "reply_count": sum(row.kind != "opening" for row in there),
            "answer_count": sum(row.kind == "answer" for row in there),
            "score": now[thread.opening_id]["score"] if thread.opening_id in now else thread.score, "solved": solved,
            "last_activity_at": last.created_at if last is not None and newer else thread.last_activity_at,
            "last_author_id": last.author_id if last is not None and (
                newer or last.created_at == thread.last_activity_at) else thread.last_author_id,
        }
        if any(getattr(thread, name) != value for name, value in after.items()):
            changed_threads.append({"of": thread.id} | {f"n_{name}": value for name, value in after.items()})
    if changed_posts:
        session.connection().execute(_POST, changed_posts)
    if changed_threads:
        session.connection().execute(_THREAD, changed_threads)
    session.expire_all()


def _posts(session: Session, ids: list[int]) -> Sequence[Row[*tuple[Any, ...]]]:
    counts = (Vote.voided_at.is_(None), Vote.value != 0)
    return session.execute(
        select(
            Post.id, Post.thread_id, Post.kind, Post.root_id, Post.author_id, Post.created_at, Post.base_score,
            Post.deleted_at, Post.hidden_at, Post.up_count, Post.down_count, Post.up_weight, Post.down_weight,
            Post.worked_count, Post.endorsed, Post.score, Post.helpfulness, Post.reply_count, Post.accepted,
            *(func.coalesce(func.sum(case((one, what), else_=0)), 0).label(name) for name, one, what in _SUMS),
        )
        .outerjoin(Vote, (Vote.post_id == Post.id) & counts[0] & counts[1])
        .where(Post.thread_id.in_(ids)).group_by(Post.id).order_by(Post.id)
    ).all()


_WORKED = and_(
    Vote.value == 1, Vote.worked_at.is_not(None), or_(Vote.by_owner.is_(None), Vote.by_owner.is_(True))
)
_SUMS: tuple[tuple[str, ColumnElement[bool], Any], ...] = (
    ("ups", Vote.value == 1, 1), ("downs", Vote.value == -1, 1), ("up_weights", Vote.value == 1, Vote.weight),
    ("down_weights", Vote.value == -1, Vote.weight), ("workings", _WORKED, 1),
)


def _counted(thread: Thread, row: Any) -> dict[str, Any]:
    tally = Tally(row.ups, row.downs, row.up_weights, row.down_weights, row.workings)
    return {
        "up_count": tally.up, "down_count": tally.down, "up_weight": tally.up_weight,
        "down_weight": tally.down_weight, "worked_count": tally.worked,
        "score": row.base_score + tally.up - tally.down, "reply_count": 0, "accepted": False,
        "helpfulness": helpfulness(tally, endorsed=row.endorsed, age=row.created_at - thread.created_at),
    }


def _mark_lead(thread: Thread, there: list[Any], now: dict[int, dict[str, Any]]) -> bool:
    """Count replies by root, and mark the accepted answer if it heads the others. Whether the question is solved."""
    for row in there:
        if row.root_id != row.id and row.root_id in now:
            now[row.root_id]["reply_count"] += 1
    if thread.kind != "question" or thread.accepted_post_id is None:
        return False
    answers = [
        Candidate(row.id, row.ups + row.downs, now[row.id]["helpfulness"], now[row.id]["score"], row.created_at)
        for row in there if row.kind == "answer"
    ]
    accepted = next((one for one in answers if one.id == thread.accepted_post_id), None)
    if accepted is not None:
        now[accepted.id]["accepted"] = accepted_leads(accepted, answers)
    return accepted is not None


def _wholes(session: Session) -> None:
    """Boards, tags and members, each in one statement."""
    there = (Thread.deleted_at.is_(None), Thread.hidden_at.is_(None), Thread.awaits_confirmation.is_(False))
    loose = {"synchronize_session": False}
    threads = select(func.count()).where(Thread.board_id == Board.id, *there).scalar_subquery()
    newest = select(func.max(Thread.last_activity_at)).where(Thread.board_id == Board.id, *there).scalar_subquery()
    session.execute(
        update(Board).where(or_(Board.thread_count != threads, Board.last_activity_at.is_distinct_from(newest)))
        .values(thread_count=threads, last_activity_at=newest, version=Board.version + 1), execution_options=loose,
    )
    bearing = (
        select(func.count()).where(ThreadTag.tag_id == Tag.id, Thread.id == ThreadTag.thread_id, *there)
        .scalar_subquery()
    )
    session.execute(update(Tag).where(Tag.thread_count != bearing).values(thread_count=bearing),
                    execution_options=loose)
    posts = (
        select(func.count())
        .where(Post.author_id == Member.id, Post.deleted_at.is_(None), Post.hidden_at.is_(None)).scalar_subquery()
    )
    session.execute(update(Member).where(Member.post_count != posts).values(post_count=posts), execution_options=loose)
