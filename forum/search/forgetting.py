"""Having the index forget what was taken out of it. Until then SQLite keeps the words of rows that are gone.

FTS5 writes segments and never changes one: taking a row out adds a segment that says which words of which row are
gone, and the words stay readable in both until all segments are merged into one, where each cancels the other. (An
option that deletes at once, `secure-delete`, came with SQLite 3.42.) PostgreSQL has vacuuming for it.
"""

from sqlalchemy import column, insert, table, text

from forum.core.unit_of_work import unit_of_work
from forum.search.tables import NAMES

# Pages of the index a transaction: 0.3 s at most where measured, so writers hardly wait.
PAGES = 500


def forget_removed() -> None:
    """Merge each table of the index into one segment, a part at a time; opens its own units of work.

    Nothing to do on PostgreSQL. It reads and writes the whole index once, however little was taken out of it.
    """
    for name in NAMES:
        # A negative number makes one merge of all segments that there are; positive ones go on with it.
        pages = -PAGES
        while _merge(name, pages):
            pages = PAGES


def _merge(name: str, pages: int) -> bool:
    """One part of the merge. Returns whether there may be more: FTS5 says so by having changed a row of its own."""
    with unit_of_work() as session:
        if session.get_bind().dialect.name != "sqlite":
            return False
        changes = text("SELECT total_changes()")
        before = session.scalar(changes) or 0
        session.execute(insert(table(name, column(name), column("rank"))).values({name: "merge", "rank": pages}))
        return (session.scalar(changes) or 0) - before > 1
