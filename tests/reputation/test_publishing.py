"""Rules come into force: in steps that go on after a stop, told once, without touching a ledger that stays the same."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from forum.core.clock import now
from forum.core.errors import Conflict, Invalid
from forum.core.unit_of_work import unit_of_work
from forum.events.models import OutboxEvent
from forum.extensions import db
from forum.jobs import worker
from forum.jobs.models import Job
from forum.members.models import Member
from forum.notifications.models import Notice
from forum.reputation import editing, locks, maintenance, publishing, rule_jobs, rulesets, versions
from forum.reputation.models import LedgerLine, MemberStanding, RulesetVersion
from forum.reputation.regeneration import regenerate
from forum.reputation.rule_tables import RulesetPublication
from forum.reputation.rules import Ruleset, read
from forum.reputation.rulesets import InForce
from forum.reputation.standings import open_standing
from tests.factory import Factory
from tests.reputation.drafting import drafted
from tests.reputation.test_commands import _helped
from tests.surfing import Surfer


def laurel(**changes: Any) -> Ruleset:
    """The preset with some changes: `sprout` and `twig` are what they need of points, `grace` the days of grace."""
    data = editing.plain(rulesets.preset("laurel"))
    for place, key, usual in ((1, "sprout", 5), (2, "twig", 50)):
        data["ranks"][place]["needs"] = {"points": changes.get(key, usual)}
    data["grace_days"] = changes.get("grace", 14)
    data["points"]["answer_up"] = changes.get("answer_up", 10)
    if "drop" in changes:
        data["ranks"] = [rank for rank in data["ranks"] if rank["key"] != changes["drop"]]
        for grant in data["privileges"].values():
            if grant["rank"] == changes["drop"]:
                grant["rank"] = "laurel"
    return read(data)


def publish(app: Flask, ruleset: Ruleset, note: str = "For a test") -> int:
    """Publish, all steps at once; returns the publication's id."""
    with app.app_context():
        with unit_of_work() as session:
            work = publishing.begin(session, ruleset, note=note, by_id=None).id
        publishing.advance(unit_of_work, db.engine, work, go_on=lambda: True)
        db.session.remove()
    return work


def standing(app: Flask, member: Member) -> tuple[str, int, object]:
    """A member's rank, points, and the day on which the rank is lost."""
    with app.app_context():
        row = db.session.execute(
            select(MemberStanding.rank_key, MemberStanding.reputation, MemberStanding.falls_on)
            .where(MemberStanding.member_id == member.id)
        ).one()
        db.session.remove()
    return row[0], row[1], row[2]


def told(app: Flask, member: Member) -> list[tuple[str, dict[str, Any]]]:
    """The notices of ranks that a member has, the oldest first."""
    with app.app_context():
        worker.drain()
        rows = db.session.execute(
            select(Notice.kind, Notice.details)
            .where(Notice.member_id == member.id, Notice.kind.startswith("rank")).order_by(Notice.id)
        ).all()
        db.session.remove()
    return [(kind, details) for kind, details in rows]


@pytest.fixture
def helper(app: Flask, make: Factory) -> Member:
    """A member with 20 points and a day here, under rules in which that is a sprout."""
    found = _helped(app, make, times=2)
    publish(app, laurel())
    with app.app_context():
        with unit_of_work() as session:
            standing_row = open_standing(session, found.id)
            assert (standing_row.rank_key, standing_row.reputation) == ("sprout", 20)
        worker.drain()
        with unit_of_work() as session:
            for notice in session.scalars(select(Notice)):
                session.delete(notice)
        db.session.remove()
    return found


def lines(app: Flask) -> tuple[int, int]:
    """How many lines the ledger has, and the generation in force."""
    with app.app_context():
        found = db.session.scalar(select(func.count()).select_from(LedgerLine)) or 0
        generation = rulesets.in_force(db.session()).generation
        db.session.remove()
    return found, generation


def test_only_ranks_changed_no_line_is_written(app: Flask, helper: Member) -> None:
    """The rank follows, the ledger stays; the member is told once, with the rank before and after."""
    before = lines(app)
    publish(app, laurel(twig=20))
    assert standing(app, helper) == ("twig", 20, None)
    assert lines(app) == before
    assert told(app, helper) == [("rank_rules", {"rank": "twig", "old": "sprout", "version": 2})]


def test_points_changed_the_ledger_is_written_anew(app: Flask, helper: Member) -> None:
    """Another generation, other points, and the rank that follows from them."""
    before = lines(app)
    publish(app, laurel(answer_up=25))
    assert standing(app, helper) == ("twig", 50, None)
    assert lines(app)[1] == before[1] + 1
    with app.app_context():
        assert maintenance.verify(db.session()) == []
    assert told(app, helper) == [("rank_rules", {"rank": "twig", "old": "sprout", "version": 2})]


@pytest.mark.parametrize("how", ["published", "rebuilt"])
def test_other_processes_show_members_the_new_lines_at_once(
    app: Flask, helper: Member, browse: Callable[..., Surfer], monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """A process that keeps the rules from before, and is told nothing, reads the next member's page by the new ones:
    whoever is told that their standing changed asks in that very moment."""
    own = browse(helper)
    assert "+10" in own.get("/m/helper/ledger").text
    monkeypatch.setattr(rulesets, "KEPT_FOR", 3600.0)
    monkeypatch.setattr(rulesets, "forget", lambda: None)
    if how == "published":
        publish(app, laurel(answer_up=25))
        assert "+25" in own.get("/m/helper/ledger").text
    else:
        with app.app_context():
            regenerate(unit_of_work)
            db.session.execute(delete(LedgerLine).where(LedgerLine.generation == 1))
            db.session.commit()
            db.session.remove()
        assert "+10" in own.get("/m/helper/ledger").text


def test_a_slower_reader_does_not_bring_old_rules_back(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who read the epoch before a change, and the rules so slowly that others have read the new ones meanwhile."""
    old, new = InForce(laurel(), 1), InForce(laurel(twig=20), 1)
    with app.app_context():
        session = db.session()

        def slowly(_session: Session) -> InForce:
            monkeypatch.setattr(rulesets, "in_force", lambda _session: new)
            assert rulesets.as_of(session, 2) is new.ruleset
            return old

        monkeypatch.setattr(rulesets, "in_force", slowly)
        assert rulesets.as_of(session, 1) is old.ruleset
        assert rulesets.current(session) is new.ruleset
        rulesets.forget()
        db.session.remove()


def test_falls_wait_for_the_days_of_grace(app: Flask, helper: Member) -> None:
    """Taken back, the rank stays for the days of grace, with a warning; published again, the warning goes."""
    publish(app, laurel(twig=20))
    publish(app, laurel())
    rank, _points, falls_on = standing(app, helper)
    assert rank == "twig"
    assert falls_on is not None
    assert [kind for kind, _details in told(app, helper)] == ["rank_rules", "rank_falls"]
    publish(app, laurel(twig=20))
    assert standing(app, helper) == ("twig", 20, None)
    assert [kind for kind, _details in told(app, helper)] == ["rank_rules"]


def test_who_is_held_at_a_rank_that_is_dropped_has_the_one_earned(app: Flask, helper: Member) -> None:
    """Not the lowest, which is what a rank that is not there would be shown as; and the team's hold is over."""
    with app.app_context(), unit_of_work() as session:
        locks.hold(session, helper.id, "bough", now() + dt.timedelta(days=30), "A trial", None)
    assert standing(app, helper)[0] == "bough"
    publish(app, laurel(drop="bough"))
    assert standing(app, helper)[0] == "sprout"
    assert told(app, helper)[-1][0] == "rank_rules"
    publish(app, laurel(twig=60))
    assert standing(app, helper)[0] == "sprout"
    with app.app_context():
        assert maintenance.verify(db.session()) == []


def test_a_warning_that_no_longer_holds_is_not_behind_the_bell(
    app: Flask, helper: Member, browse: Callable[..., Surfer]
) -> None:
    """By rules without grace the rank is lost before the day that the warning named: what is told is the loss."""
    publish(app, laurel(twig=20))
    publish(app, laurel())
    told(app, helper)
    own = browse(helper)
    assert "You stay Twig until" in own.get("/notifications").text
    publish(app, laurel(grace=0))
    assert [kind for kind, _details in told(app, helper)] == ["rank_rules", "rank_rules"]
    page = own.get("/notifications").text
    assert "You stay Twig until" not in page and "you were Twig, and are Sprout now" in page


def test_the_same_step_by_other_rules_is_told_again(app: Flask, helper: Member) -> None:
    """Once for each version that made it, and each leads to that version."""
    for _time in range(2):
        publish(app, laurel(twig=20, grace=0))
        publish(app, laurel(grace=0))
    assert standing(app, helper)[0] == "sprout"
    up, down = {"rank": "twig", "old": "sprout"}, {"rank": "sprout", "old": "twig"}
    assert told(app, helper) == [
        ("rank_rules", {**(down if version % 2 else up), "version": version}) for version in (2, 3, 4, 5)
    ]


@pytest.mark.parametrize("ruleset", [laurel(twig=20), laurel(answer_up=25)], ids=["ranks", "ledger"])
def test_killed_at_any_step_it_goes_on(app: Flask, helper: Member, make: Factory, ruleset: Ruleset) -> None:
    """Each step by a worker of its own, and some steps tried twice; members go on voting meanwhile."""
    with app.app_context():
        with unit_of_work() as session:
            work = publishing.begin(session, ruleset, note="In pieces", by_id=None).id
        steps, late = 1, None
        while not publishing.advance(unit_of_work, db.engine, work, go_on=lambda: False):
            steps += 1
            if steps == 3:
                db.session.remove()
                late = make.answer(make.thread(make.board("late"), make.member("late")), make.member("later"))
            assert steps < 20
        assert publishing.advance(unit_of_work, db.engine, work, go_on=lambda: True)
        assert steps >= 2
        assert late is not None or steps < 3
        assert maintenance.verify(db.session()) == []
        assert db.session.scalar(select(func.count()).select_from(RulesetVersion)) == 2
        db.session.remove()
    assert standing(app, helper)[0] == "twig"
    assert told(app, helper) == [("rank_rules", {"rank": "twig", "old": "sprout", "version": 2})]


def test_a_worker_that_was_killed_is_replaced(app: Flask, helper: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    """The timed job takes up what nobody goes on with."""
    monkeypatch.setattr(rule_jobs, "GIVEN_UP_AFTER", 0.0)
    with app.app_context():
        with unit_of_work() as session:
            publishing.begin(session, laurel(twig=20), note="Left lying", by_id=None)
        rule_jobs.go_on_publishing()
        assert publishing.under_way(db.session()) is None
        rule_jobs.go_on_publishing()
        db.session.remove()
    assert standing(app, helper)[0] == "twig"


def test_another_rebuild_meanwhile_makes_it_begin_anew(app: Flask, helper: Member) -> None:
    """A rebuild by command takes over first; the publication writes its generation once more, and is right."""
    with app.app_context():
        with unit_of_work() as session:
            work = publishing.begin(session, laurel(answer_up=25), note="Slow", by_id=None).id
        for _step in range(3):
            publishing.advance(unit_of_work, db.engine, work, go_on=lambda: False)
        maintenance_run = app.test_cli_runner().invoke(args=["reputation", "rebuild"])
        assert maintenance_run.exit_code == 0, maintenance_run.output
        assert publishing.advance(unit_of_work, db.engine, work, go_on=lambda: True)
        assert maintenance.verify(db.session()) == []
        assert publishing.result(db.session(), work) == (3, "")
        db.session.remove()
    assert standing(app, helper)[:2] == ("twig", 50)


def test_a_rank_that_is_dropped_leads_to_no_celebration(app: Flask, helper: Member) -> None:
    """Whoever held it has the next lower one, quietly; and again quietly, when they lose that and reach it anew."""
    publish(app, laurel(twig=20))
    told(app, helper)
    for rules in (laurel(drop="twig"), laurel(drop="twig", grace=0, sprout=99), laurel(drop="twig")):
        publish(app, rules)
        with app.app_context():
            rows = db.session.scalars(select(OutboxEvent.payload).where(OutboxEvent.kind == "RankChanged")).all()
            db.session.remove()
        assert [row["celebrated"] for row in rows] == [False]
        told(app, helper)
    assert standing(app, helper)[0] == "sprout"


def test_a_rank_that_boards_use_is_not_dropped(app: Flask, helper: Member, make: Factory, tmp_path: Path) -> None:
    """Refused with a sentence that names them: when it is asked for, and when a board chose it meanwhile."""
    make.board("cellar", title="Wine cellar", see_rank="branch")
    with app.app_context():
        with pytest.raises(Invalid, match="The board “Wine cellar” is open from a rank on"), unit_of_work() as session:
            publishing.begin(session, laurel(drop="branch"), note="Fewer", by_id=None)
        with unit_of_work() as session:
            work = publishing.begin(session, laurel(drop="bough", answer_up=11), note="Fewer", by_id=None).id
        publishing.advance(unit_of_work, db.engine, work, go_on=lambda: False)
        db.session.remove()
        make.board("attic", title="Attic", reply_rank="bough")
        assert publishing.advance(unit_of_work, db.engine, work, go_on=lambda: True)
        number, failure = publishing.result(db.session(), work)
        assert (number, "“Attic”" in failure) == (None, True)
        assert publishing.under_way(db.session()) is None
        db.session.remove()
    path = tmp_path / "fewer.json"
    path.write_text(laurel(drop="bough").model_dump_json(exclude_none=True))
    dropped = app.test_cli_runner().invoke(args=["reputation", "rebuild", "--ruleset", str(path)])
    assert dropped.exit_code == 1
    assert "“Attic”" in dropped.output


def test_one_at_a_time_and_not_what_is_in_force(app: Flask, helper: Member) -> None:
    """A second publication waits for the first; the very rules in force are no news."""
    with app.app_context():
        with pytest.raises(Conflict, match="in force already"), unit_of_work() as session:
            publishing.begin(session, laurel(), note="Again", by_id=None)
        with unit_of_work() as session:
            publishing.begin(session, laurel(twig=20), note="First", by_id=None)
        with pytest.raises(Conflict, match="on their way"), unit_of_work() as session:
            publishing.begin(session, laurel(twig=30), note="Second", by_id=None)
        db.session.remove()


def test_from_the_draft_through_the_job_and_back(
    app: Flask, helper: Member, make: Factory, browse: Callable[..., Surfer], drain: Callable[[], None]
) -> None:
    """The manager publishes with a note, reads the progress, and goes back to the version before, as a new version."""
    manager = browse(make.member("nele", role="admin"))
    manager.post("/manage/rules/draft")
    form = {"version": str(drafted(app)[0]), "needs.0.points": "20"}
    assert manager.post("/manage/rules/draft/ranks/twig", form).status_code == 303
    form = {"version": str(drafted(app)[0]), "note": " "}
    assert manager.post("/manage/rules/draft/publication", form).status_code == 422
    form["note"] = "Twigs come sooner"
    assert manager.post("/manage/rules/draft/publication", form).headers["Location"] == "/manage/rules"
    text = manager.get("/manage/rules").get_data(as_text=True)
    assert "New rules are on their way into force" in text
    assert manager.post("/manage/rules/versions/1/publication").status_code == 409
    drain()
    text = manager.get("/manage/rules").get_data(as_text=True)
    assert "on their way" not in text
    assert "Version 2" in text
    assert "There is a draft" not in text
    assert standing(app, helper)[0] == "twig"
    history = manager.get("/manage/rules/versions").get_data(as_text=True)
    assert "Twigs come sooner" in history
    assert "Twig: 50 points → 20 points" in history
    assert manager.post("/manage/rules/versions/1/publication").status_code == 303
    drain()
    with app.app_context():
        newest = versions.newest(db.session())
        assert newest is not None
        assert (newest.number, newest.note, newest.by) == (3, "Back to version 1", "nele")
        assert newest.ruleset == versions.version(db.session(), 1).ruleset
        assert db.session.scalar(select(func.count()).select_from(RulesetPublication).where(
            RulesetPublication.active.is_(True))) == 0
        assert set(db.session.scalars(select(Job.failed_at))) == {None}
        db.session.remove()
