"""The tables of the index, which the databases make each in its own way. The migration executes the same statements.

They stand outside the models: SQLite's are virtual and bring shadow tables along, and all that is in them can be
made anew (`flask search reindex`). `is_ours` tells Alembic's comparison to leave them alone.
"""

from sqlalchemy import Connection, MetaData, event

from forum.core.database import Base

NAMES = ("search_post", "search_title", "search_member")

# `ascii` parts at blanks alone here: our words hold no other ASCII than letters and digits. `unicode61` would part
# again by the letters of Unicode 6.1. Lengths (columnsize) are for a ranking that we do ourselves.
SQLITE = tuple(
    f"CREATE VIRTUAL TABLE IF NOT EXISTS {name} USING fts5(words, context, facets, tokenize = 'ascii', columnsize = 0)"
    for name in NAMES
)
POSTGRESQL = tuple(
    statement
    for name in NAMES
    for statement in (
        f"CREATE TABLE IF NOT EXISTS {name} (id integer NOT NULL, words tsvector NOT NULL,"
        f" CONSTRAINT pk_{name} PRIMARY KEY (id))",
        f"CREATE INDEX IF NOT EXISTS ix_{name}_words ON {name} USING gin (words) WITH (gin_pending_list_limit = 256)",
    )
)
DROP = tuple(f"DROP TABLE IF EXISTS {name}" for name in NAMES)


def statements(dialect: str) -> tuple[str, ...]:
    """What makes the index on a database of this dialect ("sqlite" or "postgresql")."""
    return SQLITE if dialect == "sqlite" else POSTGRESQL


def is_ours(name: str | None) -> bool:
    """Whether a table (or an index of one) of this name belongs to the index."""
    return name is not None and name.removeprefix("ix_").startswith(NAMES)


@event.listens_for(Base.metadata, "after_create")
def _create(_metadata: MetaData, connection: Connection, **_options: object) -> None:
    """`create_all` makes the index together with the tables."""
    for statement in statements(connection.dialect.name):
        connection.exec_driver_sql(statement)
