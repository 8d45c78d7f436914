"""How many members hold each rank: counted once in a while, not for every view of /ranks."""

import time
from collections.abc import Mapping
from weakref import WeakKeyDictionary

from sqlalchemy import ColumnElement, Connection, Engine, Select, and_, func, select
from sqlalchemy.orm import Session

from forum.members.models import Member
from forum.reputation.models import MemberStanding
from forum.reputation.rulesets import glance

KEPT_FOR = 600.0  # seconds; a count that is minutes old is as good
LEAST = 25  # of a smaller community the counts would only say that it is small

_kept: WeakKeyDictionary[Engine, tuple[float, int | None, dict[str, int]]] = WeakKeyDictionary()


def holders(session: Session) -> Mapping[str, int]:
    """How many members hold each rank, by its key; empty while there are fewer than LEAST members in all.

    At most ten minutes old, or as old as the rules in force. Staff stand outside; who is imported and nobody's account,
    merged into another or gone is not counted.
    """
    bind, version = session.get_bind(), glance(session).version_id
    engine = bind.engine if isinstance(bind, Connection) else bind
    kept = _kept.get(engine)
    if kept is None or time.monotonic() - kept[0] > KEPT_FOR or kept[1] != version:
        counted = {row[0]: row[1] for row in session.execute(counting())}
        kept = (time.monotonic(), version, counted if sum(counted.values()) >= LEAST else {})
        _kept[engine] = kept
    return kept[2]


def counting() -> Select[str, int]:
    """The statement behind it."""
    return (
        select(MemberStanding.rank_key, func.count())
        .join(Member, Member.id == MemberStanding.member_id)
        .where(counted())
        .group_by(MemberStanding.rank_key)
    )


def counted() -> ColumnElement[bool]:
    """Who counts among the holders of ranks, wherever they are counted."""
    return and_(
        Member.role == "member", Member.confirmed_at.is_not(None), Member.merged_into_id.is_(None),
        Member.erased_at.is_(None),
    )


def forget() -> None:
    """Count anew at the next view."""
    _kept.clear()
