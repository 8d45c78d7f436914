"""Patterns among votes and acceptances that stand out: the maths, without a database.

In goes a `Tally`: who gave how many to whom, by board, within a window of days. Out come findings, each a group of
members and how often they gave to each other beside how often one would expect it.

**Expectation.** What others think of a member is the measure. On board k, everybody outside a group A of givers gave
T_k votes, R_bk of them to b; so a vote there goes to b with the probability

    p_bk = (R_bk + α · s_bk) / (T_k + α)        s_bk: b's share of all votes on the board, A's own included

and, since nobody votes for themselves, one of a's with p_bk / (1 − p_ak). The expected number is the sum of that over
the votes that the group gave. With few outsiders the α votes of s_bk decide, and then the expectation is what was seen:
a board on which six people do everything accuses nobody. Somebody whom all admire is expected to be voted for.

**Surprise.** With n seen and E expected: n · ln(n / E) − (n − E), the Chernoff bound on a Poisson tail, P(N ≥ n) ≤
e^−surprise (in nats). The *lift* is n / E. Both must be high: lift alone is high by chance where little is expected,
surprise alone where much was seen.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from forum.reputation.fairness_groups import components, strongly_connected

WINDOW_DAYS = 60  # two months: rings that vote once a week show, and what was long ago does not weigh for ever
LEAST_TIE = 4  # votes between two in the window below which nobody looks: a fortnight's ordinary gratitude

ALPHA = 20.0  # votes' worth of doubt: with fewer outside votes on a board than this the board speaks for itself
LIFT = 3.0  # so many times what is expected; friends who read each other reach two
SURPRISE = 25.0  # e^−25: of a hundred thousand members' billions of possible pairs none gets there by chance
SURPRISE_WITH_SIGNAL = 10.0  # where accounts also share a network, a second and independent sign
SURPRISE_ACCEPTED = 9.0  # acceptances are few, and a hundred times fewer pairs have any
RELIANCE = 0.35  # of what one receives; below the 40 % that a giver may bring, and others make up the rest
ONE_SIDED = 0.5  # of what a receiver has from one giver, and a giver spends on one receiver
LEAST_GROUP = 12  # votes within a group: what three days of the daily limit for a pair come to
LEAST_ACCEPTED = 4
HUB_GIVERS = 3  # two devoted readers happen; three who vote for hardly anybody else do not
HUB_DEVOTION = 0.6  # of a giver's votes
MOST_ON_NETWORK = 8  # a household or a small office; more members behind one network say nothing about any two
DAY_AT_ONCE = 3  # votes from one giver in a day that make the giver part of a burst (the limit is 4)
BURST_LIFT = 5.0  # against the receiver's other days
BURST_SURPRISE = 15.0


class Tie(NamedTuple):
    """How many one member gave another on a board."""

    giver: int
    receiver: int
    board: int
    number: int


@dataclass(slots=True)
class Tally:
    """Votes up (or acceptances) of a window. `given` and `received` are complete for all who are in `ties`.

    Args:
        ties: pairs with LEAST_TIE or more between them, by board.
        given, received: totals by (member, board).
        boards: by board, all that was given there and how many members received any.
    """

    ties: Sequence[Tie]
    given: Mapping[tuple[int, int], int]
    received: Mapping[tuple[int, int], int]
    boards: Mapping[int, tuple[int, int]]
    pairs: dict[tuple[int, int], int] = field(init=False)
    out: dict[int, int] = field(init=False)
    into: dict[int, int] = field(init=False)
    _from: dict[int, dict[int, int]] = field(init=False)
    _by_giver: dict[int, list[Tie]] = field(init=False)
    _boards_of: dict[int, list[int]] = field(init=False)

    def __post_init__(self) -> None:
        pairs: defaultdict[tuple[int, int], int] = defaultdict(int)
        for tie in self.ties:
            pairs[tie.giver, tie.receiver] += tie.number
        self.pairs = dict(pairs)
        self._from = {}
        for (giver, receiver), count in pairs.items():
            self._from.setdefault(giver, {})[receiver] = count
        self._by_giver = {}
        for tie in self.ties:
            self._by_giver.setdefault(tie.giver, []).append(tie)
        self.out, self.into = _by_member(self.given), _by_member(self.received)
        boards: defaultdict[int, list[int]] = defaultdict(list)
        for member, board in self.given:
            boards[member].append(board)
        self._boards_of = dict(boards)

    def seen(self, givers: AbstractSet[int], receivers: AbstractSet[int]) -> int:
        """How many the givers gave the receivers."""
        return sum(n for giver in givers for receiver, n in self._from.get(giver, {}).items() if receiver in receivers)

    def within(self, group: AbstractSet[int]) -> dict[int, int]:
        """What each of a group received from the others of it."""
        found = dict.fromkeys(group, 0)
        for giver in group:
            for receiver, count in self._from.get(giver, {}).items():
                if receiver in found:
                    found[receiver] += count
        return found

    def expected(self, givers: AbstractSet[int], receivers: AbstractSet[int]) -> float:
        """How many one would expect by what everybody else gave (see the top of this module)."""
        own: defaultdict[tuple[int, int], int] = defaultdict(int)  # by receiver and board
        given: defaultdict[int, int] = defaultdict(int)  # by board
        for giver in givers:
            for tie in self._by_giver.get(giver, ()):
                own[tie.receiver, tie.board] += tie.number
            for board in self._boards_of.get(giver, ()):
                given[board] += self.given[giver, board]
        total = 0.0
        for board in sorted(given):
            chance = {member: self._chance(member, board, own, given) for member in sorted(receivers)}
            all_receivers = sum(chance.values())
            for giver in sorted(givers):
                number = self.given.get((giver, board), 0)
                if number:
                    mine = chance[giver] if giver in chance else self._chance(giver, board, own, given)
                    others = all_receivers - chance.get(giver, 0.0)
                    total += number * others / max(0.05, 1.0 - mine)
        return total

    def _chance(
        self, member: int, board: int, own: Mapping[tuple[int, int], int], given: Mapping[int, int]
    ) -> float:
        """The probability p (see above) that a vote on a board goes to a member, without what the group gave."""
        everything, received = self.boards[board][0], self.received.get((member, board), 0)
        share = received / everything if everything else 0.0
        outside = max(0, everything - given[board])
        return (received - own.get((member, board), 0) + ALPHA * share) / (outside + ALPHA)

    def close(self) -> list[tuple[int, int]]:
        """Pairs worth a look: LIFT times what those say who have no ties (of them the rate of each board is taken)."""
        weak = {board: total for board, (total, _receivers) in self.boards.items()}
        weak_to: defaultdict[tuple[int, int], int] = defaultdict(int, self.received)
        for tie in self.ties:
            weak[tie.board] -= tie.number
            weak_to[tie.receiver, tie.board] -= tie.number
        found = []
        for (giver, receiver), count in self.pairs.items():
            by_board = (
                self.given[giver, board] * (weak_to[receiver, board] + ALPHA / max(1, self.boards[board][1]))
                / (weak[board] + ALPHA)
                for board in self._boards_of.get(giver, ())
            )
            if count >= LEAST_TIE and count >= LIFT * sum(by_board):
                found.append((giver, receiver))
        return sorted(found)


@dataclass(frozen=True, slots=True)
class Finding:
    """A group, a pattern, and how much it stands out. `givers` gave `seen` to `receivers`, where `expected` was."""

    pattern: str
    givers: frozenset[int]
    receivers: frozenset[int]
    seen: int
    expected: float
    surprise: float

    @property
    def members(self) -> frozenset[int]:
        """All whom it names."""
        return self.givers | self.receivers

    @property
    def lift(self) -> float:
        """How many times the expectation; at most 999, since next to nothing may be expected."""
        return min(999.0, self.seen / max(self.expected, 1e-6))

    @property
    def score(self) -> int:
        """For the order of the list: the surprise, whole."""
        return round(self.surprise)

    def as_data(self) -> dict[str, Any]:
        """What a case keeps of it."""
        return {
            "givers": sorted(self.givers), "receivers": sorted(self.receivers), "seen": self.seen,
            "expected": round(self.expected, 1), "lift": round(self.lift, 1),
        }


def surprise(seen: float, expected: float) -> float:
    """How unlikely so many are, in nats; 0 when no more were seen than expected."""
    expected = max(expected, 1e-6)
    return seen * math.log(seen / expected) - (seen - expected) if seen > expected else 0.0


def find(
    votes: Tally,
    acceptances: Tally,
    networks: Mapping[str, AbstractSet[int]],
    days: Iterable[tuple[int, int, Any, int]] = (),
    window: int = WINDOW_DAYS,
) -> list[Finding]:
    """Everything that stands out, the most surprising first. What a wider finding says already is not said again.

    Args:
        networks: by hash, the members who were seen on that network.
        days: (giver, receiver, UTC day, votes) for pairs and days with DAY_AT_ONCE or more.
        window: of how many days the tallies are.
    """
    found = _groups(votes)
    found += _new(_hubs(votes), found)
    found += _new(_one_sided(votes), found)
    found += _new(_bursts(votes, days, window), found)
    found += _new(_signals(votes, networks), found)
    found += _acceptances(acceptances)
    return sorted(found, key=lambda finding: (-finding.surprise, finding.pattern, sorted(finding.members)))


def _groups(tally: Tally) -> list[Finding]:
    """Two who vote for each other, or more among whom votes come back to where they started (a ring, a clique).

    From each strongly connected set of close ties those are dropped who have less than RELIANCE of their votes from
    within: others think well of them too. Whoever goes makes the rest less dependent, never more, so what is left is
    the same in whichever order they go.
    """
    found = []
    close = tally.close()
    waiting = strongly_connected(close)
    while waiting:
        group = waiting.pop()
        inside = tally.within(group)
        rest = {member for member in group if inside[member] >= RELIANCE * max(1, tally.into.get(member, 0))}
        if rest != group:
            waiting += strongly_connected([tie for tie in close if tie[0] in rest and tie[1] in rest])
            continue
        finding = _weigh(tally, "mutual" if len(group) == 2 else "ring", group, group)
        if finding.seen >= LEAST_GROUP and _stands_out(finding):
            found.append(finding)
    return found


def _hubs(tally: Tally) -> list[Finding]:
    """Several accounts that hardly vote for anybody but one member, who has much of what they receive from them."""
    devoted: defaultdict[int, set[int]] = defaultdict(set)
    for (giver, receiver), count in tally.pairs.items():
        if count >= LEAST_TIE and count >= HUB_DEVOTION * tally.out.get(giver, count):
            devoted[receiver].add(giver)
    found = []
    for receiver, givers in sorted(devoted.items()):
        if len(givers) >= HUB_GIVERS:
            finding = _weigh(tally, "hub", givers, {receiver})
            if finding.seen >= max(LEAST_GROUP, RELIANCE * tally.into.get(receiver, 0)) and _stands_out(finding):
                found.append(finding)
    return found


def _one_sided(tally: Tally) -> list[Finding]:
    """One giver and one receiver who are most of each other's votes."""
    found = []
    for (giver, receiver), count in sorted(tally.pairs.items()):
        most = max(tally.out.get(giver, count), tally.into.get(receiver, count))
        if count >= LEAST_GROUP and count >= ONE_SIDED * most:
            finding = _weigh(tally, "one_giver", {giver}, {receiver})
            if _stands_out(finding):
                found.append(finding)
    return found


def _bursts(tally: Tally, days: Iterable[tuple[int, int, Any, int]], window: int) -> list[Finding]:
    """A day on which several givers each gave one receiver all they may, unlike the receiver's other days."""
    of_day: defaultdict[tuple[int, Any], dict[int, int]] = defaultdict(dict)
    for giver, receiver, day, count in days:
        of_day[receiver, day][giver] = count
    found = []
    for (receiver, _day), givers in sorted(of_day.items(), key=repr):
        seen, total = sum(givers.values()), tally.into.get(receiver, 0)
        if len(givers) < HUB_GIVERS or seen < RELIANCE * total:
            continue
        usual = max(total - seen, 1) / max(1, window - 1)
        finding = Finding(
            "burst", frozenset(givers), frozenset({receiver}), seen, usual, surprise(seen, usual)
        )
        if finding.lift >= BURST_LIFT and finding.surprise >= BURST_SURPRISE:
            found.append(finding)
    return found


def _signals(tally: Tally, networks: Mapping[str, AbstractSet[int]]) -> list[Finding]:
    """Accounts from one network that vote for each other more than others do for them."""
    shared = [members for members in networks.values() if 2 <= len(members) <= MOST_ON_NETWORK]
    among = [tie for tie in sorted(tally.pairs) if any(tie[0] in members and tie[1] in members for members in shared)]
    found = []
    for group in components(among):
        finding = _weigh(tally, "signals", group, group)
        if finding.lift >= LIFT and finding.surprise >= SURPRISE_WITH_SIGNAL:
            found.append(finding)
    return found


def _acceptances(tally: Tally) -> list[Finding]:
    """Askers and answerers who are most of each other's acceptances."""
    close = [
        (giver, receiver) for (giver, receiver), count in sorted(tally.pairs.items())
        if count >= LEAST_ACCEPTED
        and count >= ONE_SIDED * max(tally.out.get(giver, count), tally.into.get(receiver, count))
    ]
    found = []
    for group in components(close):
        finding = _weigh(tally, "acceptances", group, group)
        if finding.lift >= LIFT and finding.surprise >= SURPRISE_ACCEPTED:
            found.append(finding)
    return found


def _weigh(tally: Tally, pattern: str, givers: AbstractSet[int], receivers: AbstractSet[int]) -> Finding:
    seen, expected = tally.seen(givers, receivers), tally.expected(givers, receivers)
    return Finding(pattern, frozenset(givers), frozenset(receivers), seen, expected, surprise(seen, expected))


def _stands_out(finding: Finding) -> bool:
    return finding.lift >= LIFT and finding.surprise >= SURPRISE


def _new(findings: Iterable[Finding], known: Sequence[Finding]) -> list[Finding]:
    """Those whose members no known finding names all of; of two that name the same, the more surprising."""
    kept: list[Finding] = []
    for finding in sorted(findings, key=lambda one: (-len(one.members), -one.surprise, sorted(one.members))):
        if not any(finding.members <= other.members for other in (*known, *kept)):
            kept.append(finding)
    return kept


def _by_member(totals: Mapping[tuple[int, int], int]) -> dict[int, int]:
    found: defaultdict[int, int] = defaultdict(int)
    for (member, _board), count in totals.items():
        found[member] += count
    return dict(found)
