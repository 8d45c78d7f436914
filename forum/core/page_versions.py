"""The one read that decides whether a kept page is current: a raw statement on a connection of its own.

It goes past SQLAlchemy and its pool, whose bookkeeping costs as much as a bare Flask page. Connections
are opened when first needed (after a fork), only read, and hold no transaction between two reads.
"""

import queue
import sqlite3
from collections.abc import Sequence
from typing import Any

import psycopg
from sqlalchemy import make_url

CONNECTIONS = 8  # a read takes less than a tenth of a millisecond: more would only wait for the interpreter
Version = tuple[Any, ...]


class Versions:
    """Reads versions from the database at `url` (SQLAlchemy's form)."""

    def __init__(self, url: str) -> None:
        self._url = make_url(url)
        self._sqlite = self._url.get_backend_name() == "sqlite"
        self._free: queue.LifoQueue[Any] = queue.LifoQueue(CONNECTIONS)
        for _place in range(CONNECTIONS):
            self._free.put(None)

    def read(self, statement: str, values: Sequence[Any]) -> Version | None:
        """The row that `statement` finds (marks are `?`); None if there is none or the database does not answer."""
        connection = self._free.get()
        try:
            if connection is None:
                connection = self._connect()
            rows = connection.execute(statement if self._sqlite else _for_psycopg(statement), values).fetchall()
        except (sqlite3.Error, psycopg.Error, OverflowError):
            _close(connection)
            connection = None
            return None
        finally:
            self._free.put(connection)
        return tuple(rows[0]) if rows else None

    def close(self) -> None:
        """Close what is open; the next read opens anew."""
        for connection in [self._free.get() for _place in range(CONNECTIONS)]:
            _close(connection)
            self._free.put(None)

    def _connect(self) -> Any:
        if self._sqlite:
            connection = sqlite3.connect(str(self._url.database), check_same_thread=False, isolation_level=None)
            connection.execute("PRAGMA query_only=ON")
            return connection
        url = self._url.set(drivername="postgresql").render_as_string(hide_password=False)
        return psycopg.connect(url, autocommit=True)


def _for_psycopg(statement: str) -> str:
    return statement.replace("?", "%s")


def _close(connection: Any) -> None:
    if connection is not None:
        connection.close()
