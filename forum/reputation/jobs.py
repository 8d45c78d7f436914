"""Timed work of reputation: standings that time alone changes, and those of members whose cases were decided."""

from sqlalchemy import select

from forum.core.clock import today
from forum.core.unit_of_work import unit_of_work
from forum.extensions import db
from forum.reputation import ledger
from forum.reputation.models import MemberStanding

AT_ONCE = 200  # standings in one transaction
MOST = 50_000  # in one go: the next one follows within the hour


def slide_standings() -> None:
    """Reckon anew the standings whose day has come: a month left the window, days since joining are reached, days of
    grace are over, a lock ended. In steps, each its own transaction; a job that was killed goes on where it was."""
    last, done = 0, 0
    while done < MOST and (ids := _due_after(last)):
        with unit_of_work() as session:
            ledger.settle_standings(session, ids)
        last, done = ids[-1], done + len(ids)


def _due_after(last: int) -> list[int]:
    session = db.session()
    session.rollback()
    due = select(MemberStanding.member_id).where(MemberStanding.due_on <= today(), MemberStanding.member_id > last)
    ids = list(session.scalars(due.order_by(MemberStanding.member_id).limit(AT_ONCE)))
    session.rollback()
    return ids


def settle_standing(member_id: int) -> None:
    """Reckon one standing anew: a case about the member was upheld, or opened again."""
    with unit_of_work() as session:
        ledger.settle_standings(session, [member_id])
