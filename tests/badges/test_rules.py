"""Badges are validated data: what is wrong with one is said in plain words, with its place."""

from typing import Any

import pytest

from forum.badges.measures import BY_NAME
from forum.core.errors import Invalid
from forum.reputation import rulesets
from forum.reputation.badge_rules import FAMILIES, MEASURES
from forum.reputation.rules import read


def laurel() -> dict[str, Any]:
    """The preset as plain data, to be spoilt."""
    return rulesets.preset("laurel").model_dump(mode="json", exclude_none=True)


def test_the_preset_has_a_thoughtful_set() -> None:
    """Some fifteen, of every family and level, each in both languages; the other preset brings its own by import."""
    badges = rulesets.preset("laurel").badges
    assert 14 <= len(badges) <= 20
    assert {badge.family for badge in badges} == set(FAMILIES)
    assert {badge.level for badge in badges} == {"bronze", "silver", "gold"}
    assert rulesets.preset("stackexchange").badges == ()


def test_every_measure_that_rules_may_name_can_be_reckoned() -> None:
    """The validator and the functions know the same measures: all of what others decide."""
    assert set(BY_NAME) == MEASURES
    assert not MEASURES & {"posts", "days", "visits", "points", "purchases", "logins", "replies"}


@pytest.mark.parametrize(("change", "says"), [
    ({"measure": "visits"}, "badge first_accepted: there is no measure visits"),
    ({"measure": "purchases"}, "badge first_accepted: there is no measure purchases"),
    ({"key": "first_helped"}, "badge first_helped: is there 2 times; each badge needs a key of its own"),
    ({"repeat": True}, "badge first_accepted: counts all that a member did together, so it is had once"),
    ({"least": 0}, "badge first_accepted → least: must be at least 1"),
    ({"labels": {"en": "First"}}, "badge first_accepted → labels → zh: is missing"),
    ({"about": {"zh": "第一个。"}}, "badge first_accepted → about → en: is missing"),
    ({"level": "platinum"}, "badge first_accepted → level: is not what belongs here"),
    ({"key": "First!"}, "badge First! → key: must be a word of small letters, digits and _"),
    ({"emoji": "x"}, "badge first_accepted → emoji: is not known here"),
])
def test_what_is_wrong_is_said_with_its_place(change: dict[str, Any], says: str) -> None:
    """One sentence for each fault."""
    data = laurel()
    data["badges"][0] |= change
    with pytest.raises(Invalid) as refused:
        read(data)
    assert says in "; ".join(f"{place}: {words}" for place, words in refused.value.fields.items())


def test_a_version_from_before_there_were_badges_still_reads() -> None:
    """Without the field there are none, and it stays out of what is written down."""
    data = laurel()
    del data["badges"]
    ruleset = read(data)
    assert ruleset.badges == ()
    assert "badges" not in ruleset.model_dump(mode="json")
