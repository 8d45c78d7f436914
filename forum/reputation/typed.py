"""Data as it was typed: read whatever its shape, so that nothing of it is lost, and written into."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from forum.content.lines import one_line

Data = dict[str, Any]
Form = Mapping[str, str]

LONGEST = 300  # characters of one typed value that are kept
_NUMBER = re.compile(r"([+\-−]?)([0-9]{1,15})")  # the points of an event are shown with a sign


def text(typed: str) -> str:
    """Typed words on one line, without blanks around them."""
    return one_line(typed)[:LONGEST]


def number(typed: str) -> int | str | None:
    """A typed number; None for nothing, the text itself for what is no number."""
    words = text(typed)
    written = _NUMBER.fullmatch(words)
    if written is None:
        return words or None
    sign, digits = written.groups()
    return -int(digits) if sign in ("-", "−") else int(digits)


def put(here: Data, path: Sequence[str], value: Any) -> None:
    """Write a value at the end of a way through the data; what is in the way gives way."""
    for step in path[:-1]:
        if not isinstance(here.get(step), dict):
            here[step] = {}
        here = here[step]
    here[path[-1]] = value


def mapping(value: Any) -> Data:
    """A mapping; an empty one in place of anything else."""
    return value if isinstance(value, dict) else {}


def listed(value: Any) -> list[Data]:
    """The mappings among several things; none where there are not several."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, Iterable) and not isinstance(
        value, (str, Mapping)
    ) else []


def among(value: Sequence[Any], place: int) -> int:
    """The place among the mappings of what has this place among several things."""
    return sum(isinstance(one, dict) for one in value[:place])


def new_key(named: Sequence[Data], wanted: str = "") -> str:
    """A key that none of these has: the one wanted, if it is free."""
    taken = {one.get("key") for one in named}
    if wanted and wanted not in taken:
        return wanted
    stem = wanted or "new"
    return next(key for place in range(1, len(named) + 2) if (key := f"{stem}_{place}") not in taken)
