"""Reads of boards and categories."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    Subquery,
    and_,
    bindparam,
    exists,
    false,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import Session, aliased

from forum.access.actors import Actor, initials
from forum.access.alike import like, open_values
from forum.access.visible import board_is_visible, boards
from forum.boards.models import Board, BoardMembership, BoardModerator, Category
from forum.chat.models import Room
from forum.core.errors import Invalid, NotFound
from forum.core.i18n import lazy_gettext as _l
from forum.members.models import Member
from forum.members.names import name_key
from forum.threads.models import Thread, ThreadRead

MOST_BESIDE = 40  # boards in the frame of a member who joined very many
FOLLOWED = 200  # threads opened last: what is new in older ones is not counted, so that a frame costs the same for ever
OFFERED = 8


@dataclass(frozen=True, slots=True)
class NavBoard:
    """A board in the frame beside every page. `unread`: threads that the viewer knows and others wrote in."""

    name: str
    slug: str
    hue: int
    joined: bool
    unread: int = 0


@dataclass(frozen=True, slots=True)
class BoardCard:
    """A board among others: on the index, and where boards are arranged."""

    id: int
    slug: str
    title: str
    description: str
    hue: int
    picture: str
    category_id: int
    category: str
    threads: int
    members: int
    last_at: dt.datetime | None
    archived: bool
    see_rank: str | None  # its own, or that of the board above
    joined: bool
    parent_id: int | None = None
    below: list["BoardCard"] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Shelf:
    """A category with its boards."""

    id: int
    slug: str
    title: str
    boards: list[BoardCard]


@dataclass(frozen=True, slots=True)
class BoardPage:
    """A board for its page: whether the viewer joined it, its open chat room, the board above it and its sub-boards."""

    board: Board
    joined: bool
    room: str | None
    above: BoardCard | None
    below: list[BoardCard]


@dataclass(frozen=True, slots=True)
class Keeper:
    """Who looks after a board."""

    id: int
    name: str
    label: str
    hue: int

    @property
    def initials(self) -> str:
        """The letters of the generated avatar."""
        return initials(self.label)


def nav_boards(session: Session, viewer: Actor) -> list[NavBoard]:
    """Boards for the frame, in one query: those joined; for guests, and who joined none, the first eight.

    They stand as the shop arranged them: what a guest sees beside a page does not change with every post elsewhere.
    """
    rows = session.execute(_nav(like(viewer)), open_values(viewer)).all()
    mine = [NavBoard(row.title, row.slug, row.hue, True, row.unread) for row in rows if row.joined]
    if mine:
        return sorted(mine, key=lambda board: board.name.casefold())
    return [NavBoard(row.title, row.slug, row.hue, False) for row in rows[:OFFERED]]


@lru_cache(256)
def _nav(viewer: Actor) -> Select[*tuple[Any, ...]]:
    joined = _has_joined(viewer)
    joined_first = () if viewer.id is None else (joined.desc(),)
    named = select(Board.title, Board.slug, Board.hue, joined.label("joined"))
    beside: Select[*tuple[Any, ...]] = named.join_from(Board, Category)
    if viewer.id is None:
        beside = beside.add_columns(literal(0).label("unread"))
    else:
        news = _news(viewer)
        beside = beside.add_columns(func.coalesce(news.c.threads, 0).label("unread"))
        beside = beside.outerjoin(news, news.c.board_id == Board.id)
    return (
        beside.where(board_is_visible(viewer), Board.archived_at.is_(None), or_(joined, Board.parent_id.is_(None)))
        .order_by(*joined_first, Category.position, Category.id, Board.position, Board.id)
        .limit(MOST_BESIDE)
    )


def board_by_slug(session: Session, viewer: Actor, slug: str) -> Board:
    """The board at /b/<slug>.

    Raises:
        NotFound: there is none, or the viewer may not see it.
    """
    board = session.scalars(boards(viewer).where(Board.slug == slug)).one_or_none()
    if board is None:
        raise NotFound
    return board


def board_for_page(session: Session, viewer: Actor, slug: str) -> BoardPage:
    """The board at /b/<slug> with what its page shows of it, and the boards near it, in one query.

    Raises:
        NotFound: there is none, or the viewer may not see it.
    """
    rows = session.execute(_near(like(viewer)), open_values(viewer, near_slug=slug)).all()
    found = next((row for row in rows if row[0].slug == slug), None)
    if found is None:
        raise NotFound
    board = found[0]
    cards = [_card(near, "", bool(joined)) for near, joined, _room in rows]
    return BoardPage(
        board=board, joined=bool(found[1]), room=found[2],
        above=next((card for card in cards if card.id == board.parent_id), None),
        below=[card for card in cards if card.parent_id == board.id],
    )


@lru_cache(256)
def _near(viewer: Actor) -> Select[Any]:
    here, slug = aliased(Board), bindparam("near_slug", type_=String)
    this = select(here.id).where(here.slug == slug).scalar_subquery()
    over = select(here.parent_id).where(here.slug == slug).scalar_subquery()
    open_room = and_(Room.board_id == Board.id, Room.archived_at.is_(None))
    return (
        boards(viewer)
        .add_columns(_has_joined(viewer), Room.slug)
        .outerjoin(Room, open_room)
        .where(or_(Board.id == this, Board.id == over, Board.parent_id == this))
        .order_by(Board.position, Board.id)
    )


def above(session: Session, viewer: Actor, board: Board) -> Board | None:
    """The board above this one, if there is one that the viewer may see; no query where there is none."""
    if board.parent_id is None:
        return None
    return session.scalars(boards(viewer).where(Board.id == board.parent_id)).one_or_none()


def tops(session: Session) -> list[tuple[int, str]]:
    """Every board that is not a sub-board, as (id, title), in the order of the shelves."""
    rows = session.execute(
        select(Board.id, Board.title)
        .join(Category, Category.id == Board.category_id)
        .where(Board.parent_id.is_(None))
        .order_by(Category.position, Category.id, Board.position, Board.id)
    )
    return [(row.id, row.title) for row in rows]


def board_with_id(session: Session, board_id: int) -> Board:
    """One board, for those who arrange them.

    Raises:
        Invalid: there is none with this id.
    """
    found = session.get(Board, board_id)
    if found is None:
        raise Invalid({"parent": _l("Choose one of the list.")})
    return found


def all_boards(session: Session, viewer: Actor) -> list[Board]:
    """Every board that the viewer may see, by its title."""
    return sorted(session.scalars(boards(viewer)), key=lambda board: board.title.casefold())


def index(session: Session, viewer: Actor, *, archived: bool = True) -> list[Shelf]:
    """The boards that the viewer may see, on their shelves and in their order; in one query."""
    conditions = [board_is_visible(viewer)]
    if not archived:
        conditions.append(Board.archived_at.is_(None))
    rows = session.execute(_cards(viewer).where(*conditions))
    return list(_shelves(rows))


def arrangement(session: Session, viewer: Actor) -> list[Shelf]:
    """All shelves, empty ones too, with all that stands on them: for those who arrange boards."""
    shelves = {shelf.id: shelf for shelf in index(session, viewer)}
    rows = session.execute(select(Category.id, Category.slug, Category.title).order_by(Category.position, Category.id))
    return [shelves.get(row.id) or Shelf(row.id, row.slug, row.title, []) for row in rows]


def categories(session: Session) -> list[tuple[int, str]]:
    """Every category as (id, title), in order."""
    rows = session.execute(select(Category.id, Category.title).order_by(Category.position, Category.id))
    return [(row.id, row.title) for row in rows]


def category(session: Session, category_id: int) -> Category:
    """One category.

    Raises:
        NotFound: there is none with this id.
    """
    found = session.get(Category, category_id)
    if found is None:
        raise NotFound
    return found


def keepers(session: Session, board_id: int) -> list[Keeper]:
    """The board's own moderators, who were appointed first on top."""
    rows = session.execute(
        select(Member.id, Member.name, Member.shown_name, Member.hue)
        .join(BoardModerator, BoardModerator.member_id == Member.id)
        .where(BoardModerator.board_id == board_id, Member.erased_at.is_(None))
        .order_by(BoardModerator.appointed_at, Member.id)
    )
    return [Keeper(row.id, row.name, row.shown_name or row.name, row.hue) for row in rows]


def member_called(session: Session, name: str) -> Member:
    """The member of this name, as somebody types it ("Ada", "@ada").

    Raises:
        Invalid: there is nobody of this name.
    """
    wish = name.strip().removeprefix("@")
    same = or_(Member.name == wish, Member.name_key == name_key(wish))
    found = session.scalars(select(Member).where(same, Member.erased_at.is_(None)).limit(1)).one_or_none()
    if found is None:
        raise Invalid({"name": _l("There is no member of this name.")})
    return found


def _has_joined(viewer: Actor) -> ColumnElement[bool]:
    if viewer.id is None:
        return false()
    return exists().where(and_(BoardMembership.board_id == Board.id, BoardMembership.member_id == viewer.id))


def _news(viewer: Actor) -> Subquery:
    """How many of the threads that the viewer opened last have something new, by board; new as `streams` marks it."""
    opened = (
        select(ThreadRead.thread_id, ThreadRead.read_at)
        .where(ThreadRead.member_id == viewer.id)
        .order_by(ThreadRead.read_at.desc())
        .limit(FOLLOWED)
        .subquery("opened")
    )
    return (
        select(Thread.board_id, func.count().label("threads"))
        .select_from(opened)
        .join(Thread, Thread.id == opened.c.thread_id)
        .where(Thread.last_activity_at > opened.c.read_at, Thread.last_author_id != viewer.id)
        .where(Thread.deleted_at.is_(None), Thread.hidden_at.is_(None), Thread.awaits_confirmation.is_(False))
        .group_by(Thread.board_id)
        .subquery("news")
    )


def _cards(viewer: Actor) -> Any:
    return (
        select(Board, Category.slug, Category.title, _has_joined(viewer))
        .join(Category, Category.id == Board.category_id)
        .order_by(Category.position, Category.id, Board.position, Board.id)
    )


def _shelves(rows: Any) -> Iterator[Shelf]:
    for (category_id, slug, title), group in groupby(rows, key=lambda row: (row[0].category_id, row[1], row[2])):
        cards = [_card(board, title, bool(joined)) for board, _s, _t, joined in group]
        yield Shelf(category_id, slug, title, _nested(cards))


def _nested(cards: list[BoardCard]) -> list[BoardCard]:
    """Sub-boards below theirs; where that one is out of sight they stand by themselves."""
    tops = {card.id: card for card in cards if card.parent_id is None}
    for card in cards:
        if card.parent_id in tops:
            tops[card.parent_id].below.append(card)
    return [card for card in cards if card.parent_id not in tops]


def _card(board: Board, shelf: str, joined: bool) -> BoardCard:
    return BoardCard(
        id=board.id, slug=board.slug, title=board.title, description=board.description, hue=board.hue,
        picture=board.picture, category_id=board.category_id, category=shelf, threads=board.thread_count,
        members=board.member_count, last_at=board.last_activity_at, archived=board.archived_at is not None,
        see_rank=board.see_rank or board.above_see_rank, joined=joined, parent_id=board.parent_id,
    )


def board_total(session: Session) -> int:
    """How many boards there are, whoever may see them: to tell an empty house."""
    return session.scalar(select(func.count()).select_from(Board)) or 0
