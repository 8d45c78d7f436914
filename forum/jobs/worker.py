"""The worker: delivers the outbox, runs due jobs. Two threads in the embedded server, `flask worker` when grown."""

import datetime as dt
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

import psycopg
import structlog
from flask import Flask
from sqlalchemy import Integer, Row, Table, bindparam, delete, select, text, update
from sqlalchemy.orm import Session

from forum.core.clock import now
from forum.core.database import Base
from forum.core.unit_of_work import attempt, unit_of_work
from forum.events.catalogue import ALL, Event
from forum.events.models import OutboxEvent
from forum.events.publish import CHANNEL, events_wait, jobs_wait, wake
from forum.extensions import db
from forum.jobs import registry
from forum.jobs.models import Job
from forum.jobs.queue import WAITING
from forum.subscribers import deliver

log = structlog.get_logger()

BATCH = 100  # events a transaction: enough to spare commits, few enough to keep writers waiting briefly
ATTEMPTS = 5  # then an event or a job is parked for a person to look at
LEASE = dt.timedelta(minutes=10)  # how long a job may take before another worker tries it
NOW = dt.timedelta()
_RELAY_LOCK = 7_316_502  # any number, the same in all processes: one relay at a time keeps events in order

Due = Row[int, str, dict[str, Any], int]
# Built once: the relay asks after each commit.
_TAKE_TURN = text("SELECT pg_try_advisory_xact_lock(:key)")
_DUE = (
    select(OutboxEvent.id, OutboxEvent.kind, OutboxEvent.payload, OutboxEvent.attempts)
    .where(OutboxEvent.parked_at.is_(None)).order_by(OutboxEvent.id).limit(BATCH)
)
_EVENTS: Table = Base.metadata.tables[OutboxEvent.__tablename__]
_GONE = delete(_EVENTS).where(_EVENTS.c.id.in_(bindparam("ids", type_=Integer, expanding=True)))


def deliver_events() -> int:
    """Deliver up to BATCH events in one transaction. Returns how many were taken up."""
    with unit_of_work(repeatable=True) as session:
        postgres = session.get_bind().dialect.name == "postgresql"
        if postgres and not session.scalar(_TAKE_TURN, {"key": _RELAY_LOCK}):
            return 0
        due = session.execute(_DUE).all()
        try:
            with attempt(session):
                _deliver_all(session, due)
        except Exception:  # one of them: each for itself, so that it keeps none of the others
            for row in due:
                _deliver_alone(session, row)
        return len(due)


def _deliver_all(session: Session, due: Sequence[Due]) -> None:
    """Deliver events and let them go. What only says "look anew" is said once, however often it waits here."""
    said = set[Event]()
    for row in due:
        event = _event_of(row)
        if event.looks_anew and event in said:
            continue
        said.add(event)
        deliver(session, event, f"{row.kind}:{row.id}")
    session.flush()
    if due:
        session.execute(_GONE, {"ids": [row.id for row in due]})


def _event_of(row: Due) -> Event:
    fields = {name: tuple(value) if isinstance(value, list) else value for name, value in row.payload.items()}
    event: Event = ALL[row.kind](**fields)
    return event


def _deliver_alone(session: Session, row: Due) -> None:
    try:
        with attempt(session):
            _deliver_all(session, [row])
    except Exception as error:
        log.exception("event failed", event_kind=row.kind, event_id=row.id)
        session.execute(
            update(OutboxEvent)
            .where(OutboxEvent.id == row.id)
            .values(
                attempts=row.attempts + 1,
                failure=repr(error)[:2000],
                parked_at=now() if row.attempts + 1 >= ATTEMPTS else None,
            )
        )


def run_job(ahead: dt.timedelta = NOW) -> bool:
    """Run one job that is due, or will be within the time `ahead`. Returns whether there was one."""
    job = _take(ahead)
    if job is None:
        return False
    job_id, name, payload, attempts = job
    try:
        registry.run(name, payload)
    except Exception as error:
        log.exception("job failed", job=name, job_id=job_id)
        with unit_of_work() as session:
            session.execute(
                update(Job)
                .where(Job.id == job_id)
                .values(
                    failure=repr(error)[:2000],
                    taken_until=None,
                    run_at=now() + dt.timedelta(seconds=10 * 4**attempts),
                    failed_at=now() if attempts + 1 >= ATTEMPTS else None,
                )
            )
    else:  # what it was about is not kept: it may hold an address or words
        with unit_of_work() as session:
            session.execute(update(Job).where(Job.id == job_id).values(done_at=now(), taken_until=None, payload={}))
    return True


def _take(ahead: dt.timedelta) -> tuple[int, str, dict[str, object], int] | None:
    with unit_of_work() as session:
        job = session.scalar(
            select(Job)
            .where(
                Job.done_at.is_(None),
                Job.failed_at.is_(None),
                Job.run_at <= now() + ahead,
                (Job.taken_until.is_(None)) | (Job.taken_until < now()),
            )
            .order_by(Job.run_at, Job.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if job is None:
            return None
        job.taken_until = now() + LEASE
        if job.unique_key is not None and job.unique_key.startswith(WAITING):
            job.unique_key = None
        job.attempts += 1
        return job.id, job.name, dict(job.payload), job.attempts - 1


def drain(rounds: int = 50, *, ahead: dt.timedelta = NOW) -> None:
    """Deliver and run everything that is due now, or will be within the time `ahead` (for commands and tests)."""
    for _round in range(rounds):
        taken = deliver_events()
        while run_job(ahead):
            taken += 1
        if not taken:
            return


class Worker:
    """Two loops, each in a thread of its own: one delivers events, the other runs jobs and timed work.

    A mail server that takes its time thus keeps no chat message waiting. Start it after a fork, never at import.
    """

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._stop = threading.Event()
        self._timed: dict[str, float] = {}
        loops = {"events": (_deliver_some, events_wait), "jobs": (self._work, jobs_wait)}
        self._threads = [
            threading.Thread(target=self._loop, args=loop, name=f"laurel-{name}", daemon=True)
            for name, loop in loops.items()
        ]

    def start(self) -> None:
        """Run in threads of this process."""
        for thread in self._threads:
            thread.start()
        if self._app.config["SETTINGS"].database_url.startswith("postgresql"):
            threading.Thread(target=self._listen, name="laurel-listener", daemon=True).start()

    def run_here(self) -> None:
        """Run until asked to stop, and end after what is being done (`flask worker`)."""
        self.start()
        self._stop.wait()
        for thread in self._threads:
            thread.join()

    def ask_to_stop(self) -> None:
        """Have both loops end after what they are doing."""
        self._stop.set()
        wake()

    def stop(self) -> None:
        """Ask the loops to end and wait for them. Returns after 5 s for each at the latest."""
        self.ask_to_stop()
        for thread in self._threads:
            if thread.is_alive():
                thread.join(timeout=5)

    def _loop(self, turn: Callable[[], bool], waiting: threading.Event) -> None:
        """Take turns until asked to stop; between them wait to be woken. An outage of the database is waited out."""
        wait = 1.0
        while not self._stop.is_set():
            waiting.clear()
            try:
                with self._app.app_context():
                    busy = turn()
                    db.session.remove()
                wait = 1.0
            except Exception:
                log.exception("worker paused", loop=threading.current_thread().name)
                busy, wait = False, min(30.0, wait * 2)
            if not busy:
                waiting.wait(wait)

    def _work(self) -> bool:
        """One job, and what is due by the clock. Returns whether there was a job."""
        busy = run_job()
        for name, interval in registry.TIMED.items():
            if time.monotonic() - self._timed.get(name, float("-inf")) >= interval.total_seconds():
                self._timed[name] = time.monotonic()
                registry.run(name, {})
        return busy

    def _listen(self) -> None:
        """Wake when another process commits something to deliver (PostgreSQL's LISTEN)."""
        url = self._app.config["SETTINGS"].database_url.replace("postgresql+psycopg", "postgresql")
        while not self._stop.is_set():
            try:
                with psycopg.connect(url, autocommit=True) as connection:
                    connection.execute(f"LISTEN {CHANNEL}")
                    while not self._stop.is_set():
                        for _notice in connection.notifies(timeout=2, stop_after=1):
                            wake()
            except psycopg.Error:
                self._stop.wait(2)


def _deliver_some() -> bool:
    """Deliver events. Returns whether more may be waiting."""
    return deliver_events() == BATCH
