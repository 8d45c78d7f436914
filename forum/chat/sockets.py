"""Socket events of the chat, as the contract names them. Each is a query or an action, authorised every time."""

import threading
import time

from forum.access import guardian
from forum.access.actors import SYSTEM
from forum.chat import actions, queries
from forum.chat.forms import Edit, History, InRoom, Join, Message, React, Read, Send
from forum.chat.models import LOBBY
from forum.chat.wire import as_wire
from forum.core.errors import NotFound
from forum.core.unit_of_work import unit_of_work
from forum.extensions import db, socketio
from forum.realtime import connections, presence
from forum.realtime.events import Ack, Asker, socket_event

TYPING_EVERY = 2.0  # seconds: so often one person's typing is told


@socket_event("chat:join", Join, need="member")
def join(asking: Asker, sent: Join) -> Ack:
    """Come into a room and hear what changed since `after_seq`.

    The socket enters first and reads then: what is committed in between is told twice rather than never.
    Whether the member may be there is asked before and after, so that access lost in between closes the door.
    """
    if queries.room(db.session(), asking.actor, sent.room).id == 0:
        _make_lobby()
    connections.enter(asking.sid, sent.room)
    try:
        session, actor = asking.fresh()
        room = queries.room(session, actor, sent.room)
    except Exception:
        connections.leave(asking.sid, sent.room)
        raise
    rows, reset = queries.changes(session, room.id, room.seq, sent.after_seq)
    presence.changed(sent.room)
    messages = [as_wire(row) for row in rows]
    return {"room": room.slug, "seq": room.seq, "messages": messages, "reset": reset}


@socket_event("chat:leave", InRoom, need="member")
def leave(asking: Asker, sent: InRoom) -> Ack:
    """Go out of a room; also out of one that one was not in."""
    if connections.leave(asking.sid, sent.room):
        presence.changed(sent.room)
    return {}


def _sent_already(asking: Asker, sent: Send) -> Ack | None:
    message_id = queries.sent_already(db.session(), asking.actor, sent.client_id)
    return None if message_id is None else _message(message_id)


@socket_event("chat:send", Send, need="member", known=_sent_already)
def send(asking: Asker, sent: Send) -> Ack:
    """Say something. The acknowledgement means that it is kept; the same `client_id` is the same message."""
    try:
        return _message(_send(asking, sent))
    except NotFound:
        if sent.room != LOBBY or queries.room(*asking.fresh(), LOBBY).id:
            raise
        _make_lobby()
        return _message(_send(asking, sent))


def _send(asking: Asker, sent: Send) -> int:
    with asking.acting() as (session, actor):
        return actions.send_message(
            session, actor, sent.room, client_id=sent.client_id, body=sent.body, reply_to=sent.reply_to
        )


def _make_lobby() -> None:
    with unit_of_work() as session:
        actions.ensure_lobby(session, SYSTEM)


@socket_event("chat:edit", Edit, need="member")
def edit(asking: Asker, sent: Edit) -> Ack:
    """Replace the words of one's own message."""
    with asking.acting() as (session, actor):
        actions.edit_message(session, actor, sent.id, sent.body)
    return _message(sent.id)


@socket_event("chat:delete", Message, need="member")
def delete(asking: Asker, sent: Message) -> Ack:
    """Take a message away."""
    with asking.acting() as (session, actor):
        actions.delete_message(session, actor, sent.id)
    return _message(sent.id)


@socket_event("chat:react", React, need="member")
def react(asking: Asker, sent: React) -> Ack:
    """Put a sign to a message, or take it back."""
    with asking.acting() as (session, actor):
        actions.react(session, actor, sent.id, sent.sign, on=sent.on)
    return _message(sent.id)


@socket_event("chat:history", History, need="member")
def history(asking: Asker, sent: History) -> Ack:
    """Older messages."""
    session = db.session()
    room = queries.room(session, asking.actor, sent.room)
    rows = queries.history(session, room.id, sent.before, sent.limit)
    return {"messages": [as_wire(row) for row in rows]}


@socket_event("chat:unread", InRoom, need="member")
def unread(asking: Asker, sent: InRoom) -> Ack:
    """How much is unread in all rooms, and which one to open: the one named, while it is open to the member."""
    rooms = queries.rooms(db.session(), asking.actor)
    return {"unread": sum(one.unread for one in rooms), "room": queries.where_to_begin(rooms, sent.room)}


@socket_event("chat:read", Read, need="member")
def read(asking: Asker, sent: Read) -> Ack:
    """Remember how far the member has read."""
    if queries.room(db.session(), asking.actor, sent.room).id == 0:
        return {}
    with asking.acting() as (session, actor):
        actions.mark_read(session, actor, sent.room, sent.n)
    return {}


@socket_event("chat:typing", InRoom, need="member")
def typing(asking: Asker, sent: InRoom) -> Ack:
    """Tell the others in the room that the member is writing; at most every two seconds."""
    room, board = queries.loaded(db.session(), asking.actor, sent.room)
    guardian.require(guardian.may_chat(asking.actor, room, board), asking.actor)
    connection = connections.get(asking.sid)
    if connection is None or sent.room not in connection.rooms:
        raise NotFound
    if _is_news(connection.member_id, sent.room):
        told = {"room": sent.room, "name": asking.actor.name, "label": asking.actor.label}
        socketio.emit("chat:typing", told, to=connections.chat_room(sent.room), skip_sid=asking.sid)
    return {}


_typing_lock = threading.Lock()
_typing: dict[tuple[int, str], float] = {}


def _is_news(member_id: int, room: str) -> bool:
    moment = time.monotonic()
    with _typing_lock:
        for key in [key for key, told in _typing.items() if moment - told > TYPING_EVERY]:
            del _typing[key]
        return _typing.setdefault((member_id, room), moment) == moment


def _message(message_id: int) -> Ack:
    """A message of a room that the asker was let into just now."""
    row = queries.message(db.session(), message_id)
    if row is None:
        raise NotFound
    return {"message": as_wire(row)}
