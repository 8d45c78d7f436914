"""Puts records into an empty database in bulk, and asks the product's own recount whether all counters are right.

To load through the importer instead, give its loader the same records: `main` is the only caller of `Loader`.
"""

import datetime as dt
import json
import sqlite3
import sys
import time
from collections import Counter
from typing import Any

from sqlalchemy import Engine, bindparam, event, func, insert, select, text, update
from sqlalchemy.orm import Session

from bench.records import SIZES, Record, Size, bodies, records
from config import read_settings
from forum import create_app
from forum.boards.models import Board, Category
from forum.chat.models import Room
from forum.content import markdown
from forum.core.clock import now
from forum.core.database import Base
from forum.core.tokens import hash_token
from forum.core.unit_of_work import unit_of_work
from forum.extensions import db
from forum.members.models import Member, MemberSession, MemberVisit
from forum.reputation.models import MemberStanding
from forum.threads.models import Post, Tag, Thread, ThreadTag
from forum.threads.recounting import recount_thread
from forum.threads.taking_part import counted

BATCH = 5_000
SIGNED_IN = 220  # members with a session each
FILLED = (Category, Member, MemberStanding, MemberVisit, MemberSession, Board, Tag, Thread, Post, ThreadTag)
CHECKED = (1, 2, 3, 4, 5)  # threads that are recounted: the long ones and some others


def token(member: int) -> str:
    """The session token of a member."""
    return f"bench-session-of-member-{member}"


def _in_a_hurry(connection: Any, _record: Any) -> None:
    """Until the data is whole nothing needs to survive; the product's own connections are durable again."""
    if isinstance(connection, sqlite3.Connection):
        for pragma in ("synchronous=OFF", "cache_size=-200000"):
            connection.execute(f"PRAGMA {pragma}")


def main(name: str) -> None:
    """Fill the database of the environment with the data of this size; prints what was made as JSON."""
    size, app = SIZES[name], create_app(read_settings())
    event.listen(Engine, "connect", _in_a_hurry)
    began = time.perf_counter()
    with app.app_context():
        Base.metadata.create_all(db.engine)
        with unit_of_work() as session:
            loader = Loader(session)
            for record in records(size):
                loader.take(record)
            loader.finish()
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))
        loaded = time.perf_counter() - began
        with unit_of_work() as session:
            check(session, size)
    print(json.dumps({"seconds": round(loaded, 1), "posts": loader.posts, "threads": loader.threads}))


def check(session: Session, size: Size) -> None:
    """Compare counts with what was asked for, and counters with the product's recount.

    Raises:
        SystemExit: something differs.
    """
    there = {model.__name__: session.scalar(select(func.count()).select_from(model)) for model in (Thread, Member)}
    if there != {"Thread": size.threads, "Member": size.members}:
        sys.exit(f"loaded {there}")
    for thread_id in CHECKED:
        wrong = recount_thread(session, thread_id)
        if wrong:
            sys.exit(f"thread {thread_id}: {wrong}")


class Loader:
    """Turns records into rows, with the counters that follow from them, and writes them in batches."""

    def __init__(self, session: Session) -> None:
        self._session, self._now = session, now()
        rendered = [(source, markdown.render(source)) for source in bodies()]
        self._bodies = [(source, done.html, done.text) for source, done in rendered]
        self._rows: dict[Any, list[dict[str, Any]]] = {model: [] for model in FILLED}
        self._waiting = 0
        self._tags: dict[str, int] = {}
        self._wrote: Counter[int] = Counter()
        self._current: dict[str, Any] = {}
        self._written: list[tuple[int, int]] = []  # posts of the current thread with their authors
        self._place = self.members = self.boards = self.threads = self.posts = 0
        self._add(Category, id=1, slug="all", title="All")
        if session.scalar(select(Room.id).where(Room.slug == "lobby")) is None:
            session.execute(insert(Room).values(slug="lobby", title="Lobby", created_at=self._now))

    def take(self, record: Record) -> None:
        """One record; a thread's posts follow it."""
        kind, fields = record
        if kind == "thread":
            self._count_people()
            if self._waiting >= BATCH:
                self._write()
        {"member": self._member, "board": self._board, "thread": self._thread, "post": self._post}[kind](fields)

    def finish(self) -> None:
        """Write what waits, the counters of boards, members and tags, and where ids go on."""
        self._count_people()
        self._write()
        count, run = select(func.count()), {"synchronize_session": False}
        on_board = Thread.board_id == Board.id
        latest = select(func.max(Thread.last_activity_at)).where(on_board).scalar_subquery()
        bearing = count.where(ThreadTag.tag_id == Tag.id).scalar_subquery()
        there = count.select_from(Thread).where(on_board).scalar_subquery()
        for statement in (
            update(Board).values(thread_count=there, last_activity_at=latest), update(Tag).values(thread_count=bearing),
        ):  # fmt: skip
            self._session.execute(statement, execution_options=run)
        wrote = Member.__table__
        self._session.execute(
            update(wrote).where(wrote.c.id == bindparam("who")).values(post_count=bindparam("posts")),
            [{"who": who, "posts": posts} for who, posts in self._wrote.items()],
        )
        if self._session.get_bind().dialect.name == "postgresql":
            for name in ("category", "member", "board", "tag", "thread", "post"):
                last = func.max(Base.metadata.tables[name].c.id)
                self._session.execute(select(func.setval(func.pg_get_serial_sequence(name, "id"), last)))

    def _member(self, fields: dict[str, Any]) -> None:
        self.members += 1
        id, at = self.members, self._now - dt.timedelta(days=400)
        self._add(Member, id=id, name_key=fields["name"], joined_at=at, confirmed_at=at, last_seen_at=at, **fields)
        self._add(MemberStanding, member_id=id, rank_key="sprout", rank_since=at)
        self._add(MemberVisit, member_id=id, day=self._now.date())
        if id <= SIGNED_IN:
            opened = {"member_id": id, "created_at": self._now, "used_at": self._now}
            self._add(MemberSession, token_hash=hash_token(token(id)), **opened)

    def _board(self, fields: dict[str, Any]) -> None:
        self.boards += 1
        self._add(Board, id=self.boards, category_id=1, position=self.boards, **fields)

    def _thread(self, fields: dict[str, Any]) -> None:
        self.threads += 1
        self._place = 0
        at = self._now - dt.timedelta(minutes=fields["minutes_ago"])
        question, others = fields["kind"] == "question", fields["posts"]
        self._current = {
            "id": self.threads, "board_id": fields["board"], "author_id": fields["author"], "kind": fields["kind"],
            "title": fields["title"], "slug": f"thread-{self.threads}", "created_at": at, "last_activity_at": at,
            "last_author_id": fields["author"], "opening_id": self.posts + 1, "next_position": others,
            "reply_count": others, "answer_count": others if question else 0,
        }  # fmt: skip
        self._written = []
        self._add(Thread, **self._current)
        if fields["tag"] not in self._tags:
            self._tags[fields["tag"]] = len(self._tags) + 1
            self._add(Tag, id=self._tags[fields["tag"]], slug=fields["tag"])
        self._add(ThreadTag, thread_id=self.threads, tag_id=self._tags[fields["tag"]])

    def _post(self, fields: dict[str, Any]) -> None:
        self.posts += 1
        self._wrote[fields["author"]] += 1
        self._written.append((self.posts, fields["author"]))
        thread, opening = self._current, fields["opening"]
        source, html, plain = self._bodies[fields["body"]]
        kind = "opening" if opening else "answer" if thread["kind"] == "question" else "reply"
        self._add(
            Post, id=self.posts, thread_id=thread["id"], author_id=fields["author"], kind=kind, root_id=self.posts,
            position=None if opening else self._place - 1, body_source=source, body_html=html, body_text=plain,
            renderer_version=markdown.RENDERER_VERSION, created_at=thread["created_at"],
        )  # fmt: skip
        self._place += 1

    def _count_people(self) -> None:
        """The thread whose posts have come knows who took part."""
        if self._written:
            people, faces = counted(self._written)
            self._rows[Thread][-1] |= {"people_count": people, "faces": faces}
            self._written = []

    def _add(self, model: Any, **row: Any) -> None:
        self._rows[model].append(row)
        self._waiting += 1

    def _write(self) -> None:
        """Write what waits, parents first."""
        for model in FILLED:
            if self._rows[model]:
                self._session.execute(insert(model.__table__), self._rows[model])
                self._rows[model] = []
        self._waiting = 0


if __name__ == "__main__":
    main(sys.argv[1])
