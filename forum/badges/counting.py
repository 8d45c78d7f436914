"""How many members have a badge: a projection, made anew for the badges that a transaction touched, at its end."""

from collections.abc import Iterable

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from forum.core.unit_of_work import before_commit
from forum.reputation.models import Badge, MemberBadge

_TOUCHED = "laurel_badges_touched"


def count_later(session: Session, badge_ids: Iterable[int]) -> None:
    """Have these badges counted anew at the end of the open unit of work: their rows are the last locks taken."""
    session.info.setdefault(_TOUCHED, set()).update(badge_ids)
    before_commit(session, _count_touched)


def recount(session: Session) -> None:
    """Count all badges anew."""
    _count(session, session.scalars(select(Badge.id)))


def _count_touched(session: Session) -> None:
    _count(session, session.info.pop(_TOUCHED, set()))


def _count(session: Session, badge_ids: Iterable[int]) -> None:
    ids = sorted(badge_ids)
    # Held first, counted then: a count that began before another's award was committed would miss it.
    session.execute(select(Badge.id).where(Badge.id.in_(ids)).order_by(Badge.id).with_for_update(key_share=True))
    holders = select(func.count(MemberBadge.member_id.distinct())).where(
        MemberBadge.badge_id == Badge.id, MemberBadge.revoked_at.is_(None)
    )
    session.execute(
        update(Badge).where(Badge.id.in_(ids)).values(holder_count=holders.scalar_subquery()),
        execution_options={"synchronize_session": False},
    )
