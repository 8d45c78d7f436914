"""Votes that bring nothing are told on the ledger: how many and by which rule, never who gave them."""

import datetime as dt
import itertools
import re
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask import Flask

from forum.core.clock import now, today
from forum.core.unit_of_work import unit_of_work
from forum.extensions import db
from forum.members.models import Member
from forum.reputation import ledger, rulesets, uncounted
from forum.reputation.models import RulesetVersion
from forum.threads.models import Post, Thread, Vote
from tests.boards.test_streams import SMALL
from tests.factory import Factory
from tests.plans import explained, sent_by
from tests.surfing import Surfer

Browse = Callable[..., Surfer]
Cast = Callable[..., Vote]
NONE = "votes that bring nothing"


@pytest.fixture
def cast(app: Flask) -> Cast:
    """Cast, change or take back a vote; the ledger follows."""

    def one(voter: Member, post: Post, value: int = 1, at: dt.datetime | None = None, *, void: bool = False) -> Vote:
        with app.app_context(), unit_of_work() as session:
            moment = at or now()
            found = session.query(Vote).filter_by(post_id=post.id, voter_id=voter.id).one_or_none()
            vote = found or Vote(post_id=post.id, voter_id=voter.id, created_at=moment)
            vote.value, vote.changed_at, vote.voided_at = value, moment, moment if void else None
            session.add(vote)
            session.flush()
            ledger.settle_vote(session, vote)
        return vote

    return one


@pytest.fixture
def strict(app: Flask) -> None:
    """Rules by which who joined less than two days ago does not count."""
    rules = rulesets.preset("laurel").model_dump(mode="json", exclude_none=True)
    with app.app_context(), unit_of_work() as session:
        data = rules | {"voters": {"after_days": 2, "full_after_days": 2, "young_percent": 100}}
        session.add(RulesetVersion(name="test", data=data, published_at=now(), generation=1))
    rulesets.forget()


def opening_of(app: Flask, thread: Thread) -> Post:
    with app.app_context():
        post = db.session.query(Post).filter_by(thread_id=thread.id, kind="opening").one()
        db.session.expunge(post)
        return post


def read(surfer: Surfer, query: str = "") -> str:
    return surfer.get(f"/m/helper/ledger{query}").get_data(as_text=True)


def test_an_opening_says_how_many_more_have_it(app: Flask, browse: Browse, make: Factory, cast: Cast) -> None:
    """Eight have the question, five fill its cap: three more, on the page and under the filter for caps; fewer as
    votes are taken back or voided, and none once the rest have room."""
    helper, people = make.member("helper"), [make.member(f"giver{number}") for number in range(8)]
    question = make.thread(make.board(), helper, title="Why does it hum?")
    opening = opening_of(app, question)
    for voter in people:
        cast(voter, opening)
    own = browse(helper)
    for query in ("", "?kind=caps", f"?month={today():%Y-%m}", f"?kind=caps&month={today():%Y-%m}"):
        page = read(own, query)
        assert "3 more have this question; it brings at most 25 points." in page, query
        assert NONE in page and "Nothing of this kind" not in page and "giver" not in page
        assert f'href="/p/{opening.id}"' in page and 'href="/ranks#cap-opening"' in page
    assert NONE not in read(own, "?kind=answers")
    cast(people[0], opening, 0)
    assert "2 more have this question" in read(own, "?kind=caps")
    cast(people[7], opening, void=True)
    assert "1 more has this question" in read(own, "?kind=caps")
    cast(people[3], opening, 0)
    page = read(own, "?kind=caps")
    assert NONE not in page and "Nothing of this kind happened then." in page
    cast(people[0], opening)
    assert "1 more has this question" in read(own, "?kind=caps")
    with app.app_context(), unit_of_work() as session:
        post = session.get_one(Post, opening.id)
        post.hidden_at = now()
        ledger.settle_post(session, post)
    assert NONE not in read(own)


def test_a_discussion_says_so_too(app: Flask, browse: Browse, make: Factory, cast: Cast) -> None:
    """Thanks beyond what a discussion brings; a month in which nothing was withheld tells of none."""
    helper = make.member("helper")
    most = rulesets.preset("laurel").caps.discussion or 0
    opening = opening_of(app, make.thread(make.board(), helper, kind="discussion"))
    for number in range(most + 2):
        cast(make.member(f"giver{number}"), opening, at=dt.datetime(2026, 3, 3, number, tzinfo=dt.UTC))
    own = browse(helper)
    assert f"2 more say thanks for this; it brings at most {most} points." in read(own, "?month=2026-03")
    assert NONE not in read(own)


def test_what_one_gives_beyond_a_days_votes(browse: Browse, make: Factory, cast: Cast) -> None:
    """The fifth and sixth vote of one giver on one day bring nothing; not so those of the next day."""
    helper, giver = make.member("helper"), make.member("giver")
    board = make.board()
    for number, day in enumerate((3, 3, 3, 3, 3, 3, 4)):
        cast(giver, make.answer(make.thread(board, giver), helper), at=dt.datetime(2026, 3, day, number, tzinfo=dt.UTC))
    page = read(browse(helper), "?month=2026-03")
    assert "2 votes do not count. Of the votes that one member gives another, the first 4 of a day count." in page
    assert 'href="/ranks#cap-pair"' in page and "giver" not in page
    assert page.count("Answer voted up") == 5


def test_who_has_just_joined(
    strict: None, app: Flask, browse: Browse, make: Factory, cast: Cast,
    queries: Callable[[], AbstractContextManager[list[str]]],
) -> None:
    """A vote that yields no line at all is told even where there is no other; the queries stay as many."""
    helper, young = make.member("helper"), make.member("giver", joined_at=now())
    board = make.board()
    cast(young, make.answer(make.thread(board, make.member()), helper))
    own = browse(helper)
    page = read(own)
    assert "1 vote does not count. A vote counts when who gave it had joined at least 2 days before." in page
    assert 'href="/ranks#voters"' in page and "giver" not in page and "No points yet" not in page
    people = [make.member(f"old{number}", joined_at=now() - dt.timedelta(days=30)) for number in range(7)]
    counts = []
    for _number in range(2):
        opening = opening_of(app, make.thread(board, helper))
        for voter in people:
            cast(voter, opening)
        with queries() as seen:
            assert read(own).count("2 more have this question") == _number + 1
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 14, counts


def noon(month: str, day: int = 5) -> dt.datetime:
    return dt.datetime.fromisoformat(f"{month}-{day:02} 12:00:00+00:00")


def told(page: str) -> list[tuple[str, int]]:
    """What a page says of months in one line each: the month's heading and the number."""
    found = []
    for section in page.split('<section class="ledger-day"')[1:]:
        said = re.search(r"(\d+) votes? brings? nothing\.", section)
        if said:
            [month] = re.findall(r'id="month-([0-9]{4}-[0-9]{2})', section)
            found.append((month, int(said[1])))
    return found


def test_the_whole_ledger_tells_each_month_in_a_line(
    strict: None, browse: Browse, make: Factory, cast: Cast
) -> None:
    """Of months with lines and without, before the first line and in the middle of a page; once, above the month's
    lines, and with nothing but a number. The month itself says by which rules."""
    helper, giver, board = make.member("helper"), make.member("giver"), make.board()

    def young(month: str, count: int) -> None:
        for _number in range(count):
            at = noon(month)
            fresh = make.member(f"young{next(names)}", joined_at=at)
            cast(fresh, make.answer(make.thread(board, giver), helper), at=at)

    def counted(month: str, count: int) -> None:
        for number in range(count):
            known = make.member(f"old{next(names)}", joined_at=noon("2024-01"))
            cast(known, make.answer(make.thread(board, giver), helper), at=noon(month, 1 + number % 28))

    names = itertools.count()
    for month, bare, lines in (
        ("2025-01", 2, 0), ("2025-03", 1, 2), ("2025-04", 3, 0), ("2025-05", 0, 2), ("2025-06", 4, 40),
        ("2025-07", 1, 0), ("2025-08", 2, 1),
    ):
        young(month, bare)
        counted(month, lines)
    own = browse(helper)
    first = read(own)
    assert told(first) == [("2025-08", 2), ("2025-07", 1), ("2025-06", 4)]
    assert NONE not in first and "just joined" not in first and "young" not in first
    rest = re.search(r'rel="next" href="/m/helper/ledger([^"]*)"', first)
    assert rest is not None
    assert told(read(own, rest[1].replace("&amp;", "&"))) == [("2025-04", 3), ("2025-03", 1), ("2025-01", 2)]
    assert first.index('id="month-2025-06') < first.index('id="day-2025-06-28"')
    assert 'href="/m/helper/ledger?month=2025-06"' in first
    month = read(own, "?month=2025-06")
    assert "4 votes do not count. A vote counts when who gave it" in month and told(month) == []
    assert told(read(own, "?kind=caps")) == told(read(own, "?kind=answers")) == []
    assert told(browse(make.member("mo", role="moderator")).get("/m/helper/ledger").text) == told(first)


def test_what_a_months_cap_took_and_what_brings_nothing_stand_together(
    browse: Browse, make: Factory, cast: Cast
) -> None:
    """Under one heading; votes beyond an opening's cap, and of one giver a day, are one number there."""
    helper, giver, board = make.member("helper"), make.member("giver"), make.board()
    for day in range(1, 15):
        for number in range(5):
            at = dt.datetime(2025, 3, day, number, tzinfo=dt.UTC)
            cast(giver, make.answer(make.thread(board, giver), helper), at=at)
    page = read(browse(helper))
    assert told(page) == [("2025-03", 14)]
    assert page.count('id="month-2025-03') == 1 and 'ledger-points is-minus' in page.split('id="month-2025-03')[1]


def test_many_months_cost_what_one_costs(
    strict: None, app: Flask, browse: Browse, make: Factory, cast: Cast,
    queries: Callable[[], AbstractContextManager[list[str]]],
) -> None:
    """As many queries for a year of months as for one; votes are found by the member's posts or their days."""
    helper, giver, board = make.member("helper"), make.member("giver", joined_at=noon("2024-01")), make.board()
    own, counts = browse(helper), []
    for months in (["2025-01"], [f"2025-{month:02}" for month in range(2, 12)]):
        for month in months:
            thread = make.thread(board, giver)
            cast(make.member(f"y{month}", joined_at=noon(month)), make.answer(thread, helper), at=noon(month))
            cast(giver, make.answer(thread, helper), at=noon(month))
        with queries() as seen:
            assert len(told(read(own))) == (1 if len(months) == 1 else 11)
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 14, counts
    with app.app_context(), unit_of_work() as session:  # in a transaction, which the plan's settings last as long as
        for statement, values in sent_by(lambda: uncounted.by_month(session, helper.id, None, dt.date(2025, 12, 1))):
            plan = explained(session, statement, values, SMALL)
            assert not re.search(r"SCAN vote(?! USING)|Seq Scan on vote", plan), plan
