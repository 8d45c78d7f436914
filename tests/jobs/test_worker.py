"""The worker: its two loops do not wait for each other, and both end when they are asked to."""

import threading
from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from forum.core.unit_of_work import unit_of_work
from forum.events.catalogue import AccessChanged
from forum.events.publish import publish
from forum.extensions import db
from forum.jobs import registry
from forum.jobs import worker as loops
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
