"""The second step of a redaction, which no member does: when it is asked for, and what the log says of it."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from forum.access.actors import SYSTEM
from forum.core.clock import now
from forum.jobs.models import Job
from forum.jobs.queue import enqueue
from forum.moderation.models import LogEntry
from forum.moderation.record import record

FINISHED = "finish_redaction"  # the verb in the log, and the name of the job
# Whoever redacts one thing often redacts another: so long they wait for each other, for finishing costs the same.
WAIT = dt.timedelta(minutes=1)


def ask(session: Session, entry: LogEntry) -> None:
    """Have the redaction that this line of the log tells of finished, soon."""
    enqueue(
        session, FINISHED, {"entry": entry.id}, run_at=now() + WAIT, unique_key=f"finish-redaction:{entry.id}",
    )


def unfinished(session: Session, entry_id: int) -> list[int]:
    """The lines of redactions that are not finished yet: this one, and all others that wait for it."""
    waiting = session.scalars(
        select(Job.payload).where(Job.name == FINISHED, Job.done_at.is_(None), Job.failed_at.is_(None))
    )
    ids = {entry_id, *(int(payload["entry"]) for payload in waiting)}
    entries = session.scalars(select(LogEntry).where(LogEntry.id.in_(ids)).order_by(LogEntry.id)).all()
    told = session.scalars(select(LogEntry.details).where(
        LogEntry.verb == FINISHED, LogEntry.id > min(ids),
        tuple_(LogEntry.target_kind, LogEntry.target_id).in_([(one.target_kind, one.target_id) for one in entries]),
    ))
    done = {finished for details in told for finished in details["redactions"]}
    return [entry.id for entry in entries if entry.id not in done]


def tell(session: Session, ids: Sequence[int]) -> None:
    """Say in the log, once a post or message, that nothing is left of what these lines of it tell to be redacted."""
    lines: dict[tuple[str, int, int | None], list[int]] = {}
    for entry in session.scalars(select(LogEntry).where(LogEntry.id.in_(ids)).order_by(LogEntry.id)):
        lines.setdefault((entry.target_kind, entry.target_id, entry.board_id), []).append(entry.id)
    for (kind, id_, board_id), redactions in lines.items():
        record(session, SYSTEM, FINISHED, kind, id_, board_id=board_id, details={"redactions": redactions})
