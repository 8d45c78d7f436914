"""T7, T8, T20 over the search: what may not be read is found by nobody, and no query costs more than a bounded sum."""

import re
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from flask import Flask
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from sqlalchemy import update

from forum.core import ratelimit
from forum.core.unit_of_work import unit_of_work
from forum.extensions import db
from forum.search import indexing
from forum.threads.models import Thread
from tests.factory import Factory
from tests.sampling import always
from tests.search.finding import hits, offered, shown
from tests.security.places import PLACES, WORD, Town, readers
from tests.surfing import Surfer

GONE = ("hidden thread", "deleted thread")  # in no list, for nobody


def lists(place: str) -> set[str]:
    """Who finds what is in this place."""
    return set() if place in GONE else readers(place)


@pytest.mark.parametrize("place", always(PLACES, "ranked", "hidden thread"))
def test_who_finds_what(app: Flask, make: Factory, drain: Callable[[], None], place: str) -> None:
    """A canary in each place: by words, by the beginning of words, by filters alone, by the newest, by its count."""
    town = Town(app, make, place)
    thing = town.thing()
    drain()
    with app.app_context():
        indexing.reindex()  # whatever the index holds, the rows decide
        db.session.remove()
    asked = (
        WORD, f'"{WORD} on the kettle"', f"{WORD} by:alf", "by:alf", f"board:{thing.board.slug}", "is:unanswered",
        "kettle after:2020", "by:hanna", f"{WORD} is:unanswered",
    )  # fmt: skip
    for role, hand in town.hands():
        may = role in lists(place)
        for query in asked:
            for words in ({}, {"sort": "new"}):
                page = shown(hand, query, **words)
                if not may:  # no address, no count, no word of it but those that were typed
                    found = re.search(r'href="/[pt]/[0-9]|[0-9] results?<|I wonder|it is\.', page)
                    assert found is None, (role, query, found)
        assert (hits(hand, WORD) != []) == may, role
        assert (offered(hand, WORD[:6]) != []) == may, role
        assert ("There is no board" in shown(hand, f"kettle board:{thing.board.slug}")) == (
            place in ("ranked", "below ranked", "staff") and not may
        ), role


def test_a_deleted_post_is_not_found_under_others(app: Flask, make: Factory, drain: Callable[[], None]) -> None:
    """Of a thread with a deleted reply the rest is found, the reply is not, nor by whoever deleted it."""
    town = Town(app, make, "deleted parent")
    thing = town.thing()
    drain()
    for _role, hand in town.hands():
        assert hits(hand, "thanks") == []
        assert hits(hand, "welcome") == [thing.reply.id]


def test_what_waits_for_confirmation_is_found_by_nobody(
    app: Flask, make: Factory, drain: Callable[[], None]
) -> None:
    """Nor by its tag. Once it is published it is."""
    una, board = make.member("una", confirmed=False), make.board()
    thread = make.thread(board, una, title=f"{WORD} on the kettle?", tags=("quill",))
    with app.app_context():
        indexing.reindex()
        db.session.remove()
    hands = [Surfer(app), Surfer(app, una), Surfer(app, make.member("ada", role="admin"))]
    for hand in hands:
        assert hits(hand, WORD) == offered(hand, WORD) == hits(hand, "by:una") == hits(hand, "tag:quill") == []
        assert hand.get("/tags/quill").status_code == 404
    with app.app_context():
        with unit_of_work() as session:
            session.execute(update(Thread).where(Thread.id == thread.id).values(awaits_confirmation=False))
        db.session.remove()
    assert hits(hands[0], WORD) == hits(hands[0], "tag:quill") == [thread.opening_id]


@pytest.mark.parametrize(
    "bomb",
    [
        '"' * 3_000, "(" * 3_000, "a* OR b* NEAR(" * 300, "-" * 3_000, "a-" * 2_000, "水" * 3_000, "tag:" * 800,
        "'a' & !'b':* | (", "words : x", "{facets} : b1", "^a <-> b", "\x00\x01 kettle", "\\", "x" * 9_000,
        "a:b:c:" * 99, "\ud800", "%", "😀 👍🏽", "ﷺ" * 200, "́" * 500,
    ],
)  # fmt: skip
def test_no_query_breaks_the_search(app: Flask, make: Factory, bomb: str) -> None:
    """T20, T33: whatever is typed is read as words, cut to its cap; the languages of the databases are not spoken."""
    make.member("ana")
    hand = Surfer(app)
    for place in ({}, {"in": "people"}, {"sort": "new"}):
        for text in (bomb, f"kettle {bomb}", f"by:{bomb}", f"tag:{bomb}", f"board:{bomb}"):
            query = {"q": text.encode("utf-8", "surrogatepass"), **place}
            assert hand.get("/search", query_string=query).status_code == 200, text[:40]
    assert hand.get("/search/suggestions", query_string={"q": bomb.encode("utf-8", "surrogatepass")}).status_code == 200


@pytest.fixture
def limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits are on, and counted from nothing."""
    counting = SimpleNamespace(enabled=True, limiter=MovingWindowRateLimiter(MemoryStorage()))
    monkeypatch.setattr(ratelimit, "limiter", counting)


def test_searches_are_limited(app: Flask, make: Factory, limits: None) -> None:
    """Guests 15 a minute, members 30; the refusal is the search's own page, with what was typed still in the field."""
    for hand, most in ((Surfer(app), 15), (Surfer(app, make.member("ana")), 30)):
        for _time in range(most):
            assert hand.get("/search?q=kettle").status_code == 200
        refused = hand.get("/search?q=kettle")
        assert refused.status_code == 429 and int(refused.headers["Retry-After"]) > 0
        page = refused.get_data(as_text=True)
        assert 'value="kettle"' in page and "One moment" in page
        assert hand.get("/search").status_code == 200
