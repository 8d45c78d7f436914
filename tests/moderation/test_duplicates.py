"""One thread stands for another: who may say so, what everybody then sees, and that it can be taken back."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from forum.boards.models import STAFF
from forum.core.clock import now
from forum.core.unit_of_work import unit_of_work
from forum.extensions import db
from forum.members.models import Member
from forum.moderation.models import LogEntry
from forum.notifications.models import Notice
from forum.threads.models import Thread
from tests.factory import Factory
from tests.moderation.conftest import World
from tests.surfing import Surfer

Look = Callable[[Callable[[Session], Any]], Any]
Browse = Callable[..., Surfer]
Mark = Callable[..., Any]


@pytest.fixture
def branch(make: Factory) -> Member:
    """Somebody whose rank and points open marking duplicates."""
    return make.member("bea", rank="branch", points=300)


@pytest.fixture
def original(world: World, make: Factory) -> Thread:
    """A question that is answered."""
    thread = make.thread(world.kettles, world.author, title="How is lime taken off it?")
    make.answer(thread, world.keeper, "With citric acid, warm.")
    return thread


@pytest.fixture
def again(world: World, make: Factory) -> Thread:
    """The same question once more, without an answer."""
    return make.thread(world.kettles, world.asker, title="White stuff in my kettle?")


@pytest.fixture
def mark(browse: Browse) -> Mark:
    """`mark(member, thread, original)` sends the form."""
    return lambda member, thread, original: browse(member).post(
        f"/t/{thread.id}/duplicate", {"original": str(original.id if isinstance(original, Thread) else original)}
    )


def pointing(look: Look) -> dict[int, int | None]:
    """Which thread points to which."""
    rows = look(lambda session: session.execute(select(Thread.id, Thread.duplicate_of_id).order_by(Thread.id)).all())
    return {row[0]: row[1] for row in rows if row[1] is not None}


def page(surfer: Surfer, thread: Thread) -> str:
    """The thread's page."""
    return surfer.get(f"/t/{thread.id}/{thread.slug}").text


def test_a_branch_marks_it_and_everybody_is_led_to_the_answer(
    original: Thread, again: Thread, branch: Member, mark: Mark, browse: Browse, look: Look
) -> None:
    assert "White stuff" in browse().get("/?stream=unanswered").text
    assert f'href="/t/{again.id}/duplicate"' in page(browse(branch), again)
    assert mark(branch, again, original).status_code == 303
    assert pointing(look) == {again.id: original.id}
    for surfer in (browse(), browse(branch)):
        text = page(surfer, again)
        assert "Already answered in" in text and f'href="/t/{original.id}/{original.slug}"' in text
        assert "White stuff" not in surfer.get("/?stream=unanswered").text
        assert "Duplicate" in surfer.get("/b/kettles").text
    entry = look(lambda session: session.execute(select(LogEntry.verb, LogEntry.actor_id, LogEntry.target_id)).one())
    assert tuple(entry) == ("mark_duplicate", branch.id, again.id)
    assert browse(branch).post(f"/t/{again.id}/duplicate/undo").status_code == 303
    assert pointing(look) == {}
    assert "Already answered in" not in page(browse(), again)
    assert "White stuff" in browse().get("/?stream=unanswered").text


@pytest.mark.parametrize("who", ["guest", "asker", "poor", "bought", "keeper", "moderator"])
def test_who_may(
    world: World, make: Factory, original: Thread, again: Thread, mark: Mark, browse: Browse, look: Look, who: str
) -> None:
    """A Branch without the points may not, nor one that is a Branch by purchases; who moderates there may."""
    people = {"guest": None, "asker": world.asker, "keeper": world.keeper, "moderator": world.moderator}
    if who == "poor":
        people[who] = make.member(rank="branch")
    if who == "bought":
        people[who] = make.member(rank="branch", points=300)
        with make.app.app_context():
            db.session.connection().exec_driver_sql("UPDATE member_standing SET accepted = 3, days = 20, purchases = 6")
            db.session.commit()
            db.session.remove()
    answer = mark(people[who], again, original)
    may = who in ("keeper", "moderator")
    assert answer.status_code == (303 if may or who == "guest" else 403)
    assert (pointing(look) != {}) == may
    if people[who] is not None:
        shown = f'href="/t/{again.id}/duplicate"' in page(browse(people[who]), again)
        assert not shown if not may else "duplicate/undo" in page(browse(people[who]), again)
        assert browse(people[who]).post(f"/t/{again.id}/duplicate/undo").status_code == (303 if may else 403)


def test_it_takes_no_new_answers_but_is_not_gone(
    world: World, original: Thread, again: Thread, branch: Member, mark: Mark, browse: Browse
) -> None:
    mark(branch, again, original)
    refused = browse(world.author).post(f"/t/{again.id}/replies", {"body": "One more answer."})
    assert refused.status_code == 403 and "duplicate" in refused.text
    assert browse(world.moderator).post(f"/t/{again.id}/replies", {"body": "One more answer."}).status_code == 303
    assert browse(world.author).post(f"/p/{again.opening_id}/vote", {"value": "1"}).status_code == 303
    assert 'name="body"' not in page(browse(world.author), again).split("composer-dock")[1]
    browse(branch).post(f"/t/{again.id}/duplicate/undo")
    assert browse(world.author).post(f"/t/{again.id}/replies", {"body": "One more answer."}).status_code == 303


@pytest.mark.parametrize("words", ["{url}", "/t/{id}", "http://localhost/t/{id}/x", " #{id} ", "{id}"])
def test_the_original_is_named_by_address_or_number(
    original: Thread, again: Thread, branch: Member, mark: Mark, look: Look, words: str
) -> None:
    url = f"http://localhost/t/{original.id}/{original.slug}?from=3#p-3"
    assert mark(branch, again, words.format(url=url, id=original.id)).status_code == 303
    assert pointing(look) == {again.id: original.id}


def test_why_it_is_refused(
    world: World, make: Factory, original: Thread, again: Thread, branch: Member, mark: Mark, app: Flask, look: Look,
    browse: Browse,
) -> None:
    closed = make.thread(make.board("closed", see_rank="sprout"), world.moderator, title="In a closed board")
    secret = make.thread(make.board("secret", see_rank=STAFF), world.moderator, title="A secret one")
    hidden = make.thread(world.kettles, world.moderator, title="A hidden thread")
    with app.app_context():
        with unit_of_work() as session:
            session.execute(update(Thread).where(Thread.id == hidden.id).values(hidden_at=now()))
        db.session.remove()
    reasons = {
        "": "address or the number", "kettle": "address or the number", "http://evil.example/t/1": "address or the",
        "9" * 12: "address or the number", str(again.id): "this thread itself", "4711": "no such thread",
        str(secret.id): "no such thread", str(hidden.id): "no such thread", str(closed.id): "Not everybody",
    }
    for words, reason in reasons.items():
        answer = mark(branch, again, words)
        assert answer.status_code == 422 and reason in answer.text, words
        assert "secret one" not in answer.text and "hidden thread" not in answer.text
    assert "not there for others" in mark(world.moderator, again, hidden).text
    assert pointing(look) == {}
    mark(branch, again, original)
    assert "points to this one" in mark(branch, original, again).text
    surfer = browse(branch)
    surfer.post(f"/t/{again.id}/duplicate", {"original": str(original.id)})
    assert "marked as a duplicate already" in surfer.get("/").text
    assert pointing(look) == {again.id: original.id}


def test_on_a_board_as_closed_as_its_own_it_may_point_there(
    world: World, make: Factory, branch: Member, mark: Mark, look: Look
) -> None:
    """Everybody who sees the one sees the other: a stricter board may point to a laxer one, never the other way."""
    twigs, sprouts = make.board("twigs", see_rank="twig"), make.board("sprouts", see_rank="sprout")
    strict, lax = make.thread(twigs, world.moderator), make.thread(sprouts, world.moderator)
    assert mark(branch, lax, strict).status_code == 422
    assert mark(branch, strict, lax).status_code == 303
    assert pointing(look) == {strict.id: lax.id}


def test_chains_lead_to_the_last_and_come_apart_exactly(
    world: World, make: Factory, branch: Member, mark: Mark, browse: Browse, look: Look
) -> None:
    one, two, three, four = (make.thread(world.kettles, world.asker, title=f"Question {n}, please?") for n in range(4))
    mark(branch, one, two)
    mark(branch, two, three)
    assert pointing(look) == {one.id: three.id, two.id: three.id}
    mark(branch, four, two)
    assert pointing(look) == {one.id: three.id, two.id: three.id, four.id: three.id}
    assert mark(branch, three, one).status_code == 422
    surfer = browse(world.moderator)
    surfer.post(f"/t/{two.id}/duplicate/undo")
    assert pointing(look) == {one.id: two.id, four.id: three.id}
    undone = look(lambda session: session.scalar(select(LogEntry.id).where(LogEntry.verb == "unmark_duplicate")))
    surfer.post(f"/moderation/log/{undone}/undo")
    assert pointing(look) == {one.id: three.id, two.id: three.id, four.id: three.id}
    surfer.post(f"/t/{two.id}/duplicate/undo")
    assert pointing(look) == {one.id: two.id, four.id: three.id}
    marked = look(lambda session: session.scalar(select(LogEntry.id).where(LogEntry.target_id == four.id)))
    surfer.post(f"/moderation/log/{marked}/undo")
    assert pointing(look) == {one.id: two.id}


def test_a_lock_settles_it(
    world: World, original: Thread, again: Thread, branch: Member, mark: Mark, browse: Browse
) -> None:
    """In a locked thread and an archived board ranks steer no more."""
    browse(world.moderator).post(f"/t/{again.id}/closure")
    assert mark(branch, again, original).status_code == 403
    assert mark(world.moderator, again, original).status_code == 303
    assert browse(branch).post(f"/t/{again.id}/duplicate/undo").status_code == 403


def test_what_is_hidden_later_is_not_shown_by_those_that_point_to_it(
    world: World, original: Thread, again: Thread, branch: Member, mark: Mark, browse: Browse
) -> None:
    mark(branch, again, original)
    browse(world.moderator).post(f"/p/{original.opening_id}/hiding", {"because": "rude"})
    for who in (None, world.asker, branch):
        text = page(browse(who), again)
        assert "not there at present" in text and "lime taken off" not in text
    browse(world.moderator).post(f"/p/{original.opening_id}/hiding/undo")
    assert "lime taken off" in page(browse(), again)


def test_the_author_hears_of_it_until_it_is_taken_back(
    world: World, original: Thread, again: Thread, branch: Member, mark: Mark, browse: Browse, look: Look,
    drain: Callable[[], None],
) -> None:
    def told() -> list[int]:
        return list(look(lambda s: s.scalars(select(Notice.member_id).where(Notice.kind == "duplicate")).all()))

    drain()
    before = look(lambda session: session.get_one(Member, world.asker.id).unread_notices)
    mark(branch, again, original)
    drain()
    assert told() == [world.asker.id]
    text = browse(world.asker).get("/notifications").text
    assert "answered in another thread" in text and "White stuff" in text
    assert look(lambda session: session.get_one(Member, world.asker.id).unread_notices) == before + 1
    browse(branch).post(f"/t/{again.id}/duplicate/undo")
    drain()
    assert told() == []
    assert look(lambda session: session.get_one(Member, world.asker.id).unread_notices) == before


def test_machines_are_told(
    make: Factory, world: World, original: Thread, again: Thread, branch: Member, mark: Mark, browse: Browse
) -> None:
    """A duplicate without an answer of its own is its original for machines; one with answers stands for itself."""
    mark(branch, again, original)
    text = page(browse(), again)
    assert f'<link rel="canonical" href="http://localhost/t/{original.id}/{original.slug}">' in text
    assert "application/ld+json" not in text
    browse(branch).post(f"/t/{again.id}/duplicate/undo")
    make.answer(again, world.author, "An answer of its own.")
    mark(branch, again, original)
    text = page(browse(), again)
    assert f'<link rel="canonical" href="http://localhost/t/{again.id}/{again.slug}">' in text
    data = json.loads(text.split('application/ld+json">')[1].split("</script>")[0])
    assert data["mainEntity"]["answerCount"] == 1


def test_a_duplicate_costs_one_query_more(
    original: Thread, again: Thread, branch: Member, mark: Mark, browse: Browse, queries: Callable[[], Any]
) -> None:
    """Where it is answered; still within what a thread's page may cost."""
    guest, member = browse(), browse(branch)
    guest.client.set_cookie("session", "stray")  # no page is kept for who sends one

    def costs(surfer: Surfer) -> int:
        page(surfer, again)
        with queries() as seen:
            page(surfer, again)
        return len(seen)

    before = costs(guest), costs(member)
    mark(branch, again, original)
    after = costs(guest), costs(member)
    assert after[0] == before[0] + 1
    assert after[1] <= before[1] + 1  # where nobody can answer no saved replies are read
    assert after[0] <= 6 and after[1] <= 10
