"""The rules for awards of a draft: pure functions, as in `editing`. A rule is named by the kind of award."""

import copy

from forum.core.errors import NotFound
from forum.reputation.line_words import AWARD_KINDS
from forum.reputation.typed import Data, Form, mapping, number


def awards_of(data: Data) -> dict[str, Data]:
    """The rules for awards, by kind."""
    return {str(kind): mapping(rule) for kind, rule in mapping(data.get("awards")).items()}


def without_rule(data: Data) -> list[str]:
    """The kinds of award for which a rule can be added."""
    return [kind for kind in AWARD_KINDS if kind not in awards_of(data)]


def with_awards(data: Data, form: Form) -> Data:
    """The rules as the form says; those that it does not carry stay."""
    found = copy.deepcopy(data)
    awards = found["awards"] = awards_of(found)
    for kind, rule in awards.items():
        if (name := f"{kind}.most") in form:
            rule["most"], rule["in_day"] = number(form[name]), f"{kind}.in_day" in form
    return found


def add_award(data: Data, kind: str) -> Data:
    """A rule for one more kind of award, which changes nothing yet.

    Raises:
        NotFound: there is no such kind, or it has a rule.
    """
    if kind not in without_rule(data):
        raise NotFound
    found = copy.deepcopy(data)
    found["awards"] = {**awards_of(found), kind: {"most": None, "in_day": False}}
    return found


def remove_award(data: Data, kind: str) -> Data:
    """Without the rule: such awards count as they stand."""
    found = copy.deepcopy(data)
    found["awards"] = {other: rule for other, rule in awards_of(found).items() if other != kind}
    return found
