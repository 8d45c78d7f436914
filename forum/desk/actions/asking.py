"""Asking helpers, and then staff, about a question that waits; who wants to be asked; and after how long.

Nobody is asked who has not said so (staff aside), nobody twice about one question, nobody more than five times a week.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy import func, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from forum.access import guardian
from forum.access.actors import Actor, load_actor
from forum.admin.actions import keep
from forum.boards.models import Board, BoardModerator
from forum.core.clock import now
from forum.core.errors import Invalid
from forum.core.i18n import Text
from forum.core.i18n import lazy_gettext as _l
from forum.desk import fitting
from forum.desk.models import DeskAsk, DeskPreference, Escalation
from forum.desk.projections import is_open
from forum.desk.state import LONGEST, MOST_A_WEEK, MOST_ASKED, SETTING, WEEK
from forum.events.catalogue import HelpersAsked
from forum.events.publish import publish
from forum.members.models import Member
from forum.threads import projections
from forum.threads.models import Thread

MOST_STAFF = 20


def choose_asking(session: Session, actor: Actor, *, asks: bool) -> None:
    """Whether the member wants to be asked when a question fits and waits. The offer is not made again."""
    guardian.require(guardian.may_keep_marks(actor), actor)
    kept = session.get(DeskPreference, actor.id)
    if kept is None:
        session.add(DeskPreference(member_id=actor.id, asks=asks, decided_at=now()))
    elif kept.asks != asks:
        kept.asks, kept.decided_at = asks, now()
    session.flush()


def set_times(session: Session, actor: Actor, *, helpers: int, staff: int) -> None:
    """After how many hours without an answer helpers, and then staff, are asked; 0: never.

    Raises:
        Invalid: out of bounds, or staff before helpers.
    """
    guardian.require(guardian.may_manage(actor), actor)
    problems: dict[str, Text] = {
        name: _l("Choose between 0 and %(most)s hours.", most=LONGEST)
        for name, hours in (("helpers", helpers), ("staff", staff)) if not 0 <= hours <= LONGEST
    }
    if not problems and 0 < staff <= helpers:
        problems["staff"] = _l("Staff are asked after the helpers: choose more hours than above, or 0 for never.")
    if problems:
        raise Invalid(problems)
    keep(session, actor, SETTING, {"helpers": helpers, "staff": staff})


def ask_helpers(session: Session, actor: Actor, thread_id: int, stage: str) -> tuple[int, ...]:
    """Ask about a question that waits; once per stage, whoever is found. Returns whom. The system does it."""
    guardian.require(guardian.may_act_for_nobody(actor), actor)
    thread = projections.lock_only_thread(session, thread_id)
    board = session.get_one(Board, thread.board_id)
    still = session.scalar(
        select(Thread.id).where(Thread.id == thread.id, is_open(), Thread.answer_count == 0)
    )
    if still is None or board.archived_at is not None or not _is_first(session, thread.id, stage):
        return ()
    chosen = _helpers(session, thread, board) if stage == "helpers" else _staff(session, thread, board)
    if chosen:
        moment = now()
        session.execute(insert(DeskAsk), [
            {"thread_id": thread.id, "member_id": member_id, "stage": stage, "asked_at": moment}
            for member_id in chosen
        ])
        publish(session, HelpersAsked(thread.id, stage, tuple(chosen)))
    session.flush()
    return tuple(chosen)


def _is_first(session: Session, thread_id: int, stage: str) -> bool:
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    row = dialect.insert(Escalation).values(thread_id=thread_id, stage=stage, at=now()).on_conflict_do_nothing()
    return session.execute(row.returning(Escalation.thread_id)).first() is not None


def _helpers(session: Session, thread: Thread, board: Board) -> list[int]:
    """A few who know about it, have leave to spare this week, and may answer there; those asked least come first."""
    candidates = fitting.candidates(session, thread)
    _hold(session, candidates)
    recent = (DeskAsk.member_id.in_(candidates), DeskAsk.asked_at > now() - WEEK, DeskAsk.stage == "helpers")
    counted = select(DeskAsk.member_id, func.count()).where(*recent).group_by(DeskAsk.member_id)
    asked = {row[0]: row[1] for row in session.execute(counted)}
    free = [one for one in candidates if asked.get(one, 0) < MOST_A_WEEK]
    return _who_may(session, thread, board, sorted(free, key=lambda one: asked.get(one, 0)), MOST_ASKED)


def _staff(session: Session, thread: Thread, board: Board) -> list[int]:
    """The community's staff and the board's own moderators, but for those who were asked about it already."""
    roles = select(Member.id).where(Member.role != "member", Member.erased_at.is_(None))
    keepers = select(BoardModerator.member_id).where(BoardModerator.board_id == board.id)
    told = set(session.scalars(select(DeskAsk.member_id).where(DeskAsk.thread_id == thread.id)))
    everyone = sorted({*session.scalars(roles.order_by(Member.id).limit(MOST_STAFF)), *session.scalars(keepers)} - told)
    return _who_may(session, thread, board, everyone, MOST_STAFF)


def _hold(session: Session, member_ids: Iterable[int]) -> None:
    """Lock these members in the order of their ids, so that two workers do not count the same week at once."""
    session.execute(
        select(Member.id).where(Member.id.in_(list(member_ids))).order_by(Member.id).with_for_update(key_share=True)
    )


def _who_may(session: Session, thread: Thread, board: Board, member_ids: Sequence[int], most: int) -> list[int]:
    """The first `most` of these who may answer there; never the asker."""
    found: list[int] = []
    for member_id in member_ids:
        if len(found) == most:
            break
        if member_id != thread.author_id and guardian.may_reply(load_actor(session, member_id), thread, board):
            found.append(member_id)
    return found
