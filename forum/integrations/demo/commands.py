"""`flask demo`: the demo community, for who did not start with `make run`."""

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from forum.extensions import db
from forum.integrations.demo.sign_ins import SIGN_INS
from forum.members.models import Member


@click.command()
@with_appcontext
def demo() -> None:
    """Fill an empty community with the demo; prints its sign-ins."""
    if db.session.scalar(select(Member.id).limit(1)) is not None:
        raise click.ClickException("There are members already: the demo is made in an empty community only.")
    from forum.integrations.demo.build import build  # its people and their words are loaded where they are made

    build()
    for name, password, role in SIGN_INS:
        click.echo(f"{name:<10} {password}   {role}")
