"""Reads of the chat: rooms with what is unread, pages of messages, and what changed since."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, Row, Select, String, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from forum.access import guardian, visible
from forum.access.actors import Actor, initials
from forum.access.alike import VIEWER_ID, like, open_values
from forum.boards.models import Board
from forum.chat.models import LOBBY, ChatMessage, ChatReaction, Room, RoomRead
from forum.chat.signs import SIGN_KEYS
from forum.content.excerpt import excerpt
from forum.content.plain import plain_text
from forum.core.errors import NotFound
from forum.core.i18n import gettext as _
from forum.members.models import Member
from forum.reputation import rulesets
from forum.reputation.models import MemberStanding
from forum.reputation.rules import Rank

PAGE = 50  # messages that a page begins with
MOST = 100  # messages that one look into history gives
LARGEST_GAP = 500  # changes that are told one by one; past it the latest page is shorter


@dataclass(frozen=True, slots=True)
class RoomRow:
    """A room as a viewer sees it. `unread` counts what came since they were last there (0 if they never were)."""

    id: int
    slug: str
    title: str
    hue: int | None
    board_id: int | None
    board_slug: str | None
    closed: bool
    last_n: int
    seq: int
    read_n: int | None
    unread: int


@dataclass(frozen=True, slots=True)
class Person:
    """Who said something, or is here. `leaves` is None and `rank` empty for staff, who stand outside the ladder.

    `rank` is its name by language: readers of several languages are told.
    """

    name: str
    label: str
    initials: str
    hue: int
    leaves: int | None
    rank: Mapping[str, str]
    staff: bool


@dataclass(frozen=True, slots=True)
class Quoted:
    """The message that another replies to, its author as people know them; without words when they are gone."""

    id: int
    n: int
    name: str
    excerpt: str


@dataclass(frozen=True, slots=True)
class Reaction:
    """A sign under a message and the handles of those who put it there."""

    sign: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A message, the same for every viewer; `room` is a slug. What is deleted or hidden has no words any more."""

    room: str
    id: int
    n: int
    seq: int
    client_id: str
    author: Person
    body: str
    body_html: str
    at: dt.datetime
    edited: bool
    deleted: bool
    hidden: bool
    reply_to: Quoted | None
    reactions: tuple[Reaction, ...] = ()

    @property
    def gone(self) -> bool:
        """Whether its words are not to be shown."""
        return self.deleted or self.hidden


def rooms(session: Session, viewer: Actor) -> list[RoomRow]:
    """The rooms that the viewer may be in: the lobby, then those of boards by their order; closed ones last.

    The lobby is listed even where no database row stands for it yet.
    """
    rows = session.execute(
        _rooms(viewer).order_by(Room.board_id.is_not(None), Room.archived_at.is_not(None), Board.position, Board.id)
    )
    listed = [_room_row(*row) for row in rows]
    return listed if any(row.slug == LOBBY for row in listed) else [empty_lobby(), *listed]


def where_to_begin(rooms: Sequence[RoomRow], last: str | None = None) -> str:
    """The slug of the room to open: the `last` one if it is there, else one with something unread, else the lobby."""
    unread = [row.slug for row in rooms if row.unread]
    if last in {row.slug for row in rooms}:
        return str(last)
    return LOBBY if LOBBY in unread or not unread else unread[0]


def room(session: Session, viewer: Actor, slug: str) -> RoomRow:
    """One room; the lobby also where no database row stands for it yet (its id is 0 then).

    Raises:
        NotFound: there is none of this slug for the viewer.
    """
    row = session.execute(_rooms(viewer).where(Room.slug == slug)).one_or_none()
    if row is None and slug == LOBBY and not viewer.is_guest:
        return empty_lobby()
    if row is None or not guardian.may_see_room(viewer, row[0], row[1]):
        raise NotFound
    return _room_row(*row)


def empty_lobby() -> RoomRow:
    """The lobby before anybody said anything."""
    return RoomRow(0, LOBBY, _("Lobby"), None, None, None, False, 0, 0, None, 0)


def loaded(session: Session, viewer: Actor, slug: str) -> tuple[Room, Board | None]:
    """A room and its board as rows, for the guardian.

    Raises:
        NotFound: there is none of this slug for the viewer.
    """
    row = session.execute(by_slug(like(viewer)), open_values(viewer, room_slug=slug)).one_or_none()
    if row is None or not guardian.may_see_room(viewer, row[0], row[1]):
        raise NotFound
    return row[0], row[1]


@lru_cache(256)
def by_slug(viewer: Actor) -> Select[Room, Board]:
    """A room with its board, for viewers alike (decision 068)."""
    return visible.rooms(viewer).add_columns(Board).where(Room.slug == bindparam("room_slug", type_=String))


def visible_slugs(session: Session, viewer: Actor, slugs: Iterable[str]) -> set[str]:
    """Those of these rooms that the viewer may (still) be in."""
    wanted = set(slugs)
    if not wanted or viewer.is_guest:
        return set()
    found = visible.rooms(viewer).with_only_columns(Room.slug, maintain_column_froms=True)
    return set(session.scalars(found.where(Room.slug.in_(wanted))))


def boards_without_room(session: Session, viewer: Actor) -> list[tuple[str, str]]:
    """Slug and title of the boards for which the viewer may open a room."""
    if not viewer.is_staff and not viewer.moderated:
        return []
    found = visible.boards(viewer).outerjoin(Room, Room.board_id == Board.id)
    found = found.where(Room.id.is_(None), Board.archived_at.is_(None)).order_by(Board.position, Board.id)
    return [(board.slug, board.title) for board in session.scalars(found) if guardian.may_open_room(viewer, board)]


def sent_already(session: Session, viewer: Actor, client_id: str) -> int | None:
    """The id of the message that the viewer sent under this `client_id`, while they may see its room."""
    values = open_values(viewer, client_id=client_id)
    return session.scalar(_sent(like(viewer)), values) if viewer.id is not None else None


@lru_cache(256)
def _sent(viewer: Actor) -> Select[int]:
    found = visible.rooms(viewer).join(ChatMessage, ChatMessage.room_id == Room.id)
    return found.with_only_columns(ChatMessage.id, maintain_column_froms=True).where(
        ChatMessage.author_id == VIEWER_ID, ChatMessage.client_id == bindparam("client_id", type_=String)
    )


# Messages: of a room that was loaded by one of the functions above -----------------------------


def history(session: Session, room_id: int, before: int | None = None, limit: int = PAGE) -> list[MessageRow]:
    """The newest `limit` messages with a place below `before` (all, if it is None), oldest first."""
    wanted = _MESSAGES.where(ChatMessage.room_id == room_id)
    if before is not None:
        wanted = wanted.where(ChatMessage.n < before)
    return _rows(session, wanted.order_by(ChatMessage.n.desc()).limit(limit))[::-1]


def changes(session: Session, room_id: int, seq: int, after_seq: int | None) -> tuple[list[MessageRow], bool]:
    """What changed after `after_seq` in a room that is at `seq`, each message once; and whether to start anew.

    Starting anew (the latest page, True): no number was given, it is not one of this room, or more than 500
    changes lie behind.
    """
    if after_seq is None or after_seq > seq or seq - after_seq > LARGEST_GAP:
        return history(session, room_id), True
    if after_seq == seq:
        return [], False
    wanted = _MESSAGES.where(ChatMessage.room_id == room_id, ChatMessage.seq > after_seq)
    return _rows(session, wanted.order_by(ChatMessage.n)), False


def message(session: Session, message_id: int) -> MessageRow | None:
    """One message, for those who were let into its room; None when there is none."""
    return messages(session, [message_id]).get(message_id)


def messages(session: Session, ids: Sequence[int]) -> dict[int, MessageRow]:
    """Those of these messages that there are, by id, for who was let into their rooms."""
    return {row.id: row for row in _rows(session, _BY_ID, {"message_ids": list(ids)})}


def person(actor: Actor) -> Person:
    """Somebody who is here, as others see them."""
    return Person(
        actor.name, actor.label, actor.initials, actor.hue, actor.leaves, actor.rank_names, actor.role != "member"
    )


# Parts ----------------------------------------------------------------------------------------


def _rooms(viewer: Actor) -> Select[Room, Board, int]:
    mine: ColumnElement[bool] = and_(RoomRead.room_id == Room.id, RoomRead.member_id == viewer.id)
    return visible.rooms(viewer).outerjoin(RoomRead, mine).add_columns(Board, RoomRead.n)


def _room_row(room: Room, board: Board | None, read_n: int | None) -> RoomRow:
    closed = room.archived_at is not None or (board is not None and board.archived_at is not None)
    return RoomRow(
        id=room.id,
        slug=room.slug,
        title=board.title if board is not None else _("Lobby") if room.slug == LOBBY else room.title,
        hue=board.hue if board is not None else None,
        board_id=room.board_id,
        board_slug=board.slug if board is not None else None,
        closed=closed,
        last_n=room.last_n,
        seq=room.seq,
        read_n=read_n,
        unread=0 if read_n is None else max(0, room.last_n - read_n),
    )


_Parent = aliased(ChatMessage)
_ParentAuthor = aliased(Member)


# Built once: after each message its sender and its room are told.
_MESSAGES: Select[*tuple[Any, ...]] = (
    select(
        ChatMessage.id, Room.slug.label("room"), ChatMessage.n, ChatMessage.seq, ChatMessage.client_id,
        ChatMessage.body_source, ChatMessage.body_html, ChatMessage.created_at, ChatMessage.edited_at,
        ChatMessage.deleted_at, ChatMessage.hidden_at, Member.name, Member.shown_name, Member.hue, Member.role,
        MemberStanding.rank_key, exists().where(ChatReaction.message_id == ChatMessage.id).label("answered"),
        _Parent.id.label("parent_id"), _Parent.n.label("parent_n"), _Parent.body_html.label("parent_html"),
        or_(_Parent.deleted_at.is_not(None), _Parent.hidden_at.is_not(None)).label("parent_gone"),
        func.coalesce(_ParentAuthor.shown_name, _ParentAuthor.name).label("parent_name"),
    )
    .select_from(ChatMessage)
    .join(Room, Room.id == ChatMessage.room_id)
    .join(Member, Member.id == ChatMessage.author_id)
    .outerjoin(MemberStanding, MemberStanding.member_id == Member.id)
    .outerjoin(_Parent, _Parent.id == ChatMessage.reply_to_id)
    .outerjoin(_ParentAuthor, _ParentAuthor.id == _Parent.author_id)
)
_BY_ID = _MESSAGES.where(ChatMessage.id.in_(bindparam("message_ids", type_=Integer, expanding=True)))


def _rows(
    session: Session, wanted: Select[*tuple[Any, ...]], values: Mapping[str, object] | None = None
) -> list[MessageRow]:
    ruleset, found = rulesets.current(session), session.execute(wanted, values or {}).all()
    rows = [_row(said, ruleset.rank(said.rank_key or ruleset.ranks[0].key)) for said in found]
    return _with_reactions(session, rows, [said.id for said in found if said.answered])


def _row(said: Row[*tuple[Any, ...]], rank: Rank) -> MessageRow:
    deleted, hidden = said.deleted_at is not None, said.hidden_at is not None
    gone = deleted or hidden
    return MessageRow(
        room=said.room,
        id=said.id,
        n=said.n,
        seq=said.seq,
        client_id=said.client_id,
        author=_author(said, rank),
        body="" if gone else said.body_source,
        body_html="" if gone else said.body_html,
        at=said.created_at,
        edited=said.edited_at is not None,
        deleted=deleted,
        hidden=hidden and not deleted,
        reply_to=None if gone else _quoted(said),
    )


def _author(said: Row[*tuple[Any, ...]], rank: Rank) -> Person:
    staff, label = said.role != "member", said.shown_name or said.name
    return Person(
        said.name, label, initials(label), said.hue, None if staff else rank.leaves,
        {"en": ""} if staff else rank.names, staff,
    )


def _quoted(said: Row[*tuple[Any, ...]]) -> Quoted | None:
    if said.parent_id is None or said.parent_name is None:
        return None
    words = "" if said.parent_gone else excerpt(plain_text(said.parent_html), 90)
    return Quoted(said.parent_id, said.parent_n, said.parent_name, words)


def _with_reactions(session: Session, rows: list[MessageRow], answered: list[int]) -> list[MessageRow]:
    ids = [row.id for row in rows if not row.gone and row.id in answered]
    if not ids:
        return rows
    given: dict[tuple[int, str], list[str]] = {}
    signs = session.execute(
        select(ChatReaction.message_id, ChatReaction.sign, Member.name)
        .join(Member, Member.id == ChatReaction.member_id)
        .where(ChatReaction.message_id.in_(ids))
        .order_by(func.lower(Member.name))
    )
    for message_id, sign, name in signs:
        given.setdefault((message_id, sign), []).append(name)
    return [replace(row, reactions=_reactions_of(row, given)) for row in rows]


def _reactions_of(row: MessageRow, given: dict[tuple[int, str], list[str]]) -> tuple[Reaction, ...]:
    held = ((sign, given.get((row.id, sign))) for sign in SIGN_KEYS)
    return tuple(Reaction(sign, tuple(names)) for sign, names in held if names)
