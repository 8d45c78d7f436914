"""Importing as an operator does: by the command."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from forum.extensions import db

Import = Callable[..., Result]


@pytest.fixture
def take(app: Flask) -> Import:
    """`take(folder)` runs the command and returns what it said."""

    def run(folder: Path, *more: str) -> Result:
        result = app.test_cli_runner().invoke(args=["import", "stackexchange", str(folder), *more])
        with app.app_context():
            db.session.remove()
        return result

    return run
