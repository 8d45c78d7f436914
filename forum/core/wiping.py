"""Wiping from the database's own files what rows held that are gone.

A database that deletes a row calls its place free, and leaves the bytes until something else needs the place.
"""

import time
from collections.abc import Iterable

from sqlalchemy import Engine

from forum.core.unit_of_work import alone
from forum.extensions import db

# Whoever reads keeps the old pages of SQLite's log in use. Each try waits five seconds for them (busy_timeout).
TRIES = 12
PAUSE = 0.1


class StillRead(Exception):
    """Somebody has been reading for a minute; the log of the database could not be emptied."""


def wipe(tables: Iterable[str]) -> None:
    """Have the database write what is still there anew, without what is gone. No unit of work may be open.

    SQLite: the whole file, and its log is emptied; pages are read meanwhile, writes wait (8 s a gigabyte where
    measured). PostgreSQL: these tables are vacuumed, and what the planner had gathered of them is gathered anew, for
    it holds values; nobody waits. Places that a vacuum frees are written over later, see docs/operating.md.

    Raises:
        StillRead: on SQLite, all is written anew but the log still holds what was.
    """
    db.session.remove()  # what it has read would keep the log in use
    engine = db.engine
    if engine.dialect.name == "sqlite":
        with alone(engine):
            _rewrite_file(engine)
        return
    with engine.connect() as connection:  # in autocommit: a vacuum runs in no transaction
        for name in tables:
            connection.exec_driver_sql(f'VACUUM (ANALYZE) "{name}"')


def _rewrite_file(engine: Engine) -> None:
    connection = engine.raw_connection()  # SQLAlchemy would begin a transaction
    try:
        cursor = connection.cursor()
        cursor.execute("VACUUM")
        for _try in range(TRIES):
            [busy, *_pages] = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            if not busy:
                return
            time.sleep(PAUSE)
        raise StillRead
    finally:
        connection.close()
