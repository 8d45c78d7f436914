"""Reads for feeds and sitemaps: what guests see, whoever asks. Each is a stretch of one index."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from sqlalchemy import CompoundSelect, Select, and_, func, select, union_all
from sqlalchemy.orm import Session

from forum.access import visible
from forum.access.actors import GUEST
from forum.boards.models import Board
from forum.boards.queries import board_for_page
from forum.core.errors import NotFound
from forum.members.models import Member
from forum.threads.loading import name_of
from forum.threads.models import Post, Tag, Thread, ThreadTag

ENTRIES = 20
CHUNK = 10_000  # threads in one file of the sitemap; the protocol allows 50,000


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: a thread's opening, or a post of a thread."""

    id: int  # of the post
    path: str
    title: str
    html: str
    author: str
    created_at: dt.datetime
    updated_at: dt.datetime
    board: str


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed; `title` is empty for that of the whole community, `path` leads to the page that it follows."""

    title: str
    path: str
    entries: Sequence[Entry]


@dataclass(frozen=True, slots=True)
class Place:
    """A page in a sitemap."""

    path: str
    changed_at: dt.datetime | None


def latest(session: Session) -> Feed:
    """New threads."""
    return Feed("", "/", _openings(session, _threads().order_by(Thread.created_at.desc(), Thread.id.desc())))


def of_board(session: Session, slug: str) -> Feed:
    """New threads of a board and its sub-boards, as on its page; each is read in the order of its own index.

    Raises:
        NotFound: guests do not see such a board.
    """
    found = board_for_page(session, GUEST, slug)
    newest = _threads().order_by(Thread.created_at.desc(), Thread.id.desc())
    boards = (found.board.id, *(card.id for card in found.below))
    parts = (newest.where(Thread.board_id == one) for one in boards)
    threads = union_all(*(select(part.subquery().c.id) for part in parts))
    return Feed(found.board.title, f"/b/{found.board.slug}", _openings(session, threads))


def of_tag(session: Session, slug: str) -> Feed:
    """New threads with a tag.

    Raises:
        NotFound: there is no such tag.
    """
    tag = session.scalars(select(Tag).where(Tag.slug == slug)).one_or_none()
    if tag is None:
        raise NotFound
    tag_id = tag.synonym_of_id or tag.id
    threads = _threads().join(ThreadTag, ThreadTag.thread_id == Thread.id).where(ThreadTag.tag_id == tag_id)
    return Feed(tag.slug, f"/tags/{quote(tag.slug)}", _openings(session, threads.order_by(ThreadTag.thread_id.desc())))


def of_thread(session: Session, thread_id: int) -> Feed:
    """The newest posts of a thread.

    Raises:
        NotFound: guests do not see such a thread.
    """
    thread = session.scalars(visible.threads(GUEST).where(Thread.id == thread_id)).one_or_none()
    if thread is None:
        raise NotFound
    posts = _entries().where(Post.thread_id == thread_id).order_by(Post.id.desc()).limit(ENTRIES)
    rows = session.execute(posts.join(Thread, Thread.id == Post.thread_id).join(Board, Board.id == Thread.board_id))
    return Feed(thread.title, f"/t/{thread.id}/{thread.slug}", [_entry(row, f"/p/{row.id}") for row in rows])


def _threads() -> Select[int]:
    """The ids of threads with an opening that guests may read; one page of a feed."""
    there = and_(Thread.deleted_at.is_(None), Thread.hidden_at.is_(None), Thread.awaits_confirmation.is_(False))
    seen = visible.thread_is_visible(GUEST)
    return select(Thread.id).join(Board, Board.id == Thread.board_id).where(there, seen).limit(ENTRIES)


def _openings(session: Session, threads: Select[int] | CompoundSelect[int]) -> list[Entry]:
    ids = threads.subquery()
    rows = session.execute(
        _entries()
        .join(Thread, Thread.opening_id == Post.id)
        .join(Board, Board.id == Thread.board_id)
        .where(Thread.id.in_(select(ids.c.id)))
        .order_by(Thread.created_at.desc(), Thread.id.desc())
        .limit(ENTRIES)
    )
    return [_entry(row, f"/t/{row.thread_id}/{row.slug}") for row in rows]


def _entries() -> Select[*tuple[Any, ...]]:
    there = and_(Post.deleted_at.is_(None), Post.hidden_at.is_(None))
    return (
        select(
            Post.id, Post.thread_id, Thread.slug, Thread.title, Post.body_html, Post.created_at, Post.edited_at,
            Board.title.label("board"), Member.erased_at, name_of(Member).label("author"),
        )
        .select_from(Post)
        .join(Member, Member.id == Post.author_id)
        .where(there, visible.post_is_visible(GUEST))
    )


def _entry(row: Any, path: str) -> Entry:
    return Entry(
        id=row.id, path=path, title=row.title, html=row.body_html, author="" if row.erased_at else row.author,
        created_at=row.created_at, updated_at=row.edited_at or row.created_at, board=row.board,
    )


# Sitemaps -------------------------------------------------------------------------------------


def chunks(session: Session) -> int:
    """How many files of threads the sitemap has."""
    return (session.scalar(select(func.max(Thread.id))) or 0) // CHUNK + 1


def threads_of_chunk(session: Session, number: int) -> list[Place]:
    """The threads that guests see with ids from number × CHUNK on, one query.

    Raises:
        NotFound: no thread has such an id yet.
    """
    if not 0 <= number < chunks(session):
        raise NotFound
    rows = session.execute(
        select(Thread.id, Thread.slug, Thread.last_activity_at)
        .join(Board, Board.id == Thread.board_id)
        .where(
            Thread.id.between(number * CHUNK, number * CHUNK + CHUNK - 1), visible.thread_is_visible(GUEST),
            Thread.deleted_at.is_(None), Thread.hidden_at.is_(None), Thread.awaits_confirmation.is_(False),
        )
        .order_by(Thread.id)
    )
    return [Place(f"/t/{row.id}/{row.slug}", row.last_activity_at) for row in rows]


def boards(session: Session) -> list[Place]:
    """The boards that guests see."""
    found = session.scalars(visible.boards(GUEST).order_by(Board.id))
    return [Place(f"/b/{board.slug}", board.last_activity_at) for board in found]
