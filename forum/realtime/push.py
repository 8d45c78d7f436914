"""Telling a member something on whatever pages they have open."""

from typing import Any

from forum.extensions import socketio
from forum.realtime.connections import NAMESPACE, member_room


def push_to_member(member_id: int, event: str, payload: dict[str, Any]) -> None:
    """Emit `event` to all sockets of a member, in all processes. Call it after the commit (`after_commit`).

    It is delivered at most once and to open pages only: what must not be lost is in the database as well.
    """
    socketio.emit(event, payload, to=member_room(member_id), namespace=NAMESPACE)
