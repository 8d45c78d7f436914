"""Ratings: once each, shown together, replied to once, withdrawn with a reason, and counted on the profile."""

import datetime as dt
import re
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from sqlalchemy import func, insert, select, text, update
from sqlalchemy.orm import Session

from forum.access.actors import load_actor
from forum.boards.models import Board
from forum.core.clock import now
from forum.members.models import Member
from forum.moderation.models import LogEntry
from forum.trades import queries as trade_queries
from forum.trades.models import TradeAgreement, TradeRating
from tests.conftest import DATABASE
from tests.plans import explained
from tests.trades.world import Pair

Counting = Callable[[], AbstractContextManager[list[str]]]


def numbers(pair: Pair) -> list[int]:
    """The ids of all ratings."""
    ids = select(TradeRating.id).order_by(TradeRating.id)
    found: list[int] = pair.write(lambda session: list(session.scalars(ids)))
    return found


def test_both_show_with_the_second(pair: Pair) -> None:
    """The first is told of without its words; with the second both can be read, by everybody, and both hear of it."""
    id = pair.agreed()
    assert pair.rate("ann", id, 1, "Quick and careful.") == 303
    assert "ann has rated what you agreed on" in pair.bell("ben")
    assert "Quick and careful." not in pair.page("ben", f"/agreements/{id}") + pair.page("guest", "/m/ben/feedback")
    assert "Quick and careful." in pair.page("ann", f"/agreements/{id}"), "one reads one's own"
    assert pair.rate("ben", id, -1, "The lid never came.") == 303
    for who in ("guest", "otto", "ben"):
        assert "Quick and careful." in pair.page(who, "/m/ben/feedback")
        assert "The lid never came." in pair.page(who, "/m/ann/feedback")
    assert "You can read what ann says" in pair.bell("ben") and "You can read what ben says" in pair.bell("ann")


def test_alone_it_shows_after_two_weeks_and_rating_is_over(pair: Pair) -> None:
    """No job is needed for it to show; who did not rate cannot answer it with a rating, but with a reply."""
    id = pair.agreed()
    pair.rate("ann", id, 0, "It took a while.")
    pair.passes(13.9)
    assert "It took a while." not in pair.page("guest", "/m/ben/feedback")
    pair.passes(0.2)
    assert "It took a while." in pair.page("guest", "/m/ben/feedback")
    assert pair.rate("ben", id, -1, "Revenge.") == 409
    assert "The time to rate is over" in pair.page("ben", f"/agreements/{id}")
    assert pair.bell("ben").count("You can read what ann says") == 1
    door = f'<a href="/agreements/{id}#rating-{numbers(pair)[0]}" rel="nofollow">Reply</a>'
    assert [door in pair.page(who, "/m/ben/feedback") for who in ("ben", "ann", "guest")] == [True, False, False]
    assert f'action="/ratings/{numbers(pair)[0]}/reply"' in pair.page("ben", f"/agreements/{id}")
    reply = {"words": "It did, and I am sorry."}
    assert pair.hands["ben"].post(f"/ratings/{numbers(pair)[0]}/reply", reply).status_code == 303
    assert "It did, and I am sorry." in pair.page("guest", "/m/ben/feedback")
    assert door not in pair.page("ben", "/m/ben/feedback")
    assert "ben replied to your rating" in pair.bell("ann")


def test_once_each_and_never_changed(pair: Pair) -> None:
    """A second rating, and a second reply, are refused; before both have agreed there is none."""
    id = pair.propose()
    assert pair.rate("ann", id) == 403
    pair.hands["ben"].post(f"/agreements/{id}/acceptance")
    assert pair.rate("ann", id) == 303 and pair.rate("ann", id, -1) == 409
    assert pair.rate("ben", id) == 303
    mine, theirs = numbers(pair)
    for _again, status in ((0, 303), (1, 403)):
        assert pair.hands["ben"].post(f"/ratings/{mine}/reply", {"words": "Thank you."}).status_code == status
    assert pair.hands["ben"].post(f"/ratings/{theirs}/reply", {"words": "Me too."}).status_code == 403
    assert pair.hands["otto"].post(f"/ratings/{theirs}/reply", {"words": "Me too."}).status_code == 403


def test_what_is_wrong_is_said_and_what_was_typed_is_kept(pair: Pair) -> None:
    """No value, no words, too many words: at the field, with what was typed."""
    id = pair.agreed()
    hand = pair.hands["ann"]
    answer = hand.post(f"/agreements/{id}/ratings", {"value": "2", "words": "Kept words."})
    shown = answer.get_data(as_text=True)
    assert answer.status_code == 422 and "Choose positive, neutral or negative." in shown and "Kept words." in shown
    for words in ("", " \u200b ", "x" * 301):
        assert hand.post(f"/agreements/{id}/ratings", {"value": "1", "words": words}).status_code == 422
    assert hand.post(f"/agreements/{id}/ratings", {"value": "1", "words": "x" * 300}).status_code == 303
    pair.rate("ben", id)
    answer = pair.hands["ben"].post(f"/ratings/{numbers(pair)[0]}/reply", {"words": "Kept reply. " * 40})
    shown = answer.get_data(as_text=True)
    assert answer.status_code == 422 and "Reply in at most 300 characters." in shown and "Kept reply. Kept" in shown
    assert "field-error" in shown and f'action="/ratings/{numbers(pair)[0]}/reply"' in shown


def test_moderators_withdraw_with_a_reason_and_take_it_back(pair: Pair) -> None:
    """Out of sight and out of the count, its author reads why, it is in the log and can be undone; not by the two."""
    id = pair.agreed()
    pair.rate("ann", id, -1, "He lives in Elm Street 5.")
    pair.rate("ben", id)
    rating = numbers(pair)[0]
    assert pair.hands["ben"].post(f"/ratings/{rating}/withdrawal", {"reason": "No."}).status_code == 403
    assert pair.hands["mo"].post(f"/ratings/{rating}/withdrawal", {"reason": " "}).status_code == 422
    assert pair.hands["mo"].get(f"/ratings/{rating}/withdrawal").status_code == 200
    reason = {"reason": "It names an address."}
    assert pair.hands["mo"].post(f"/ratings/{rating}/withdrawal", reason).status_code == 303
    assert pair.hands["mo"].post(f"/ratings/{rating}/withdrawal", reason).status_code == 409
    for who in ("guest", "otto", "ben"):
        assert "Elm Street" not in pair.page(who, "/m/ben/feedback")
    assert "It names an address." in pair.page("mo", "/m/ben/feedback") + pair.page("ann", f"/agreements/{id}")
    assert "It names an address." in pair.bell("ann")
    assert pair.hands["ben"].post(f"/ratings/{rating}/reply", {"words": "No."}).status_code == 403
    entry = pair.write(lambda session: session.scalar(select(LogEntry.id).where(LogEntry.verb == "withdraw_rating")))
    assert "withdrew a rating by" in pair.page("mo", "/moderation/log")
    assert pair.hands["mo"].post(f"/moderation/log/{entry}/undo").status_code == 303
    assert "Elm Street" in pair.page("guest", "/m/ben/feedback") and "shows again" in pair.bell("ann")


def test_moderators_read_nothing_before_it_shows(pair: Pair) -> None:
    """To a moderator, an unseen rating is not there: neither to be read nor to be withdrawn."""
    id = pair.agreed()
    pair.rate("ann", id, -1, "Secret so far.")
    assert "Secret so far." not in pair.page("mo", "/m/ben/feedback")
    assert pair.hands["mo"].get(f"/ratings/{numbers(pair)[0]}/withdrawal").status_code == 404
    assert pair.hands["mo"].post(f"/ratings/{numbers(pair)[0]}/withdrawal", {"reason": "x"}).status_code == 404


def test_a_redacted_address_goes_from_ratings_too(pair: Pair) -> None:
    """What an admin redacts from a post is taken out of what was said afterwards."""
    id = pair.agreed()
    leak = "7731-2209-04"
    post = pair.make.reply(pair.post, pair.ann, body=f"The order was {leak} in May.")
    pair.rate("ann", id, 1, f"Found it under {leak} himself.")
    pair.rate("ben", id, 1, "All fine.")
    form = {"body": "The order was in May.", "title": "", "reason": "An order number."}
    answer = pair.hands["mo"].post(f"/p/{post.id}/redaction", form)
    assert answer.status_code == 303, answer.get_data(as_text=True)[-2500:]
    assert leak not in pair.page("guest", "/m/ben/feedback") and "himself" in pair.page("guest", "/m/ben/feedback")


def said(pair: Pair, how: list[int], days: float = 1) -> None:
    """Ratings of Ben by others, each from a thread of its own, shown so many days ago."""
    shown = now() - dt.timedelta(days=days)
    for value in how:
        rater, thread = pair.make.member(), pair.make.thread(pair.board, pair.otto)

        def add(session: Session, rater: Member = rater, thread_id: int = thread.id, value: int = value) -> None:
            agreement = TradeAgreement(
                thread_id=thread_id, kind="deal", proposer_id=rater.id, partner_id=pair.ben.id, low_id=pair.ben.id,
                high_id=rater.id, state="agreed", proposed_at=shown, answered_at=shown,
            )
            session.add(agreement)
            session.flush()
            session.add(TradeRating(
                agreement_id=agreement.id, rater_id=rater.id, rated_id=pair.ben.id, value=value, words="Said.",
                created_at=shown, shown_from=shown, told=True,
            ))

        pair.write(add)


def test_the_share_of_twelve_months(pair: Pair) -> None:
    """From three on, of the last year alone; never a zero."""
    assert "Deals and mentoring" not in pair.page("guest", "/m/ben")
    said(pair, [1, 1, 1, 1], days=400)
    assert "Deals and mentoring" not in pair.page("guest", "/m/ben")
    said(pair, [1, -1])
    shown = pair.page("guest", "/m/ben")
    assert "2 ratings in twelve months" in shown and "positive" not in shown
    said(pair, [1])
    assert "67% positive of 3 ratings in twelve months" in pair.page("guest", "/m/ben")


@pytest.mark.parametrize(("count", "positive", "percent"), [
    (2, 2, None), (3, 3, 100), (3, 0, 0), (300, 299, 99), (300, 1, 1), (8, 5, 62),
])
def test_all_and_none_are_said_of_all_and_none_alone(count: int, positive: int, percent: int | None) -> None:
    """One negative among hundreds is not rounded away."""
    assert trade_queries.share_of(count, positive) == trade_queries.Share(count, percent)


def test_ratings_of_a_closed_board_are_for_its_readers(pair: Pair) -> None:
    """Words and counts of threads that one may not read are not there."""
    id = pair.agreed()
    pair.rate("ann", id, 1, "Among us.")
    pair.rate("ben", id)
    pair.write(lambda session: session.execute(
        update(Board).where(Board.id == pair.board.id).values(see_rank="bough")
    ))
    assert "Among us." not in pair.page("guest", "/m/ben/feedback") + pair.page("otto", "/m/ben/feedback")
    assert "rating" not in re.sub(r"<[^>]*>", "", pair.page("guest", "/m/ben"))
    assert "Among us." in pair.page("mo", "/m/ben/feedback")


def test_who_left_has_no_name(pair: Pair) -> None:
    """What an erased member said stays, without them."""
    id = pair.agreed()
    pair.rate("ann", id, 1, "All good.")
    pair.rate("ben", id)
    pair.alter(pair.ann, erased_at=now())
    shown = pair.page("guest", "/m/ben/feedback")
    assert "All good." in shown and "somebody who left" in shown and "/m/ann" not in shown


def test_what_waits_is_on_ones_own_page(pair: Pair) -> None:
    """To be answered, to be rated; to nobody else."""
    id = pair.propose()
    assert f"/agreements/{id}" in pair.page("ben", "/m/ben/feedback")
    assert f"/agreements/{id}" not in pair.page("ann", "/m/ben/feedback") + pair.page("mo", "/m/ben/feedback")
    pair.hands["ben"].post(f"/agreements/{id}/acceptance")
    pair.rate("ben", id)
    assert f"/agreements/{id}" not in pair.page("ben", "/m/ben/feedback")
    assert f"/agreements/{id}" in pair.page("ann", "/m/ann/feedback")


def test_both_at_once(pair: Pair) -> None:
    """Two ratings in the same moment: both are there, both show, each is told of once."""
    id = pair.agreed()
    start, statuses = threading.Barrier(2), list[int]()

    def go(who: str) -> None:
        start.wait()
        statuses.append(pair.rate(who, id, 1, f"By {who}."))

    threads = [threading.Thread(target=go, args=(who,)) for who in ("ann", "ben")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [303, 303]
    assert "By ann." in pair.page("guest", "/m/ben/feedback") and "By ben." in pair.page("guest", "/m/ann/feedback")


@pytest.mark.parametrize("size", [2, 60])
def test_queries(pair: Pair, queries: Counting, size: int) -> None:
    """As many whatever was said: a page of feedback in 7, an agreement in 6, the thread's page of them in 7."""
    id = pair.agreed()
    said(pair, [1] * size)
    for who, path, most in (
        ("otto", "/m/ben/feedback", 7), ("ben", "/m/ben/feedback", 8), ("ann", f"/agreements/{id}", 6),
        ("ann", f"/t/{pair.thread.id}/agreements", 7),
    ):
        pair.page(who, path)
        with queries() as seen:
            assert pair.page(who, path)
        assert len(seen) <= most, (path, len(seen), seen)


def test_feedback_pages_by_key(pair: Pair) -> None:
    """Every rating once, the latest first."""
    said(pair, [1] * 45)
    path, found = "/m/ben/feedback", list[int]()
    while path:
        shown = pair.page("guest", path)
        found += [int(number) for number in re.findall(r'id="rating-(\d+)"', shown)]
        following = re.search(r'href="(/m/ben/feedback\?before=[0-9.]+)"', shown)
        path = following[1] if following else ""
    assert sorted(found) == numbers(pair) and len(set(found)) == 45
    assert pair.hands["guest"].get("/m/ben/feedback?before=x").status_code == 404


def test_the_lists_are_stretches_of_indexes(
    pair: Pair, session: Session, plan: Callable[..., str]
) -> None:
    """One member's ratings among thousands, and what is to be told, are read from their indexes."""
    many = 4_000
    moment = now()

    def fill(writing: Session) -> None:
        rows: list[dict[str, Any]] = [
            {"id": 1_000 + n, "name": f"crowd{n}", "name_key": f"crowd{n}", "joined_at": moment} for n in range(many)
        ]
        writing.execute(insert(Member), rows)
        writing.execute(insert(TradeAgreement), [
            {"id": n + 1, "thread_id": pair.thread.id, "kind": "deal", "proposer_id": 1_000 + n,
             "partner_id": pair.ben.id if n % 40 == 0 else pair.ann.id, "low_id": 1, "high_id": 1_000 + n,
             "state": "agreed", "proposed_at": moment}
            for n in range(many)
        ])
        writing.execute(insert(TradeRating), [
            {"agreement_id": n + 1, "rater_id": 1_000 + n, "rated_id": pair.ben.id if n % 40 == 0 else pair.ann.id,
             "value": 1, "words": "Said.", "created_at": moment, "shown_from": moment - dt.timedelta(minutes=n),
             "told": True}
            for n in range(many)
        ])

    pair.write(fill)
    session.execute(text("ANALYZE"))
    session.commit()
    seen = explained(session, trade_queries.said_of(load_actor(session, None), pair.ben.id).limit(21))
    assert "ix_trade_rating_rated" in seen, seen
    due = select(TradeRating.id).where(TradeRating.told.is_(False), TradeRating.shown_from <= now())
    seen = explained(session, due.order_by(TradeRating.shown_from).limit(200))
    assert "ix_trade_rating_told" in seen, seen
    assert ("SCAN trade_rating" not in seen) if DATABASE == "sqlite" else ("Seq Scan on trade_rating" not in seen), seen
    assert session.scalar(select(func.count()).select_from(TradeRating)) == many
