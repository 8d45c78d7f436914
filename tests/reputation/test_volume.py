"""Lists of reputation at 100,000 members and 1,000,000 lines: stretches of indexes, a fixed number of queries."""

import datetime as dt
import itertools
import math
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from forum.access.actors import GUEST, load_actor
from forum.content.words import forms
from forum.core.clock import now, today
from forum.core.unit_of_work import unit_of_work
from forum.desk import figures
from forum.members.models import Member
from forum.reputation import history, holders, jobs, leaderboard, regeneration, rulesets, standings
from forum.reputation.history import Narrowed
from forum.reputation.models import HelpingTotal, LedgerLine, MemberStanding
from forum.search import similar
from forum.search.index import TITLES, Document
from forum.threads.models import Post, Thread
from tests.conftest import DATABASE
from tests.factory import Factory
from tests.large import large_app, put
from tests.plans import explained, sent_by, touched
from tests.surfing import Surfer

Browse = Callable[..., Surfer]
Watch = Callable[[], AbstractContextManager[list[str]]]

MEMBERS = 100_000
THREADS = 100_000
LINES = 1_000_000
OWN = 20_000  # of these lines are one helper's
KINDS = ("answer_up", "answer_up", "answer_up", "answer_accepted", "question_up", "answer_down")
FIRST = dt.date(2016, 1, 1)
OWN_TOTALS = 6_000  # days, weeks and months of eleven years
TOUCHED = 1_000  # rows that a step of a list goes through, at most

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("volume"), pytest.mark.timeout(900)]


def _fill(app: Flask) -> None:
    make = Factory(app)
    board = make.board("kettles").id
    helper = make.member("helper").id
    moment = now()
    with unit_of_work() as session:
        if DATABASE == "postgresql":  # what is written here is right; the keys are not what is tested
            session.execute(text("SET LOCAL session_replication_role = replica"))
        people = range(helper + 1, helper + MEMBERS)
        put(session, Member, ("id", "name", "name_key", "joined_at", "confirmed_at"), (
            (id, f"m{id}", f"m{id}", moment, moment) for id in people
        ))
        names = [rank.key for rank in rulesets.current(session).ranks]
        later = today() + dt.timedelta(days=30)
        standings.open_standing(session, helper).due_on = later
        session.flush()
        put(session, MemberStanding, ("member_id", "reputation", "rank_key", "rank_since", "due_on"), (
            (id, id % 5_000, names[0 if id % 3 else id % len(names)], moment, today() if id % 200 == 0 else later)
            for id in people
        ))
        put(session, Thread, (
            "id", "board_id", "author_id", "kind", "title", "slug", "created_at", "last_activity_at", "solved",
        ), (
            (id, board, helper + id % MEMBERS, "question", _title(id), "q", moment, moment, id % 4 == 0)
            for id in range(1, THREADS + 1)
        ))
        put(session, Post, (
            "id", "thread_id", "author_id", "kind", "position", "body_source", "body_html", "renderer_version",
            "created_at",
        ), (
            (id, id, helper if id <= OWN else helper + id % MEMBERS, "answer", 1, "So.", "<p>So.</p>", 1, moment)
            for id in range(1, THREADS + 1)
        ))
        put(session, LedgerLine, (
            "member_id", "axis", "kind", "points", "source_kind", "source_id", "caused_by_id", "post_id", "event_day",
            "created_at",
        ), _lines(helper, moment))
        leaderboard.rebuild(session, 1, [[helper]])
        places = list(itertools.product(
            (leaderboard.ALL_TIME, leaderboard.month_of(today()), leaderboard.week_of(today())), (0, board)
        ))
        put(session, HelpingTotal, ("member_id", "period", "board_id", "points"), (
            (id, period, place, id % 7_000) for id in people for period, place in places
        ))
        TITLES.put(session, (Document(id, forms(_title(id))) for id in range(1, THREADS + 1)))


app = large_app(_fill)



def _title(id: int) -> str:
    """Each title says "kettle", one in ten "copper", one in a thousand "descaling"."""
    return f"A kettle{' of copper' if id % 10 == 0 else ''}{' after descaling' if id % 1000 == 0 else ''}, number {id}?"


def _lines(helper: int, moment: dt.datetime) -> Iterator[tuple[Any, ...]]:
    for number in range(LINES):
        own = number < OWN
        member = helper if own else helper + 1 + number % (MEMBERS - 1)
        post = 1 + number % (OWN if own else THREADS)
        day = FIRST + dt.timedelta(days=number % 3_900)
        yield (member, "reputation", KINDS[number % len(KINDS)], 10, "vote", str(number), helper + 1 + number % 1_000,
               post, day, moment)


@pytest.fixture
def helper(session: Session) -> int:
    found = session.scalars(select(Member.id).where(Member.name == "helper")).one()
    session.rollback()  # a page in this context is to see the sign-in that follows
    return found


# Reading plans --------------------------------------------------------------------------------


def is_a_stretch(plan: str, index: str | None = None, most: int = TOUCHED) -> None:
    """Nothing is read or sorted whole, the index is used, and on PostgreSQL no step goes through many rows."""
    assert index is None or index in plan, plan
    if DATABASE == "sqlite":
        assert not re.search(r"\bSCAN (?!CONSTANT|\(|anon|held|some|[\w.]+ VIRTUAL)", plan), plan
        for part in plan.split("MATERIALIZE"):  # what a page chose may be put in order once more
            assert "TEMP B-TREE FOR ORDER BY" not in part.partition("SCAN anon")[0], plan
        return
    assert not re.search(r"Seq Scan on (?!board\b)", plan), plan  # there are as many boards as the shop made
    assert touched(plan) <= most, plan


# The lists ------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", [0, 1])
def test_leaderboards(session: Session, browse: Browse, queries: Watch, place: int) -> None:
    """Week, month and all time, everywhere and on a board: the beginning of one index, and four queries a page."""
    for period in (leaderboard.week_of(today()), leaderboard.month_of(today()), leaderboard.ALL_TIME):
        statement = leaderboard.LEADING.params(period=period, board_id=place, most=20)
        is_a_stretch(explained(session, statement), "ix_helping_total_rank")
        found = leaderboard.leaders(session, period, place)
        assert len(found) == 20 and found[-1].points >= 6_980, found
    surfer = browse()
    for path in ("/leaderboard", "/leaderboard?period=month", "/leaderboard?period=all", "/leaderboard?board=kettles"):
        surfer.get(path)
        with queries() as seen:
            assert surfer.get(path).status_code == 200
        assert len(seen) <= 4, seen


def test_ones_own_place_on_a_leaderboard(session: Session, helper: int) -> None:
    """One row of a primary key."""
    ((statement, values),) = sent_by(lambda: leaderboard.points_of(session, helper, leaderboard.ALL_TIME, 1))
    plan = explained(session, statement, values)
    is_a_stretch(plan, most=1)
    assert "pk_helping_total" in plan or "PRIMARY KEY" in plan, plan


def test_ledger_pages(session: Session, browse: Browse, queries: Watch, helper: int) -> None:
    """The first page, by kind, by month, and the deepest: the same number of queries, each over a stretch."""
    own = browse(helper)
    own.get("/m/helper/ledger")
    counts = []
    for query in ("", "?kind=answers", "?month=2018-03", "?kind=answers&month=2018-03", "?before=20160104.900000"):
        with queries() as seen:
            answer = own.get(f"/m/helper/ledger{query}")
        assert answer.status_code == 200, answer.location
        counts.append(len(seen))
    assert max(counts) <= 11, counts
    generation = rulesets.in_force(session).generation
    for kind, which, index in (
        ("", Narrowed(), "ix_ledger_line_member"), ("", Narrowed(month="2018-03"), "ix_ledger_line_"),
        ("", Narrowed(before="20160104.900000"), "ix_ledger_line_member"),
        ("answer_accepted", Narrowed(), "ix_ledger_line_kind"), ("day_cap", Narrowed(), "ix_ledger_line_kind"),
    ):
        is_a_stretch(explained(session, history.keys(generation, helper, "reputation", kind, which, 31)), index)
    actor = load_actor(session, helper)
    for which in (Narrowed(), Narrowed(before="20160104.900000"), Narrowed(group="answers")):
        for statement, values in sent_by(lambda w=which: history.page(session, actor, helper, w, today())):
            if "ledger_line" in statement or "helping_total" in statement:
                is_a_stretch(explained(session, statement, values), most=OWN_TOTALS)


def test_standings_that_are_due(session: Session) -> None:
    """Of 100,000 the 200 whose turn it is, from anywhere on: a stretch of the index of days."""
    first = session.execute(jobs.due(jobs.START)).all()
    assert len(first) == jobs.AT_ONCE
    again = session.execute(jobs.due((first[-1][0], first[-1][1]))).all()
    assert len(again) == jobs.AT_ONCE and again[0][1] > first[-1][1]
    for place in (jobs.START, (first[-1][0], first[-1][1])):
        is_a_stretch(explained(session, jobs.due(place)), "ix_member_standing_due", most=jobs.AT_ONCE)


def test_how_many_hold_a_rank(
    session: Session, browse: Browse, queries: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counted in one pass, which sorts nothing and looks at each standing once; and not again for ten minutes."""
    monkeypatch.setattr(holders, "KEPT_FOR", math.inf)
    holders.forget()
    plan = explained(session, holders.counting())
    if DATABASE == "sqlite":
        assert "TEMP B-TREE" not in plan and "ix_member_standing_rank" in plan and "INTEGER PRIMARY KEY" in plan, plan
        assert len(re.findall(r"\bSCAN\b", plan)) == 1, plan
    else:
        assert "Sort Method" not in plan or "Memory" in plan, plan
        assert touched(plan) <= MEMBERS + 1, plan
    surfer = browse()
    surfer.get("/ranks")
    with queries() as seen:
        assert surfer.get("/ranks").status_code == 200
    assert not any("count(" in statement and "member_standing" in statement for statement in seen), seen
    assert sum(holders.holders(session).values()) == MEMBERS


def test_threads_like_a_title(session: Session) -> None:
    """A common word, a rare one, both, none: as many questions of the index, each led by its words."""
    counts = []
    for title in ("Why does a copper kettle need descaling", "kettle copper", "descaling", "Nowhere to be found"):
        read = sent_by(lambda t=title: similar.similar_threads(session, GUEST, t))
        counts.append(len(read))
        for statement, values in read:
            if "MATCH" in statement or "@@" in statement:
                plan = explained(session, statement, values)
                if DATABASE == "sqlite":
                    assert "VIRTUAL TABLE INDEX" in plan and "TEMP B-TREE" not in plan, plan
                else:
                    assert "Seq Scan" not in plan and "ix_search_title_words" in plan, plan
            elif "FROM thread" in statement:
                is_a_stretch(explained(session, statement, values))
    most = similar.MOST_TERMS + 2 + similar.MOST_PAIRS + 1
    assert max(counts) <= most * (3 if DATABASE == "postgresql" else 1), counts  # stretches of ids
    found = similar.similar_threads(session, GUEST, "copper kettle descaling")
    assert len(found) == similar.SHOWN and found[0].solved


def test_figures_of_the_desk(session: Session, helper: int) -> None:
    """This month's figures read this month's lines, though the helper has 20,000."""
    actor = load_actor(session, helper)
    first = dt.date(2020, 3, 1)
    for statement, values in sent_by(lambda: figures._of_month(session, actor, first)):
        plan = explained(session, statement, values)
        assert "ix_ledger_line_" in plan, plan
        assert "SCAN ledger_line" not in plan and "Seq Scan on ledger_line" not in plan, plan


def test_a_rebuild_takes_members_by_their_key(session: Session) -> None:
    """The next members of a rebuild are a stretch of the primary key, from anywhere on."""
    for after in (0, MEMBERS // 2):
        ((statement, values),) = sent_by(lambda a=after: regeneration.some_members(session, a))
        is_a_stretch(explained(session, statement, values), most=regeneration.STEP)
