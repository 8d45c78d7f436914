"""A rank rises at once and falls after days of grace, with a warning before; nothing flaps."""

import datetime as dt
from collections.abc import Callable
from itertools import pairwise

import pytest
import time_machine
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from forum.core.clock import now, today
from forum.core.unit_of_work import unit_of_work
from forum.extensions import db
from forum.members.models import Member
from forum.moderation.models import Case
from forum.notifications.models import Notice
from forum.reputation import editing, holding, ledger, locks, rulesets, visits
from forum.reputation.holding import Hold
from forum.reputation.jobs import slide_standings
from forum.reputation.models import MemberStanding, RulesetVersion
from forum.threads.models import Vote
from tests.factory import Factory
from tests.surfing import Surfer

LAUREL = rulesets.preset("laurel")
GRACE = dt.timedelta(days=LAUREL.grace_days)
FIRST = dt.datetime(2026, 3, 1, 9, tzinfo=dt.UTC)
KEYS = ("seed", "sprout", "twig")


@given(walk=st.lists(st.sampled_from(KEYS), min_size=1, max_size=120), skips=st.sets(st.integers(0, 119), max_size=60))
def test_a_walk_around_a_threshold_never_flaps(walk: list[str], skips: set[int]) -> None:
    """Whatever the numbers earn from day to day, and on whatever days somebody looks: one warning a fall, the days of
    grace before it, and no two warnings within them. A rise is there at once."""
    hold, warnings, falls = Hold("seed"), list[dt.date](), list[dt.date]()
    for number, earned in enumerate(walk):
        if number in skips:
            continue
        moment = FIRST + dt.timedelta(days=number)
        after = holding.follow(LAUREL, earned, hold, moment)
        assert LAUREL.place(after.rank_key) >= LAUREL.place(earned)
        assert holding.is_right(LAUREL, earned, after, moment)
        if after.warned_for != hold.warned_for:
            warnings.append(moment.date())
            assert after.falls_on == moment.date() + GRACE
        if LAUREL.place(after.rank_key) < LAUREL.place(hold.rank_key):
            falls.append(moment.date())
            assert moment.date() >= warnings[-1] + GRACE
        assert holding.follow(LAUREL, earned, after, moment) == after  # looking again changes nothing
        hold = after
    assert all(later - earlier >= GRACE for earlier, later in pairwise(warnings))
    assert len(falls) <= len(warnings)


def test_a_lock_holds_and_ends() -> None:
    """Up or down, until its moment; then the numbers alone say the rank."""
    until = FIRST + dt.timedelta(days=3)
    for held in ("seed", "laurel"):
        hold = Hold(held, lock_rank_key=held, lock_until=until)
        assert holding.follow(LAUREL, "twig", hold, FIRST).rank_key == held
        assert holding.follow(LAUREL, "twig", hold, until) == Hold("twig")
    # Of a rank that rules do not have any more nobody is held at the foot of the ladder.
    gone = Hold("mentor", lock_rank_key="mentor", lock_until=until)
    assert holding.follow(LAUREL, "twig", gone, FIRST) == Hold("twig")


@pytest.fixture
def helper(app: Flask, make: Factory) -> Callable[[], tuple[str, dt.date | None]]:
    """A Sprout by one vote; the fixture says their rank and when it falls."""
    with time_machine.travel(FIRST, tick=False):
        asker, author = make.member("ask"), make.member("helper")
        answer = make.answer(make.thread(make.board(), asker), author)
        with app.app_context(), unit_of_work() as session:
            vote = Vote(post_id=answer.id, voter_id=asker.id, value=1, created_at=now(), changed_at=now())
            session.add(vote)
            ledger.settle_vote(session, vote)
            for day in range(2):
                visits.record_visit(session, author.id, FIRST.date() - dt.timedelta(days=day))

    def standing() -> tuple[str, dt.date | None]:
        with app.app_context():
            found = db.session.get_one(MemberStanding, author.id)
            return found.rank_key, found.falls_on

    return standing


def test_a_fall_is_told_before_it_comes(
    app: Flask, helper: Callable[[], tuple[str, dt.date | None]], drain: Callable[[], None]
) -> None:
    """The vote is taken back: the rank stays for fourteen days, the member reads what would keep it, then it falls."""
    assert helper() == ("sprout", None)
    with time_machine.travel(FIRST + dt.timedelta(hours=2), tick=False):
        _withdraw(app)
        assert helper() == ("sprout", FIRST.date() + GRACE)
        drain()
    with time_machine.travel(FIRST + GRACE - dt.timedelta(days=1), tick=False), app.app_context():
        slide_standings()
        assert helper()[0] == "sprout"
    with time_machine.travel(FIRST + GRACE, tick=False):
        with app.app_context():
            slide_standings()
        assert helper() == ("seed", None)
        drain()
    with app.app_context():
        kinds = list(db.session.scalars(select(Notice.kind).where(Notice.kind.startswith("rank")).order_by(Notice.id)))
        warning = db.session.scalars(select(Notice).where(Notice.kind == "rank_falls")).one()
        assert kinds == ["rank", "rank_falls", "rank_fell"]
        assert warning.details["missing"] == [["points", 5]]


def test_recovering_in_time_is_silent_and_a_second_rise_is_plain(
    app: Flask, helper: Callable[[], tuple[str, dt.date | None]], drain: Callable[[], None]
) -> None:
    """A short recovery is followed by no second warning until the first one's days are over; then it falls, and
    what is reached again is said without a celebration."""
    for day, value in ((0, 0), (3, 1), (5, 0)):
        with time_machine.travel(FIRST + dt.timedelta(days=day, hours=2), tick=False):
            _withdraw(app, value)
            drain()
            assert helper()[0] == "sprout"
    assert helper()[1] == FIRST.date() + 2 * GRACE
    for day in (GRACE, 2 * GRACE):
        with time_machine.travel(FIRST + day, tick=False):
            with app.app_context():
                slide_standings()
            drain()
    assert helper() == ("seed", None)
    with time_machine.travel(FIRST + 3 * GRACE, tick=False):
        _withdraw(app, 1)
        drain()
    with app.app_context():
        kinds = list(db.session.scalars(select(Notice.kind).where(Notice.kind.startswith("rank")).order_by(Notice.id)))
    assert kinds == ["rank", "rank_falls", "rank_fell", "rank_again"]


def test_a_warning_goes_from_behind_the_bell_of_who_keeps_the_rank(
    app: Flask, make: Factory, browse: Callable[..., Surfer], drain: Callable[[], None]
) -> None:
    """Two are warned of one rank and one day; one recovers, and the other's warning stays."""
    asker, board = make.member("ask"), make.board()
    votes, people = [], [make.member("one"), make.member("two")]
    for author in people:
        answer = make.answer(make.thread(board, asker), author)
        with app.app_context(), unit_of_work() as session:
            vote = Vote(post_id=answer.id, voter_id=asker.id, value=1, created_at=now(), changed_at=now())
            session.add(vote)
            ledger.settle_vote(session, vote)
            for day in range(2):
                visits.record_visit(session, author.id, today() - dt.timedelta(days=day))
            votes.append(vote.id)

    def is_warned(member: Member) -> bool:
        return "You stay Sprout until" in browse(member).get("/notifications").text

    for id, value in ((votes[0], 0), (votes[1], 0), (None, 0), (votes[0], 1)):
        if id is None:
            drain()
            assert [is_warned(member) for member in people] == [True, True]
            continue
        with app.app_context(), unit_of_work() as session:
            session.get_one(Vote, id).value = value
            ledger.settle_vote(session, session.get_one(Vote, id))
    drain()
    assert [is_warned(member) for member in people] == [False, True]


def _withdraw(app: Flask, value: int = 0) -> None:
    with app.app_context(), unit_of_work() as session:
        session.execute(update(Vote).values(value=value))
        ledger.settle_vote(session, session.scalars(select(Vote)).one())


def test_a_rank_earned_again_on_the_day_of_its_fall_is_kept(app: Flask, make: Factory) -> None:
    """The upheld report leaves the window on the very day on which the days of grace end. Whoever comes by before the
    hourly job has looked neither falls nor rises: what the row remembers of that day is old."""
    data = editing.plain(LAUREL)
    data["ranks"] = [data["ranks"][0], {**data["ranks"][1], "needs": {"days": 1, "flags_at_most": 0}}]
    data |= {"privileges": {}, "windows": {"recent_days": 30}, "grace_days": 61}  # from 1 March to 1 May, as the window
    end = dt.datetime(2026, 5, 1, 0, 5, tzinfo=dt.UTC)
    with time_machine.travel(FIRST - dt.timedelta(days=1), tick=False) as clock:
        member = make.member("mara")
        with app.app_context():
            with unit_of_work() as session:
                session.add(RulesetVersion(name="test", data=data, published_at=now(), generation=1))
                session.flush()
                rulesets.forget()
                visits.record_visit(session, member.id, today())
                held = session.get_one(MemberStanding, member.id)
                assert (held.rank_key, held.falls_on) == ("sprout", None)
            clock.move_to(FIRST)
            with unit_of_work() as session:
                session.add(Case(
                    target_kind="member", target_id=member.id, state="upheld", opened_at=now(), closed_at=now(),
                ))
                session.flush()
                ledger.settle_standings(session, [member.id])
                held = session.get_one(MemberStanding, member.id, populate_existing=True)
                assert (held.rank_key, held.falls_on) == ("sprout", end.date())
            clock.move_to(end)
            with unit_of_work() as session:
                visits.record_visit(session, member.id, today())
                held = session.get_one(MemberStanding, member.id, populate_existing=True)
                assert (held.rank_key, held.falls_on, held.days, held.flags) == ("sprout", None, 2, 0)
                assert held.due_on is None


def test_a_hold_that_ends_leads_to_the_rank_of_that_day(app: Flask, make: Factory) -> None:
    """Let go of by the team before the hourly job has looked: the report that is no longer recent does not count."""
    data = editing.plain(LAUREL)
    data["ranks"] = [data["ranks"][0], {**data["ranks"][1], "needs": {"days": 1, "flags_at_most": 0}}]
    data |= {"privileges": {}, "windows": {"recent_days": 30}}
    with time_machine.travel(FIRST, tick=False) as clock:
        member = make.member("mara")
        with app.app_context():
            with unit_of_work() as session:
                session.add(RulesetVersion(name="test", data=data, published_at=now(), generation=1))
                session.add(Case(
                    target_kind="member", target_id=member.id, state="upheld", opened_at=now(), closed_at=now(),
                ))
                session.flush()
                rulesets.forget()
                visits.record_visit(session, member.id, today())
                ledger.settle_standings(session, [member.id])
                locks.hold(session, member.id, "seed", now() + dt.timedelta(days=90), "A trial", None)
            clock.move_to(dt.datetime(2026, 5, 1, 0, 5, tzinfo=dt.UTC))
            with unit_of_work() as session:
                locks.release(session, member.id, now())
                assert session.get_one(MemberStanding, member.id).rank_key == "sprout"
