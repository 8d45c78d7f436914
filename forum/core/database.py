"""Tables without opinions: the declarative base, the UTC time type and SQLite's settings."""

import datetime as dt
import sqlite3
from collections.abc import Callable
from functools import lru_cache
from typing import Annotated, Any

import psycopg
from sqlalchemy import Dialect, Engine, Enum, MetaData, Select, String, Text, event, func, make_url, select
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column, registry
from sqlalchemy.types import JSON, DateTime, TypeDecorator

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[dt.datetime]):
    """A moment. Takes and gives aware UTC datetimes; a naive one raises ValueError."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be stored")
        return value.astimezone(dt.UTC)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], dt.datetime | None] | None:
        """How cells become moments. On SQLite in one go: lists of many rows spend their time here."""
        return _read_text if dialect.name == "sqlite" else super().result_processor(dialect, coltype)

    def process_result_value(self, value: Any, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        moment: dt.datetime = value
        return moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment.astimezone(dt.UTC)


def _read_text(cell: str | None) -> dt.datetime | None:
    """SQLite keeps a moment as "2026-11-29 15:04:00.000000", which is UTC."""
    if cell is None:
        return None
    moment = dt.datetime.fromisoformat(cell)
    return moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment.astimezone(dt.UTC)


class Base(DeclarativeBase):
    """The base of every table; constraints get their names by one convention."""

    # On the registry rather than on the class: Flask-SQLAlchemy derives from this class, and
    # SQLAlchemy 2.1 refuses a derived base that finds a type map on its parent.
    registry = registry(
        metadata=MetaData(naming_convention=NAMING),
        type_annotation_map={dt.datetime: UtcDateTime(), dict[str, Any]: JSON(), list[Any]: JSON()},
    )


Id = Annotated[int, mapped_column(primary_key=True)]
Key = Annotated[str, mapped_column(String(64))]
Name = Annotated[str, mapped_column(String(200))]
LongText = Annotated[str, mapped_column(Text())]


def next_id(session: Session, model: type[Base]) -> int:
    """The id that the next row of a table is to bear, for rows that hold it in their own text or columns.

    On SQLite nobody else writes before the open unit of work ends; on PostgreSQL it is taken from the sequence.
    """
    found = session.scalar(_next_id(model, session.get_bind().dialect.name))
    assert found is not None
    return found


@lru_cache
def _next_id(model: type[Base], dialect: str) -> Select[int]:
    table = Base.metadata.tables[model.__tablename__]
    if dialect == "postgresql":
        return select(func.nextval(func.pg_get_serial_sequence(table.name, "id")))
    return select(func.coalesce(func.max(table.c.id), 0) + 1)


def word(*values: str, name: str) -> Enum:
    """A column type for one of a few words, stored as text and held by a CHECK constraint."""
    return Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


# Statements that one connection keeps ready, so that they are read and planned once. A page's are some ten, those of
# the whole product some hundreds, since each length of a list is a statement of its own.
STATEMENTS_KEPT = 400


def engine_options(url: str, connections: int) -> dict[str, Any]:
    """How an engine of this database is made.

    PostgreSQL reads in autocommit: every statement sees what is committed anyhow (READ COMMITTED), and a rollback,
    with which a transaction that only read would end, makes psycopg forget all statements that it has prepared:
    planning them took longer than running them. What writes asks for a transaction (`writing`).

    Args:
        url: of the database.
        connections: that are kept open; ten more may come and go.
    """
    options = {"pool_size": connections, "max_overflow": 10, "pool_pre_ping": True, "pool_use_lifo": True}
    if make_url(url).get_backend_name() == "sqlite":
        return options | {"connect_args": {"cached_statements": STATEMENTS_KEPT}}
    return options | {"isolation_level": "AUTOCOMMIT"}


def writing(dialect: str, *, repeatable: bool = False) -> dict[str, Any]:
    """The execution options of a connection that is to write in one transaction, on the database of this dialect.

    Args:
        dialect: its name.
        repeatable: see `unit_of_work`.
    """
    options: dict[str, Any] = {"laurel_write": True, "laurel_repeatable": repeatable}
    return options if dialect == "sqlite" else options | {"isolation_level": "READ COMMITTED"}


@event.listens_for(Engine, "connect")
def _configure_postgresql(connection: Any, _record: Any) -> None:
    """Keep more statements prepared than the driver would."""
    if isinstance(connection, psycopg.Connection):
        connection.prepared_max = STATEMENTS_KEPT


@event.listens_for(Engine, "connect")
def _configure_sqlite(connection: Any, _record: Any) -> None:
    """WAL and durable commits; transactions are begun by us, not by the driver."""
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "busy_timeout=5000", "synchronous=FULL"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@event.listens_for(Engine, "begin")
def _begin(connection: Any) -> None:
    """Begin as the unit of work asks (see core.unit_of_work): what is read only is DEFERRED on SQLite."""
    options = connection.get_execution_options()
    repeatable = options.get("laurel_repeatable", False)
    if connection.dialect.name == "sqlite":
        _wait_for_disk(connection, wait=not repeatable)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("laurel_write", False) else "BEGIN")
    elif repeatable:
        connection.exec_driver_sql("SET LOCAL synchronous_commit = off")


def _wait_for_disk(connection: Any, *, wait: bool) -> None:
    """Set whether commits of a SQLite connection wait for the disk; asked of the database only when it changes."""
    if connection.info.get("waits", True) != wait:
        connection.exec_driver_sql(f"PRAGMA synchronous={'FULL' if wait else 'NORMAL'}")
        connection.info["waits"] = wait
