"""What the desk keeps of threads and posts: open questions by topic, and good answers by topic and member.

Settling compares what should be kept with what is, so it may be done twice and in any order. `recount` makes all of it
anew and must come out equal.
"""

import datetime as dt
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    and_,
    bindparam,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from forum.core.clock import now
from forum.core.database import UtcDateTime
from forum.desk.models import DeskQuestion, HelperAnswer, HelperTopic
from forum.threads.models import Post, Thread, ThreadTag

# What nobody answered for so long is not waiting any more but archived; it stays under "Unanswered".
HORIZON = dt.timedelta(days=60)

Topic = tuple[str, int]
_PLAIN = {"synchronize_session": False}


def is_open() -> ColumnElement[bool]:
    """A question there for all on which somebody may still answer (whether its board is archived is for readers)."""
    return and_(
        Thread.kind == "question", Thread.solved.is_(False), Thread.deleted_at.is_(None), Thread.hidden_at.is_(None),
        Thread.awaits_confirmation.is_(False), Thread.locked_at.is_(None), Thread.duplicate_of_id.is_(None),
    )


def is_good() -> ColumnElement[bool]:
    """An answer (joined with its thread) that is there and accepted, or spoken for by votes; never the asker's own."""
    return and_(
        Post.kind == "answer", Post.deleted_at.is_(None), Post.hidden_at.is_(None), Post.author_id != Thread.author_id,
        Thread.kind == "question", Thread.deleted_at.is_(None), Thread.hidden_at.is_(None),
        Thread.awaits_confirmation.is_(False),
        or_(Thread.accepted_post_id == Post.id, and_(Post.helpfulness > 0, Post.score > 0)),
    )


# Built once: each new post, and each vote, is settled.
_THREAD_ID, _POST_ID = bindparam("thread_id", type_=Integer), bindparam("post_id", type_=Integer)
_KEPT = (
    select(DeskQuestion.kind, DeskQuestion.topic_id, DeskQuestion.answered).where(DeskQuestion.thread_id == _THREAD_ID)
)
_OPEN = select(Thread).where(
    Thread.id == _THREAD_ID, is_open(), Thread.created_at > bindparam("since", type_=UtcDateTime)
)
_GOOD = (
    select(Post.author_id, Thread).join(Thread, Thread.id == Post.thread_id).where(Post.id == _POST_ID, is_good())
)
_COUNTED = (
    select(HelperAnswer.member_id, HelperAnswer.kind, HelperAnswer.topic_id).where(HelperAnswer.post_id == _POST_ID)
)
_TAGS = select(ThreadTag.tag_id).where(ThreadTag.thread_id == _THREAD_ID)


def settle_question(session: Session, thread_id: int) -> None:
    """Keep an open question under its topics, any other thread under none."""
    held = {tuple(row) for row in session.execute(_KEPT, {"thread_id": thread_id})}
    thread = session.scalars(_OPEN, {"thread_id": thread_id, "since": now() - HORIZON}).one_or_none()
    answered = thread is not None and thread.answer_count > 0
    wanted = {(*topic, answered) for topic in topics_of(session, thread)} if thread is not None else set()
    if held == wanted:
        return
    session.execute(delete(DeskQuestion).where(DeskQuestion.thread_id == thread_id), execution_options=_PLAIN)
    if thread is not None:
        session.execute(insert(DeskQuestion), [
            {
                "kind": kind, "topic_id": topic_id, "thread_id": thread_id, "author_id": thread.author_id,
                "answered": flag, "settled": not thread.asked_as_newcomer, "asked_at": thread.created_at,
            }
            for kind, topic_id, flag in sorted(wanted)
        ])


def settle_answer(session: Session, post_id: int) -> None:
    """Count an answer for its author under the topics of its question if it is a good one."""
    row = session.execute(_GOOD, {"post_id": post_id}).one_or_none()
    wanted = {(row[0], *topic) for topic in topics_of(session, row[1])} if row is not None else set()
    held = {(row[0], row[1], row[2]) for row in session.execute(_COUNTED, {"post_id": post_id})}
    for member_id, kind, topic_id in sorted(held - wanted):
        session.execute(
            delete(HelperAnswer).where(
                HelperAnswer.post_id == post_id, HelperAnswer.kind == kind, HelperAnswer.topic_id == topic_id
            ),
            execution_options=_PLAIN,
        )
        _count(session, member_id, kind, topic_id, -1)
    for member_id, kind, topic_id in sorted(wanted - held):
        values = {"post_id": post_id, "kind": kind, "topic_id": topic_id, "member_id": member_id}
        session.execute(insert(HelperAnswer), [values])
        _count(session, member_id, kind, topic_id, 1)


def settle_thread(session: Session, thread_id: int) -> None:
    """The thread itself has changed (its tags, its board, its kind, whether it is there): all of it follows."""
    settle_question(session, thread_id)
    good = (
        select(Post.id).join(Thread, Thread.id == Post.thread_id)
        .where(Post.thread_id == thread_id, Post.kind == "answer", Post.helpfulness > 0)
    )
    accepted = select(Thread.accepted_post_id).where(Thread.id == thread_id, Thread.accepted_post_id.is_not(None))
    counted = (
        select(HelperAnswer.post_id).join(Post, Post.id == HelperAnswer.post_id).where(Post.thread_id == thread_id)
    )
    for post_id in sorted({*session.scalars(good), *session.scalars(accepted), *session.scalars(counted)}):
        if post_id is not None:
            settle_answer(session, post_id)


def topics_of(session: Session, thread: Thread) -> set[Topic]:
    """Its board, its tags, and its product if it has one."""
    tags = session.scalars(_TAGS, {"thread_id": thread.id})
    topics = {("board", thread.board_id), *(("tag", tag_id) for tag_id in tags)}
    return topics | {("product", thread.product_id)} if thread.product_id is not None else topics


def forget_old(session: Session) -> None:
    """Let go of questions that have waited past the horizon."""
    session.execute(delete(DeskQuestion).where(DeskQuestion.asked_at < now() - HORIZON), execution_options=_PLAIN)


def recount(session: Session) -> None:
    """Make all that the desk keeps of threads and posts anew, from them alone."""
    for table in (DeskQuestion, HelperAnswer, HelperTopic):
        session.execute(delete(table), execution_options=_PLAIN)
    questions = ["kind", "topic_id", "thread_id", "author_id", "answered", "settled", "asked_at"]
    answers = ["post_id", "kind", "topic_id", "member_id"]
    for kind in ("board", "tag", "product"):
        session.execute(insert(DeskQuestion).from_select(questions, _questions(kind)))
        session.execute(insert(HelperAnswer).from_select(answers, _answers(kind)))
    counts = select(
        HelperAnswer.member_id, HelperAnswer.kind, HelperAnswer.topic_id, func.count()
    ).group_by(HelperAnswer.member_id, HelperAnswer.kind, HelperAnswer.topic_id)
    session.execute(insert(HelperTopic).from_select(["member_id", "kind", "topic_id", "good"], counts))
    session.expire_all()


def _questions(kind: str) -> Select[Any]:
    topic, tagged = _topic(kind)
    statement = select(
        literal(kind), topic, Thread.id, Thread.author_id,
        Thread.answer_count > 0, Thread.asked_as_newcomer.is_(False), Thread.created_at,
    ).where(is_open(), Thread.created_at > now() - HORIZON, topic.is_not(None))
    return statement.join(ThreadTag, ThreadTag.thread_id == Thread.id) if tagged else statement


def _answers(kind: str) -> Select[Any]:
    topic, tagged = _topic(kind)
    statement = (
        select(Post.id, literal(kind), topic, Post.author_id)
        .select_from(Post).join(Thread, Thread.id == Post.thread_id).where(is_good(), topic.is_not(None))
    )
    return statement.join(ThreadTag, ThreadTag.thread_id == Thread.id) if tagged else statement


def _topic(kind: str) -> tuple[Any, bool]:
    """The column that holds the topic, and whether it is one of the thread's tags."""
    return {"board": Thread.board_id, "tag": ThreadTag.tag_id, "product": Thread.product_id}[kind], kind == "tag"


def _count(session: Session, member_id: int, kind: str, topic_id: int, by: int) -> None:
    here = and_(HelperTopic.member_id == member_id, HelperTopic.kind == kind, HelperTopic.topic_id == topic_id)
    if by > 0:
        dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
        row = dialect.insert(HelperTopic).values(member_id=member_id, kind=kind, topic_id=topic_id, good=by)
        session.execute(
            row.on_conflict_do_update(
                index_elements=["member_id", "kind", "topic_id"], set_={"good": HelperTopic.good + by}
            )
        )
        return
    session.execute(update(HelperTopic).where(here).values(good=HelperTopic.good + by), execution_options=_PLAIN)
    session.execute(delete(HelperTopic).where(here, HelperTopic.good <= 0), execution_options=_PLAIN)
