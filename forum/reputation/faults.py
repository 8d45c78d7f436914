"""What is wrong with a ruleset, in words: the place as a manager knows it, and one sentence about it."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from forum.core.i18n import gettext as _

Problem = tuple[str, str]  # the place, and what is wrong there


class Problems(ValueError):
    """Parts that are right each by itself, but do not go together."""

    def __init__(self, found: Sequence[Problem]) -> None:
        super().__init__("; ".join(f"{place}: {words}" for place, words in found))
        self.found = tuple(found)


def in_words(error: ValidationError, data: object) -> dict[str, str]:
    """One sentence for each place that is wrong; several about one place are joined."""
    fields: dict[str, str] = {}
    for one in error.errors():
        for place, words in told(one, data):
            fields[place] = f"{fields[place]}; {words}" if place in fields else words
    return fields


def rank(key: str) -> str:
    """A rank as a place."""
    return _("rank %(key)s", key=key)


def privilege(word: str) -> str:
    """A privilege as a place."""
    return _("the privilege “%(word)s”", word=word)


def perk(key: str) -> str:
    """A perk as a place."""
    return _("perk %(key)s", key=key)


def badge(key: str) -> str:
    """A badge as a place."""
    return _("badge %(key)s", key=key)


def told(error: Any, data: object) -> tuple[Problem, ...]:
    """What one of the errors of a validation says: places, each with a sentence. None where others say it."""
    cause = error.get("ctx", {}).get("error")
    if isinstance(cause, Problems):
        return cause.found
    location, kind = tuple(error["loc"]), str(error["type"])
    if kind == "too_short" and error["input"]:
        return ()  # its parts are wrong and told of; Pydantic counts those that are right
    if kind == "too_short" and location[-1:] in (("any",), ("all",)):
        which = _("any of") if location[-1] == "any" else _("all of")
        return ((_place(location[:-1], data), _("“%(which)s” is empty", which=which)),)
    return ((_place(location, data), _sentence(kind, error, cause)),)


def is_untouched(error: Any) -> bool:
    """Whether an error is about words of which none were typed yet."""
    return str(error["type"]) == "string_type" and error["input"] is None


def _place(location: Sequence[int | str], data: object) -> str:
    """A place in words: ranks are called by their key, alternatives counted from one."""
    words: list[str] = []
    here: object = data
    for step in location:
        # A shape of a formula and what holds its parts: both go without saying.
        if step in ("any", "all", "least") and location[0] == "ranks":
            here = here[step] if isinstance(here, Mapping) and step in here else here
            continue
        listed, here = isinstance(here, (list, tuple)), _into(here, step)
        words.append(_step(step, here if listed else None, words, str(location[0])))
    return " → ".join(word for word in words if word) or (str(location[0]) if location else _("the ruleset"))


def _into(here: object, step: int | str) -> object:
    if isinstance(here, Mapping):
        return here.get(step)
    if isinstance(here, (list, tuple)) and isinstance(step, int) and step < len(here):
        return here[step]
    return None


def _step(step: int | str, there: object, before: list[str], part: str) -> str:
    """One step of the way through a part of the ruleset as a word; "" for a step that goes without saying."""
    if isinstance(step, str):
        if step in ("ranks", "perks", "badges", "privileges") and not before:
            return ""
        return privilege(step) if before == [""] else "" if step == "needs" else step
    if before != [""]:
        return _("alternative %(number)s", number=step + 1)
    key = there.get("key") if isinstance(there, Mapping) else None
    called = {"perks": perk, "badges": badge}.get(part, rank)
    return called(key) if isinstance(key, str) else _("%(part)s, number %(number)s", part=part, number=step + 1)


def _sentence(kind: str, error: Any, cause: object) -> str:
    context = error.get("ctx", {})
    if is_untouched(error):
        return _("must not be empty")
    sentences = {
        "missing": lambda: _("is missing"),
        "extra_forbidden": lambda: _("is not known here"),
        "too_short": lambda: _("must not be empty"),
        "too_long": lambda: _("has too many parts; at most %(most)s", most=context["max_length"]),
        "string_too_short": lambda: _("must not be empty"),
        "string_too_long": lambda: _("must have at most %(most)s characters", most=context["max_length"]),
        "int_type": lambda: _("must be a whole number"),
        "bool_type": lambda: _("must be true or false"),
        "greater_than_equal": lambda: _("must be at least %(least)s", least=context["ge"]),
        "less_than_equal": lambda: _("must be at most %(most)s", most=context["le"]),
        "string_pattern_mismatch": lambda: _("must be a word of small letters, digits and _"),
    }
    if kind == "value_error":
        return str(cause)
    return sentences[kind]() if kind in sentences else _("is not what belongs here")
