"""The table of results: medians and ratios, each beside its goal, and beside what misses it the reason."""

import datetime as dt
import os
import platform
import statistics
import subprocess
from pathlib import Path
from typing import Any

from bench import fairness
from config import ROOT

NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
REASONS = ROOT / "bench" / "reasons.md"


def write(found: dict[str, Any], path: Path) -> None:
    """Write RESULTS.md."""
    lines = ["# Results", "", _about(found), ""]
    for kind in ("sqlite", "postgresql"):
        if kind in found:
            lines += _database(kind, found[kind], found["large"])
    lines += _alone(found)
    lines += ["", *fairness.table(found["fairness"])]
    if REASONS.exists():
        lines += ["", REASONS.read_text().strip()]
    path.write_text("\n".join(lines) + "\n")


def _about(found: dict[str, Any]) -> str:
    asked = ["git", "rev-parse", "--short", "HEAD"]
    commit = subprocess.run(asked, capture_output=True, text=True, cwd=ROOT, check=False)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = os.getloadavg()[1]
    return (
        f"{dt.datetime.now(dt.UTC):%d %B %Y}, commit {commit.stdout.strip()}, Python {platform.python_version()}, "
        f"{os.cpu_count()} cores of {platform.machine()}, {memory:.0f} GB; load average in the end {load:.1f} (the "
        f"bench itself makes about 2; more means that the machine was shared). Medians of {found['rounds']} rounds of "
        f"{found['seconds']:g} s each, floors and product in turns, 8 connections, `Accept-Encoding: gzip`. "
        f"{found['took']} s in all. Compare ratios, not figures."
    )


def _median(values: list[dict[str, Any]], name: str = "rate") -> float:
    return statistics.median(value[name] for value in values)


def _ratio(values: list[dict[str, Any]], floor: list[dict[str, Any]]) -> float:
    """The median of the rounds' own ratios: each compares what ran in the same minute."""
    return statistics.median(a["rate"] / max(b["rate"], 0.01) for a, b in zip(values, floor, strict=True))


def _database(kind: str, found: dict[str, Any], large: str) -> list[str]:
    size = found["bytes"]
    lines = [f"## {NAMES[kind]}", "", f"### Pages (S): {size['page']:,} bytes, packed {size['packed']:,}", ""]
    lines += _head("figure", "per second", "p50 ms", "p99 ms", "of its floor", "goal", "")
    for group in ("pages", "writes"):
        floors = found[group]
        for name, values in floors.items():
            lines.append(_row(name, values, floors.get(values[0]["floor"])))
    shows = "yes" if found["new post"] else "NO"
    lines += ["", f"A new post was in the next guest's page, 20 times of 20: {shows}.", ""]
    lines += [f"### S → {large}: service time", "", *_head("page", "S ms", f"{large} ms", "ratio", "goal", "")]
    growth = found["growth"]
    for name in [key.removesuffix(" S") for key in growth if key.endswith(" S")]:
        small, big = growth[f"{name} S"], growth[f"{name} {large}"]
        ratio, goal = _ratio(small, big), 2.0 if name.startswith("search") else 1.2
        times = f"{_median(small, 'p50'):.1f} | {_median(big, 'p50'):.1f}"
        lines.append(f"| {name} | {times} | × {ratio:.2f} | ≤ {goal} | {_mark(ratio <= goal)} |")
    late = {size: _median(growth[f"search, one reader {size}"], "p95") for size in ("S", large)}
    lines += ["", f"Search, one reader, p95: {late['S']:.1f} ms on S, {late[large]:.1f} ms on {large}; goal ≤ 50 ms: "
              f"{_mark(late[large] <= 50)}."]
    lines += ["", "### Chat, 200 people in a room", ""]
    lines += _head("figure", "deliveries a second", "p99 ms", "of its floor", "goal 0.7")
    room = found["room"]
    for name, values in room.items():
        floor = room.get(name.replace("chat", "room")) if name.startswith("chat") else None
        ratio = _ratio(values, floor) if floor else None
        start = f"| {name} | {_median(values):,.0f} | {_median(values, 'p99'):.0f} |"
        reached = ratio is not None and ratio >= 0.7 and _median(values, "p99") < 250
        lines.append(f"{start} {ratio:.2f} | {_mark(reached)} |" if ratio is not None else f"{start} | |")
    each = {name: statistics.median(one["each"] for one in room[f"{name}, 1 talk"]) for name in ("room", "chat")}
    lines += ["", f"Memory of a socket: {each['chat']:.0f} KB, the floor's {each['room']:.0f} KB; "
              f"goal ≤ floor + 20 KB: {_mark(each['chat'] <= each['room'] + 20)}."]
    written = found["ledger"]
    lines += ["", "### A ledger written anew", "", *_head("lines", "a second", "MB more", "goal ≥ 30,000 a second")]
    lines.append(
        f"| {written['lines']:,} | {written['rate']:,} | {written['memory']} | {_mark(written['rate'] >= 30_000)} |"
    )
    moved = found["import"]
    if moved:
        lines += ["", f"### Import of {moved['dump']}", "", *_head("seconds", "MB", "goal ≤ 60 s, ≤ 300 MB")]
        lines.append(
            f"| {moved['seconds']} | {moved['memory']} | {_mark(moved['seconds'] <= 60 and moved['memory'] <= 300)} |"
        )
    return [*lines, ""]


def _head(*names: str) -> list[str]:
    """The first two lines of a table."""
    return [f"| {' | '.join(names)} |", f"| {' | '.join('---' for _name in names)} |"]


def _row(name: str, values: list[dict[str, Any]], floor: list[dict[str, Any]] | None) -> str:
    errors = sum(sum(value["errors"].values()) for value in values)
    start = f"| {name} | {_median(values):,.0f} | {_median(values, 'p50'):.1f} | {_median(values, 'p99'):.1f} |"
    note = f"{errors} errors" if errors else ""
    if floor is None:
        return f"{start} | | {note} |"
    ratio, goal = _ratio(values, floor), values[0]["goal"]
    if values[0]["floor"] == "hello" and _median(values, "p99") > 3 * _median(floor, "p99"):
        note = (note + " p99 over three times hello's").strip()
    return f"{start} {ratio:.2f} | ≥ {goal} | {_mark(ratio >= goal and not note)} {note} |"


def _mark(reached: bool) -> str:
    return "reached" if reached else "**missed**"


def _alone(found: dict[str, Any]) -> list[str]:
    """What is held against a number, not against a floor."""
    lines = ["## Weights and the embedded server", "", "| figure | measured | goal | |", "| --- | --- | --- | --- |"]
    weights = next((found[kind]["weights"] for kind in NAMES if found.get(kind, {}).get("weights")), {})
    rows: list[tuple[str, float, float]] = []
    if weights:
        kb = {name: weights[name] / 1024 for name in ("document", "script", "stylesheet")}
        rows += [
            ("HTML of a thread of 20 posts, KB", kb["document"], 20), ("all script, KB", kb["script"], 45),
            ("all style, KB", kb["stylesheet"], 20), ("requests", weights["requests"], 8),
            ("requests to others", weights["foreign"], 0), ("layout shift", weights["shift"], 0),
        ]  # fmt: skip
    rows += [
        ("embedded server with the demo, MB", found["embedded"]["memory"], 160),
        ("its start, s", found["embedded"]["start"], 2),
    ]  # fmt: skip
    return lines + [f"| {name} | {value:.4g} | ≤ {goal} | {_mark(value <= goal)} |" for name, value, goal in rows]
