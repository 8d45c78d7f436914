"""Room on disk for what a run has to remember, so that memory stays bounded; gone when the run is over."""

import sqlite3
import tempfile
from collections.abc import Iterable
from pathlib import Path

from forum.core.bulk import chunks


class Scratch:
    """A throw-away database in a folder of its own. `execute` for whoever needs tables of their own."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="laurel-import-")
        self._connection = sqlite3.connect(Path(self._folder.name) / "scratch.sqlite3", isolation_level=None)
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-8000", "temp_store=FILE"):
            self._connection.execute(f"PRAGMA {pragma}")
        self.execute("CREATE TABLE seen (kind TEXT, id TEXT, PRIMARY KEY (kind, id)) WITHOUT ROWID")
        self.execute("BEGIN")

    def close(self) -> None:
        """Take it away."""
        self._connection.close()
        self._folder.cleanup()

    def execute(self, statement: str, values: tuple[object, ...] = ()) -> sqlite3.Cursor:
        """One statement."""
        return self._connection.execute(statement, values)

    def insert(self, table: str, rows: Iterable[tuple[object, ...]]) -> None:
        """Rows into a table, later ones in place of earlier ones with the same key."""
        some = list(rows)
        if some:
            places = ", ".join("?" * len(some[0]))
            self._connection.executemany(f"INSERT OR REPLACE INTO {table} VALUES ({places})", some)  # noqa: S608 (ours)

    def see(self, kind: str, ids: Iterable[str]) -> None:
        """These were in the source."""
        self._connection.executemany("INSERT OR IGNORE INTO seen VALUES (?, ?)", ((kind, id) for id in ids))

    def unseen(self, kind: str, ids: list[str]) -> set[str]:
        """Those of `ids` that were not."""
        missing = set(ids)
        for some in chunks(ids):
            places = ", ".join("?" * len(some))
            statement = f"SELECT id FROM seen WHERE kind = ? AND id IN ({places})"  # noqa: S608 (question marks)
            missing.difference_update(row[0] for row in self.execute(statement, (kind, *some)))
        return missing
