"""The life of a case: opened by a flag, closed by a decision, opened again when the decision is taken back.

Parts that actions are made of: they ask no guardian and write no log; whoever calls them does both.
"""

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from forum.access.actors import Actor
from forum.core.clock import now
from forum.events.catalogue import CaseClosed, CaseOpened
from forum.events.publish import publish
from forum.jobs.queue import enqueue
from forum.moderation.models import Case
from forum.moderation.targets import Target, open_case
from forum.reputation import rulesets, windows

# A moderator who has not decided by then is doing something else: the case is anybody's again.
CLAIM_LASTS = dt.timedelta(minutes=15)


def case_for(session: Session, target: Target) -> Case:
    """The open case about the target, opened now if there is none."""
    case = open_case(session, target)
    if case is None:
        case = Case(
            target_kind=target.kind, target_id=target.id, board_id=target.board_id, open_key=target.key, opened_at=now()
        )
        session.add(case)
        session.flush()
        publish(session, CaseOpened(case.id))
    return case


def close(session: Session, actor: Actor, case: Case, state: str) -> None:
    """Close the case as "upheld" or "dismissed"; those who flagged hear of it."""
    case.state = state
    case.open_key = None
    case.closed_at = now()
    case.closed_by_id = actor.id
    case.claimed_by_id = None
    case.claimed_at = None
    session.flush()
    publish(session, CaseClosed(case.id))
    _reckon_flags(session, case)


def close_about(session: Session, actor: Actor, target: Target, state: str) -> int | None:
    """Close the open case about the target; its id, or None if nobody had flagged it."""
    case = open_case(session, target)
    if case is None:
        return None
    close(session, actor, case, state)
    return case.id


def reopen(session: Session, case_id: object) -> None:
    """Open a closed case again; nothing happens when the target has another open case by now."""
    case = session.get(Case, case_id) if isinstance(case_id, int) else None
    if case is None or case.state == "open":
        return
    key = f"{case.target_kind}:{case.target_id}"
    if session.scalar(select(Case.id).where(Case.open_key == key)):
        return
    case.state = "open"
    case.open_key = key
    case.closed_at = None
    case.closed_by_id = None
    session.flush()
    _reckon_flags(session, case)


def _reckon_flags(session: Session, case: Case) -> None:
    """Where ranks ask how often somebody was rightly reported, theirs follows: in a job, since standings come last."""
    if "flags" not in rulesets.current(session).measures:
        return
    member_id = windows.owner(session, case)
    if member_id is not None:
        enqueue(session, "settle_standing", {"member_id": member_id})


def claimed_until(case: Case) -> dt.datetime | None:
    """When the claim on the case ends; None when nobody has claimed it, or the claim has run out."""
    if case.claimed_by_id is None or case.claimed_at is None:
        return None
    until = case.claimed_at + CLAIM_LASTS
    return until if until > now() else None
