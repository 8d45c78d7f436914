"""How long a typical newcomer needs for each rank: the community's own median activity, carried forward.

The community's pace is taken from the members who helped: whoever has points, was last seen at least a week after
joining, and is not staff. Each of their numbers is divided by the days between joining and being last seen; the median
of these is a day's pace. Days here are taken from those alone who were here: profiles that an import brought have
none. A way is reached when the slowest of the numbers it asks for is; a rank by its quickest way.
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
_KNOWN_WITHOUT_DAYS = tuple(measure for measure in _PACED if measure != "days")
# What only counts for some time goes at the pace of what it is a part of.
_RECENT = {"points_recent": "points", "purchases_recent": "purchases"}


class Pace:
    """Collects members one by one, in little memory; then tells days."""

    def __init__(self) -> None:
        self._rates: defaultdict[str, array[float]] = defaultdict(lambda: array("f"))

    def add(self, numbers: Numbers, days: int) -> None:
        """One member's numbers, and the days between joining and being last seen."""
        if days >= LEAST_DAYS and numbers.points > 0:
            for measure in _PACED if numbers.days else _KNOWN_WITHOUT_DAYS:
                self._rates[measure].append(numbers.get(measure) / days)

    def days(self, ruleset: Ruleset) -> dict[str, int | None] | None:
        """For each rank above the lowest the days that it takes; None where this pace does not lead there.

        A rank of which nobody knows is left out. None altogether when too few members are active to know.
        """
        if len(self._rates["points"]) < LEAST_MEMBERS:
            return None
        rates = {
            measure: float(median(found)) for measure in _PACED if len(found := self._rates[measure]) >= LEAST_MEMBERS
        }
        ways = {rank.key: [_reached(way, rates, ruleset) for way in rank.ways()] for rank in ruleset.ranks[1:]}
        taken = {key: _soonest(days) for key, days in ways.items()}
        return {key: _whole(days) for key, days in taken.items() if days is not None}


def _soonest(ways: list[float | None]) -> float | None:
    """The quickest way; None while none of those that are known leads there and there is one that is not known."""
    quickest = min((way for way in ways if way is not None), default=inf)
    return None if quickest > LONGEST and None in ways else quickest


def _whole(days: float) -> int | None:
    return ceil(days) if days <= LONGEST else None


def _reached(way: AtLeast, rates: dict[str, float], ruleset: Ruleset) -> float | None:
    """After how many days a pace meets everything that a way asks for; None where nothing is known of one of them."""
    longest = 0.0
    for measure, least in way.items():
        if measure == "joined_days":
            longest = max(longest, least)
            continue
        missing = least - ruleset.base if measure == "points" else least
        rate = rates.get(_RECENT.get(measure, measure))
        if rate is None:
            return None
        days = 0.0 if missing <= 0 else missing / rate if rate > 0 else inf
        if measure in _RECENT and days > ruleset.windows.recent_days:
            return inf
        longest = max(longest, days)
    return longest
