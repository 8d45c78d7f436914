"""What the forms of trade feedback may carry, as typed."""

from collections.abc import Mapping
from dataclasses import dataclass

_VALUES = {"1": 1, "0": 0, "-1": -1}
NOTHING = 9  # for a value that was not chosen


@dataclass(frozen=True, slots=True)
class ProposalForm:
    """What is proposed, and to whom."""

    kind: str = ""
    name: str = ""

    @classmethod
    def read(cls, values: Mapping[str, str]) -> "ProposalForm":
        """Take the known fields of a request."""
        return cls(values.get("kind", ""), values.get("name", ""))


@dataclass(frozen=True, slots=True)
class RatingForm:
    """A rating: how it went, in a number and a sentence."""

    value: int = NOTHING
    words: str = ""

    @classmethod
    def read(cls, values: Mapping[str, str]) -> "RatingForm":
        """Take the known fields of a request."""
        return cls(_VALUES.get(values.get("value", ""), NOTHING), values.get("words", ""))
