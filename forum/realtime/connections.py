"""The sockets of this process: whose they are, and which chat rooms they are in."""

import threading
from dataclasses import dataclass, field
from typing import Any

from engineio.exceptions import SocketIsClosedError

from forum.chat.queries import Person
from forum.extensions import socketio

NAMESPACE = "/"
_io: Any = socketio  # its types leave `server` out


@dataclass(slots=True)
class Connection:
    """One socket. `token_hash` names the session that opened it; `rooms` are slugs of chat rooms, `threads` ids.

    `language` is the one of the page that opened it: words over this socket are in it.
    """

    sid: str
    member_id: int
    token_hash: str
    person: Person
    language: str
    rooms: set[str] = field(default_factory=set)
    threads: set[int] = field(default_factory=set)


_lock = threading.Lock()
_open: dict[str, Connection] = {}


def member_room(member_id: int) -> str:
    """The Socket.IO room of all sockets of a member."""
    return f"member:{member_id}"


def session_room(session_id: int) -> str:
    """The Socket.IO room of all sockets of a session."""
    return f"session:{session_id}"


def chat_room(slug: str, language: str | None = None) -> str:
    """The Socket.IO room of a chat room: of all who are there, or of those who read a language."""
    return f"chat:{slug}" if language is None else f"chat:{slug}:{language}"


def thread_room(thread_id: int) -> str:
    """The Socket.IO room of the sockets whose pages show a thread."""
    return f"thread:{thread_id}"


def add(connection: Connection, session_id: int) -> None:
    """Remember a socket and put it into the rooms of its member and session."""
    with _lock:
        _open[connection.sid] = connection
    for room in (member_room(connection.member_id), session_room(session_id)):
        _io.server.enter_room(connection.sid, room, namespace=NAMESPACE)


def get(sid: str) -> Connection | None:
    """The socket with this id, if it is one of this process."""
    return _open.get(sid)


def of_member(member_id: int | None) -> list[Connection]:
    """The sockets of a member, or all (None)."""
    with _lock:
        return [one for one in _open.values() if member_id in (None, one.member_id)]


def enter(sid: str, slug: str) -> None:
    """Put a socket into a chat room; who may be there was asked before."""
    with _lock:
        connection = _open.get(sid)
        if connection is None:
            return
        connection.rooms.add(slug)
    for room in (chat_room(slug), chat_room(slug, connection.language)):
        _io.server.enter_room(sid, room, namespace=NAMESPACE)


def leave(sid: str, slug: str) -> bool:
    """Take a socket out of a chat room. Returns whether it was there."""
    with _lock:
        connection = _open.get(sid)
        was_there = connection is not None and slug in connection.rooms
        if connection is not None:
            connection.rooms.discard(slug)
    rooms = [chat_room(slug)] + ([chat_room(slug, connection.language)] if connection is not None else [])
    for room in rooms:
        _io.server.leave_room(sid, room, namespace=NAMESPACE)
    return was_there


def watch(sid: str, thread_ids: set[int]) -> None:
    """Have a socket hear of these threads and of no others; whether it may was asked before."""
    with _lock:
        connection = _open.get(sid)
        if connection is None:
            return
        before, connection.threads = connection.threads, set(thread_ids)
    for thread_id in before - thread_ids:
        _io.server.leave_room(sid, thread_room(thread_id), namespace=NAMESPACE)
    for thread_id in thread_ids - before:
        _io.server.enter_room(sid, thread_room(thread_id), namespace=NAMESPACE)


def languages(slug: str) -> set[str]:
    """The languages of the sockets of this process that are in a chat room."""
    with _lock:
        return {one.language for one in _open.values() if slug in one.rooms}


def remove(sid: str) -> Connection | None:
    """Forget a socket that is gone (Socket.IO empties its rooms itself)."""
    with _lock:
        return _open.pop(sid, None)


def here(slug: str) -> dict[int, Person]:
    """The members who are in a chat room through this process."""
    with _lock:
        return {one.member_id: one.person for one in _open.values() if slug in one.rooms}


def rooms_in_use() -> set[str]:
    """The chat rooms that any socket of this process is in."""
    with _lock:
        return {slug for one in _open.values() for slug in one.rooms}


def close(sid: str) -> None:
    """End a socket: what is on its way is sent, then the connection closes. Harmless when it is gone already."""
    server = _io.server
    engine_sid = server.manager.eio_sid_from_sid(sid, NAMESPACE)
    engine_socket = server.eio.sockets.get(engine_sid) if engine_sid else None
    try:
        server.disconnect(sid, namespace=NAMESPACE, ignore_queue=True)
        if engine_socket is not None:
            engine_socket.close(wait=False, reason=server.eio.reason.SERVER_DISCONNECT)
    except (SocketIsClosedError, KeyError):
        return  # it ended by itself at this moment
