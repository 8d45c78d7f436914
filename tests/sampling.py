"""How much of many: a few of them in every run, all of them with REQUIRE=all."""

import os
from collections.abc import Iterable, Sequence
from typing import Any

import pytest

REQUIRE_ALL = os.environ.get("REQUIRE") == "all"


def always(values: Iterable[Any], *few: Any) -> list[Any]:
    """Parameters of a test (a tuple: of several arguments): these few run always, the others are slow."""
    return [value if value in few else _slow(*(value if isinstance(value, tuple) else (value,))) for value in values]


def some_and_the_rest(values: Sequence[Any], some: int) -> list[Any]:
    """Two parameters for a test that goes through many values: the first of them, and the others as a slow test."""
    return [pytest.param(values[:some], id="some"), _slow(values[some:], id="rest")]


def few_or_many(few: int, many: int) -> list[Any]:
    """Two parameters for a test that does something so many times: the greater number is slow."""
    return [few, _slow(many)]


def _slow(*values: Any, id: str | None = None) -> Any:
    return pytest.param(*values, marks=pytest.mark.slow, id=id)
