"""What of a member's points counts: pure functions of a day's, a month's or a post's set of events.

None of them knows in which order it was told: where "the first" matters, votes are ordered by
(moment, id). A vote's points pass the caps in this order: votes of one giver a day, points of one
opening, net points a day, share of one giver a month. docs/reputation.md says it in words.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple


class Cast(NamedTuple):
    """A vote and what it is worth to one member. `giver_id` is None where nobody is known (an import),
    and for what a down vote costs its own giver."""

    id: int
    at: dt.datetime
    giver_id: int | None
    points: int

    @property
    def order(self) -> tuple[dt.datetime, int]:
        """Its place in time; the id decides between votes of one moment."""
        return (self.at, self.id)


def first_of_each_giver(votes: Iterable[Cast], most: int | None) -> set[int]:
    """Of the votes that one receiver got: the ids of those that count.

    Of each giver the first `most` votes of a UTC day, up and down alike; all of them where `most` is None.
    """
    if most is None:
        return {vote.id for vote in votes}
    days: defaultdict[tuple[int, dt.date], list[Cast]] = defaultdict(list)
    counted = set()
    for vote in votes:
        if vote.giver_id is None:
            counted.add(vote.id)
        else:
            days[vote.giver_id, vote.at.date()].append(vote)
    for group in days.values():
        first = group if len(group) <= most else sorted(group, key=lambda vote: vote.order)[:most]
        counted.update(vote.id for vote in first)
    return counted


def within_total(votes: Iterable[Cast], most: int | None) -> list[Cast]:
    """Of the votes on one opening: the first ones, until `most` points are reached; the last may count in part.

    Where `most` is None all count.
    """
    if most is None:
        return [vote for vote in votes if vote.points != 0]
    left = most
    kept = []
    for vote in sorted(votes, key=lambda vote: vote.order):
        points = min(vote.points, left)
        if points != 0:
            kept.append(vote._replace(points=points))
            left -= points
    return kept


def withheld_of_day(votes: Iterable[Cast], most: int) -> dict[int, int]:
    """What one UTC day of votes brings a member beyond a net of `most`: withheld points by vote id.

    The sum is max(0, net − most). It is taken from the latest up votes first, so that the month
    knows whose points count.
    """
    day = sorted(votes, key=lambda vote: vote.order)
    beyond = sum(vote.points for vote in day) - most
    withheld = {}
    for vote in reversed(day):
        if beyond <= 0:
            break
        if vote.points > 0:
            withheld[vote.id] = min(vote.points, beyond)
            beyond -= withheld[vote.id]
    return withheld


def counted_of_month(
    by_giver: Mapping[int, int], without_giver: int, percent: int | None, start: int | None
) -> int:
    """What of a month's points counts, when no giver may have given more than `percent` of it.

    Args:
        by_giver: net points by giver, after the other caps; only positive ones are looked at.
        without_giver: positive points that no single member gave.
        percent: the largest share of the counted points that one giver may have; None: any.
        start: from this many counted points on the rule applies; below it everything counts.

    Each giver's points are cut at one level, the highest at which the rule holds for what then
    counts. More points never lead to a smaller result, and a month is never cut below `start` - 1.
    """
    given = [points for points in by_giver.values() if points > 0]
    everything = without_giver + sum(given)
    if percent is None or start is None:
        return everything
    free = min(everything, start - 1)
    if everything < start:
        return everything
    low, high = 0, max(given, default=0)
    while low < high:  # the levels at which the rule holds are all those up to one: search for it
        level = (low + high + 1) // 2
        if level * 100 <= percent * _cut(given, without_giver, level):
            low = level
        else:
            high = level - 1
    return max(free, _cut(given, without_giver, low))


def _cut(given: list[int], without_giver: int, level: int) -> int:
    return without_giver + sum(min(points, level) for points in given)
