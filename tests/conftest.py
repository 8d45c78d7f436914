"""Fixtures that every test shares: an application on the database under test, people, and ways to act as them."""

import datetime as dt
import itertools
import math
import os
import re
import shutil
import sqlite3
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from sqlalchemy import Engine, event, select, text
from sqlalchemy.orm import Session

from config import read_settings
from forum import create_app, kept_pages
from forum.admin import queries as settings_queries
from forum.badges.queries import forget_totals
from forum.badges.subscribers import AWARDED_WITHIN
from forum.boards.home import forget_medians
from forum.core.database import Base
from forum.events.models import OutboxEvent
from forum.extensions import db, limiter
from forum.jobs import worker
from forum.jobs.models import Job
from forum.reputation import holders, rulesets
from forum.search.tables import NAMES as SEARCH_TABLES
from tests.factory import Factory
from tests.live import LiveServer
from tests.surfing import Surfer

DATABASE = os.environ.get("TEST_DATABASE", "sqlite")
GROWN_BYTES = 4 * 1024 * 1024  # of one table: some ten thousand dead rows
POSTGRESQL = os.environ.get("TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432/postgres")
Beside = psycopg.Connection[tuple[Any]]

# No property is about how long an example takes: that differs with what else the machine does.
settings.register_profile("laurel", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("laurel")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of one file run in one process, since they may share a live server; slow ones each by itself, and what
    names a group of its own in that.

    Slow ones come first: what takes minutes must not begin when the other processes are about to end.
    """
    for item in items:
        if item.get_closest_marker("xdist_group") is not None:
            continue
        if item.get_closest_marker("slow") is None or "live" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group(item.nodeid.partition("::")[0]))
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@event.listens_for(Engine, "connect")
def _wait_for_no_disk(connection: object, _record: object) -> None:
    """Commits on SQLite do not wait for the disk: nobody pulls the plug on a test. (Live servers do wait.)"""
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA synchronous=OFF")


@contextmanager
def fresh_postgresql() -> Iterator[str]:
    """A database with a random name; dropped in the end."""
    name = f"laurel_test_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(POSTGRESQL, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        connection.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")  # nobody pulls the plug on a test
    try:
        yield POSTGRESQL.rsplit("/", 1)[0] + "/" + name
    finally:
        with psycopg.connect(POSTGRESQL, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def database_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of this worker's own database."""
    if DATABASE == "postgresql":
        with fresh_postgresql() as url:
            yield url
    else:
        yield f"sqlite:///{tmp_path_factory.mktemp('database') / 'laurel.sqlite3'}"


@pytest.fixture(scope="session")
def built_app(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """One application a worker, with its schema."""
    instance = tmp_path_factory.mktemp("instance")
    environ = {
        "DATABASE_URL": database_url, "LIMITS": "off", "HOST": "127.0.0.1", "SECRET_KEY": "s" * 32,
        "PRIVACY_KEY": "p" * 32, "BASE_URL": "http://localhost", "MAIL_URL": f"file://{instance / 'outbox'}",
    }
    app = create_app(read_settings(environ, instance), testing=True)
    with app.app_context():
        Base.metadata.create_all(db.engine)
        if DATABASE == "postgresql":
            _keep_plans_steady()
        db.session.remove()
    yield app
    kept_pages.of(app).forget()
    with app.app_context():
        db.engine.dispose()


def _keep_plans_steady() -> None:
    """No statistics are gathered behind a test's back, so that the plans that tests read do not depend on the hour."""
    with db.engine.begin() as connection:
        for name in (*(table.name for table in Base.metadata.sorted_tables), *SEARCH_TABLES):
            connection.execute(text(f'ALTER TABLE "{name}" SET (autovacuum_enabled = false)'))


@pytest.fixture(scope="session")
def beside(database_url: str) -> Iterator[Beside | None]:
    """A connection beside the application's own, kept so that what it asks before each test is prepared; PostgreSQL."""
    if DATABASE != "postgresql":
        yield None
        return
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("SET lock_timeout = '20s'")  # a test that left a transaction open is told so
        yield connection


@pytest.fixture(scope="session")
def empty_database(
    built_app: Flask, database_url: str, beside: Beside | None, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[bool], None]:
    """`empty_database(anew)` empties the database, quickly; `anew`: without a trace of what was there."""
    if beside is not None:
        return lambda anew: _empty_postgresql(beside, anew=anew)
    path = database_url.removeprefix("sqlite:///")
    template = tmp_path_factory.mktemp("template") / "empty.sqlite3"
    with sqlite3.connect(path) as source, sqlite3.connect(template) as target:
        source.backup(target)

    def copy(_anew: bool) -> None:
        source, target = sqlite3.connect(template), sqlite3.connect(path)
        source.backup(target)
        source.close()
        target.close()

    return copy


def _empty_postgresql(connection: Beside, *, anew: bool) -> None:
    """Empty the tables and count ids from 1. A live server's worker may be in the way: then once more.

    Deleting the few rows of a test is ten times as fast as truncating. `anew` truncates, and forgets what was gathered
    of the tables; so does anybody when the dead rows have become many, for nothing else takes them away.
    """
    tables = [*(table.name for table in Base.metadata.sorted_tables), *SEARCH_TABLES]
    anew = anew or _grown(connection)
    for attempt in itertools.count(1):
        try:
            if anew:
                with connection.transaction():
                    connection.execute("SET LOCAL session_replication_role = replica")  # the log would not be emptied
                    connection.execute(f"TRUNCATE {', '.join(map(_quoted, tables))} RESTART IDENTITY CASCADE")
                    connection.execute(
                        "DELETE FROM pg_statistic WHERE starelid IN"
                        " (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)"
                    )
            else:
                _delete_rows(connection, tables)
            return
        except psycopg.errors.DeadlockDetected:
            if attempt == 5:
                raise


def _grown(connection: Beside) -> bool:
    [size] = connection.execute(
        "SELECT max(pg_relation_size(oid)) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    ).fetchone() or [0]
    return size > GROWN_BYTES


def _delete_rows(connection: Beside, tables: list[str]) -> None:
    probes = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM {_quoted(name)})" for name in tables)
    with connection.transaction():
        connection.execute("SET LOCAL session_replication_role = replica")  # no foreign keys, no triggers
        for (name,) in connection.execute(probes).fetchall():
            connection.execute(f"DELETE FROM {_quoted(name)}")
        connection.execute(
            "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, 1, false)"
            " FROM pg_sequences WHERE last_value IS NOT NULL"
        )


def _quoted(name: str) -> str:
    return f'"{name}"'


@pytest.fixture
def app(
    request: pytest.FixtureRequest, built_app: Flask, beside: Beside | None, empty_database: Callable[[bool], None]
) -> Iterator[Flask]:
    """The application on an empty database; caches, mail and uploads are empty too."""
    with built_app.app_context():
        db.session.remove()
        db.engine.dispose()
    empty_database("untouched" in request.fixturenames)
    settings_queries.forget_site_settings()
    rulesets.forget()
    holders.forget()
    forget_medians()
    forget_totals()
    kept_pages.of(built_app).forget()
    for mail in _mail_files(built_app):
        mail.unlink()
    shutil.rmtree(built_app.config["SETTINGS"].storage_url.removeprefix("file://"), ignore_errors=True)
    if limiter.enabled:
        limiter.reset()
    yield built_app
    with built_app.app_context():
        if "live" in request.fixturenames:
            _let_it_finish()
        db.session.remove()
    if beside is not None:
        _assert_nothing_held(beside)


def _assert_nothing_held(connection: Beside) -> None:
    """No transaction is still open: it would hold its locks into the tests that follow."""
    held: list[tuple[str]] = []
    for _try in range(200):  # what a test started in a thread may be about to end
        held = connection.execute(
            "SELECT query FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND state LIKE 'idle in transaction%'"
        ).fetchall()
        if not held:
            return
        time.sleep(0.05)
    raise AssertionError(f"the test left transactions open, last at {held}")


def _is_under_way() -> bool:
    """Whether an event waits, or somebody is at a job."""
    db.session.rollback()
    waiting = select(OutboxEvent.id).where(OutboxEvent.parked_at.is_(None)).exists()
    taken = select(Job.id).where(Job.taken_until.is_not(None), Job.done_at.is_(None), Job.failed_at.is_(None)).exists()
    return bool(db.session.scalar(select(waiting | taken)))


def _let_it_finish() -> None:
    """A live server tells of what this test did before the next one listens; what fails is given up after a while."""
    for _wait in range(250):
        if not _is_under_way():
            return
        time.sleep(0.02)


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """A session in an application context, that may write too: what it does it does in a transaction."""
    with app.app_context():
        found = db.session()
        if DATABASE == "postgresql":
            found.execution_options = found.execution_options.union({"isolation_level": "READ COMMITTED"})
        yield found
        db.session.remove()


@pytest.fixture
def make(app: Flask) -> Factory:
    """Makes members, boards, threads and posts, through the product's own actions where there are any."""
    return Factory(app)


@pytest.fixture
def browse(app: Flask) -> Callable[..., Surfer]:
    """`browse(member)` is a browser without script, signed in as the member (or a guest)."""
    return lambda member=None: Surfer(app, member)


@pytest.fixture
def drain(app: Flask) -> Callable[[], None]:
    """Deliver the outbox and run the jobs that are due or will be in seconds, as the worker would.

    The worker of a live server may have taken some of them: then until it is done.
    """

    def run() -> None:
        with app.app_context():
            worker.drain(ahead=AWARDED_WITHIN)
            for _wait in range(500):
                if not _is_under_way():
                    break
                time.sleep(0.02)
                worker.drain(ahead=AWARDED_WITHIN)
            db.session.remove()

    return run


@pytest.fixture
def queries(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[[], "contextmanager[list[str]]"]:
    """`with queries() as seen:` collects the SQL statements that are sent (without BEGIN and SAVEPOINT).

    What a process reads every few seconds is read before, and not again meanwhile: no count depends on the clock.
    """
    monkeypatch.setattr(rulesets, "KEPT_FOR", math.inf)
    monkeypatch.setattr(settings_queries, "FRESH", math.inf)

    @contextmanager
    def watch() -> Iterator[list[str]]:
        seen: list[str] = []

        def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
            if not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE", "PRAGMA")):
                seen.append(statement)

        with app.app_context():
            engine = db.engine
            rulesets.current(db.session())
            settings_queries.site_settings(db.session())
            db.session.remove()
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(engine, "before_cursor_execute", note)

    return watch


def tables_read(statements: list[str]) -> list[str]:
    """What each of these queries is about: the table that it reads from first."""
    return [match[1] if (match := re.search(r"\bFROM (\w+)", one)) else one for one in statements]


@pytest.fixture
def untouched() -> None:
    """The database is one in which nothing was before: no dead rows, and no statistics that the planner goes by."""


@pytest.fixture
def plan(untouched: None, session: Session) -> Callable[[str, dict[str, object]], str]:
    """The database's own plan of a statement."""

    def explain(statement: str, values: dict[str, object] | None = None) -> str:
        prefix = "EXPLAIN QUERY PLAN " if DATABASE == "sqlite" else "EXPLAIN "
        rows = session.execute(text(prefix + statement), values or {}).all()
        return "\n".join(str(row[-1]) for row in rows)

    return explain


@pytest.fixture(scope="module")
def live(
    database_url: str, empty_database: Callable[[bool], None], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LiveServer]:
    """The product in a process of its own, on the same database, for the tests of one module.

    It starts on an empty one: its worker would deliver what the module before has left.
    """
    empty_database(False)
    server = LiveServer(database_url, tmp_path_factory.mktemp("live")).start()
    yield server
    server.kill()  # an end in good order takes seconds, and nobody looks at it here


@pytest.fixture
def mails(app: Flask, drain: Callable[[], None]) -> Callable[[], list[EmailMessage]]:
    """The mail sent so far, oldest first (what waits is sent before)."""

    def read() -> list[EmailMessage]:
        drain()
        files = sorted(_mail_files(app), key=lambda path: path.name)
        return [message_from_bytes(path.read_bytes(), policy=policy.default) for path in files]

    return read


def _mail_files(app: Flask) -> list[Path]:
    folder = Path(app.config["SETTINGS"].mail_url.removeprefix("file://"))
    return list(folder.glob("*.eml")) if folder.exists() else []


def days_ago(days: float) -> dt.datetime:
    """The moment `days` days ago."""
    return dt.datetime.now(dt.UTC) - dt.timedelta(days=days)
