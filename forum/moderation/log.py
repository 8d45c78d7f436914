"""Reads: the log, newest first, as far as the viewer keeps order."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, select, true
from sqlalchemy.orm import Session, aliased

from forum.access.actors import Actor
from forum.boards.models import Board, Category
from forum.core.i18n import Text
from forum.core.pagination import cursor, numbers
from forum.members.models import Member
from forum.moderation.models import LOGGED, LogEntry
from forum.moderation.sentences import KINDS, verb_words
from forum.purchases.models import Product
from forum.threads.models import Post, Thread

SIZE = 50


@dataclass(frozen=True, slots=True)
class LogLine:
    """One act: who did what to what, why, and whether it can still be taken back."""

    id: int
    at: dt.datetime
    by: str | None
    by_name: str | None
    verb: str
    words: Text
    target_kind: str
    target_words: Text
    target_id: int
    title: str
    href: str | None
    board_name: str | None
    reason: str
    undone: bool


@dataclass(frozen=True, slots=True)
class LogPage:
    """A page of the log; `before` is the cursor of the next one."""

    lines: tuple[LogLine, ...]
    before: str | None


def visible_entries(viewer: Actor) -> ColumnElement[bool]:
    """Staff read the whole log, a board's own moderators what happened on their boards."""
    return true() if viewer.is_staff else LogEntry.board_id.in_(viewer.moderated)


def log_page(
    session: Session,
    viewer: Actor,
    *,
    by_name: str = "",
    about_name: str = "",
    kind: str = "",
    target_id: int | None = None,
    before: str | None = None,
) -> LogPage:
    """The log in at most 7 queries.

    Args:
        by_name: only acts of this member.
        about_name: only acts on this member.
        kind, target_id: only acts on this kind of thing, and on this one thing.

    Raises:
        NotFound: the cursor is not one.
    """
    undoing = aliased(LogEntry)
    query = (
        select(LogEntry, Member, Board, undoing.id)
        .outerjoin(Member, Member.id == LogEntry.actor_id)
        .outerjoin(Board, Board.id == LogEntry.board_id)
        .outerjoin(undoing, undoing.undoes_id == LogEntry.id)
        .where(visible_entries(viewer))
        .order_by(LogEntry.id.desc())
        .limit(SIZE + 1)
    )
    if by_name:
        query = query.where(LogEntry.actor_id == _member_id(by_name))
    if about_name:
        query = query.where(LogEntry.target_kind == "member", LogEntry.target_id == _member_id(about_name))
    if kind in LOGGED:
        query = query.where(LogEntry.target_kind == kind)
        if target_id is not None:
            query = query.where(LogEntry.target_id == target_id)
    if before:
        query = query.where(LogEntry.id < numbers(before, 1)[0])
    rows = session.execute(query).all()
    titles = _titles(session, [row[0] for row in rows[:SIZE]])
    lines = tuple(_line(entry, member, board, undone, titles) for entry, member, board, undone in rows[:SIZE])
    return LogPage(lines, cursor(lines[-1].id) if len(rows) > SIZE else None)


def _member_id(name: str) -> Any:
    return select(Member.id).where(Member.name == name).scalar_subquery()


def _line(
    entry: LogEntry, member: Member | None, board: Board | None, undone: int | None, titles: dict[tuple[str, int], str]
) -> LogLine:
    title = titles.get((entry.target_kind, entry.target_id), "")
    addresses = {
        "post": f"/p/{entry.target_id}", "thread": f"/t/{entry.target_id}", "member": f"/m/{title}",
        "board": f"/b/{title}", "category": "/boards", "product": f"/manage/products/{entry.target_id}",
    }
    return LogLine(
        id=entry.id,
        at=entry.at,
        by=member.label if member else None,
        by_name=member.name if member else None,
        verb=entry.verb,
        words=verb_words(entry.verb),
        target_kind=entry.target_kind,
        target_words=KINDS[entry.target_kind],
        target_id=entry.target_id,
        title=title,
        href=addresses.get(entry.target_kind) if title else None,
        board_name=board.title if board else None,
        reason=entry.reason,
        undone=undone is not None,
    )


def _titles(session: Session, entries: list[LogEntry]) -> dict[tuple[str, int], str]:
    """What the things are called now, in one query a kind that is there."""
    ids: dict[str, set[int]] = {}
    for entry in entries:
        ids.setdefault(entry.target_kind, set()).add(entry.target_id)
    queries: dict[str, Select[*tuple[Any, ...]]] = {
        "post": (
            select(Post.id, Thread.title)
            .join(Thread, Thread.id == Post.thread_id)
            .where(_among(Post.id, ids, "post"))
        ),
        "thread": select(Thread.id, Thread.title).where(_among(Thread.id, ids, "thread")),
        "member": select(Member.id, Member.name).where(_among(Member.id, ids, "member")),
        "board": select(Board.id, Board.slug).where(_among(Board.id, ids, "board")),
        "category": select(Category.id, Category.title).where(_among(Category.id, ids, "category")),
        "product": select(Product.id, Product.name).where(_among(Product.id, ids, "product")),
    }
    return {
        (kind, row[0]): row[1] for kind, query in queries.items() if kind in ids for row in session.execute(query)
    }


def _among(column: Any, ids: dict[str, set[int]], kind: str) -> ColumnElement[bool]:
    among: ColumnElement[bool] = column.in_(ids.get(kind, ()))
    return among
