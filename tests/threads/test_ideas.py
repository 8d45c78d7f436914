"""Ideas: said, wanted, and what becomes of them; through the pages' doors."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from forum.boards.models import BoardModerator
from forum.core.clock import now
from forum.core.unit_of_work import unit_of_work
from forum.extensions import db
from forum.members.models import Member
from forum.notifications import jobs
from forum.notifications.models import Notice
from forum.reputation.models import MemberStanding
from forum.threads.models import IdeaChange, Thread
from tests.boards.planting import plant
from tests.factory import Factory
from tests.surfing import Surfer

Browse = Callable[..., Surfer]


def page(surfer: Surfer, path: str) -> str:
    """What a page says."""
    return surfer.get(path, follow_redirects=True).get_data(as_text=True)


def told(app: Flask, member: Member) -> list[str]:
    """What the member's notices of ideas say, oldest first."""
    with app.app_context():
        rows = db.session.scalars(select(Notice).where(Notice.member_id == member.id).order_by(Notice.id))
        found = [str(row.details["state"]) for row in rows if row.kind == "idea"]
        db.session.remove()
    return found


def test_an_idea_from_the_form_to_the_vote(app: Flask, make: Factory, browse: Browse) -> None:
    """The composer offers it; "I want this" counts up only, and brings its author one point of Helping each."""
    ann, ben, board = make.member("ann"), make.member("ben"), make.board("kettles")
    assert 'value="idea"' in page(browse(ann), "/b/kettles/new")
    form = {"kind": "idea", "title": "Sell the lid knob as a spare part", "body": "Mine broke.", "tags": ""}
    path = browse(ann).post("/b/kettles/new", form).headers["Location"]
    with app.app_context():
        thread = db.session.scalars(select(Thread)).one()
        opening, kind = thread.opening_id, thread.kind
        db.session.remove()
    assert kind == "idea" and board.id == thread.board_id
    seen = page(browse(ben), path)
    assert "I want this" in seen and "DiscussionForumPosting" in seen
    assert browse(ben).post(f"/p/{opening}/vote", {"value": "-1", "reason": "wrong"}).status_code == 403
    assert browse(ben).post(f"/p/{opening}/vote", {"value": "1"}).status_code == 303
    with app.app_context():
        assert db.session.get_one(MemberStanding, ann.id).reputation == 1
        db.session.remove()
    assert "wants this" in page(browse(), "/b/kettles?kind=idea")


def test_ideas_have_their_own_list(app: Flask, make: Factory, browse: Browse) -> None:
    """A tab, the most wanted first on demand, and a list for each state with its mark."""
    board, author = make.board("kettles"), make.member()
    plant(app, board, author, 2, title="Ask away")
    plant(app, board, author, 3, kind="idea", title=lambda n: f"Idea number {n}", score=lambda n: (5, 9, 1)[n],
          idea_state=lambda n: ("planned", None, "planned")[n])
    ideas = page(browse(), "/b/kettles?kind=idea")
    assert "Ask away" not in ideas and ideas.index("Idea number 2") < ideas.index("Idea number 0")
    top = page(browse(), "/b/kettles?kind=idea&show=top")
    assert top.index("Idea number 1") < top.index("Idea number 0") < top.index("Idea number 2")
    planned = page(browse(), "/b/kettles?kind=idea&show=planned")
    assert "Idea number 1" not in planned and planned.index("Idea number 0") < planned.index("Idea number 2")
    assert 'chip-idea-planned">Planned' in planned
    assert "Idea number" not in page(browse(), "/b/kettles?kind=idea&show=done")


@pytest.mark.parametrize(("when", "english", "chinese"), [
    ("2027-03", "March 2027", "2027年3月"), ("2027-3-05", "5 March 2027", "2027年3月5日"),
    ("2027-13", "2027-13", "2027-13"), ("2027 Q2", "2027 Q2", "2027 Q2"),
])  # fmt: skip
def test_a_month_in_figures_is_said_in_the_readers_language(
    make: Factory, browse: Browse, drain: Callable[[], None], when: str, english: str, chinese: str
) -> None:
    """In the thread and in notices; words of one's own stay as they are."""
    ann, mo = make.member("ann"), make.member("mo", role="moderator")
    idea = make.thread(make.board("kettles"), ann, kind="idea", title="Sell the lid knob")
    assert browse(mo).post(f"/t/{idea.id}/state", {"state": "planned", "when": when}).status_code == 303
    drain()
    for path in (f"/t/{idea.id}/-", "/notifications"):
        for language, said in (("en", english), ("zh", chinese)):
            answer = browse(ann).get(path, headers={"Accept-Language": language}, follow_redirects=True)
            assert said in answer.get_data(as_text=True), (path, language)


def test_a_state_is_said_shown_and_told(app: Flask, make: Factory, browse: Browse, drain: Callable[[], None]) -> None:
    """Chip and history in the thread; author and voters hear of it once each, who said it does not."""
    ann, ben, cleo = make.member("ann"), make.member("ben"), make.member("cleo")
    mo = make.member("mo", role="moderator")
    idea = make.thread(make.board("kettles"), ann, kind="idea", title="Sell the lid knob")
    for voter in (ben, mo):
        assert browse(voter).post(f"/p/{idea.opening_id}/vote", {"value": "1"}).status_code == 303
    say = {"state": "planned", "when": "spring 2027", "reason": "The mold is ordered."}
    assert browse(mo).post(f"/t/{idea.id}/state", say).status_code == 303
    drain()
    drain()
    with app.app_context():
        change = db.session.scalars(select(IdeaChange.id)).one()
        jobs.tell_of_idea(change, 0)  # a crash had it run twice
        db.session.remove()
    assert (told(app, ann), told(app, ben), told(app, cleo), told(app, mo)) == (["planned"], ["planned"], [], [])
    assert "An idea that you want is planned for spring 2027" in page(browse(ben), "/notifications")
    assert "Your idea is planned for spring 2027" in page(browse(ann), "/notifications")
    seen = page(browse(), f"/t/{idea.id}/-")
    assert 'chip-idea-planned">Planned for spring 2027' in seen and "The mold is ordered." in seen
    assert browse(mo).post(f"/t/{idea.id}/state", {"state": "done"}).status_code == 303
    seen = page(browse(), f"/t/{idea.id}/-")
    steps = seen[seen.index("idea-steps"):]
    assert steps.index("Planned for spring 2027") < steps.index(">Done<")


def test_many_who_want_it_are_told_in_portions(
    app: Flask, make: Factory, browse: Browse, drain: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each portion asks for the next; nobody is left out or told twice."""
    monkeypatch.setattr(jobs, "PORTION", 2)
    mo, idea = make.member("mo", role="moderator"), make.thread(make.board(), make.member(), kind="idea")
    voters = [make.member() for _ in range(5)]
    for voter in voters:
        browse(voter).post(f"/p/{idea.opening_id}/vote", {"value": "1"})
    browse(mo).post(f"/t/{idea.id}/state", {"state": "done"})
    for _ in range(4):
        drain()
    assert [told(app, voter) for voter in voters] == [["done"]] * 5


def test_a_state_is_taken_back(app: Flask, make: Factory, browse: Browse, drain: Callable[[], None]) -> None:
    """By its own door and from the log: what was said before is said again, and nobody is told of what is gone."""
    ann, mo = make.member("ann"), make.member("mo", role="moderator")
    idea = make.thread(make.board(), ann, kind="idea")
    surfer = browse(mo)
    assert surfer.post(f"/t/{idea.id}/state/undo").status_code == 409
    surfer.post(f"/t/{idea.id}/state", {"state": "planned", "when": "May"})
    surfer.post(f"/t/{idea.id}/state", {"state": "declined", "reason": "Too dear."})
    assert surfer.post(f"/t/{idea.id}/state/undo").status_code == 303
    seen = page(browse(), f"/t/{idea.id}/-")
    assert "Planned for May" in seen and "Too dear" not in seen
    log = page(surfer, "/moderation/log")
    entry = re.search(r"/moderation/log/(\d+)/undo", log)
    assert entry and surfer.post(f"/moderation/log/{entry[1]}/undo").status_code == 303
    assert "chip-idea" not in page(browse(), f"/t/{idea.id}/-")
    drain()
    assert told(app, ann) == []


def test_what_is_taken_back_is_told_no_more(
    app: Flask, make: Factory, browse: Browse, drain: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The notices of the change go, in portions, read or not, with the numbers at the bells; those before it stay."""
    monkeypatch.setattr(jobs, "PORTION", 2)
    ann, mo = make.member("ann"), make.member("mo", role="moderator")
    idea, voters = make.thread(make.board(), ann, kind="idea"), [make.member() for _ in range(4)]
    for voter in voters:
        browse(voter).post(f"/p/{idea.opening_id}/vote", {"value": "1"})
    for say in ({"state": "planned"}, {"state": "declined", "reason": "Too dear."}):
        assert browse(mo).post(f"/t/{idea.id}/state", say).status_code == 303
        for _ in range(4):
            drain()
    assert "Your idea was declined" in page(browse(ann), "/notifications")
    assert [told(app, one) for one in (ann, *voters)] == [["planned", "declined"]] * 5
    browse(voters[0]).post("/notifications/read")
    assert browse(mo).post(f"/t/{idea.id}/state/undo").status_code == 303
    for _ in range(5):
        drain()
    assert [told(app, one) for one in (ann, *voters)] == [["planned"]] * 5
    with app.app_context():
        bells = [db.session.get_one(Member, one.id).unread_notices for one in (ann, *voters)]
        db.session.remove()
    assert bells == [1, 0, 1, 1, 1]


@pytest.mark.parametrize(("kind", "words"), [
    ("idea", "Do you want this too"), ("discussion", "have something to say"), ("question", "have the same question"),
])  # fmt: skip
def test_guests_are_asked_by_the_kind_of_thread(make: Factory, browse: Browse, kind: str, words: str) -> None:
    """An idea is no question."""
    thread = make.thread(make.board(), make.member(), kind=kind)
    seen = page(browse(), f"/t/{thread.id}/-")
    assert words in seen and ("same question" in seen) == (kind == "question")


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"state": "soon"}, "Choose one of the list"), ({"state": "declined"}, "Say why"),
        ({"state": "planned", "when": "x" * 41}, "Please keep it to 40"), ({"state": ""}, "what it says already"),
    ],
)
def test_what_cannot_be_said(make: Factory, browse: Browse, form: dict[str, str], words: str) -> None:
    """The form again, with the reason and all that was typed."""
    mo, idea = make.member("mo", role="moderator"), make.thread(make.board(), make.member(), kind="idea")
    answer = browse(mo).post(f"/t/{idea.id}/state", {"reason": "", **form})
    seen = answer.get_data(as_text=True)
    assert answer.status_code in (409, 422) and words in seen
    assert f'value="{form.get("when", "")}"' in seen


def test_who_may_say_it(app: Flask, make: Factory, browse: Browse) -> None:
    """Staff and the board's own moderators; not its author, not moderators of other boards."""
    ann, keeper, other = make.member("ann"), make.member("kim"), make.member("kit")
    here, there = make.board(), make.board()
    with app.app_context():
        with unit_of_work() as session:
            for board, member in ((here, keeper), (there, other)):
                session.add(BoardModerator(board_id=board.id, member_id=member.id, appointed_at=now()))
                session.get_one(Member, member.id).moderates_boards = True
        db.session.remove()
    idea = make.thread(here, ann, kind="idea")
    for member in (ann, other, None):
        answer = browse(member).post(f"/t/{idea.id}/state", {"state": "done"})
        assert answer.status_code == 403 or "/sign-in" in answer.headers["Location"]
        assert "What becomes of it" not in page(browse(member), f"/t/{idea.id}/-")
    assert "What becomes of it" in page(browse(keeper), f"/t/{idea.id}/-")
    assert browse(keeper).post(f"/t/{idea.id}/state", {"state": "done"}).status_code == 303


def test_kinds_change_there_and_back(app: Flask, make: Factory, browse: Browse) -> None:
    """A question becomes an idea and a question again; the state has no effect in between and is there afterwards."""
    ann, ben, mo = make.member("ann"), make.member("ben"), make.member("mo", role="moderator")
    thread = make.thread(make.board("kettles"), ann)
    make.answer(thread, ben)
    surfer = browse(mo)
    assert surfer.post(f"/t/{thread.id}/state", {"state": "done"}).status_code == 409
    surfer.post(f"/t/{thread.id}/kind", {"kind": "idea"})
    surfer.post(f"/t/{thread.id}/state", {"state": "planned"})
    assert "chip-idea-planned" in page(browse(), "/b/kettles")
    surfer.post(f"/t/{thread.id}/kind", {"kind": "question"})
    for path in ("/b/kettles", f"/t/{thread.id}/-"):
        assert "chip-idea" not in page(browse(), path)
    assert "QAPage" in page(browse(), f"/t/{thread.id}/-")
    surfer.post(f"/t/{thread.id}/kind", {"kind": "idea"})
    assert "chip-idea-planned" in page(browse(), f"/t/{thread.id}/-")


def test_a_thread_of_an_idea_costs_one_query_more(
    make: Factory, browse: Browse, queries: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    """Its history, however long; a question pays nothing for it."""
    board, ann, mo = make.board(), make.member(), make.member("mo", role="moderator")
    idea, talk = make.thread(board, ann, kind="idea"), make.thread(board, make.member(), kind="discussion")
    counts: dict[Any, int] = {}
    surfer = browse(mo)
    for number in range(3):
        surfer.post(f"/t/{idea.id}/state", {"state": "planned", "when": f"{number}"})
    for thread in (idea, talk):
        guest = browse()
        guest.client.set_cookie("session", "stray")  # no page is kept for who sends one
        guest.get(f"/t/{thread.id}/{thread.slug}")
        with queries() as seen:
            assert guest.get(f"/t/{thread.id}/{thread.slug}").status_code == 200
        counts[thread.kind] = len(seen)
    assert counts["idea"] == counts["discussion"] + 1
