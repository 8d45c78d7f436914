"""Many threads at once, as rows: for lists that are looked at and not written."""

import datetime as dt
from typing import Any

from flask import Flask
from sqlalchemy import text, update
from sqlalchemy.orm import Session

from forum.boards.models import Board
from forum.core.clock import now
from forum.core.database import next_id
from forum.core.unit_of_work import unit_of_work
from forum.extensions import db
from forum.members.models import Member
from forum.threads.models import Tag, Thread, ThreadTag
from tests.large import put, put_all


def plant(app: Flask, board: Board, author: Member, count: int, **columns: Any) -> list[int]:
    """`count` threads by `author`, the first the oldest, an hour apart, the last an hour ago. Gives their ids.

    A column given as a function gets the number of the thread.
    """
    with app.app_context():
        with unit_of_work() as session:
            ids = _insert(session, board, author, count, columns)
        _look_at_the_tables()
        db.session.remove()
    return ids


def _insert(session: Session, board: Board, author: Member, count: int, columns: dict[str, Any]) -> list[int]:
    moment = now()
    first = next_id(session, Thread)
    rows = []
    for number in range(count):
        at = moment - dt.timedelta(hours=count - number)
        row = {
            "id": first + number, "board_id": board.id, "author_id": author.id, "kind": "question",
            "title": f"Question {number}", "slug": f"question-{number}", "created_at": at, "last_activity_at": at,
            "last_author_id": author.id,
            "answer_count": 0, "reply_count": 0, "score": 0, "solved": False, "asked_as_newcomer": False,
        }
        row.update({name: value(number) if callable(value) else value for name, value in columns.items()})
        rows.append(row)
    put_all(session, Thread, rows)
    ids = [row["id"] for row in rows]
    tag = session.query(Tag).filter_by(slug="planted").one_or_none() or Tag(slug="planted")
    session.add(tag)
    session.flush()
    put(session, ThreadTag, ("thread_id", "tag_id", "place"), ((id, tag.id, 0) for id in ids))
    session.execute(update(Board).where(Board.id == board.id).values(version=Board.version + 1))  # as posts do
    return ids


def _look_at_the_tables() -> None:
    """Let the planner know how much there is."""
    db.session.execute(text("ANALYZE"))
    db.session.commit()
