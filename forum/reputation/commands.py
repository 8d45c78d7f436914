"""`flask reputation ...`: checking, rebuilding and exporting what the ledger says; the rules and their versions."""

import json
import sys

import click
from flask.cli import with_appcontext

from forum.core.errors import DomainError
from forum.core.unit_of_work import unit_of_work
from forum.extensions import db
from forum.reputation import (
    boards,
    editing,
    maintenance,
    publishing,
    report,
    rulesets,
    shadow,
    simulation,
    versions,
)
from forum.reputation.regeneration import regenerate


@click.group()
def reputation() -> None:
    """Check, rebuild and export what the ledger says; see and change the rules."""


@reputation.command()
@with_appcontext
def verify() -> None:
    """Reckon every standing anew from the ledger; print what differs. Exit 1 if anything does."""
    differences = maintenance.verify(db.session(), _progress)
    for difference in differences:
        click.echo(difference.sentence)
    if differences:
        sys.exit(1)
    click.echo("Every standing agrees with the ledger.")


@reputation.command()
@click.option("--ruleset", "name", help="The name of a preset, or a file with a ruleset. Default: the one in force.")
@with_appcontext
def rebuild(name: str | None) -> None:
    """Write the ledger anew from its sources, then the standings, and switch to them."""
    try:
        ruleset = rulesets.load(name) if name is not None else None
        rules = regenerate(unit_of_work, ruleset, _progress)
    except DomainError as error:
        raise click.ClickException(_sentences(error)) from None
    click.echo(f"The ledger was rebuilt under the rules {rules.ruleset.name} (generation {rules.generation}).")


@reputation.command()
@click.argument("file")
@with_appcontext
def simulate(file: str) -> None:
    """Say who would move under the rules in FILE (or a preset's name). Changes nothing."""
    try:
        ruleset = rulesets.load(file)
        with shadow.reading(db.engine) as session:
            boards.keep_their_ranks(session, ruleset)
            now = rulesets.in_force(session).ruleset
        found = simulation.simulate(db.engine, ruleset, None, _progress)
    except DomainError as error:
        raise click.ClickException(_sentences(error)) from None
    for line in report.lines(found, now, ruleset):
        click.echo(line)


@reputation.group()
def rules() -> None:
    """Show the rules, their versions and what differs; put others into force."""


@rules.command("show")
@click.option("--version", "number", type=click.IntRange(1), help="A version's number. Default: the rules in force.")
@with_appcontext
def show_rules(number: int | None) -> None:
    """Print rules as JSON."""
    session = db.session()
    try:
        ruleset = versions.version(session, number).ruleset if number else rulesets.in_force(session).ruleset
    except DomainError as error:
        raise click.ClickException(_sentences(error)) from None
    click.echo(json.dumps(editing.plain(ruleset), ensure_ascii=False, indent=2))


@rules.command("versions")
@with_appcontext
def list_versions() -> None:
    """List the published versions, the newest first, each with what it changed."""
    session, before = db.session(), None
    while found := versions.page(session, before):
        for version, changes in found:
            click.echo(f"{version.number}  {version.at:%Y-%m-%d %H:%M}  {version.by or '-'}  {version.note}")
            for sentence in changes:
                click.echo(f"    {sentence}")
        before = found[-1][0].number


@rules.command("publish")
@click.argument("file")
@click.option("--note", required=True, help="What was changed, and why: one sentence for the history.")
@with_appcontext
def publish_rules(file: str, note: str) -> None:
    """Put the rules in FILE (or a preset's name) into force as the next version."""
    try:
        ruleset = rulesets.load(file)
        with unit_of_work() as session:
            work = publishing.begin(session, ruleset, note=versions.noted(note), by_id=None).id
        publishing.advance(unit_of_work, db.engine, work, go_on=lambda: True, progress=_progress)
        number, failure = publishing.result(db.session(), work)
    except DomainError as error:
        raise click.ClickException(_sentences(error)) from None
    if number is None:
        raise click.ClickException(failure)
    click.echo(f"The rules {ruleset.name} are in force, as version {number}.")


@reputation.command()
@with_appcontext
def export() -> None:
    """Print the standings of all members as CSV."""
    for line in maintenance.export(db.session()):
        click.echo(line, nl=False)


def _progress(done: int, total: int) -> None:
    if total > 1000:
        click.echo(f"{done} of {total} members", err=True)


def _sentences(error: DomainError) -> str:
    fields = getattr(error, "fields", {})
    return "; ".join(f"{place}: {words}" for place, words in fields.items()) or str(error.message)
