"""One tree for both databases: from empty it leads to exactly the tables of the models."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy.exc import DatabaseError

from config import read_settings
from forum import create_app
from forum.core.clock import now
from forum.core.database import Base
from forum.core.unit_of_work import unit_of_work
from forum.extensions import db
from forum.moderation.models import LogEntry
from forum.search.tables import is_ours, statements
from tests.conftest import DATABASE, fresh_postgresql


@pytest.fixture
def migrated(tmp_path: Path) -> Iterator[Flask]:
    """An application on a database that only migrations have touched."""
    environ = {"LIMITS": "off", "BASE_URL": "http://localhost", "SECRET_KEY": "s" * 32, "PRIVACY_KEY": "p" * 32}
    if DATABASE == "postgresql":
        with fresh_postgresql() as url:
            yield from _migrated({**environ, "DATABASE_URL": url}, tmp_path)
    else:
        yield from _migrated(environ, tmp_path)


def _migrated(environ: dict[str, str], folder: Path) -> Iterator[Flask]:
    app = create_app(read_settings(environ, folder), testing=True)
    with app.app_context():
        upgrade()
        yield app
        db.session.remove()
        db.engine.dispose()


def test_the_migrations_lead_to_the_models(migrated: Flask) -> None:
    """Autogenerate finds nothing to add, drop or alter."""
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": _is_a_models})
        assert compare_metadata(context, Base.metadata) == []


def _is_a_models(name: str | None, _kind: str, _parents: object) -> bool:
    return not is_ours(name)


def test_the_migrated_index_is_the_one_of_the_statements(migrated: Flask) -> None:
    """The tables of the search are made by the migration as `create_all` makes them."""
    if DATABASE == "postgresql":
        with db.engine.connect() as connection:
            there = set(connection.exec_driver_sql(
                "SELECT indexdef FROM pg_indexes WHERE tablename LIKE 'search%%'"
            ).scalars())
        assert len(there) == 6
        assert sum("USING gin (words) WITH (gin_pending_list_limit='256')" in one for one in there) == 3
        return
    with db.engine.connect() as connection:
        made = set(connection.exec_driver_sql(
            "SELECT sql FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%'"
        ).scalars())
    assert made == {one.replace(" IF NOT EXISTS", "") for one in statements("sqlite")}


def test_the_migrated_log_cannot_be_edited(migrated: Flask) -> None:
    """The database itself refuses to change or delete a line of the moderation log, or all of them at once."""
    with unit_of_work() as session:
        session.add(LogEntry(at=now(), verb="lock", target_kind="thread", target_id=1, details={}))
    emptying = ("TRUNCATE moderation_log", "TRUNCATE member CASCADE") if DATABASE == "postgresql" else ()
    for statement in ("UPDATE moderation_log SET verb = 'x'", "DELETE FROM moderation_log", *emptying):
        with pytest.raises(DatabaseError), unit_of_work() as session:
            session.connection().exec_driver_sql(statement)


def test_the_log_may_tell_of_shelves_and_loses_nothing_by_it(migrated: Flask) -> None:
    """Lines that were there before stay, with what undoes them and with their guard; and it goes back."""
    downgrade(revision="0001")
    line = (
        "INSERT INTO moderation_log (id, at, verb, target_kind, target_id, details, undoes_id)"
        " VALUES ({}, '2026-01-01 00:00:00', 'lock', '{}', 1, '{{}}', {})"
    )
    with db.engine.begin() as connection:
        connection.exec_driver_sql(line.format(1, "thread", "NULL"))
        connection.exec_driver_sql(line.format(2, "thread", "1"))
    with pytest.raises(DatabaseError), db.engine.begin() as connection:
        connection.exec_driver_sql(line.format(3, "category", "NULL"))
    upgrade()
    with db.engine.begin() as connection:
        connection.exec_driver_sql(line.format(3, "category", "NULL"))
    for refused in ("UPDATE moderation_log SET verb = 'x'", "DELETE FROM moderation_log", line.format(4, "shoe", 3)):
        with pytest.raises(DatabaseError), db.engine.begin() as connection:
            connection.exec_driver_sql(refused)
    downgrade(revision="0001")
    with pytest.raises(DatabaseError), db.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM moderation_log")
    with db.engine.begin() as connection:
        found = connection.exec_driver_sql("SELECT id, undoes_id FROM moderation_log ORDER BY id").all()
    assert [tuple(row) for row in found] == [(1, None), (2, 1)]


def test_redactions_of_before_are_finished(migrated: Flask) -> None:
    """The upgrade asks for a job for each line of the log that tells of one; for none it asks for nothing."""
    asked = "SELECT name, unique_key FROM job WHERE name = 'finish_redaction'"
    with db.engine.connect() as connection:
        assert connection.exec_driver_sql(asked).all() == []
    downgrade(revision="0022")
    line = (
        "INSERT INTO moderation_log (id, at, verb, target_kind, target_id, details)"
        " VALUES ({}, '2026-01-01 00:00:00', '{}', 'post', 1, '{{}}')"
    )
    with db.engine.begin() as connection:
        for id_, verb in ((7, "redact"), (8, "hide")):
            connection.exec_driver_sql(line.format(id_, verb))
    upgrade()
    with db.engine.connect() as connection:
        found = connection.exec_driver_sql(asked).all()
    assert [tuple(row) for row in found] == [("finish_redaction", "finish-redaction:7")]
