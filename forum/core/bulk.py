"""Many rows at once: ids in portions, and inserts past the layers that look at each value."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Table
from sqlalchemy.orm import Session

CHUNK = 500  # ids in one statement; SQLite takes 32,766 values, PostgreSQL plans long lists badly
AT_ONCE = 5_000  # rows handed to the driver in one go


T = TypeVar("T")


def chunks(values: Iterable[T]) -> Iterator[list[T]]:
    """The values in lists short enough for one statement."""
    everything = list(values)
    for start in range(0, len(everything), CHUNK):
        yield everything[start:start + CHUNK]


def insert_rows(
    session: Session, table: Table, names: Sequence[str], rows: Iterable[Sequence[Any]],
    same: Mapping[str, Any] | None = None,
) -> int:
    """Insert rows, each a sequence of the values of the columns `names`; returns how many.

    `same` holds columns that have one value in all rows.

    COPY on PostgreSQL, one prepared statement on SQLite. Values go through the column types (a moment without a
    time zone is refused), but no defaults of Python run.
    """
    dialect = session.get_bind().dialect
    same = same or {}

    def processor(name: str) -> Callable[[Any], Any] | None:
        return table.c[name].type.dialect_impl(dialect).bind_processor(dialect)

    first = tuple(value if (how := processor(name)) is None else how(value) for name, value in same.items())
    to_convert = [(place, how) for place, name in enumerate(names) if (how := processor(name)) is not None]
    ready = (first + _converted(row, to_convert) for row in rows)
    names = (*same, *names)
    columns = ", ".join(f'"{name}"' for name in names)
    if dialect.name == "postgresql":
        return _copy(session, f'COPY "{table.name}" ({columns}) FROM STDIN', ready)
    places = ", ".join("?" * len(names))
    statement = f'INSERT INTO "{table.name}" ({columns}) VALUES ({places})'  # noqa: S608 (names of our own tables)
    done = 0
    for some in _slices(ready):
        session.connection().exec_driver_sql(statement, some)
        done += len(some)
    return done


def _converted(row: Sequence[Any], to_convert: list[tuple[int, Callable[[Any], Any]]]) -> tuple[Any, ...]:
    values = list(row)
    for place, how in to_convert:
        values[place] = how(values[place])
    return tuple(values)


def _copy(session: Session, statement: str, rows: Iterator[tuple[Any, ...]]) -> int:
    """Each slice is made before its COPY begins: making rows may ask the same connection something."""
    raw: Any = session.connection().connection.driver_connection
    done = 0
    for some in _slices(rows):
        with raw.cursor() as cursor, cursor.copy(statement) as copy:
            for row in some:
                copy.write_row(row)
        done += len(some)
    return done


def _slices(rows: Iterator[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    while some := list(islice(rows, AT_ONCE)):
        yield some
