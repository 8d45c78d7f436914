"""The product as people run it: `python wsgi.py` in a process of its own, and socket clients to talk to it.

The server works on the database of the tests, so what a test makes through `make` is there at once. Its
worker delivers the outbox: a test with a live server does not `drain`.
"""

import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import socketio

from config import ROOT
from tests.surfing import Surfer

SECRETS = {"SECRET_KEY": "s" * 32, "PRIVACY_KEY": "p" * 32}


def free_port() -> int:
    """A port of this machine that nobody listens on: below those that systems give to whoever connects to somebody,
    so that nobody gets it before the server is up, or while one that was killed starts again."""
    while True:
        port = 20_000 + secrets.randbelow(12_000)  # `random` begins alike in every process of the tests
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


class LiveServer:
    """The embedded server on a database. `environ` adds to or replaces its settings."""

    def __init__(self, database_url: str, instance: Path, **environ: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._environ = {
            **os.environ, **SECRETS, "PYTHONUNBUFFERED": "1", "DATABASE_URL": database_url,
            "HOST": "127.0.0.1", "PORT": str(self.port),
            "INSTANCE_PATH": str(instance), "LIMITS": "off", "WEB_THREADS": "48",
            "MAIL_URL": f"file://{instance / 'outbox'}", **environ,
        }
        self._log = instance / "server.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> "LiveServer":
        """Start and wait until it answers.

        Raises:
            RuntimeError: it did not come up within 90 seconds (a busy machine needs a third); with what it said.
        """
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "wsgi.py"], cwd=ROOT, env=self._environ, stdout=log, stderr=log, start_new_session=True
            )
        limit = time.monotonic() + 90
        while time.monotonic() < limit and self._process.poll() is None:
            if self._answers():
                return self
            time.sleep(0.1)
        raise RuntimeError(f"the server did not start:\n{self.said()}")

    def _answers(self) -> bool:
        probe = HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            probe.request("GET", "/healthz")
            return probe.getresponse().status == 200
        except OSError:
            return False
        finally:
            probe.close()

    def said(self) -> str:
        """What it has written so far."""
        return self._log.read_text() if self._log.exists() else ""

    def is_running(self) -> bool:
        """Whether its process lives."""
        return self._process is not None and self._process.poll() is None

    def stop(self, how: int = signal.SIGTERM) -> None:
        """End it: in good order, or with SIGKILL at once (with all of its processes)."""
        if self._process is None:
            return
        with suppress(ProcessLookupError):
            if how == signal.SIGKILL:
                os.killpg(self._process.pid, how)
            else:
                self._process.send_signal(how)
        try:
            self._process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(timeout=5)
        self._process = None
        self._until_nobody_listens()

    def _until_nobody_listens(self) -> None:
        """Its worker was killed with it, and may still be about to die: the next one needs the port."""
        for _try in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) != 0:
                    return
            time.sleep(0.05)

    def kill(self) -> None:
        """End it as a power cut would."""
        self.stop(signal.SIGKILL)


class Chatter:
    """A socket client of a signed-in browser. Remembers every event that it is sent, in order."""

    def __init__(self, server: LiveServer, surfer: Surfer | None, *, origin: str | None = "") -> None:
        self.server = server
        self.heard: list[tuple[str, Any]] = []
        self._changed = threading.Condition()
        self._wire: Any = None
        self._headers = {} if surfer is None else {"Cookie": surfer.cookie_header()}
        options: dict[str, Any] = {"suppress_origin": True} if origin is None else {"origin": origin or server.url}
        self._client = socketio.Client(reconnection=False, websocket_extra_options=options)
        self._client.on("*", self._hear)
        self._client.on("disconnect", lambda *_reason: self._hear("disconnect"))

    def _hear(self, event: str, payload: Any = None) -> None:
        with self._changed:
            self.heard.append((event, payload))
            self._changed.notify_all()

    def connect(self) -> "Chatter":
        """Open the socket.

        Raises:
            socketio.exceptions.ConnectionError: it was refused.
        """
        self._client.connect(self.server.url, headers=self._headers, transports=["websocket"], wait_timeout=30)
        self._wire = self._client.eio.ws
        return self

    @property
    def connected(self) -> bool:
        """Whether the socket is open."""
        return bool(self._client.connected)

    def ask(self, event: str, *payload: Any, timeout: float = 30) -> Any:
        """Emit and give back the acknowledgement."""
        return self._client.call(event, payload[0] if payload else None, timeout=timeout)

    def say(self, event: str, payload: Any) -> None:
        """Emit without waiting."""
        self._client.emit(event, payload)

    def join(self, room: str = "lobby", after_seq: int | None = None) -> Any:
        """`chat:join`."""
        return self.ask("chat:join", {"room": room} if after_seq is None else {"room": room, "after_seq": after_seq})

    def send(self, body: str, client_id: str, room: str = "lobby", timeout: float = 30, **more: Any) -> Any:
        """`chat:send`."""
        return self.ask("chat:send", {"room": room, "client_id": client_id, "body": body, **more}, timeout=timeout)

    def messages(self, event: str = "chat:message") -> list[Any]:
        """The payloads of one kind heard so far."""
        with self._changed:
            return [payload for name, payload in self.heard if name == event]

    def wait_for(self, event: str, count: int = 1, timeout: float = 30) -> list[Any]:
        """The payloads of one kind once there are `count` of them.

        Raises:
            AssertionError: they did not come in time.
        """
        with self._changed:
            there = self._changed.wait_for(
                lambda: sum(name == event for name, _payload in self.heard) >= count, timeout=timeout
            )
            assert there, f"{count} × {event} expected, heard {self.heard}"
            return [payload for name, payload in self.heard if name == event]

    def close(self) -> None:
        """Leave in good order; also after the other side has ended the connection."""
        self._client.disconnect()
        self._wire.shutdown()

    def drop(self) -> None:
        """Lose the connection without a word, as in a tunnel."""
        with suppress(OSError, AttributeError):
            self._wire.sock.shutdown(socket.SHUT_RDWR)
