"""`make test`: every room's tests on SQLite and again on PostgreSQL, then what needs a real browser, once.

What is not on this machine is skipped with a line that says so; with REQUIRE=all it fails instead,
and the slow tests run too.
"""

import os
import shutil
import socket
import subprocess
import sys
import time

REQUIRE_ALL = os.environ.get("REQUIRE") == "all"
WORKERS = ["-n", "3", "--dist", "loadgroup", "--durations=12", "--durations-min=30"]


def reachable(port: int) -> bool:
    """Whether something listens on this port of this machine."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def pytest(title: str, *arguments: str, **environ: str) -> int:
    """Run pytest on a selection; returns its exit code, with "no tests" (5) as a failure."""
    sys.stdout.write(f"\n== {title}\n")
    sys.stdout.flush()
    started = time.monotonic()
    code = subprocess.call([sys.executable, "-m", "pytest", *arguments], env={**os.environ, **environ})
    sys.stdout.write(f"== {title}: {'passed' if code == 0 else 'FAILED'} in {time.monotonic() - started:.0f} s\n")
    return code


def main() -> int:
    """Run everything that can be run here. Returns the exit code."""
    present = {
        "Chromium": shutil.which("chromium") is not None,
        "PostgreSQL": reachable(5432),
        "Redis": reachable(6379),
    }
    missing = [name for name, there in present.items() if not there]
    if missing and REQUIRE_ALL:
        sys.stdout.write(f"REQUIRE=all, but not on this machine: {', '.join(missing)}\n")
        return 1
    for name in missing:
        sys.stdout.write(f"skipped: what needs {name}, which is not on this machine\n")

    chosen = ["not browser"]
    if not REQUIRE_ALL:
        chosen.append("not slow")
    if not present["PostgreSQL"]:
        chosen.append("not postgresql")
    if not present["Redis"]:
        chosen.append("not redis")
    selection = ["-m", " and ".join(chosen)]
    codes = [pytest("on SQLite", *WORKERS, *selection, "tests", TEST_DATABASE="sqlite")]
    if present["PostgreSQL"]:
        codes.append(pytest("on PostgreSQL", *WORKERS, *selection, "tests", TEST_DATABASE="postgresql"))
    if present["Chromium"]:
        slow = [] if REQUIRE_ALL else ["-m", "not slow"]
        codes.append(pytest("in Chromium", *slow, "tests/browser", TEST_DATABASE="sqlite"))
    return 0 if not any(codes) else 1


if __name__ == "__main__":
    sys.exit(main())
