"""Drafts on the server: kept while one types, on each device, seen by nobody else, and gone once sent."""

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask import Flask
from sqlalchemy import select, update

from forum.boards.models import Board
from forum.core.errors import Conflict
from forum.core.unit_of_work import unit_of_work
from forum.drafts import actions
from forum.drafts.models import Draft
from forum.extensions import db
from forum.jobs import registry
from forum.threads.models import Thread
from tests.conftest import days_ago
from tests.factory import Factory
from tests.surfing import Surfer

Browse = Callable[..., Surfer]
WORD = "Quillfeather"


def keep(surfer: Surfer, place: str, version: int = 0, **fields: str) -> int:
    """Save a draft as the page's script does; the version that is kept then."""
    answer = surfer.post("/drafts", {"place": place, "version": str(version), **fields}, fragment=True)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return int(answer.get_json()["version"])


def page(surfer: Surfer, path: str) -> str:
    """What a page says."""
    return surfer.get(path, follow_redirects=True).get_data(as_text=True)


def places(app: Flask) -> list[str]:
    """All places in which something is kept."""
    with app.app_context():
        found = list(db.session.scalars(select(Draft.place).order_by(Draft.place)))
        db.session.remove()
    return found


def test_each_form_is_filled_on_another_device(app: Flask, make: Factory, browse: Browse) -> None:
    """Ask, answer, reply, add details, edit: what was typed here stands in the form there, without script."""
    ann, ben = make.member("ann"), make.member("ben")
    thread = make.thread(make.board("kettles"), ann)
    answer = make.answer(thread, ben)
    for member, place, path in (
        (ben, f"t-{thread.id}", f"/t/{thread.id}/-"), (ann, f"p-{answer.id}", f"/t/{thread.id}/-"),
        (ann, f"p-{answer.id}", f"/p/{answer.id}/reply"), (ann, f"details-{thread.id}", f"/t/{thread.id}/-"),
        (ben, f"edit-{answer.id}", f"/p/{answer.id}/revision"), (ben, "new-thread", "/b/kettles/new"),
        (ben, "new-thread", "/ask"),
    ):
        here, there = browse(member), browse(member)
        keep(here, place, body=f"{WORD} in {place}")
        assert f"{WORD} in {place}</textarea>" in page(there, path), (place, path)
        assert f"{WORD} in {place}" in page(there, "/drafts")
        here.post("/drafts/discard", {"place": place})
        assert WORD not in page(there, path) and WORD not in page(there, "/drafts")


def test_a_new_thread_keeps_all_its_fields(make: Factory, browse: Browse) -> None:
    """Title, text, tags, kind and board; other fields are left where they are."""
    make.board("kettles", title="Kettles")
    surfer = browse(make.member())
    keep(surfer, "new-thread", title=f"{WORD}?", body="b", tags="lime", kind="idea", board="kettles", role="admin")
    seen = page(surfer, "/ask")
    assert f'value="{WORD}?"' in seen and 'value="lime"' in seen and 'value="idea" checked' in seen
    assert 'value="kettles" selected' in seen


def test_what_is_sent_is_no_draft_any_more(app: Flask, make: Factory, browse: Browse) -> None:
    """In the same transaction; a refused form keeps its draft."""
    ann, ben = make.member("ann"), make.member("ben")
    thread = make.thread(make.board("kettles"), ann)
    answer = make.answer(thread, ben)
    surfer = browse(ben)
    for place, path, form in (
        (f"t-{thread.id}", f"/t/{thread.id}/replies", {"body": "An answer, then."}),
        (f"p-{answer.id}", f"/t/{thread.id}/replies", {"body": "A reply.", "parent_id": str(answer.id)}),
        (f"edit-{answer.id}", f"/p/{answer.id}/revision", {"body": "It was like this."}),
        ("new-thread", "/b/kettles/new", {"kind": "question", "title": "Does it whistle?", "body": "So?", "tags": ""}),
    ):
        form["draft_version"] = str(keep(surfer, place, body="Not sent yet"))
        assert surfer.post(path, {**form, "body": ""}).status_code == 422 and places(app) == [place]
        assert surfer.post(path, form).status_code == 303 and places(app) == []
    asker = browse(ann)
    known = str(keep(asker, f"details-{thread.id}", body="More"))
    form = {"body": "More of it.", "draft_version": known}
    assert asker.post(f"/t/{thread.id}/details", form).status_code == 303 and places(app) == []


def test_two_windows_lose_nothing(make: Factory, browse: Browse) -> None:
    """The newest wins, the other is kept and offered; who goes on from what is kept displaces nothing."""
    ann = make.member()
    thread = make.thread(make.board(), make.member())
    surfer, place = browse(ann), f"t-{thread.id}"
    assert keep(surfer, place, 0, body="Window one") == 1
    assert keep(surfer, place, 1, body="Window one goes on") == 2
    assert "data-draft-other" not in page(surfer, f"/t/{thread.id}/-").split("<main")[1]
    assert keep(surfer, place, 1, body="Window two") == 3
    seen = page(surfer, f"/t/{thread.id}/-").split("<main")[1]
    assert "Window two</textarea>" in seen and "Window one goes on" in seen.split("data-draft-other=")[1].split(">")[0]


def test_a_late_save_does_not_bring_back_what_was_sent(app: Flask, make: Factory, browse: Browse) -> None:
    """It went on from a draft that is gone: nothing is kept, until somebody types anew."""
    ann = make.member()
    thread = make.thread(make.board(), make.member())
    surfer, place = browse(ann), f"t-{thread.id}"
    version = keep(surfer, place, body="My answer")
    surfer.post(f"/t/{thread.id}/replies", {"body": "My answer"})
    assert keep(surfer, place, version, body="My answer") == 0 and places(app) == []
    assert keep(surfer, place, 0, body="Another one") == 1


def test_emptied_is_discarded(app: Flask, make: Factory, browse: Browse) -> None:
    """A form with no words in it is no draft, whatever kind is chosen."""
    surfer = browse(make.member())
    version = keep(surfer, "new-thread", title="Hm")
    assert keep(surfer, "new-thread", version, title=" ", kind="idea") == 0 and places(app) == []


def test_nobody_else_sees_it(app: Flask, make: Factory, browse: Browse) -> None:
    """T8: a canary in a draft is on no page of anybody else's, staff included; nobody discards another's."""
    ann, board = make.member("ann"), make.board("kettles")
    thread = make.thread(board, make.member("asker"))
    keep(browse(ann), f"t-{thread.id}", body=WORD)
    keep(browse(ann), "new-thread", title=WORD, body=WORD)
    others = [browse(), browse(make.member("ben")), browse(make.member("ada", role="admin"))]
    for other in others:
        for path in ("/", "/drafts", "/ask", f"/t/{thread.id}/-", "/m/ann", "/moderation", "/b/kettles/new"):
            assert WORD not in page(other, path), path
        other.post("/drafts/discard", {"place": "new-thread"})
    assert WORD in page(browse(ann), "/ask")


def test_where_one_may_not_read_nothing_is_kept(app: Flask, make: Factory, browse: Browse) -> None:
    """A thread that is not open, or no place at all: as if it never was. What one typed stays one's own."""
    ann, board = make.member("ann"), make.board("kettles")
    thread = make.thread(board, make.member(), title="Seen before")
    surfer = browse(ann)
    keep(surfer, f"t-{thread.id}", body=WORD)
    with app.app_context():
        with unit_of_work() as session:
            session.execute(update(Board).where(Board.id == board.id).values(see_rank="staff"))
        db.session.remove()
    for place in (f"t-{thread.id}", f"p-{thread.opening_id}", f"edit-{thread.opening_id}", "t-999999", "x", "t-1'", ""):
        assert surfer.post("/drafts", {"place": place, "body": "x"}, fragment=True).status_code == 404, place
    seen = page(surfer, "/drafts")
    assert WORD in seen and "Seen before" not in seen and f"/t/{thread.id}/" not in seen


def test_limits(app: Flask, make: Factory, browse: Browse, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too long, or too many: refused with words; what is kept already goes on being kept."""
    ann = make.member()
    surfer = browse(ann)
    assert surfer.post("/drafts", {"place": "new-thread", "body": "x" * 25_001}, fragment=True).status_code == 422
    monkeypatch.setattr(actions, "MOST", 1)
    threads = [make.thread(make.board(), make.member()) for _ in range(2)]
    version = keep(surfer, f"t-{threads[0].id}", body="One")
    answer = surfer.post("/drafts", {"place": f"t-{threads[1].id}", "body": "Two"}, fragment=True)
    assert answer.status_code == Conflict.status and "drafts already" in answer.get_data(as_text=True)
    assert keep(surfer, f"t-{threads[0].id}", version, body="One more") == version + 1


def test_a_silenced_member_keeps_what_they_typed(make: Factory, browse: Browse) -> None:
    """It is theirs, and the silence ends. A guest keeps drafts in the browser only."""
    later = dt.datetime.now(dt.UTC) + dt.timedelta(days=1)
    assert keep(browse(make.member(silenced_until=later)), "new-thread", body="Patience") == 1
    assert browse().post("/drafts", {"place": "new-thread", "body": "x"}, fragment=True).status_code == 401


def test_old_ones_go(app: Flask, make: Factory, browse: Browse) -> None:
    """After 90 days, by the worker."""
    surfer = browse(make.member())
    threads: list[Thread] = [make.thread(make.board(), make.member()) for _ in range(2)]
    for thread in threads:
        keep(surfer, f"t-{thread.id}", body="Some day")
    with app.app_context():
        with unit_of_work() as session:
            old = update(Draft).where(Draft.place == f"t-{threads[0].id}")
            session.execute(old.values(saved_at=days_ago(91)))
        registry.run("purge_drafts", {})
        db.session.remove()
    assert places(app) == [f"t-{threads[1].id}"] and "purge_drafts" in registry.TIMED


def test_what_it_costs(
    make: Factory, browse: Browse, queries: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    """One query on a thread's page and for the list, however many drafts there are; none for guests."""
    ann = make.member()
    thread = make.thread(make.board(), make.member())
    surfer, counts = browse(ann), []
    for number in range(3):
        answer = make.answer(thread, make.member())
        keep(surfer, f"p-{answer.id}", body=f"Number {number}")
        surfer.get(f"/t/{thread.id}/{thread.slug}")
        with queries() as seen:
            surfer.get(f"/t/{thread.id}/{thread.slug}")
        counts.append(sum("FROM draft" in statement for statement in seen))
        with queries() as seen:
            surfer.get("/drafts")
        counts.append(sum("FROM draft" in statement for statement in seen))
    with queries() as seen:
        browse().get(f"/t/{thread.id}/{thread.slug}")
    assert counts == [1] * 6 and not any("draft" in statement for statement in seen)


def test_what_is_posted_takes_no_other_words_along(make: Factory, browse: Browse) -> None:
    """A thread, or an answer, from a window that did not know the draft: the draft stays; the same words go with it."""
    ann = make.member("ann")
    thread = make.thread(make.board("kettles"), make.member())
    surfer = browse(ann)
    for place, path, form in (
        ("new-thread", "/b/kettles/new", {"kind": "discussion", "title": "No, not it", "body": "Two\r\nlines"}),
        (f"t-{thread.id}", f"/t/{thread.id}/replies", {"body": "Two\r\nlines"}),
    ):
        version = keep(surfer, place, **{**form, "body": WORD})
        for known in ({}, {"draft_version": "0"}, {"draft_version": str(version + 1)}, {"draft_version": "x"}):
            assert surfer.post(path, {**form, **known}).status_code == 303
            assert WORD in page(surfer, "/drafts"), (place, known)
        assert surfer.post(path, {**form, "draft_version": str(version)}).status_code == 303
        assert WORD not in page(surfer, "/drafts"), place
        keep(surfer, place, **form)
        assert surfer.post(path, form).status_code == 303
        assert "Nothing waits here" in page(surfer, "/drafts"), place


def test_of_two_that_met_only_the_one_that_is_posted_goes(make: Factory, browse: Browse) -> None:
    """From either window; the other is the draft then."""
    surfer = browse(make.member())
    thread = make.thread(make.board(), make.member())
    place, path = f"t-{thread.id}", f"/t/{thread.id}/replies"
    for posted, left, version in (("Window two", "Window one", 2), ("Window one", "Window two", 1)):
        assert keep(surfer, place, body="Window one") == 1
        assert keep(surfer, place, body="Window two") == 2
        surfer.post(path, {"body": posted, "draft_version": str(version)})
        assert left in page(surfer, "/drafts") and posted not in page(surfer, "/drafts")
        assert "data-draft-other" not in page(surfer, f"/t/{thread.id}/-").split("<main")[1]
        surfer.post("/drafts/discard", {"place": place})


def test_a_refused_form_knows_no_newer_draft(make: Factory, browse: Browse) -> None:
    """Drawn again with what it sent, it names the version that it knew, not that of words which it does not show."""
    surfer = browse(make.member())
    thread = make.thread(make.board("kettles"), make.member())
    keep(surfer, "new-thread", body=WORD)
    assert 'name="draft_version" value="1"' in page(surfer, "/ask")
    for path in ("/ask", "/b/kettles/new"):
        form = {"kind": "question", "title": "", "body": "Other words", "tags": "", "draft_version": "0"}
        seen = surfer.post(path, form).get_data(as_text=True)
        assert "Other words</textarea>" in seen and 'name="draft_version" value="0"' in seen
        assert 'data-draft-version="0"' in seen
    assert 'name="draft_version" value="0"' in page(surfer, f"/t/{thread.id}/-")
