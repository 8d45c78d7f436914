"""Timed work of reputation: standings that time alone changes, and those of members whose cases were decided."""

import datetime as dt

from sqlalchemy import Select, select, tuple_

from forum.core.clock import today
from forum.core.unit_of_work import unit_of_work
from forum.extensions import db
from forum.reputation import ledger
from forum.reputation.models import MemberStanding

AT_ONCE = 200  # standings in one transaction
MOST = 50_000  # in one go: the next one follows within the hour

Due = tuple[dt.date, int]  # the day, and whose standing it is
START: Due = (dt.date.min, 0)


def slide_standings() -> None:
    """Reckon anew the standings whose day has come: a month left the window, days since joining are reached, days of
    grace are over, a lock ended. In steps, each its own transaction; a job that was killed goes on where it was."""
    last, done = START, 0
    while done < MOST and (some := _due_after(last)):
        with unit_of_work() as session:
            ledger.settle_standings(session, [id for _day, id in some])
        last, done = some[-1], done + len(some)


def due(after: Due) -> Select[dt.date | None, int]:
    """The statement behind it: the next standings that are due, in the order of their index."""
    place = tuple_(MemberStanding.due_on, MemberStanding.member_id)
    return (
        select(MemberStanding.due_on, MemberStanding.member_id)
        .where(MemberStanding.due_on <= today(), place > tuple_(*after))
        .order_by(MemberStanding.due_on, MemberStanding.member_id).limit(AT_ONCE)
    )


def _due_after(last: Due) -> list[Due]:
    session = db.session()
    session.rollback()
    found = [(day, id) for day, id in session.execute(due(last)) if day is not None]
    session.rollback()
    return found


def settle_standing(member_id: int) -> None:
    """Reckon one standing anew: a case about the member was upheld, or opened again."""
    with unit_of_work() as session:
        ledger.settle_standings(session, [member_id])
