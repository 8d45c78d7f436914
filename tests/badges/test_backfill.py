"""A badge that is new or changed is given to all who earned it before: in batches, resumable, each told once."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select

from forum.badges import actions, jobs
from forum.badges.models import BadgeBackfill
from forum.core.clock import now
from forum.extensions import db
from forum.members.models import Member
from forum.notifications.models import Notice
from forum.reputation.models import Badge, MemberBadge
from tests.badges.world import Place, rule
from tests.surfing import Surfer

Browse = Callable[..., Surfer]


def keep(app: Flask) -> None:
    """The timed job that sees what is new."""
    with app.app_context():
        jobs.keep_badges()
        db.session.remove()


def test_a_new_badge_reaches_those_who_earned_it_before(app: Flask, place: Place, browse: Browse) -> None:
    """With the moment at which it was earned, one notice however many badges, nobody else's, and never twice."""
    asker, helper = place.member(), place.member()
    place.publish()
    before = now()
    place.solved(asker, helper)
    after = now()
    assert place.badges(helper) == []
    place.publish(rule("solver", "accepted_by"), rule("friend", "helped"))
    keep(app)
    place.drain()
    assert place.badges(helper) == ["friend", "solver"]
    assert place.badges(asker) == []
    with app.app_context():
        moments = db.session.scalars(select(MemberBadge.awarded_at)).all()
        db.session.remove()
    assert all(before <= moment <= after for moment in moments)
    assert browse(helper).get("/notifications").get_data(as_text=True).count("You earned 2 badges") == 1
    keep(app)
    place.drain()
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Notice).where(Notice.kind == "badge")) == 1
        assert db.session.scalar(select(func.count()).select_from(BadgeBackfill)) == 1
        db.session.remove()


def test_a_walk_that_was_killed_goes_on_where_it_was(
    app: Flask, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two members a batch; the third batch fails half-way, is rolled back, and the next run does it."""
    place.publish()
    helpers = [place.member() for _ in range(4)]
    for helper in helpers:
        place.solved(place.member(), helper)
    place.publish(rule("solver", "accepted_by"))
    monkeypatch.setattr(actions, "BATCH", 2)
    award, calls = actions.award, []

    def dying(*args: object, **named: object) -> int:
        calls.append(1)
        given = award(*args, **named)  # type: ignore[arg-type]
        if len(calls) == 3:
            raise RuntimeError("killed")
        return given

    monkeypatch.setattr(actions, "award", dying)
    killed = app.test_cli_runner().invoke(args=["reputation", "badges", "backfill"])
    assert isinstance(killed.exception, RuntimeError)
    with app.app_context():
        walk = db.session.scalars(select(BadgeBackfill)).one()
        assert walk.after_id == sorted(db.session.scalars(select(Member.id)))[3] and walk.finished_at is None
        db.session.remove()
    done = app.test_cli_runner().invoke(args=["reputation", "badges", "backfill"])
    assert done.exit_code == 0, done.output
    assert [place.badges(helper) for helper in helpers] == [["solver"]] * 4
    assert "No badge is new or changed." in app.test_cli_runner().invoke(
        args=["reputation", "badges", "backfill"]
    ).output


def test_an_easier_rule_is_walked_anew_and_a_harder_one_takes_nothing(app: Flask, place: Place) -> None:
    """Three asked for, then one: the walk gives it. Then five: who has it keeps it. Without a rule it is kept too."""
    helper = place.member()
    place.publish(rule("solver", "accepted_by", 3))
    place.solved(place.member(), helper)
    keep(app)
    place.drain()
    assert place.badges(helper) == []
    for least, held in ((1, ["solver"]), (5, ["solver"])):
        place.publish(rule("solver", "accepted_by", least))
        keep(app)
        place.drain()
        assert place.badges(helper) == held
    place.publish()
    keep(app)
    page = Surfer(app).get("/badges").get_data(as_text=True)
    assert "From before" in page and "Solver" in page
    assert "Earned elsewhere or under earlier rules" in Surfer(app).get("/badges/solver_").get_data(as_text=True)


def test_a_walk_takes_in_what_is_published_meanwhile(app: Flask, place: Place) -> None:
    """A second badge while a walk is open: the walk starts over with both, and its jobs do not think they are done."""
    helper = place.member()
    place.publish()
    place.solved(place.member(), helper)
    place.publish(rule("solver", "accepted_by"))
    keep(app)
    place.publish(rule("solver", "accepted_by"), rule("friend", "helped"))
    keep(app)
    place.drain()
    assert place.badges(helper) == ["friend", "solver"]
    with app.app_context():
        walks = db.session.scalars(select(BadgeBackfill)).all()
        assert len(walks) == 1 and walks[0].finished_at is not None
        db.session.remove()


def test_merging_an_imported_profile_leaves_each_badge_once(
    app: Flask, place: Place, browse: Browse, drain: Callable[[], None]
) -> None:
    """Both had the first accepted answer: the member has it once, counts agree, and what both did together counts."""
    helper, mod = place.member(), place.make.member(role="moderator")
    old = place.make.member("Old-Me", confirmed=False, external_source="elsewhere")
    place.solved(place.member(), helper)
    thread_asker = place.member()
    post = place.answered(thread_asker, place.member())
    place.write(lambda session: setattr(session.merge(post), "author_id", old.id))
    place.accept(post, thread_asker)
    assert place.badges(old) == place.badges(helper) == ["first_accepted", "first_helped"]
    assert browse(helper).post("/settings/claims", {"name": "Old-Me", "words": "It was me."}).status_code == 303
    assert browse(mod).post("/moderation/claims/1/approval").status_code in (302, 303)
    drain()
    assert place.badges(helper) == ["first_accepted", "first_helped"] and place.badges(old) == []
    with app.app_context():
        assert db.session.scalar(select(Badge.holder_count).where(Badge.key == "first_accepted")) == 1
        db.session.remove()
