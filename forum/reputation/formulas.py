"""What a rank needs, as data: least numbers, nested in any-of and all-of."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product
from math import prod
from typing import Annotated, Any, Protocol, Self

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Strict, Tag, model_validator

from forum.core.clock import today
from forum.core.i18n import gettext as _

# The measures that a formula may ask for at least some of, in the order in which they are told.
MEASURES = (
    "points", "points_recent", "days", "joined_days", "accepted", "helped", "purchases", "purchases_recent",
)
# The numbers that a standing stores: days since joining are told by the clock.
STORED = ("points", "days", "accepted", "helped", "purchases", "points_recent", "purchases_recent", "flags")
# What others can see of a member; everything else is known to the member alone.
PUBLIC = ("points", "points_recent", "accepted", "helped")
PRIVATE = ("days", "joined_days")
BOUGHT = ("purchases", "purchases_recent")
# Of these only what falls into the ruleset's window counts.
RECENT = frozenset({"points_recent", "purchases_recent", "flags"})
ANY_NUMBER = 1_000_000_000  # of flags, where a formula says nothing about them

Whole = Annotated[int, Strict()]  # neither true nor "3" nor 3.0: a slip in a file is told, not guessed at
YesNo = Annotated[bool, Strict()]  # neither 1 nor "yes"
MOST = 1_000_000  # of points, or of what is counted: no total of a member comes near what a database's integer holds
Least = Annotated[Whole, Field(ge=1, le=MOST)]
Most = Annotated[Whole, Field(ge=0, le=1_000)]


class Standing(Protocol):
    """A row of `member_standing`, as far as formulas read it."""

    reputation: Any
    days: Any
    accepted: Any
    helped: Any
    purchases: Any
    points_recent: Any
    purchases_recent: Any
    flags: Any


@dataclass(frozen=True, slots=True)
class Numbers:
    """What ranks are reckoned from: Helping points, UTC days visited, accepted answers,
    different members helped, purchases; points and purchases in the ruleset's window, days since
    joining, and upheld flags in the window. What no rule asks for is left at 0."""

    points: int = 0
    days: int = 0
    accepted: int = 0
    helped: int = 0
    purchases: int = 0
    points_recent: int = 0
    joined_days: int = 0
    purchases_recent: int = 0
    flags: int = 0

    @classmethod
    def of(cls, standing: Standing | None, joined_at: dt.datetime | None = None) -> Self:
        """The numbers of a standing; all zero where there is none yet. Days since joining are told by the clock."""
        joined_days = days_since(joined_at) if joined_at is not None else 0
        if standing is None:
            return cls(joined_days=joined_days)
        return cls(
            standing.reputation, standing.days, standing.accepted, standing.helped, standing.purchases,
            standing.points_recent, joined_days, standing.purchases_recent, standing.flags,
        )

    def get(self, measure: str) -> int:
        """One number by the name of its measure."""
        number: int = getattr(self, measure)
        return number


def days_since(moment: dt.datetime) -> int:
    """How many UTC days ago it was; 0 on the same day."""
    return max(0, (today() - moment.astimezone(dt.UTC).date()).days)


def without_purchases(numbers: Numbers) -> Numbers:
    """The same numbers of somebody who never bought anything."""
    return replace(numbers, purchases=0, purchases_recent=0)


class AtLeast(BaseModel):
    """Each number that is named must reach at least the value given; upheld flags at most theirs."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    points: Least | None = None
    points_recent: Least | None = None
    days: Least | None = None
    joined_days: Least | None = None
    accepted: Least | None = None
    helped: Least | None = None
    purchases: Least | None = None
    purchases_recent: Least | None = None
    flags_at_most: Most | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.flags_at_most is None and not any(True for _item in self.items()):
            raise ValueError(_("name at least one of %(measures)s", measures=", ".join((*MEASURES, "flags_at_most"))))
        return self

    def items(self) -> Iterator[tuple[str, int]]:
        """The measures named and what they must reach, in a fixed order. `flags_at_most` is not among them."""
        for measure in MEASURES:
            least = getattr(self, measure)
            if least is not None:
                yield measure, least

    @property
    def asks_to_buy(self) -> bool:
        """Whether purchases are among what it asks for."""
        return any(getattr(self, measure) is not None for measure in BOUGHT)

    def met(self, numbers: Numbers) -> bool:
        """Whether `numbers` reach everything named."""
        if self.flags_at_most is not None and numbers.flags > self.flags_at_most:
            return False
        return all(numbers.get(measure) >= least for measure, least in self.items())

    def alternatives(self) -> tuple["AtLeast", ...]:
        """Itself: the one way to meet it."""
        return (self,)

    def count(self) -> int:
        """How many alternatives it has: one."""
        return 1

    def smallest(self) -> Numbers:
        """The least that a possible member who meets it has, and as many flags as it bears.

        Who bought lately bought, and who was here on so many days joined before the first of them.
        """
        least = dict(self.items())
        least["purchases"] = max(least.get("purchases", 0), least.get("purchases_recent", 0))
        least["joined_days"] = max(least.get("joined_days", 0), least.get("days", 0) - 1)
        return Numbers(**least, flags=ANY_NUMBER if self.flags_at_most is None else self.flags_at_most)


class AnyOf(BaseModel):
    """One of several suffices."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    any: tuple["Formula", ...] = Field(min_length=1, max_length=20)

    def met(self, numbers: Numbers) -> bool:
        """Whether at least one alternative is met."""
        return any(part.met(numbers) for part in self.any)

    def count(self) -> int:
        """How many alternatives it has, without working them out."""
        return sum(part.count() for part in self.any)

    def alternatives(self) -> tuple[AtLeast, ...]:
        """All ways to meet it, one after the other."""
        return tuple(way for part in self.any for way in part.alternatives())


class AllOf(BaseModel):
    """All of several are needed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    all: tuple["Formula", ...] = Field(min_length=1, max_length=5)

    def met(self, numbers: Numbers) -> bool:
        """Whether every part is met."""
        return all(part.met(numbers) for part in self.all)

    def count(self) -> int:
        """How many alternatives it has, without working them out."""
        return prod(part.count() for part in self.all)

    def alternatives(self) -> tuple[AtLeast, ...]:
        """All ways to meet it: one way of each part, taken together."""
        return tuple(_together(ways) for ways in product(*(part.alternatives() for part in self.all)))


def _together(ways: tuple[AtLeast, ...]) -> AtLeast:
    most: dict[str, int] = {}
    for way in ways:
        for measure, least in way.items():
            most[measure] = max(least, most.get(measure, 0))
    flags = [way.flags_at_most for way in ways if way.flags_at_most is not None]
    return AtLeast(**most, flags_at_most=min(flags, default=None))


def _shape(value: object) -> str:
    """Which of the three shapes a part of a formula has, told by its keys."""
    if isinstance(value, Mapping):
        return "any" if "any" in value else "all" if "all" in value else "least"
    return "any" if isinstance(value, AnyOf) else "all" if isinstance(value, AllOf) else "least"


Formula = Annotated[
    Annotated[AnyOf, Tag("any")] | Annotated[AllOf, Tag("all")] | Annotated[AtLeast, Tag("least")],
    Discriminator(_shape),
]

AnyOf.model_rebuild()
AllOf.model_rebuild()
