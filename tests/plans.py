"""The database's own plans of statements, for tests that hold them to stretches of indexes."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Select, event
from sqlalchemy.orm import Session

from forum.extensions import db
from tests.conftest import DATABASE


@contextmanager
def sent() -> Iterator[list[tuple[str, Any]]]:
    """`with sent() as seen:` collects the reading statements that are sent, with their values."""
    seen: list[tuple[str, Any]] = []

    def note(_c: object, _cursor: object, statement: str, values: Any, *_rest: object) -> None:
        if statement.lstrip().startswith(("SELECT", "WITH")):
            seen.append((statement, values))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def sent_by(read: Callable[[], Any]) -> list[tuple[str, Any]]:
    """The reading statements that `read` sends, with their values."""
    with sent() as seen:
        read()
    return seen


def explained(
    session: Session, statement: Select[*tuple[Any, ...]] | str, values: Any = (), without: Sequence[str] = ()
) -> str:
    """The plan of a statement; on PostgreSQL it is carried out, and the plan says how many rows each step touched.

    Args:
        session: in which it is asked.
        statement: as it is made, or as it was sent.
        values: with which it was sent.
        without: ways that PostgreSQL is not to take, such as "seqscan": small tables tempt it to read them whole.
    """
    if not isinstance(statement, str):
        statement = str(statement.compile(session.get_bind(), compile_kwargs={"literal_binds": True}))
    connection = session.connection()
    prefix = "EXPLAIN QUERY PLAN "
    if DATABASE == "postgresql":
        prefix = "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) "
        statement = statement if values else statement.replace("%", "%%")
        for way in without:
            connection.exec_driver_sql(f"SET LOCAL enable_{way} = off")
    return "\n".join(str(row[-1]) for row in connection.exec_driver_sql(prefix + statement, values))


def touched(plan: str) -> int:
    """PostgreSQL: the most rows that any step of a plan went through."""
    rows = [int(float(rows) * float(loops)) for rows, loops in re.findall(r"rows=([\d.]+) loops=([\d.]+)", plan)]
    return max([*rows, *(int(number) for number in re.findall(r"Rows Removed by \w+(?: \w+)?: (\d+)", plan))])
