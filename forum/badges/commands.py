"""`flask reputation badges ...`: giving new badges to all who earned them, and looking at all of them anew."""

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from forum.access.actors import SYSTEM
from forum.badges import actions, counting, jobs
from forum.core.unit_of_work import unit_of_work
from forum.members.models import Member


@click.group()
def badges() -> None:
    """Look after badges."""


@badges.command()
@with_appcontext
def backfill() -> None:
    """Give new and changed badges to all who earned them; goes on where a walk was left."""
    with unit_of_work() as session:
        walk = actions.keep_rules(session, SYSTEM)
        walk_id = walk.id if walk is not None else None
    if walk_id is None:
        click.echo("No badge is new or changed.")
        return
    while _step(walk_id):
        done, total = jobs.progress(walk_id)
        click.echo(f"{done} of {total} members", err=True)
    click.echo("Everybody has the badges that they earned.")


def _step(walk_id: int) -> int:
    with unit_of_work() as session:
        return actions.go_on(session, SYSTEM, walk_id)


@badges.command()
@with_appcontext
def rebuild() -> None:
    """Hold all badges against what counts now: give what was earned, take back what was voided, count holders."""
    last = given = taken = 0
    while True:
        with unit_of_work() as session:
            after = select(Member.id).where(Member.id > last).order_by(Member.id).limit(actions.BATCH)
            ids = list(session.scalars(after))
            if not ids:
                counting.recount(session)
                break
            more, fewer = actions.look_again(session, SYSTEM, ids)
        given, taken = given + more, taken + fewer
        last = ids[-1]
    click.echo(f"{given} badges given, {taken} taken back.")
