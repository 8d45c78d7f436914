"""The worker: its two loops do not wait for each other, and both end when they are asked to."""

import threading
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from forum.core.unit_of_work import after_commit, after_commit_together, unit_of_work
from forum.events.catalogue import AccessChanged, MessageChanged, PostChanged
from forum.events.models import OutboxEvent
from forum.events.publish import publish
from forum.extensions import db
from forum.jobs import registry
from forum.jobs import worker as loops
from forum.jobs.models import Job
from forum.jobs.queue import enqueue
from forum.jobs.worker import Worker

PATIENCE = 30  # seconds until a test gives up; nothing is measured


class Gate:
    """A job that begins, and does not end before it is let through."""

    def __init__(self) -> None:
        self.begun, self.through, self.done = threading.Event(), threading.Event(), threading.Event()

    def __call__(self) -> None:
        self.begun.set()
        self.through.wait(PATIENCE)
        self.done.set()


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Gate:
    """The job `gate`."""
    made = Gate()
    monkeypatch.setitem(registry.JOBS, "gate", made)
    monkeypatch.setattr(registry, "TIMED", {})
    return made


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Set once an event is delivered."""
    delivered = threading.Event()
    monkeypatch.setattr(loops, "deliver", lambda _session, _event, _key: delivered.set())
    return delivered


@pytest.fixture
def at_work(app: Flask, gate: Gate) -> Iterator[Worker]:
    """A worker in this process."""
    made = Worker(app)
    made.start()
    yield made
    gate.through.set()
    made.stop()


@pytest.fixture
def write(app: Flask) -> Callable[[Callable[..., None]], None]:
    """`write(act)` calls it with a session, and commits."""

    def run(act: Callable[..., None]) -> None:
        with app.app_context():
            with unit_of_work() as session:
                act(session)
            db.session.remove()

    return run


def test_a_job_that_hangs_delays_no_event(
    gate: Gate, heard: threading.Event, at_work: Worker, write: Callable[[Callable[..., None]], None]
) -> None:
    """As when a mail server takes its time while people chat."""
    write(lambda session: enqueue(session, "gate", {}))
    assert gate.begun.wait(PATIENCE)
    write(lambda session: publish(session, AccessChanged()))
    assert heard.wait(PATIENCE)
    assert not gate.done.is_set()
    gate.through.set()
    assert gate.done.wait(PATIENCE)


def test_it_ends_when_asked_and_leaves_what_is_new(
    app: Flask, gate: Gate, heard: threading.Event, write: Callable[[Callable[..., None]], None]
) -> None:
    """What is being done is finished; what comes afterwards waits for the next worker."""
    first = Worker(app)
    loop = threading.Thread(target=first.run_here)
    loop.start()
    write(lambda session: enqueue(session, "gate", {}))
    assert gate.begun.wait(PATIENCE)
    first.ask_to_stop()
    assert loop.is_alive()
    gate.through.set()
    loop.join(PATIENCE)
    assert gate.done.is_set() and not loop.is_alive()
    write(lambda session: publish(session, AccessChanged()))
    assert not any(thread.name in ("laurel-events", "laurel-jobs") for thread in threading.enumerate())
    assert not heard.is_set()
    second = Worker(app)
    second.start()
    assert heard.wait(PATIENCE)
    second.stop()


def test_of_events_that_say_look_anew_one_is_delivered(
    app: Flask, monkeypatch: pytest.MonkeyPatch, write: Callable[[Callable[..., None]], None]
) -> None:
    """A hundred votes on a post that wait together are one look at it; what counts by itself comes each time."""
    told: list[object] = []
    monkeypatch.setattr(loops, "deliver", lambda _session, event, _key: told.append(event))

    def act(session: Session) -> None:
        for post_id in (1, 2, 1, 1):
            publish(session, PostChanged(post_id=post_id, thread_id=5))
        for _time in range(2):
            publish(session, MessageChanged(message_id=1, room_id=1, seq=1))

    write(act)
    with app.app_context():
        assert loops.deliver_events() == 6
        assert loops.deliver_events() == 0
        db.session.remove()
    assert told == [PostChanged(1, 5), PostChanged(2, 5)] + 2 * [MessageChanged(1, 1, 1)]


def test_no_two_events_have_the_same_key(
    app: Flask, monkeypatch: pytest.MonkeyPatch, write: Callable[[Callable[..., None]], None]
) -> None:
    """By the key a subscriber knows what it has heard already: also when the outbox was empty in between."""
    keys: list[str] = []
    monkeypatch.setattr(loops, "deliver", lambda _session, _event, key: keys.append(key))
    for _time in range(3):
        write(lambda session: [publish(session, AccessChanged()) for _event in range(2)])
        with app.app_context():
            assert loops.deliver_events() == 2
            db.session.remove()
    assert len(keys) == len(set(keys)) == 6


def test_what_many_ask_for_is_done_once_and_again_for_those_who_ask_later(
    app: Flask, monkeypatch: pytest.MonkeyPatch, write: Callable[[Callable[..., None]], None]
) -> None:
    """Asked while the job waits, it is the same; asked while it is at it or afterwards, it is another."""
    done: list[int] = []

    def ask(session: Session) -> None:
        enqueue(session, "count", {}, unique_key="count", while_waiting=True)

    def count() -> None:
        done.append(len(done))
        if len(done) == 1:  # somebody asks meanwhile
            with unit_of_work() as session:
                ask(session)

    monkeypatch.setitem(registry.JOBS, "count", count)
    for _time in range(3):
        write(ask)
    with app.app_context():
        loops.drain()
        assert len(done) == 2
        db.session.remove()
    write(ask)
    with app.app_context():
        loops.drain()
        db.session.remove()
    assert len(done) == 3


def test_one_that_fails_keeps_none_of_the_others(
    app: Flask, monkeypatch: pytest.MonkeyPatch, write: Callable[[Callable[..., None]], None]
) -> None:
    """It stays, and is undone with what it left to be done after the commit; the rest is done once."""
    done: list[int] = []

    def deliver(session: Session, event: Any, _key: str) -> None:
        enqueue(session, "gate", {}, unique_key=f"told {event.member_id}")
        after_commit(session, partial(done.append, event.member_id))
        after_commit_together(session, done.extend, 10 * event.member_id)
        if event.member_id == 2:
            raise RuntimeError("not this one")

    monkeypatch.setattr(loops, "deliver", deliver)
    write(lambda session: [publish(session, AccessChanged(member_id)) for member_id in (1, 2, 3)])
    with app.app_context():
        assert loops.deliver_events() == 3
        left = db.session.execute(select(OutboxEvent.payload, OutboxEvent.attempts)).all()
        jobs = db.session.scalars(select(Job.unique_key).order_by(Job.unique_key)).all()
        db.session.remove()
    assert sorted(done) == [1, 3, 10, 30]
    assert [(payload["member_id"], attempts) for payload, attempts in left] == [(2, 1)]
    assert jobs == ["told 1", "told 3"]


def test_only_deliveries_do_not_wait_for_the_disk(app: Flask) -> None:
    """What a power cut takes back of them is delivered again; every other commit stays, on the same connection too."""
    with app.app_context():
        waits = []
        for repeatable in (True, False, True, False):
            with unit_of_work(repeatable=repeatable) as session:
                sqlite = session.get_bind().dialect.name == "sqlite"
                asked = "PRAGMA synchronous" if sqlite else "SHOW synchronous_commit"
                waits.append(session.scalar(text(asked)))
        db.session.remove()
    if sqlite:
        assert waits == [1, 2, 1, 2]  # NORMAL and FULL
    else:
        assert waits[0] == waits[2] == "off"
