"""How long a typical newcomer needs for each rank: the community's own median activity, carried forward.

The community's pace is taken from the members who helped: whoever has points, was last seen at least a week after
joining, and is not staff. Each of their numbers is divided by the days between joining and being last seen; the median
of these is a day's pace. A way is reached when the slowest of the numbers it asks for is; a rank by its quickest way.
"""

from array import array
from collections import defaultdict
from math import ceil, inf
from statistics import median

from forum.reputation.formulas import AtLeast, Numbers
from forum.reputation.rules import Ruleset

LEAST_DAYS = 7  # between joining and being last seen; a shorter time says nothing about a pace
LEAST_MEMBERS = 5  # of fewer there is no typical one
LONGEST = 3650  # days: what takes more than ten years is not reached at this pace
_PACED = ("points", "days", "accepted", "helped", "purchases")
# What only counts for some time goes at the pace of what it is a part of.
_RECENT = {"points_recent": "points", "purchases_recent": "purchases"}


class Pace:
    """Collects members one by one, in little memory; then tells days."""

    def __init__(self) -> None:
        self._rates: defaultdict[str, array[float]] = defaultdict(lambda: array("f"))

    def add(self, numbers: Numbers, days: int) -> None:
        """One member's numbers, and the days between joining and being last seen."""
        if days >= LEAST_DAYS and numbers.points > 0:
            for measure in _PACED:
                self._rates[measure].append(numbers.get(measure) / days)

    def days(self, ruleset: Ruleset) -> dict[str, int | None] | None:
        """For each rank above the lowest the days that it takes; None where this pace does not lead there.

        None altogether when too few members are active to know.
        """
        if len(self._rates["points"]) < LEAST_MEMBERS:
            return None
        rates = {measure: float(median(self._rates[measure])) for measure in _PACED}
        return {
            rank.key: _whole(min((_reached(way, rates, ruleset) for way in rank.ways()), default=inf))
            for rank in ruleset.ranks[1:]
        }


def _whole(days: float) -> int | None:
    return ceil(days) if days <= LONGEST else None


def _reached(way: AtLeast, rates: dict[str, float], ruleset: Ruleset) -> float:
    """After how many days a pace meets everything that a way asks for."""
    longest = 0.0
    for measure, least in way.items():
        if measure == "joined_days":
            longest = max(longest, least)
            continue
        missing = least - ruleset.base if measure == "points" else least
        rate = rates[_RECENT.get(measure, measure)]
        days = 0.0 if missing <= 0 else missing / rate if rate > 0 else inf
        if measure in _RECENT and days > ruleset.windows.recent_days:
            return inf
        longest = max(longest, days)
    return longest
