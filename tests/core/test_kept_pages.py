"""Kept guest pages: given out before Flask, and never older than they may be."""

import datetime as dt
import gzip
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
import time_machine
from flask import Flask
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.test import Client

from forum import kept_pages
from forum.boards.models import Board
from forum.core import page_cache
from forum.core.page_cache import Kept, Store
from forum.core.unit_of_work import unit_of_work
from forum.extensions import db, limiter
from forum.members.models import Member
from forum.threads import views
from forum.threads.models import Thread
from tests.factory import Factory
from tests.sampling import few_or_many
from tests.security.walking import Community, community
from tests.surfing import Surfer

Browse = Callable[..., Surfer]
Queries = Callable[[], AbstractContextManager[list[str]]]
STRAY = {"Cookie": "session=stray"}  # who sends this is a guest too, whose page Flask draws anew


@pytest.fixture
def there(app: Flask, make: Factory) -> Community:
    """One of everything."""
    return community(app, make)


@pytest.fixture
def frozen(there: Community) -> Iterator[None]:
    """A clock that stands: "now" and "1 min" are its words, not those of what is done."""
    with time_machine.travel(dt.datetime.now(dt.UTC), tick=False):
        yield


def pages_of(there: Community) -> list[str]:
    """Addresses of every place."""
    thread, board = f"/t/{there.thread.id}/{there.thread.slug}", f"/b/{there.board.slug}"
    return [
        thread, f"{thread}?from={there.answer.id}", f"{thread}/conversation/{there.reply.id}", board,
        f"{board}?kind=question", f"{board}?kind=question&show=unanswered", f"{board}?show=top", "/",
        "/?stream=unanswered", "/?stream=top", "/?stream=top&span=all", f"{board}?show=top&span=year", "/boards",
        "/b/pans",
    ]  # fmt: skip


def write(app: Flask, work: Callable[[Session], object]) -> None:
    """Change rows in a unit of work."""
    with app.app_context():
        with unit_of_work() as session:
            work(session)
        db.session.remove()


def test_the_second_guest_costs_flask_nothing(there: Community, browse: Browse, queries: Queries) -> None:
    """Each place is kept: the same page again, without a query through SQLAlchemy."""
    for path in pages_of(there):
        first = browse().get(path)
        assert first.status_code == 200, path
        assert first.headers["Cache-Control"] == "no-cache"
        with queries() as seen:
            second = browse().get(path)
        assert seen == [], path
        assert second.data == first.data
        assert list(second.headers) == list(first.headers)


@pytest.mark.usefixtures("frozen")
@pytest.mark.parametrize("most", few_or_many(14, 99))
def test_whatever_is_done_shows_at_once(
    app: Flask, make: Factory, there: Community, browse: Browse, most: int
) -> None:
    """After each act of members and staff every place shows what a page drawn anew shows, in other processes too."""
    author, other = Surfer(app, there.author), Surfer(app, there.other)
    mod, admin = Surfer(app, there.moderator), Surfer(app, there.admin)
    thread, answer, board = f"/t/{there.thread.id}", f"/p/{there.answer.id}", f"/b/{there.board.slug}"
    opening = f"/p/{there.thread.opening_id}"
    pans = _id_of(app, select(Board.id).where(Board.slug == "pans"))
    pam = make.member("pam")  # acts on nothing: a rank may be a minute old
    second_one = make.thread(there.board, pam, title="What takes the lime away?")
    idea = make.thread(there.board, pam, kind="idea", title="Sell the lid by itself")
    pan = make.thread(_row(app, Board, pans), pam, title="Which pan for eggs?")
    shelf = there.values["category_id"]
    acts: list[tuple[Surfer, str, dict[str, object]]] = [
        (other, f"{thread}/replies", {"body": "A second answer."}),
        (other, f"{thread}/replies", {"body": "A reply.", "parent_id": there.answer.id}),
        (author, f"{answer}/vote", {"value": 1}), (author, f"{answer}/vote", {"value": 0}),
        (other, f"{opening}/vote", {"value": 1}),
        (author, f"{answer}/acceptance", {}), (author, f"{answer}/acceptance/undo", {}),
        (other, f"{answer}/revision", {"body": "Said better."}),
        (author, f"{opening}/revision", {"body": "I wonder.", "title": "How do I descale this well?", "tags": "chalk"}),
        (other, f"{answer}/deletion", {}), (other, f"{answer}/deletion/undo", {}),
        (mod, f"{answer}/hiding", {"reason": "Off topic here."}), (mod, f"{answer}/hiding/undo", {}),
        (mod, f"{answer}/redaction", {"body": "Said less."}),
        (mod, f"{thread}/closure", {"reason": "All is said."}), (mod, f"{thread}/closure/undo", {}),
        (mod, f"{thread}/pin/undo", {}), (mod, f"{thread}/pin", {}),
        (author, f"{thread}/details", {"body": "It is an old one."}),
        (mod, f"{thread}/duplicate", {"original": second_one.id}), (mod, f"{thread}/duplicate/undo", {}),
        (mod, f"/t/{idea.id}/state", {"state": "planned", "when": "spring", "reason": ""}),
        (mod, f"/t/{idea.id}/state/undo", {}), (author, f"/p/{idea.opening_id}/vote", {"value": 1}),
        (admin, "/b/pans/edit", {"title": "Pans", "hue": 2, "category": shelf, "parent": there.board.id}),
        (author, f"/t/{pan.id}/replies", {"body": "The old one."}),
        (admin, f"{board}/access", {"see": "staff", "start": "", "reply": ""}),
        (admin, f"{board}/access", {"see": "", "start": "", "reply": ""}),
        (admin, "/b/pans/edit", {"title": "Pans", "hue": 2, "category": shelf, "parent": 0}),
        (mod, f"{thread}/move", {"board_id": pans, "board": pans}),
        (mod, f"{opening}/hiding", {"reason": "Off topic here."}), (mod, f"{opening}/hiding/undo", {}),
        (author, "/b/kettles/new", {"kind": "question", "title": "Does it whistle?", "body": "Does it?", "tags": ""}),
        (admin, f"{board}/edit", {"title": "All kettles", "hue": 3, "category": there.values["category_id"]}),
        (admin, f"{board}/archive", {}), (admin, f"{board}/archive/undo", {}),
        (admin, "/manage", {"name": "Tea House", "tagline": "About tea."}),
        (admin, f"{board}/access", {"see": "staff", "start": "", "reply": ""}),
        (admin, f"{board}/access", {"see": "", "start": "", "reply": ""}),
    ][:most]  # fmt: skip
    second = kept_pages.in_front_of(app.wsgi_app, app, app.config["SETTINGS"])
    paths, changes = pages_of(there), 0
    before = [browse().get(path).data for path in paths]
    for hand, address, form in acts:
        answered = hand.post(address, form)
        assert answered.status_code in (200, 204, 302, 303), (address, answered.status_code)
        after = []
        for path in paths:
            kept, anew = browse().get(path), app.test_client(use_cookies=False).get(path, headers=STRAY)
            assert "no-store" in anew.headers["Cache-Control"]
            same = kept.status_code == anew.status_code and kept.data == anew.data == _get(second, path)
            assert same, (address, path)  # without the pages, which are long
            after.append(kept.data)
        changes += after != before
        before = after
    second.forget()  # and closes its connections
    assert changes >= len(acts) - 2  # nearly every act shows somewhere: the walk did what it says


def _get(middleware: kept_pages.KeptPages, path: str) -> bytes:
    return Client(middleware).get(path, base_url="http://localhost").data


def _row(app: Flask, kind: type[Board], id: int) -> Board:
    with app.app_context():
        row = db.session.get_one(kind, id)
        db.session.expunge(row)
        db.session.remove()
    return row


def _id_of(app: Flask, statement: object) -> int:
    with app.app_context():
        return int(db.session.scalar(statement) or 0)  # type: ignore[call-overload]


def test_a_name_is_at_most_a_minute_old(
    app: Flask, there: Community, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What no version covers is drawn anew after a minute."""
    path = f"/t/{there.thread.id}/{there.thread.slug}"
    moments = iter([1000.0])
    moment = next(moments)
    monkeypatch.setattr(page_cache, "clock", lambda: moment)
    browse().get(path)
    write(app, lambda s: s.execute(update(Member).where(Member.id == there.other.id).values(shown_name="Ottoline")))
    moment += 59
    assert "Ottoline" not in browse().get(path).get_data(as_text=True)
    moment += 2
    assert "Ottoline" in browse().get(path).get_data(as_text=True)


def test_an_unchanged_page_is_not_sent_again(there: Community, browse: Browse) -> None:
    """ETag and 304, with the same headers; a new post makes a new tag."""
    path = f"/t/{there.thread.id}/{there.thread.slug}"
    tag = browse().get(path).headers["ETag"]
    for sent in (tag, f'"other", {tag}', "*", tag.removeprefix("W/")):
        again = browse().get(path, headers={"If-None-Match": sent})
        assert (again.status_code, again.data) == (304, b""), sent
        assert again.headers["ETag"] == tag
        assert "Content-Type" not in again.headers
        assert again.headers["Vary"] == page_cache.VARY
        assert "frame-ancestors 'none'" in again.headers["Content-Security-Policy"]
    assert browse().get(path, headers={"If-None-Match": 'W/"other"'}).status_code == 200
    browse(there.other).post(f"/t/{there.thread.id}/replies", {"body": "One more."})
    changed = browse().get(path, headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert "One more." in changed.get_data(as_text=True)


def test_head_is_a_page_without_words(there: Community, browse: Browse) -> None:
    """HEAD has the headers of GET, whether the page was kept before or not."""
    for path in pages_of(there):
        first = browse().client.head(path)
        page = browse().get(path)
        second = browse().client.head(path)
        assert first.data == second.data == b""
        assert first.headers == page.headers == second.headers, path
        assert int(page.headers["Content-Length"]) == len(page.data)


def test_compressed_for_those_who_take_it(there: Community, browse: Browse) -> None:
    """The same page either way."""
    path = f"/t/{there.thread.id}/{there.thread.slug}"
    plain = browse().get(path)
    assert "Content-Encoding" not in plain.headers
    for takes in ("gzip", "br, gzip;q=0.5", "*"):
        packed = browse().get(path, headers={"Accept-Encoding": takes})
        assert packed.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed.data) == plain.data
        assert packed.headers["ETag"] == plain.headers["ETag"]
    for refuses in ("identity", "gzip;q=0", "br"):
        assert browse().get(path, headers={"Accept-Encoding": refuses}).data == plain.data


@pytest.mark.parametrize("query", ["?x=1", "?page=one", "?page=1&page=2", "?kept=abc", "?page=" + "1" * 400])
def test_an_address_with_other_words_is_left_to_flask(
    there: Community, browse: Browse, queries: Queries, query: str
) -> None:
    """What we do not know might change the page; what campaigns add does not."""
    path = f"/t/{there.thread.id}/{there.thread.slug}"
    for _time in range(2):
        with queries() as seen:
            answer = browse().get(path + query)
        assert seen
        assert "no-store" in answer.headers["Cache-Control"]
    browse().get(path)
    with queries() as seen:
        assert browse().get(f"{path}?utm_source=mail&fbclid=1").status_code == 200
    assert seen == []


def test_what_is_not_there_is_not_kept(app: Flask, there: Community, browse: Browse) -> None:
    """404, 301 and a board that opens later."""
    assert browse().get("/t/999999/-").status_code == 404
    assert browse().get(f"/t/{there.thread.id}/other-words").status_code == 301
    path = f"/b/{there.board.slug}"
    assert browse().get(path).status_code == 200
    write(app, lambda session: setattr(session.get_one(Board, there.board.id), "see_rank", "staff"))
    for closed in (path, f"/t/{there.thread.id}/{there.thread.slug}"):
        answer = browse().get(closed)
        assert answer.status_code == 404
        assert "no-store" in answer.headers["Cache-Control"]


def test_kept_pages_count_as_views(app: Flask, there: Community, browse: Browse) -> None:
    """Each look is counted, whoever draws the page; all are written together."""
    count = select(Thread.view_count).where(Thread.id == there.thread.id)
    with app.app_context():
        views.flush_views()  # what other tests have left
    before = _id_of(app, count)
    for _time in range(3):
        browse().get(f"/t/{there.thread.id}/{there.thread.slug}")
    assert _id_of(app, count) == before
    with app.app_context():
        assert views.flush_views() == 1
    assert _id_of(app, count) == before + 3


def test_kept_pages_count_against_the_limit(
    there: Community, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """50 in ten seconds per address, kept or not; another address goes on."""
    path = f"/t/{there.thread.id}/{there.thread.slug}"
    monkeypatch.setattr(limiter, "enabled", True)
    monkeypatch.setattr(limiter, "_limiter", MovingWindowRateLimiter(MemoryStorage()))
    answers = [browse().get(path, environ_base={"REMOTE_ADDR": "192.0.2.7"}) for _time in range(51)]
    assert {answer.status_code for answer in answers[:50]} == {200}
    assert answers[50].status_code == 429
    assert "no-store" in answers[50].headers["Cache-Control"]
    assert answers[50].headers["Retry-After"]
    assert browse().get(path, environ_base={"REMOTE_ADDR": "192.0.2.8"}).status_code == 200


def test_without_the_database_flask_says_so(there: Community, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """A version that cannot be read gives nothing out; the next that can, does."""
    pages = kept_pages.of(app)
    path = f"/t/{there.thread.id}/{there.thread.slug}"
    assert app.test_client().get(path).status_code == 200
    with monkeypatch.context() as patch:
        patch.setattr(pages._versions, "_connect", _refuse)
        pages._versions.close()
        assert "no-store" in app.test_client().get(path).headers["Cache-Control"]
    assert app.test_client().get(path).headers["Cache-Control"] == "no-cache"


def _refuse() -> None:
    import sqlite3

    raise sqlite3.OperationalError("away")


@pytest.fixture
def store() -> Iterator[Store]:
    """Room for 100 bytes."""
    yield Store(most_bytes=100)


def test_the_store_is_bounded(store: Store) -> None:
    """The least recently used go first, and nothing is counted twice."""

    def page(size: int) -> Kept:
        return Kept((1,), 0.0, "", (), b"x" * size)

    for name in "abc":
        store.put(name, page(30))
    assert store.get("a") is not None
    store.put("d", page(30))
    assert store.get("b") is None
    assert all(store.get(name) is not None for name in "acd")
    store.put("a", page(10))
    assert store.size == 70
    store.put("e", page(1000))
    assert store.size == 0
