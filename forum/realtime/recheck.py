"""Sockets outlive what they were opened with: looking at them anew when a session, a sanction or an access changed.

One rule for all causes: a socket whose session has ended (or whose member is suspended) is closed, and
one that is in a chat room which its member may no longer see is taken out of it. With several
processes the request goes over Redis; a process that lost Redis looks at all of its sockets when it is back.
"""

import threading
import time

import redis
import structlog
from flask import Flask, current_app
from sqlalchemy.exc import SQLAlchemyError

from forum.access.actors import load_signed_in
from forum.chat.queries import visible_slugs
from forum.desk.queries import visible_among
from forum.extensions import db
from forum.realtime import connections, presence
from forum.realtime.connections import Connection
from forum.realtime.limit import own_prefix

CHANNEL = "recheck"  # under the site's own prefix
EVERYBODY = "*"
PAUSE = 2.0  # seconds between attempts to reach Redis

log = structlog.get_logger()
_lock = threading.Lock()
_listening = False


def recheck_everywhere(member_id: int | None) -> None:
    """Look at the sockets of a member (None: of everybody) in all processes, here before this returns."""
    recheck(member_id)
    redis_url = current_app.config["SETTINGS"].redis_url
    if redis_url:
        try:
            with redis.Redis.from_url(redis_url, socket_timeout=5) as store:
                store.publish(_channel(current_app), EVERYBODY if member_id is None else str(member_id))
        except redis.RedisError as error:
            log.warning("other processes could not be asked to look at their sockets", error=str(error))


def recheck(member_id: int | None) -> None:
    """Look at the sockets of a member (None: of everybody) in this process."""
    for connection in connections.of_member(member_id):
        try:
            _look_at(connection)
        except SQLAlchemyError:  # what cannot be known may not stay open; the client comes back and is asked anew
            log.exception("a socket could not be looked at")
            connections.close(connection.sid)


def _look_at(connection: Connection) -> None:
    session = db.session()
    session.rollback()
    session.expunge_all()
    actor = load_signed_in(session, connection.token_hash)
    if actor.is_guest:
        connections.close(connection.sid)
        return
    lost = connection.rooms - visible_slugs(session, actor, connection.rooms)
    for slug in lost:
        connections.leave(connection.sid, slug)
        presence.changed(slug)
    if connection.threads:
        connections.watch(connection.sid, visible_among(session, actor, sorted(connection.threads)))


def listen(app: Flask, redis_url: str) -> None:
    """Hear what other processes ask for. Once in a process, after a fork."""
    global _listening
    with _lock:
        if _listening:
            return
        _listening = True
    threading.Thread(target=_listen, args=(app, redis_url), name="laurel-recheck", daemon=True).start()


def _listen(app: Flask, redis_url: str) -> None:
    while True:
        try:
            with redis.Redis.from_url(redis_url) as store, store.pubsub(ignore_subscribe_messages=True) as heard:
                heard.subscribe(_channel(app))
                _do(app, None)
                for message in heard.listen():
                    asked = message["data"].decode()
                    _do(app, None if asked == EVERYBODY else int(asked))
        except redis.RedisError as error:
            log.warning("redis is out of reach", error=str(error))
        except Exception:
            log.exception("sockets could not be looked at")
        time.sleep(PAUSE)


def _channel(app: Flask) -> str:
    return f"{own_prefix(app.config['SETTINGS'])}:{CHANNEL}"


def _do(app: Flask, member_id: int | None) -> None:
    with app.app_context():
        recheck(member_id)
        db.session.remove()
