"""Badges are earned by what others decide, at once, once for each occasion, and told once."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from forum.boards.models import Board
from forum.extensions import db
from forum.jobs import registry, worker
from forum.reputation.models import Badge, MemberBadge
from tests.badges.world import Place, rule
from tests.factory import Factory
from tests.surfing import Surfer

Browse = Callable[..., Surfer]


def test_the_first_accepted_answer(place: Place, browse: Browse) -> None:
    """Both sides get their firsts; accepting again gives nothing again; the bell says it once, with its name."""
    asker, helper = place.member(), place.member()
    place.solved(asker, helper)
    assert place.badges(helper) == ["first_accepted", "first_helped"]
    assert place.badges(asker) == ["first_solved"]
    place.solved(asker, helper)
    assert place.badges(helper) == ["first_accepted", "first_helped"]
    page = browse(helper).get("/notifications").get_data(as_text=True)
    assert page.count("You earned 2 badges") == 1 and "First answer accepted, First help" in page
    page = browse(asker).get("/notifications").get_data(as_text=True)
    assert "You earned a badge" in page and 'href="/badges/first_solved"' in page


def test_nobody_earns_anything_alone(place: Place) -> None:
    """Answers to oneself, accepting oneself, posts, votes given and visits: no badge."""
    alone, other = place.member(), place.member()
    own = place.answered(alone, alone)
    place.accept(own, alone)
    for _ in range(4):
        place.answered(alone, alone)
    theirs = place.answered(other, other)
    Surfer(place.app, alone).post(f"/p/{theirs.id}/vote", {"value": "1"})
    Surfer(place.app, alone).post("/b/" + place.board.slug + "/membership")
    place.drain()
    assert place.badges(alone) == []


def test_each_answer_can_earn_what_may_be_had_again(place: Place) -> None:
    """Five different members for one answer, four for another: once; a fifth for the other: twice."""
    asker, helper = place.member(), place.member()
    first, second = place.answered(asker, helper), place.answered(asker, helper)
    place.vote(first, 5)
    place.vote(second, 4)
    assert place.badges(helper).count("well_put") == 1
    place.vote(second, 5)
    place.vote(first, 5)
    assert place.badges(helper).count("well_put") == 2


def test_a_vote_taken_back_before_it_counts_for_nothing(place: Place) -> None:
    """Four who stay and one who took theirs back are four."""
    asker, helper = place.member(), place.member()
    answer = place.answered(asker, helper)
    place.vote(answer, 4)
    fifth = place.member()
    for value in ("1", "0"):
        Surfer(place.app, fifth).post(f"/p/{answer.id}/vote", {"value": value})
    place.drain()
    assert "well_put" not in place.badges(helper)


def test_a_badge_stays_when_somebody_changes_their_mind(place: Place) -> None:
    """Earned is earned: an acceptance that is taken back later takes no badge with it."""
    asker, helper = place.member(), place.member()
    answer = place.solved(asker, helper)
    assert Surfer(place.app, asker).post(f"/p/{answer.id}/acceptance/undo").status_code == 303
    place.drain()
    assert "first_accepted" in place.badges(helper)


def test_boards_count_once_each(place: Place, make: Factory) -> None:
    """Accepted on three different boards."""
    helper = place.member()
    others: list[Board] = [make.board(), make.board()]
    for board in (place.board, place.board, others[0]):
        place.solved(place.member(), helper, board)
    assert "at_home" not in place.badges(helper)
    place.solved(place.member(), helper, others[1])
    assert "at_home" in place.badges(helper)


def test_newcomers_are_those_of_the_first_month(place: Place) -> None:
    """An asker of a year ago is none; one who joined this week is."""
    helper = place.member()
    place.solved(place.member(), helper)
    assert "warm_welcome" not in place.badges(helper)
    place.solved(place.make.member(rank="sprout"), helper)
    assert "warm_welcome" in place.badges(helper)


def test_a_question_that_waited_a_week(place: Place) -> None:
    """Answered by nobody for seven days, then solved. An answer of another in between ends the waiting."""
    helper, other = place.member(), place.member()
    asker = place.member()
    early = place.answered(asker, helper)
    place.asked(early, 6.5)
    place.accept(early, asker)
    assert "not_forgotten" not in place.badges(helper)
    thread = place.make.thread(place.board, asker)
    place.make.answer(thread, other)
    second = place.make.answer(thread, helper)
    place.asked(second, 9)
    place.accept(second, asker)
    assert "not_forgotten" not in place.badges(helper)
    late = place.answered(asker, helper)
    place.asked(late, 9)
    place.accept(late, asker)
    assert "not_forgotten" in place.badges(helper)


def test_coming_back_to_say_so(place: Place) -> None:
    """Three different helpers, each told within a week; the same helper three times is one."""
    asker, same = place.member(), place.member()
    for _ in range(3):
        place.solved(asker, same)
    assert "told_us" not in place.badges(asker)
    for _ in range(2):
        place.solved(asker, place.member())
    assert "told_us" in place.badges(asker)


def test_better_than_the_accepted_one(place: Place) -> None:
    """More members than the accepted answer's, and five at least: also when it is accepted only afterwards."""
    asker, quick, good = place.member(), place.member(), place.member()
    thread = place.make.thread(place.board, asker)
    chosen, better = place.make.answer(thread, quick), place.make.answer(thread, good)
    place.vote(better, 5)
    assert "second_look" not in place.badges(good)
    place.accept(chosen, asker)
    assert "second_look" in place.badges(good) and "second_look" not in place.badges(quick)


def test_questions_and_ideas(place: Place, make: Factory) -> None:
    """A question that others have too; an idea that the shop carries out, said by somebody else."""
    asker, mod = place.member(), make.member(role="moderator")
    question = place.make.thread(place.board, asker)
    assert question.opening_id is not None
    place.vote(question.opening_id, 3)
    assert place.badges(asker) == ["not_alone"]
    idea = place.make.thread(place.board, asker, kind="idea", title="Sell the knob as a spare part")
    said = {"state": "done", "when": "", "reason": "It is there."}
    assert Surfer(place.app, mod).post(f"/t/{idea.id}/state", said).status_code == 303
    place.drain()
    assert place.badges(asker) == ["idea_done", "not_alone"]


def test_votes_that_come_together_are_looked_at_once(
    app: Flask, place: Place, make: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seven members vote one after the other: one look finds all that they brought."""
    looks: list[int] = []
    real = registry.JOBS["award_for_post"]

    def look(post_id: int) -> None:
        looks.append(post_id)
        real(post_id=post_id)

    monkeypatch.setitem(registry.JOBS, "award_for_post", look)
    answer = place.answered(place.member(), helper := place.member())
    for _time in range(7):
        assert Surfer(app, place.member()).post(f"/p/{answer.id}/vote", {"value": "1"}).status_code == 303
        with app.app_context():
            worker.drain()  # what is due at once: the events, not yet this look
            db.session.remove()
    assert looks == [] and place.badges(helper) == []
    place.drain()
    assert looks == [answer.id]
    assert place.badges(helper) == ["first_helped", "well_put"]


def test_staff_stand_outside(place: Place, make: Factory) -> None:
    """A moderator's accepted answer is work, and earns no badge."""
    mod = make.member(role="moderator")
    place.solved(place.member(), mod)
    assert place.badges(mod) == []


def test_counts_are_the_members_who_hold_it(app: Flask, place: Place) -> None:
    """`holder_count` counts people, not awards, and equals its recount."""
    asker, helper, other = place.member(), place.member(), place.member()
    for who in (helper, helper, other):
        place.vote(place.answered(asker, who), 5)
    with app.app_context():
        assert db.session.scalar(select(Badge.holder_count).where(Badge.key == "well_put")) == 2
        db.session.remove()
    again = app.test_cli_runner().invoke(args=["reputation", "badges", "rebuild"])
    assert again.exit_code == 0 and "0 badges given, 0 taken back." in again.output
    with app.app_context():
        assert db.session.scalar(select(Badge.holder_count).where(Badge.key == "well_put")) == 2
        db.session.remove()


def test_what_was_voided_is_taken_back_and_comes_back(
    app: Flask, place: Place, make: Factory, browse: Browse, drain: Callable[[], None]
) -> None:
    """A ring's votes are voided: the badge goes, with a notice; lifted, it is given again. A rebuild finds no more."""
    asker, helper, mod = place.member(), place.member(), make.member(role="moderator")
    answer = place.answered(asker, helper)
    voters = place.vote(answer, 5)
    assert "well_put" in place.badges(helper)
    form = {"kind": "suspension", "days": "30", "reason": "A ring of accounts.", "voids_votes": "y"}
    assert browse(mod).post(f"/m/{voters[0].name}/suspension", form).status_code == 303
    drain()
    assert "well_put" not in place.badges(helper) and "first_helped" in place.badges(helper)
    assert "A badge was taken back" in browse(helper).get("/notifications").get_data(as_text=True)
    assert "Well put" not in browse(helper).get(f"/m/{helper.name}").get_data(as_text=True)
    assert browse(mod).post(f"/m/{voters[0].name}/suspension/undo").status_code == 303
    drain()
    assert "well_put" in place.badges(helper)
    done = app.test_cli_runner().invoke(args=["reputation", "badges", "rebuild"])
    assert "0 badges given, 0 taken back." in done.output


def test_an_imported_badge_of_the_same_name_is_another_one(app: Flask, place: Place) -> None:
    """Both stand on the profile; the rules' is the one that is earned."""
    helper = place.member()
    place.publish(rule("teacher", "helped"))

    def bring(session: Session) -> None:
        badge = Badge(slug="teacher", labels={"en": "Teacher", "zh": "Teacher"}, level="bronze", holder_count=1)
        session.add(badge)
        session.flush()
        session.add(MemberBadge(member_id=helper.id, badge_id=badge.id, awarded_at=helper.joined_at))

    place.write(bring)
    place.solved(place.member(), helper)
    page = Surfer(app, helper).get(f"/m/{helper.name}").get_data(as_text=True)
    assert 'href="/badges/teacher"' in page and 'href="/badges/teacher_"' in page
    assert Surfer(app).get("/badges/teacher").status_code == 200
    assert Surfer(app).get("/badges/teacher_").status_code == 200
