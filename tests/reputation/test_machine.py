"""Whatever happens, in any order, as time goes by: lines = standings = model, and ranks are as they are defined."""

import copy
import datetime as dt
from collections.abc import Iterator
from typing import Any, cast

import pytest
import time_machine
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from forum.core.clock import today
from forum.events.models import OutboxEvent
from forum.reputation import ledger, maintenance, rulesets, standings
from forum.reputation.models import MemberStanding
from forum.reputation.rules import Ruleset, read
from tests.conftest import DATABASE
from tests.reputation.model import Ladder, Model
from tests.reputation.world import PEOPLE, START, World, tight_rules

WHO = st.integers(0, PEOPLE - 1)
POST = st.integers(0, 11)
YES = st.booleans()
FIRST = START + dt.timedelta(days=4)
# The most steps of a run, in parts of 125 runs each: two thousand runs whose lengths lie evenly up to sixty. Short ones
# find what needs another beginning, long ones what needs a story. No part takes more than some five minutes.
RUNS_A_PART = 125
LENGTHS = [round(60 * part / 16) for part in range(16, 0, -1)]
assert RUNS_A_PART * len(LENGTHS) == 2_000


def _rules(**change: Any) -> Ruleset:
    """A low ladder that asks for everything there is, with tight caps."""
    data = tight_rules().model_dump(mode="json", exclude_none=True)
    ranks = [{**rank, "needs": needs} if needs else rank for rank, needs in zip(data["ranks"], (
        None,
        {"any": [{"points": 8}, {"days": 3}, {"purchases": 1}, {"purchases_recent": 1, "days": 1}]},
        {"any": [{"points": 8, "joined_days": 9}, {"points": 8, "days": 2}]},
        {"points": 10, "points_recent": 6, "joined_days": 9, "flags_at_most": 0},
    ), strict=False)]
    return read({**data, "ranks": ranks, "privileges": {}, "windows": {"recent_days": 30}, "grace_days": 6, **change})


RULES = (
    _rules(),
    _rules(grace_days=0, voters={"after_days": 5, "full_after_days": 9, "young_percent": 50}),
    _rules(base=3, floor=1, grace_days=20),
    rulesets.preset("laurel"),
)


class Community(RuleBasedStateMachine):
    """One session, one transaction that is rolled back in the end: `home` holds the community as it begins."""

    home: "Home"

    def __init__(self) -> None:
        super().__init__()
        self.session = self.home.session
        self.world = self.home.world
        self.world.model = copy.deepcopy(self.home.model)
        self.world.awards = []
        self.clock = time_machine.travel(FIRST, tick=False)
        self.time = self.clock.start()
        lowest = RULES[0].ranks[0].key
        self.ladders = {member.id: Ladder(lowest) for member in self.world.people}

    @property
    def hours(self) -> int:
        return int((dt.datetime.now(dt.UTC) - START) / dt.timedelta(hours=1))

    def look(self) -> None:
        """The model looks at everybody, as after each act the standings were."""
        rules, day = self.world.model.rules, today()
        with self.world.model.at_rest():
            for id, ladder in self.ladders.items():
                ladder.look(rules, rules.rank_for(self.world.model.earned(id, day)), day)

    @initialize(days=st.sampled_from([0, 1, 6]))
    def begin(self, days: int) -> None:
        self.pass_days(days)

    @rule(giver=WHO, post=POST, value=st.sampled_from([1, 1, 1, -1, 0]))
    def vote_or_undo(self, giver: int, post: int, value: int) -> None:
        self.world.vote(giver, post, value, self.hours)
        self.look()

    @rule(giver=WHO, posts=st.lists(POST, min_size=2, max_size=4))
    def vote_up(self, giver: int, posts: list[int]) -> None:
        for post in posts:
            self.world.vote(giver, post, 1, self.hours)
            self.look()

    @rule(giver=WHO, post=POST, worked=YES)
    def worked_or_not(self, giver: int, post: int, worked: bool) -> None:
        self.world.work(giver, post, worked, self.hours)
        self.look()

    @rule(post=POST, endorsed=YES)
    def endorse_or_not(self, post: int, endorsed: bool) -> None:
        self.world.endorse(post, endorsed, self.hours)
        self.look()

    @rule(post=POST, is_answer=YES)
    def turn_into_reply_or_answer(self, post: int, is_answer: bool) -> None:
        self.world.turn(post, is_answer)
        self.look()

    @rule(giver=WHO, is_banned=YES)
    def ban_or_unban(self, giver: int, is_banned: bool) -> None:
        self.world.void(giver, is_banned)
        self.look()

    @rule(thread=st.integers(0, 1), answer=st.none() | st.integers(0, 4), by=st.none() | WHO)
    def accept_or_not(self, thread: int, answer: int | None, by: int | None) -> None:
        self.world.accept(thread, answer, by, self.hours)
        self.look()

    @rule(post=POST, is_gone=YES, hidden=YES)
    def delete_hide_or_restore(self, post: int, is_gone: bool, hidden: bool) -> None:
        self.world.remove(post, is_gone, hidden)
        self.look()

    @rule(thread=st.integers(0, 2), is_gone=YES)
    def delete_a_thread(self, thread: int, is_gone: bool) -> None:
        self.world.remove_thread(thread, is_gone)
        self.look()

    @rule(number=st.integers(0, 1), member=st.none() | WHO, paid=YES, cancelled=YES, refunded=st.integers(0, 2))
    def purchase_or_refund(self, number: int, member: int | None, paid: bool, cancelled: bool, refunded: int) -> None:
        self.world.order(number, member, paid, cancelled, refunded)
        self.look()

    @rule(member=WHO, points=st.integers(-9, 9), undo=YES)
    def award(self, member: int, points: int, undo: bool) -> None:
        self.world.award(member, points, undo)
        self.look()

    @rule(member=WHO)
    def visit(self, member: int) -> None:
        self.world.visit(member, (today() - START.date()).days)
        self.look()

    @rule(member=WHO)
    def uphold(self, member: int) -> None:
        self.world.uphold(member, today())
        self.look()

    @rule(into=WHO)
    def merge(self, into: int) -> None:
        self.world.merge(into)
        self.look()

    @rule(number=st.integers(0, 4 * len(RULES) - 1))
    def publish(self, number: int) -> None:
        """Other rules are published; not as often as the rest happens."""
        if number >= len(RULES):
            self.visit(number % PEOPLE)
            return
        self.world.model.rules = RULES[number]
        maintenance.rebuild(self.session, RULES[number])
        self.look()

    @rule(days=st.sampled_from([1, 1, 2, 5, 7, 31]))
    def pass_days(self, days: int) -> None:
        """Day by day, as the daily job looks; days on which nothing is due are passed over."""
        standing = MemberStanding
        for _day in range(days):
            self.time.shift(dt.timedelta(days=1))
            ids = list(self.session.scalars(select(standing.member_id).where(standing.due_on <= today())))
            if ids:
                ledger.settle_standings(self.session, ids)
            self.look()

    @rule()
    def compare(self) -> None:
        """In the middle as in the end: what heals itself is a fault all the same."""
        self._agrees()

    def teardown(self) -> None:
        """Everything agrees; ranks are those of the model, warned of as often and as early."""
        try:
            if hasattr(self, "clock"):
                self._agrees()
        finally:
            self.clock.stop()
            self.session.rollback()
            self.session.expire_all()
            rulesets.forget()

    def _agrees(self) -> None:
        self.world.check()
        held = standings.read(self.session, list(self.ladders))
        for id, ladder in self.ladders.items():
            if id in held:
                found = held[id].hold
                assert (found.rank_key, found.falls_on) == (ladder.rank, ladder.falls_on), id
        outbox = OutboxEvent
        warned = self.session.scalar(select(func.count()).where(outbox.kind == "RankWarned"))
        told = [ladder for id, ladder in self.ladders.items() if id != self.world.people[PEOPLE].id]
        assert warned == sum(len(ladder.warnings) for ladder in told)
        for ladder in told:
            for fall in ladder.falls:
                assert any(warning < fall for warning in ladder.warnings)


class Home:
    """The community as each run finds it."""

    def __init__(self, session: Session) -> None:
        self.session = session
        with time_machine.travel(FIRST, tick=False):
            self.world = World(session, RULES[0])
            self.world.import_profile()
            ledger.settle_standings(session, [member.id for member in self.world.people])
            session.commit()
        self.model: Model = copy.deepcopy(self.world.model)


@pytest.fixture
def home(session: Session) -> Iterator[Home]:
    """Made once a test; runs roll back to it."""
    yield Home(session)
    session.rollback()


def _run(home: Home, runs: int, steps: int) -> None:
    machine = cast(type[Community], type("Machine", (Community,), {"home": home}))
    run_state_machine_as_test(machine, settings=settings(  # type: ignore[no-untyped-call]
        max_examples=runs, stateful_step_count=steps, suppress_health_check=list(HealthCheck),
    ))


def test_whatever_happens(home: Home) -> None:
    """A few runs, each of up to thirty steps; fewer where each statement goes to a server and back."""
    _run(home, 10 if DATABASE == "sqlite" else 6, 30)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("steps", LENGTHS)
def test_whatever_happens_at_length(home: Home, steps: int) -> None:
    """Two thousand runs of up to sixty steps, in parts side by side."""
    _run(home, RUNS_A_PART, steps)
