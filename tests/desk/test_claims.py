""" "I'm on it": one at a time for a question, three for a member, for 45 minutes or until the answer is there."""

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import select, update

from forum.core.clock import now
from forum.desk.jobs import end_claims
from forum.desk.models import ThreadClaim
from forum.events.models import OutboxEvent
from forum.threads.models import Thread
from tests.desk.acting import join, read, run, write
from tests.factory import Factory
from tests.surfing import Surfer

Browse = Callable[..., Surfer]
Drain = Callable[[], None]
MINE, FREE = "You are on it", "I’m on it"


def at(thread: Thread) -> str:
    """The address of its page."""
    return f"/t/{thread.id}/{thread.slug}"


def page(surfer: Surfer, thread: Thread) -> str:
    """Its page, as one person sees it."""
    return surfer.get(at(thread)).get_data(as_text=True)


def test_one_is_on_it_and_the_others_see(app: Flask, make: Factory, browse: Browse, drain: Drain) -> None:
    """On the question's page and on the desk; the asker too; guests nothing; it can be given back."""
    board, asker = make.board("kettles"), make.member("newt")
    ann, ben = make.member("ann"), make.member("ben", shown_name="Ben B.")
    join(app, ann, board)
    thread = make.thread(board, asker)
    drain()
    assert FREE in page(browse(ann), thread) and FREE not in page(browse(asker), thread)
    answer = browse(ben).post(f"/t/{thread.id}/claim", {"next": "/desk"})
    assert answer.status_code == 303 and answer.headers["Location"] == "/desk"
    assert MINE in page(browse(ben), thread)
    for surfer in (browse(ann), browse(asker)):
        assert "Ben B. is writing an answer" in page(surfer, thread)
    assert "Ben B. is writing an answer" in browse(ann).get("/desk").get_data(as_text=True)
    assert "writing an answer" not in page(browse(), thread)
    refused = browse(ann).post(f"/t/{thread.id}/claim", fragment=True)
    assert refused.status_code == 409 and "Somebody else" in refused.get_data(as_text=True)
    assert browse(ann).post(f"/t/{thread.id}/claim/undo").status_code == 303
    assert "Ben B. is writing" in page(browse(ann), thread), "only who is on it can give it back"
    fragment = browse(ben).post(f"/t/{thread.id}/claim/undo", fragment=True).get_data(as_text=True)
    assert FREE in fragment and fragment.lstrip().startswith(f'<div class="claim" id="claim-{thread.id}"')
    assert FREE in page(browse(ann), thread)


def test_a_claim_keeps_nobody_from_answering(make: Factory, browse: Browse, drain: Drain, app: Flask) -> None:
    """Others may answer meanwhile; it ends when the one who is on it has."""
    thread = make.thread(make.board(), make.member())
    ann, ben = make.member(), make.member()
    browse(ann).post(f"/t/{thread.id}/claim")
    make.answer(thread, ben)
    drain()
    assert read(app, select(ThreadClaim.member_id)) == [ann.id]
    make.answer(thread, ann)
    drain()
    assert read(app, select(ThreadClaim.member_id)) == []


def test_it_ends_by_itself(app: Flask, make: Factory, browse: Browse) -> None:
    """After 45 minutes it is over for everybody at once, and somebody else may; the job takes the row and tells."""
    thread = make.thread(make.board(), make.member())
    ann, ben = make.member(), make.member()
    browse(ann).post(f"/t/{thread.id}/claim")
    (until,) = read(app, select(ThreadClaim.until))
    assert dt.timedelta(minutes=44) < until - now() <= dt.timedelta(minutes=45)
    run(app, end_claims)
    assert len(read(app, select(ThreadClaim.member_id))) == 1
    write(app, lambda s: s.execute(update(ThreadClaim).values(until=now() - dt.timedelta(seconds=1))))
    assert FREE in page(browse(ben), thread)
    assert browse(ben).post(f"/t/{thread.id}/claim").status_code == 303
    assert read(app, select(ThreadClaim.member_id)) == [ben.id]
    write(app, lambda s: s.execute(update(ThreadClaim).values(until=now() - dt.timedelta(seconds=1))))
    told = len(read(app, select(OutboxEvent.id).where(OutboxEvent.kind == "ClaimChanged")))
    run(app, end_claims)
    assert read(app, select(ThreadClaim.member_id)) == []
    assert len(read(app, select(OutboxEvent.id).where(OutboxEvent.kind == "ClaimChanged"))) == told + 1


def test_three_at_once_and_no_more(app: Flask, make: Factory, browse: Browse) -> None:
    """A fourth is refused in words, until one is given back; the same one again is no fourth."""
    board, asker, ann = make.board(), make.member(rank="sprout"), make.member()
    threads = [make.thread(board, asker, title=f"Question number {n}?") for n in range(4)]
    surfer = browse(ann)
    for thread in (*threads[:3], threads[0]):
        assert surfer.post(f"/t/{thread.id}/claim").status_code == 303
    refused = surfer.post(f"/t/{threads[3].id}/claim")
    assert refused.status_code == 409 and "3 questions already" in refused.get_data(as_text=True)
    assert "/ranks#limit-claims" in refused.get_data(as_text=True)
    surfer.post(f"/t/{threads[1].id}/claim/undo")
    assert surfer.post(f"/t/{threads[3].id}/claim").status_code == 303
    assert len(read(app, select(ThreadClaim.thread_id))) == 3


@pytest.mark.parametrize("state", ["own", "solved", "discussion", "locked", "archived"])
def test_what_cannot_be_taken_up(app: Flask, make: Factory, browse: Browse, state: str) -> None:
    """403 with a reason, and no button."""
    board, asker, ann = make.board(), make.member(), make.member()
    kind = "discussion" if state == "discussion" else "question"
    thread = make.thread(board, ann if state == "own" else asker, kind=kind)
    if state == "solved":
        browse(asker).post(f"/p/{make.answer(thread, make.member()).id}/acceptance")
    if state == "locked":
        write(app, lambda s: s.execute(update(Thread).where(Thread.id == thread.id).values(locked_at=now())))
    if state == "archived":
        write(app, lambda s: s.execute(update(type(board)).where(type(board).id == board.id).values(archived_at=now())))
    assert FREE not in page(browse(ann), thread)
    assert browse(ann).post(f"/t/{thread.id}/claim").status_code == 403
    assert read(app, select(ThreadClaim.thread_id)) == []


def test_the_fragment_is_for_who_may_see_the_question(make: Factory, browse: Browse) -> None:
    """Asked for by an open page; as a page it leads to the question; for others there is nothing."""
    thread = make.thread(make.board(see_rank="bough"), make.member(rank="bough"))
    high, low = browse(make.member(rank="bough")), browse(make.member())
    fragment = high.get(f"/desk/claims/{thread.id}", headers={"X-Fragment": "1"})
    assert fragment.status_code == 200 and FREE in fragment.get_data(as_text=True)
    assert high.get(f"/desk/claims/{thread.id}").headers["Location"] == at(thread)
    for path in (f"/desk/claims/{thread.id}", f"/t/{thread.id}/claim"):
        assert (low.get if "claims" in path else low.post)(path).status_code == 404


def test_many_at_once_make_one_claim(app: Flask, make: Factory, browse: Browse) -> None:
    """Eight members on one question: one is on it. One member on eight questions: three."""
    board, asker = make.board(), make.member(rank="sprout")
    threads = [make.thread(board, asker, title=f"Question number {n}?") for n in range(9)]
    crowd = [browse(make.member()) for _ in range(8)]
    tokens = [surfer.csrf_token() for surfer in crowd]

    def claim(surfer: Surfer, token: str, thread: Thread) -> int:
        return surfer.client.post(f"/t/{thread.id}/claim", data={"csrf_token": token}).status_code

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(claim, crowd, tokens, [threads[0]] * 8))
    assert sorted(answers) == [303] + [409] * 7
    busy = make.member()
    hands = [browse(busy) for _ in range(8)]
    tokens = [surfer.csrf_token() for surfer in hands]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(claim, hands, tokens, threads[1:]))
    assert sorted(answers) == [303] * 3 + [409] * 5
    assert len(read(app, select(ThreadClaim.thread_id).where(ThreadClaim.member_id == busy.id))) == 3
