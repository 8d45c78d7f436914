"""`flask import ...`: moving a community in."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click
from flask.cli import with_appcontext

from forum.core.errors import DomainError

if TYPE_CHECKING:
    from forum.integrations.importers.loader import Summary

NAMES = {
    "tag": "tags", "member": "members", "thread": "questions", "post": "answers", "reply": "comments", "edit": "edits",
    "vote": "votes", "acceptance": "accepted answers", "award": "bounties and approved edits", "badge": "badges",
}
GONE = NAMES | {"post": "texts of questions, answers and comments"}


@click.group("import")
def import_() -> None:
    """Move a community in from elsewhere. Interrupted, it can be started again; repeated, it doubles nothing."""


@import_.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--boards", default=12, show_default=True, type=click.IntRange(0, 200),
              help="A board for each of so many tags; fixed at the first import.")
@click.option("--name", default="stackexchange", show_default=True,
              help="What the community is called here; each further one needs a name of its own.")
@with_appcontext
def stackexchange(folder: Path, boards: int, name: str) -> None:
    """Take a Stack Exchange data dump: the folder with Posts.xml, Users.xml and the others."""
    if not name.isidentifier() or len(name) > 40:
        raise click.ClickException("A name is at most 40 letters, digits and underscores.")
    from forum.integrations.importers.loader import load  # no server needs what moves communities in
    from forum.integrations.importers.source import Unreadable
    from forum.integrations.importers.stackexchange.source import StackExchange

    try:
        with StackExchange(folder, boards, name) as source:
            summary = load(source, _progress)
    except Unreadable as error:
        raise click.ClickException(str(error)) from None
    except DomainError as error:
        raise click.ClickException(str(error.message)) from None
    _tell(summary)


def _progress(stage: str, done: int, total: int) -> None:
    of = f" of {total}" if total else ""
    click.echo(f"{stage}: {done}{of}", err=True)


def _tell(summary: "Summary") -> None:
    click.echo("Taken:")
    _table(Counter({name: summary.taken[kind] for kind, name in NAMES.items() if kind in summary.taken}))
    if summary.vanished:
        click.echo("Taken away, because it is not in the dump any more:")
        _table(Counter({GONE[kind]: count for kind, count in summary.vanished.items()}))
    if summary.left_out:
        click.echo("Not taken:")
        _table(summary.left_out)
    if summary.plain:
        click.echo(f"Shown without their marks, too long or too deep for the renderer: {summary.plain}")
    if summary.edited_here:
        click.echo(f"Kept as they were edited here: {summary.edited_here}")
    click.echo("Not part of a dump of posts: pictures, drafts, who voted, and addresses. Members cannot sign in until"
               " they claim their profile.")
    rows = "1 row was" if summary.changed == 1 else f"{summary.changed:,} rows were"
    click.echo(f"{rows} new or changed." if summary.changed else "Nothing had changed.")


def _table(counts: Counter[str]) -> None:
    for what, count in counts.items():
        click.echo(f"  {count:>9,}  {what}")
