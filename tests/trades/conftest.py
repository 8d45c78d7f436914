"""Two people in a thread."""

from collections.abc import Callable

import pytest
from flask import Flask

from tests.factory import Factory
from tests.trades.world import Pair


@pytest.fixture
def pair(app: Flask, make: Factory, drain: Callable[[], None]) -> Pair:
    """Ann asked, Ben answered."""
    return Pair(app, make, drain)
