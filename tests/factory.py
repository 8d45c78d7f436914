"""Things for tests, made as the product makes them."""

import itertools
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session

from forum.access.actors import load_actor
from forum.boards.models import Board, Category
from forum.core.clock import now, today
from forum.core.tokens import address_key, keyed_hash
from forum.core.unit_of_work import unit_of_work
from forum.extensions import db
from forum.members.models import Member, MemberEmail, MemberVisit
from forum.members.names import name_key
from forum.reputation.models import MemberStanding
from forum.threads import actions as threads
from forum.threads.models import Post, Thread


class Factory:
    """Each method commits and returns a detached, loaded row."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self._number = itertools.count(1)

    def member(
        self, name: str | None = None, *, role: str = "member", rank: str | None = None, confirmed: bool = True,
        password_hash: str | None = None, points: int = 0, **columns: Any,
    ) -> Member:
        """A member with the address NAME@example.org; with `rank`, their standing says that rank (a forced one).

        With `points` the standing is that of somebody who helped for so much without buying anything: what a
        rank opens from some points on is open to them.
        """
        name = name or f"member{next(self._number)}"

        def build(session: Session) -> Member:
            moment = columns.pop("joined_at", now())
            member = Member(
                name=name, name_key=name_key(name), role=role, joined_at=moment, password_hash=password_hash,
                confirmed_at=moment if confirmed else None, last_seen_at=moment, **columns,
            )
            session.add(member)
            session.flush()
            address = f"{name}@example.org"
            key = self.app.config["SETTINGS"].privacy_key
            session.add(
                MemberEmail(
                    member_id=member.id, address=address, address_key=address_key(address),
                    address_hash=keyed_hash(key, "address", address_key(address)),
                    confirmed_at=moment if confirmed else None, created_at=moment,
                )
            )
            numbers = {"reputation": points, "accepted": 20, "helped": 15, "days": 100} if points else {}
            session.add(MemberStanding(member_id=member.id, rank_key=rank or "seed", rank_since=moment, **numbers))
            if rank:  # today's visit is counted: their first act does not reckon the forced rank anew
                session.add(MemberVisit(member_id=member.id, day=today()))
            return member

        return self._write(build)

    def board(self, slug: str | None = None, **columns: Any) -> Board:
        """A board, open to all unless `see_rank`, `start_rank` or `reply_rank` says otherwise."""
        slug = slug or f"board{next(self._number)}"

        def build(session: Session) -> Board:
            category = session.query(Category).first() or Category(slug="all", title="All")
            session.add(category)
            session.flush()
            board = Board(category_id=category.id, slug=slug, title=columns.pop("title", slug.capitalize()), **columns)
            session.add(board)
            return board

        return self._write(build)

    def thread(
        self, board: Board, author: Member, *, kind: str = "question", title: str = "How does it work?",
        body: str = "I wonder how.", tags: tuple[str, ...] = (),
    ) -> Thread:
        """A thread by `author`."""
        return self._write(
            lambda session: threads.start_thread(
                session, load_actor(session, author.id), session.get_one(Board, board.id), kind=kind, title=title,
                body=body, tags=tags,
            )
        )

    def answer(self, thread: Thread, author: Member, body: str = "It works like this.") -> Post:
        """A first-level post: an answer in a question."""
        return self._write(
            lambda session: threads.reply(
                session, load_actor(session, author.id), session.get_one(Thread, thread.id), body=body, parent=None
            )
        )

    def reply(self, parent: Post, author: Member, body: str = "Thank you.") -> Post:
        """A reply to a post."""
        return self._write(
            lambda session: threads.reply(
                session, load_actor(session, author.id), session.get_one(Thread, parent.thread_id), body=body,
                parent=session.get_one(Post, parent.id),
            )
        )

    def _write(self, build: Any) -> Any:
        with self.app.app_context():
            with unit_of_work() as session:
                made = build(session)
                session.flush()
                session.refresh(made)
                session.expunge(made)
            db.session.remove()
        return made
