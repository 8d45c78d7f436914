"""A ledger that lasts as long as one look: under other rules, seen by one connection, written nowhere.

A temporary table of the ledger's name comes before the real one, in SQLite and PostgreSQL alike, for the one
connection that made it. So the very code that rebuilds the ledger writes into it, and what it says is what a rebuild
would do. On SQLite it takes no lock: others go on writing. The transaction is rolled back in the end.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Column, Engine, Index, MetaData, String, Table, text
from sqlalchemy import Enum as Words
from sqlalchemy.orm import Session

from forum.core.database import Base
from forum.reputation.models import LedgerLine

GENERATION = 1  # of the lines in a shadow: there is one


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A session that sees the database as it is at this moment, and keeps nothing of what it does."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
        transaction = connection.begin()
        session = Session(connection, autoflush=False)
        try:
            yield session
        finally:
            session.close()
            transaction.rollback()


def cast(session: Session) -> None:
    """From here on the session sees an empty ledger of its own in place of the real one."""
    _shadow().create(session.connection())


def know_the_size(session: Session) -> None:
    """Let PostgreSQL see how many lines the shadow has: it gathers nothing about temporary tables by itself."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(f"ANALYZE pg_temp.{LedgerLine.__tablename__}"))


def _shadow() -> Table:
    """The ledger without what a temporary table cannot have: keys to real tables, checks, defaults."""
    real = Base.metadata.tables[LedgerLine.__tablename__]
    columns = [
        Column(
            column.name, String(32) if isinstance(column.type, Words) else column.type,
            primary_key=column.primary_key, nullable=column.nullable,
        )
        for column in real.columns
    ]
    shadow = Table(real.name, MetaData(), *columns, prefixes=["TEMPORARY"])
    for index in real.indexes:
        Index(index.name, *(shadow.c[column.name] for column in index.columns))
    return shadow
