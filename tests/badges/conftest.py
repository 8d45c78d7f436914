"""The place where badges are earned."""

from collections.abc import Callable

import pytest
from flask import Flask

from tests.badges.world import Place
from tests.factory import Factory


@pytest.fixture
def place(app: Flask, make: Factory, drain: Callable[[], None]) -> Place:
    """A board and people on it."""
    return Place(app, make, drain)
