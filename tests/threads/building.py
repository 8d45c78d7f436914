"""Long threads, built fast: rows written straight into the tables, as years of talk would have left them."""

import datetime as dt
from itertools import count

from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import Session

from forum.core.unit_of_work import unit_of_work
from forum.threads.models import Post, Thread

START = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)


def fill_answers(thread_id: int, author_id: int, number: int, *, helpfulness: int = 0, kind: str = "answer") -> None:
    """Add `number` posts of the first level, a minute apart."""
    with unit_of_work() as session:
        thread = session.get_one(Thread, thread_id)
        ids = count(_next_id(session))
        rows = [
            _row(next(ids), thread_id, author_id, at) | {
                "kind": kind, "position": thread.next_position + at, "helpfulness": helpfulness,
                "score": helpfulness and 1, "depth": 0, "parent_id": None,
            }
            for at in range(number)
        ]
        for row in rows:
            row["root_id"] = row["id"]
        session.execute(insert(Post), rows)
        _keep_counting(session)
        thread.next_position += number
        thread.reply_count += number
        thread.answer_count += number if kind == "answer" else 0


def fill_replies(root_id: int, author_id: int, number: int, *, chain: bool = False) -> list[int]:
    """Add `number` replies below a post of the first level: side by side, or each to the one before."""
    with unit_of_work() as session:
        root = session.get_one(Post, root_id)
        ids, rows = count(_next_id(session)), []
        parent, depth = root.id, 1
        for at in range(number):
            row = _row(next(ids), root.thread_id, author_id, at) | {
                "kind": "reply", "parent_id": parent, "root_id": root.id, "reply_index": root.next_reply_index + at,
                "depth": depth,
            }
            rows.append(row)
            if chain:
                parent, depth = row["id"], depth + 1
        session.execute(insert(Post), rows)
        _keep_counting(session)
        root.next_reply_index += number
        root.reply_count += number
        session.get_one(Thread, root.thread_id).reply_count += number
        return [row["id"] for row in rows]


def _row(post_id: int, thread_id: int, author_id: int, at: int) -> dict:
    return {
        "id": post_id, "thread_id": thread_id, "author_id": author_id, "body_source": f"Number {at}",
        "body_html": f"<p>Number {at}</p>", "body_text": f"Number {at}", "renderer_version": 1,
        "created_at": START + dt.timedelta(minutes=at),
    }


def _keep_counting(session: Session) -> None:
    """Let PostgreSQL give the next post an id after the ones given here."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT setval(pg_get_serial_sequence('post', 'id'), (SELECT max(id) FROM post))"))


def _next_id(session: Session) -> int:
    return (session.scalar(select(func.max(Post.id))) or 0) + 1
