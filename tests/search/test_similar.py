"""Threads like a title: what is offered as one types, to whom, and what it costs."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask import Flask

from forum.search.similar import terms_of
from tests.factory import Factory
from tests.surfing import Surfer

Browse = Callable[..., Surfer]
Drain = Callable[[], None]
Watch = Callable[[], AbstractContextManager[list[str]]]


def _offered(hand: Surfer, title: str) -> str:
    answer = hand.get("/ask/similar", query_string={"title": title})
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_solved_ones_first_though_half_of_the_words_differ(
    app: Flask, make: Factory, browse: Browse, drain: Drain
) -> None:
    ann, board = make.member("ann"), make.board()
    make.thread(board, ann, title="Descaling the kettle with vinegar or citric acid?")
    solved = make.thread(board, ann, title="My kettle needs descaling: which acid is gentle?")
    make.thread(board, ann, title="Which grinder is quiet enough for mornings?")
    browse(ann).post(f"/p/{make.answer(solved, make.member()).id}/acceptance")
    drain()
    found = _offered(browse(make.member()), "What acid for descaling of an old kettle that leak")
    assert found.index("is gentle?") < found.index("or citric")
    assert "grinder" not in found and "Solved" in found
    assert "grinder" in _offered(browse(ann), "quiet grin").lower()
    assert _offered(browse(ann), "how do I").strip() == ""
    assert _offered(browse(ann), "").strip() == ""


def test_chinese_titles(app: Flask, make: Factory, browse: Browse, drain: Drain) -> None:
    ann = make.member("ann")
    make.thread(make.board(), ann, title="热水壶除垢用柠檬酸可以吗？")
    drain()
    assert "柠檬" in _offered(browse(ann), "请问热水壶怎么除垢")


def test_only_what_the_viewer_may_see_and_what_is_there(
    app: Flask, make: Factory, browse: Browse, drain: Drain
) -> None:
    """A closed board, a deleted thread, a stranger's waiting one: never offered. Guests do not write."""
    high, low, board = make.member("hana", rank="branch"), make.member("lou"), make.board()
    make.thread(make.board(see_rank="branch"), high, title="Canary kettle prototype leaks")
    gone = make.thread(board, low, title="Canary kettle deleted leaks")
    browse(low).post(f"/p/{gone.opening_id}/deletion")
    make.thread(board, make.member(confirmed=False), title="Canary kettle waiting leaks")
    drain()
    assert "Canary" not in _offered(browse(low), "canary kettle leaks").replace("canary", "")
    assert "prototype" in _offered(browse(high), "canary kettle leaks")
    assert "deleted" not in _offered(browse(high), "canary kettle leaks")
    assert "/sign-in" in browse().get("/ask/similar?title=canary+kettle").headers["Location"]


def test_without_script_a_button_looks_and_nothing_is_posted(
    app: Flask, make: Factory, browse: Browse, drain: Drain
) -> None:
    """What was typed stays in the form."""
    ann, board = make.member("ann"), make.board("pots")
    make.thread(board, ann, title="The lid of the kettle rattles")
    drain()
    hand = browse(make.member())
    form = {"board": "pots", "kind": "question", "title": "My kettle lid rattles", "body": "Kept words.", "look": "1"}
    for path in ("/ask", "/b/pots/new"):
        page = hand.post(path, form).get_data(as_text=True)
        assert "Is it one of these?" in page and "Kept words." in page and 'value="My kettle lid rattles"' in page
    nothing = hand.post("/ask", {**form, "title": "Zebra crossing paint"}).get_data(as_text=True)
    assert "Nobody has asked this yet" in nothing
    assert "My kettle lid rattles" not in browse().get("/b/pots").get_data(as_text=True)


@pytest.mark.parametrize("words", ["kettle", "kettle lid rattles loudly every morning since the last firmware update"])
def test_it_costs_no_more_however_much_is_typed(
    app: Flask, make: Factory, browse: Browse, drain: Drain, request: pytest.FixtureRequest, words: str
) -> None:
    watch: Watch = request.getfixturevalue("queries")
    board, ann = make.board(), make.member("ann")
    for number in range(8):
        make.thread(board, ann, title=f"Kettle lid rattles loudly, case {number}")
    drain()
    hand = browse(ann)
    hand.get("/ask/similar?title=kettle")
    with watch() as seen:
        _offered(hand, words)
    # session and member; the newest id; each of at most six words, in up to three stretches of ids; the rows
    assert len(seen) <= 30, len(seen)


def test_the_words_that_say_what_it_is_about() -> None:
    assert [term.forms[0] for term in terms_of("How do I get my kettle to descale?")] == ["kettle", "descale"]
    assert [term.beginning for term in terms_of("kettle desc", typing=True)] == [False, True]
    assert [term.beginning for term in terms_of("kettle desc ", typing=True)] == [False, False]
    long = terms_of("alpha bravo cinnamon delta echo foxtrot golf hotel india juliett kilo")
    assert [term.forms[0] for term in long] == ["alpha", "bravo", "cinnamon", "delta", "foxtrot", "juliett"]
