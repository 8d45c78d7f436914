"""`flask reputation …`: verify, rebuild, export."""

import csv
import io
import json
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from forum.access.actors import load_actor
from forum.core.unit_of_work import unit_of_work
from forum.members.models import Member
from forum.reputation import editing, rulesets
from forum.reputation.models import LedgerLine, MemberStanding
from forum.threads import actions
from forum.threads.models import Post
from tests.factory import Factory
from tests.reputation.world import tight_rules


def _helped(app: Flask, make: Factory, times: int = 1) -> Member:
    helper = make.member("helper")
    answer = make.answer(make.thread(make.board(), make.member("asker")), helper)
    for _number in range(times):
        voter = make.member()
        with app.app_context(), unit_of_work() as session:
            actions.vote(session, load_actor(session, voter.id), session.get_one(Post, answer.id), 1)
    return helper


def test_verify_is_content_or_says_what_differs(app: Flask, make: Factory) -> None:
    """Exit 0 and a sentence; exit 1 and each difference."""
    helper = _helped(app, make)
    run = app.test_cli_runner().invoke
    good = run(args=["reputation", "verify"])
    assert (good.exit_code, good.output) == (0, "Every standing agrees with the ledger.\n")
    with app.app_context(), unit_of_work() as session:
        session.execute(update(MemberStanding).where(MemberStanding.member_id == helper.id).values(helped=3))
    bad = run(args=["reputation", "verify"])
    assert bad.exit_code == 1
    assert bad.output == f"Member {helper.id}: helped is 3 in the standing, 1 by the ledger.\n"


def test_rebuild_under_a_file_and_back(app: Flask, make: Factory, session: Session, tmp_path: Path) -> None:
    """A new generation each time; the rules named are in force then; the old lines stay."""
    helper = _helped(app, make, times=4)
    path = tmp_path / "tight.json"
    path.write_text(tight_rules().model_dump_json(exclude_none=True))
    run = app.test_cli_runner().invoke

    def points() -> int:
        session.rollback()
        found = session.scalar(select(MemberStanding.reputation).where(MemberStanding.member_id == helper.id))
        assert found is not None
        return found

    assert points() == 40
    rebuilt = run(args=["reputation", "rebuild", "--ruleset", str(path)])
    assert rebuilt.exit_code == 0, rebuilt.output
    assert points() == 25
    assert rulesets.in_force(session).generation == 2
    assert run(args=["reputation", "rebuild", "--ruleset", "laurel"]).exit_code == 0
    assert points() == 40
    assert session.scalar(select(func.count()).where(LedgerLine.generation == 1)) == 4
    assert run(args=["reputation", "verify"]).exit_code == 0


def test_rebuild_refuses_what_is_no_ruleset(app: Flask, tmp_path: Path) -> None:
    """In one sentence that names the place; nothing changes."""
    run = app.test_cli_runner().invoke
    missing = run(args=["reputation", "rebuild", "--ruleset", "nowhere"])
    assert missing.exit_code != 0
    assert "nowhere is neither a preset nor a file." in missing.output
    path = tmp_path / "broken.json"
    path.write_text('{"name": "broken"}')
    broken = run(args=["reputation", "rebuild", "--ruleset", str(path)])
    assert broken.exit_code != 0
    assert "points: is missing" in broken.output
    assert "Traceback" not in broken.output
    data = editing.plain(rulesets.preset("laurel"))
    data["ranks"][1]["needs"] = {"any": [{"all": [{"any": []}]}]}
    path.write_text(json.dumps(data))
    nested = run(args=["reputation", "rebuild", "--ruleset", str(path)])
    assert nested.output == "Error: rank sprout → alternative 1 → alternative 1: “any of” is empty\n"


def test_export_is_csv_without_formulas(app: Flask, make: Factory) -> None:
    """One line a member; texts that a spreadsheet would run are quoted; staff stand outside."""
    _helped(app, make)
    make.member("moderator", role="moderator")
    for number, start in enumerate("=+-@\t"):
        make.member(f"m{number}", external_id=f"{start}1+1", external_source="csv")
    result = app.test_cli_runner().invoke(args=["reputation", "export"])
    assert result.exit_code == 0
    rows = list(csv.DictReader(io.StringIO(result.output)))
    assert list(rows[0]) == ["member_id", "name", "external_id", "reputation", "purchases", "rank"]
    by_name = {row["name"]: row for row in rows}
    assert by_name["helper"]["reputation"] == "10"
    assert by_name["helper"]["rank"] == "seed"
    assert by_name["moderator"]["rank"] == "staff"
    assert [by_name[f"m{number}"]["external_id"] for number in range(5)] == [f"'{start}1+1" for start in "=+-@\t"]
