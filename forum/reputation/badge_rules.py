"""Badges as validated data: what each is called, what it is for, and from which number on it is earned.

A measure is something that others decide (votes, acceptances, what the shop makes of an idea). There is none for what
one can do alone (posts, visits, sign-ins), and none for purchases: a badge is public. `forum.badges.measures` reads
them.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from forum.core.i18n import gettext as _
from forum.core.i18n import ngettext
from forum.reputation.faults import Problem, badge
from forum.reputation.formulas import Whole, YesNo

# Counted over all that a member did here: such a badge is earned once.
OF_MEMBERS = frozenset({
    "accepted_by", "helped", "solved_by", "boards", "newcomers", "came_back", "waited", "ideas_done",
})
# Counted for each contribution by itself: with `repeat` each one earns it.
OF_POSTS = frozenset({"answer_thanks", "above_accepted", "question_shared", "discussion_thanks"})
MEASURES = OF_MEMBERS | OF_POSTS

FAMILIES = ("first", "craft", "kindness")
LEVELS = ("bronze", "silver", "gold")


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class BadgeName(_Data):
    """What it is called, by language."""

    en: Annotated[str, Field(min_length=1, max_length=40)]
    zh: Annotated[str, Field(min_length=1, max_length=40)]


class BadgeAbout(_Data):
    """What it is for, in a sentence, by language."""

    en: Annotated[str, Field(min_length=1, max_length=200)]
    zh: Annotated[str, Field(min_length=1, max_length=200)]


class BadgeRule(_Data):
    """A badge: earned when `measure` reaches `least`; with `repeat` once for each contribution that does."""

    key: Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$", max_length=40)]
    labels: BadgeName
    about: BadgeAbout
    level: Literal["bronze", "silver", "gold"]
    family: Literal["first", "craft", "kindness"]
    measure: str
    least: Whole = Field(ge=1, le=10_000)
    repeat: YesNo = False

    @property
    def names(self) -> dict[str, str]:
        """What it is called, by language."""
        return self.labels.model_dump()

    @property
    def words(self) -> dict[str, str]:
        """What it is for, by language."""
        return self.about.model_dump()

    @property
    def rule(self) -> dict[str, object]:
        """What decides who has it: when this changes, members are looked through anew."""
        return {"measure": self.measure, "least": self.least, "repeat": self.repeat}


def problems(badges: Iterable[BadgeRule]) -> list[Problem]:
    """What does not hold together, a sentence each: keys twice, unknown measures, what cannot be had again."""
    rules = list(badges)
    found = [
        (badge(key), ngettext(
            "is there %(num)s time; each badge needs a key of its own",
            "is there %(num)s times; each badge needs a key of its own", times,
        ))
        for key, times in Counter(rule.key for rule in rules).items() if times > 1
    ]
    for rule in rules:
        if rule.measure not in MEASURES:
            found.append((badge(rule.key), _(
                "there is no measure %(measure)s; a badge rests on what others decide: %(known)s",
                measure=rule.measure, known=", ".join(sorted(MEASURES)),
            )))
        elif rule.repeat and rule.measure in OF_MEMBERS:
            found.append((badge(rule.key), _(
                "counts all that a member did together, so it is had once; it cannot be earned again (repeat)"
            )))
    return found
