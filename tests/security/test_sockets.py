"""T15–T17 for sockets: the wrong shape, the wrong origin, nobody signed in, and sessions that outlive their end."""

import base64
import os
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import websocket
from flask import Flask
from sqlalchemy import update
from sqlalchemy.orm import Session

from forum.core.clock import now
from forum.core.unit_of_work import unit_of_work
from forum.extensions import socketio as server_side
from forum.members.models import Member, MemberSession
from tests.chat.conftest import chatter
from tests.factory import Factory
from tests.live import Chatter, LiveServer
from tests.surfing import Surfer

__all__ = ["chatter"]

Connect = Callable[..., Chatter]
Browse = Callable[..., Surfer]

EVENTS: dict[str, dict[str, Any]] = {
    "chat:join": {"room": "lobby", "after_seq": 0},
    "chat:leave": {"room": "lobby"},
    "chat:send": {"room": "lobby", "client_id": "x", "body": "Hello", "reply_to": 1},
    "chat:edit": {"id": 1, "body": "Hello"},
    "chat:delete": {"id": 1},
    "chat:react": {"id": 1, "sign": "thanks", "on": True},
    "chat:history": {"room": "lobby", "before": 10, "limit": 10},
    "chat:typing": {"room": "lobby"},
    "chat:read": {"room": "lobby", "n": 1},
    "chat:unread": {"room": "lobby"},
    "desk:watch": {"threads": [1]},
}
MAY_BE_LEFT_OUT = {"after_seq", "reply_to", "on", "before", "limit"}
MAY_BE_NULL = {"after_seq", "reply_to", "before"}
SURROGATE = "\ud800"
SHAPES: list[Any] = [
    [], [1], ["lobby"], {}, 0, 1, -1, 2**63, 2**200, 1.5, float("nan"), float("inf"), "", "lobby", SURROGATE, True,
    {"room": {"room": "lobby"}}, [[[[]]]], "x" * 60_000, [None] * 5_000,
]
VALUES: list[Any] = [
    None, [], {}, [1], 2**63, -(2**63), 2**200, -1, 1.5, float("nan"), float("-inf"), "", SURROGATE, "a\x00b",
    "x" * 60_000, True, {"$gt": 0},
]


def test_the_corpus_covers_every_event(app: Flask) -> None:
    """A new event is refused here until it is in the walk."""
    handlers: Any = server_side
    assert set(handlers.server.handlers["/"]) - {"connect", "disconnect"} == set(EVENTS)


@pytest.mark.parametrize("event", EVENTS)
def test_the_wrong_shape_is_refused(live: LiveServer, make: Factory, chatter: Connect, event: str) -> None:
    """Null, list, number, 2^63, NaN, lone surrogate, nothing at all, two things: refused, and everything lives."""
    ada = chatter(make.member("ada"), room="lobby")
    answers = [("no argument", ada.ask(event)), ("two", ada.ask(event, (EVENTS[event], EVENTS[event])))]
    answers += [(shape, ada.ask(event, shape)) for shape in SHAPES if shape != []]
    for key in EVENTS[event]:
        if key not in MAY_BE_LEFT_OUT:
            answers.append((f"without {key}", ada.ask(event, {k: v for k, v in EVENTS[event].items() if k != key})))
        for value in VALUES:
            fits = (value is True and key == "on") or (value is None and key in MAY_BE_NULL)
            if not fits:
                answers.append(((key, value), ada.ask(event, {**EVENTS[event], key: value})))
    for sent, answer in answers:
        # Control characters are left out of a text; what remains is refused for the message that is not there.
        reaches_the_action = event == "chat:edit" or sent in (("threads", [1]), ("body", "a\x00b"))
        assert answer["ok"] is False, (sent, answer)
        codes = ("invalid", "not_found") if reaches_the_action else ("invalid",)
        assert answer["error"]["code"] in codes, (sent, answer)
        assert answer["error"]["message"]
    assert ada.connected and live.is_running()
    assert ada.send("Still here", "after")["ok"]


def test_a_null_argument_is_refused(live: LiveServer, make: Factory, browse: Browse) -> None:
    """A client that sends `null` itself (python-socketio's leaves it out)."""
    with raw_socket(live, browse(make.member("ada"))) as wire:
        wire.send('420["chat:join",null]')
        assert '"invalid"' in until(wire, "430")


def test_broken_packets_do_not_end_anything(live: LiveServer, make: Factory, browse: Browse) -> None:
    """Half a JSON text, an event without a name, unknown events: ignored or refused, the connection goes on."""
    broken = ('42["chat:join"', "42[]", "42{}", "42[null]", "42[[]]", '42["chat:nothing",{}]', "42", '4299999["x"]')
    with raw_socket(live, browse(make.member("ada"))) as wire:
        for packet in broken:
            wire.send(packet)
        wire.send('420["chat:join",{"room":"lobby"}]')
        assert '"ok":true' in until(wire, "430")
    assert live.is_running()


def test_a_frame_over_64_kb_closes_the_connection(live: LiveServer, make: Factory, chatter: Connect) -> None:
    """1 MB: the connection ends, the process lives, the client comes back."""
    ada = make.member("ada")
    one = chatter(ada, room="lobby")
    one.say("chat:send", {"room": "lobby", "client_id": "big", "body": "x" * 1_000_000})
    one.wait_for("disconnect")
    assert live.is_running()
    again = chatter(ada, room="lobby")
    assert again.ask("chat:history", {"room": "lobby"})["messages"] == []


def test_2000_characters_and_not_one_more(make: Factory, chatter: Connect) -> None:
    """The length counts after blanks at the ends are cut."""
    ada = chatter(make.member("ada"), room="lobby")
    assert ada.send("x" * 2_000, "fits")["ok"]
    assert ada.send("x" * 2_001, "too long")["error"]["code"] == "invalid"
    assert ada.send("  \n ", "blank")["error"]["code"] == "invalid"


@pytest.mark.parametrize(
    "origin",
    [None, "null", "https://evil.example", "http://127.0.0.1", "http://127.0.0.1:1", "http://localhost.evil.example"],
)
def test_a_foreign_or_missing_origin_is_refused(
    live: LiveServer, make: Factory, browse: Browse, origin: str | None
) -> None:
    """Before anything is upgraded, whoever is signed in."""
    assert handshake(live, browse(make.member("ada")).cookie_header(), origin=origin)[0] == 403


def test_refusals_at_the_door_say_why(live: LiveServer, make: Factory, browse: Browse) -> None:
    """401 for guests and for a cookie whose session has ended."""
    surfer = browse(make.member("ada"))
    assert handshake(live, None)[0] == 401
    assert handshake(live, "session=forged")[0] == 401
    cookie = surfer.cookie_header()
    assert handshake(live, cookie)[0] == 101
    surfer.post("/sign-out")
    assert handshake(live, cookie)[0] == 401


@pytest.mark.parametrize(
    "body", ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[x](javascript:alert(1))"]
)
def test_what_is_told_is_harmless(make: Factory, chatter: Connect, body: str) -> None:
    """T1 and T3 for socket payloads: tags that were typed come out as typed, bad schemes not at all."""
    ada = chatter(make.member("ada"), room="lobby")
    told = ada.send(body, "1")["message"]
    for html in (told["body_html"], told["html"]):
        assert not any(sign in html for sign in ("<script", "<img", 'href="javascript'))


def test_an_ended_session_is_out_within_seconds(
    live: LiveServer, make: Factory, chatter: Connect, browse: Browse
) -> None:
    """Signing out closes that session's sockets; another session of the member stays."""
    ada = make.member("ada")
    leaving, staying = browse(ada), browse(ada)
    one, other = chatter(ada, room="lobby", surfer=leaving), chatter(ada, room="lobby", surfer=staying)
    cookie = leaving.cookie_header()
    leaving.post("/sign-out")
    one.wait_for("disconnect", timeout=5)
    assert other.send("Still here", "1")["ok"]
    assert handshake(live, cookie)[0] == 401


def test_an_event_after_the_session_ended_is_refused_at_once(session: Session, make: Factory, chatter: Connect) -> None:
    """Also when nobody has closed the socket yet: each event looks at the session anew."""
    ada = make.member("ada")
    one = chatter(ada, room="lobby")
    with unit_of_work() as writing:
        writing.execute(update(MemberSession).where(MemberSession.member_id == ada.id).values(ended_at=now()))
    for event, payload in EVENTS.items():
        assert one.ask(event, payload)["error"]["code"] == "unauthenticated", event


def test_a_silenced_member_reads_and_does_not_write(session: Session, make: Factory, chatter: Connect) -> None:
    """From the next event on."""
    ada = make.member("ada")
    one = chatter(ada, room="lobby")
    assert one.send("Before", "1")["ok"]
    with unit_of_work() as writing:
        writing.execute(update(Member).where(Member.id == ada.id).values(silenced_until=now().replace(year=2100)))
    assert one.send("After", "2")["error"]["code"] == "read_only"
    assert one.ask("chat:typing", {"room": "lobby"})["ok"] is False
    assert len(one.join()["messages"]) == 1


def test_an_unconfirmed_member_reads_and_does_not_write(make: Factory, chatter: Connect) -> None:
    """Until the address is confirmed."""
    one = chatter(make.member("ada", confirmed=False), room="lobby")
    assert one.send("Hello", "1")["error"]["code"] == "forbidden"


# Limits -----------------------------------------------------------------------------------------


@pytest.fixture
def limited(app: Flask, database_url: str, tmp_path: Path) -> Iterator[LiveServer]:
    """A server with its limits in force."""
    server = LiveServer(database_url, tmp_path, LIMITS="on").start()
    yield server
    server.stop()


def test_a_burst_is_slowed_and_a_resend_is_not(limited: LiveServer, make: Factory, browse: Browse) -> None:
    """Five in five seconds; the sixth is told when to come back; what is known is answered before limits."""
    one = Chatter(limited, browse(make.member("ada"))).connect()
    answers = [one.send("Hi", str(number)) for number in range(6)]
    assert [answer["ok"] for answer in answers] == [True] * 5 + [False]
    assert answers[5]["error"]["code"] == "too_many"
    assert 1 <= answers[5]["error"]["retry_after"] <= 5
    assert one.send("Hi", "0") == answers[0]
    one.close()


def test_a_hundred_events_in_ten_seconds(limited: LiveServer, make: Factory, browse: Browse) -> None:
    """Of whatever kind, malformed ones too; another member has their own hundred, and a resend is still answered."""
    ada, ben = (Chatter(limited, browse(make.member(name))).connect() for name in ("ada", "ben"))
    first = ada.send("Hi", "known")
    answers = [ada.ask("chat:leave", {"room": "lobby"} if number % 2 else 7) for number in range(100)]
    codes = [answer["error"]["code"] for answer in answers if not answer["ok"]]
    assert codes == ["invalid"] * 50 + ["too_many"]
    assert ada.send("Hi", "known") == first
    assert ben.ask("chat:leave", {"room": "lobby"}) == {"ok": True}
    ada.close()
    ben.close()


# The cap ----------------------------------------------------------------------------------------


def test_past_the_cap_sockets_wait_and_pages_go_on(
    app: Flask, make: Factory, browse: Browse, database_url: str, tmp_path: Path
) -> None:
    """503 with Retry-After for the third of two; pages answer; a place that comes free is given again."""
    server = LiveServer(database_url, tmp_path, SOCKET_LIMIT="2", WEB_THREADS="6").start()
    try:
        surfer = browse(make.member("ada"))
        first, second = (Chatter(server, surfer).connect() for _number in range(2))
        with ThreadPoolExecutor(4) as pool:
            for status, headers in pool.map(lambda _n: handshake(server, surfer.cookie_header()), range(8)):
                assert status == 503
                assert "retry-after" in headers
        assert get(server, "/healthz", surfer.cookie_header()) == 200
        first.close()
        assert wait_until(lambda: handshake(server, surfer.cookie_header())[0] == 101)
        second.close()
    finally:
        server.stop()


# A client that can misbehave --------------------------------------------------------------------


def handshake(server: LiveServer, cookie: str | None, origin: str | None = "") -> tuple[int, str]:
    """Ask for a WebSocket; returns the status and the headers, in lower case."""
    with _upgrade(server, cookie, origin) as raw:
        head = _head(raw)
    return int(head.split(" ", 2)[1]), head.lower()


def get(server: LiveServer, path: str, cookie: str) -> int:
    """The status of a page."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as raw:
        raw.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n".encode())
        return int(_head(raw).split(" ", 2)[1])


def wait_until(condition: Callable[[], bool], attempts: int = 50) -> bool:
    """Whether it becomes true within some five seconds."""
    for _attempt in range(attempts):
        if condition():
            return True
        time.sleep(0.1)
    return False


def _upgrade(server: LiveServer, cookie: str | None, origin: str | None) -> socket.socket:
    raw = socket.create_connection(("127.0.0.1", server.port), timeout=30)
    lines = [
        "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1", f"Host: 127.0.0.1:{server.port}", "Upgrade: websocket",
        "Connection: Upgrade", f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
        "Sec-WebSocket-Version: 13",
    ]
    lines += [f"Cookie: {cookie}"] if cookie else []
    lines += [f"Origin: {origin or server.url}"] if origin is not None else []
    raw.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
    return raw


def _head(raw: socket.socket) -> str:
    head = b""
    while b"\r\n\r\n" not in head:
        part = raw.recv(1)
        if not part:
            break
        head += part
    return head.decode()


@contextmanager
def raw_socket(server: LiveServer, surfer: Surfer) -> Iterator[Any]:
    """A WebSocket, connected to the default namespace, that sends any text at all."""
    wire = websocket.create_connection(
        f"ws://127.0.0.1:{server.port}/socket.io/?EIO=4&transport=websocket", origin=server.url,
        header=[f"Cookie: {surfer.cookie_header()}"], timeout=30,
    )
    try:
        wire.send("40")
        until(wire, "40")
        yield wire
    finally:
        wire.close()


def until(wire: Any, start: str) -> str:
    """The first packet that starts like this."""
    while True:
        packet = str(wire.recv())
        if packet.startswith(start):
            return packet
