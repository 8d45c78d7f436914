"""The `flask` commands, each one line to an action."""

import click
from flask import Flask

from forum.badges.commands import badges
from forum.desk.commands import desk
from forum.integrations.demo.commands import demo
from forum.integrations.importers.commands import import_
from forum.jobs.commands import worker
from forum.members.commands import member
from forum.purchases.commands import shop
from forum.reputation.commands import reputation
from forum.search.commands import search


def register(app: Flask) -> None:
    """Add the commands to the application."""
    reputation.add_command(badges)
    for command in COMMANDS:
        app.cli.add_command(command)


COMMANDS: tuple[click.Command, ...] = (demo, desk, import_, member, reputation, search, shop, worker)
