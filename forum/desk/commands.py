"""`flask desk ...`: what the desk keeps, made anew."""

import click
from flask.cli import with_appcontext

from forum.desk.jobs import recount_desk


@click.group()
def desk() -> None:
    """Look after the helpers' desk."""


@desk.command()
@with_appcontext
def recount() -> None:
    """Make anew what the desk knows of waiting questions and of who answered well."""
    recount_desk()
    click.echo("The desk knows again what waits and who answered well.")
