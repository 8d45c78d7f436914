"""The door in front of Socket.IO: who may open a socket is decided before anything is upgraded.

Each open socket holds one of the server's threads, so there is a cap under their number: past it a socket
is sent away with 503, and pages go on. A socket is opened by this site's own pages (Origin) and by
somebody who is signed in; everybody else is sent away here, where it costs no thread.
"""

import socket
import struct
import threading
from collections.abc import Iterable
from contextlib import suppress
from functools import lru_cache, partial
from typing import Any
from urllib.parse import urlsplit

import flask
from engineio.async_drivers._websocket_wsgi import SimpleWebSocketWSGI
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from config import Settings
from forum.access.actors import load_signed_in
from forum.core.tokens import hash_token, keyed_hash
from forum.extensions import db, socketio

PATH = "/socket.io/"
LARGEST_FRAME = 64 * 1024  # of text; a larger one ends the connection, and the client comes back
RETRY_AFTER = 10  # seconds
SEND_TIMEOUT = 20  # seconds after which somebody who does not read loses the connection, not we a thread
LOOPBACK = ("127.0.0.1", "localhost")


class ClosingWebSocket(SimpleWebSocketWSGI):
    """A WebSocket whose thread comes free when we close it, also if the other side never answers.

    Nothing is compressed: what a room is told is one frame for all, made once. Compressed, each socket's would be
    another one, and each socket would hold a window of what went before.
    """

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        """Serve one socket until it ends."""
        environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
        raw = environ.get("gunicorn.socket") or environ.get("werkzeug.socket")
        if raw is not None:
            with suppress(OSError):
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", SEND_TIMEOUT, 0))
        inherited: Any = super()
        return inherited.__call__(environ, start_response)

    def send(self, message: str) -> None:
        """Send a text.

        Raises:
            OSError: the connection is closed, or the other side does not read.
        """
        if not self.ws.connected:
            raise OSError("the socket is closed")
        self.ws.sock.sendall(frame_of(message))

    def close(self) -> None:
        """Say goodbye and end the TCP connection: whoever waits for a frame on it wakes up."""
        inherited: Any = super()
        with suppress(OSError):
            inherited.close()
        with suppress(OSError):
            self.ws.sock.shutdown(socket.SHUT_RDWR)


@lru_cache(16)
def frame_of(message: str) -> bytes:
    """A text as a server's frame (RFC 6455, 5.2): whole, not masked. Kept while all of a room are told the same."""
    data = message.encode()
    length = len(data)
    if length < 126:
        return struct.pack("!BB", 0x81, length) + data
    if length < 1 << 16:
        return struct.pack("!BBH", 0x81, 126, length) + data
    return struct.pack("!BBQ", 0x81, 127, length) + data


class SocketDoor:
    """WSGI middleware around Socket.IO's. `limit` is how many sockets may be open at once in this process."""

    def __init__(self, inner: Any, app: Flask, settings: Settings) -> None:
        self._inner = inner
        self._app = app
        self._origins = origins(settings.base_url)
        self._limit = settings.socket_limit
        self._lock = threading.Lock()
        self._open = 0

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Pass pages on; let a socket in, or say why not."""
        if not environ.get("PATH_INFO", "").startswith(PATH):
            inner: Iterable[bytes] = self._inner(environ, start_response)
            return inner
        if environ.get("HTTP_ORIGIN") not in self._origins:
            return _refuse(start_response, "403 Forbidden", "This is not a page of this site.")
        with self._lock:
            if self._open >= self._limit:
                return _busy(start_response)
            self._open += 1
        try:
            if not self._is_signed_in(environ):
                return _refuse(start_response, "401 Unauthorized", "Please sign in first.")
            # A list: a socket lives inside this call, and its place comes free at the end of it.
            return list(self._inner(environ, start_response))
        except SQLAlchemyError:
            return _busy(start_response)
        finally:
            with self._lock:
                self._open -= 1

    def _is_signed_in(self, environ: dict[str, Any]) -> bool:
        with self._app.request_context(environ):
            token = flask.session.get("_user_id")
            return bool(token) and not load_signed_in(db.session(), hash_token(str(token))).is_guest


def origins(base_url: str) -> frozenset[str]:
    """The origins of this site's pages. A site on the machine itself goes by both of its names."""
    parts = urlsplit(base_url)
    if parts.hostname not in LOOPBACK:
        return frozenset({base_url})
    port = f":{parts.port}" if parts.port else ""
    return frozenset(f"{parts.scheme}://{host}{port}" for host in LOOPBACK)


def own_prefix(settings: Settings) -> str:
    """What this site's channels and keys in Redis begin with.

    Several sites may share a Redis and must not hear each other. All processes of a site have its
    PRIVACY_KEY, which never changes.
    """
    return f"laurel-{keyed_hash(settings.privacy_key, 'redis', '')[:16]}"


def guard(app: Flask, settings: Settings) -> None:
    """Put the door in front of the application that Socket.IO was bound to."""
    bound: Any = socketio  # its types leave `server` out
    engine = bound.server.eio
    engine._async = {**engine._async, "websocket": partial(ClosingWebSocket, max_message_size=LARGEST_FRAME)}
    app.wsgi_app = SocketDoor(app.wsgi_app, app, settings)  # type: ignore[method-assign]


def _busy(start_response: Any) -> Iterable[bytes]:
    return _refuse(
        start_response, "503 Service Unavailable", "Too many are connected. Please try again in a moment.",
        ("Retry-After", str(RETRY_AFTER)),
    )


def _refuse(start_response: Any, status: str, words: str, *headers: tuple[str, str]) -> Iterable[bytes]:
    start_response(
        status,
        [
            ("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"), ("Connection", "close"), *headers,
        ],
    )
    return [words.encode()]
