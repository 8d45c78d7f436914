"""How helpful an answer is: pure mathematics over weighted votes. docs/helpful-answers.md says it in words.

The order of answers is the lower bound of Wilson's score interval: E. B. Wilson, "Probable
inference, the law of succession, and statistical inference", Journal of the American Statistical
Association 22 (1927), 209–212; proposed for ratings by E. Miller, "How Not To Sort By Average
Rating" (2009). Weights, what an endorsement counts and the part of time are ours.
"""

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

Z = 1.96  # 95 % confidence, as in Miller's article
SCALE = 1_000_000  # the bound is kept as a whole number, so that both databases order alike
YIELD_VOTES = 8  # so many votes must speak for another answer before an accepted one yields to it
YIELD_FACTOR = 2  # and its bound must be so many times that of the accepted one



WHOLE = 100  # the weight of one plain vote: weights are whole hundredths, so that sums are exact
OWNER = 150  # of a voter who owns what the thread is about
MOST_KNOWING = 150  # of a voter whose answers were accepted on this board, at most
ENOUGH_ACCEPTED = 15  # from so many accepted answers on
WORKED = 50  # what "this worked for me" adds to the vote that it comes with
ENDORSED = 300  # the shop's word counts as much as three members who say that it helps
# Below so many voters of one direction each vote counts one: nobody's weight can be read off the order (decision 061).
LEAST_WEIGHED = 3
FEW = 5  # with fewer votes the date has a part
RECENT = 0.03  # at most so much: less than half a vote more makes, where there are so few
RECENT_DAYS = 365  # an answer so much younger than its question has the whole part


@dataclass(frozen=True, slots=True)
class Tally:
    """What votes on a post amount to: how many, their weights in hundredths, how many say that it worked for them."""

    up: int = 0
    down: int = 0
    up_weight: int = 0
    down_weight: int = 0
    worked: int = 0

    @classmethod
    def of(cls, value: int, weight: int = WHOLE, *, worked: bool = False) -> Self:
        """One vote: up (1), down (−1) or none (0)."""
        if value > 0:
            return cls(up=1, up_weight=weight, worked=int(worked))
        return cls(down=1, down_weight=weight) if value < 0 else cls()

    def plus(self, other: "Tally") -> "Tally":
        """Both together."""
        return Tally(
            self.up + other.up, self.down + other.down, self.up_weight + other.up_weight,
            self.down_weight + other.down_weight, self.worked + other.worked,
        )

    def minus(self, other: "Tally") -> "Tally":
        """The difference, which may be negative."""
        return Tally(
            self.up - other.up, self.down - other.down, self.up_weight - other.up_weight,
            self.down_weight - other.down_weight, self.worked - other.worked,
        )


@dataclass(frozen=True, slots=True)
class Parts:
    """What an answer's place is reckoned from. Weights in hundredths; `bound` and `recent` are parts of one."""

    up: int
    down: int
    worked: int
    endorsed: int
    bound: float
    recent: float

    @property
    def total(self) -> int:
        """The helpfulness: what is kept with the post and ordered by."""
        return round(SCALE * (self.bound + self.recent))


def weight_of(*, owner: bool, accepted: int) -> int:
    """The weight of a vote in hundredths, from 100 to 225.

    Args:
        owner: the voter owns what the thread is about.
        accepted: how many of their answers are accepted on this board; more than 15 count as 15. It grows with
            the logarithm: the first few say most about whether somebody knows the field.
    """
    share = math.log2(1 + min(accepted, ENOUGH_ACCEPTED)) / math.log2(1 + ENOUGH_ACCEPTED)
    knowing = WHOLE + (MOST_KNOWING - WHOLE) * share
    return round(knowing * (OWNER if owner else WHOLE) / WHOLE)


def parts(tally: Tally, *, endorsed: bool = False, age: dt.timedelta = dt.timedelta()) -> Parts:
    """The parts of an answer's helpfulness.

    Args:
        tally: the votes on it.
        endorsed: the shop stands behind it.
        age: how much younger than its question it is.
    """
    up = tally.up_weight if tally.up >= LEAST_WEIGHED else tally.up * WHOLE
    down = tally.down_weight if tally.down >= LEAST_WEIGHED else tally.down * WHOLE
    worked, shop = tally.worked * WORKED, ENDORSED if endorsed else 0
    bound = wilson_lower((up + worked + shop) / WHOLE, down / WHOLE)
    few = max(0, FEW - tally.up - tally.down) / FEW
    late = min(max(age.days, 0), RECENT_DAYS) / RECENT_DAYS
    return Parts(up, down, worked, shop, bound, RECENT * few * late if bound > 0 else 0.0)


def helpfulness(tally: Tally, *, endorsed: bool = False, age: dt.timedelta = dt.timedelta()) -> int:
    """The total of `parts`: what is kept with a post. 0 while nothing speaks for it."""
    return parts(tally, endorsed=endorsed, age=age).total


@dataclass(frozen=True, slots=True)
class Candidate:
    """An answer that may stand first: how many voted on it, its helpfulness, and the score that people see."""

    id: int
    votes: int
    bound: int
    score: int
    created_at: dt.datetime


def wilson_lower(up: float, down: float) -> float:
    """The lower bound of Wilson's score interval at 95 %, between 0 and 1; 0 without up votes. Votes may be weighted.

    Raises:
        ValueError: a count is negative.
    """
    if up < 0 or down < 0:
        raise ValueError("votes cannot be fewer than none")
    votes = up + down
    if up == 0:
        return 0.0
    share = up / votes
    middle = share + Z * Z / (2 * votes)
    spread = Z * math.sqrt((share * (1 - share) + Z * Z / (4 * votes)) / votes)
    return max(0.0, (middle - spread) / (1 + Z * Z / votes))


def accepted_leads(accepted: Candidate, others: Iterable[Candidate]) -> bool:
    """Whether an accepted answer stands first.

    It yields when its score is negative, or when another one has at least eight votes and at
    least twice its bound.
    """
    if accepted.score < 0:
        return False
    return not any(_outdoes(other, accepted) for other in others if other.id != accepted.id)


def best_answer(answers: Sequence[Candidate], accepted_id: int | None) -> int | None:
    """The id of the answer that stands first and framed; None while nothing speaks for any of them."""
    accepted = next((answer for answer in answers if answer.id == accepted_id), None)
    if accepted is not None and accepted_leads(accepted, answers):
        return accepted.id
    helpful = [answer for answer in answers if answer.bound > 0 and answer.score > 0]
    return min(helpful, key=_order).id if helpful else None


def _outdoes(other: Candidate, accepted: Candidate) -> bool:
    enough = other.votes >= YIELD_VOTES
    return enough and other.bound > accepted.bound and other.bound >= YIELD_FACTOR * accepted.bound


def _order(answer: Candidate) -> tuple[int, dt.datetime, int]:
    return (-answer.bound, answer.created_at, answer.id)
