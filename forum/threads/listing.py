"""What lists of threads are made of: their rows, and one page of them with tags, faces and what is new."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Executable, Integer, Select, bindparam, case, func, select, union_all
from sqlalchemy.orm import Session

from forum.access.actors import Actor
from forum.access.alike import VIEWER_ID, open_values
from forum.boards.models import Board
from forum.members.models import Member
from forum.reputation import rulesets
from forum.reputation.models import MemberStanding
from forum.threads import faces
from forum.threads.faces import Face
from forum.threads.models import Tag, Thread, ThreadRead, ThreadTag

SIZE = 20


@dataclass(frozen=True, slots=True)
class ThreadRow:
    """What a list shows of a thread; the attributes are those that `ui.thread_row` reads."""

    id: int
    href: str
    title: str
    kind: str
    solved: bool
    pinned: bool  # heads the list of its board; elsewhere it is a thread like others
    locked: bool
    duplicate: bool
    newcomer: bool
    board_id: int
    board_name: str
    board_slug: str
    board_hue: int
    author_name: str
    author_leaves: int | None
    author_rank: str | None
    created_at: dt.datetime
    last_at: dt.datetime
    last_author_id: int | None
    answers: int
    votes: int
    people: int = 0  # how many take part
    face_ids: tuple[int, ...] = ()  # those who wrote last, the latest first
    idea_state: str | None = None
    faces: tuple[Face, ...] = ()  # of two and more people: whoever is alone is named already
    tags: tuple[str, ...] = ()
    unread: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list. `next` is the cursor of the page after it, None on the last one."""

    rows: list[ThreadRow]
    next: str | None = None
    pinned: list[ThreadRow] | None = None


_IN_ORDER = (
    select(Tag.slug).join(ThreadTag, ThreadTag.tag_id == Tag.id).where(ThreadTag.thread_id == Thread.id)
    .order_by(ThreadTag.place).correlate(Thread).subquery()
)
TAGS = select(func.aggregate_strings(_IN_ORDER.c.slug, ",")).scalar_subquery()
"""The tags of a `Thread` in a statement, in order, with commas between: no slug holds one. `parted` parts them."""


def parted(tags: str | None) -> tuple[str, ...]:
    """The tags that `TAGS` has read."""
    return tuple(tags.split(",")) if tags else ()


def read(session: Session, statement: Executable, values: dict[str, Any]) -> list[ThreadRow]:
    """The rows of a statement that `listed` made."""
    return [_row(session, row) for row in session.execute(statement, values)]


def listed(parts: list[Select[int]], order: Sequence[Any]) -> Executable:
    """The statement behind a list: the threads of all `parts` (each in order and cut to a page) in one order."""
    each = [select(part.subquery().c.id) for part in parts]
    ids = (union_all(*each) if len(each) > 1 else each[0]).subquery("page")
    return (
        select(
            Thread.id, Thread.slug, Thread.title, Thread.kind, Thread.solved, Thread.locked_at,
            Thread.duplicate_of_id,
            Thread.asked_as_newcomer, Thread.created_at, Thread.last_activity_at, Thread.last_author_id, Thread.score,
            Thread.idea_state, Thread.people_count, Thread.faces,
            case((Thread.kind == "question", Thread.answer_count), else_=Thread.reply_count).label("answers"),
            Board.id.label("board_id"), Board.title.label("board_name"), Board.slug.label("board_slug"),
            Board.hue.label("board_hue"), Member.name, Member.shown_name, Member.role, Member.erased_at,
            MemberStanding.rank_key, TAGS.label("tags"),
        )
        .join(ids, ids.c.id == Thread.id)
        .join(Board, Board.id == Thread.board_id)
        .join(Member, Member.id == Thread.author_id)
        .outerjoin(MemberStanding, MemberStanding.member_id == Member.id)
        .order_by(*order)
        .limit(SIZE + 1)
    )


def _row(session: Session, row: Any) -> ThreadRow:
    ranked = row.role == "member" and row.rank_key is not None and row.erased_at is None
    rank = rulesets.current(session).rank(row.rank_key) if ranked else None
    return ThreadRow(
        id=row.id, href=f"/t/{row.id}/{row.slug}", title=row.title, kind=row.kind, solved=row.solved,
        pinned=False, locked=row.locked_at is not None, duplicate=row.duplicate_of_id is not None,
        newcomer=row.asked_as_newcomer and row.kind == "question" and not row.answers, board_id=row.board_id,
        board_name=row.board_name, board_slug=row.board_slug, board_hue=row.board_hue,
        author_name=faces.called(row),
        author_leaves=rank.leaves if rank else None, author_rank=rank.name if rank else None,
        created_at=row.created_at, last_at=row.last_activity_at, last_author_id=row.last_author_id,
        answers=row.answers, votes=row.score, people=row.people_count,
        face_ids=tuple(row.faces) if row.people_count > 1 else (),
        idea_state=row.idea_state if row.kind == "idea" else None,
        tags=parted(row.tags),
    )


def page(
    session: Session, viewer: Actor, rows: list[ThreadRow], key: Any, pinned: list[ThreadRow] | None = None
) -> Page:
    """Cut the row too many off, and add faces and what is new to the viewer. `key` makes a row's cursor."""
    going_on = key(rows[SIZE - 1]) if len(rows) > SIZE else None
    shown = [*(pinned or []), *rows[:SIZE]]
    marks = _marks(session, viewer, [row.id for row in shown])
    known = faces.of_members(session, (one for row in shown for one in row.face_ids))
    complete = [
        replace(
            row, unread=_is_new(row, viewer, marks.get(row.id)),
            faces=tuple(known[one] for one in row.face_ids if one in known),
        )
        for row in shown
    ]
    apart = len(pinned or [])
    return Page(complete[apart:], going_on, complete[:apart])


def _is_new(row: ThreadRow, viewer: Actor, read_at: dt.datetime | None) -> bool:
    """Somebody else wrote since the viewer was last there (what one never opened is not marked: it would be all)."""
    return read_at is not None and row.last_at > read_at and row.last_author_id != viewer.id


_READ = select(ThreadRead.thread_id, ThreadRead.read_at).where(
    ThreadRead.member_id == VIEWER_ID, ThreadRead.thread_id.in_(bindparam("thread_ids", expanding=True, type_=Integer))
)


def _marks(session: Session, viewer: Actor, ids: list[int]) -> dict[int, dt.datetime]:
    if viewer.id is None or not ids:
        return {}
    rows = session.execute(_READ, open_values(viewer, thread_ids=ids))
    return {row.thread_id: row.read_at for row in rows}
