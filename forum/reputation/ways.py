"""A way to a rank: what it asks for, and how much of that is there."""

from dataclasses import dataclass

from forum.core.i18n import joined
from forum.reputation import measures
from forum.reputation.formulas import BOUGHT


@dataclass(frozen=True, slots=True)
class Step:
    """One number that an alternative asks for. `least` is what it asks for, `have` what is there."""

    measure: str
    least: int
    have: int

    @property
    def name(self) -> str:
        """What it asks for, in the language in force."""
        return measures.least_in_words(self.measure, self.least)

    @property
    def missing(self) -> int:
        """How much is missing; 0 when it is reached."""
        return max(0, self.least - self.have)

    @property
    def words(self) -> str:
        """What is still missing, in the language in force."""
        return measures.missing_in_words(self.measure, self.missing)


@dataclass(frozen=True, slots=True)
class Way:
    """One alternative that leads to the next rank, and how far it is.

    `flags_at_most` is the bound on upheld flags while they are above it, None while it is kept or there is none.
    """

    steps: tuple[Step, ...]
    flags_at_most: int | None = None

    @property
    def done(self) -> float:
        """How much of the way lies behind, from 0 to 1: the mean over its numbers; all where it asks for none."""
        if not self.steps:
            return 1.0
        return sum(min(1.0, step.have / step.least) for step in self.steps) / len(self.steps)

    @property
    def asks_to_buy(self) -> bool:
        """Whether purchases are missing: nobody is nudged to buy while there is another way."""
        return any(step.measure in BOUGHT and step.missing for step in self.steps)

    @property
    def flags_words(self) -> str:
        """The bound on upheld flags that is not kept, in words; "" where it is."""
        return "" if self.flags_at_most is None else measures.flags_in_words(self.flags_at_most)

    @property
    def sentence(self) -> str:
        """What is still missing on this way, as one phrase."""
        words = [step.words for step in self.steps if step.missing]
        return joined([*words, *filter(None, [self.flags_words])])
