"""Simulated communities: honest people of every habit, and rings of several shapes hidden among them.

Everything comes from a seed. A population is plain data (who voted for whom, where, on which day), so the maths can be
tried on many, and the same population can be written into a database.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import permutations
from typing import NamedTuple

from forum.reputation.fairness import LEAST_TIE, Finding, Tally, Tie, find

DAYS = 30
SHAPES = ("clique", "chain", "star", "slow", "mixed", "pair", "faint")
SEEDS = 20  # populations of each shape that the figures rest on


class Ballot(NamedTuple):
    """One vote up."""

    giver: int
    receiver: int
    board: int
    day: int


@dataclass
class Population:
    """Who voted for whom, and who of them is a ring."""

    ballots: list[Ballot] = field(default_factory=list)
    ring: frozenset[int] = frozenset()

    def tally(self) -> Tally:
        """The population as the report reads it."""
        return tally(self.ballots)

    def findings(self) -> list[Finding]:
        """What the report says about it."""
        days = Counter((ballot.giver, ballot.receiver, ballot.day) for ballot in self.ballots)
        busy = [(*key, number) for key, number in sorted(days.items()) if number >= 3]
        return find(self.tally(), tally([]), {}, busy)


def tally(ballots: Sequence[Ballot]) -> Tally:
    """Ballots added up, as the database would."""
    pairs = Counter((ballot.giver, ballot.receiver) for ballot in ballots)
    by_board = Counter((ballot.giver, ballot.receiver, ballot.board) for ballot in ballots)
    receivers: defaultdict[int, set[int]] = defaultdict(set)
    for ballot in ballots:
        receivers[ballot.board].add(ballot.receiver)
    totals = Counter(ballot.board for ballot in ballots)
    return Tally(
        ties=[Tie(*key, number) for key, number in sorted(by_board.items()) if pairs[key[:2]] >= LEAST_TIE],
        given=Counter((ballot.giver, ballot.board) for ballot in ballots),
        received=Counter((ballot.receiver, ballot.board) for ballot in ballots),
        boards={board: (total, len(receivers[board])) for board, total in totals.items()},
    )


def honest(chance: random.Random, people: int = 240, boards: int = 5) -> list[Ballot]:
    """A community without a ring.

    Few do much and many do little, on one to three boards. On board 1 ten heavy users answer nearly everything and
    vote a lot, also for each other. Board 0 is a niche of eight who meet nobody else. There are friends, who give each
    other twenty times their share, and fans, who give half of their votes to whom they admire.
    """
    members = range(people)
    where = {member: chance.sample(range(2, boards), chance.randint(1, 3)) for member in members}
    active = {member: chance.paretovariate(1.2) for member in members}
    good = {member: min(60.0, chance.paretovariate(0.9)) for member in members}
    for member in members[:8]:
        where[member], active[member], good[member] = [0], 6.0, chance.uniform(1, 3)
    for member in members[8:18]:
        where[member], active[member], good[member] = [1], 25.0, chance.uniform(8, 15)
    for member in members[18:90]:
        where[member] = [*where[member], 1]
    answering = {board: [member for member in members if board in where[member]] for board in range(boards)}
    likes = {pair: 20.0 for one in range(90, 130, 4) for pair in ((one, one + 1), (one + 1, one))}
    fans = {member: chance.choice(answering[1][:10]) for member in range(130, 142)}
    ballots = []
    for giver in members:
        for _vote in range(min(250, round(4 * active[giver]))):
            board = chance.choice(where[giver])
            others = [other for other in answering[board] if other != giver]
            if giver in fans and fans[giver] in others and chance.random() < 0.5:
                receiver = fans[giver]
            else:
                weights = [good[other] * likes.get((giver, other), 1.0) for other in others]
                receiver = chance.choices(others, weights)[0]
            ballots.append(Ballot(giver, receiver, board, chance.randrange(DAYS)))
    return ballots


def ring(chance: random.Random, shape: str, first: int, among: Sequence[Ballot], size: int = 10) -> Population:
    """Accounts from the number `first` on that give each other votes in a shape, on boards where others vote too.

    clique: everybody for everybody, four a day, as many as the limit lets. chain: each for the next, one a day.
    star: all for one, every other day. slow: everybody for everybody, one in five days. mixed: a clique, one in three
    days, whose members vote as honestly as others with more than half of their votes. pair: two, two a day. faint: as
    mixed, one in six days, and others think as much of its members: at the edge of what can be told.
    """
    size = 2 if shape == "pair" else size
    members = list(range(first, first + size))
    board = chance.choice([2, 3, 4])
    pairs = {
        "chain": [(one, members[(place + 1) % size]) for place, one in enumerate(members)],
        "star": [(one, members[0]) for one in members[1:]],
    }.get(shape, list(permutations(members, 2)))
    often = {"clique": 4.0, "chain": 1.0, "star": 0.5, "slow": 0.2, "mixed": 0.34, "pair": 2.0, "faint": 0.17}[shape]
    ballots = []
    for giver, receiver in pairs:
        for day in range(DAYS):
            number = int(often) + (chance.random() < often % 1)
            ballots += [Ballot(giver, receiver, board, day)] * number
    if shape in ("mixed", "faint"):
        ballots += [
            chance.choice(among)._replace(giver=giver) for giver in members for _vote in range(110)
        ]
    for receiver in members:  # some pass by and find an answer good
        ballots += [
            Ballot(chance.choice(among).giver, receiver, board, chance.randrange(DAYS))
            for _vote in range(20 if shape == "faint" else 4)
        ]
    return Population(ballots, frozenset(members))


def with_ring(shape: str, seed: int) -> Population:
    """An honest community with one ring in it."""
    chance = random.Random(f"{shape} {seed}")
    ballots = honest(chance)
    hidden = ring(chance, shape, 10_000, ballots)
    return Population(ballots + hidden.ballots, hidden.ring)


def without_ring(seed: int) -> Population:
    """An honest community."""
    return Population(honest(random.Random(f"honest {seed}")))


class Score(NamedTuple):
    """How well rings of a shape are found. Of members named, `precision` are of the ring; of rings, `recall` found."""

    shape: str
    rings: int
    precision: float
    recall: float
    false_findings: int


def score(shape: str, seeds: int = SEEDS) -> Score:
    """Precision and recall over populations of a shape, by member: named and of the ring."""
    named = right = members = false = 0
    for seed in range(seeds):
        population = with_ring(shape, seed)
        found = population.findings()
        names = frozenset[int]().union(*(finding.members for finding in found))
        named, right, members = named + len(names), right + len(names & population.ring), members + len(population.ring)
        false += sum(not finding.members & population.ring for finding in found)
    return Score(shape, seeds, right / named if named else 1.0, right / members, false)
