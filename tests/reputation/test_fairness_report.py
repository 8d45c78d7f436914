"""What stands out and what does not, on simulated populations; and what the report asks of the database."""

from collections.abc import Callable
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from forum.core.clock import now
from forum.moderation import jobs
from forum.reputation import fairness
from forum.reputation.fairness import Tally, Tie, find, surprise
from forum.reputation.fairness_groups import components, strongly_connected
from forum.reputation.fairness_reads import ACCEPTANCES, VOTES, pairs_statement
from tests.reputation.populations import SHAPES, Ballot, Population, score, tally, without_ring

SEEDS = 4  # of each shape here; the bench looks at more
CLEAR = [shape for shape in SHAPES if shape != "faint"]


@pytest.mark.parametrize("shape", CLEAR)
def test_rings_of_every_clear_shape_are_found_and_nobody_else(shape: str) -> None:
    """At least nine of ten members of rings are named, and nine of ten who are named belong to one."""
    found = score(shape, SEEDS)
    assert found.recall >= 0.9, found
    assert found.precision >= 0.9, found
    assert found.false_findings == 0


def test_at_the_edge_rather_nobody_than_somebody_honest() -> None:
    """A ring that votes rarely, and whom others think well of, may be missed; nobody else is named for it."""
    assert score("faint", SEEDS).precision >= 0.9


def test_honest_communities_are_left_alone() -> None:
    """Heavy users, a niche of eight, friends, fans: in ten communities at most one finding, for somebody to dismiss."""
    assert sum(len(without_ring(seed).findings()) for seed in range(10)) <= 1


@pytest.mark.parametrize("people", [2, 3, 6, 10])
def test_a_small_board_with_few_people_accuses_nobody(people: int) -> None:
    """Those who are all there is vote for each other: what else should they do?"""
    ballots = [
        Ballot(giver, receiver, 1, day)
        for giver in range(people) for receiver in range(people) if giver != receiver for day in range(30)
    ]
    assert Population(ballots).findings() == []


def test_accounts_from_one_network_need_less_else_to_stand_out() -> None:
    """Seven votes among neighbors are a sign together with the network, and none without; an office is none."""
    ballots = without_ring(5).ballots + [Ballot(900, 901, 2, day) for day in range(7)]
    votes = tally(ballots)
    assert find(votes, tally([]), {}) == []
    together = find(votes, tally([]), {"hash": {900, 901}})
    assert [(one.pattern, one.members) for one in together] == [("signals", {900, 901})]
    assert find(votes, tally([]), {"hash": {900, 901, *range(10)}}) == []


def test_a_burst_is_several_at_the_limit_on_one_day() -> None:
    """Four givers, four votes each, on a member with little else; the same over a month is none."""
    others = without_ring(6).ballots
    busy = [ballot for ballot in others if ballot.giver in range(150, 154)]
    burst = [Ballot(giver, 901, 3, 7) for giver in range(150, 154) for _vote in range(4)]
    spread = [ballot._replace(day=place * 2) for place, ballot in enumerate(burst[:12])]
    assert {one.pattern for one in Population(others + busy * 3 + burst).findings()} == {"burst"}
    assert Population(others + busy * 3 + spread).findings() == []


def test_acceptances_among_few_stand_out() -> None:
    """One who accepts another eight times where everybody else spreads; a helper of many does not."""
    given = [Ballot(asker, (asker * 7 + 3) % 60, 1, 0) for asker in range(60) for _time in range(2)]
    found = find(tally([]), tally(given + [Ballot(900, 901, 1, 0)] * 8), {})
    assert [(one.pattern, one.members, one.seen) for one in found] == [("acceptances", {900, 901}, 8)]
    helper = [Ballot(asker, 901, 1, 0) for asker in range(60)]
    assert find(tally([]), tally(given + helper + [Ballot(900, 901, 1, 0)] * 8), {}) == []


def test_surprise_and_expectation_are_as_documented() -> None:
    """The worked example of docs/fairness.md."""
    assert surprise(24, 2) == pytest.approx(24 * 2.4849 - 22, abs=0.01)
    assert surprise(2, 2) == surprise(1, 2) == 0.0
    example = Tally([Tie(1, 2, 1, 24)], {(1, 1): 30}, {(2, 1): 30}, {1: (1_000, 50)})
    assert example.expected({1}, {2}) == pytest.approx(30 * (6 + 20 * 0.03) / (970 + 20), rel=1e-6)


def test_groups() -> None:
    """A cycle is one group, a way without return none; both hang together."""
    ties = [(1, 2), (2, 3), (3, 1), (3, 4), (4, 5), (6, 7), (7, 6)]
    assert sorted(map(sorted, strongly_connected(ties))) == [[1, 2, 3], [6, 7]]
    assert sorted(map(sorted, components(ties))) == [[1, 2, 3, 4, 5], [6, 7]]
    assert strongly_connected([]) == []


def test_the_order_of_what_comes_in_makes_no_difference() -> None:
    """The same votes in another order are the same findings."""
    trade = [Ballot(*pair, 2, day) for day in range(20) for pair in ((800, 801), (801, 800))]
    ballots = [*without_ring(7).ballots, *trade]
    first, again = Population(ballots).findings(), Population(ballots[::-1]).findings()
    assert first == again
    assert [one.members for one in first] == [{800, 801}]


def test_a_run_asks_little_of_the_database(
    app: Flask, queries: Callable[[], "contextmanager[list[str]]"]
) -> None:
    """With nothing to see a run is a handful of statements."""
    with app.app_context(), queries() as asked:
        jobs.find_patterns()
    assert len(asked) <= 8, asked


def test_what_was_given_lately_is_found_by_an_index(session: Session, plan: Callable[..., str]) -> None:
    """A portion of givers is read by the index of a member's votes; acceptances, which are few, by their moment."""
    is_postgresql = session.get_bind().dialect.name == "postgresql"
    dialect = postgresql.dialect() if is_postgresql else sqlite.dialect()  # type: ignore[no-untyped-call]
    if is_postgresql:
        session.execute(text("SET LOCAL enable_seqscan = off"))
    for kind, indexes in ((VOTES, ("ix_vote_voter", "ix_vote_created")), (ACCEPTANCES, ("ix_acceptance_created",))):
        statement = pairs_statement(kind, now(), 0).compile(dialect=dialect, compile_kwargs={"literal_binds": True})
        chosen = plan(str(statement))
        assert any(index in chosen for index in indexes), chosen
    assert fairness.WINDOW_DAYS < 90
    session.rollback()
