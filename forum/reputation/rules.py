"""A ruleset as validated data: points, caps, ranks and what they open.

Errors name the place and say in plain words what to change.
"""

import datetime as dt
import re
from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from forum.core.errors import Invalid
from forum.core.i18n import label
from forum.core.months import first_day, next_month
from forum.reputation import checks, faults
from forum.reputation.badge_rules import BadgeRule
from forum.reputation.formulas import MOST, RECENT, AtLeast, Formula, Numbers, Whole, YesNo, without_purchases

Text = Annotated[str, Field(min_length=1, max_length=40)]
Sentence = Annotated[str, Field(min_length=1, max_length=200)]
WORD = r"^[a-z][a-z0-9_]{0,39}$"
Word = Annotated[str, Field(pattern=WORD)]


class Data(BaseModel):
    """Nothing unknown is taken, nothing changes after it was read."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Labels(Data):
    """What people read, by language."""

    en: Text
    zh: Text


class Sentences(Data):
    """What people read of something, at more length, by language."""

    en: Sentence
    zh: Sentence


class Points(Data):
    """What each event is worth. An up vote and an acceptance are worth something: `helped` rests on them.

    `question_down` only has a meaning where no cap holds what a question brings. An owner's "this worked for me"
    stands in the place of their up vote and is never worth less.
    """

    answer_up: Whole = Field(ge=1, le=1000)
    answer_down: Whole = Field(ge=-1000, le=0)
    down_given: Whole = Field(ge=-1000, le=0)
    answer_accepted: Whole = Field(ge=1, le=1000)
    accepting: Whole = Field(ge=0, le=1000)
    question_up: Whole = Field(ge=0, le=1000)
    question_down: Whole = Field(default=0, ge=-1000, le=0, exclude_if=lambda points: points == 0)
    discussion_up: Whole = Field(ge=0, le=1000)
    worked_for_me: Whole = Field(default=10, ge=0, le=1000)
    endorsed: Whole = Field(default=15, ge=0, le=1000)


class Caps(Data):
    """How much counts: see `forum.reputation.caps` for what each one means. What is null or left out is no cap."""

    day_net: Whole = Field(ge=1, le=MOST)
    votes_of_giver_a_day: Annotated[Whole, Field(ge=1, le=MOST)] | None = None
    giver_share_percent: Annotated[Whole, Field(ge=1, le=100)] | None = None
    giver_share_from: Annotated[Whole, Field(ge=1, le=MOST)] | None = None
    question: Annotated[Whole, Field(ge=0, le=MOST)] | None = None
    discussion: Annotated[Whole, Field(ge=0, le=MOST)] | None = None


class AwardRule(Data):
    """How awards of one kind (a bounty, an approved edit) count. A kind without a rule counts as it stands.

    `most` is what all awards of this kind bring one member, the first ones first. With `in_day` they fill the
    day's cap together with votes.
    """

    most: Annotated[Whole, Field(ge=1, le=MOST)] | None = None
    in_day: YesNo = False


class Voters(Data):
    """Whose votes count, and how much, by how long ago they had joined when the vote was first cast.

    Before `after_days` a vote does not count; from then until `full_after_days` it is worth `young_percent` percent,
    rounded toward zero, but an up vote at least 1 point unless the percentage is 0. Both are facts of the vote that
    never change.
    """

    after_days: Whole = Field(default=0, ge=0, le=365)
    full_after_days: Whole = Field(default=0, ge=0, le=365)
    young_percent: Whole = Field(default=100, ge=0, le=100)

    @property
    def all_alike(self) -> bool:
        """Whether it makes no difference when somebody joined."""
        return self.after_days == 0 and (self.full_after_days == 0 or self.young_percent == 100)

    def share(self, joined_at: dt.datetime | None, cast_at: dt.datetime) -> int:
        """How many percent of its points a vote is worth; all of them where nobody knows whose it is."""
        if joined_at is None:
            return 100
        age = cast_at - joined_at
        if age < dt.timedelta(days=self.after_days):
            return 0
        return self.young_percent if age < dt.timedelta(days=self.full_after_days) else 100

    @staticmethod
    def part(points: int, share: int) -> int:
        """`share` percent of some points."""
        if share == 100 or points == 0:
            return points
        part = int(points * share / 100)
        return max(1, part) if points > 0 and share > 0 else part


class Windows(Data):
    """What counts as recent: whole calendar months, from the one in which the day `recent_days` ago lies."""

    recent_days: Whole = Field(default=365, ge=30, le=3650)


class Limits(Data):
    """How much a rank may do: votes, pictures and edits of others' posts a day, links and pictures in a post."""

    votes_a_day: Whole = Field(ge=0, le=MOST)
    links: Whole = Field(ge=0, le=MOST)
    images: Whole = Field(default=5, ge=0, le=50)
    images_a_day: Whole = Field(default=20, ge=0, le=500)
    edits_a_day: Whole = Field(default=30, ge=0, le=500)


class Rank(Data):
    """A step of the ladder. The lowest needs nothing but a confirmed address."""

    key: Word
    labels: Labels
    leaves: Whole = Field(ge=0, le=5)
    needs: Formula | None = None
    limits: Limits

    @property
    def name(self) -> str:
        """What it is called, in the language in force."""
        return label(self.names)

    @property
    def names(self) -> dict[str, str]:
        """What it is called, by language."""
        return {"en": self.labels.en, "zh": self.labels.zh}

    def ways(self) -> tuple[AtLeast, ...]:
        """The alternatives that lead to it; none for the lowest rank."""
        return self.needs.alternatives() if self.needs is not None else ()


class Privilege(Data):
    """From which rank on something is open, and from how many points where the rank alone is not enough.

    With `without_purchases` the rank counts that the member would have without any purchase.
    `shown` is false for what is not offered yet.
    """

    rank: Word
    points: Whole | None = Field(default=None, ge=1, le=MOST)
    without_purchases: YesNo = False
    shown: YesNo = True


class Perk(Data):
    """A service that the shop gives from a rank on, in words."""

    key: Word
    labels: Labels
    about: Sentences
    rank: Word

    @property
    def name(self) -> str:
        """What it is called, in the language in force."""
        return label(self.labels.model_dump())

    @property
    def words(self) -> str:
        """What it is, in the language in force."""
        return label(self.about.model_dump())


def is_word(key: str) -> bool:
    """Whether something can be the key of a rank, a perk or an award."""
    return re.fullmatch(WORD, key) is not None


class Ruleset(Data):
    """All rules together. `base` and `floor` apply to the total of points.

    `grace_days` lie between falling short of what a rank needs and losing it.
    """

    name: Word
    base: Whole = Field(default=0, ge=-MOST, le=MOST)
    floor: Whole = Field(default=0, ge=-MOST, le=MOST)
    points: Points
    caps: Caps
    voters: Voters = Voters()
    windows: Windows = Windows()
    grace_days: Whole = Field(default=14, ge=0, le=365)
    awards: Mapping[Word, AwardRule] = Field(default={}, exclude_if=lambda awards: not awards)
    ranks: tuple[Rank, ...] = Field(min_length=1, max_length=20)
    privileges: Mapping[str, Privilege]
    badges: tuple[BadgeRule, ...] = Field(default=(), max_length=60, exclude_if=lambda badges: not badges)
    perks: tuple[Perk, ...] = Field(default=(), max_length=50)

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        problems = checks.problems(self)
        if problems:
            raise faults.Problems(problems)
        return self

    @cached_property
    def _places(self) -> dict[str, int]:
        return {rank.key: place for place, rank in enumerate(self.ranks)}

    @cached_property
    def awards_in_day(self) -> frozenset[str]:
        """The kinds of award that fill the day's cap together with votes."""
        return frozenset(kind for kind, rule in self.awards.items() if rule.in_day)

    @cached_property
    def measures(self) -> frozenset[str]:
        """What its ranks ask for; what nobody asks for is not reckoned where that costs something."""
        ways = [way for rank in self.ranks for way in rank.ways()]
        named = {measure for way in ways for measure, _least in way.items()}
        return frozenset(named | {"flags" for way in ways if way.flags_at_most is not None})

    @cached_property
    def is_timed(self) -> bool:
        """Whether time alone can change what somebody's numbers are: days since joining, or a window that moves on."""
        return bool(self.measures & (RECENT | {"joined_days"}))

    @cached_property
    def joined_steps(self) -> tuple[int, ...]:
        """The days since joining that ranks ask for, the fewest first."""
        steps = {way.joined_days for rank in self.ranks for way in rank.ways() if way.joined_days is not None}
        return tuple(sorted(steps))

    def recent_since(self, day: dt.date) -> dt.date:
        """The first day of what is recent on `day`: a first of a month."""
        return first_day(day - dt.timedelta(days=self.windows.recent_days))

    def recent_until(self, event_day: dt.date) -> dt.date:
        """The first day on which what happened on `event_day` is no longer recent."""
        return next_month(event_day) + dt.timedelta(days=self.windows.recent_days)

    def place(self, key: str) -> int:
        """The place of a rank from the bottom, 0 for the lowest and for a key that is not there (any more)."""
        return self._places.get(key, 0)

    def rank(self, key: str) -> Rank:
        """The rank of this key; the lowest one for a key that is not there (any more)."""
        return self.ranks[self.place(key)]

    def rank_called(self, key: str) -> Rank | None:
        """The rank of this key; None for a key that is not there (any more)."""
        return self.ranks[self._places[key]] if key in self._places else None

    def reached(self, key: str) -> tuple[str, ...]:
        """The keys of all ranks up to and including this one."""
        return tuple(rank.key for rank in self.ranks[: self.place(key) + 1])

    def rank_for(self, numbers: Numbers) -> str:
        """The key of the highest rank of which `numbers` meet the formula."""
        for rank in reversed(self.ranks[1:]):
            if rank.needs is not None and rank.needs.met(numbers):
                return rank.key
        return self.ranks[0].key

    def granted(self, key: str, numbers: Numbers) -> frozenset[str]:
        """The privileges of a member of rank `key` with these numbers."""
        held = self.place(key)
        helping = min(held, self.place(self.rank_for(without_purchases(numbers))))
        return frozenset(
            word for word, privilege in self.privileges.items()
            if self.place(privilege.rank) <= (helping if privilege.without_purchases else held)
            and (privilege.points is None or numbers.points >= privilege.points)
        )

    def total(self, points: int) -> int:
        """What a sum of ledger lines amounts to: with the base, never under the floor."""
        return max(self.floor, self.base + points)


def read(data: object) -> Ruleset:
    """The ruleset that `data` describes.

    Raises:
        Invalid: with one sentence for each place that is wrong.
    """
    try:
        return Ruleset.model_validate(data)
    except ValidationError as error:
        raise Invalid(faults.in_words(error, data)) from error
