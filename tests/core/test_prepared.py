"""PostgreSQL plans the statements of a page once for each connection, not once for each reader (decision 079)."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import text

from forum.core.unit_of_work import unit_of_work
from forum.extensions import db
from tests.conftest import DATABASE
from tests.factory import Factory
from tests.surfing import Surfer

pytestmark = pytest.mark.skipif(DATABASE != "postgresql", reason="SQLite's driver keeps statements by itself")
PREPARED = text("SELECT statement, generic_plans + custom_plans AS used FROM pg_prepared_statements")


def test_pages_and_writes_leave_their_statements_prepared(
    app: Flask, make: Factory, browse: Callable[..., Surfer]
) -> None:
    """After some readings and replies the connection that they shared knows the head of a thread, and uses it."""
    member = make.member("ada")
    thread = make.thread(make.board(), member)
    reader = browse(member)
    for _reading in range(12):
        assert reader.get(f"/t/{thread.id}/{thread.slug}").status_code == 200
    with app.app_context():
        before = {row.statement: row.used for row in db.session.execute(PREPARED)}
    assert any("FROM post JOIN member" in statement for statement in before)
    with app.app_context(), unit_of_work() as session:
        session.execute(text("SELECT 1"))
    for _reading in range(3):
        reader.get(f"/t/{thread.id}/{thread.slug}")
    with app.app_context():
        after = {row.statement: row.used for row in db.session.execute(PREPARED)}
    more = {statement for statement, used in before.items() if after.get(statement, 0) > used}
    assert any("FROM post JOIN member" in statement for statement in more)


def test_a_unit_of_work_is_one_transaction(app: Flask) -> None:
    """What writes is whole or not at all, though reads are not in a transaction."""
    with app.app_context():
        with pytest.raises(ZeroDivisionError), unit_of_work() as session:
            session.execute(text("CREATE TABLE half_done (id integer)"))
            raise ZeroDivisionError
        assert db.session.scalar(text("SELECT to_regclass('half_done')")) is None
        db.session.remove()
