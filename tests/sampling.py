"""How much of many: a few of them in every run, all of them with REQUIRE=all."""

import os
from collections.abc import Iterable, Sequence
from typing import Any

import pytest

REQUIRE_ALL = os.environ.get("REQUIRE") == "all"


def always(values: Iterable[Any], *few: Any) -> list[Any]:
    """Parameters of a test: these few run always, the others are slow."""
    return [value if value in few else pytest.param(value, marks=pytest.mark.slow) for value in values]


def some_and_the_rest(values: Sequence[Any], some: int) -> list[Any]:
    """Two parameters for a test that goes through many values: the first of them, and the others as a slow test."""
    return [pytest.param(values[:some], id="some"), pytest.param(values[some:], id="rest", marks=pytest.mark.slow)]


def few_or_many(few: int, many: int) -> list[Any]:
    """Two parameters for a test that does something so many times: the greater number is slow."""
    return [few, pytest.param(many, marks=pytest.mark.slow)]
