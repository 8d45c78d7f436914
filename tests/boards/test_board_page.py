"""A board's page: what it says, and to whom."""

from collections.abc import Callable

from flask import Flask

from forum.core.clock import now
from tests.boards.planting import plant
from tests.boards.test_home import say
from tests.factory import Factory
from tests.surfing import Surfer

Browse = Callable[..., Surfer]


def test_guests_get_no_form_and_no_token(app: Flask, make: Factory, browse: Browse) -> None:
    """Links instead: the page is the same for all guests."""
    plant(app, make.board("kettles", description="Water, hot."), make.member(), 3)
    for address in ("/", "/boards", "/b/kettles"):
        page = browse().get(address).get_data(as_text=True)
        assert 'method="post"' not in page and "csrf" not in page, address
    page = browse().get("/b/kettles").get_data(as_text=True)
    assert "/join?next=/b/kettles" in page and "/b/kettles/new" in page and "Water, hot." in page
    assert page.count("<h1") == 1


def test_pinned_threads_head_the_first_page(app: Flask, make: Factory, browse: Browse) -> None:
    """With their chip; the chip is on no other list."""
    board, author = make.board("kettles"), make.member()
    plant(app, board, author, 1, title="Read this first", pinned_at=now())
    plant(app, board, author, 22)
    page = browse().get("/b/kettles").get_data(as_text=True)
    assert page.index("Read this first") < page.index("Question 21") and "Pinned" in page
    rest = page.split('rel="next" href="')[1].split('"')[0]
    assert "Read this first" not in browse().get(rest.replace("&amp;", "&")).get_data(as_text=True)
    home = browse().get("/?before=").get_data(as_text=True)
    assert "Pinned" not in home


def test_filters_are_links(app: Flask, make: Factory, browse: Browse) -> None:
    """Words whose addresses work; those for questions only among questions."""
    board, author = make.board("kettles"), make.member()
    plant(app, board, author, 2, title="Solved one", solved=True, answer_count=1)
    plant(app, board, author, 2, title="Open one", score=3)
    plant(app, board, author, 2, title="Let us talk", kind="discussion")
    everything = browse().get("/b/kettles").get_data(as_text=True)
    assert "Unsolved" not in everything and "/b/kettles?show=top" in everything
    questions = browse().get("/b/kettles?kind=question").get_data(as_text=True)
    assert "Let us talk" not in questions and "kind=question&amp;show=solved" in questions
    solved = browse().get("/b/kettles?kind=question&show=solved").get_data(as_text=True)
    assert "Solved one" in solved and "Open one" not in solved
    talks = browse().get("/b/kettles?kind=discussion").get_data(as_text=True)
    assert "Let us talk" in talks and "Open one" not in talks
    for wrong in ("kind=poem", "show=all", "before=0"):
        assert browse().get(f"/b/kettles?{wrong}").status_code == 404


def test_an_empty_board_asks_for_the_first_question(make: Factory, browse: Browse) -> None:
    """Where one may start one; else it says so. No zeros either way."""
    make.board("kettles")
    make.board("news", start_rank="staff")
    assert "The first question is yours" in browse().get("/b/kettles").get_data(as_text=True)
    page = browse(make.member()).get("/b/news").get_data(as_text=True)
    assert "Nothing was written here yet" in page and "The first question" not in page
    assert "0 threads" not in page and "0 members" not in page


def test_the_chat_room_of_a_board_is_linked_for_members(app: Flask, make: Factory, browse: Browse) -> None:
    """If there is one."""
    board, member = make.board("kettles"), make.member()
    assert "/chat/kettles-room" not in browse(member).get("/b/kettles").get_data(as_text=True)
    say(app, "kettles-room", member, "Hello", board)
    assert "/chat/kettles-room" in browse(member).get("/b/kettles").get_data(as_text=True)
    assert "/chat/kettles-room" not in browse().get("/b/kettles").get_data(as_text=True)
