"""Saying that something is not right, and what happens when several people say it."""

from collections.abc import Sequence

from sqlalchemy import case as either
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from forum.access import guardian
from forum.access.actors import SYSTEM, Actor
from forum.boards.models import BoardModerator
from forum.core import ratelimit
from forum.core.clock import now
from forum.core.errors import Conflict, Invalid
from forum.core.i18n import gettext as _
from forum.core.i18n import in_language
from forum.core.i18n import lazy_gettext as _l
from forum.members.models import Member
from forum.moderation import hiding
from forum.moderation.closing import case_for
from forum.moderation.models import REASONS, Case, Flag
from forum.moderation.record import record
from forum.moderation.targets import Target
from forum.moderation.weights import Flagger, hides


def flag(
    session: Session, actor: Actor, target: Target, *, reason: str, note: str = "", guest_key: str | None = None
) -> Case:
    """Report the target (loaded with `lock`), once a person and case. Three independent people hide it.

    Args:
        reason: one of REASONS.
        note: what else the person says, at most 500 characters; only moderators read it.
        guest_key: who a guest is; without meaning for members.

    Raises:
        Invalid: the reason is unknown or the note too long.
        Conflict: this person reported it already.
    """
    guardian.require(guardian.may_flag(actor, target.author_id))
    _check_words(reason, note)
    if target.is_deleted:
        raise Conflict(_l("It is gone already. Thank you for looking after the place."))
    key = None if actor.id is not None else guest_key
    if key is None and actor.id is None:
        raise ValueError("a guest's flag needs the key of their network")
    _refuse_a_repeat(session, target, actor.id, key)
    ratelimit.take("flag", actor.id if actor.id is not None else key)
    case = case_for(session, target)
    session.add(
        Flag(case_id=case.id, flagger_id=actor.id, guest_key=key, reason=reason, note=note.strip(), created_at=now())
    )
    session.flush()
    case.flag_count = Case.flag_count + 1
    session.flush()
    _hide_if_enough(session, case, target)
    return case


def _check_words(reason: str, note: str) -> None:
    if reason not in REASONS:
        raise Invalid({"reason": _l("Choose what is the matter.")})
    if len(note) > 500:
        raise Invalid({"note": _l("Please say it in at most 500 characters.")})


def _refuse_a_repeat(session: Session, target: Target, member_id: int | None, key: str | None) -> None:
    """One flag a person and case, and none on what moderators found in order, as long as it stays as it was."""
    who = Flag.flagger_id == member_id if member_id is not None else Flag.guest_key == key
    cases = session.scalars(
        select(Case)
        .join(Flag, Flag.case_id == Case.id)
        .where(who, Case.target_kind == target.kind, Case.target_id == target.id)
    ).all()
    for case in cases:
        if case.state == "open":
            raise Conflict(_l("You have reported this already. A moderator will look at it."))
        if target.kind != "member" and case.state == "dismissed" and _unchanged_since(case, target):
            raise Conflict(_l("You have reported this before, and a moderator found it in order."))


def _unchanged_since(case: Case, target: Target) -> bool:
    return case.closed_at is not None and (target.edited_at is None or target.edited_at < case.closed_at)


# Automatic hiding -----------------------------------------------------------------------------


def _hide_if_enough(session: Session, case: Case, target: Target) -> None:
    """Hide a member's post or message once flags weigh enough; never staff's, nor what a moderator found in order."""
    if target.kind == "member" or target.is_hidden or _kept_before(session, target):
        return
    if target.by_staff or _moderates_there(session, target):
        return
    flaggers, guests = _independent_people(session, case.id)
    if not hides(flaggers, guests):
        return
    with in_language(target.author.reads):
        reason = _("Several people reported this. It is hidden until a moderator has looked at it.")
    hiding.hide(session, SYSTEM, target, reason)
    case.hidden_automatically = True
    session.flush()
    record(session, SYSTEM, "hide_automatically", target.kind, target.id, board_id=target.board_id, reason=reason)


def _kept_before(session: Session, target: Target) -> bool:
    dismissed = session.scalars(
        select(Case).where(
            Case.target_kind == target.kind, Case.target_id == target.id, Case.state == "dismissed"
        )
    )
    return any(_unchanged_since(case, target) for case in dismissed)


def _moderates_there(session: Session, target: Target) -> bool:
    return target.board_id is not None and session.get(BoardModerator, (target.board_id, target.author_id)) is not None


def _independent_people(session: Session, case_id: int) -> tuple[list[Flagger], int]:
    """The members who flagged, with how their earlier flags were decided, and the number of guests' networks."""
    members: Sequence[Member] = session.scalars(
        select(Member).join(Flag, Flag.flagger_id == Member.id).where(Flag.case_id == case_id)
    ).all()
    decided = session.execute(
        select(
            Flag.flagger_id,
            func.sum(either((Case.state == "upheld", 1), else_=0)),
            func.sum(either((Case.state == "dismissed", 1), else_=0)),
        )
        .join(Case, Case.id == Flag.case_id)
        .where(Flag.flagger_id.in_([member.id for member in members]), Case.state != "open")
        .group_by(Flag.flagger_id)
    ).all()
    records = {member_id: (int(upheld), int(dismissed)) for member_id, upheld, dismissed in decided}
    guests = session.scalar(
        select(func.count()).select_from(Flag).where(Flag.case_id == case_id, Flag.guest_key.is_not(None))
    )
    return [Flagger(_good_standing(member), *records.get(member.id, (0, 0))) for member in members], guests or 0


def _good_standing(member: Member) -> bool:
    moment = now()
    sanctioned = any(until is not None and until > moment for until in (member.suspended_until, member.silenced_until))
    return member.confirmed_at is not None and not sanctioned
