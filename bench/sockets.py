"""200 people in one room: how many deliveries a second arrive, and how late.

A process of its own with raw sockets. `python -m bench.sockets` reads {"port", "group", "seconds", "cookies",
"senders"} and writes {"rate", "p50", "p99", "errors", "memory"}: "memory" is what the server's group of processes has
when all have joined, in MB. A delivery is one message at one client; its time counts from the moment at
which its sender sent it.
"""

import base64
import json
import os
import selectors
import socket
import struct
import sys
import time
from typing import Any

from bench.servers import memory_of

BODY = "The kettle is on, and the beans are ground; come over if you like."


class Client:
    """One socket of the contract, spoken as far as this needs."""

    def __init__(self, port: int, cookie: str) -> None:
        self.sock = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        key = base64.b64encode(os.urandom(16)).decode()
        self.sock.sendall(
            f"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
            f"Origin: http://127.0.0.1:{port}\r\nCookie: {cookie}\r\n\r\n".encode()
        )
        self.got = bytearray()
        while b"\r\n\r\n" not in self.got:
            self.got += self._more()
        head, _end, rest = bytes(self.got).partition(b"\r\n\r\n")
        if b" 101 " not in head.split(b"\r\n")[0] + b" ":
            raise RuntimeError(head.decode(errors="replace"))
        self.got = bytearray(rest)
        self.send("40")
        self.expect("40")
        self.send('420["chat:join",{"room":"lobby"}]')
        self.expect("430")

    def _more(self) -> bytes:
        piece = self.sock.recv(65536)
        if not piece:
            raise RuntimeError("the server closed the connection")
        return piece

    def send(self, words: str) -> None:
        """One text frame, masked as clients must (with zeros: it is our own)."""
        data = words.encode()
        length = len(data)
        head = struct.pack("!BB", 0x81, 0x80 | length) if length < 126 else struct.pack("!BBH", 0x81, 0xFE, length)
        self.sock.sendall(head + b"\0\0\0\0" + data)

    def frames(self) -> list[bytes]:
        """The whole frames received so far."""
        found, got = [], self.got
        while len(got) >= 2:
            length, start = got[1] & 127, 2
            if length == 126:
                length, start = int.from_bytes(got[2:4], "big"), 4
            elif length == 127:
                length, start = int.from_bytes(got[2:10], "big"), 10
            if len(got) < start + length:
                break
            found.append(bytes(got[start : start + length]))
            del got[: start + length]
        return found

    def expect(self, start: str) -> None:
        """Wait for a frame that starts so."""
        while True:
            for frame in self.frames():
                if frame == b"2":
                    self.send("3")
                if frame.startswith(start.encode()):
                    return
            self.got += self._more()


def run(port: int, group: int, seconds: float, cookies: list[str], senders: int) -> dict[str, Any]:
    """Some of them talk without a pause, each after the acknowledgement of the last; everybody hears."""
    clients = [Client(port, cookie) for cookie in cookies]
    memory = memory_of(group)
    chooser = selectors.DefaultSelector()
    for client in clients:
        client.sock.setblocking(False)
        chooser.register(client.sock, selectors.EVENT_READ, client)
    sent: dict[bytes, float] = {}
    times: list[float] = []
    errors = number = 0
    run_id = os.urandom(4).hex()

    def say(client: Client) -> None:
        nonlocal number
        number += 1
        name = f"m{run_id}{number:08d}"
        sent[name.encode()] = time.perf_counter()
        client.send(f'421["chat:send",{json.dumps({"room": "lobby", "client_id": name, "body": BODY})}]')

    began = time.perf_counter()
    for client in clients[:senders]:
        say(client)
    end = began + seconds
    while time.perf_counter() < end:
        for key, _events in chooser.select(0.5):
            client = key.data
            client.got += client.sock.recv(262144)
            now = time.perf_counter()
            for frame in client.frames():
                if frame == b"2":
                    client.send("3")
                elif frame.startswith(b'42["chat:message"'):
                    at = frame.find(b'"m' + run_id.encode())
                    if at >= 0:
                        times.append(now - sent[frame[at + 1 : at + 18]])
                elif frame.startswith(b"431"):
                    errors += b'"ok":true' not in frame.replace(b" ", b"")
                    say(client)
    took = time.perf_counter() - began
    times.sort()

    def part(share: float) -> float:
        return round(times[min(len(times) - 1, int(len(times) * share))] * 1000, 1) if times else 0.0

    return {"rate": len(times) / took, "p50": part(0.5), "p99": part(0.99), "errors": errors, "memory": memory}


if __name__ == "__main__":
    json.dump(run(**json.load(sys.stdin)), sys.stdout)
