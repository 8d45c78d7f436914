"""Servers under load: the product and its floors, each in a process of its own with the same settings."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from config import ROOT


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def memory_of(group: int) -> float:
    """Megabytes of their own (proportional set size) of all processes of a group."""
    total = 0
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if os.getpgid(int(entry.name)) == group:
                    rollup = (entry / "smaps_rollup").read_text()
                    total += int(rollup.partition("Pss:")[2].split()[0])
            except (OSError, IndexError):
                continue
    return total / 1024


class Running:
    """A server process. `module` is run with the database and the folder given; `more` adds to its environment."""

    def __init__(self, command: list[str], database: str, folder: Path, probe: str, **more: str) -> None:
        self.port = free_port()
        folder.mkdir(parents=True, exist_ok=True)
        self.environ = {
            **os.environ, "DATABASE_URL": database, "INSTANCE_PATH": str(folder), "HOST": "127.0.0.1", "LIMITS": "off",
            "PORT": str(self.port), "SECRET_KEY": "b" * 32, "PRIVACY_KEY": "p" * 32, "PYTHONWARNINGS": "ignore", **more,
        }  # fmt: skip
        self._log = (folder / f"server-{self.port}.log").open("wb")
        began = time.perf_counter()
        self.process = subprocess.Popen(
            [sys.executable, *command], cwd=ROOT, env=self.environ, stdout=self._log, stderr=self._log,
            start_new_session=True,
        )
        self._wait(probe)
        self.started_in = time.perf_counter() - began

    def _wait(self, probe: str) -> None:
        end = time.monotonic() + 60
        while time.monotonic() < end and self.process.poll() is None:
            try:
                connection = HTTPConnection("127.0.0.1", self.port, timeout=2)
                connection.request("GET", probe)
                connection.getresponse().read()
                return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError(f"{self.process.args} did not start: {Path(self._log.name).read_text()}")

    def get(self, path: str, **headers: str) -> tuple[int, bytes, dict[str, str]]:
        """One answer: status, body, headers."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        return answer.status, answer.read(), {name.lower(): value for name, value in answer.getheaders()}

    def follow(self, path: str) -> None:
        """A page, wherever its address leads."""
        status, _body, headers = self.get(path)
        if 300 <= status < 400:
            self.get(headers["location"])

    def send(self, request: str) -> None:
        """Send a whole request as it is, and wait for the beginning of its answer."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=60) as connection:
            connection.sendall(request.encode())
            connection.recv(4096)

    def memory(self) -> float:
        """Megabytes of all of its processes."""
        return memory_of(self.process.pid)

    def load(self, seconds: float, lanes: list[list[str]]) -> dict[str, Any]:
        """Load it from a process of its own."""
        spec = json.dumps({"port": self.port, "seconds": seconds, "lanes": lanes})
        done = subprocess.run(
            [sys.executable, "-m", "bench.client"], input=spec, capture_output=True, text=True, cwd=ROOT, check=True
        )
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    def stop(self) -> None:
        """End it."""
        try:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self._log.close()
