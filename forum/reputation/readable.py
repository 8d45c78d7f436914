"""A whole ruleset in words, for whoever reads a version of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from forum.core.i18n import label, parted
from forum.reputation import badge_words, comparing, line_words, settings, words
from forum.reputation.badge_rules import BadgeRule
from forum.reputation.ranks import needs_in_words
from forum.reputation.rules import Perk, Ruleset

Lines = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class RankRead:
    """A rank: what it needs (one phrase an alternative), what it opens and brings, and its limits as (name, value)."""

    key: str
    name: str
    leaves: int
    needs: Sequence[str]
    opens: Sequence[str]
    without_purchases: bool
    perks: Sequence[Perk]
    limits: Lines


@dataclass(frozen=True, slots=True)
class RulesRead:
    """All rules. `settings` are groups: (title, lines). Lines are a name with its value, with what a badge is given
    for, or with how an award counts.
    """

    ranks: Sequence[RankRead]
    settings: Sequence[tuple[str, Lines]]
    badges: Lines
    awards: Lines


def read(ruleset: Ruleset) -> RulesRead:
    """A ruleset in words, in the language in force."""
    return RulesRead(
        [
            RankRead(
                rank.key, rank.name, rank.leaves, needs_in_words(rank),
                [phrase for _word, phrase in words.opens_in_words(ruleset, rank)],
                words.leaves_purchases_out(ruleset, rank), [perk for perk in ruleset.perks if perk.rank == rank.key],
                [
                    (settings.label(f"limits.{name}"), settings.value_in_words(value))
                    for name, value in rank.limits.model_dump().items()
                ],
            )
            for rank in ruleset.ranks
        ],
        [
            (title, [(one.label, settings.value_in_words(comparing.at(ruleset, one.name))) for one in group])
            for _key, title, group in settings.groups()
        ],
        [(label(badge.names), _badge(badge)) for badge in ruleset.badges],
        [(line_words.kind_in_words(kind), words.award_in_words(rule)) for kind, rule in ruleset.awards.items()],
    )


def _badge(badge: BadgeRule) -> str:
    again = [settings.part_in_words("repeat")] if badge.repeat else []
    return parted([badge_words.given_for(badge.measure, badge.least), badge_words.level(badge.level), *again])
