"""Any order of acts: lines = standings = a simple model."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from forum.reputation import ledger, maintenance, rulesets
from forum.reputation.models import LedgerLine
from tests.reputation.world import PEOPLE, World, tight_rules
from tests.sampling import REQUIRE_ALL

WHO = st.integers(0, PEOPLE - 1)
POST = st.integers(0, 9)
HOURS = st.sampled_from([0, 1, 2, 3, 25, 26, 50, 75, 100])  # few days, two months: many events fall together
YES_OR_NO = st.booleans()

VOTES = st.tuples(st.just("vote"), WHO, POST, st.sampled_from([1, 1, 1, 1, -1, 0]), HOURS)
OTHERS = st.one_of(
    st.tuples(st.just("void"), WHO, YES_OR_NO),
    st.tuples(st.just("accept"), st.integers(0, 1), st.none() | st.integers(0, 3), st.none() | WHO, HOURS),
    st.tuples(st.just("remove"), POST, YES_OR_NO, YES_OR_NO),
    st.tuples(st.just("remove_thread"), st.integers(0, 2), YES_OR_NO),
    st.tuples(st.just("turn"), POST, YES_OR_NO),
    st.tuples(st.just("turn_thread"), st.integers(0, 1), st.sampled_from(["question", "discussion"])),
    st.tuples(st.just("order"), st.integers(0, 1), st.none() | WHO, YES_OR_NO, YES_OR_NO, st.integers(0, 2)),
    st.tuples(st.just("award"), WHO, st.integers(-20, 60), YES_OR_NO),
    st.tuples(st.just("work"), WHO, POST, YES_OR_NO, HOURS),
    st.tuples(st.just("endorse"), POST, YES_OR_NO, HOURS),
    st.tuples(st.just("visit"), WHO, st.integers(0, 30)),
)
FEW = st.lists(st.one_of(VOTES, OTHERS), min_size=1, max_size=30)


def crowd(seed: int) -> list[tuple[Any, ...]]:
    """A hundred acts, most of them votes that fall together on few days: every cap is met."""
    chance = random.Random(seed)
    who, yes, hours = range(PEOPLE), (True, False), (0, 1, 2, 3, 25, 26, 50, 75, 100)
    others: list[Callable[[], tuple[Any, ...]]] = [
        lambda: ("void", chance.choice(who), chance.choice(yes)),
        lambda: ("accept", chance.randrange(2), chance.choice([None, 0, 1, 2, 3]), None, chance.choice(hours)),
        lambda: ("remove", chance.randrange(10), chance.choice((True, False, False)), chance.choice(yes)),
        lambda: ("remove_thread", chance.randrange(3), chance.choice((True, False, False, False))),
        lambda: ("turn", chance.randrange(10), chance.choice((True, True, False))),
        lambda: ("turn_thread", chance.randrange(2), chance.choice(("question", "question", "discussion"))),
        lambda: ("work", chance.choice(who), chance.randrange(10), chance.choice((True, True, False)),
                 chance.choice(hours)),
        lambda: ("endorse", chance.randrange(10), chance.choice(yes), chance.choice(hours)),
        lambda: ("award", chance.choice(who), chance.randint(-10, 20), chance.choice(yes)),
    ]
    return [
        chance.choice(others)() if chance.random() < 0.2 else
        ("vote", chance.choice(who), chance.randrange(10), chance.choice((1, 1, 1, 1, 1, -1, 0)), chance.choice(hours))
        for _act in range(100)
    ]


CROWD = st.integers(0, 2**32).map(crowd)
ACTS = FEW | CROWD
# A few examples find what is plainly wrong; the whole run, where nothing may be missing, looks at many.
EXAMPLES = 150 if REQUIRE_ALL else 12
THOROUGH = settings(
    max_examples=EXAMPLES,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)


@contextmanager
def community(session: Session, rules: str = "tight") -> Iterator[World]:
    """A world that is forgotten afterwards."""
    try:
        yield World(session, tight_rules() if rules == "tight" else rulesets.preset("laurel"))
    finally:
        session.rollback()
        session.expunge_all()


@given(acts=ACTS)
@THOROUGH
def test_any_order_of_acts(session: Session, acts: list[tuple[Any, ...]]) -> None:
    """Votes, undoing, acceptance, deletion, hiding, bans, orders, awards, visits: with caps that bite."""
    with community(session) as world:
        for act in acts:
            world.act(act)
        world.check()


@given(acts=FEW)
@settings(parent=THOROUGH, max_examples=EXAMPLES // 3)
def test_after_every_single_act(session: Session, acts: list[tuple[Any, ...]]) -> None:
    """Not only in the end; under the preset `laurel`."""
    with community(session, "laurel") as world:
        for act in acts:
            world.act(act)
            world.check()


@given(acts=ACTS)
@settings(parent=THOROUGH, max_examples=EXAMPLES // 3)
def test_settling_again_appends_nothing(session: Session, acts: list[tuple[Any, ...]]) -> None:
    """Replays change nothing: every source holds already what it yields."""
    with community(session) as world:
        for act in acts:
            world.act(act)
        count = select(func.count()).select_from(LedgerLine)
        before = session.scalar(count)
        for thread in world.threads:
            ledger.settle_thread(session, thread)
        for member in world.people:
            ledger.settle_member(session, member)
            ledger.settle_votes_of(session, member)
        ledger.settle_purchases(session, world.orders)
        assert session.scalar(count) == before


@given(acts=ACTS)
@settings(parent=THOROUGH, max_examples=EXAMPLES // 3)
def test_a_rebuild_comes_out_equal(session: Session, acts: list[tuple[Any, ...]]) -> None:
    """The bulk way gives what settling one by one gave; a new generation, the old lines untouched."""
    with community(session) as world:
        for act in acts:
            world.act(act)
        before = world.standings()
        rules = maintenance.rebuild(session)
        assert rules.generation == 2
        assert world.standings() == before
        world.check()
        reversing = select(LedgerLine.source_id).where(LedgerLine.generation == 2).group_by(
            LedgerLine.member_id, LedgerLine.kind, LedgerLine.source_kind, LedgerLine.source_id
        ).having(func.count() > 1)
        assert session.scalars(reversing).all() == []
        world.vote(4, 1, 1, 7)
        world.check()


@given(acts=st.lists(VOTES, min_size=2, max_size=25), chance=st.randoms())
@settings(parent=THOROUGH, max_examples=EXAMPLES // 2)
def test_the_order_of_votes_does_not_matter(session: Session, acts: list[tuple[Any, ...]], chance: Any) -> None:
    """The same votes at the same moments, told in another order, give everybody the same."""
    only_once = {(act[1], act[2]): act for act in acts}
    # Different moments: equal ones are told apart by the order of arrival.
    votes = [(*act[:4], hours) for hours, act in enumerate(only_once.values())]
    shuffled = list(votes)
    chance.shuffle(shuffled)
    results = []
    for order in (votes, shuffled):
        with community(session) as world:
            first = world.people[0].id
            for act in order:
                world.act(act)
            results.append({id - first: numbers for id, numbers in world.standings().items()})
    assert results[0] == results[1]


def test_the_cap_of_a_pair_reaches_openings(session: Session) -> None:
    """A giver's third vote of the day is on the receiver's question: it counts once an earlier one is taken back."""
    with community(session) as world:
        for hours, post in enumerate((6, 7, 0)):  # two answers of the first member, and their question
            world.vote(4, post, 1, hours)
        world.check()
        on_question = select(func.count()).where(LedgerLine.kind == "question_up")
        assert session.scalar(on_question) == 0
        world.vote(4, 6, 0, 0)
        world.check()
        assert session.scalar(on_question) == 1


def test_another_ruleset_moves_everybody(session: Session) -> None:
    """A rebuild under other rules changes what the same sources are worth."""
    with community(session, "laurel") as world:
        for giver in (0, 2, 3, 4, 5):
            world.vote(giver, 1, 1, 1)
        author = world.posts[1].author_id
        assert world.standings()[author].points == 50
        maintenance.rebuild(session, tight_rules())
        assert world.standings()[author].points == 25
        assert maintenance.verify(session) == []


def test_a_wrong_standing_is_found(session: Session) -> None:
    """Verify names the member, the number and both values."""
    with community(session) as world:
        world.vote(0, 1, 1, 1)
        author = world.posts[1].author_id
        session.execute(LedgerLine.__table__.update().where(LedgerLine.member_id == author).values(points=11))
        found = maintenance.verify(session)
        assert found[0] == maintenance.Difference(author, "points", "10", "11")
        totals = {one.what.partition(", ")[2] for one in found[1:]}  # of the leaderboards, which say 10 as well
        assert totals == {"everywhere", f"board {world.threads[0].board_id}"}
        assert str(author) in found[0].sentence


@pytest.mark.parametrize("axis", ["reputation", "purchases"])
def test_lines_are_only_appended(session: Session, axis: str) -> None:
    """Undoing adds a line with the opposite points; what was there stays as it was."""
    with community(session) as world:
        acts = {
            "reputation": [("vote", 0, 1, 1, 1), ("vote", 0, 1, 0, 1)],
            "purchases": [("order", 0, 0, True, False, 0), ("order", 0, 0, True, False, 2)],
        }[axis]
        for act in acts:
            world.act(act)
        points = session.scalars(select(LedgerLine.points).where(LedgerLine.axis == axis).order_by(LedgerLine.id)).all()
        assert len(points) == 2
        assert sum(points) == 0
