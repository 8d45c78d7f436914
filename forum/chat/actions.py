"""What is done in a chat. Every change of a message takes the room's next change number and is published."""

from functools import lru_cache
from typing import Any

from sqlalchemy import Insert, Integer, Select, Table, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert

from forum.access import guardian, visible
from forum.access.actors import Actor
from forum.access.alike import like, open_values
from forum.access.guardian import Verdict
from forum.boards.models import Board
from forum.chat.models import LOBBY, ChatMessage, ChatReaction, Room, RoomRead
from forum.chat.queries import by_slug, sent_already
from forum.chat.signs import SIGN_KEYS
from forum.chat.state import lock_room, record_change
from forum.chat.writing import clean_message, render_message
from forum.core import ratelimit
from forum.core.clock import now
from forum.core.database import Base
from forum.core.errors import Forbidden, Invalid, NotFound, ReadOnly
from forum.core.i18n import gettext as _
from forum.events.catalogue import MessageChanged
from forum.events.publish import publish
from forum.moderation.record import record

# Slugs that would stand where an address of its own stands.
TAKEN_SLUGS = (LOBBY, "rooms", "messages")


def ensure_lobby(session: Session, actor: Actor) -> None:
    """Make the lobby if it is missing (a database made without migrations); for the system.

    Raises:
        Forbidden: the actor is not the system.
    """
    guardian.require(guardian.may_act_for_nobody(actor), actor)
    if session.scalar(select(Room.id).where(Room.slug == LOBBY)) is not None:
        return
    try:
        with session.begin_nested():
            session.add(Room(slug=LOBBY, title="Lobby", created_at=now()))
    except IntegrityError:
        return  # somebody was quicker


def send_message(
    session: Session, actor: Actor, room_slug: str, *, client_id: str, body: str, reply_to: int | None = None
) -> int:
    """Say something in a room. Returns the message's id; the same `client_id` again gives the same one.

    A `client_id` that is known is answered before everything but the right to read: a resend after a lost
    acknowledgement is not refused for having come late.

    Raises:
        NotFound: the room, or the message replied to, is not there for the actor.
        Forbidden, ReadOnly, TooMany, Invalid: as the guardian, the limits and the text say.
    """
    room, board = _room(session, actor, room_slug, lock=True)
    known = sent_already(session, actor, client_id)
    if known is not None:
        return known
    _require_open(guardian.may_chat(actor, room, board), actor, room, board)
    source = clean_message(body)
    html = render_message(session, source, actor)
    parent = _parent(session, room, reply_to)
    ratelimit.take("chat:send", actor.id)
    n, seq = room.last_n + 1, room.seq + 1  # the room is locked: nobody else takes them
    message_id: int | None = session.scalar(_say(session.get_bind().dialect.name), {
        "room_id": room.id, "n": n, "seq": seq, "author_id": actor.id, "client_id": client_id, "reply_to_id": parent,
        "body_source": source, "body_html": html, "created_at": now(),
    })
    if message_id is None:  # sent at the same moment, to another room
        known = sent_already(session, actor, client_id)
        if known is None:
            raise NotFound
        return known
    session.execute(_TAKE, {"in_room": room.id, "to_n": n, "to_seq": seq})
    _read_up_to(session, actor, room.id, n)
    publish(session, MessageChanged(message_id, room.id, seq))
    return message_id


def edit_message(session: Session, actor: Actor, message_id: int, body: str) -> None:
    """Replace the words of one's own message.

    Raises:
        NotFound, Forbidden, ReadOnly, TooMany, Invalid: as for sending.
    """
    message, room, board = _message(session, actor, message_id)
    _require_open(guardian.may_edit_message(actor, message, room, board), actor, room, board)
    if message.redacted_at is not None:
        raise Forbidden(_("A moderator has taken these words out; they stay so."))
    source = clean_message(body)
    html = render_message(session, source, actor)
    ratelimit.take("chat:send", actor.id)
    if source == message.body_source:
        return
    message.body_source, message.body_html, message.edited_at = source, html, now()
    record_change(session, message)


def delete_message(session: Session, actor: Actor, message_id: int) -> None:
    """Take a message away; its place stays, without the words. Again does nothing.

    Raises:
        NotFound, Forbidden: it is not there, or the actor is neither its author nor a moderator.
    """
    message, room, board = _message(session, actor, message_id)
    guardian.require(guardian.may_delete_message(actor, message, room, board), actor)
    if message.deleted_at is not None:
        return
    message.deleted_at, message.deleted_by_id = now(), actor.id
    record_change(session, message)
    if actor.id != message.author_id:
        record(session, actor, "delete", "message", message.id, board_id=room.board_id)


def react(session: Session, actor: Actor, message_id: int, sign: str, *, on: bool) -> None:
    """Put one of the signs to a message, or take it back.

    Raises:
        Invalid: there is no such sign.
        NotFound, Forbidden, ReadOnly: as for sending, or the message is gone.
    """
    message, room, board = _message(session, actor, message_id)
    _require_open(guardian.may_chat(actor, room, board), actor, room, board)
    if sign not in SIGN_KEYS:
        raise Invalid({"sign": _("There is no such sign.")})
    if message.deleted_at is not None or message.hidden_at is not None:
        raise NotFound
    key = (message.id, actor.id, sign)
    held = session.get(ChatReaction, key)
    if on == (held is not None):
        return
    if held is not None:
        session.delete(held)
    else:
        session.add(ChatReaction(message_id=message.id, member_id=actor.id, sign=sign))
    record_change(session, message)


def mark_read(session: Session, actor: Actor, room_slug: str, n: int) -> None:
    """Remember that the actor has read a room up to `n`; never backwards, never past its last message.

    Raises:
        NotFound: the room is not there for the actor.
    """
    room, board = _room(session, actor, room_slug)
    guardian.require(guardian.may_see_room(actor, room, board), actor)
    _read_up_to(session, actor, room.id, min(n, room.last_n))


def _read_up_to(session: Session, actor: Actor, room_id: int, n: int) -> None:
    statement = _read(session.get_bind().dialect.name)
    session.execute(statement, {"member_id": actor.id, "room_id": room_id, "n": n})


# Statements of every message, built once.
_ROOMS: Table = Base.metadata.tables[Room.__tablename__]
_MESSAGES: Table = Base.metadata.tables[ChatMessage.__tablename__]
_READ: Table = Base.metadata.tables[RoomRead.__tablename__]
_TAKE = (
    update(_ROOMS).where(_ROOMS.c.id == bindparam("in_room", type_=Integer))
    .values(last_n=bindparam("to_n", type_=Integer), seq=bindparam("to_seq", type_=Integer))
)


@lru_cache
def _say(dialect: str) -> ReturningInsert[Any]:
    """A message, unless its author has said it already."""
    said: Any = (postgresql if dialect == "postgresql" else sqlite).insert(_MESSAGES)
    once: ReturningInsert[Any] = said.on_conflict_do_nothing(index_elements=["author_id", "client_id"]).returning(
        _MESSAGES.c.id
    )
    return once


@lru_cache
def _read(dialect: str) -> Insert:
    """How far a member has read; it never goes back."""
    read: Any = (postgresql if dialect == "postgresql" else sqlite).insert(_READ)
    further: Insert = read.on_conflict_do_update(
        index_elements=["member_id", "room_id"], set_={"n": read.excluded.n}, where=_READ.c.n < read.excluded.n
    )
    return further


# Rooms of boards ------------------------------------------------------------------------------


def open_room(session: Session, actor: Actor, board: Board) -> str:
    """Give a board its room, or open it again. Returns the room's slug.

    Raises:
        NotFound, Forbidden: the board is not there for the actor, or is not theirs to look after.
    """
    guardian.require_seen(actor, board)
    guardian.require(guardian.may_open_room(actor, board), actor)
    room = session.scalar(select(Room).where(Room.board_id == board.id).with_for_update())
    if room is None:
        room = Room(slug=_free_slug(session, board.slug), title=board.title, board_id=board.id, created_at=now())
        session.add(room)
    room.archived_at = None
    session.flush()
    return room.slug


def close_room(session: Session, actor: Actor, room_slug: str, *, closed: bool = True) -> None:
    """Close a board's room (it stays readable), or open it again.

    Raises:
        NotFound: there is no such room for the actor. Forbidden: it is not theirs to close.
        Invalid: the lobby is always open.
    """
    room, board = _room(session, actor, room_slug)
    if board is None:
        guardian.require(guardian.may_moderate(actor, None), actor)
        raise Invalid(_("The lobby is always open."))
    guardian.require(guardian.may_open_room(actor, board), actor)
    room.archived_at = (room.archived_at or now()) if closed else None
    session.flush()


def _free_slug(session: Session, wanted: str) -> str:
    slug, number = wanted, 1
    while slug in TAKEN_SLUGS or session.scalar(select(Room.id).where(Room.slug == slug)) is not None:
        number += 1
        slug = f"{wanted[:70]}-{number}"
    return slug


# Loading --------------------------------------------------------------------------------------


def _room(session: Session, actor: Actor, slug: str, *, lock: bool = False) -> tuple[Room, Board | None]:
    """A room with its board; with `lock` nobody else changes the room until the transaction ends."""
    statement = _locked(like(actor)) if lock else by_slug(like(actor))
    row = session.execute(statement, open_values(actor, room_slug=slug)).one_or_none()
    if row is None:
        raise NotFound
    guardian.require(guardian.may_see_room(actor, row[0], row[1]), actor)
    return row[0], row[1]


@lru_cache(256)
def _locked(viewer: Actor) -> Select[Room, Board]:
    return by_slug(viewer).with_for_update(of=Room).execution_options(populate_existing=True)


def _message(session: Session, actor: Actor, message_id: int) -> tuple[ChatMessage, Room, Board | None]:
    """A message with its room locked, so that what is decided on is what is changed."""
    room_id = session.scalar(select(ChatMessage.room_id).where(ChatMessage.id == message_id))
    if room_id is None:
        raise NotFound
    row = session.execute(visible.rooms(actor).add_columns(Board).where(Room.id == room_id)).one_or_none()
    if row is None:
        raise NotFound
    lock_room(session, room_id)
    message = session.scalars(
        select(ChatMessage).where(ChatMessage.id == message_id).execution_options(populate_existing=True)
    ).one()
    return message, row[0], row[1]


def _parent(session: Session, room: Room, reply_to: int | None) -> int | None:
    if reply_to is None:
        return None
    parent = session.scalar(
        select(ChatMessage.id).where(
            ChatMessage.id == reply_to,
            ChatMessage.room_id == room.id,
            ChatMessage.deleted_at.is_(None),
            ChatMessage.hidden_at.is_(None),
        )
    )
    if parent is None:
        raise NotFound(_("The message that you reply to is gone."))
    return parent


def _require_open(verdict: Verdict, actor: Actor, room: Room, board: Board | None) -> None:
    """As `guardian.require`, but says `read_only` where the place or the member is only for reading now."""
    only_reading = room.archived_at is not None or actor.is_silenced or (board is not None and board.archived_at)
    if verdict.reason is not None and only_reading:
        raise ReadOnly(verdict.reason, verdict.rule)
    guardian.require(verdict, actor)
