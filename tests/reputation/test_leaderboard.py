"""Leaderboards: who is on them, from five on, and that they always say what the ledger says."""

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask import Flask
from sqlalchemy import insert, select, text, update
from sqlalchemy.orm import Session

from forum.access.actors import load_actor
from forum.boards.models import Board
from forum.core.clock import now, today
from forum.core.unit_of_work import unit_of_work
from forum.extensions import db
from forum.members.models import Member
from forum.moderation.actions import steering, undoing
from forum.reputation import leaderboard, maintenance
from forum.reputation.models import HelpingTotal, MemberStanding
from forum.threads import actions, state
from forum.threads.models import Post, Thread, Vote
from tests.conftest import DATABASE
from tests.factory import Factory
from tests.surfing import Surfer

Browse = Callable[..., Surfer]


def vote(app: Flask, voter: Member, post_id: int, value: int = 1, *, days_back: int = 0) -> None:
    """A vote, cast some days ago."""
    with app.app_context():
        with unit_of_work() as session:
            actions.vote(session, load_actor(session, voter.id), session.get_one(Post, post_id), value)
        if days_back:  # the ledger goes by the day of the vote, so the vote is moved and all is written anew
            with unit_of_work() as session:
                moment = dt.datetime.now(dt.UTC) - dt.timedelta(days=days_back)
                session.execute(update(Vote).where(Vote.post_id == post_id).values(created_at=moment))
            with unit_of_work() as session:
                maintenance.rebuild(session)
        db.session.remove()


@pytest.fixture
def helpers(app: Flask, make: Factory) -> list[Member]:
    """Five members who helped on the board of kettles: the last one twice."""
    board, voter = make.board("kettles", title="Kettles"), make.member("voter")
    five = [make.member(f"helper{number}") for number in range(5)]
    for number in range(2):
        thread = make.thread(board, make.member(), title=f"Question number {number}")
        for helper in five if number == 0 else five[-1:]:
            vote(app, voter, make.answer(thread, helper).id)
    return five


def board_of(browse: Browse, **words: str) -> str:
    """The leaderboard's page."""
    answer = browse().get("/leaderboard?" + "&".join(f"{name}={value}" for name, value in words.items()))
    assert answer.status_code == 200
    return answer.get_data(as_text=True).split("<main")[1]


def agrees(app: Flask) -> None:
    """`reputation verify` finds nothing to say."""
    ran = app.test_cli_runner().invoke(args=["reputation", "verify"])
    assert ran.exit_code == 0, ran.output


def test_from_five_helpers_on(app: Flask, make: Factory, browse: Browse) -> None:
    """Below: a page that says when it begins, without a zero; staff do not count."""
    board, voter = make.board("kettles"), make.member()
    thread = make.thread(board, make.member())
    for number in range(4):
        vote(app, voter, make.answer(thread, make.member(f"helper{number}")).id)
    vote(app, voter, make.answer(thread, make.member("mo", role="moderator")).id)
    page = board_of(browse)
    assert "five people have helped" in page and "helper0" not in page and ">0<" not in page
    vote(app, voter, make.answer(thread, make.member("helper4")).id)
    page = board_of(browse)
    assert "helper4" in page and "five people have helped" not in page and 'href="/m/mo"' not in page


def test_a_week_that_has_just_begun_shows_the_one_before(
    app: Flask, browse: Browse, make: Factory, helpers: list[Member]
) -> None:
    """Until five have helped in it: last week's, which says so; nobody is told how to get on a list that is closed."""
    with app.app_context():
        with unit_of_work() as session:
            session.execute(update(HelpingTotal).where(HelpingTotal.period == leaderboard.week_of(today())).values(
                period=leaderboard.week_of(today() - dt.timedelta(days=7))
            ))
        db.session.remove()
    vote(app, make.member(), make.answer(make.thread(make.board(), make.member()), make.member("sixth")).id)
    page = board_of(browse)
    assert "this is last week" in page and "helper4" in page and "sixth" not in page and "Not yet a list" not in page
    assert "this is last week" in board_of(browse, board="kettles")
    assert "this is last week" not in board_of(browse, period="all")


def test_order_ties_and_home(app: Flask, browse: Browse, helpers: list[Member]) -> None:
    """The most points first; as many points share the place; the home page says the same."""
    with app.app_context():
        found = leaderboard.leaders(db.session(), leaderboard.week_of(today()))
        db.session.remove()
    assert [(leader.place, leader.points) for leader in found] == [(1, 20), (2, 10), (2, 10), (2, 10), (2, 10)]
    assert found[0].name == "helper4"
    page = board_of(browse)
    assert page.index("helper4") < page.index("helper0") < page.index("helper3")
    home = browse().get("/").get_data(as_text=True).split("Helpers of the week")[1]
    assert home.index("helper4") < home.index("helper0") and "20 points" in home


def test_whoever_chose_to_is_left_out(browse: Browse, make: Factory, app: Flask, helpers: list[Member]) -> None:
    """Through the settings; on the home page, too. And back."""
    surfer = browse(helpers[0])
    form = {"shown_name": "", "about": "", "interests": "", "hue": "1", "theme": ""}
    vote(app, make.member("other"), make.answer(make.thread(make.board(), make.member()), make.member("sixth")).id)
    assert surfer.post("/settings", form).status_code == 303
    assert "helper0" not in board_of(browse) and "helper1" in board_of(browse)
    assert "helper0" not in browse().get("/").get_data(as_text=True).split("Helpers of the week")[1]
    assert surfer.post("/settings", {**form, "on_leaderboards": "y"}).status_code == 303
    assert "helper0" in board_of(browse)


def test_who_is_not_on_it_is_told_alone(
    browse: Browse, make: Factory, app: Flask, helpers: list[Member]
) -> None:
    """How many points one has and how many more it takes; whoever opted out reads so; nobody else sees either."""
    late = make.member("late")
    vote(app, make.member("other"), make.answer(make.thread(make.board(), make.member()), late).id)
    rows = [
        {"period": leaderboard.week_of(today()), "board_id": 0, "member_id": make.member(f"strong{number}").id,
         "points": 50}
        for number in range(leaderboard.SHOWN)
    ]
    with app.app_context():
        with unit_of_work() as session:
            session.execute(insert(HelpingTotal), rows)
        db.session.remove()
    page = browse(late).get("/leaderboard").get_data(as_text=True)
    assert "You have 10 points here." in page and "41 more would put you on the list." in page
    others = browse(helpers[0]).get("/leaderboard").get_data(as_text=True)
    assert "/m/late" not in others and "You have 10 points here." in others and "You have" not in board_of(browse)
    form = {"shown_name": "", "about": "", "interests": "", "hue": "1", "theme": ""}
    assert browse(late).post("/settings", form).status_code == 303
    hidden = browse(late).get("/leaderboard").get_data(as_text=True)
    assert "You have 10 points here." in hidden and "nobody but you sees this" in hidden
    assert "more would put you" not in hidden
    assert "You have" not in browse(make.member("mo", role="moderator")).get("/leaderboard").get_data(as_text=True)


def test_the_first_thousand_may_opt_out(
    make: Factory, session: Session, plan: Callable[..., str], browse: Browse,
) -> None:
    """Of six thousand members half are not shown, the best thousand among them: still one stretch of the index."""
    keys = [
        {"name": f"m{number}", "name_key": f"m{number}", "joined_at": now(), "confirmed_at": now(),
         "on_leaderboards": number >= 1_000 and number % 2 == 0}
        for number in range(6_000)
    ]
    ids = list(session.scalars(insert(Member).returning(Member.id, sort_by_parameter_order=True), keys))
    week = leaderboard.week_of(today())
    session.execute(insert(MemberStanding), [{"member_id": id, "rank_since": now()} for id in ids])
    session.execute(insert(HelpingTotal), [
        {"period": period, "board_id": 0, "member_id": id, "points": 10_000 - place}
        for period in (week, "2020-W01") for place, id in enumerate(ids)
    ])
    session.commit()
    session.execute(text("ANALYZE"))
    session.commit()
    found = leaderboard.leaders(session, week)
    assert [leader.member_id for leader in found] == ids[1_000:1_040:2]
    statement = leaderboard.LEADING.params(period=week, board_id=0, most=20)
    sql = str(statement.compile(session.get_bind(), compile_kwargs={"literal_binds": True}))
    chosen = plan(sql)
    assert "ix_helping_total_rank" in chosen, chosen
    assert "USE TEMP B-TREE" not in chosen and "Sort" not in chosen and "Seq Scan" not in chosen, chosen


def test_week_month_all_time(app: Flask, make: Factory, browse: Browse) -> None:
    """By the UTC day of what happened, in ISO weeks; a rebuild writes the same."""
    assert leaderboard.week_of(dt.date(2027, 1, 3)) == "2026-W53"
    assert leaderboard.week_of(dt.date(2027, 1, 4)) == "2027-W01"
    thread = make.thread(make.board("kettles"), make.member())
    for number in range(5):
        vote(app, make.member(), make.answer(thread, make.member(f"helper{number}")).id, days_back=40)
    assert "helper0" not in board_of(browse) and "helper0" not in board_of(browse, period="month")
    assert "helper0" in board_of(browse, period="all")
    for period, when in (("week", "This week"), ("month", "This month")):
        empty, link = board_of(browse, period=period, board="kettles"), "/leaderboard?period=all&amp;board=kettles"
        assert f"{when}&#39;s begins" in empty and f'href="{link}">See all time' in empty
    with app.app_context():
        month = leaderboard.month_of(today() - dt.timedelta(days=40))
        assert len(leaderboard.leaders(db.session(), month)) == 5
        db.session.remove()
    agrees(app)
    for wrong in ("period=year", "board=nowhere"):
        assert browse().get(f"/leaderboard?{wrong}").status_code == 404


def test_by_board_and_after_a_move(app: Flask, make: Factory, browse: Browse, helpers: list[Member]) -> None:
    """Points stand where the thread stands: a move takes them along, its undoing brings them back."""
    pans, mo = make.board("pans"), make.member("mo", role="moderator")
    assert "helper0" in board_of(browse, board="kettles") and "helper0" not in board_of(browse, board="pans")
    with app.app_context():
        thread_id = db.session.scalars(select(Thread.id).order_by(Thread.id)).first()
        db.session.remove()
        with unit_of_work() as session:
            entry = steering.move(session, load_actor(session, mo.id), thread_id or 0, pans.id).id
        db.session.remove()
    assert "helper0" in board_of(browse, board="pans") and "helper0" not in board_of(browse, board="kettles")
    agrees(app)
    with app.app_context():
        with unit_of_work() as session:
            undoing.undo(session, load_actor(session, mo.id), entry)
        db.session.remove()
    assert "helper0" in board_of(browse, board="kettles") and "helper0" not in board_of(browse, board="pans")
    agrees(app)


def test_a_board_that_one_may_not_see_has_no_leaderboard(app: Flask, browse: Browse, helpers: list[Member]) -> None:
    """Neither its page nor its name."""
    with app.app_context():
        with unit_of_work() as session:
            session.execute(update(Board).values(see_rank="staff"))
        db.session.remove()
    assert browse().get("/leaderboard?board=kettles").status_code == 404
    assert "Kettles" not in browse().get("/leaderboard").get_data(as_text=True)


def test_what_is_taken_back_counts_no_more(app: Flask, browse: Browse, helpers: list[Member]) -> None:
    """A vote, a hidden thread: the points go from the list with the line; and verify says what a wrong total is."""
    with app.app_context():
        with unit_of_work() as session:
            for thread in session.scalars(select(Thread)).all():
                state.set_hidden(session, session.get_one(Post, thread.opening_id), None, "spam")
        db.session.remove()
    assert "helper0" not in board_of(browse)
    agrees(app)
    with app.app_context():
        with unit_of_work() as session:
            session.execute(update(HelpingTotal).where(HelpingTotal.board_id == 0).values(points=7))
        db.session.remove()
    ran = app.test_cli_runner().invoke(args=["reputation", "verify"])
    assert ran.exit_code == 1 and "everywhere is 7 in the standing, 0 by the ledger" in ran.output
    assert app.test_cli_runner().invoke(args=["reputation", "rebuild"]).exit_code == 0
    agrees(app)


def test_a_list_is_a_stretch_of_an_index(
    app: Flask, make: Factory, session: Session, plan: Callable[..., str], browse: Browse,
    queries: Callable[[], AbstractContextManager[list[str]]],
) -> None:
    """Whatever the history and the number of members; a fixed number of queries for the page."""
    people = [make.member() for _ in range(30)]
    with unit_of_work() as writing:
        rows = [
            {"period": f"2020-W{week:02}", "board_id": board, "member_id": person.id, "points": week * person.id}
            for week in range(1, 50) for board in range(4) for person in people
        ]
        writing.execute(insert(HelpingTotal), rows)
        writing.connection().exec_driver_sql("ANALYZE")
    statement = leaderboard.LEADING.params(period="2020-W07", board_id=2, most=20)
    sql = str(statement.compile(session.get_bind(), compile_kwargs={"literal_binds": True}))
    found = plan(sql)
    assert "ix_helping_total_rank" in found, found
    if DATABASE == "sqlite":
        assert "USE TEMP B-TREE" not in found, found
    surfer = browse()
    surfer.get("/leaderboard")
    with queries() as seen:
        surfer.get("/leaderboard?period=all")
    assert len(seen) <= 4, seen
