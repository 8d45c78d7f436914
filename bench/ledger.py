"""How fast a ledger is written anew: fills an empty database with votes, rebuilds, prints the figures as JSON.

`python -m bench.ledger VOTES`, with the database in the environment. Every vote is a line; caps add some.
"""

import datetime as dt
import json
import random
import resource
import sys
import time
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from config import read_settings
from forum import create_app
from forum.boards.models import Board, Category
from forum.core.bulk import insert_rows
from forum.core.database import Base
from forum.core.unit_of_work import unit_of_work
from forum.extensions import db
from forum.members.models import Member
from forum.reputation.models import LedgerLine
from forum.reputation.regeneration import regenerate
from forum.threads.models import Post, Thread, Vote

START = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
DAYS = 700
VOTES_EACH = 20  # on one answer, by as many members


def main(votes: int) -> None:
    """Fill, rebuild, print: lines, seconds, lines a second, memory in MB, and how often progress was told."""
    app = create_app(read_settings())
    with app.app_context():
        Base.metadata.create_all(db.engine)
        with unit_of_work() as session:
            _fill(session, votes)
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))
        told: list[int] = []
        before, began = _memory(), time.perf_counter()
        rules = regenerate(unit_of_work, None, lambda done, _total: told.append(done))
        seconds = time.perf_counter() - began
        lines = db.session().scalar(select(func.count()).where(LedgerLine.generation == rules.generation)) or 0
    print(json.dumps({
        "lines": lines, "seconds": round(seconds, 1), "rate": round(lines / seconds),
        "memory": round(_memory() - before), "told": len(told),
    }))


def _memory() -> float:
    """The most that this process has held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _fill(session: Session, votes: int) -> None:
    answers = max(1, votes // VOTES_EACH)
    members = max(100, votes // 200)
    session.add(Category(id=1, slug="all", title="All"))
    session.flush()
    session.add(Board(id=1, category_id=1, slug="kettles", title="Kettles"))
    session.flush()
    _put(session, Member, ("id", "name", "name_key", "joined_at", "confirmed_at"), (
        (id, f"member{id}", f"member{id}", START, START) for id in range(1, members + 1)
    ))
    threads = max(1, answers // 5)
    _put(session, Thread, (
        "id", "board_id", "author_id", "kind", "title", "slug", "created_at", "last_activity_at",
    ), ((id, 1, 1 + id % members, "question", "How?", "how", START, START) for id in range(1, threads + 1)))
    _put(session, Post, (
        "id", "thread_id", "author_id", "kind", "position", "body_source", "body_html", "renderer_version",
        "created_at",
    ), (
        (id, 1 + id % threads, 1 + id * 7 % members, "answer", 1 + id // threads, "So.", "<p>So.</p>", 1, START)
        for id in range(1, answers + 1)
    ))
    _put(session, Vote, ("post_id", "voter_id", "value", "created_at", "changed_at"), _votes(answers, members))


def _votes(answers: int, members: int) -> Iterator[tuple[Any, ...]]:
    chance = random.Random(4)
    for post in range(1, answers + 1):
        first = chance.randrange(members)
        for number in range(VOTES_EACH):
            at = START + dt.timedelta(days=chance.randrange(DAYS), seconds=number)
            yield post, 1 + (first + number * 3) % members, 1 if number else -1, at, at


def _put(session: Session, model: type[Base], names: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> None:
    insert_rows(session, Base.metadata.tables[model.__tablename__], names, rows)


if __name__ == "__main__":
    main(int(sys.argv[1]))
