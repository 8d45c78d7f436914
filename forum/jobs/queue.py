"""Asking for work to be done later: a row in the transaction of the cause."""

import datetime as dt
from functools import lru_cache
from typing import Any

from sqlalchemy import Insert, delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from forum.core.clock import now
from forum.core.database import Base
from forum.core.unit_of_work import unit_of_work
from forum.events.publish import wake_after_commit
from forum.jobs.models import Job

WAITING = "waiting:"  # how a key begins that a job gives up when it is begun
KEEP_DONE = dt.timedelta(days=30)  # so long a unique key stops a repeat


def enqueue(
    session: Session,
    name: str,
    payload: dict[str, Any],
    *,
    run_at: dt.datetime | None = None,
    unique_key: str | None = None,
    while_waiting: bool = False,
) -> None:
    """Queue the job `name` (a key of forum.jobs.registry.JOBS) with a payload of plain values.

    With `unique_key`, asking again for the same work changes nothing, also after it is done; with `while_waiting`
    only until it is begun: what many acts ask for is done once for all of them, and again for those that come later.
    """
    if while_waiting:
        unique_key = f"{WAITING}{unique_key}"
    moment = now()
    session.execute(_ask(session.get_bind().dialect.name), {
        "name": name, "payload": payload, "unique_key": unique_key, "run_at": run_at or moment, "created_at": moment,
    })
    wake_after_commit(session)


@lru_cache
def _ask(dialect: str) -> Insert:
    asked: Insert = (postgresql if dialect == "postgresql" else sqlite).insert(
        Base.metadata.tables[Job.__tablename__]
    ).on_conflict_do_nothing(index_elements=["unique_key"])
    return asked


def forget_done() -> None:
    """Remove jobs that were done long ago."""
    with unit_of_work() as session:
        session.execute(delete(Job).where(Job.done_at < now() - KEEP_DONE))
