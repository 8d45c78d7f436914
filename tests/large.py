"""Large communities, put into the database as rows: for modules whose tests only read."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from forum.core.bulk import insert_rows
from forum.core.database import Base
from forum.extensions import db
from forum.reputation import holders, rulesets


@contextmanager
def filled(app: Flask, empty_database: Callable[[bool], None], fill: Callable[[], None]) -> Iterator[Flask]:
    """The application on a database that `fill` filled and the planner has looked at; it is emptied in the end."""
    empty_database(True)
    rulesets.forget()
    holders.forget()
    with app.app_context():
        db.session.remove()
        fill()
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))
        db.session.remove()
    yield app
    with app.app_context():
        db.session.remove()
    empty_database(True)
    holders.forget()


def put(session: Session, model: type[Base], names: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    """Rows of a table past everything that looks at each."""
    insert_rows(session, Base.metadata.tables[model.__tablename__], names, rows)
