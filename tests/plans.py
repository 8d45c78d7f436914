"""The database's own plans of statements, for tests that hold them to stretches of indexes."""

import re
from typing import Any

from sqlalchemy import Select, text
from sqlalchemy.orm import Session

from tests.conftest import DATABASE


def explained(session: Session, statement: Select[Any]) -> str:
    """The plan of a statement, with what it touched where the database says so."""
    sql = str(statement.compile(session.get_bind(), compile_kwargs={"literal_binds": True}))
    prefix = "EXPLAIN QUERY PLAN " if DATABASE == "sqlite" else "EXPLAIN (ANALYZE, COSTS OFF) "
    rows = session.execute(text(prefix + re.sub(r"(?<!:):(?!:)", r"\\:", sql)))
    return "\n".join(str(row[-1]) for row in rows)


def touched(plan: str) -> int:
    """PostgreSQL: the most rows that any step went through."""
    rows = [int(float(a)) * int(b) for a, b in re.findall(r"rows=([\d.]+) loops=(\d+)", plan)]
    removed = [int(number) for number in re.findall(r"Rows Removed by \w+(?: \w+)?: (\d+)", plan)]
    return max([*rows, *removed])
