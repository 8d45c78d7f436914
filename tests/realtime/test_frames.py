"""Frames that many sockets share: whole texts, not compressed, whatever a browser offers."""

import socket
from collections.abc import Callable

import pytest
from wsproto.connection import Connection, ConnectionType
from wsproto.events import TextMessage

from forum.realtime.limit import frame_of
from tests.factory import Factory
from tests.live import LiveServer
from tests.surfing import Surfer

OPENING = """GET /socket.io/?EIO=4&transport=websocket HTTP/1.1
Host: 127.0.0.1:{port}
Upgrade: websocket
Connection: Upgrade
Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
Sec-WebSocket-Version: 13
Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits
Origin: {url}
Cookie: {cookie}

"""


@pytest.mark.parametrize("length", [0, 1, 125, 126, 65_535, 65_536])
def test_a_frame_is_what_a_client_reads(length: int) -> None:
    """Each of the three ways in which a length is written, with letters of several bytes."""
    text = ("茶" + length * "a")[:length]
    client = Connection(ConnectionType.CLIENT)
    client.receive_data(frame_of(text))
    (event,) = client.events()
    assert isinstance(event, TextMessage)
    assert (event.data, event.message_finished) == (text, True)


def test_nothing_is_compressed_for_who_offers_it(
    live: LiveServer, make: Factory, browse: Callable[..., Surfer]
) -> None:
    """As every browser does. A frame for all would be nonsense to a socket that agreed on compression."""
    opening = OPENING.format(port=live.port, url=live.url, cookie=browse(make.member()).cookie_header())
    with socket.create_connection(("127.0.0.1", live.port), timeout=30) as one:
        one.sendall(opening.replace("\n", "\r\n").encode())
        answer = one.recv(65_536)
    assert answer.startswith(b"HTTP/1.1 101")
    assert b"extensions" not in answer.lower()
