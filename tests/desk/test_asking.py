"""Questions that wait are handed on: to a few helpers who want it, then to staff; once each; and the asker reads it."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select, update

from forum.boards.models import Board
from forum.core.clock import now
from forum.desk import jobs
from forum.desk.models import DeskAsk, DeskPreference, Escalation
from forum.members.models import Member
from forum.notifications.models import Notice
from forum.threads.models import Post, Thread
from tests.boards.planting import plant
from tests.boards.test_home import answer_after
from tests.conftest import days_ago
from tests.desk.acting import age, buy, read, run, willing, write
from tests.factory import Factory
from tests.surfing import Surfer

Browse = Callable[..., Surfer]
Drain = Callable[[], None]


@pytest.fixture
def knowing(app: Flask, make: Factory, browse: Browse, drain: Drain) -> Callable[..., Member]:
    """`knowing(board, "lime")` is a member who gave a good answer on the tag, and wants to be asked unless told."""

    def build(board: Board, tag: str, good: int = 1, asks: bool = True, **columns: object) -> Member:
        member, asker = make.member(**columns), make.member(rank="sprout")
        for number in range(good):
            thread = make.thread(board, asker, title=f"Known question {number}?", tags=(tag,))
            browse(asker).post(f"/p/{make.answer(thread, member).id}/acceptance")
        if asks:
            willing(app, member)
        drain()
        return member

    return build


def asked(app: Flask, thread: Thread, stage: str = "helpers") -> set[int]:
    """Who was asked about a question."""
    rows = select(DeskAsk.member_id).where(DeskAsk.thread_id == thread.id, DeskAsk.stage == stage)
    return set(read(app, rows))


def test_after_four_hours_those_who_know_are_asked_once(
    app: Flask, make: Factory, browse: Browse, drain: Drain, knowing: Callable[..., Member]
) -> None:
    """Not before; with a notice behind the bell and no mail; not again, however often the job runs; at most three."""
    board = make.board("water")
    known = {knowing(board, "lime").id for _ in range(4)}
    stranger = make.member()
    willing(app, stranger)
    thread = make.thread(board, make.member("newt"), title="Lime in the pot, again?", tags=("lime",))
    drain()
    age(app, thread, hours=3.9)
    run(app, jobs.ask_helpers)
    assert asked(app, thread) == set()
    age(app, thread, hours=4.1)
    for _time in range(3):
        run(app, jobs.ask_helpers)
        drain()
    chosen = asked(app, thread)
    assert len(chosen) == 3 and chosen < known
    told = read(app, select(Notice.member_id, Notice.kind).where(Notice.thread_id == thread.id))
    assert sorted(told) == sorted((one, "asked_helpers") for one in chosen)
    surfer = browse(min(chosen))
    bell = surfer.get("/notifications").get_data(as_text=True)
    assert "A question waits that you know something about" in bell and f"/t/{thread.id}/" in bell
    assert "We asked you about it" in surfer.get("/desk").get_data(as_text=True)
    assert "Lime in the pot, again?" in surfer.get("/desk?why=asked").get_data(as_text=True)


def test_only_who_wants_to_and_may(
    app: Flask, make: Factory, drain: Drain, knowing: Callable[..., Member]
) -> None:
    """Never the asker, nobody who did not say so, who may not see or answer there, was away for a month, or is
    suspended."""
    open_, closed = make.board("open"), make.board("closed", see_rank="staff")
    knowing(open_, "lime", asks=False)
    away, banned, asker = knowing(open_, "lime"), knowing(open_, "lime"), knowing(open_, "lime")
    low, high = knowing(open_, "lime"), knowing(open_, "lime", role="moderator")
    for member, values in ((away, {"last_seen_at": days_ago(31)}), (banned, {"suspended_until": days_ago(-9)})):
        write(app, lambda s, m=member, v=values: s.execute(update(Member).where(Member.id == m.id).values(v)))
    plain = make.thread(open_, asker, title="Who sees this one?", tags=("lime",))
    ranked = make.thread(closed, make.member(role="admin"), title="Who sees that one?", tags=("lime",))
    drain()
    for thread in (plain, ranked):
        age(app, thread, hours=5)
    run(app, jobs.ask_helpers)
    assert asked(app, plain) == {low.id, high.id}
    assert asked(app, ranked) == {high.id}


def test_owners_are_asked_too(app: Flask, make: Factory, drain: Drain) -> None:
    """Who owns the product whose board it is, if they want to."""
    board = make.board("kettles")
    owner, unasked = make.member(), make.member()
    for member in (owner, unasked):
        buy(app, member, "Fern gooseneck", board)
    willing(app, owner)
    thread = make.thread(board, make.member())
    drain()
    age(app, thread, hours=5)
    run(app, jobs.ask_helpers)
    assert asked(app, thread) == {owner.id}


def test_five_a_week_each(app: Flask, make: Factory, drain: Drain, knowing: Callable[..., Member]) -> None:
    """A sixth question goes to nobody else's leave; a week later there is leave again."""
    board = make.board("water")
    one = knowing(board, "lime")
    asker = make.member(rank="sprout")
    threads = [make.thread(board, asker, title=f"Lime question {n}?", tags=("lime",)) for n in range(6)]
    drain()
    for thread in threads:
        age(app, thread, hours=5)
    run(app, jobs.ask_helpers)
    assert len(read(app, select(DeskAsk.thread_id).where(DeskAsk.member_id == one.id))) == 5
    assert len(read(app, select(Escalation.thread_id))) == 6
    write(app, lambda s: s.execute(update(DeskAsk).values(asked_at=days_ago(8))))
    later = make.thread(board, asker, title="Lime, a week later?", tags=("lime",))
    drain()
    age(app, later, hours=5)
    run(app, jobs.ask_helpers)
    assert asked(app, later) == {one.id}


def test_after_a_day_staff(app: Flask, make: Factory, browse: Browse, drain: Drain) -> None:
    """All staff and the board's own moderators who may see it; whoever asked is not told; once."""
    mod, asking, admin = make.member(role="moderator"), make.member(role="moderator"), make.member(role="admin")
    thread = make.thread(make.board("water"), asking, title="A day without an answer?")
    drain()
    age(app, thread, hours=25)
    for _time in range(2):
        run(app, jobs.ask_helpers)
        drain()
    assert asked(app, thread, "staff") == {mod.id, admin.id}
    assert sorted(read(app, select(Notice.member_id).where(Notice.kind == "asked_staff"))) == [mod.id, admin.id]
    assert "A question still waits for its first answer" in browse(mod).get("/notifications").get_data(as_text=True)


@pytest.mark.parametrize("state", ["answered", "locked", "solved", "archived", "old", "deleted"])
def test_who_does_not_wait_is_not_handed_on(
    app: Flask, make: Factory, drain: Drain, knowing: Callable[..., Member], state: str
) -> None:
    """Nor is what should have been handed on days ago, when this was not running."""
    board = make.board("water")
    helper = knowing(board, "lime")
    thread = make.thread(board, make.member(), title="Is this one waiting?", tags=("lime",))
    if state == "answered":
        make.answer(thread, make.member())
    if state == "archived":
        write(app, lambda s: s.execute(update(Board).where(Board.id == board.id).values(archived_at=now())))
    columns = {"locked": {"locked_at": now()}, "solved": {"solved": True}, "deleted": {"deleted_at": now()}}
    if state in columns:
        write(app, lambda s: s.execute(update(Thread).where(Thread.id == thread.id).values(columns[state])))
    drain()
    age(app, thread, hours=4 + 49 if state == "old" else 5)
    run(app, jobs.ask_helpers)
    assert asked(app, thread) == set()
    assert helper.id


def test_the_manager_sets_the_times(
    app: Flask, make: Factory, browse: Browse, drain: Drain, knowing: Callable[..., Member]
) -> None:
    """With the default beside each; nonsense is said at its field; 0 is never; nobody else sees the page."""
    manager = browse(make.member(role="admin"))
    page = manager.get("/manage/desk").get_data(as_text=True)
    assert 'value="4"' in page and 'value="24"' in page and "By default 4." in page and "By default 24." in page
    assert browse(make.member(role="moderator")).get("/manage/desk").status_code == 403
    assert browse(make.member(role="moderator")).post("/manage/desk", {"helpers": 1, "staff": 2}).status_code == 403
    nonsense = ({"helpers": 169, "staff": 24}, {"helpers": 8, "staff": 8}, {"helpers": "x", "staff": 9}, {"staff": 9})
    for wrong in nonsense:
        refused = manager.post("/manage/desk", wrong)
        assert refused.status_code == 422 and "field-error" in refused.get_data(as_text=True)
    board = make.board("water")
    helper = knowing(board, "lime")
    thread = make.thread(board, make.member(), title="Who answers at once?", tags=("lime",))
    drain()
    age(app, thread, hours=2)
    assert manager.post("/manage/desk", {"helpers": 0, "staff": 48}).status_code == 303
    run(app, jobs.ask_helpers)
    assert asked(app, thread) == set()
    assert manager.post("/manage/desk", {"helpers": 1, "staff": 48}).status_code == 303
    run(app, jobs.ask_helpers)
    assert asked(app, thread) == {helper.id}
    assert 'value="48"' in manager.get("/manage/desk").get_data(as_text=True)


def test_the_offer_is_made_once_and_can_be_changed(
    app: Flask, make: Factory, browse: Browse, drain: Drain
) -> None:
    """Off until somebody says yes; "Not now" ends the offer; the switch stays."""
    board, me = make.board("kettles"), make.member()
    surfer = browse(me)
    assert "May we ask you" not in surfer.get("/desk").get_data(as_text=True), "there is nothing to ask about yet"
    surfer.post(f"/b/{board.slug}/membership")
    assert "May we ask you" in surfer.get("/desk").get_data(as_text=True)
    assert read(app, select(DeskPreference.asks)) == []
    surfer.post("/desk/asking/undo")
    page = surfer.get("/desk").get_data(as_text=True)
    assert "May we ask you" not in page and "Ask me now and then" in page
    assert read(app, select(DeskPreference.asks)) == [False]
    surfer.post("/desk/asking")
    assert "Do not ask me" in surfer.get("/desk").get_data(as_text=True)
    assert read(app, select(DeskPreference.asks)) == [True]


def test_the_asker_reads_who_was_asked_and_how_long_it_takes(
    app: Flask, make: Factory, browse: Browse, drain: Drain, knowing: Callable[..., Member]
) -> None:
    """On the question's page, while nobody has answered; nobody else reads it."""
    board = make.board("water")
    for _helper in range(2):
        knowing(board, "lime")
    make.member(role="admin")
    asker, other = make.member("newt"), make.member()
    answer_after(app, plant(app, board, make.member(), 9), make.member(), 30)
    thread = make.thread(board, asker, title="Am I alone in here?", tags=("lime",))
    drain()
    address = f"/t/{thread.id}/{thread.slug}"
    before = browse(asker).get(address).get_data(as_text=True)
    assert "first answer within" in before and "We asked" not in before
    age(app, thread, hours=25)
    run(app, jobs.ask_helpers)
    drain()
    page = browse(asker).get(address).get_data(as_text=True)
    assert "We asked 2 people who know this. Our team knows about it too." in page
    for surfer in (browse(other), browse()):
        text = surfer.get(address).get_data(as_text=True)
        assert "We asked" not in text and "first answer within" not in text
    make.answer(thread, other)
    assert "We asked" not in browse(asker).get(address).get_data(as_text=True)
    assert read(app, select(Post.id).where(Post.thread_id == thread.id, Post.kind == "answer"))
