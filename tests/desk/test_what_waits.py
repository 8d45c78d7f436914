"""The desk: which questions stand on it, in which order, why; and which never do."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import update

from forum.boards.models import STAFF, Board
from forum.core.clock import now
from forum.threads.models import Thread
from tests.desk.acting import age, buy, join, write
from tests.factory import Factory
from tests.surfing import Surfer

Browse = Callable[..., Surfer]
Drain = Callable[[], None]


def titles(page: str) -> list[str]:
    """The titles of the rows, from the top."""
    return re.findall(r'<article class="desk-row".*?<a href="[^"]+">([^<]+)</a>', page, flags=re.S)


def desk(surfer: Surfer, query: str = "") -> str:
    """The page."""
    answer = surfer.get(f"/desk{query}")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_guests_sign_in_and_the_silenced_read_why(make: Factory, browse: Browse) -> None:
    """The desk is for members who may write."""
    answer = browse().get("/desk")
    assert answer.status_code == 303 and "/sign-in" in answer.headers["Location"]
    silenced = browse(make.member(silenced_until=now().replace(year=2100))).get("/desk")
    assert silenced.status_code == 403 and "not write" in silenced.get_data(as_text=True)
    assert browse(make.member(confirmed=False)).get("/desk").status_code == 403


def test_joined_boards_newcomers_first_then_who_waits_longest(
    app: Flask, make: Factory, browse: Browse, drain: Drain
) -> None:
    """Unanswered before unsolved; within each newcomers, then the oldest; each with its reason in words."""
    me, asker, newcomer = make.member("me"), make.member(rank="sprout"), make.member("newt")
    kettles, other = make.board("kettles"), make.board("other")
    join(app, me, kettles)
    young = make.thread(kettles, asker, title="Asked of late?")
    old = make.thread(kettles, asker, title="Waits for long?")
    new = make.thread(kettles, newcomer, title="New here, and stuck?")
    unsolved = make.thread(kettles, newcomer, title="Answered, not solved?")
    make.answer(unsolved, asker)
    make.thread(other, asker, title="Somewhere else?")
    drain()
    for thread, hours in ((young, 1), (old, 30), (new, 0.1), (unsolved, 99)):
        age(app, thread, hours=hours)
    surfer = browse(me)
    page = desk(surfer)
    assert titles(page) == ["New here, and stuck?", "Waits for long?", "Asked of late?", "Answered, not solved?"]
    assert page.count("You joined Kettles") == 4 and "1 answer, not solved" in page and "newcomer" in page
    assert titles(desk(surfer, "?show=unanswered")) == titles(page)[:3]
    assert titles(desk(surfer, "?show=unsolved")) == ["Answered, not solved?"]
    assert titles(desk(surfer, "?show=newcomers")) == ["New here, and stuck?", "Answered, not solved?"]
    assert titles(desk(surfer, "?why=joined")) == titles(page)
    assert "Nothing of that kind waits" in desk(surfer, "?why=owned")
    assert surfer.get("/desk?show=best").status_code == surfer.get("/desk?why=best").status_code == 404


def test_tags_that_one_answered_well(app: Flask, make: Factory, browse: Browse, drain: Drain) -> None:
    """Accepted or voted for counts, on any board; taken back it counts no more; one's own questions never do."""
    me, asker = make.member("me"), make.member(rank="sprout")
    board = make.board("water")
    asked = [make.thread(board, asker, title=f"Question number {n}?", tags=("lime",)) for n in (1, 2)]
    answers = [make.answer(thread, me) for thread in asked]
    own = make.answer(make.thread(board, me, tags=("own",), title="Mine and answered?"), me)
    make.thread(board, asker, title="And this lime here?", tags=("lime",))
    make.thread(board, asker, title="And my own subject?", tags=("own",))
    drain()
    surfer = browse(me)
    assert titles(desk(surfer)) == []
    assert browse(asker).post(f"/p/{answers[0].id}/acceptance").status_code == 303
    assert browse(asker).post(f"/p/{answers[1].id}/vote", {"value": "1"}).status_code == 303
    browse(asker).post(f"/p/{own.id}/vote", {"value": "1"})
    drain()
    page = desk(surfer)
    assert titles(page) == ["And this lime here?"]
    assert "You answered 2 on lime" in page
    browse(asker).post(f"/p/{answers[0].id}/acceptance/undo")
    drain()
    assert "You answered a question on lime" in desk(surfer)
    browse(asker).post(f"/p/{answers[1].id}/vote", {"value": "0"})
    drain()
    assert titles(desk(surfer)) == []


def test_what_one_owns_is_a_reason_for_oneself_alone(
    app: Flask, make: Factory, browse: Browse, drain: Drain
) -> None:
    """By the thread's product or by the product's board; not once it was sent back; on nobody else's desk."""
    me, other, asker = make.member("me"), make.member("other"), make.member()
    kettles, water = make.board("kettles"), make.board("water")
    join(app, other, kettles, water)
    make.thread(kettles, asker, title="It whistles no more?")
    about = make.thread(water, asker, title="Which filter?")
    buy(app, me, "Fern gooseneck", kettles)
    filter_id = buy(app, me, "Water filter")
    write(app, lambda s: s.execute(update(Thread).where(Thread.id == about.id).values(product_id=filter_id)))
    drain()
    page = desk(browse(me))
    assert titles(page) == ["It whistles no more?", "Which filter?"]
    assert "You own the Fern gooseneck" in page and "You own the Water filter" in page
    assert titles(desk(browse(me), "?why=owned")) == titles(page)
    assert "You own the" not in desk(browse(other)) and len(titles(desk(browse(other)))) == 2
    returned = make.member()
    buy(app, returned, "Fern gooseneck", kettles, refunded_whole_at=now())
    assert titles(desk(browse(returned))) == []


def test_what_never_stands_there(app: Flask, make: Factory, browse: Browse, drain: Drain) -> None:
    """One's own, answered by oneself, solved, locked, gone, duplicates, discussions, archived, closed to reading or
    answering: none of it, also when it becomes so after it was asked."""
    me, asker = make.member("me"), make.member(rank="sprout")
    board = make.board("kettles")
    closed, silent, gone = make.board("closed"), make.board("silent"), make.board("gone")
    join(app, me, board, closed, silent, gone)
    make.thread(board, me, title="My own question?")
    answered = make.thread(board, asker, title="Answered by me?")
    make.answer(answered, me)
    make.thread(board, asker, kind="discussion", title="Only a discussion")
    staying = make.thread(board, asker, title="This one stays?")
    states = {
        "solved": {"solved": True}, "locked": {"locked_at": now()}, "deleted": {"deleted_at": now()},
        "hidden": {"hidden_at": now()}, "double": {"duplicate_of_id": staying.id},
    }
    for name, values in states.items():
        thread = make.thread(board, asker, title=f"This one is {name}?")
        drain()
        write(app, lambda s, t=thread, v=values: s.execute(update(Thread).where(Thread.id == t.id).values(v)))
    access = ((closed, {"see_rank": STAFF}), (silent, {"reply_rank": "bough"}), (gone, {"archived_at": now()}))
    for place, values in access:
        make.thread(place, asker, title=f"On a board that is {place.slug}?")
        drain()
        write(app, lambda s, p=place, v=values: s.execute(update(Board).where(Board.id == p.id).values(v)))
    assert titles(desk(browse(me))) == ["This one stays?"]


def test_what_is_past_the_horizon_is_let_go(app: Flask, make: Factory, browse: Browse, drain: Drain) -> None:
    """After sixty days a question is not waiting any more; the job takes it off."""
    from forum.desk.jobs import tidy_desk
    from tests.desk.acting import run

    me, asker, board = make.member("me"), make.member(), make.board("kettles")
    join(app, me, board)
    old = make.thread(board, asker)
    drain()
    age(app, old, days=61)
    run(app, tidy_desk)
    assert titles(desk(browse(me))) == []
    assert "Nobody waits for you" in desk(browse(me))


def test_the_empty_desk_says_what_to_do(make: Factory, browse: Browse) -> None:
    """Who has joined and answered nothing is shown the way to the boards; no filters, no zeros."""
    page = desk(browse(make.member()))
    assert 'href="/boards"' in page and "Choose boards" in page
    assert "Without an answer" not in page and "What you did" not in page


def test_the_way_there(app: Flask, make: Factory, browse: Browse, drain: Drain) -> None:
    """In the frame for members only; on the home page with what waits, and not when nothing does."""
    me, asker, board = make.member("me"), make.member("newt"), make.board("kettles")
    join(app, me, board)
    assert 'href="/desk"' not in browse().get("/").get_data(as_text=True)
    make.thread(board, me, title="My own question?")
    drain()
    page = browse(me).get("/").get_data(as_text=True)
    assert 'href="/desk"' in page and "Waiting for you" not in page
    make.thread(board, asker)
    drain()
    page = browse(me).get("/").get_data(as_text=True)
    assert "1 newcomer asked about something that you know." in page and "Open the desk" in page


@pytest.mark.parametrize("good", [True, False])
def test_figures_are_ones_own(app: Flask, make: Factory, browse: Browse, drain: Drain, good: bool) -> None:
    """Answers, accepted ones, people helped, and how long who was answered first had waited: this month and in all."""
    me, asker = make.member("me"), make.member(rank="sprout")
    thread = make.thread(make.board(), asker)
    age(app, thread, hours=3)
    answer = make.answer(thread, me)
    if good:
        browse(asker).post(f"/p/{answer.id}/acceptance")
    drain()
    page = desk(browse(me))
    number = r'<td class="is-number">([^<]+)</td>'
    figures = re.findall(rf'<th scope="row">([^<]+)</th>{number}{number}', page)
    mark = "1" if good else "–"
    assert figures == [
        ("Answers", "1", "1"), ("Accepted", mark, mark), ("People helped", mark, mark),
        ("First answer after", "3 hours", "3 hours"),
    ]  # fmt: skip
    assert "What you did" not in desk(browse(asker))


def test_below_a_board_that_asks_for_more(app: Flask, make: Factory, browse: Browse, drain: Drain) -> None:
    """A question on a sub-board stands on the desk of those alone who may answer on the board above it as well."""
    above = make.board("above", reply_rank="bough")
    below = make.board("below", parent_id=above.id, above_reply_rank="bough")
    make.thread(below, make.member("mo", role="moderator"), title="Asked below?")
    drain()
    found = {}
    for rank in ("sprout", "bough"):
        member = make.member(rank, rank=rank)
        join(app, member, below)
        found[rank] = titles(desk(browse(member)))
    assert found == {"sprout": [], "bough": ["Asked below?"]}
