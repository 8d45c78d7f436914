"""Opening and closing of sockets. Who may open one is decided by the door in `limit` and asked once more here."""

from typing import Any

import flask
from flask import current_app

from config import Settings
from forum.chat.queries import person
from forum.core.errors import Unauthenticated
from forum.core.i18n import language
from forum.extensions import socketio
from forum.realtime import connections, presence, recheck
from forum.realtime.connections import Connection
from forum.realtime.events import asker, for_whom
from forum.realtime.limit import own_prefix


@socketio.on("connect")
@for_whom("member")
def connect(_auth: Any = None) -> bool:
    """Let a signed-in member's socket in (True); nobody else's."""
    try:
        asking = asker()
    except Unauthenticated:
        return False
    actor = asking.actor
    settings: Settings = current_app.config["SETTINGS"]
    if settings.redis_url:
        recheck.listen(current_app._get_current_object(), settings.redis_url)  # type: ignore[attr-defined]
        presence.share_over(settings.redis_url, own_prefix(settings))
    assert actor.id is not None and actor.session_id is not None
    opened = Connection(asking.sid, actor.id, asking.token_hash, person(actor), language())
    connections.add(opened, actor.session_id)
    try:
        asking.fresh()  # a session that ended in between was not found by whoever closes sockets
    except Unauthenticated:
        connections.remove(asking.sid)
        return False
    return True


@socketio.on("disconnect")
@for_whom("public")
def disconnect(_reason: Any = None) -> None:
    """Forget a socket and let its rooms know."""
    connection = connections.remove(flask.request.sid)  # type: ignore[attr-defined]
    for slug in connection.rooms if connection is not None else ():
        presence.changed(slug)
