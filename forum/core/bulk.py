"""Many rows at once: ids in portions, reads and inserts past the layers that look at each value."""

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Date, Enum, Row, Select, Table
from sqlalchemy.orm import Session

CHUNK = 500  # ids in one statement; SQLite takes 32,766 values, PostgreSQL plans long lists badly
AT_ONCE = 5_000  # rows handed to the driver in one go
_FEW = (Date, Enum)  # types of columns that hold few different values, each again and again

T = TypeVar("T")


def chunks(values: Iterable[T]) -> Iterator[list[T]]:
    """The values in lists short enough for one statement."""
    everything = list(values)
    for start in range(0, len(everything), CHUNK):
        yield everything[start:start + CHUNK]


@contextmanager
def uncollected() -> Iterator[None]:
    """For one step over many values that make no cycles: the search for cycles among them would take a fifth of it.

    What is no longer referred to is freed as ever. It concerns all threads, so keep it to a step of a second or two.
    """
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


def read_rows(session: Session, statement: Select[*tuple[Any, ...]]) -> Iterator[Row[*tuple[Any, ...]]]:
    """The rows of a statement with many: past the session, which would look at each for objects.

    Read them to the end before anything is written: they come some thousands at a time.
    """
    for some in session.connection().execute(statement).partitions(AT_ONCE):
        yield from some


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
    to_convert = [
        (place, _remembering(how) if isinstance(table.c[name].type, _FEW) else how)
        for place, name in enumerate(names) if (how := processor(name)) is not None
    ]
    ready = (first + _converted(row, to_convert) for row in rows) if first or to_convert else rows
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


def _remembering(how: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A conversion that is looked up from the second time on."""
    known: dict[Any, Any] = {}

    def convert(value: Any) -> Any:
        try:
            return known[value]
        except KeyError:
            return known.setdefault(value, how(value))

    return convert


def _converted(row: Sequence[Any], to_convert: list[tuple[int, Callable[[Any], Any]]]) -> tuple[Any, ...]:
    values = list(row)
    for place, how in to_convert:
        values[place] = how(values[place])
    return tuple(values)


def _copy(session: Session, statement: str, rows: Iterable[Sequence[Any]]) -> int:
    """Each slice is made before its COPY begins: making rows may ask the same connection something."""
    raw: Any = session.connection().connection.driver_connection
    done = 0
    for some in _slices(rows):
        with raw.cursor() as cursor, cursor.copy(statement) as copy:
            for row in some:
                copy.write_row(row)
        done += len(some)
    return done


def _slices(rows: Iterable[Sequence[Any]]) -> Iterator[list[Sequence[Any]]]:
    following = iter(rows)
    while some := list(islice(following, AT_ONCE)):
        yield some
