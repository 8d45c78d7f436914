"""Saying what happened: a row in the outbox, in the transaction of its cause."""

import threading
from dataclasses import asdict

from sqlalchemy import text
from sqlalchemy.orm import Session

from forum.core.clock import now
from forum.core.unit_of_work import after_commit
from forum.events.catalogue import Event
from forum.events.models import OutboxEvent

CHANNEL = "laurel_outbox"
# Set after each commit that left something to do: one for each loop of the worker, which clears its own.
events_wait = threading.Event()
jobs_wait = threading.Event()


def wake() -> None:
    """Have the worker of this process look at once: for events and for jobs."""
    events_wait.set()
    jobs_wait.set()


def publish(session: Session, event: Event) -> None:
    """Write `event` to the outbox; the worker is woken once the transaction is committed."""
    session.add(OutboxEvent(kind=type(event).__name__, payload=asdict(event), created_at=now()))
    wake_after_commit(session)


def wake_after_commit(session: Session) -> None:
    """Wake the worker when this transaction is committed: here, and on PostgreSQL in other processes too."""
    after_commit(session, wake)
    if session.get_bind().dialect.name == "postgresql" and not session.info.get(CHANNEL):
        session.info[CHANNEL] = True
        session.execute(text(f"NOTIFY {CHANNEL}"))
        after_commit(session, lambda: session.info.pop(CHANNEL, None))
