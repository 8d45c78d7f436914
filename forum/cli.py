"""The `flask` commands, each one line to an action; what a database without our tables says becomes a sentence here."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import click
from flask import Flask
from sqlalchemy.exc import DBAPIError

from forum.badges.commands import badges
from forum.desk.commands import desk
from forum.integrations.demo.commands import demo
from forum.integrations.importers.commands import import_
from forum.jobs.commands import worker
from forum.members.commands import member
from forum.purchases.commands import shop
from forum.reputation.commands import reputation
from forum.search.commands import search

P = ParamSpec("P")
R = TypeVar("R")
MISSING = ("42P01", "42703")  # PostgreSQL: there is no such table, no such column
NO_SCHEMA = (
    "The database does not have the tables that this version needs: run `flask --app wsgi db upgrade` first,"
    " or `make run`, which does it by itself."
)


def register(app: Flask) -> None:
    """Add the commands to the application."""
    for command in COMMANDS:
        app.cli.add_command(command)


def _in_sentences(command: click.Command) -> click.Command:
    """The command with all below it, a missing schema told in a sentence."""
    if isinstance(command, click.Group):
        for below in command.commands.values():
            _in_sentences(below)
    elif command.callback is not None:
        command.callback = _told(command.callback)
    return command


def _told(callback: Callable[P, R]) -> Callable[P, R]:
    @wraps(callback)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return callback(*args, **kwargs)
        except DBAPIError as error:
            missing = getattr(error.orig, "sqlstate", None) in MISSING
            if missing or str(error.orig).startswith(("no such table", "no such column")):
                raise click.ClickException(NO_SCHEMA) from None
            raise

    return run


reputation.add_command(badges)
COMMANDS: tuple[click.Command, ...] = tuple(
    map(_in_sentences, (demo, desk, import_, member, reputation, search, shop, worker))
)
