"""A whole ruleset in words, for whoever reads a version of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from forum.reputation import comparing, settings, words
from forum.reputation.ranks import needs_in_words
from forum.reputation.rules import Ruleset


@dataclass(frozen=True, slots=True)
class RankRead:
    """A rank: what it needs (one phrase an alternative), what it opens, and its limits as (name, value)."""

    key: str
    name: str
    leaves: int
    needs: Sequence[str]
    opens: Sequence[str]
    limits: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class RulesRead:
    """All rules. `settings` are groups: (title, lines of name and value)."""

    ranks: Sequence[RankRead]
    settings: Sequence[tuple[str, Sequence[tuple[str, str]]]]


def read(ruleset: Ruleset) -> RulesRead:
    """A ruleset in words, in the language in force."""
    return RulesRead(
        [
            RankRead(
                rank.key, rank.name, rank.leaves, needs_in_words(rank),
                [
                    words.privilege_in_words(word) for word, grant in ruleset.privileges.items()
                    if grant.rank == rank.key
                ],
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
    )
