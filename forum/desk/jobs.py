"""Timed work of the desk: claims end, questions that wait are handed on, old ones are let go."""

import datetime as dt
from typing import Any

from sqlalchemy import Select, exists, select

from forum.access.actors import SYSTEM
from forum.boards.models import Board
from forum.core.clock import now
from forum.core.unit_of_work import unit_of_work
from forum.desk import actions, projections
from forum.desk.models import STAGES, Escalation
from forum.desk.state import times
from forum.extensions import db
from forum.threads.models import Thread

AT_ONCE = 50  # questions handed on in one go; the next go is five minutes away
# What should have been handed on so long ago is left: when this is switched on, or after an outage, nobody is flooded.
LATE = dt.timedelta(hours=48)


def end_claims() -> None:
    """End the claims whose time is over."""
    with unit_of_work() as session:
        actions.end_claims(session, SYSTEM)


def ask_helpers() -> None:
    """Hand on the questions that have waited long enough: to helpers, then to staff; each in its own transaction."""
    session = db.session()
    session.rollback()
    kept = times(session)
    due = [
        (thread_id, stage)
        for stage, hours in zip(STAGES, (kept.helpers, kept.staff), strict=True) if hours
        for thread_id in session.scalars(waiting(stage, dt.timedelta(hours=hours))).all()
    ]
    session.rollback()
    for thread_id, stage in due:
        with unit_of_work() as writing:
            actions.ask_helpers(writing, SYSTEM, thread_id, stage)


def waiting(stage: str, after: dt.timedelta) -> Select[Any]:
    """The questions without an answer that have waited so long, and were not handed on to this stage yet."""
    moment = now()
    done = exists().where(Escalation.thread_id == Thread.id, Escalation.stage == stage)
    return (
        select(Thread.id).join(Board, Board.id == Thread.board_id)
        .where(
            projections.is_open(), Thread.answer_count == 0, Thread.asked_as_newcomer.in_((True, False)),
            Thread.created_at.between(moment - after - LATE, moment - after), Board.archived_at.is_(None), ~done,
        )
        .order_by(Thread.created_at, Thread.id).limit(AT_ONCE)
    )


def recount_desk() -> None:
    """Make all that the desk keeps of threads and posts anew."""
    with unit_of_work() as session:
        projections.recount(session)


def tidy_desk() -> None:
    """Let go of questions that have waited past the horizon."""
    with unit_of_work() as session:
        projections.forget_old(session)
