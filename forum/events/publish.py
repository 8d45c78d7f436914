"""Saying what happened: a row in the outbox, in the transaction of its cause."""

import threading
from dataclasses import asdict

from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from forum.core.clock import now
from forum.core.database import Base
from forum.core.page_epoch import raise_epoch
from forum.core.unit_of_work import after_commit, before_commit
from forum.events.catalogue import AccessChanged, Event
from forum.events.models import OutboxEvent

CHANNEL = "laurel_outbox"
# The table itself: a row that nobody looks at needs no object.
_WRITE = insert(Base.metadata.tables[OutboxEvent.__tablename__])
_NOTIFY = text(f"NOTIFY {CHANNEL}")
# Set after each commit that left something to do: one for each loop of the worker, which clears its own.
events_wait = threading.Event()
jobs_wait = threading.Event()


def wake() -> None:
    """Have the worker of this process look at once: for events and for jobs."""
    events_wait.set()
    jobs_wait.set()


def publish(session: Session, event: Event) -> None:
    """Write `event` to the outbox; the worker is woken once the transaction is committed."""
    session.execute(_WRITE, {"kind": type(event).__name__, "payload": asdict(event), "created_at": now()})
    if isinstance(event, AccessChanged):  # kept pages show what guests may see
        raise_epoch(session)
    wake_after_commit(session)


def wake_after_commit(session: Session) -> None:
    """Wake the worker when this transaction is committed: here, and on PostgreSQL in other processes too."""
    after_commit(session, wake)
    if session.get_bind().dialect.name == "postgresql":
        before_commit(session, _notify)


def _notify(session: Session) -> None:
    session.execute(_NOTIFY)
