"""Taking back: what every act changed is as it was, to the last figure."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from forum.access.actors import load_actor
from forum.boards.models import Board
from forum.chat import actions as chat
from forum.chat.models import ChatMessage
from forum.core.unit_of_work import unit_of_work
from forum.extensions import db
from forum.members.models import Member
from forum.moderation.models import Case, LogEntry
from forum.reputation import commands
from forum.reputation.models import MemberStanding
from forum.threads import actions as threads
from forum.threads.models import Acceptance, Post, Tag, Thread, Vote
from tests.factory import Factory
from tests.moderation.conftest import World
from tests.surfing import Surfer

Look = Callable[[Callable[[Session], Any]], Any]
# These say that something was drawn anew, or when; an undo draws anew as well. Acting makes a day of the moderator's.
PASSING = {
    "version",
    "days",
    "rank_since",
    "claimed_at",
    "claimed_by_id",
    "next_position",
    "position",
    "next_reply_index",
    "reply_index",
}


@pytest.fixture
def lively(world: World, make: Factory, app: Flask) -> World:
    """The answer is voted up, accepted and replied to; the trouble-maker has voted as well."""
    make.reply(world.answer, world.asker, "It worked.")
    other = make.answer(world.thread, make.member("cleo"), "Or vinegar.")
    voters = [make.member(f"voter{number}") for number in range(3)]
    with app.app_context():
        for voter, post, value in (
            (voters[0], world.answer, 1),
            (voters[1], world.answer, 1),
            (voters[2], other, 1),
            (world.author, other, 1),
            (world.author, world.thread, 1),
        ):
            with unit_of_work() as session:
                target = session.get_one(Post, post.opening_id if isinstance(post, Thread) else post.id)
                threads.vote(session, load_actor(session, voter.id), target, value)
        with unit_of_work() as session:
            threads.accept_answer(session, load_actor(session, world.asker.id), session.get_one(Post, world.answer.id))
        db.session.remove()
    return world


def picture(session: Session) -> dict[str, Any]:
    """Everything that counts: boards, threads, posts, votes, acceptances, tags, standings, counters of members."""
    found: dict[str, Any] = {}
    for kind in (Board, Thread, Post, Vote, Acceptance, Tag, MemberStanding, Case):
        columns = [column.key for column in inspect(kind).column_attrs if column.key not in PASSING]
        for row in session.scalars(select(kind)):
            identity = inspect(row).identity
            found[f"{kind.__name__} {identity}"] = {name: getattr(row, name) for name in columns}
    for member in session.scalars(select(Member)):
        found[f"Member {member.id}"] = (member.post_count, member.suspended_until, member.silenced_until)
    return found


def differences(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """What is not the same."""
    return {name: (value, after.get(name)) for name, value in before.items() if value != after.get(name)}


ACTS = [
    ("/p/{answer}/hiding", {"because": "spam"}),
    ("/p/{opening}/hiding", {"because": "spam"}),
    ("/moderation/cases/{case}/hiding", {"because": "spam"}),
    ("/moderation/cases/{case}/deletion", {}),
    ("/moderation/cases/{case}/dismissal", {}),
    ("/t/{thread}/closure", {"reason": "Enough."}),
    ("/t/{thread}/pin", {}),
    ("/t/{thread}/move", {"board": "{board}"}),
    ("/t/{thread}/kind", {"kind": "discussion"}),
    ("/p/{answer}/kind", {"kind": "reply"}),
    ("/m/ben/suspension", {"kind": "suspension", "days": "7", "reason": "Ring.", "voids_votes": "y"}),
    ("/m/ben/suspension", {"kind": "silence", "days": "1", "reason": "Loud."}),
]


@pytest.mark.parametrize(("path", "data"), ACTS)
def test_undo_is_exact(
    lively: World,
    app: Flask,
    browse: Callable[..., Surfer],
    flag: Callable[..., TestResponse],
    case_id: Callable[[], int],
    look: Look,
    path: str,
    data: dict[str, str],
) -> None:
    flag(f"/p/{lively.answer.id}", lively.asker)
    names = {
        "answer": lively.answer.id,
        "opening": lively.thread.opening_id,
        "thread": lively.thread.id,
        "board": lively.stoves.id,
        "case": case_id(),
    }
    surfer = browse(lively.moderator)
    before = look(picture)
    done = surfer.post(path.format(**names), {name: value.format(**names) for name, value in data.items()})
    assert done.status_code == 303
    between = look(picture)
    assert differences(before, between)
    entry = look(lambda session: session.scalar(select(LogEntry.id)))
    assert surfer.post(f"/moderation/log/{entry}/undo").status_code == 303
    assert differences(before, look(picture)) == {}
    assert app.test_cli_runner().invoke(commands.verify).exit_code == 0


def test_voided_votes_count_no_more(lively: World, browse: Callable[..., Surfer], look: Look) -> None:
    def score(session: Session) -> int:
        return session.get_one(Post, lively.thread.opening_id).score

    assert look(score) == 1
    standing = look(lambda session: session.get_one(MemberStanding, lively.asker.id).reputation)
    data = {"kind": "suspension", "days": "7", "reason": "Ring.", "voids_votes": "y"}
    browse(lively.moderator).post("/m/ben/suspension", data)
    assert look(score) == 0
    assert look(lambda session: session.get_one(MemberStanding, lively.asker.id).reputation) == standing - 5


def test_an_undo_is_offered_and_done_once(world: World, browse: Callable[..., Surfer], look: Look) -> None:
    surfer = browse(world.moderator)
    surfer.post(f"/t/{world.thread.id}/pin")
    entry = look(lambda session: session.scalar(select(LogEntry.id)))
    page = surfer.get(f"/t/{world.thread.id}/{world.thread.slug}")
    assert f'action="/moderation/log/{entry}/undo"' in page.text
    assert surfer.post(f"/moderation/log/{entry}/undo").status_code == 303
    surfer.post(f"/moderation/log/{entry}/undo")
    verbs = look(lambda session: session.scalars(select(LogEntry.verb).order_by(LogEntry.id)).all())
    assert verbs == ["pin", "undo_pin"]
    assert "taken back already" in surfer.get("/moderation/log").text


def test_what_has_changed_since_is_not_overwritten(world: World, browse: Callable[..., Surfer], look: Look) -> None:
    surfer = browse(world.moderator)
    surfer.post(f"/p/{world.answer.id}/hiding", {"because": "spam"})
    surfer.post(f"/p/{world.answer.id}/hiding/undo")
    first = look(lambda session: session.scalar(select(LogEntry.id).order_by(LogEntry.id)))
    surfer.post(f"/moderation/log/{first}/undo")
    assert "changed since" in surfer.get("/moderation/log").text


def test_the_undo_of_others_boards_is_not_ones_own(
    world: World, make: Factory, browse: Callable[..., Surfer], look: Look
) -> None:
    thread = make.thread(world.stoves, world.asker, title="Does it light itself?")
    browse(world.moderator).post(f"/t/{thread.id}/pin")
    entry = look(lambda session: session.scalar(select(LogEntry.id)))
    assert browse(world.keeper).post(f"/moderation/log/{entry}/undo").status_code == 404
    assert browse(world.asker).post(f"/moderation/log/{entry}/undo").status_code == 403
    assert "light itself" not in browse(world.keeper).get("/moderation/log").text


def test_what_others_do_to_a_post_or_message_is_logged_and_undone(
    world: World, browse: Callable[..., Surfer], look: Look, say: Callable[[Member, str], int], app: Flask
) -> None:
    surfer, path = browse(world.moderator), f"/p/{world.answer.id}"
    message = say(world.author, "hello")
    surfer.post(f"{path}/revision", {"body": "Use lemon juice."})
    surfer.post(f"{path}/deletion")
    surfer.post(f"{path}/deletion/undo")
    with app.app_context():
        with unit_of_work() as session:
            chat.delete_message(session, load_actor(session, world.moderator.id), message)
        db.session.remove()
    entries = look(lambda session: [tuple(row) for row in session.execute(select(LogEntry.id, LogEntry.verb))])
    assert [verb for _id, verb in entries] == ["edit", "delete", "undelete", "delete"]
    for entry in (entries[3][0], entries[0][0]):
        surfer.post(f"/moderation/log/{entry}/undo")
    post = look(lambda session: session.get_one(Post, world.answer.id).body_source)
    assert post == "Use citric acid."
    assert look(lambda session: session.get_one(ChatMessage, message).deleted_at) is None


def test_what_authors_do_to_their_own_is_not(world: World, browse: Callable[..., Surfer], look: Look) -> None:
    surfer, path = browse(world.author), f"/p/{world.answer.id}"
    surfer.post(f"{path}/revision", {"body": "Use lemon juice."})
    surfer.post(f"{path}/deletion")
    assert look(lambda session: session.scalar(select(LogEntry.id))) is None
