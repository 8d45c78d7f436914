"""How much flags weigh together: when is a thing hidden before a moderator has looked? Pure.

The rule, and why (docs/decisions/006-hiding-without-a-moderator.md): three people who have nothing to
do with each other are enough. Who counts as one of them:

- A member in good standing (confirmed, neither suspended nor silenced) counts 1.
- A member whose earlier flags were mostly dismissed counts one half, once there are enough to tell.
- Other members count 0; their flags are read all the same.
- Guests count 1 together, however many networks they come from: a network is cheap to change, so two
  guests are not two people. One guest thus needs two members beside them.
"""

from collections.abc import Iterable
from dataclasses import dataclass

ENOUGH = 3.0
# Three decided flags say something about a person; one or two may be bad luck.
DECIDED_TO_TELL = 3


@dataclass(frozen=True, slots=True)
class Flagger:
    """A member who flagged: whether in good standing now, and how their earlier flags were decided."""

    good_standing: bool
    upheld: int = 0
    dismissed: int = 0


def weight(flagger: Flagger) -> float:
    """1, one half for those mostly dismissed so far, or 0 for those not in good standing."""
    if not flagger.good_standing:
        return 0.0
    decided = flagger.upheld + flagger.dismissed
    if decided >= DECIDED_TO_TELL and flagger.dismissed * 2 > decided:
        return 0.5
    return 1.0


def together(flaggers: Iterable[Flagger], guests: int) -> float:
    """The weight of all flags on one thing. `guests` is the number of different networks."""
    return sum(map(weight, flaggers)) + min(guests, 1)


def hides(flaggers: Iterable[Flagger], guests: int) -> bool:
    """Whether the flags together hide a thing without a moderator."""
    return together(flaggers, guests) >= ENOUGH
