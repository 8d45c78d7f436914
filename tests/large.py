"""Large communities, put into the database as rows: for modules whose tests only read."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from forum.core.bulk import insert_rows
from forum.core.database import Base
from forum.extensions import db
from forum.reputation import holders, rulesets


def large_app(fill: Callable[..., None], params: Sequence[Any] | None = None) -> Any:
    """The fixture `app` for a module: the application on a database that `fill` filled once, and that is emptied in
    the end. `fill` gets the application and, if there are any, one of the parameters."""

    @pytest.fixture(scope="module", params=params)
    def app(
        request: pytest.FixtureRequest, built_app: Flask, empty_database: Callable[[bool], None]
    ) -> Iterator[Flask]:
        empty_database(True)
        rulesets.forget()
        holders.forget()
        with built_app.app_context():
            db.session.remove()
            fill(built_app, *([request.param] if params else []))
            with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("ANALYZE"))
            db.session.remove()
        yield built_app
        with built_app.app_context():
            db.session.remove()
        empty_database(True)
        holders.forget()

    return app


def put(session: Session, model: type[Base], names: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    """Rows of a table past everything that looks at each. Rows that come later get ids after those given here."""
    table = Base.metadata.tables[model.__tablename__]
    insert_rows(session, table, names, rows)
    if "id" in names and session.get_bind().dialect.name == "postgresql":
        last = f'SELECT max(id) FROM "{table.name}"'
        session.execute(text(f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), ({last}))"))


def put_all(session: Session, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """The same for rows that name their columns, all the same ones in the same order."""
    put(session, model, list(rows[0]), (tuple(row.values()) for row in rows))
