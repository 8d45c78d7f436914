"""/ask where there is no board to ask on: why, and what to do, for whoever asks."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import update

from forum.boards.models import Board
from forum.core.clock import now
from forum.core.unit_of_work import unit_of_work
from forum.extensions import db
from forum.members.models import Member
from tests.conftest import days_ago
from tests.factory import Factory
from tests.surfing import Surfer

Browse = Callable[..., Surfer]


def change(app: Flask, kind: type[Board] | type[Member], **columns: object) -> None:
    """Set columns of all rows."""
    with app.app_context():
        with unit_of_work() as session:
            session.execute(update(kind).values(**columns))
        db.session.remove()


@pytest.mark.parametrize(
    ("role", "words", "leads"),
    [
        ("admin", "Put up the first board", "/boards/new"), ("moderator", "Put up the first board", "/boards/new"),
        ("member", "The boards are being set up", "/"),
    ],
)
def test_no_board_at_all(make: Factory, browse: Browse, role: str, words: str, leads: str) -> None:
    page = browse(make.member(role=role)).get("/ask")
    main = page.text.split("<main")[1]
    assert page.status_code == 200 and words in main and f'href="{leads}"' in main
    assert 'name="title"' not in main


def test_boards_that_take_nothing_from_one(app: Flask, make: Factory, browse: Browse) -> None:
    """By rank, by an archive, by a silence; each with its own way on."""
    make.board(start_rank="branch")
    member, moderator = browse(make.member()), browse(make.member(role="moderator"))
    assert "No board takes new threads from you yet" in member.get("/ask").text
    assert 'name="title"' in moderator.get("/ask").text
    change(app, Board, start_rank=None, archived_at=now())
    assert "/boards/arrange" in moderator.get("/ask").text.split("<main")[1]
    change(app, Board, archived_at=None)
    assert 'name="title"' in member.get("/ask").text
    change(app, Member, silenced_until=days_ago(-3))
    page = member.get("/ask").text
    assert "You can read, but not write" in page and 'name="title"' not in page


def test_what_was_typed_is_not_lost_to_it(app: Flask, make: Factory, browse: Browse) -> None:
    """Boards that closed in the meantime do not take the text along."""
    make.board(archived_at=now())
    answer = browse(make.member()).post("/ask", {"title": "Does it float at all?", "body": "Canary text."})
    assert answer.status_code == 422 and "Canary text." in answer.text
