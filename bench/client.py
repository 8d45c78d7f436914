"""The load: some connections, each sending its next request when the answer to the last is there.

Runs in a process of its own and keeps to raw sockets, so that it costs a tenth of what the server costs.
`python -m bench.client` reads one JSON object: {"port", "seconds", "lanes": [[request, ...], ...]} where each
lane is a connection that sends its requests in turns; writes {"rate", "p50", "p95", "p99", "errors", "bytes"}.
"""

import json
import selectors
import socket
import sys
import time
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Lane:
    """One connection."""

    sock: socket.socket
    requests: list[bytes]
    turn: int = 0
    sent_at: float = 0.0
    got: bytearray = field(default_factory=bytearray)
    need: int = -1

    def send(self) -> None:
        """Send the next request."""
        self.got.clear()
        self.need = -1
        request = self.requests[self.turn % len(self.requests)]
        self.turn += 1
        self.sent_at = time.perf_counter()
        self.sock.sendall(request)


def run(port: int, seconds: float, lanes: list[list[str]]) -> dict[str, Any]:
    """Load the server for so many seconds."""
    chooser = selectors.DefaultSelector()
    times: list[float] = []
    errors: dict[str, int] = {}
    size = 0
    for requests in lanes:
        sock = socket.create_connection(("127.0.0.1", port))
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        chooser.register(sock, selectors.EVENT_READ, Lane(sock, [one.encode() for one in requests]))
    began = time.perf_counter()
    end = began + seconds
    for key in chooser.get_map().values():
        key.data.send()
    while time.perf_counter() < end:
        for key, _events in chooser.select(0.5):
            lane: Lane = key.data
            piece = lane.sock.recv(262144)
            if not piece:
                lane.sock.close()
                chooser.unregister(key.fileobj)
                lane.sock = socket.create_connection(("127.0.0.1", port))
                chooser.register(lane.sock, selectors.EVENT_READ, lane)
                errors["closed"] = errors.get("closed", 0) + 1
                lane.send()
                continue
            lane.got += piece
            if lane.need < 0:
                lane.need = _length(lane.got)
            if 0 <= lane.need <= len(lane.got):
                times.append(time.perf_counter() - lane.sent_at)
                size = len(lane.got)
                status = bytes(lane.got[9:12]).decode()
                if status not in ("200", "303", "302", "204", "304"):
                    errors[status] = errors.get(status, 0) + 1
                lane.send()
    took = time.perf_counter() - began
    times.sort()

    def part(share: float) -> float:
        return round(times[min(len(times) - 1, int(len(times) * share))] * 1000, 2) if times else 0.0

    return {"rate": len(times) / took, "p50": part(0.5), "p95": part(0.95), "p99": part(0.99), "errors": errors,
            "bytes": size}


def _length(got: bytearray) -> int:
    """How long the whole answer is; −1 while its headers are not there."""
    end = got.find(b"\r\n\r\n")
    if end < 0:
        return -1
    head = bytes(got[:end]).lower()
    at = head.find(b"\r\ncontent-length:")
    if at < 0:
        return end + 4
    return end + 4 + int(head[at + 17 :].split(b"\r\n", 1)[0])


if __name__ == "__main__":
    json.dump(run(**json.load(sys.stdin)), sys.stdout)
