"""Asking the asker, once ever, whether their question is solved."""

import datetime as dt

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from forum.core.clock import now
from forum.core.unit_of_work import unit_of_work
from forum.jobs.queue import enqueue
from forum.notifications.telling import tell
from forum.threads.models import Post, Thread

ASK_AFTER = dt.timedelta(days=3)  # long enough to have tried an answer


def ask_asker(thread_id: int) -> None:
    """Ask, behind the bell and by mail, if an answer has waited for so long and none is accepted."""
    with unit_of_work() as session:
        thread = session.scalars(select(Thread).where(Thread.id == thread_id).with_for_update(key_share=True)).one()
        answer_id = _waiting_answer(session, thread)
        if answer_id is None:
            return
        thread.asker_asked_at = now()
        tell(
            session, thread.author_id, "solved_yet", solved_yet_key(thread.id), thread_id=thread.id, post_id=answer_id,
        )
        enqueue(session, "mail_asker", {"post_id": answer_id}, unique_key=f"mail-asker:{thread.id}")


def _waiting_answer(session: Session, thread: Thread) -> int | None:
    """The most helpful answer of somebody else, if one has been there for three days and the asker is to be asked."""
    settled = thread.solved or thread.asker_asked_at is not None or thread.duplicate_of_id is not None
    if settled or thread.is_gone or thread.kind != "question" or thread.awaits_confirmation:
        return None
    there = answers_there(thread)
    tried = select(Post.id).where(*there, Post.created_at <= now() - ASK_AFTER).limit(1)
    if session.scalar(tried) is None:
        return None
    order = (Post.accepted.desc(), Post.helpfulness.desc(), Post.created_at, Post.id)
    return session.scalar(select(Post.id).where(*there).order_by(*order).limit(1))


def answers_there(thread: Thread) -> tuple[ColumnElement[bool], ...]:
    """Which posts answer a question for others to read, its asker's own excepted."""
    return (
        Post.thread_id == thread.id, Post.kind == "answer", Post.author_id != thread.author_id,
        Post.deleted_at.is_(None), Post.hidden_at.is_(None),
    )


def first_answer_key(thread_id: int) -> str:
    """Under which key the mail with a thread's first answer is asked for, so that it is sent once."""
    return f"first-answer:{thread_id}"


def solved_yet_key(thread_id: int) -> str:
    """The key of the notice that asks whether a thread's question is solved."""
    return f"solved-yet:{thread_id}"
