"""A redaction is finished when the database's own files hold nothing of the words any more: pages, log, index."""

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select, text, update
from sqlalchemy.orm import Session

from forum.core.unit_of_work import unit_of_work
from forum.core.wiping import StillRead
from forum.extensions import db
from forum.jobs.models import Job
from forum.moderation import jobs
from forum.moderation.models import LogEntry
from forum.moderation.purge import TABLES
from forum.search import forgetting
from tests.conftest import DATABASE
from tests.factory import Factory
from tests.moderation.conftest import World
from tests.surfing import Surfer

Look = Callable[[Callable[[Session], Any]], Any]
Browse = Callable[..., Surfer]
SECRETS = ("quexwolframson", "brunzelgasse", "ottilyxenia", "kundennummer")
# The index keeps of a word only where it parts from the word before: its end is what must not be there.
ENDS = tuple(secret[4:].encode() for secret in SECRETS)

on_sqlite = pytest.mark.skipif(DATABASE != "sqlite", reason="looks into SQLite's file")


def rows(session: Session) -> list[str]:
    """Every table in which a secret is found, those that FTS5 makes for itself included."""
    found = set()
    names = session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"))
    for name in names.all():
        for row in session.execute(text(f'SELECT * FROM "{name}"')):
            cells = (cell if isinstance(cell, bytes) else str(cell).encode() for cell in row)
            if any(end in cell.lower() for cell in cells for end in ENDS):
                found.add(name)
    return sorted(found)


def files(session: Session) -> dict[str, int]:
    """How often the secrets stand in the bytes of the database's files: the file itself, its log, and what else."""
    path = Path(str(session.get_bind().engine.url.database))
    held = {one.name.removeprefix(path.name): one.read_bytes().lower() for one in path.parent.glob(f"{path.name}*")}
    assert {"", "-wal"} <= held.keys()
    return {name: count for name, data in held.items() if (count := sum(map(data.count, ENDS)))}


def come_due(app: Flask) -> None:
    """The minute that redactions wait for each other is over."""
    with app.app_context():
        with unit_of_work() as session:
            session.execute(update(Job).where(Job.name == "finish_redaction").values(run_at=Job.created_at))
        db.session.remove()


def redactions(look: Look) -> list[tuple[str, str, int | None]]:
    """What the log says of redactions."""
    lines = select(LogEntry.verb, LogEntry.target_kind, LogEntry.actor_id).order_by(LogEntry.id)
    told = look(lambda session: session.execute(lines).all())
    return [tuple(line) for line in told if line.verb in ("redact", "finish_redaction")]


@pytest.fixture
def careless(app: Flask) -> Iterator[None]:
    """A SQLite that leaves deleted bytes where they are, as most builds do; Debian's writes zeros over many of them."""

    def leave(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA secure_delete=OFF")

    with app.app_context():
        engine = db.engine
        db.session.remove()
        engine.dispose()
    event.listen(engine, "connect", leave)
    yield
    event.remove(engine, "connect", leave)
    engine.dispose()


@pytest.fixture
def leak(world: World, make: Factory, browse: Browse, drain: Callable[[], None], say: Callable[..., int]) -> list[str]:
    """A title, a tag, an edited answer, a draft and a message with secrets, among much else. Redacted, not finished."""
    titled, street, given, number = SECRETS
    author, thread = browse(world.author), make.thread(
        world.kettles, world.asker, title=f"Where does {titled} live?", tags=(number, "water")
    )
    answer = make.answer(thread, world.author, f"He lives in the {street} at {given}.")
    for n in range(6):
        make.answer(thread, world.asker, f"Number {n} on this matter.\n\n" + "Quite another matter. " * 40 * n)
        drain()
    assert author.post(f"/p/{answer.id}/revision", {"body": f"In the {street}!"}).status_code == 303
    draft = {"place": "new-thread", "base": "0", "body": f"In the {street}!"}
    assert author.post("/drafts", draft).status_code == 200
    message = say(world.author, f"It was {given}")
    drain()
    moderator = browse(world.moderator)
    opening = {"title": "Where does he live?", "body": "Help me out.", "tags": "water"}
    for path, form in (
        (f"/p/{thread.opening_id}", opening), (f"/p/{answer.id}", {"body": "Somewhere."}),
        (f"/chat/messages/{message}", {"body": "It was somebody"}),
    ):
        assert moderator.post(f"{path}/redaction", form).status_code == 303
    return [f"/p/{thread.opening_id}", f"/p/{answer.id}"]


@on_sqlite
def test_no_byte_of_it_is_left(
    app: Flask, careless: None, leak: list[str], look: Look, drain: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The index is merged in parts; the log tells of it once a thing, and other words are found as before."""
    monkeypatch.setattr(forgetting, "PAGES", 1)
    drain()
    assert look(rows) == ["chat_message", "search_post_data", "search_title_data"]  # the message: its test's own id
    assert look(files)
    with app.app_context():
        with unit_of_work() as session:
            session.execute(text("UPDATE chat_message SET client_id = 'c' || id"))
        db.session.remove()
    assert [verb for verb, _kind, _by in redactions(look)] == ["redact"] * 3
    come_due(app)
    drain()
    assert look(rows) == []
    assert look(files) == {}
    done = [("finish_redaction", kind, None) for kind in ("post", "post", "message")]
    assert redactions(look)[3:] == done
    found = Surfer(app).get("/search?q=matter").text
    assert "Where does he live?" in found
    integrity = look(lambda session: session.scalar(text("PRAGMA integrity_check")))
    assert integrity == "ok"
    for name in ("search_post", "search_title"):
        check = text(f"INSERT INTO {name} ({name}) VALUES ('integrity-check')")
        with app.app_context():
            with unit_of_work() as session:
                session.execute(check)
            db.session.remove()


def test_the_moderator_is_told_when_it_is_done(
    app: Flask, world: World, leak: list[str], browse: Browse, look: Look, drain: Callable[[], None]
) -> None:
    """Before, right after, and in the log; four redactions of three things are finished in one go, and done once."""
    moderator = browse(world.moderator)
    page = moderator.get(f"{leak[0]}/redaction").text
    assert "only then is it done" in page
    assert moderator.post(f"{leak[1]}/redaction", {"body": "Some."}).status_code == 303
    log = moderator.get("/moderation/log").text
    assert "The database&#39;s files forget them within minutes" in log and "wiped what was left" not in log
    come_due(app)
    for _time in range(2):
        drain()
        assert moderator.get("/moderation/log").text.count("wiped what was left") == 3
    left = select(Job.payload, Job.done_at).where(Job.name == "finish_redaction")
    assert [(row.payload, row.done_at is None) for row in look(lambda s: s.execute(left).all())] == [({}, False)] * 4
    assert "taken back" not in moderator.get("/moderation/log").text


def test_what_is_redacted_meanwhile_has_its_own_turn(
    app: Flask, world: World, browse: Browse, look: Look, drain: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same post again, while the first redaction is being finished: the log may not tell of the second yet."""
    moderator, path = browse(world.moderator), f"/p/{world.answer.id}/redaction"
    told: list[list[str]] = []

    def meanwhile(_tables: object) -> None:
        if not told:
            assert moderator.post(path, {"body": "Use it."}).status_code == 303
        told.append([verb for verb, _kind, _by in redactions(look)])

    monkeypatch.setattr(jobs, "wipe", meanwhile)
    assert moderator.post(path, {"body": "Use citric."}).status_code == 303
    come_due(app)
    drain()
    come_due(app)
    drain()
    assert told == [["redact", "redact"], ["redact", "redact", "finish_redaction"]]
    assert [verb for verb, _kind, _by in redactions(look)][2:] == ["finish_redaction"] * 2


def test_what_fails_is_tried_again(
    app: Flask, world: World, browse: Browse, look: Look, drain: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As long as somebody reads what was, the log of the database cannot be emptied, and nothing says it is done."""

    def in_use(_tables: object) -> None:
        raise StillRead

    with monkeypatch.context() as patch:
        patch.setattr(jobs, "wipe", in_use)
        assert browse(world.moderator).post(f"/p/{world.answer.id}/redaction", {"body": "Use it."}).status_code == 303
        come_due(app)
        drain()
        assert [verb for verb, _kind, _by in redactions(look)] == ["redact"]
    come_due(app)
    drain()
    assert [verb for verb, _kind, _by in redactions(look)] == ["redact", "finish_redaction"]


@pytest.mark.skipif(DATABASE != "postgresql", reason="asks PostgreSQL what it has vacuumed")
def test_dead_rows_and_what_the_planner_knows_are_gone(
    app: Flask, untouched: None, leak: list[str], look: Look, drain: Callable[[], None]
) -> None:
    """Every table that a redaction touches is vacuumed, and its samples of values are taken anew."""
    come_due(app)
    drain()

    def vacuumed(session: Session) -> set[str]:
        session.execute(text("SELECT pg_stat_force_next_flush()"))
        names = text("SELECT relname FROM pg_stat_user_tables WHERE last_vacuum IS NOT NULL")
        return set(session.scalars(names))

    assert set(TABLES) <= look(vacuumed)
    samples = text("SELECT most_common_vals::text || histogram_bounds::text FROM pg_stats WHERE schemaname = 'public'")
    values = " ".join(str(value) for value in look(lambda session: session.scalars(samples).all()))
    assert not [secret for secret in SECRETS if secret in values]
