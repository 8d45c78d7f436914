"""Creating, ordering and archiving boards; joining and leaving; what the log keeps."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from forum.access.actors import SYSTEM
from forum.boards import actions, queries
from forum.boards.models import Board, BoardMembership
from forum.core.unit_of_work import unit_of_work
from forum.extensions import db
from forum.moderation.models import LogEntry
from tests.factory import Factory
from tests.surfing import Surfer

Browse = Callable[..., Surfer]


def titles(app: Flask) -> list[list[str]]:
    """The titles of boards, shelf by shelf, in order."""
    with app.app_context():
        return [[board.title for board in shelf.boards] for shelf in queries.arrangement(db.session(), SYSTEM)]


def test_the_first_board_comes_with_a_shelf(app: Flask, make: Factory, browse: Browse) -> None:
    """A moderator creates it on a page, and it is there for guests."""
    moderator = browse(make.member(role="moderator"))
    assert moderator.get("/boards/new").status_code == 200
    words = {"title": "  Pour-over\u202e ", "description": "Filters", "hue": "4", "picture": ""}
    answer = moderator.post("/boards/new", words)
    assert answer.status_code == 303 and answer.headers["Location"] == "/b/pour-over"
    assert "Filters" in browse().get("/boards").get_data(as_text=True)
    assert moderator.post("/boards/new", {
        "title": "Pour over", "hue": "4", "picture": "", "category": "1",
    }).headers["Location"] == "/b/pour-over-2"
    assert titles(app) == [["Pour-over", "Pour over"]]


@pytest.mark.parametrize(
    "wrong",
    [{"title": ""}, {"title": "x" * 61}, {"title": "\u200b"}, {"description": "x" * 301}, {"hue": "12"}, {"hue": "-1"},
     {"hue": "red"}, {"hue": str(2**63)}, {"picture": "skull"}, {"category": "99"}, {"category": "x"}],
)
def test_what_is_wrong_is_said_and_kept(make: Factory, browse: Browse, wrong: dict[str, str]) -> None:
    """422, and everything typed is still there."""
    make.board("first")
    form = {"title": "Kept title", "description": "Kept words", "hue": "2", "picture": "", "category": "1"} | wrong
    answer = browse(make.member(role="moderator")).post("/boards/new", form)
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert "title" in wrong or "Kept title" in page
    assert "description" in wrong or "Kept words" in page


def test_editing_that_fails_keeps_the_page(make: Factory, browse: Browse) -> None:
    """The form comes back under the board's present title."""
    make.board("first", title="First")
    wrong = {"title": "y" * 60, "hue": "55", "picture": ""}
    answer = browse(make.member(role="moderator")).post("/b/first/edit", wrong)
    assert answer.status_code == 422 and "Edit First" in answer.get_data(as_text=True)


def test_order(app: Flask, make: Factory, browse: Browse) -> None:
    """Boards change places with their neighbors; at the end nothing happens; shelves too."""
    moderator = browse(make.member(role="moderator"))
    for title in ("One", "Two", "Three"):
        moderator.post("/boards/new", {"title": title, "hue": "1", "picture": "", "category": "1"})
    moderator.post("/b/three/order", {"direction": "up"})
    assert titles(app) == [["One", "Three", "Two"]]
    moderator.post("/b/one/order", {"direction": "up"})
    assert titles(app) == [["One", "Three", "Two"]]
    moderator.post("/b/one/order", {"direction": "down"})
    assert titles(app) == [["Three", "One", "Two"]]
    moderator.post("/categories/new", {"title": "Second shelf"})
    moderator.post("/b/two/edit", {"title": "Two", "hue": "1", "picture": "", "category": "2"})
    assert titles(app) == [["Three", "One"], ["Two"]]
    moderator.post("/categories/2/order", {"direction": "up"})
    assert titles(app) == [["Two"], ["Three", "One"]]
    assert moderator.post("/categories/2/edit", {"title": "Renamed"}).status_code == 303
    assert "Renamed" in browse().get("/boards").get_data(as_text=True)
    assert moderator.post("/categories/2/edit", {"title": " "}).status_code == 422
    assert moderator.get("/categories/9/edit").status_code == 404


def test_archiving_and_back(make: Factory, browse: Browse) -> None:
    """It can be read, nothing new is added, it leaves the frame; then it is as before."""
    make.board("old", title="Old things")
    moderator, member = browse(make.member(role="moderator")), browse(make.member())
    assert moderator.post("/b/old/archive").status_code == 303
    page = member.get("/b/old").get_data(as_text=True)
    assert "This board is archived" in page
    assert "Archived" in browse().get("/boards").get_data(as_text=True)
    assert 'href="/b/old"' not in browse().get("/").get_data(as_text=True)
    assert moderator.post("/b/old/archive/undo").status_code == 303
    assert "This board is archived" not in member.get("/b/old").get_data(as_text=True)


def test_arranging_is_for_staff(make: Factory, browse: Browse) -> None:
    """Members are refused, guests are asked to sign in."""
    make.board("one")
    member = browse(make.member())
    doors = ["/boards/new", "/categories/new", "/categories/1/edit"]
    for address in [*doors, "/boards/arrange"]:
        assert member.get(address).status_code == 403
        assert browse().get(address).status_code == 303
    for address in [*doors, "/categories/1/order", "/b/one/archive", "/b/one/archive/undo", "/b/one/order"]:
        assert member.post(address, {"title": "Mine", "direction": "up"}).status_code == 403


def test_joining_and_leaving(app: Flask, make: Factory, browse: Browse) -> None:
    """Twice is once; the count follows; a behaviour gets the new button; guests are sent to sign in."""
    board, member = make.board("one"), make.member()
    surfer = browse(member)
    assert surfer.post("/b/one/membership", {"next": "/boards"}).headers["Location"] == "/boards"
    assert surfer.post("/b/one/membership", {"next": "//evil.example"}).headers["Location"] == "/b/one"
    fragment = surfer.post("/b/one/membership", fragment=True)
    assert fragment.status_code == 200 and 'id="membership-1"' in fragment.get_data(as_text=True)
    assert 'action="/b/one/membership/undo"' in fragment.get_data(as_text=True)
    with app.app_context():
        assert db.session.get(Board, board.id).member_count == 1
        assert db.session.get(BoardMembership, (member.id, board.id)) is not None
    for _each in range(2):
        assert surfer.post("/b/one/membership/undo").status_code == 303
    with app.app_context():
        assert db.session.get(Board, board.id).member_count == 0
    answer = browse().post("/b/one/membership")
    assert answer.status_code == 303 and "/sign-in" in answer.headers["Location"]
    with app.app_context(), unit_of_work() as session:
        actions.recount_members(session, SYSTEM)
    assert surfer.post("/b/none/membership").status_code == 404


def test_the_log_tells_who_arranged_what(app: Flask, make: Factory, browse: Browse) -> None:
    """A line an act; none where nothing changed, none for the system."""
    moderator = make.member(role="moderator")
    surfer = browse(moderator)
    surfer.post("/boards/new", {"title": "One", "hue": "1", "picture": ""})
    surfer.post("/b/one/order", {"direction": "up"})
    surfer.post("/b/one/archive")
    surfer.post("/b/one/archive")
    surfer.post("/categories/new", {"title": "Shelf"})
    surfer.post("/categories/2/edit", {"title": "Other shelf"})
    surfer.post("/categories/2/edit", {"title": "Other shelf"})
    surfer.post("/categories/2/order", {"direction": "up"})
    with app.app_context():
        with unit_of_work() as session:
            shelf = actions.create_category(session, SYSTEM, title="Silent shelf")
            actions.create_board(session, SYSTEM, shelf, title="Silent")
        lines = db.session.execute(select(LogEntry.verb, LogEntry.actor_id, LogEntry.board_id)).all()
        db.session.remove()
    assert [tuple(line) for line in lines] == [
        ("create_category", moderator.id, None), ("create_board", moderator.id, 1), ("archive_board", moderator.id, 1),
        ("create_category", moderator.id, None), ("rename_category", moderator.id, None),
        ("order_category", moderator.id, None),
    ]
    log = surfer.get("/moderation/log?kind=category").text
    assert "renamed the shelf" in log and "Other shelf" in log and "One</a>" not in log


def test_words_of_boards_are_escaped(make: Factory, browse: Browse) -> None:
    """Titles and descriptions are words, never markup."""
    make.board("odd", title="<b>Odd</b>{{7*7}}", description='"><script>x</script>')
    for address in ("/", "/boards", "/b/odd"):
        page = browse().get(address).get_data(as_text=True)
        assert "<b>Odd" not in page and "<script>x" not in page and "Odd&lt;/b&gt;49" not in page
