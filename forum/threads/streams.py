"""Lists of threads as rows. Every list pages by a key that an index serves, so page 400 costs what page 1 costs.

A list is made in a fixed number of queries: the rows with board, author and standing; their tags; the faces of
all of them; for members what they have read. The ids come first, in the order of one index (or of a few, joined), and
only those of one page are joined with the rest.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Executable,
    Integer,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    func,
    literal_column,
    or_,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.orm import Session

from forum.access.actors import Actor
from forum.access.alike import like, open_values
from forum.access.visible import board_is_visible, thread_is_visible
from forum.boards.models import Board, BoardMembership
from forum.core.clock import now
from forum.core.database import UtcDateTime
from forum.core.errors import NotFound
from forum.core.pagination import cursor, moment_and_number, numbers
from forum.threads import listing
from forum.threads.listing import Page, ThreadRow
from forum.threads.models import IDEA_STATES, KINDS, Thread, ThreadTag

# Of which days the top is shown, the shortest first; of all there are, None.
SPANS: dict[str, dt.timedelta | None] = {
    "week": dt.timedelta(days=7), "month": dt.timedelta(days=30), "year": dt.timedelta(days=365), "all": None,
}
# So many threads that somebody voted for make a top worth looking at; where there are fewer, the days are more.
ENOUGH_FOR_TOP = 10
# Of those who joined very many boards, the liveliest make "my boards".
MOST_BOARDS = 50
MOST_PINNED = 20
SHOWS = ("", "unanswered", "unsolved", "solved", "top", *IDEA_STATES)


# The streams ----------------------------------------------------------------------------------


def latest(session: Session, viewer: Actor, before: str = "", *, mine: bool = False) -> Page:
    """All threads by their last activity, the newest first; `mine`: of the boards that the viewer joined.

    Raises:
        NotFound: `before` is not a cursor of this list.
    """
    boards: Sequence[int | None] = _joined(session, viewer) if mine else (None,)
    statement = _by_activity(like(viewer), len(boards) if mine else 0, "", bool(before), bool(mine))
    rows = listing.read(session, statement, _values(viewer, boards, before)) if boards else []
    return listing.page(session, viewer, rows, lambda row: cursor(row.last_at, row.id))


def unanswered(session: Session, viewer: Actor, before: str = "", *, boards: Sequence[int | None] = (None,)) -> Page:
    """Open questions without a visible answer (of `boards`; None: all): newcomers' first, then who waits longest.

    Raises:
        NotFound: `before` is not a cursor of this list.
    """
    flag, _dot, rest = before.partition(".")
    if before and flag not in ("0", "1"):
        raise NotFound
    parts = []
    for newcomer in (True, False):
        if flag == "0" and newcomer:
            continue
        going_on = bool(before) and newcomer == (flag == "1")
        later = tuple_(Thread.created_at, Thread.id) > moment_and_number(rest) if going_on else true()
        waiting = (_waiting(viewer, newcomer, board_id) for board_id in boards)
        parts += [part.where(later).order_by(Thread.created_at, Thread.id) for part in waiting]
    if before:
        moment_and_number(rest)
    order = (Thread.asked_as_newcomer.desc(), Thread.created_at, Thread.id)
    rows = _rows(session, viewer, parts, order)
    page = listing.page(session, viewer, rows, lambda row: f"{int(row.newcomer)}.{cursor(row.created_at, row.id)}")
    return replace(page, rows=[replace(row, last_at=row.created_at) for row in page.rows])  # since when one waits


def anything_asked(session: Session, viewer: Actor) -> bool:
    """Whether there is a question that the viewer may see, answered or not."""
    return session.scalar(_ids(viewer, Thread.kind == "question").limit(1)) is not None


def span_of(
    session: Session, viewer: Actor, *, asked: str = "", before: str = "", boards: Sequence[int] = (), kind: str = ""
) -> str:
    """Of which days (a word of SPANS) a top is: those of its cursor, those that are asked for, or the fewest that do.

    The fewest that do are the shortest span in which enough was voted for, or as much as ever was. One query, or none.

    Args:
        boards, kind: as in `of_board`; without boards it is all that the viewer may see.

    Raises:
        NotFound: there is no such span.
    """
    if before:
        days = numbers(before, 3)[0]
        asked = next((name for name, span in SPANS.items() if _days(span) == days), "none")
    if asked:
        if asked not in SPANS:
            raise NotFound
        return asked
    here: list[ColumnElement[bool]] = [Thread.board_id.in_(boards)] if boards else []
    here += [Thread.kind == kind] if kind else []
    liked = [_count(_ids(viewer, *here, *_liked_within(span)).limit(ENOUGH_FOR_TOP)) for span in SPANS.values()]
    counts = session.execute(select(*liked)).one()
    return next(name for name, count in zip(SPANS, counts, strict=True) if count >= counts[-1])


def top(session: Session, viewer: Actor, before: str = "", *, span: str = "week") -> Page:
    """The threads of a span (see `span_of`) by score, the highest first.

    Raises:
        NotFound: `before` is not a cursor of this list.
    """
    return _top_of(session, viewer, (None,), [], span, before)


def of_board(
    session: Session, viewer: Actor, board_id: int, *, kind: str = "", show: str = "", before: str = "",
    below: Sequence[int] = (), span: str = "all",
) -> Page:
    """The threads of a board and its sub-boards that the viewer may see; pinned ones stand apart on its first page.

    Args:
        kind: a word of KINDS, or nothing for all.
        show: a word of SHOWS; "unanswered", "unsolved" and "solved" are for questions, the states for ideas (the most
            wanted first).
        below: the ids of its sub-boards. Each is read in the order of its own index.
        span: of which days the top is, see `span_of`.

    Raises:
        NotFound: a word or the cursor is none of this list.
    """
    if (kind and kind not in KINDS) or show not in SHOWS:
        raise NotFound
    boards = (board_id, *below)
    if show == "unanswered":
        return unanswered(session, viewer, before, boards=boards)
    conditions = [Thread.kind == kind] if kind else []
    if show in ("solved", "unsolved"):
        conditions = [Thread.kind == "question", Thread.solved.is_(show == "solved")]
        if show == "unsolved":
            conditions.append(Thread.duplicate_of_id.is_(None))
    if show in IDEA_STATES:
        return _by_score(session, viewer, boards, [Thread.kind == "idea", Thread.idea_state == show], before)
    if show == "top":
        return _top_of(session, viewer, boards, conditions, span, before)
    pinned: list[ThreadRow] = []
    if not show:
        if not before:
            found = listing.read(session, _pinned(like(viewer), kind), _values(viewer, (board_id,)))
            pinned = [replace(row, pinned=True) for row in found]
        statement = _by_activity(like(viewer), len(boards), kind, bool(before), False)
        rows = listing.read(session, statement, _values(viewer, boards, before))
    else:
        order = (Thread.last_activity_at.desc(), Thread.id.desc())
        older = _older(Thread.last_activity_at, before)
        parts = [_ids(viewer, Thread.board_id == one, *conditions, older).order_by(*order) for one in boards]
        rows = _rows(session, viewer, parts, order)
    return listing.page(session, viewer, rows, lambda row: cursor(row.last_at, row.id), pinned)


def of_member(session: Session, viewer: Actor, member_id: int, before: str = "", *, kind: str = "question") -> Page:
    """What a member started, the newest first.

    Raises:
        NotFound: `before` is not a cursor of this list.
    """
    order = (Thread.created_at.desc(), Thread.id.desc())
    here = (Thread.author_id == member_id, Thread.kind == kind, _older(Thread.created_at, before))
    rows = _rows(session, viewer, [_ids(viewer, *here).order_by(*order)], order)
    return listing.page(session, viewer, rows, lambda row: cursor(row.created_at, row.id))


def of_tag(session: Session, viewer: Actor, tag_id: int, before: str = "") -> Page:
    """The threads that bear a tag, the newest first.

    Raises:
        NotFound: `before` is not a cursor of this list.
    """
    older = ThreadTag.thread_id < numbers(before, 1)[0] if before else true()
    part = (
        _ids(viewer, ThreadTag.tag_id == tag_id, older)
        .join(ThreadTag, ThreadTag.thread_id == Thread.id)
        .order_by(ThreadTag.thread_id.desc())
    )
    rows = _rows(session, viewer, [part], (Thread.id.desc(),))
    return listing.page(session, viewer, rows, lambda row: cursor(row.id))


def chosen(session: Session, viewer: Actor, ids: Sequence[int]) -> list[ThreadRow]:
    """Those of these threads (at most a page of them) that the viewer may see, in the order given."""
    if not ids:
        return []
    rows = _rows(session, viewer, [_ids(viewer, Thread.id.in_(ids))], (Thread.id,))
    place = {id: at for at, id in enumerate(ids)}
    return sorted(listing.page(session, viewer, rows, lambda _row: "").rows, key=lambda row: place[row.id])


@lru_cache(256)
def counts(viewer: Actor) -> Select[int]:
    """`waiting_count` for viewers alike."""
    return select(waiting_count(viewer).label("waiting"))


def waiting_count(viewer: Actor, most: int = 100) -> ScalarSelect[int]:
    """How many open questions wait for a first answer, counted up to `most`: a column for a SELECT."""
    return _count(*(_waiting(viewer, newcomer).limit(most) for newcomer in (True, False)))


def _count(*parts: Select[int]) -> ScalarSelect[int]:
    ids = union_all(*(select(part.subquery().c.id) for part in parts)).subquery()
    return select(func.count()).select_from(ids).scalar_subquery()


# What they are made of ------------------------------------------------------------------------


def _ids(viewer: Actor, *conditions: ColumnElement[bool]) -> Select[int]:
    """One page of ids: of what is there for all, so hidden and deleted threads are in no list, even for staff."""
    there = and_(Thread.deleted_at.is_(None), Thread.hidden_at.is_(None), Thread.awaits_confirmation.is_(False))
    return (
        select(Thread.id)
        .join(Board, Board.id == Thread.board_id)
        .where(there, thread_is_visible(viewer), *conditions)
        .limit(listing.SIZE + 1)
    )


def _waiting(viewer: Actor, newcomer: bool, board_id: int | None = None) -> Select[int]:
    """Questions on which somebody may still answer."""
    here = [Thread.board_id == board_id] if board_id is not None else []
    return _ids(
        viewer, *here, Thread.kind == "question", Thread.answer_count == 0, Thread.asked_as_newcomer.is_(newcomer),
        Thread.locked_at.is_(None), Thread.duplicate_of_id.is_(None), Board.archived_at.is_(None),
    )


def _older(column: Any, before: str) -> ColumnElement[bool]:
    return tuple_(column, Thread.id) < moment_and_number(before) if before else true()


def _joined(session: Session, viewer: Actor) -> Sequence[int]:
    """Who joined a board joined its sub-boards."""
    joined = select(BoardMembership.board_id).where(BoardMembership.member_id == viewer.id)
    return session.scalars(
        select(Board.id)
        .where(or_(Board.id.in_(joined), Board.parent_id.in_(joined)), board_is_visible(viewer))
        .order_by(Board.last_activity_at.desc(), Board.id)
        .limit(MOST_BOARDS)
    ).all()


def _top_of(
    session: Session, viewer: Actor, boards: Sequence[int | None], conditions: list[ColumnElement[bool]], span: str,
    before: str,
) -> Page:
    """The top of boards (None: all). The cursor says of which days it is, so that all pages are of one list."""
    span = span_of(session, viewer, asked=span, before=before)
    place = before.partition(".")[2]
    liked = [*conditions, *_liked_within(SPANS[span])]
    rows = _scored(session, viewer, boards, liked, place)
    return listing.page(session, viewer, rows, lambda row: cursor(_days(SPANS[span]), row.votes, row.id))


def _liked_within(span: dt.timedelta | None) -> tuple[ColumnElement[bool], ...]:
    """What somebody voted for. The nought is said out, or SQLite does not see that partial indexes have them."""
    liked = Thread.score > literal_column("0")
    return (liked,) if span is None else (liked, Thread.created_at > now() - span)


def _days(span: dt.timedelta | None) -> int:
    return span.days if span is not None else 0


def _by_score(
    session: Session, viewer: Actor, boards: Sequence[int], conditions: list[ColumnElement[bool]], before: str
) -> Page:
    rows = _scored(session, viewer, boards, conditions, before)
    return listing.page(session, viewer, rows, lambda row: cursor(row.votes, row.id))


def _scored(
    session: Session, viewer: Actor, boards: Sequence[int | None], conditions: list[ColumnElement[bool]], before: str
) -> list[ThreadRow]:
    order = (Thread.score.desc(), Thread.id.desc())
    below = tuple_(Thread.score, Thread.id) < numbers(before, 2) if before else true()
    here = ([Thread.board_id == one] if one is not None else [] for one in boards)
    parts = [_ids(viewer, *one, *conditions, below).order_by(*order) for one in here]
    return _rows(session, viewer, parts, order)


# Statements that are built once for viewers alike (decision 068); boards and the cursor stay open.


@lru_cache(256)
def _by_activity(viewer: Actor, boards: int, kind: str, going_on: bool, mine: bool) -> Executable:
    """The threads of so many boards (0: of all) by their last activity.

    What is pinned to the first of them stands apart, unless they are `mine`, where it is a thread like others.
    """
    order = (Thread.last_activity_at.desc(), Thread.id.desc())
    conditions = [Thread.kind == kind] if kind else []
    if going_on:
        place = tuple_(bindparam("older_moment", type_=UtcDateTime()), bindparam("older_id", type_=Integer))
        conditions.append(tuple_(Thread.last_activity_at, Thread.id) < place)
    if boards and not mine:
        conditions.append(or_(Thread.pinned_at.is_(None), Thread.board_id != _board(0)))
    here = [[Thread.board_id == _board(number)] for number in range(boards)] or [[]]
    return listing.listed([_ids(viewer, *one, *conditions).order_by(*order) for one in here], order)


@lru_cache(256)
def _pinned(viewer: Actor, kind: str) -> Executable:
    """What is pinned to a board."""
    conditions = [Thread.kind == kind] if kind else []
    pins = _ids(viewer, Thread.board_id == _board(0), *conditions, Thread.pinned_at.is_not(None))
    return listing.listed([pins.order_by(Thread.pinned_at.desc()).limit(MOST_PINNED)], (Thread.pinned_at.desc(),))


def _board(number: int) -> BindParameter[int]:
    return bindparam(f"board_{number}", type_=Integer)


def _values(viewer: Actor, boards: Sequence[int | None], before: str = "") -> dict[str, Any]:
    """What stays open in the statements above."""
    values: dict[str, Any] = {f"board_{number}": board for number, board in enumerate(boards) if board is not None}
    if before:
        values["older_moment"], values["older_id"] = moment_and_number(before)
    return open_values(viewer, **values)


def _rows(
    session: Session, viewer: Actor, parts: list[Select[int]], order: Sequence[Any]
) -> list[ThreadRow]:
    """The threads of all `parts` (each already in order and cut to a page) in one order."""
    return listing.read(session, listing.listed(parts, order), {}) if parts else []


