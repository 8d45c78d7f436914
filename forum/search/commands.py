"""`flask search ...`: making the index anew."""

import click
from flask.cli import with_appcontext

from forum.core.pagination import LARGEST_ID
from forum.search import indexing
from forum.search.indexing import Place


@click.group()
def search() -> None:
    """Look after the index of the search."""


@search.command()
@click.option("--after", type=click.IntRange(0, LARGEST_ID),
              help="Go on after this post: the last one that was printed.")
@with_appcontext
def reindex(after: int | None) -> None:
    """Make the index anew from the posts, threads and members. Searching goes on meanwhile."""
    indexing.reindex(_progress, after=after)
    click.echo("The index is new.")


def _progress(place: Place) -> None:
    if place.after:
        click.echo(f"{place.what} up to {place.after}", err=True)
