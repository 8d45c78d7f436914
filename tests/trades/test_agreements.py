"""Agreeing: in a thread, with somebody who takes part in it, once, and with their yes."""

import datetime as dt

import pytest
from sqlalchemy import update

from forum.boards.models import STAFF, Board
from forum.core.clock import now
from forum.core.ratelimit import RULES
from forum.threads.models import Post, Thread
from tests.trades.world import Pair


def test_from_the_thread_to_the_agreement(pair: Pair) -> None:
    """A quiet link at the thread's end; a form with those who wrote there; the other one's bell; a yes; its notice."""
    thread = pair.page("ann", f"/t/{pair.thread.id}/{pair.thread.slug}")
    assert f'href="/t/{pair.thread.id}/agreements"' in thread
    assert "agreements" not in pair.page("guest", f"/t/{pair.thread.id}/{pair.thread.slug}")
    form = pair.page("ann", f"/t/{pair.thread.id}/agreements")
    assert '<option value="ben"' in form and '<option value="ann"' not in form and '<option value="otto"' not in form
    id = pair.propose()
    assert "ben proposes" not in pair.bell("ann")
    assert "ann proposes a deal" in pair.bell("ben") and f'href="/agreements/{id}"' in pair.bell("ben")
    assert "Agree" in pair.page("ben", f"/agreements/{id}")
    assert pair.hands["ben"].post(f"/agreements/{id}/acceptance").status_code == 303
    assert "ben agreed" in pair.bell("ann")
    assert "Say how it went" in pair.page("ann", f"/agreements/{id}")
    assert '<option value="ben"' not in pair.page("ann", f"/t/{pair.thread.id}/agreements"), "once a pair and thread"


def test_declining_is_quiet_and_for_good(pair: Pair) -> None:
    """The one who asked hears it; nobody can rate; nobody can ask again there, from either side."""
    id = pair.propose(kind="mentoring")
    assert pair.hands["ben"].post(f"/agreements/{id}/refusal").status_code == 303
    assert "ben would rather not" in pair.bell("ann")
    assert pair.rate("ann", id) == 403 and pair.rate("ben", id) == 403
    for by, to in (("ann", "ben"), ("ben", "ann")):
        again = pair.hands[by].post(f"/t/{pair.thread.id}/agreements", {"kind": "deal", "name": to})
        assert again.status_code == 409
    assert pair.hands["ben"].post(f"/agreements/{id}/acceptance").status_code == 403


def test_a_button_that_is_pressed_twice_is_no_mistake(pair: Pair) -> None:
    """The second yes, or no, changes nothing and tells nobody again; the other answer is refused."""
    for act, other in (("acceptance", "refusal"), ("refusal", "acceptance")):
        id = pair.propose() if act == "acceptance" else pair.propose(by="otto", to="ben")
        for _again in range(2):
            assert pair.hands["ben"].post(f"/agreements/{id}/{act}").headers["Location"] == f"/agreements/{id}"
        assert pair.hands["ben"].post(f"/agreements/{id}/{other}").status_code == 403
    assert pair.bell("ann").count("ben agreed") == 1


def test_taking_a_proposal_back_takes_its_notice(pair: Pair) -> None:
    """Unanswered it can go, by who made it; then it may be made again."""
    id = pair.propose()
    pair.drain()
    assert pair.hands["ben"].post(f"/agreements/{id}/withdrawal").status_code == 403
    assert pair.hands["ann"].post(f"/agreements/{id}/withdrawal").status_code == 303
    assert "proposes" not in pair.bell("ben")
    id = pair.propose()
    assert pair.hands["ben"].post(f"/agreements/{id}/acceptance").status_code == 303
    assert pair.hands["ann"].post(f"/agreements/{id}/withdrawal").status_code == 403


def test_only_the_two_see_it(pair: Pair) -> None:
    """Others, moderators too, find nothing at its address and can do nothing to it."""
    id = pair.agreed()
    for who in ("otto", "mo"):
        assert pair.hands[who].get(f"/agreements/{id}").status_code == 404
        for act in ("acceptance", "refusal", "withdrawal"):
            assert pair.hands[who].post(f"/agreements/{id}/{act}").status_code == 404
        assert pair.rate(who, id) == 404
    assert "/sign-in" in pair.hands["guest"].get(f"/agreements/{id}").headers["Location"]


def test_not_with_oneself_nor_with_who_is_not_there(pair: Pair) -> None:
    """Oneself, somebody who did not write there, nobody, no kind: said at the field."""
    for form, status, says in (
        ({"kind": "deal", "name": "ann"}, 403, "You cannot agree with yourself."),
        ({"kind": "deal", "name": "otto"}, 422, "Choose somebody who wrote in this thread."),
        ({"kind": "deal", "name": "nobody"}, 422, "Choose somebody who wrote in this thread."),
        ({"kind": "gift", "name": "ben"}, 422, "Choose a deal or mentoring."),
    ):
        answer = pair.hands["ann"].post(f"/t/{pair.thread.id}/agreements", form)
        assert answer.status_code == status and says in answer.get_data(as_text=True), form


@pytest.mark.parametrize("state", ["suspended", "merged", "unconfirmed", "erased"])
def test_not_with_an_account_that_is_away(pair: Pair, state: str) -> None:
    """Neither offered nor taken."""
    pair.alter(pair.ben, **{
        "suspended": {"suspended_until": now() + dt.timedelta(days=3)}, "merged": {"merged_into_id": pair.otto.id},
        "unconfirmed": {"confirmed_at": None}, "erased": {"erased_at": now()},
    }[state])
    assert 'value="ben"' not in pair.page("ann", f"/t/{pair.thread.id}/agreements")
    answer = pair.hands["ann"].post(f"/t/{pair.thread.id}/agreements", {"kind": "deal", "name": "ben"})
    assert answer.status_code == 403


def test_not_by_who_may_not_write(pair: Pair) -> None:
    """The silenced read and may neither propose nor rate."""
    id = pair.agreed()
    pair.alter(pair.ann, silenced_until=now() + dt.timedelta(days=3))
    assert pair.rate("ann", id) == 403
    answer = pair.hands["ann"].post(f"/t/{pair.thread.id}/agreements", {"kind": "deal", "name": "ben"})
    assert answer.status_code == 403


def test_a_thread_that_is_gone_takes_its_agreements_along(pair: Pair) -> None:
    """Hidden: for Ben its agreement is nowhere; the author of the thread still reads it and cannot propose. Shown
    again it all is as before."""
    id = pair.agreed()
    hidden = now()

    def hide(moment: dt.datetime | None) -> None:
        pair.write(lambda session: session.execute(
            update(Thread).where(Thread.id == pair.thread.id).values(hidden_at=moment)
        ))

    hide(hidden)
    assert pair.hands["ben"].get(f"/agreements/{id}").status_code == 404 and pair.rate("ben", id) == 404
    form = {"kind": "deal", "name": "ben"}
    assert pair.hands["ben"].post(f"/t/{pair.thread.id}/agreements", form).status_code == 404
    assert pair.hands["ann"].post(f"/t/{pair.thread.id}/agreements", form).status_code == 403
    hide(None)
    assert pair.rate("ben", id) == 303


def test_a_board_that_is_closed_to_one(pair: Pair) -> None:
    """Who may not read the thread any more can neither see nor rate; archived, nothing new is proposed."""
    id = pair.agreed()

    def close(**values: object) -> None:
        pair.write(lambda session: session.execute(
            update(Board).where(Board.id == pair.board.id).values(**values)
        ))

    close(see_rank=STAFF)
    assert pair.hands["ann"].get(f"/agreements/{id}").status_code == 404 and pair.rate("ann", id) == 404
    close(see_rank=None, archived_at=now())
    assert pair.rate("ann", id) == 303, "what was agreed on can be rated where it was archived since"
    late = pair.make.member("lea", rank="twig")
    pair.write(lambda session: session.execute(update(Post).where(Post.id == pair.post.id).values(author_id=late.id)))
    answer = pair.hands["ann"].post(f"/t/{pair.thread.id}/agreements", {"kind": "deal", "name": "lea"})
    assert answer.status_code == 403


def test_limits_are_there() -> None:
    """Five proposals and twenty ratings a day."""
    assert RULES["agreement"] == "5 per day" and RULES["rating"] == "20 per day"
