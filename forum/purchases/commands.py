"""`flask shop ...`: connecting a shop."""

import sys

import click
from flask.cli import AppGroup

from forum.access.actors import SYSTEM
from forum.core.errors import DomainError
from forum.core.unit_of_work import unit_of_work
from forum.purchases import actions

SPOKEN = ("generic",)  # providers whose webhooks are understood

shop = AppGroup("shop", help="Connect the shop whose purchases count.")


@shop.command()
@click.argument("name")
@click.option("--provider", default=SPOKEN[0], show_default=True, help=f"Who sends: {', '.join(SPOKEN)}.")
@click.option("--secret-stdin", is_flag=True, help="Read the shared secret from standard input.")
def connect(name: str, provider: str, secret_stdin: bool) -> None:
    """Let a shop send signed webhooks; prints their path, and the secret if it is made here (once)."""
    if provider not in SPOKEN:  # click would answer with its usage, in several lines
        raise click.ClickException(
            f"There is no provider “{provider}” here: leave it out, and send the shop's events in the form that"
            " docs/shop-webhooks.md describes."
        )
    given = sys.stdin.readline().strip() if secret_stdin else None
    try:
        with unit_of_work() as session:
            secret = actions.connect_shop(session, SYSTEM, name, provider, given)
    except DomainError as error:
        raise click.ClickException(str(error.message)) from None
    click.echo(f"Path: /hooks/shops/{name}")
    if given is None:
        click.echo(f"Secret (shown once): {secret}")


@shop.command()
@click.argument("name")
def revoke(name: str) -> None:
    """Take a connection's secret away: its webhooks are refused from now on."""
    try:
        with unit_of_work() as session:
            actions.revoke_secret(session, SYSTEM, name)
    except DomainError as error:
        raise click.ClickException(str(error.message)) from None
    click.echo(f"Webhooks to /hooks/shops/{name} are refused now.")
