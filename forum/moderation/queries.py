"""Reads: the queue, as rows, and what may be known about a member. What a viewer does not moderate is not loaded."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true, tuple_
from sqlalchemy.orm import Session, aliased

from forum.access import visible
from forum.access.actors import Actor
from forum.access.privileges import Privilege
from forum.boards.models import Board
from forum.chat.models import ChatMessage, Room
from forum.content.excerpt import excerpt
from forum.core.clock import now
from forum.core.errors import NotFound
from forum.core.i18n import Text
from forum.core.pagination import cursor, moment_and_number
from forum.members.models import Member
from forum.moderation import triage
from forum.moderation.closing import CLAIM_LASTS
from forum.moderation.models import Case, Flag, Sanction
from forum.moderation.sentences import FLAG_WORDS, KINDS, STATES
from forum.threads.models import Post, Thread

SIZE = 30
SHOWS = ("open", "mine", "closed")


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One line of the queue."""

    id: int
    kind: str
    kind_words: Text
    title: str
    words: str
    author_name: str
    board_name: str | None
    board_hue: int | None
    flag_count: int
    reasons: tuple[Text, ...]
    opened_at: dt.datetime
    state: str
    state_words: Text
    hidden: bool
    claimed_by: str | None
    claimed_by_viewer: bool


@dataclass(frozen=True, slots=True)
class QueuePage:
    """A page of the queue; `after` is the cursor of the next one."""

    rows: tuple[CaseRow, ...]
    after: str | None
    open_count: int


@dataclass(frozen=True, slots=True)
class _About:
    title: str
    words: str
    author_name: str
    hidden: bool


def visible_cases(viewer: Actor) -> ColumnElement[bool]:
    """Staff see all cases, a board's own moderators those of their boards, those who triage what is open to them."""
    if viewer.is_staff:
        return true()
    theirs = Case.board_id.in_(viewer.moderated)
    return or_(theirs, triage.open_to(viewer)) if viewer.has(Privilege.TRIAGE) else theirs


def queue_page(session: Session, viewer: Actor, *, show: str = "open", after: str | None = None) -> QueuePage:
    """The queue in 3 to 6 queries: open cases, those that wait longest first; or closed ones, newest first.

    Args:
        show: "open", "mine" (claimed by the viewer) or "closed".
        after: the cursor of the page before.

    Raises:
        NotFound: the cursor is not one.
    """
    found = session.execute(_cases(viewer, show, after).limit(SIZE + 1)).all()
    rows, more = found[:SIZE], len(found) > SIZE
    cases = [row[0] for row in rows]
    about = _about(session, cases)
    reasons = _reasons(session, [case.id for case in cases])
    lines = tuple(_row(case, board, claimer, about, reasons, viewer) for case, board, claimer in rows)
    open_count = session.scalar(
        select(func.count()).select_from(Case).where(Case.state == "open", visible_cases(viewer))
    )
    following = cursor(cases[-1].opened_at, cases[-1].id) if more else None
    return QueuePage(lines, following, open_count or 0)


def _cases(viewer: Actor, show: str, after: str | None) -> Select[Case, Board, Member]:
    claimer = aliased(Member)
    query = (
        select(Case, Board, claimer)
        .outerjoin(Board, Board.id == Case.board_id)
        .outerjoin(claimer, claimer.id == Case.claimed_by_id)
        .where(visible_cases(viewer))
    )
    place = tuple_(Case.opened_at, Case.id)
    if show == "closed":
        query = query.where(Case.state != "open").order_by(Case.opened_at.desc(), Case.id.desc())
        return query.where(place < tuple_(*moment_and_number(after))) if after else query
    query = query.where(Case.state == "open").order_by(Case.opened_at, Case.id)
    if show == "mine":
        query = query.where(Case.claimed_by_id == viewer.id, Case.claimed_at > now() - CLAIM_LASTS)
    return query.where(place > tuple_(*moment_and_number(after))) if after else query


def _row(
    case: Case,
    board: Board | None,
    claimer: Member | None,
    about: dict[tuple[str, int], _About],
    reasons: dict[int, tuple[Text, ...]],
    viewer: Actor,
) -> CaseRow:
    told = about.get((case.target_kind, case.target_id), _About("", "", "", False))
    claimed = claimer if case.claimed_at is not None and case.claimed_at > now() - CLAIM_LASTS else None
    return CaseRow(
        id=case.id,
        kind=case.target_kind,
        kind_words=KINDS[case.target_kind],
        title=told.title,
        words=told.words,
        author_name=told.author_name,
        board_name=board.title if board else None,
        board_hue=board.hue if board else None,
        flag_count=case.flag_count,
        reasons=reasons.get(case.id, ()),
        opened_at=case.opened_at,
        state=case.state,
        state_words=STATES[case.state],
        hidden=told.hidden,
        claimed_by=claimed.label if claimed else None,
        claimed_by_viewer=claimed is not None and claimed.id == viewer.id,
    )


def _reasons(session: Session, case_ids: Sequence[int]) -> dict[int, tuple[Text, ...]]:
    """The different reasons of each case, the most frequent first."""
    counted = session.execute(
        select(Flag.case_id, Flag.reason, func.count())
        .where(Flag.case_id.in_(case_ids))
        .group_by(Flag.case_id, Flag.reason)
        .order_by(Flag.case_id, func.count().desc(), Flag.reason)
    ).all()
    found: dict[int, tuple[Text, ...]] = {}
    for case_id, reason, _count in counted:
        found[case_id] = (*found.get(case_id, ()), FLAG_WORDS[reason])
    return found


def _about(session: Session, cases: Iterable[Case]) -> dict[tuple[str, int], _About]:
    """What the things are called, in one query a kind that is there."""
    ids: dict[str, list[int]] = {}
    for case in cases:
        ids.setdefault(case.target_kind, []).append(case.target_id)
    found: dict[tuple[str, int], _About] = {}
    for kind, query in _ABOUT.items():
        if kind in ids:
            for row in session.execute(query(ids[kind])):
                found[kind, row.id] = _About(
                    row.title, excerpt(row.words or "", 120), row.shown_name or row.name, row.hidden_at is not None
                )
    return found


def _about_posts(ids: list[int]) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Post.id, Thread.title, Post.body_text.label("words"), Post.hidden_at, Member.name, Member.shown_name
        )
        .join(Thread, Thread.id == Post.thread_id)
        .join(Member, Member.id == Post.author_id)
        .where(Post.id.in_(ids))
    )


def _about_messages(ids: list[int]) -> Select[*tuple[Any, ...]]:
    return (
        select(
            ChatMessage.id, Room.title, ChatMessage.body_source.label("words"), ChatMessage.hidden_at, Member.name,
            Member.shown_name,
        )
        .join(Room, Room.id == ChatMessage.room_id)
        .join(Member, Member.id == ChatMessage.author_id)
        .where(ChatMessage.id.in_(ids))
    )


def _about_members(ids: list[int]) -> Select[*tuple[Any, ...]]:
    return select(
        Member.id, Member.name.label("title"), Member.about_source.label("words"),
        Member.erased_at.label("hidden_at"), Member.name, Member.shown_name,
    ).where(Member.id.in_(ids))


_ABOUT = {"post": _about_posts, "message": _about_messages, "member": _about_members}


def cases_about_author(member_id: int) -> ColumnElement[bool]:
    """Cases about a member, their posts and their messages."""
    posts = select(Post.id).where(Post.author_id == member_id)
    messages = select(ChatMessage.id).where(ChatMessage.author_id == member_id)
    return or_(
        and_(Case.target_kind == "member", Case.target_id == member_id),
        and_(Case.target_kind == "post", Case.target_id.in_(posts)),
        and_(Case.target_kind == "message", Case.target_id.in_(messages)),
    )


def thread_to_steer(session: Session, viewer: Actor, thread_id: int) -> tuple[Thread, Board]:
    """A thread that the viewer may see, with its board.

    Raises:
        NotFound: it is not there for them.
    """
    row = session.execute(visible.threads(viewer).add_columns(Board).where(Thread.id == thread_id)).one_or_none()
    if row is None:
        raise NotFound
    return row[0], row[1]


def boards_to_move_to(session: Session, viewer: Actor, but: int) -> list[tuple[int, str]]:
    """Ids and titles of the open boards that the viewer moderates, without the one it is on."""
    boards = session.scalars(
        visible.boards(viewer).where(Board.archived_at.is_(None), Board.id != but).order_by(Board.title, Board.id)
    )
    return [(board.id, board.title) for board in boards if viewer.moderates(board.id)]


def suspension_in_force(session: Session, member_id: int) -> Sanction | None:
    """The suspension that keeps a member out now, with the reason that they are to read."""
    return session.scalar(
        select(Sanction)
        .where(
            Sanction.member_id == member_id, Sanction.kind == "suspension", Sanction.lifted_at.is_(None),
            Sanction.until > now(),
        )
        .order_by(Sanction.id.desc())
        .limit(1)
    )
