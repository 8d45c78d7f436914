"""Long threads, built fast: rows written straight into the tables, as years of talk would have left them."""

import datetime as dt
from itertools import count

from forum.core.database import next_id
from forum.core.unit_of_work import unit_of_work
from forum.threads.models import Post, Thread
from tests.large import put_all

START = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)


def fill_answers(thread_id: int, author_id: int, number: int, *, helpfulness: int = 0, kind: str = "answer") -> None:
    """Add `number` posts of the first level, a minute apart."""
    with unit_of_work() as session:
        thread = session.get_one(Thread, thread_id)
        ids = count(next_id(session, Post))
        rows = [
            _row(next(ids), thread_id, author_id, at) | {
                "kind": kind, "position": thread.next_position + at, "helpfulness": helpfulness,
                "score": helpfulness and 1, "depth": 0, "parent_id": None,
            }
            for at in range(number)
        ]
        for row in rows:
            row["root_id"] = row["id"]
        put_all(session, Post, rows)
        thread.next_position += number
        thread.reply_count += number
        thread.answer_count += number if kind == "answer" else 0


def fill_replies(root_id: int, author_id: int, number: int, *, chain: bool = False) -> list[int]:
    """Add `number` replies below a post of the first level: side by side, or each to the one before."""
    with unit_of_work() as session:
        root = session.get_one(Post, root_id)
        ids, rows = count(next_id(session, Post)), []
        parent, depth = root.id, 1
        for at in range(number):
            row = _row(next(ids), root.thread_id, author_id, at) | {
                "kind": "reply", "parent_id": parent, "root_id": root.id, "reply_index": root.next_reply_index + at,
                "depth": depth,
            }
            rows.append(row)
            if chain:
                parent, depth = row["id"], depth + 1
        put_all(session, Post, rows)
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
