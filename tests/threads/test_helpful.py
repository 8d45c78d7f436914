"""What people can say of answers: it worked for me, the shop's word, what also helped; and why one is on top."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from forum.extensions import db
from forum.moderation.models import LogEntry
from forum.reputation.models import LedgerLine, MemberStanding
from forum.threads.explaining import named_often
from forum.threads.models import Post
from forum.threads.recounting import recount_thread
from tests.factory import Factory
from tests.surfing import Surfer
from tests.threads.owning import buy_again, refund, sell

Browse = Callable[..., Surfer]
Drain = Callable[[], None]
Watch = Callable[[], AbstractContextManager[list[str]]]


def _of(app: Flask, post: Post) -> dict[str, Any]:
    """What is kept of an answer, and its author's points; recounting finds nothing wrong."""
    with app.app_context():
        session = db.session()
        held = session.get_one(Post, post.id)
        standing = session.get(MemberStanding, held.author_id)
        found = {
            "score": held.score, "worked": held.worked_count, "weight": held.up_weight, "endorsed": held.endorsed,
            "also": held.also_helped, "sure": held.helpfulness, "points": standing.reputation if standing else 0,
        }
        assert recount_thread(session, held.thread_id) == {}
        session.rollback()
        db.session.remove()
    return found


def _kinds(app: Flask, post: Post) -> list[tuple[str, int]]:
    with app.app_context():
        lines = select(LedgerLine.kind, LedgerLine.points).where(LedgerLine.post_id == post.id).order_by(LedgerLine.id)
        found = [(row[0], row[1]) for row in db.session.execute(lines)]
        db.session.remove()
    return found


# It worked for me -----------------------------------------------------------------------------


def test_an_owner_says_that_it_worked_and_takes_it_back(app: Flask, make: Factory, browse: Browse) -> None:
    """One vote, one kind of line; undoing leaves nothing of either."""
    owner, board = make.member("owen"), make.board()
    answer = make.answer(make.thread(board, make.member()), make.member())
    sell(app, board, owner)
    hand = browse(owner)
    assert hand.post(f"/p/{answer.id}/worked", {"version": "  firmware  2.1 "}).status_code == 303
    said = _of(app, answer)
    assert (said["score"], said["worked"], said["weight"], said["points"]) == (1, 1, 150, 10)
    assert _kinds(app, answer) == [("worked_for_me", 10)]
    page = hand.get(f"/t/{answer.thread_id}/how-does-it-work").get_data(as_text=True)
    assert "Worked for 1 member" in page and "With firmware 2.1" in page
    hand.post(f"/p/{answer.id}/worked")
    assert _of(app, answer) == said
    hand.post(f"/p/{answer.id}/worked/undo")
    assert _of(app, answer) == {**said, "score": 0, "worked": 0, "weight": 0, "sure": 0, "points": 0}


def test_it_never_counts_beside_the_vote(app: Flask, make: Factory, browse: Browse) -> None:
    """An up vote that was there stays when the mark goes; voting again, or down, takes the mark along."""
    owner, board = make.member("owen", rank="branch", points=500), make.board()
    answer = make.answer(make.thread(board, make.member()), make.member())
    sell(app, board, owner)
    hand = browse(owner)
    hand.post(f"/p/{answer.id}/vote", {"value": "1"})
    before = _of(app, answer)
    hand.post(f"/p/{answer.id}/worked")
    both = _of(app, answer)
    assert (both["score"], both["worked"], both["points"]) == (1, 1, 10)
    hand.post(f"/p/{answer.id}/worked/undo")
    assert _of(app, answer) == before
    hand.post(f"/p/{answer.id}/worked")
    hand.post(f"/p/{answer.id}/vote", {"value": "-1", "reason": "wrong"})
    assert (_of(app, answer)["score"], _of(app, answer)["worked"]) == (-1, 0)
    hand.post(f"/p/{answer.id}/worked")
    assert (_of(app, answer)["score"], _of(app, answer)["worked"]) == (1, 1)


def test_who_may_say_it(app: Flask, make: Factory, browse: Browse) -> None:
    """About a product its owners; about none anybody who may vote. Never the author, the asker or a guest."""
    asker, author, owner, other = (make.member(name) for name in ("ask", "auth", "owen", "otto"))
    board, free = make.board(), make.board()
    answer = make.answer(make.thread(board, asker), author)
    loose = make.answer(make.thread(free, asker), author)
    sell(app, board, owner, asker, author)
    assert browse(other).post(f"/p/{answer.id}/worked").status_code == 403
    path = f"/t/{answer.thread_id}/how-does-it-work"
    assert "This worked for me" not in browse(other).get(path).get_data(as_text=True)
    assert "This worked for me" in browse(owner).get(path).get_data(as_text=True)
    for who in (asker, author):
        assert browse(who).post(f"/p/{answer.id}/worked").status_code == 403
    assert "/sign-in" in browse().post(f"/p/{answer.id}/worked").headers["Location"]
    assert browse(other).post(f"/p/{loose.id}/worked").status_code == 303
    assert (_of(app, loose)["worked"], _of(app, loose)["points"]) == (1, 10)
    assert _kinds(app, loose) == [("answer_up", 10)]
    assert browse(owner).post(f"/p/{answer.id}/worked", {"version": "<b>1</b>"}).status_code == 422
    assert browse(owner).post(f"/p/{answer.id}/worked", {"version": "1" * 41}).status_code == 422


def test_a_refund_takes_the_mark_and_a_new_purchase_brings_it_back(
    app: Flask, make: Factory, browse: Browse, drain: Drain
) -> None:
    """The vote stays what it is, and what it weighs: no purchase can be seen in the order."""
    owner, board = make.member("owen"), make.board()
    answer = make.answer(make.thread(board, make.member()), make.member())
    sell(app, board, owner)
    browse(owner).post(f"/p/{answer.id}/worked")
    said = _of(app, answer)
    refund(app, owner)
    drain()
    after = _of(app, answer)
    assert (after["worked"], after["score"], after["weight"], after["points"]) == (0, 1, 150, 10)
    assert _kinds(app, answer) == [("worked_for_me", 10), ("answer_up", 10), ("worked_for_me", -10)]
    buy_again(app, owner)
    drain()
    assert _of(app, answer) == said


def test_deleting_and_restoring_is_exact(app: Flask, make: Factory, browse: Browse) -> None:
    owner, staff, board, author = make.member("owen"), make.member(role="moderator"), make.board(), make.member()
    answer = make.answer(make.thread(board, make.member()), author)
    sell(app, board, owner)
    browse(owner).post(f"/p/{answer.id}/worked")
    browse(staff).post(f"/p/{answer.id}/endorsement")
    said = _of(app, answer)
    assert said["points"] == 25
    browse(author).post(f"/p/{answer.id}/deletion")
    assert _of(app, answer)["points"] == 0
    browse(author).post(f"/p/{answer.id}/deletion/undo")
    assert _of(app, answer) == said


def test_a_purchase_after_the_vote_moves_nothing(app: Flask, make: Factory, browse: Browse, drain: Drain) -> None:
    """What a vote weighs is of its moment; given again it weighs what it weighs then."""
    voter, board = make.member("vera"), make.board()
    answer = make.answer(make.thread(board, make.member()), make.member())
    sell(app, board)
    browse(voter).post(f"/p/{answer.id}/vote", {"value": "1"})
    before = _of(app, answer)
    buy_again(app, voter)
    drain()
    assert _of(app, answer) == before and before["weight"] == 100
    browse(voter).post(f"/p/{answer.id}/vote", {"value": "0"})
    browse(voter).post(f"/p/{answer.id}/vote", {"value": "1"})
    assert _of(app, answer)["weight"] == 150


def test_accepted_answers_on_the_board_weigh(app: Flask, make: Factory, browse: Browse) -> None:
    """Three accepted answers here make a quarter of a vote more; elsewhere they make nothing."""
    asker, knowing, board = make.member(), make.member("kim"), make.board()
    for _number in range(3):
        accepted = make.answer(make.thread(board, asker), knowing)
        browse(asker).post(f"/p/{accepted.id}/acceptance")
    here = make.answer(make.thread(board, asker), make.member())
    there = make.answer(make.thread(make.board(), asker), make.member())
    for answer, weight in ((here, 125), (there, 100)):
        browse(knowing).post(f"/p/{answer.id}/vote", {"value": "1"})
        assert _of(app, answer)["weight"] == weight


# The shop, and what also helped ---------------------------------------------------------------


def test_the_shop_endorses_and_takes_it_back(app: Flask, make: Factory, browse: Browse) -> None:
    """A mark, points, a place, and lines in the log that can be taken back; never of one's own, never by members."""
    staff, asker, author = make.member("mod", role="moderator"), make.member(), make.member()
    thread = make.thread(make.board(), asker)
    liked, answer, own = make.answer(thread, make.member()), make.answer(thread, author), make.answer(thread, staff)
    browse(make.member()).post(f"/p/{liked.id}/vote", {"value": "1"})
    assert browse(author).post(f"/p/{liked.id}/endorsement").status_code == 403
    assert browse(staff).post(f"/p/{own.id}/endorsement").status_code == 403
    hand = browse(staff)
    hand.post(f"/p/{answer.id}/endorsement")
    hand.post(f"/p/{answer.id}/endorsement")
    assert (_of(app, answer)["endorsed"], _of(app, answer)["points"]) == (True, 15)
    page = browse().get(f"/t/{thread.id}/{thread.slug}").get_data(as_text=True)
    assert "Endorsed by the shop" in page
    assert page.index(f'id="p-{answer.id}"') < page.index(f'id="p-{liked.id}"')
    with app.app_context():
        entry = db.session.scalars(select(LogEntry)).one()
        assert (entry.verb, entry.target_id) == ("endorse", answer.id)
        entry_id = entry.id
        db.session.remove()
    assert hand.post(f"/moderation/log/{entry_id}/undo").status_code == 303
    assert (_of(app, answer)["endorsed"], _of(app, answer)["points"]) == (False, 0)
    hand.post(f"/p/{answer.id}/endorsement")
    hand.post(f"/p/{answer.id}/endorsement/undo")
    assert _of(app, answer) == {**_of(app, answer), "endorsed": False, "points": 0, "sure": 0}


def test_the_asker_names_up_to_three_others(app: Flask, make: Factory, browse: Browse) -> None:
    """A mark without points; the accepted one does not count among the three; only the asker names."""
    asker = make.member("ask")
    thread = make.thread(make.board(), asker)
    answers = [make.answer(thread, make.member()) for _number in range(5)]
    hand = browse(asker)
    assert browse(make.member()).post(f"/p/{answers[0].id}/helped").status_code == 403
    for answer in answers[:3]:
        hand.post(f"/p/{answer.id}/helped")
    assert hand.post(f"/p/{answers[3].id}/helped").status_code == 409
    hand.post(f"/p/{answers[0].id}/acceptance")
    assert hand.post(f"/p/{answers[3].id}/helped").status_code == 303
    assert hand.post(f"/p/{answers[4].id}/helped").status_code == 409
    page = browse().get(f"/t/{thread.id}/{thread.slug}").get_data(as_text=True)
    assert page.count("Also helped ask") == 3
    assert _of(app, answers[1])["points"] == 0
    hand.post(f"/p/{answers[1].id}/helped/undo")
    assert [_of(app, answer)["also"] for answer in answers] == [True, False, True, True, False]


# Why ------------------------------------------------------------------------------------------


def test_why_it_is_on_top_is_said_without_script_and_to_guests(
    app: Flask, make: Factory, browse: Browse, request: pytest.FixtureRequest
) -> None:
    """The page of the sum, its part for the behaviour, in a fixed number of queries."""
    watch: Watch = request.getfixturevalue("queries")
    thread = make.thread(make.board(), make.member())
    answer = make.answer(thread, make.member())
    for _number in range(4):
        browse(make.member()).post(f"/p/{answer.id}/worked")
    guest = browse()
    assert f'href="/p/{answer.id}/why"' in guest.get(f"/t/{thread.id}/{thread.slug}").get_data(as_text=True)
    with watch() as seen:
        page = guest.get(f"/p/{answer.id}/why").get_data(as_text=True)
    assert len(seen) <= 6, seen
    for words in ("Why is this on top?", "It worked for 4 of them", "about 60 of 100"):
        assert words in page
    part = guest.get(f"/p/{answer.id}/why", headers={"X-Fragment": "1"}).get_data(as_text=True)
    assert "about 60 of 100" in part and "<html" not in part
    assert guest.get(f"/p/{thread.opening_id}/why").status_code == 404
    assert guest.get("/p/999999/why").status_code == 404


def test_no_page_tells_what_one_vote_weighs(app: Flask, make: Factory, browse: Browse) -> None:
    """With two owners among the voters the page is the same as with none; from three on many are told together."""
    asker, author, board, free = make.member(), make.member(), make.board(), make.board()
    people = [make.member() for _number in range(5)]
    sell(app, board, *people[:3])
    about = make.answer(make.thread(board, asker), author)
    plain = make.answer(make.thread(free, asker), author)

    def why(answer: Post) -> str:
        page = browse().get(f"/p/{answer.id}/why", headers={"X-Fragment": "1"}).get_data(as_text=True)
        return " ".join(page.split())

    for voter in (*people[3:], *people[:2]):
        for answer in (about, plain):
            browse(voter).post(f"/p/{answer.id}/vote", {"value": "1"})
        assert why(about) == why(plain)
    browse(people[2]).post(f"/p/{about.id}/vote", {"value": "1"})
    assert "counts like about 2 votes more" in why(about)


def test_a_version_is_named_once_two_members_have(app: Flask, make: Factory, browse: Browse) -> None:
    assert named_often(["2.1", "Firmware 2.1", "firmware 2.1", "2"]) == (("Firmware 2.1", 2),)
    answer = make.answer(make.thread(make.board(), make.member()), make.member())
    for shown, version in ((False, "firmware 2.1"), (True, "Firmware 2.1")):
        assert browse(make.member()).post(f"/p/{answer.id}/worked", {"version": version}).status_code == 303
        assert ("irmware 2.1" in browse().get(f"/p/{answer.id}/why").get_data(as_text=True)) is shown
