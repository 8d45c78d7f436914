"""`make test`: every room's tests on SQLite, those of the database's rooms on PostgreSQL too, and what needs a browser.

What is not on this machine is skipped with a line that says so; with REQUIRE=all it fails instead,
the slow tests run too, and on PostgreSQL everything runs.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

from tests.sampling import REQUIRE_ALL

WORKERS = ["-n", "3", "--dist", "loadgroup", "--durations=12", "--durations-min=30"]
if REQUIRE_ALL:
    WORKERS.append("--no-loadscope-reorder")  # the slow ones first, as conftest puts them
# Where the database can make a difference: totals, lists and their plans, search, rows that are brought in or come
# at once, what waits to be done, the schema. Elsewhere a page is drawn from the same rows.
WHERE_THE_DATABASE_MATTERS = [
    "tests/boards", "tests/importers", "tests/jobs", "tests/purchases", "tests/reputation", "tests/search",
    "tests/threads", "tests/architecture/test_migrations.py", "tests/desk/test_claims.py", "tests/desk/test_cost.py",
    "tests/flows/test_nothing_lost.py", "tests/security/test_votes.py", "tests/uploads/test_plans.py",
]


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


def left_out(chosen: list[str]) -> str:
    """The rooms of which something or everything is not among these paths, in words."""
    rooms = sorted(path.parent.as_posix() for path in Path("tests").glob("*/__init__.py"))
    return ", ".join(room.removeprefix("tests/") for room in rooms if room not in chosen and room != "tests/browser")


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
        paths = ["tests"] if REQUIRE_ALL else WHERE_THE_DATABASE_MATTERS
        codes.append(pytest("on PostgreSQL", *WORKERS, *selection, *paths, TEST_DATABASE="postgresql"))
        if not REQUIRE_ALL:
            sys.stdout.write(f"left to REQUIRE=all: on PostgreSQL (the rest of) {left_out(paths)}\n")
    if present["Chromium"]:
        slow = [] if REQUIRE_ALL else ["-m", "not slow"]
        two = ["-n", "2", "--dist", "worksteal"]  # each test has a server of its own
        codes.append(pytest("in Chromium", *two, *slow, "tests/browser", TEST_DATABASE="sqlite"))
    if not REQUIRE_ALL:
        sys.stdout.write("left to REQUIRE=all: the tests that are marked as slow\n")
    return 0 if not any(codes) else 1


if __name__ == "__main__":
    sys.exit(main())
