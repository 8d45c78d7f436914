"""A small community in which somebody misbehaves: what the tests of moderation share."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from forum.access.actors import SYSTEM, load_actor
from forum.boards.models import Board, BoardModerator
from forum.chat import actions as chat
from forum.core.clock import now
from forum.core.unit_of_work import unit_of_work
from forum.extensions import db
from forum.members.models import Member
from forum.moderation.models import Case
from forum.threads.models import Post, Thread
from tests.factory import Factory
from tests.surfing import Surfer


@dataclass
class World:
    """Two boards, a thread with an answer, who wrote them, who looks after what."""

    kettles: Board
    stoves: Board
    asker: Member
    author: Member
    moderator: Member
    keeper: Member  # looks after `kettles` alone
    admin: Member
    thread: Thread
    answer: Post


@pytest.fixture
def world(app: Flask, make: Factory) -> World:
    """The community."""
    kettles, stoves = make.board("kettles"), make.board("stoves")
    asker, author = make.member("ana"), make.member("ben")
    keeper = make.member("kim", moderates_boards=True)
    with app.app_context():
        with unit_of_work() as session:
            session.add(BoardModerator(board_id=kettles.id, member_id=keeper.id, appointed_at=now()))
        db.session.remove()
    thread = make.thread(kettles, asker, title="How do I descale it?")
    return World(
        kettles,
        stoves,
        asker,
        author,
        make.member("mo", role="moderator"),
        keeper,
        make.member("ada", role="admin"),
        thread,
        make.answer(thread, author, "Use citric acid."),
    )


@pytest.fixture
def flag(browse: Callable[..., Surfer]) -> Callable[..., TestResponse]:
    """`flag(path, member or None, address=...)` sends the form at `path`/flags."""

    def send(
        path: str, member: Member | None = None, *, reason: str = "spam", note: str = "", address: str = ""
    ) -> TestResponse:
        surfer = browse(member)
        extra: dict[str, Any] = {"environ_overrides": {"REMOTE_ADDR": address}} if address else {}
        return surfer.post(f"{path}/flags", {"reason": reason, "note": note}, **extra)

    return send


@pytest.fixture
def look(app: Flask) -> Callable[..., Any]:
    """`look(function)` calls it with a fresh session and gives back plain values."""

    def run(read: Callable[[Session], Any]) -> Any:
        with app.app_context():
            found = read(db.session())
            db.session.remove()
        return found

    return run


@pytest.fixture
def case_id(look: Callable[..., Any]) -> Callable[[], int]:
    """The id of the newest case."""
    return lambda: int(look(lambda session: session.scalar(select(Case.id).order_by(Case.id.desc()).limit(1))))


@pytest.fixture
def say(app: Flask) -> Callable[[Member, str], int]:
    """`say(member, words)` writes in the lobby and returns the message's id."""

    def write(member: Member, words: str) -> int:
        with app.app_context():
            with unit_of_work() as session:
                chat.ensure_lobby(session, SYSTEM)
                actor = load_actor(session, member.id)
                said = chat.send_message(session, actor, "lobby", client_id=f"client-{words}", body=words)
            db.session.remove()
        return said

    return write
