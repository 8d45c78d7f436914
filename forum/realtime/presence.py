"""Who is in a chat room. Shown from three people on: an empty room is not announced, two are just talking."""

import json
import threading
import time
import uuid
from dataclasses import asdict
from typing import Any

import redis
import structlog

from forum.chat.queries import Person
from forum.chat.wire import person_as_wire
from forum.core.i18n import LANGUAGES
from forum.extensions import socketio
from forum.realtime import connections

SHOWN_FROM = 3
MOST_SHOWN = 50  # names in a list; the count says how many there are
PAUSE = 1.0  # seconds in which comings and goings of a room are gathered
KEPT_FOR = 90.0  # seconds after which a process that went silent no longer counts
REFRESH = 30.0

log = structlog.get_logger()
_lock = threading.Lock()
_due: set[str] = set()
_process = uuid.uuid4().hex
_store: "redis.Redis | None" = None
_prefix = ""


def people(slug: str) -> list[Person]:
    """Who is in a room, by name; nobody while there are fewer than three."""
    found = dict(connections.here(slug))
    for member_id, person in _elsewhere(slug):
        found.setdefault(member_id, person)
    if len(found) < SHOWN_FROM:
        return []
    return sorted(found.values(), key=lambda person: person.name.casefold())


def payload(slug: str, language: str) -> dict[str, Any]:
    """The `chat:presence` of a room, for readers of a language."""
    present = people(slug)
    shown = [person_as_wire(one, language) for one in present[:MOST_SHOWN]]
    return {"room": slug, "count": len(present), "people": shown}


def changed(slug: str) -> None:
    """Somebody came or went: tell the room, once for all who do within a second."""
    with _lock:
        if slug in _due:
            return
        _due.add(slug)
    timer = threading.Timer(PAUSE, _tell, (slug,))
    timer.daemon = True
    timer.start()


def _tell(slug: str) -> None:
    with _lock:
        _due.discard(slug)
    _share(slug)
    for language in LANGUAGES:
        room = connections.chat_room(slug, language)
        socketio.emit("chat:presence", payload(slug, language), to=room, namespace=connections.NAMESPACE)


# Several processes: each keeps its own people of a room under its name, and says every 30 s that it is there.


def share_over(redis_url: str, prefix: str) -> None:
    """Count the people of other processes too. Once in a process, after a fork."""
    global _store, _prefix
    with _lock:
        if _store is not None:
            return
        _prefix = prefix
        _store = redis.Redis.from_url(redis_url, socket_timeout=2, socket_connect_timeout=2, decode_responses=True)
    threading.Thread(target=_refresh, name="laurel-presence", daemon=True).start()


def _refresh() -> None:
    while True:
        time.sleep(REFRESH)
        for slug in connections.rooms_in_use():
            _tell(slug)  # two processes may have told their views in the wrong order


def _share(slug: str) -> None:
    if _store is None:
        return
    mine = {str(member_id): asdict(person) for member_id, person in connections.here(slug).items()}
    try:
        if mine:
            _store.hset(_key(slug), _process, json.dumps({"at": time.time(), "people": mine}))
            _store.expire(_key(slug), int(KEPT_FOR))
        else:
            _store.hdel(_key(slug), _process)
    except redis.RedisError as error:
        log.warning("presence is not shared", error=str(error))


def _elsewhere(slug: str) -> list[tuple[int, Person]]:
    if _store is None:
        return []
    try:
        held: Any = _store.hgetall(_key(slug))
    except redis.RedisError:
        return []
    found = []
    for process, text in held.items():
        told = json.loads(text)
        if process != _process and time.time() - told["at"] < KEPT_FOR:
            found += [(int(member_id), Person(**person)) for member_id, person in told["people"].items()]
    return found


def _key(slug: str) -> str:
    return f"{_prefix}:presence:{slug}"
