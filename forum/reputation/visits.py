"""Visits: one row for each member and UTC day, the source of the days that ranks ask for."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from forum.members.models import MemberVisit
from forum.reputation import ledger, standings
from forum.reputation.reckoning import days_of
from forum.reputation.regeneration import note_stale
from forum.reputation.rulesets import in_force


def record_visit(session: Session, member_id: int, day: dt.date) -> None:
    """The member was here on this UTC day. Saying it twice changes nothing."""
    record_visits(session, [member_id], day)


def record_visits(session: Session, member_ids: Iterable[int], day: dt.date) -> None:
    """These members were here on this UTC day; their days and ranks follow."""
    ids = sorted(set(member_ids))
    if not ids:
        return
    held = standings.lock(session, ids)
    note_stale(session, ids)
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    session.execute(
        dialect.insert(MemberVisit).on_conflict_do_nothing(), [{"member_id": id, "day": day} for id in ids]
    )
    # On a day that is due the numbers of the row may be old: by them a rank could fall that is earned anew today.
    due = [id for id in ids if held[id].is_due]
    days = days_of(session, set(ids).difference(due))
    numbers = {id: replace(held[id].numbers, days=count) for id, count in days.items()}
    standings.write(session, in_force(session).ruleset, held, numbers)
    if due:
        ledger.settle_standings(session, due)
