"""`make bench`: makes its data, starts its servers, runs floors and product in turns, writes bench/RESULTS.md."""

import argparse
import contextlib
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg

from bench import fairness, figures, moving, report, requests
from bench.records import SIZES, Size
from bench.requests import cookie
from bench.servers import Running
from config import ROOT

POSTGRESQL = os.environ.get("TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432/postgres")
PEOPLE = 200  # in the room
LEDGER = 1_000_000  # votes
Measured = dict[str, list[dict[str, Any]]]


def main() -> None:
    """Parse the arguments, measure, write."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"])
    parser.add_argument("--large", default="L", choices=[name for name in SIZES if name != "S"], help="compared with S")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=1.0, help="of load for each figure in each round")
    parser.add_argument("--out", type=Path, default=ROOT / "bench" / "RESULTS.md")
    parser.add_argument(
        "--ledger", type=int, nargs="?", const=LEDGER, metavar="VOTES", help="only rebuild a ledger of so many votes"
    )
    chosen = parser.parse_args()
    began = time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix="laurel-bench-"))
    if chosen.ledger:
        for kind in chosen.databases:
            ledger(kind, folder / kind, chosen.ledger)
        shutil.rmtree(folder, ignore_errors=True)
        return
    found: dict[str, Any] = {"large": chosen.large, "rounds": chosen.rounds, "seconds": chosen.seconds}
    try:
        found["embedded"] = embedded(folder / "demo")
        found["fairness"] = fairness.measure()
        say("\n".join(fairness.table(found["fairness"])))
        for kind in chosen.databases:
            found[kind] = one_database(kind, folder / kind, chosen)
            found["took"] = round(time.monotonic() - began)
            report.write(found, chosen.out)  # what there is, in case the next database fails
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    say(f"{found['took']} s in all; written to {chosen.out.relative_to(ROOT)}")


def say(words: str) -> None:
    """Progress."""
    print(words, flush=True)


# Databases --------------------------------------------------------------------------------------


@contextlib.contextmanager
def empty(kind: str, place: Path) -> Iterator[dict[str, str]]:
    """An empty database with a folder of its own; the environment in which the product uses it."""
    place.mkdir(parents=True)
    name = f"laurel_bench_{uuid.uuid4().hex[:10]}"
    if kind == "postgresql":
        with psycopg.connect(POSTGRESQL, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        url = f"{POSTGRESQL.rsplit('/', 1)[0]}/{name}"
    else:
        url = f"sqlite:///{place / 'laurel.sqlite3'}"
    try:
        yield {**os.environ, "DATABASE_URL": url, "INSTANCE_PATH": str(place), "LIMITS": "off", "HOST": "127.0.0.1"}
    finally:
        if kind == "postgresql":
            with psycopg.connect(POSTGRESQL, autocommit=True) as connection:
                connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def filled(module: str, size: str, environ: dict[str, str]) -> str:
    """What a module of the bench prints that fills a database; ends the bench if it fails."""
    done = subprocess.run(
        [sys.executable, "-m", module, size], cwd=ROOT, env=environ, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(done.stderr)
    return done.stdout.strip().splitlines()[-1]


@contextlib.contextmanager
def database(kind: str, folder: Path, size: str) -> Iterator[tuple[str, Path]]:
    """An empty database with data of a size; its address and its folder."""
    with empty(kind, folder / size) as environ:
        say(f"{kind} {size}: {filled('bench.load', size, environ)}")
        yield environ["DATABASE_URL"], folder / size


def ledger(kind: str, folder: Path, votes: int) -> dict[str, Any]:
    """How fast a ledger of so many votes is written anew."""
    with empty(kind, folder / "ledger") as environ:
        found: dict[str, Any] = json.loads(filled("bench.ledger", str(votes), environ))
    say(f"{kind}, a ledger of {found['lines']:,} lines: {found['rate']:,} a second, {found['memory']} MB more")
    return found


def one_database(kind: str, folder: Path, chosen: argparse.Namespace) -> dict[str, Any]:
    """All figures of one database."""
    found: dict[str, Any] = {}
    with database(kind, folder, "S") as small, database(kind, folder, chosen.large) as large:
        with product(*small) as here, product(*large) as there:
            page = here.get("/t/3/thread-3")[1]
            packed = here.get("/t/3/thread-3", Accept_Encoding="gzip")[1]
            found["bytes"] = {"page": len(page), "packed": len(packed)}
            environ = {"BYTES_READY": str(len(packed)), "BYTES_DRAWN": str(len(page))}
            with running(["-m", "bench.floors.pages"], *small, "/hello", **environ) as floor:
                rounds = (chosen.rounds, chosen.seconds)
                found["pages"] = turns(pages(floor, here, SIZES["S"]), *rounds)
                found["growth"] = turns(growth(here, there, chosen.large), *rounds)
                found["new post"] = new_post_shows(here)
                found["writes"] = turns(writing(floor, here, there, chosen.large), *rounds)
            if kind == "sqlite":
                found["weights"] = weights(here)
        found["room"] = rooms(small, chosen)
    found["ledger"] = ledger(kind, folder, LEDGER)
    with empty(kind, folder / "import") as environ:
        found["import"] = moving.measure(environ)
    say(f"{kind}, import: {found['import'] or 'no dump here'}")
    return found


def product(url: str, folder: Path, **more: str) -> Any:
    """The product on this database."""
    return running(["wsgi.py"], url, folder, "/healthz", **more)


@contextlib.contextmanager
def running(command: list[str], url: str, folder: Path, probe: str, **more: str) -> Iterator[Running]:
    """A server for as long as it is needed."""
    server = Running(command, url, folder, probe, **more)
    try:
        yield server
    finally:
        server.stop()


# Figures ----------------------------------------------------------------------------------------


def turns(todo: list[tuple[str, Running, figures.Figure]], rounds: int, seconds: float) -> Measured:
    """Load each in its turn, and all of them again, so that a slow minute of the machine falls on all alike."""
    found: Measured = {}
    for _name, server, figure in todo:
        server.load(0.2, figure.lanes[:2])  # statements compiled, pages kept
    for number in range(rounds):
        for name, server, figure in todo:
            one = server.load(seconds, figure.lanes)
            found.setdefault(name, []).append(one | {"floor": figure.floor, "goal": figure.goal})
        say(f"  round {number + 1}: " + ", ".join(f"{name} {values[-1]['rate']:.0f}" for name, values in found.items()))
    return found


def pages(floor: Running, here: Running, size: Size) -> list[tuple[str, Running, figures.Figure]]:
    """Floors and the product's pages, on S."""
    bare = [(one.name, floor, one) for one in figures.floors() if one.name != "write"]
    ours = figures.kept() + figures.drawn(size, cursors(here)) + figures.search()
    return bare + [(one.name, here, one) for one in ours]


def growth(here: Running, there: Running, large: str) -> list[tuple[str, Running, figures.Figure]]:
    """The same pages on S and on more, one after the other."""
    both = []
    for server, size in ((here, SIZES["S"]), (there, SIZES[large])):
        ours = figures.drawn(size, cursors(server)) + figures.search()
        both.append([(f"{one.name} {size.name}", server, one) for one in ours])
    return [one for pair in zip(*both, strict=True) for one in pair]


def writing(floor: Running, here: Running, there: Running, large: str) -> list[tuple[str, Running, figures.Figure]]:
    """The write floor and what members write, on S and on more."""
    bare = [(one.name, floor, one) for one in figures.floors() if one.name == "write"]
    return bare + [
        (f"{one.name} {size}", server, one)
        for server, size in ((here, "S"), (there, large))
        for one in figures.writes(SIZES[size], 100)
    ]


def cursors(server: Running) -> dict[str, str]:
    """Where page 100 of home and of a board begin (or their last, if there are fewer), followed link by link."""
    found = {}
    for name, path in (("home", "/"), ("board", "/b/board-5")):
        at = ""
        for _page in range(99):
            html = server.get(f"{path}?before={at}" if at else path)[1].decode()
            following = re.search(r'rel="next" href="[^"]*before=([0-9.]+)"', html)
            if following is None:
                break
            at = following[1]
        found[name] = at
    return found


def new_post_shows(server: Running) -> bool:
    """Whether the next guest reads of what a member has just posted, twenty times over."""
    for number in range(20):
        title = f"Is this here at once, {uuid.uuid4().hex}?"
        form = {"kind": "question", "title": title, "body": "I wonder.", "tags": ""}
        server.send(requests.post(f"/b/board-{1 + number % 12}/new", form, 15))
        if title not in server.get("/")[1].decode():
            return False
    return True


def rooms(small: tuple[str, Path], chosen: argparse.Namespace) -> Measured:
    """The room floor and the chat with 200 people, in turns; one server at a time, since each holds 200 threads."""
    more = {"WEB_THREADS": "300", "SOCKET_LIMIT": "250"}
    found: Measured = {}
    for _round in range(chosen.rounds):
        for name, command, probe in (("room", ["-m", "bench.floors.room"], "/"), ("chat", ["wsgi.py"], "/healthz")):
            with running(command, *small, probe, **more) as server:
                for senders in (1, 2):
                    found.setdefault(f"{name}, {senders} talk", []).append(room(server, senders, 4 * chosen.seconds))
        last = {name: values[-1] for name, values in found.items()}
        say("  " + ", ".join(f"{name} {one['rate']:.0f} p99 {one['p99']}" for name, one in last.items()))
    return found


def room(server: Running, senders: int, seconds: float) -> dict[str, Any]:
    """One measurement of a room of 200."""
    before = server.memory()
    spec = {
        "port": server.port, "group": server.process.pid, "seconds": seconds,
        "cookies": [cookie(n) for n in range(1, 1 + PEOPLE)], "senders": senders,
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "bench.sockets"], input=json.dumps(spec), capture_output=True, text=True, cwd=ROOT,
        check=True,
    )  # fmt: skip
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer | {"each": (answer["memory"] - before) * 1024 / PEOPLE}


def weights(server: Running) -> dict[str, Any]:
    """What a browser loads, where there is one."""
    if not shutil.which("chromium"):
        return {}
    from bench.weights import weigh

    return weigh(f"http://127.0.0.1:{server.port}/t/3/thread-3")


def embedded(folder: Path) -> dict[str, Any]:
    """The embedded server with the demo: its start, its memory when started and after a hundred pages."""
    with running(["-m", "deploy.run"], f"sqlite:///{folder}/laurel.sqlite3", folder, "/healthz"):
        pass  # the demo is made
    starts = []
    for _time in range(3):
        with running(["-m", "deploy.run"], f"sqlite:///{folder}/laurel.sqlite3", folder, "/healthz") as server:
            starts.append(server.started_in)
            for number in range(1, 51):
                server.get("/")
                server.follow(f"/p/{number}")
            memory = server.memory()
    return {"start": round(statistics.median(starts), 2), "memory": round(memory, 1)}


if __name__ == "__main__":
    main()
