"""`flask member ...`: accounts made by whoever runs the community."""

import sys

import click
from flask import current_app
from flask.cli import with_appcontext

from config import Settings
from forum.access.actors import SYSTEM
from forum.core.errors import DomainError
from forum.core.unit_of_work import unit_of_work
from forum.members import actions, passwords
from forum.members.models import ROLES


@click.group()
def member() -> None:
    """Make accounts."""


@member.command()
@click.argument("name")
@click.argument("email")
@click.option("--role", type=click.Choice(ROLES), default="member", show_default=True, help="What they may do.")
@click.option("--password-stdin", is_flag=True, required=True, help="Read the password from standard input.")
@with_appcontext
def create(name: str, email: str, role: str, password_stdin: bool) -> None:
    """Make an account whose address counts as confirmed."""
    settings: Settings = current_app.config["SETTINGS"]
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else ""
    try:
        passwords.check(password, name, email)
        hashed = passwords.hashed(password)
        with unit_of_work() as session:
            made = actions.create_member(session, SYSTEM, name, email, hashed, settings.privacy_key, role).name
    except DomainError as error:
        raise click.ClickException(str(error.message)) from None
    click.echo(f"{made} can sign in now.")
