"""What a simulation says is what publishing then does; and it writes nothing."""

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, assume, given, settings
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from forum.access.actors import load_actor
from forum.core.clock import now
from forum.core.errors import Conflict
from forum.core.unit_of_work import unit_of_work
from forum.extensions import db
from forum.members.models import Member
from forum.reputation import (
    editing,
    effects,
    holders,
    maintenance,
    publishing,
    rule_jobs,
    rulesets,
    shadow,
    simulation,
    standings,
)
from forum.reputation.formulas import Numbers
from forum.reputation.models import MemberStanding
from forum.reputation.pace import Pace
from forum.reputation.rule_tables import RulesetEffect, RulesetSimulation
from forum.reputation.rules import Ruleset
from forum.threads import actions
from forum.threads.models import Post
from tests.factory import Factory
from tests.reputation.drafting import begin_from_file, drafted
from tests.reputation.rulebooks import books, committed
from tests.reputation.test_commands import _helped
from tests.reputation.test_ledger import ACTS
from tests.reputation.test_publishing import laurel
from tests.security.walking import content
from tests.surfing import Surfer

Seen = dict[int, tuple[Numbers, str, object, frozenset[str]]]
THOROUGH = settings(
    suppress_health_check=[
        HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large,
        HealthCheck.filter_too_much,
    ],
)


def predicted(ruleset: Ruleset) -> tuple[Seen, simulation.Found]:
    """Everybody as the simulation sees them, and its counts."""
    seen: Seen = {}
    with shadow.reading(db.engine) as session:
        for some in simulation.outcomes(session, simulation.compare(session, ruleset)):
            for one in some:
                seen[one.member_id] = (
                    one.after.numbers, one.after.hold.rank_key, one.after.hold.falls_on, one.after.granted
                )
    return seen, simulation.simulate(db.engine, ruleset)


def published(ruleset: Ruleset) -> Seen:
    """Everybody as they are after publishing."""
    with unit_of_work() as session:
        work = publishing.begin(session, ruleset, note="Drawn", by_id=None).id
    assert publishing.advance(unit_of_work, db.engine, work, go_on=lambda: True)
    assert publishing.result(db.session(), work)[1] == ""
    session = db.session()
    seen: Seen = {}
    for member in session.scalars(select(Member)):
        standing = session.get(MemberStanding, member.id)
        held = standings.read(session, [member.id])[member.id]
        numbers = Numbers.of(standing, member.joined_at)
        if "joined_days" not in ruleset.measures:
            numbers = held.numbers
        actor = load_actor(session, member.id)
        words = frozenset(str(word) for word in actor.privileges)
        seen[member.id] = (numbers, held.hold.rank_key, held.hold.falls_on, words)
    return seen


def _truth(app: Flask, acts: list[tuple[Any, ...]], first: Ruleset | None, second: Ruleset | None) -> None:
    assume(first is not None and second is not None)
    with committed(app, acts):
        for ruleset in (first, second):
            assert ruleset is not None
            try:
                said, found = predicted(ruleset)
                was = published(ruleset)
            except Conflict:  # the very rules that are in force
                continue
            assert said == was
            assert found.after == Counter(rank for _numbers, rank, _falls, _words in was.values())
            assert maintenance.verify(db.session()) == []
            db.session.rollback()


@given(acts=ACTS, first=books(), second=books())
@settings(parent=THOROUGH, max_examples=5)
def test_a_simulation_is_the_truth(
    app: Flask, acts: list[tuple[Any, ...]], first: Ruleset | None, second: Ruleset | None
) -> None:
    """Random rules after random rules over random communities: numbers, ranks, days of grace, privileges."""
    _truth(app, acts, first, second)


@pytest.mark.slow
@pytest.mark.timeout(1500)
@given(acts=ACTS, first=books(), second=books())
@settings(parent=THOROUGH, max_examples=100)
def test_a_simulation_is_the_truth_many_times(
    app: Flask, acts: list[tuple[Any, ...]], first: Ruleset | None, second: Ruleset | None
) -> None:
    """The same, many times."""
    _truth(app, acts, first, second)


def test_those_are_counted_whom_ranks_counts(app: Flask, make: Factory) -> None:
    """Neither imported profiles that nobody has claimed, nor the unconfirmed, nor staff; ranks follow for all."""
    helpers = [
        make.member("claimed", external_source="elsewhere", external_id="1"),
        make.member("unclaimed", external_source="elsewhere", external_id="2"),
        make.member("unconfirmed"),
        make.member("staff", role="moderator"),
    ]
    voter, thread = make.member("voter"), make.thread(make.board(), make.member("asker"))
    answers = [make.answer(thread, helper) for helper in helpers]

    def held() -> dict[str, int]:
        return {row[0]: row[1] for row in db.session.execute(holders.counting())}

    with app.app_context():
        with unit_of_work() as session:
            for answer in answers:
                actions.vote(session, load_actor(session, voter.id), session.get_one(Post, answer.id), 1)
            for helper in helpers[1:3]:
                session.get_one(Member, helper.id).confirmed_at = None
        ruleset, effects_found = laurel(), list[simulation.Effect]()
        before, (said, found) = held(), predicted(ruleset)
        simulation.simulate(db.engine, ruleset, effects_found.extend)
        assert published(ruleset) == said
        db.session.rollback()
        assert (found.before, found.after, found.members) == (Counter(before), Counter(held()), 3)
        assert found.after == {"seed": 2, "sprout": 1}
        assert [(move.kind, move.count) for move in found.moves.values()] == [("up", 1)]
        assert set(found.gains.values()) == {1}
        assert {effect.member_id for effect in effects_found} == {helpers[0].id}
        assert said[helpers[1].id][1] == "sprout"
        db.session.remove()


# Its page ---------------------------------------------------------------------------------------


@pytest.fixture
def looked_at(app: Flask, make: Factory, browse: Callable[..., Surfer]) -> Surfer:
    """A manager whose draft asks 20 points of a twig, in a community with one sprout of 20 points and an empty rest."""
    _helped(app, make, times=2)
    with app.app_context():
        with unit_of_work() as session:
            work = publishing.begin(session, laurel(), note="One way each", by_id=None).id
        publishing.advance(unit_of_work, db.engine, work, go_on=lambda: True)
        db.session.remove()
    manager = browse(make.member("nele", role="admin"))
    manager.post("/manage/rules/draft")
    form = {"version": str(drafted(app)[0]), "needs.0.points": "20"}
    assert manager.post("/manage/rules/draft/ranks/twig", form).status_code == 303
    return manager


def test_nothing_is_written(app: Flask, looked_at: Surfer, tmp_path: Path) -> None:
    """Not a row of any table, when only ranks change and when all points do."""
    before = content(app)
    for ruleset in (laurel(twig=20), laurel(answer_up=25)):
        path = tmp_path / "rules.json"
        path.write_text(ruleset.model_dump_json(exclude_none=True))
        with app.app_context():
            assert simulation.simulate(db.engine, ruleset).after["twig"] == 1
            db.session.remove()
        assert app.test_cli_runner().invoke(args=["reputation", "simulate", str(path)]).exit_code == 0
    assert content(app) == before


def test_the_page_says_who_moves_and_why(app: Flask, looked_at: Surfer) -> None:
    """Counts before and after, the clause, the names behind it, what they gain; and that the draft changed since."""
    assert looked_at.get("/manage/rules/simulation").status_code == 404
    answer = looked_at.post("/manage/rules/draft/simulation", {"version": str(drafted(app)[0])})
    assert answer.headers["Location"] == "/manage/rules/simulation"
    text = looked_at.get("/manage/rules/simulation").get_data(as_text=True)
    for words in ("Sprout → Twig", "1 by 20 points", "vote an answer down, with a reason", "Too few members"):
        assert words in text, words
    assert "The draft was changed since" not in text
    people = looked_at.get("/manage/rules/simulation/members?topic=up:sprout:twig").get_data(as_text=True)
    assert 'href="/m/helper"' in people
    assert "20 points" in people
    people = looked_at.get("/manage/rules/simulation/members?topic=gains:invite").get_data(as_text=True)
    assert 'href="/m/helper"' in people
    for wrong in ("topic=up:seed:laurel", "topic=gains:triage", "topic=", "topic=up:sprout:twig&after=x"):
        assert looked_at.get(f"/manage/rules/simulation/members?{wrong}").status_code == 404
    looked_at.post("/manage/rules/draft/ranks/twig", {"version": str(drafted(app)[0]), "needs.0.points": "21"})
    assert "The draft was changed since" in looked_at.get("/manage/rules/simulation").get_data(as_text=True)
    looked_at.post("/manage/rules/draft/deletion", {"version": str(drafted(app)[0])})
    text = looked_at.get("/manage/rules/simulation").get_data(as_text=True)
    assert "The draft is gone" in text and 'href="/manage/rules/draft"' not in text


@pytest.mark.parametrize(("needs", "said", "in_chinese"), [
    ({"points": 50}, "1 needs 50 points, has 20", "1人需要：50分，现为20"),
    ({"days": 8}, "1 needs 8 days here<", "1人需要：到访8天<"),
    ({"any": [{"points": 30, "days": 1, "purchases": 1}, {"points": 30, "days": 9}, {"points": 50}]},
     "1 needs 50 points, has 20", "1人需要：50分，现为20"),
])
def test_a_fall_says_what_is_needed_and_how_far_it_is(
    app: Flask, looked_at: Surfer, needs: dict[str, Any], said: str, in_chinese: str
) -> None:
    """The clause, with what is there of it where everybody sees that; never a way that asks for purchases."""
    data = editing.plain(laurel())
    data["ranks"][1]["needs"], data["grace_days"] = needs, 0
    data["ranks"][2]["needs"] = {"points": 60, "days": 8}
    begin_from_file(app, looked_at, data)
    looked_at.post("/manage/rules/draft/simulation", {"version": str(drafted(app)[0])})
    text = looked_at.get("/manage/rules/simulation").get_data(as_text=True)
    assert "Sprout → Seed" in text and said in text and "purchase" not in text.partition("Sprout → Seed")[2][:600]
    chinese = looked_at.get("/manage/rules/simulation", headers={"Accept-Language": "zh"}).get_data(as_text=True)
    assert in_chinese in chinese


def test_a_large_community_is_looked_at_in_a_job(
    app: Flask, looked_at: Surfer, drain: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page says how far it is, and shows the result once it is there; a job that runs twice keeps it once."""
    monkeypatch.setattr(effects, "AT_ONCE", 0)
    monkeypatch.setattr(rule_jobs, "TOLD_EVERY", 0.0)
    form = {"version": str(drafted(app)[0]), "points.answer_up": "11"}
    looked_at.post("/manage/rules/draft/points", form)  # a ledger of its own
    looked_at.post("/manage/rules/draft/simulation", {"version": str(drafted(app)[0])})
    text = looked_at.get("/manage/rules/simulation").get_data(as_text=True)
    assert "It is being worked out." in text
    assert looked_at.get("/manage/rules/simulation/members?topic=up:sprout:twig").status_code == 404
    drain()
    assert "Sprout → Twig" in looked_at.get("/manage/rules/simulation").get_data(as_text=True)
    with app.app_context():
        rule_jobs.simulate_rules(1)
        assert db.session.scalar(select(func.count()).select_from(RulesetEffect)) == 3
        db.session.remove()


def test_a_name_never_tells_who_bought(app: Flask, make: Factory, browse: Callable[..., Surfer]) -> None:
    """Where a way to the rank asks for purchases, no way is named beside a member."""
    make.member("buyer")
    data = editing.plain(rulesets.preset("laurel"))
    data["ranks"][1]["needs"] = {"any": [{"days": 5}, {"purchases": 1, "days": 1}]}
    ruleset = rulesets.read(data)
    with app.app_context():
        with unit_of_work() as session:
            row = RulesetSimulation(data=editing.plain(ruleset), asked_at=now())
            move = simulation.Move("seed", "sprout", "up", 1, Counter({"1": 1}))
            row.found = simulation.Found(moves={move.topic: move}).as_data()
            session.add(row)
            session.flush()
            member_id = session.scalars(select(Member.id)).one()
            session.add(RulesetEffect(simulation_id=row.id, topic="up:seed:sprout", member_id=member_id, way=1))
        db.session.remove()
    manager = browse(make.member(role="admin"))
    people = manager.get("/manage/rules/simulation/members?topic=up:seed:sprout").get_data(as_text=True)
    assert 'href="/m/buyer"' in people
    assert "purchase" not in people


def test_pages_of_names_and_their_plan(
    app: Flask, make: Factory, session: Session, looked_at: Surfer, plan: Callable[..., str],
    queries: Callable[[], AbstractContextManager[list[str]]],
) -> None:
    """Fifty names a page, none twice and none left out; a stretch of one index; a fixed number of queries a page."""
    looked_at.post("/manage/rules/draft/simulation", {"version": str(drafted(app)[0])})
    people = [make.member().id for _number in range(60)]
    with unit_of_work() as writing:
        topics = ("gains:invite", *(f"other:{number}" for number in range(200)))
        rows = [{"simulation_id": 1, "topic": topic, "member_id": id} for topic in topics for id in people]
        writing.execute(insert(RulesetEffect), rows)
    with unit_of_work() as writing:
        writing.connection().exec_driver_sql("ANALYZE")
    first = effects.members(session, "gains:invite", 0)
    second = effects.members(session, "gains:invite", first.after or 0)
    ids = [person.id for person in (*first.people, *second.people)]
    assert (len(first.people), len(ids), second.after) == (50, 61, None)
    assert ids == sorted(set(ids))
    statement = effects.concerned(1, "gains:invite", 5)
    found = plan(str(statement.compile(session.get_bind(), compile_kwargs={"literal_binds": True})))
    assert "ruleset_effect" in found and "TEMP B-TREE" not in found and "Seq Scan on ruleset_effect" not in found, found
    session.rollback()
    for path, most in (
        ("", 7), ("/draft", 7), ("/draft/ranks", 6), ("/draft/ranks/twig", 6), ("/draft/points", 6),
        ("/draft/privileges", 6), ("/draft/perks", 6), ("/simulation", 7), ("/versions", 6), ("/versions/1", 9),
        ("/simulation/members?topic=gains:invite", 7),
    ):
        looked_at.get(f"/manage/rules{path}")
        with queries() as seen:
            assert looked_at.get(f"/manage/rules{path}").status_code == 200
        assert len(seen) <= most, (path, len(seen), "\n".join(seen))


def test_a_newcomers_pace_is_the_median() -> None:
    """Days carried forward at the median of those who help; ways by what nobody does are not reached."""
    pace, ruleset = Pace(), rulesets.preset("laurel")
    assert pace.days(ruleset) is None
    for points in (10, 20, 40, 80, 160):  # in 20 days, half of which they were here
        pace.add(Numbers(points=points, days=10), 20)
    pace.add(Numbers(points=0, days=20), 20)
    pace.add(Numbers(points=500, days=2), 3)
    assert pace.days(ruleset) == {"sprout": 4, "twig": 25, "branch": None, "bough": None, "laurel": None}


def test_profiles_of_an_import_say_nothing_of_days_here() -> None:
    """They were never here: what days take is not known from them; it comes from those who were, from five on."""
    pace, laurels, there = Pace(), rulesets.preset("laurel"), rulesets.preset("stackexchange")
    for points in (10, 20, 40, 80, 160):
        pace.add(Numbers(points=points), 20)
    assert pace.days(laurels) == {}
    assert pace.days(there) == {"sprout": 7, "twig": 62, "branch": 250, "bough": 1000, "laurel": None}
    for _member in range(5):
        pace.add(Numbers(points=40, days=10), 20)
    assert pace.days(laurels) == {"sprout": 4, "twig": 25, "branch": None, "bough": None, "laurel": None}
