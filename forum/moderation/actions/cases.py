"""Deciding on what was flagged: hide, delete, bring back, find in order; and who is looking at it."""

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from forum.access import guardian
from forum.access.actors import Actor
from forum.core.clock import now
from forum.core.errors import Conflict, Forbidden, Invalid, NotFound
from forum.core.i18n import DEFAULT
from forum.core.i18n import gettext as _
from forum.core.i18n import lazy_gettext as _l
from forum.members.models import Member
from forum.moderation import hiding
from forum.moderation.closing import claimed_until, close, close_about
from forum.moderation.models import Case, LogEntry
from forum.moderation.queries import visible_cases
from forum.moderation.record import REASON_LENGTH, record
from forum.moderation.targets import Target, open_case, target_of
from forum.moderation.triage import reader_of, verdict_on
from forum.threads import state as threads_state


def case_and_target(session: Session, actor: Actor, case_id: int) -> tuple[Case, Target]:
    """A case that the actor may see, and what it is about; both locked.

    Raises:
        NotFound: there is no such case for them.
    """
    guardian.require(guardian.may_see_queue(actor), actor)
    case = session.scalar(select(Case).where(Case.id == case_id, visible_cases(actor)))
    if case is None:
        raise NotFound
    reader = reader_of(actor, case.board_id)
    target = target_of(session, reader, case.target_kind, case.target_id, lock=True)
    session.refresh(case, with_for_update=True)
    if reader is not actor and not session.scalar(select(Case.id).where(Case.id == case_id, visible_cases(actor))):
        raise NotFound  # it has changed while we waited for the lock
    return case, target


def claim(session: Session, actor: Actor, case_id: int) -> None:
    """Say that one is looking at it, for 15 minutes. One's own claim starts anew.

    Raises:
        Conflict: another has claimed it, or it is closed.
    """
    case, target = case_and_target(session, actor, case_id)
    _require_keeper(session, actor, target)
    _require_open(case)
    _require_unclaimed(session, actor, case)
    case.claimed_by_id = actor.id
    case.claimed_at = now()
    session.flush()


def release(session: Session, actor: Actor, case_id: int) -> None:
    """Take one's claim back; nothing happens when there is none.

    Raises:
        Conflict: it is another's claim.
    """
    case, target = case_and_target(session, actor, case_id)
    _require_keeper(session, actor, target)
    _require_unclaimed(session, actor, case)
    case.claimed_by_id = None
    case.claimed_at = None
    session.flush()


def uphold(
    session: Session, actor: Actor, case_id: int, reason: Callable[[str], str], *, waiting: bool = False
) -> LogEntry:
    """Hide what a case is about, as `hide` does; open to those who triage as well.

    Args:
        reason: says the reason in a language: its author reads it in theirs.
        waiting: only if the case is open still.

    Raises:
        Invalid: no reason.
        Conflict: a member cannot be hidden, or the case does not wait any more.
    """
    case, target = case_and_target(session, actor, case_id)
    guardian.require(verdict_on(session, actor, target), actor)
    if waiting:
        _require_open(case)
    return _hide(session, actor, target, reason(target.author.reads))


def hide(session: Session, actor: Actor, target: Target, reason: str) -> LogEntry:
    """Hide a post or message (loaded with `lock`) for a reason that its author reads; an open case is upheld.

    Open to all who moderate there, also while another has claimed the case: what does harm goes first.

    Raises:
        Invalid: no reason.
        Conflict: a member cannot be hidden.
    """
    guardian.require(guardian.may_decide(actor, target.board_id, target.author_id), actor)
    return _hide(session, actor, target, reason)


def _hide(session: Session, actor: Actor, target: Target, reason: str) -> LogEntry:
    reason = checked_reason(reason)
    before = hiding.was(target)
    hiding.hide(session, actor, target, reason)
    case_id = close_about(session, actor, target, "upheld")
    return record(
        session, actor, "hide", target.kind, target.id, board_id=target.board_id, reason=reason,
        details={"case_id": case_id, "was": before},
    )


def restore(session: Session, actor: Actor, target: Target) -> LogEntry:
    """Show a hidden post or message again, as it was; an open case is dismissed.

    Raises:
        Conflict: it is not hidden, or another is looking at its case.
    """
    guardian.require(guardian.may_decide(actor, target.board_id, target.author_id), actor)
    before = hiding.was(target)
    if before is None:
        raise Conflict(_l("This is not hidden."))
    case = open_case(session, target)
    if case is not None:
        _require_unclaimed(session, actor, case)
    hiding.show(session, actor, target)
    case_id = close_about(session, actor, target, "dismissed")
    return record(
        session, actor, "restore", target.kind, target.id, board_id=target.board_id,
        details={"case_id": case_id, "was": before},
    )


def delete(session: Session, actor: Actor, target: Target, reason: str) -> LogEntry:
    """Delete a post; an open case is upheld. The words stay in the database, and the act can be undone.

    Raises:
        Conflict: it is no post, or deleted already.
    """
    guardian.require(guardian.may_decide(actor, target.board_id, target.author_id), actor)
    if target.post is None:
        raise Conflict(_l("Only a post can be deleted here; hide it instead."))
    if target.is_deleted:
        raise Conflict(_l("This is deleted already."))
    threads_state.set_deleted(session, target.post, actor.id, deleted=True)
    case_id = close_about(session, actor, target, "upheld")
    return record(
        session, actor, "delete", target.kind, target.id, board_id=target.board_id, reason=reason.strip(),
        details={"case_id": case_id},
    )


def dismiss(session: Session, actor: Actor, case_id: int) -> LogEntry:
    """Find it in order: the case is closed, and what flags had hidden by themselves is shown again.

    Raises:
        Conflict: the case is closed, or another is looking at it.
    """
    case, target = case_and_target(session, actor, case_id)
    guardian.require(verdict_on(session, actor, target), actor)
    _require_open(case)
    _require_unclaimed(session, actor, case)
    before = hiding.was(target)
    shown = before is not None and case.hidden_automatically and before["by_id"] is None
    if shown:
        guardian.require(guardian.may_lift_hold(actor, target.board_id), actor)
        hiding.show(session, actor, target)
    close(session, actor, case, "dismissed")
    return record(
        session, actor, "dismiss", target.kind, target.id, board_id=target.board_id,
        details={"case_id": case.id, "was": before if shown else None},
    )


def decide_many(
    session: Session, actor: Actor, case_ids: list[int], act: str, reason: Callable[[str], str]
) -> tuple[int, int]:
    """Hide or dismiss several cases at once; those that cannot be are left as they are.

    Args:
        reason: says the reason in a language: each author reads it in theirs.

    Returns:
        how many were decided, and how many were left.

    Raises:
        Invalid: an unknown act, or hiding without a reason.
    """
    if act not in ("hide", "dismiss"):
        raise Invalid({"act": _l("Choose what to do with them.")})
    guardian.require(guardian.may_see_queue(actor), actor)
    if act == "hide":
        checked_reason(reason(DEFAULT))
    done = left = 0
    for case_id in sorted(set(case_ids)):
        try:
            if act == "dismiss":
                dismiss(session, actor, case_id)
            else:
                uphold(session, actor, case_id, reason, waiting=True)
        except (Conflict, Forbidden, NotFound):
            left += 1
        else:
            done += 1
    return done, left


def checked_reason(reason: str) -> str:
    """The reason without blanks around it.

    Raises:
        Invalid: there is none, or it is too long.
    """
    text = " ".join(reason.split())
    if not text:
        raise Invalid({"reason": _l("Give a reason: the author will read it.")})
    if len(text) > REASON_LENGTH:
        raise Invalid({"reason": _l("Please say it in at most 500 characters.")})
    return text


def _require_keeper(session: Session, actor: Actor, target: Target) -> None:
    """Who moderates there, also when it is their own; who triages, what they may decide on."""
    moderates = actor.moderates(target.board_id)
    verdict = guardian.may_moderate(actor, target.board_id) if moderates else verdict_on(session, actor, target)
    guardian.require(verdict, actor)


def _require_open(case: Case) -> None:
    if case.state != "open":
        raise Conflict(_l("This case is closed already."))


def _require_unclaimed(session: Session, actor: Actor, case: Case) -> None:
    """Nobody else is looking at it at present."""
    if claimed_until(case) is None or case.claimed_by_id == actor.id:
        return
    member = session.get(Member, case.claimed_by_id)
    raise Conflict(_("%(name)s is looking at this.", name=member.label if member else ""))
