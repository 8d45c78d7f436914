"""Staff hold a member at a rank, higher or lower than the numbers say, until a moment."""

import datetime as dt

from sqlalchemy import update
from sqlalchemy.orm import Session

from forum.reputation import standings
from forum.reputation.models import MemberStanding
from forum.reputation.reckoning import reckon
from forum.reputation.rulesets import in_force


def hold(
    session: Session, member_id: int, rank_key: str, until: dt.datetime, reason: str, by_id: int | None
) -> None:
    """Hold the member at a rank until then; what was held before is replaced. The caller tells the member."""
    _set(session, member_id, lock_rank_key=rank_key, lock_until=until, lock_reason=reason, lock_by_id=by_id)


def release(session: Session, member_id: int, until: dt.datetime) -> None:
    """Let go of what was held: the rank is at once the one that the numbers say. `until` is this moment."""
    _set(session, member_id, lock_until=until, lock_reason="", lock_by_id=None)


def _set(session: Session, member_id: int, **columns: object) -> None:
    standings.lock(session, [member_id])
    session.execute(update(MemberStanding).where(MemberStanding.member_id == member_id).values(**columns))
    held = standings.lock(session, [member_id])
    rules = in_force(session)
    found = reckon(session, rules, [member_id])  # the row's numbers may be older than what time has changed
    standings.write(session, rules.ruleset, held, found.numbers, found.leaving, told=False)
    standings.say_changed(session, [member_id])
    session.expire_all()
