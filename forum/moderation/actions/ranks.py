"""Holding a member at a rank for a while, and letting go of it."""

import datetime as dt

from sqlalchemy.orm import Session

from forum.access import guardian
from forum.access.actors import Actor
from forum.core.clock import now
from forum.core.errors import Conflict, Invalid
from forum.core.i18n import lazy_gettext as _l
from forum.events.catalogue import RankHeld, RankLetGo
from forum.events.publish import publish
from forum.members.models import Member
from forum.moderation.actions.cases import checked_reason
from forum.moderation.ladder import LONGEST
from forum.moderation.models import LogEntry
from forum.moderation.record import record
from forum.moderation.targets import member_target
from forum.reputation import locks, rulesets
from forum.reputation.models import MemberStanding


def hold_rank(session: Session, actor: Actor, name: str, *, rank_key: str, days: int, reason: str) -> LogEntry:
    """Hold a member at a rank for some days, for a reason that they read; then the rules alone say their rank again.

    Raises:
        NotFound: there is no such member.
        Invalid: by field, what is missing.
    """
    member = member_target(session, actor, name, lock=True).author
    guardian.require(guardian.may_hold_rank(actor, member), actor)
    if rank_key not in {rank.key for rank in rulesets.in_force(session).ruleset.ranks}:
        raise Invalid({"rank": _l("Choose a rank.")})
    reason = checked_reason(reason)
    if not 1 <= days <= LONGEST:
        raise Invalid({"days": _l("Choose how long: 1 to 365 days.")})
    until = now() + dt.timedelta(days=days)
    entry = record(
        session, actor, "hold_rank", "member", member.id, reason=reason,
        details={"rank": rank_key, "until": until.isoformat()},
    )
    publish(session, RankHeld(member.id, rank_key, until.date().isoformat(), reason, entry.id))
    locks.hold(session, member.id, rank_key, until, reason, actor.id)
    return entry


def let_go(session: Session, actor: Actor, entry: LogEntry) -> None:
    """Take back what a line of the log says was held.

    Raises:
        Conflict: it is over, or something else is held by now.
    """
    guardian.require(guardian.may_hold_rank(actor, session.get_one(Member, entry.target_id)), actor)
    standing = session.get(MemberStanding, entry.target_id)
    until = standing.lock_until.isoformat() if standing is not None and standing.lock_until is not None else ""
    if standing is None or (standing.lock_rank_key, until) != (entry.details["rank"], entry.details["until"]):
        raise Conflict(_l("Something has changed since. Look at it as it is now."))
    publish(session, RankLetGo(entry.id))
    locks.release(session, entry.target_id, now())
