"""A real community of 3,948 people, imported at two dates by the command, in a process of its own. Slow.

The dumps are beside the repository; a checkout without them skips these tests with a line that says so.
"""

import csv
import io
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from defusedxml.ElementTree import iterparse
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from forum.extensions import db
from forum.integrations.importers.models import ImportKey
from forum.members.models import Member
from forum.threads.models import Post, Tag, Thread, Vote
from tests.importers.reading import community, tables

ROOT = Path(__file__).resolve().parents[2]
DUMPS = ROOT.parent / "shared" / "data" / "stackexchange"
if not DUMPS.is_dir():
    DUMPS = ROOT.parents[1] / "shared" / "data" / "stackexchange"
OLDER, NEWER = DUMPS / "beer-2014-05", DUMPS / "beer-2016-12"
MOST_MEMORY = 300 * 1024  # KiB
# A process in between that is small: what a child is said to have used at most begins with what its parent had.
MEASURED = """
import resource, subprocess, sys
code = subprocess.call(sys.argv[1:])
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(code)
"""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.skipif(
        not DUMPS.is_dir() and os.environ.get("REQUIRE") != "all", reason="the dumps are not beside the repository"
    ),
]
one_after_the_other = pytest.mark.xdist_group("imports that are compared")

Flask_ = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def command(untouched: None, app: Flask, database_url: str, tmp_path: Path) -> Flask_:
    """`command("import", …)` starts `flask …` on the database under test, in a process of its own.

    With `measured` its last line is the most memory that it had at once, in KiB.
    """
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    environ = {
        **os.environ, "DATABASE_URL": database_url, "INSTANCE_PATH": str(tmp_path), "BASE_URL": "http://localhost",
        "SECRET_KEY": "s" * 32, "PRIVACY_KEY": "p" * 32, "LIMITS": "off", "HOST": "127.0.0.1",
    }

    def start(*args: str, measured: bool = False) -> "subprocess.Popen[str]":
        between = [sys.executable, "-c", MEASURED] if measured else []
        return subprocess.Popen(
            [*between, sys.executable, "-m", "flask", "--app", "wsgi", *args], cwd=ROOT, env=environ, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )

    return start


def _run(process: "subprocess.Popen[str]") -> str:
    output, errors = process.communicate(timeout=800)
    assert process.returncode == 0, errors[-2000:]
    return output


def _rows(dump: Path, name: str) -> Iterator[dict[str, str]]:
    for _event, element in iterparse(dump / f"{name}.xml"):
        if element.tag == "row":
            yield dict(element.attrib)
            element.clear()


@pytest.fixture(scope="module")
def undisturbed() -> dict[tuple[Path, ...], Any]:
    """What imports that nobody disturbed came to, by the dumps that came one after the other."""
    return {}


@one_after_the_other
def test_one_dump_over_the_other(
    command: Flask_, session: Session, undisturbed: dict[tuple[Path, ...], Any]
) -> None:
    """Everything as in the newer dump, no doubles, in bounded memory; a second run changes no row."""
    _run(command("import", "stackexchange", str(OLDER)))
    said = _run(command("import", "stackexchange", str(NEWER), measured=True))
    assert int(said.split()[-1]) < MOST_MEMORY
    _compare(session, NEWER)
    before = tables(session)
    assert "Nothing had changed." in _run(command("import", "stackexchange", str(NEWER)))
    assert tables(session) == before
    undisturbed[OLDER, NEWER] = community(session)


@pytest.mark.parametrize("dump", [OLDER, NEWER], ids=["2014", "2016"])
def test_reputation_is_what_the_rules_give(command: Flask_, dump: Path) -> None:
    """Each member's figure as reckoned from the rules of that time, and close to what the site recorded."""
    _run(command("import", "stackexchange", str(dump)))
    _run(command("reputation", "rebuild", "--ruleset", "stackexchange"))
    _run(command("reputation", "verify"))
    found = {
        row["external_id"].lstrip("'"): int(row["reputation"])
        for row in csv.DictReader(io.StringIO(_run(command("reputation", "export")))) if row["external_id"]
    }
    with (dump / "reputation_recomputed.csv").open(encoding="utf-8") as file:
        wanted = list(csv.DictReader(file))
    assert {row["id"]: found[row["id"]] for row in wanted} == {row["id"]: int(row["computed"]) for row in wanted}
    active = [(int(row["recorded"]), found[row["id"]]) for row in wanted if row["events"] == "True"]
    exact = sum(recorded - points in (0, 100) for recorded, points in active)
    close = sum(
        min(abs(recorded - points), abs(recorded - points - 100)) <= recorded / 20 for recorded, points in active
    )
    assert close >= 0.96 * len(active)
    assert exact >= (0.89 if dump == NEWER else 0.84) * len(active)


@one_after_the_other
@pytest.mark.parametrize(
    "stage, dumps",
    [("member", (OLDER,)), ("post", (OLDER,)), ("vote", (OLDER,)), ("counting", (OLDER,)), ("post", (OLDER, NEWER))],
    ids=["member", "post", "vote", "counting", "newer"],
)
def test_killed_in_the_middle(
    command: Flask_, session: Session, empty_database: Callable[[bool], None],
    undisturbed: dict[tuple[Path, ...], Any], stage: str, dumps: tuple[Path, ...],
) -> None:
    """Dump after dump, the last one killed by SIGKILL in this stage and begun again: what was changed already stays
    changed, and it comes to the end that undisturbed imports come to."""
    for dump in dumps[:-1]:
        _run(command("import", "stackexchange", str(dump)))
    _kill_in(stage, command("import", "stackexchange", str(dumps[-1])))
    _run(command("import", "stackexchange", str(dumps[-1])))
    resumed = community(session)
    _compare(session, dumps[-1])
    if dumps not in undisturbed:
        session.close()
        db.engine.dispose()
        empty_database(True)
        for dump in dumps:
            _run(command("import", "stackexchange", str(dump)))
        undisturbed[dumps] = community(session)
    assert undisturbed[dumps] == resumed


def _kill_in(stage: str, process: "subprocess.Popen[str]") -> None:
    """End an import by SIGKILL as soon as it says that it has done something of this stage."""
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith(f"{stage}:"):
            os.kill(process.pid, signal.SIGKILL)
            break
    process.communicate()
    assert process.returncode == -signal.SIGKILL


def _compare(session: Session, dump: Path) -> None:
    """Hold what is in the database against the files, row by row."""
    session.rollback()
    posts = {row["Id"]: row for row in _rows(dump, "Posts") if row["PostTypeId"] in "12"}
    comments = {f"c{row['Id']}": row for row in _rows(dump, "Comments") if row["PostId"] in posts}
    found: dict[str, Any] = {
        str(row.external_id): row for row in session.execute(
            select(Post.external_id, Post.score, Post.reply_count).where(Post.deleted_at.is_(None)))
    }
    assert found.keys() == posts.keys() | comments.keys()
    assert {id: found[id].score for id in found} == {
        id: int(row["Score"]) for id, row in (posts | comments).items()}
    assert {id: found[id].reply_count for id in posts} == {id: int(row["CommentCount"]) for id, row in posts.items()}
    threads = session.execute(
        select(Thread.external_id, Thread.title, Thread.answer_count, Thread.view_count)
        .where(Thread.deleted_at.is_(None)))
    assert {row[0]: tuple(row)[1:] for row in threads} == {
        id: (" ".join(row["Title"].split()), int(row["AnswerCount"]), int(row["ViewCount"]))
        for id, row in posts.items() if row["PostTypeId"] == "1"}
    people = session.scalars(
        select(Member.external_id).where(Member.external_id.is_not(None), Member.erased_at.is_(None)))
    assert Counter(people) == Counter(row["Id"] for row in _rows(dump, "Users"))
    tags = session.execute(
        select(ImportKey.external_id, Tag.thread_count).join(Tag, Tag.id == ImportKey.row_id)
        .where(ImportKey.kind == "tag")
    )
    assert len(session.scalars(select(Tag.id)).all()) == sum(1 for _row in _rows(dump, "Tags"))
    assert {row[0]: row[1] for row in tags} == {row["TagName"]: int(row["Count"]) for row in _rows(dump, "Tags")}
    votes = session.scalars(select(Vote.external_id).where(Vote.value != 0)).all()
    assert Counter(votes) == Counter(
        f"stackexchange:{row['Id']}" for row in _rows(dump, "Votes")
        if row["VoteTypeId"] in ("2", "3") and row["PostId"] in posts
    )
    session.rollback()
