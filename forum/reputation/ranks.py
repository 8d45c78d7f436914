"""Ranks in words: what each needs, and how far the next one is."""

from dataclasses import dataclass, replace

from forum.core.i18n import gettext as _
from forum.reputation import advice, measures
from forum.reputation.formulas import AtLeast, Numbers
from forum.reputation.rules import Rank, Ruleset
from forum.reputation.ways import Step, Way


@dataclass(frozen=True, slots=True)
class NextRank:
    """The rank above, and the ways to it: the nearest first, those that still ask for purchases last.

    `advice` says what would help most on the nearest way.
    """

    rank: Rank
    ways: tuple[Way, ...]
    advice: str

    @property
    def shown(self) -> tuple[Way, ...]:
        """The ways to tell in whole: none that asks for purchases while there is another."""
        return tuple(way for way in self.ways if not way.asks_to_buy) or self.ways

    @property
    def sentence(self) -> str:
        """What the nearest way still needs."""
        return self.ways[0].sentence


def rank_for(numbers: Numbers, ruleset: Ruleset) -> str:
    """The key of the highest rank of which `numbers` meet the formula."""
    return ruleset.rank_for(numbers)


def next_rank(numbers: Numbers, ruleset: Ruleset, held: str | None = None) -> NextRank | None:
    """The rank above the one that `numbers` reach, or above `held` if that is higher; None at the top.

    Meant for the member alone: it tells days and purchases.
    """
    above = ruleset.place(ruleset.rank_for(numbers)) + 1
    if held is not None:
        above = max(above, ruleset.place(held) + 1)
    return _ahead(numbers, ruleset, ruleset.ranks[above]) if above < len(ruleset.ranks) else None


def kept_by(numbers: Numbers, ruleset: Ruleset, held: str) -> NextRank | None:
    """What is missing to keep the rank `held`; None while nothing is."""
    if ruleset.place(ruleset.rank_for(numbers)) >= ruleset.place(held):
        return None
    ahead = _ahead(numbers, ruleset, ruleset.rank(held))
    return ahead if advice.says_more(ahead.ways[0]) else replace(ahead, advice="")


def _ahead(numbers: Numbers, ruleset: Ruleset, rank: Rank) -> NextRank:
    ways = ways_to(rank, numbers)
    return NextRank(rank, ways, advice.in_words(ways[0], ruleset))


def ways_to(rank: Rank, numbers: Numbers) -> tuple[Way, ...]:
    """The alternatives that lead to a rank and how far each is: the nearest first, those that ask to buy last."""
    ways = [_way(way, numbers) for way in rank.ways()]
    return tuple(sorted(ways, key=lambda way: (way.asks_to_buy, -way.done)))


def _way(way: AtLeast, numbers: Numbers) -> Way:
    steps = tuple(Step(measure, least, numbers.get(measure)) for measure, least in way.items())
    broken = way.flags_at_most is not None and numbers.flags > way.flags_at_most
    return Way(steps, way.flags_at_most if broken else None)


def needs_in_words(rank: Rank) -> list[str]:
    """What a rank needs: one phrase for each alternative, any of which suffices."""
    return [measures.needs_in_words(way) for way in rank.ways()] or [_("a confirmed address")]
