"""No public figure proves a purchase: what a ruleset must offer beside each alternative that asks for purchases.

A rank is public, and so are points, accepted answers and members helped. If at some public figures a rank could be
had by buying only, the rank would tell who bought. So each alternative with purchases needs, at all public figures
at which it leads to its rank, a member who could be there without any purchase: one with the same public figures,
and such private ones (days here, days since joining, flags) that they are of that rank too, and of no higher one.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from forum.core.i18n import gettext as _
from forum.members.models import LATELY
from forum.reputation.faults import Problem, rank
from forum.reputation.formulas import BOUGHT, PRIVATE, PUBLIC, AtLeast, Numbers, without_purchases
from forum.reputation.measures import needs_in_words

if TYPE_CHECKING:
    from forum.reputation.rules import Ruleset

MOST_PLACES = 2_000  # public figures looked at for one alternative
Figures = tuple[int, ...]  # one for each public measure


def problems(ruleset: "Ruleset") -> Iterator[Problem]:
    """Each alternative with purchases that would show to others, and what to add or change."""
    for place, one in enumerate(ruleset.ranks):
        for number, way in enumerate(one.ways(), 1):
            if way.asks_to_buy:
                found = _problem(ruleset, place, way)
                if found:
                    yield rank(one.key), _("alternative %(number)s (%(needs)s): %(problem)s",
                                           number=number, needs=needs_in_words(way), problem=found)


def _problem(ruleset: "Ruleset", place: int, way: AtLeast) -> str:
    own = way.smallest()
    siblings = [
        sibling for sibling in ruleset.ranks[place].ways()
        if not sibling.asks_to_buy and not sibling.met(without_purchases(own))
    ]
    if not any(_public(sibling) == _public(way) for sibling in siblings):
        return _("add an alternative without purchases, with the same points, accepted answers and members helped,"
                 " and more days; else the rank shows to others that something was bought")
    if any(_asks_too_long(sibling) for sibling in siblings if _public(sibling) == _public(way)):
        return _("the alternative without purchases must ask for fewer than %(days)s days, since others are told"
                 " the month of joining after that", days=LATELY.days)
    search = _Search(own, siblings, [other for one in ruleset.ranks[place + 1:] for other in one.ways()])
    shown = search.uncovered(_public(way))
    if shown is None:
        return ""
    at = AtLeast(**{measure: least for measure, least in zip(PUBLIC, shown, strict=True) if least})
    return _("with %(figures)s nobody is of this rank without purchases, so it shows there that something was bought;"
             " ask for more days in the rank above, or for fewer here", figures=needs_in_words(at))


@dataclass(slots=True)
class _Search:
    """Looks for public figures at which a member with `own` numbers, purchases among them, is the only kind there is.

    `siblings` are the ways to the rank without purchases, `above` all ways to higher ranks.
    """

    own: Numbers
    siblings: list[AtLeast]
    above: list[AtLeast]
    seen: set[Figures] = field(default_factory=set)

    def uncovered(self, start: Figures) -> Figures | None:
        """Such figures, not below `start`; None if there are none.

        From `start` upwards somebody without purchases serves until a higher rank takes them. There, at the least
        figures of both, another one must serve, and so on.
        """
        waiting = [start]
        while waiting:
            figures = waiting.pop()
            if figures in self.seen or self._taken(self.own, figures, bought=True):
                continue
            if len(self.seen) > MOST_PLACES:
                return figures
            self.seen.add(figures)
            other = next((one for one in self.siblings if self._serves(one, figures)), None)
            if other is None:
                return figures
            takers = (one for one in self.above if not one.asks_to_buy and _private_met(one, other.smallest()))
            waiting.extend(_join(figures, _public(one)) for one in takers)
        return None

    def _serves(self, sibling: AtLeast, figures: Figures) -> bool:
        return _reached(sibling, figures) and not self._taken(sibling.smallest(), figures, bought=False)

    def _taken(self, numbers: Numbers, figures: Figures, *, bought: bool) -> bool:
        """Whether somebody with these private numbers is of a higher rank at these public figures."""
        return any(
            _reached(one, figures) and _private_met(one, numbers)
            and (_bought_met(one, numbers) if bought else not one.asks_to_buy)
            for one in self.above
        )


def _public(way: AtLeast) -> Figures:
    return tuple(getattr(way, measure) or 0 for measure in PUBLIC)


def _join(one: Figures, other: Figures) -> Figures:
    return tuple(max(pair) for pair in zip(one, other, strict=True))


def _reached(way: AtLeast, figures: Figures) -> bool:
    return all(least <= has for least, has in zip(_public(way), figures, strict=True))


def _private_met(way: AtLeast, numbers: Numbers) -> bool:
    if way.flags_at_most is not None and numbers.flags > way.flags_at_most:
        return False
    return all((getattr(way, measure) or 0) <= numbers.get(measure) for measure in PRIVATE)


def _bought_met(way: AtLeast, numbers: Numbers) -> bool:
    return all((getattr(way, measure) or 0) <= numbers.get(measure) for measure in BOUGHT)


def _asks_too_long(way: AtLeast) -> bool:
    return max(way.days or 0, way.joined_days or 0) >= LATELY.days
