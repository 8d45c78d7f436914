"""What a rank opens in moderation: deciding on what others reported, and nothing beyond it."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from forum.boards.models import STAFF, Board
from forum.core.unit_of_work import unit_of_work
from forum.extensions import db
from forum.members.models import Member
from forum.moderation.models import Case, LogEntry
from forum.notifications.models import Notice
from forum.threads.models import Post
from tests.factory import Factory
from tests.moderation.conftest import World
from tests.moderation.test_acts import OF_STAFF, ON_A_BOARD, fill, verbs
from tests.surfing import Surfer

Look = Callable[[Callable[[Session], Any]], Any]
Browse = Callable[..., Surfer]
Send = Callable[..., TestResponse]

TRIAGED = ("/moderation/cases/{case}/claim", "/moderation/cases/{case}/hiding", "/moderation/cases/{case}/dismissal")
# All that moderators do, but what triage is, and turning answers into replies, which a rank opens as well.
NOT_THEIRS = [act for act in ON_A_BOARD + OF_STAFF if act[0] not in TRIAGED and act[2] != "turn_into_reply"]


@pytest.fixture
def bough(make: Factory) -> Member:
    """A member whose rank opens triage."""
    return make.member("bo", rank="bough", points=1000)


@pytest.fixture
def three(make: Factory, flag: Send) -> Callable[..., None]:
    """`three(path)` has three members report something, which hides it."""

    def report(path: str, reason: str = "rude") -> None:
        for _number in range(3):
            assert flag(path, make.member(), reason=reason).status_code == 303

    return report


@pytest.mark.parametrize("path", TRIAGED)
def test_they_claim_hide_and_find_in_order(
    world: World, bough: Member, flag: Send, browse: Browse, case_id: Callable[[], int], look: Look,
    drain: Callable[[], None], path: str,
) -> None:
    """What they decide has the same effects as when a moderator does, and takes the same undo."""
    flag(f"/p/{world.answer.id}", world.asker, note="He shouts.")
    case, surfer = case_id(), browse(bough)
    assert 'href="/moderation"' in surfer.get("/").text
    assert "How do I descale it?" in surfer.get("/moderation").text
    shown = surfer.get(f"/moderation/cases/{case}").text
    assert "He shouts." in shown and "Use citric acid." in shown
    assert surfer.post(path.format(case=case), {"because": "rude"}).status_code == 303
    if path.endswith("claim"):
        assert look(lambda session: session.get_one(Case, case).claimed_by_id) == bough.id
        assert surfer.post(f"/moderation/cases/{case}/claim/undo").status_code == 303
        return
    hidden = path.endswith("hiding")
    assert look(lambda session: session.get_one(Case, case).state) == ("upheld" if hidden else "dismissed")
    assert look(lambda session: session.get_one(Post, world.answer.id).hidden_at is not None) == hidden
    drain()
    told = look(lambda session: session.execute(select(Notice.member_id, Notice.kind)).all())
    assert ((world.author.id, "hidden") in [tuple(row) for row in told]) == hidden
    assert (world.asker.id, "flag_outcome") in [tuple(row) for row in told]
    undo = re.search(r'action="(/moderation/log/\d+/undo)"', surfer.get("/moderation").text)
    assert undo is not None
    assert surfer.post(undo[1]).status_code == 303
    assert look(lambda session: session.get_one(Case, case).state) == "open"
    assert look(lambda session: session.get_one(Post, world.answer.id).hidden_at) is None


def test_nothing_else_is_theirs(
    world: World, bough: Member, flag: Send, browse: Browse, case_id: Callable[[], int], look: Look
) -> None:
    """Locking, pinning, moving, deleting, redacting, sanctions: refused; also hiding what nobody reported."""
    flag(f"/p/{world.answer.id}", world.asker)
    case = case_id()
    assert browse(bough).get("/moderation/log").status_code == 403
    for path, data, verb in NOT_THEIRS:
        filled = {name: fill(world, value, case) for name, value in data.items()}
        assert browse(bough).post(fill(world, path, case), filled).status_code == 403, verb
        assert verbs(look) == [], verb


def test_the_page_offers_and_tells_only_what_is_theirs(
    world: World, bough: Member, flag: Send, browse: Browse, case_id: Callable[[], int]
) -> None:
    browse(world.moderator).post("/m/ben/suspension", {"kind": "warning", "reason": "Canary of old."})
    flag(f"/p/{world.answer.id}", world.asker)
    text = browse(bough).get(f"/moderation/cases/{case_id()}").text
    for there in ("/dismissal", "/hiding", "/claim"):
        assert f'action="/moderation/cases/{case_id()}{there}"' in text
    absences = ("Canary of old", "Never warned", "/suspension", "/redaction", "/deletion", "/moderation/log", "ana</a>")
    for absent in absences:
        assert absent not in text, absent
    assert "Canary of old" in browse(world.moderator).get(f"/moderation/cases/{case_id()}").text


def test_holds_are_seen_and_lifted(
    world: World, bough: Member, three: Callable[..., None], browse: Browse, case_id: Callable[[], int], look: Look
) -> None:
    """What flags alone have hidden is read by those who may show it again, in the case and nowhere else."""
    three(f"/p/{world.answer.id}")
    assert look(lambda session: session.get_one(Post, world.answer.id).hidden_at) is not None
    surfer = browse(bough)
    text = surfer.get(f"/moderation/cases/{case_id()}").text
    assert "Use citric acid." in text and "show it again" in text
    assert "Use citric acid." not in surfer.get(f"/t/{world.thread.id}/{world.thread.slug}").text
    assert surfer.get(f"/p/{world.answer.id}").status_code == 404
    assert surfer.post(f"/moderation/cases/{case_id()}/dismissal").status_code == 303
    assert look(lambda session: session.get_one(Post, world.answer.id).hidden_at) is None
    entry = look(lambda session: session.scalar(select(LogEntry.id).where(LogEntry.verb == "dismiss")))
    assert surfer.post(f"/moderation/log/{entry}/undo").status_code == 303
    assert look(lambda session: session.get_one(Post, world.answer.id).hidden_at) is not None


def test_a_held_question_is_lifted_with_its_thread(
    world: World, bough: Member, three: Callable[..., None], browse: Browse, case_id: Callable[[], int]
) -> None:
    three(f"/p/{world.thread.opening_id}")
    assert browse().get(f"/t/{world.thread.id}/{world.thread.slug}").status_code == 404
    assert "I wonder how." in browse(bough).get(f"/moderation/cases/{case_id()}").text
    browse(bough).post(f"/moderation/cases/{case_id()}/dismissal")
    assert browse().get(f"/t/{world.thread.id}/{world.thread.slug}").status_code == 200


def test_messages_too(
    world: World, bough: Member, say: Callable[[Member, str], int], three: Callable[..., None], browse: Browse,
    case_id: Callable[[], int],
) -> None:
    message = say(world.author, "*Canary* in the lobby.")
    three(f"/chat/messages/{message}")
    assert "<em>Canary" not in browse(bough).get("/chat/lobby").text
    assert "<em>Canary" in browse(bough).get(f"/moderation/cases/{case_id()}").text
    assert browse(bough).post(f"/moderation/cases/{case_id()}/dismissal").status_code == 303
    assert "<em>Canary" in browse(bough).get("/chat/lobby").text


@pytest.mark.parametrize(
    "what", ["own", "staff's", "keeper's", "member", "closed", "hidden", "deleted", "secret", "private", "decided"]
)
def test_what_is_not_for_them_is_not_there(
    world: World, make: Factory, bough: Member, flag: Send, three: Callable[..., None], browse: Browse, app: Flask,
    case_id: Callable[[], int], what: str,
) -> None:
    """Neither in the list nor by its address nor by an act, and the same answer as for a case that never was."""
    authors = {"own": bough, "staff's": world.moderator, "keeper's": world.keeper}
    post = make.answer(world.thread, authors.get(what, world.author), "Canary words.")
    path = "/m/ben" if what == "member" else f"/p/{post.id}"
    if what == "private":
        three(path, "private")
    else:
        flag(path, world.asker)
    case = case_id()
    moderator = browse(world.moderator)
    if what == "hidden":
        moderator.post(f"/p/{post.id}/hiding", {"because": "rude"})
    if what == "deleted":
        moderator.post(f"/p/{post.id}/deletion")
    if what == "decided":
        moderator.post(f"/moderation/cases/{case}/dismissal")
    if what in ("closed", "secret"):
        with app.app_context():
            with unit_of_work() as session:
                rank = STAFF if what == "secret" else "laurel"
                session.execute(update(Board).where(Board.id == world.kettles.id).values(see_rank=rank))
            db.session.remove()
    surfer = browse(bough)
    assert "Canary" not in surfer.get("/moderation").text
    assert f"/moderation/cases/{case}" not in surfer.get("/moderation").text
    assert surfer.get(f"/moderation/cases/{case}").status_code == 404
    for act in TRIAGED:
        assert surfer.post(act.format(case=case), {"because": "rude"}).status_code == 404
    surfer.post("/moderation/cases", {"case": str(case), "act": "dismiss"})
    with app.app_context():
        assert db.session.get_one(Case, case).closed_by_id != bough.id
        db.session.remove()


def test_many_at_once_leaves_what_is_not_theirs(
    world: World, make: Factory, bough: Member, flag: Send, browse: Browse, look: Look
) -> None:
    flag(f"/p/{world.answer.id}", world.asker)
    flag(f"/p/{make.answer(world.thread, world.moderator, 'A word of staff.').id}", world.asker)
    ids = look(lambda session: [str(one) for one in session.scalars(select(Case.id).order_by(Case.id))])
    browse(bough).post("/moderation/cases", {"case": ids, "act": "hide", "because": "rude"})
    assert look(lambda session: list(session.scalars(select(Case.state).order_by(Case.id)))) == ["upheld", "open"]


def test_others_decisions_are_not_theirs_to_take_back(
    world: World, bough: Member, make: Factory, flag: Send, browse: Browse, case_id: Callable[[], int], look: Look
) -> None:
    flag(f"/p/{world.answer.id}", world.asker)
    browse(world.moderator).post(f"/moderation/cases/{case_id()}/hiding", {"because": "rude"})
    entry = look(lambda session: session.scalar(select(LogEntry.id)))
    for member in (bough, make.member("other", rank="bough", points=1000)):
        assert browse(member).post(f"/moderation/log/{entry}/undo").status_code == 404


def test_a_rank_below_has_no_queue(world: World, make: Factory, browse: Browse) -> None:
    surfer = browse(make.member(rank="branch", points=1000))
    assert 'href="/moderation"' not in surfer.get("/").text
    assert surfer.get("/moderation").status_code == 403


def test_their_queue_costs_no_more_than_a_moderators(
    world: World, make: Factory, bough: Member, flag: Send, browse: Browse, queries: Callable[[], Any]
) -> None:
    flag(f"/p/{world.answer.id}", world.asker)

    def cost(member: Member) -> int:
        surfer = browse(member)
        surfer.get("/moderation")
        with queries() as seen:
            surfer.get("/moderation")
        return len(seen)

    assert cost(bough) <= cost(world.moderator) <= 6  # who may see claims is told how many wait
