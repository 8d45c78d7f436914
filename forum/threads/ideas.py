"""What becomes of an idea: the state that the shop gives it, and how it came to that.

The blocks here change, count and publish, but do not ask the guardian (as `forum.threads.state`); the reads take the
viewer's thread, which the caller has loaded as one they may see.
"""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from forum.boards.models import Board
from forum.core.clock import now
from forum.core.errors import Conflict, Invalid
from forum.core.i18n import gettext as _
from forum.events.catalogue import IdeaStateChanged, PostChanged
from forum.events.publish import publish
from forum.members.models import Member
from forum.threads import projections
from forum.threads.loading import name_of
from forum.threads.models import IDEA_STATES, IdeaChange, Thread
from forum.threads.writing import clean_line

WHEN_LENGTH = 40
REASON_LENGTH = 500
MOST_SHOWN = 20  # changes under a title; the latest tell


@dataclass(frozen=True, slots=True)
class Saying:
    """What is said of an idea, checked. `state` None: nothing any more."""

    state: str | None
    planned_for: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Step:
    """One line of an idea's history."""

    state: str | None
    planned_for: str | None
    reason: str
    by: str
    at: dt.datetime


def saying(state: str, planned_for: str = "", reason: str = "") -> Saying:
    """Check what a form says of an idea. "" takes its state away; a time belongs to "planned" alone.

    Raises:
        Invalid: by field: no such state, a text too long, or declined without a reason.
    """
    when, why = clean_line(planned_for), " ".join(reason.split())
    problems = {}
    if state and state not in IDEA_STATES:
        problems["state"] = _("Choose one of the list.")
    if len(when) > WHEN_LENGTH:
        problems["when"] = _("Please keep it to %(most)s characters.", most=WHEN_LENGTH)
    if len(why) > REASON_LENGTH:
        problems["reason"] = _("Please keep it to %(most)s characters.", most=REASON_LENGTH)
    if state == "declined" and not why:
        problems["reason"] = _("Say why in a sentence: those who want it will read it.")
    if problems:
        raise Invalid(problems)
    return Saying(state or None, (when or None) if state == "planned" else None, why)


def set_state(session: Session, thread: Thread, said: Saying, by_id: int | None) -> IdeaChange:
    """Say what becomes of an idea; its author and those who want it are told.

    Raises:
        Conflict: it is not an idea, or exactly this is said of it already.
    """
    board, thread = projections.lock(session, thread.id)
    if thread.kind != "idea":
        raise Conflict(_("Only an idea has a state. Make it an idea first."))
    last = _last(session, thread)
    if (thread.idea_state, thread.idea_when) == (said.state, said.planned_for) and (
        said.reason == (last.reason if last else "")
    ):
        raise Conflict(_("That is what it says already."))
    change = IdeaChange(
        thread_id=thread.id, state=said.state, planned_for=said.planned_for, reason=said.reason, by_id=by_id,
        created_at=now(),
    )
    session.add(change)
    thread.idea_state, thread.idea_when = said.state, said.planned_for
    session.flush()
    _redraw(session, board, thread)
    publish(session, IdeaStateChanged(change_id=change.id, thread_id=thread.id))
    session.flush()
    return change


def take_back(session: Session, thread: Thread, change_id: int) -> None:
    """Let an idea say again what it said before the change, which must be the latest; who was told is told no more.

    Raises:
        Conflict: something else was said since, or it is taken back already.
    """
    board, thread = projections.lock(session, thread.id)
    last = _last(session, thread)
    if last is None or last.id != change_id:
        raise Conflict(_("Something has changed since. Look at it as it is now."))
    last.undone_at = now()
    session.flush()
    before = _last(session, thread)
    thread.idea_state = before.state if before else None
    thread.idea_when = before.planned_for if before else None
    session.flush()
    _redraw(session, board, thread)
    publish(session, IdeaStateChanged(change_id=last.id, thread_id=thread.id))
    session.flush()


def history(session: Session, thread: Thread) -> list[Step]:
    """How an idea came to its state, the oldest first; one query."""
    rows = session.execute(
        select(
            IdeaChange.state, IdeaChange.planned_for, IdeaChange.reason, IdeaChange.created_at, Member.erased_at,
            name_of(Member).label("name"),
        )
        .outerjoin(Member, Member.id == IdeaChange.by_id)
        .where(IdeaChange.thread_id == thread.id, IdeaChange.undone_at.is_(None))
        .order_by(IdeaChange.id.desc())
        .limit(MOST_SHOWN)
    ).all()
    return [
        Step(row.state, row.planned_for, row.reason, "" if row.erased_at else row.name or "", row.created_at)
        for row in reversed(rows)
    ]


def _last(session: Session, thread: Thread) -> IdeaChange | None:
    return session.scalars(
        select(IdeaChange)
        .where(IdeaChange.thread_id == thread.id, IdeaChange.undone_at.is_(None))
        .order_by(IdeaChange.id.desc())
        .limit(1)
    ).one_or_none()


def _redraw(session: Session, board: Board, thread: Thread) -> None:
    projections.touch(session, board, thread)
    publish(session, PostChanged(post_id=thread.opening_id or 0, thread_id=thread.id))
    session.flush()
