"""Warning, silencing and suspending members, and lifting it."""

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from forum.access import guardian
from forum.access.actors import Actor
from forum.core.clock import now
from forum.core.errors import Conflict, Invalid, NotFound
from forum.core.i18n import lazy_gettext as _l
from forum.events.catalogue import MemberSanctioned
from forum.events.publish import publish
from forum.members.models import Member
from forum.members.state import close_sessions
from forum.moderation.actions.cases import checked_reason
from forum.moderation.closing import close_about, reopen
from forum.moderation.ladder import LONGEST
from forum.moderation.models import LogEntry, Sanction
from forum.moderation.record import record
from forum.moderation.targets import member_target
from forum.reputation import ledger
from forum.threads import voiding
from forum.threads.models import Vote

KINDS = ("warning", "silence", "suspension")
VERBS = {"warning": "warn", "silence": "silence", "suspension": "suspend"}
BAN = LONGEST  # a suspension of a year is a ban: nobody needs to say that the votes go with it


def sanction(
    session: Session, actor: Actor, name: str, *, kind: str, reason: str, days: int = 0, voids_votes: bool = False
) -> LogEntry:
    """Warn, silence or suspend a member, for a reason that they read; an open case about them is upheld.

    A suspension signs them out everywhere at once, sockets too.

    Args:
        kind: one of KINDS.
        days: how long a silence or a suspension lasts, 1 to 365.
        voids_votes: with a suspension: their votes count no more, also after its end, until it is lifted. With a ban
            (BAN days) they never do.

    Raises:
        NotFound: there is no such member.
        Invalid: by field, what is missing.
        Conflict: the same sanction is in force.
    """
    member = member_target(session, actor, name).author
    guardian.require(guardian.may_sanction(actor, member), actor)
    if kind not in KINDS:
        raise Invalid({"kind": _l("Choose a warning, a silence or a suspension.")})
    reason = checked_reason(reason)
    if kind != "warning" and not 1 <= days <= LONGEST:
        raise Invalid({"days": _l("Choose how long: 1 to 365 days.")})
    moment = now()
    given = Sanction(
        member_id=member.id, kind=kind, reason=reason, by_id=actor.id, created_at=moment,
        until=moment + dt.timedelta(days=days) if kind != "warning" else None,
        voids_votes=kind == "suspension" and (voids_votes or days >= BAN),
    )
    session.add(given)
    session.flush()
    _apply(session, given)
    target = member_target(session, actor, name)
    case_id = close_about(session, actor, target, "upheld")
    entry = record(
        session, actor, VERBS[kind], "member", member.id, reason=reason,
        details={"sanction_id": given.id, "case_id": case_id, "days": days if given.until else 0},
    )
    publish(session, MemberSanctioned(given.id, member.id))
    _settle_votes(session, given)
    return entry


def lift(session: Session, actor: Actor, sanction_id: int, case_id: int | None = None) -> None:
    """Take a sanction back: the member may write again, and their votes count again. The case reopens if named.

    Raises:
        NotFound: there is no such sanction.
        Conflict: it is lifted already.
    """
    given = session.get(Sanction, sanction_id)
    if given is None:
        raise NotFound
    guardian.require(guardian.may_sanction(actor, session.get_one(Member, given.member_id)), actor)
    if given.lifted_at is not None:
        raise Conflict(_l("This is lifted already."))
    if given.voids_votes:
        voiding.let_count(session, "sanction", given.id)
    member = _locked(session, given.member_id)
    given.lifted_at = now()
    given.lifted_by_id = actor.id
    if given.kind == "suspension" and member.suspended_until == given.until:
        member.suspended_until = None
    if given.kind == "silence" and member.silenced_until == given.until:
        member.silenced_until = None
    session.flush()
    if case_id is not None:
        reopen(session, case_id)
    _settle_votes(session, given)
    voiding.forget(session, "sanction", given.id)


def entry_of_sanction_in_force(session: Session, member: Member) -> int:
    """The id of the log's line of the suspension or silence that is in force.

    Raises:
        Conflict: neither is.
    """
    given = session.scalar(
        select(Sanction)
        .where(
            Sanction.member_id == member.id, Sanction.kind != "warning", Sanction.lifted_at.is_(None),
            Sanction.until > now(),
        )
        .order_by(Sanction.kind.desc(), Sanction.id.desc())  # a suspension before a silence
        .limit(1)
    )
    if given is not None:
        entries = session.scalars(
            select(LogEntry)
            .where(
                LogEntry.target_kind == "member", LogEntry.target_id == member.id, LogEntry.verb == VERBS[given.kind]
            )
            .order_by(LogEntry.id.desc())
        )
        for entry in entries:
            if entry.details.get("sanction_id") == given.id:
                return entry.id
    raise Conflict(_l("This member is neither suspended nor silenced."))


def _apply(session: Session, given: Sanction) -> None:
    """Boards and threads first (votes), the member's row after them: the house's order of locks."""
    if given.voids_votes:
        theirs = select(Vote.id).where(Vote.voter_id == given.member_id)
        voiding.void_votes(session, theirs, "sanction", given.id, given.created_at)
    member = _locked(session, given.member_id)
    if given.kind == "suspension":
        if member.suspended_until is not None and member.suspended_until > given.created_at:
            raise Conflict(_l("This member is suspended already. Lift that first."))
        member.suspended_until = given.until
        session.flush()
        close_sessions(session, member.id)
    elif given.kind == "silence":
        if member.silenced_until is not None and member.silenced_until > given.created_at:
            raise Conflict(_l("This member is silenced already. Lift that first."))
        member.silenced_until = given.until
        session.flush()


def _settle_votes(session: Session, given: Sanction) -> None:
    if given.voids_votes:
        ledger.settle_votes_of(session, session.get_one(Member, given.member_id))


def _locked(session: Session, member_id: int) -> Member:
    statement = select(Member).where(Member.id == member_id).with_for_update(key_share=True)
    return session.scalars(statement, execution_options={"populate_existing": True}).one()
