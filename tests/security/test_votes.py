"""T24: votes at once are counted once a member, and whatever the order, the score is the sum of the votes."""

import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import func, insert, select

from forum.access.actors import load_actor
from forum.core.clock import now
from forum.core.tokens import hash_token
from forum.core.unit_of_work import unit_of_work
from forum.extensions import db
from forum.members.models import Member, MemberSession
from forum.reputation.models import MemberStanding
from forum.threads import actions
from forum.threads.models import Post, Vote
from forum.threads.recounting import recount_thread
from tests.factory import Factory
from tests.sampling import few_or_many
from tests.security.walking import was_here
from tests.surfing import Surfer


def members(app: Flask, names: list[str], rank: str = "twig") -> list[int]:
    """So many new members with a session each, made by a few statements."""
    moment = now()
    with app.app_context():
        with unit_of_work() as session:
            people = [{"name": name, "name_key": name, "joined_at": moment, "confirmed_at": moment} for name in names]
            session.execute(insert(Member), people)
            ids = session.scalars(select(Member.id).where(Member.name.in_(names)).order_by(Member.id)).all()
            session.execute(
                insert(MemberStanding), [{"member_id": id, "rank_key": rank, "rank_since": moment} for id in ids]
            )
            was_here(session, ids)
            session.execute(
                insert(MemberSession),
                [
                    {"token_hash": hash_token(f"token-{id}"), "member_id": id, "created_at": moment, "used_at": moment}
                    for id in ids
                ],
            )
        db.session.remove()
    return list(ids)


def hands(app: Flask, names: list[str]) -> list[Surfer]:
    """A browser for each of so many new members."""
    return [hand_with(app, f"token-{id}") for id in members(app, names)]


def hand_with(app: Flask, token: str) -> Surfer:
    """A browser whose cookie holds this session."""
    hand = Surfer(app)
    hand.token = token
    with hand.client.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"] = token, True
    return hand


def counted(app: Flask, *posts: Post) -> list[tuple[int, int]]:
    """For each post its score and its votes' sum; the recount finds nothing to put right."""
    found = []
    with app.app_context():
        with unit_of_work() as session:
            for post in posts:
                votes = session.scalar(select(func.sum(Vote.value)).where(Vote.post_id == post.id)) or 0
                found.append((session.get_one(Post, post.id).score, votes))
            assert recount_thread(session, posts[0].thread_id) == {}
        db.session.remove()
    return found


def test_fifty_at_once_by_one_member_are_one_vote(app: Flask, make: Factory) -> None:
    """One row, +1."""
    answer = make.answer(make.thread(make.board(), make.member("ann")), make.member("otto"))
    (hand,) = hands(app, ["mia"])
    cookie, token = hand.cookie_header(), hand.csrf_token()
    cookie = hand.cookie_header()
    gate, statuses = threading.Barrier(50), []

    def vote() -> None:
        client = app.test_client(use_cookies=False)
        gate.wait()
        form = {"csrf_token": token, "value": "1"}
        statuses.append(client.post(f"/p/{answer.id}/vote", data=form, headers={"Cookie": cookie}).status_code)

    _all_at_once([vote] * 50)
    assert set(statuses) == {303}, statuses
    assert counted(app, answer) == [(1, 1)]
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Vote)) == 1


@pytest.mark.parametrize("size", few_or_many(60, 400))
def test_a_crowd_is_counted_whole(app: Flask, make: Factory, size: int) -> None:
    """So many members, many at once: so many votes."""
    answer = make.answer(make.thread(make.board(), make.member("ann")), make.member("otto"))
    crowd = members(app, [f"crowd{number:03}" for number in range(size)])

    def vote(member_id: int) -> None:
        with app.app_context():
            with unit_of_work() as session:
                actions.vote(session, load_actor(session, member_id), session.get_one(Post, answer.id), 1)
            db.session.remove()

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(vote, crowd))
    assert counted(app, answer) == [(size, size)]


@pytest.mark.parametrize("turns", few_or_many(8, 25))
def test_a_storm_of_up_down_and_back(app: Flask, make: Factory, turns: int) -> None:
    """Eight members change their minds at once, all over a thread."""
    thread = make.thread(make.board(), make.member("ann"))
    answers = [make.answer(thread, make.member(f"author{number}")) for number in range(4)]
    crowd = hands(app, [f"storm{number}" for number in range(8)])

    def blow(hand: Surfer) -> set[int]:
        dice = random.Random(hand.token)
        return {
            hand.post(
                f"/p/{dice.choice(answers).id}/vote", {"value": dice.choice(("1", "-1", "0")), "reason": "wrong"}
            ).status_code
            for _turn in range(turns)
        }

    with ThreadPoolExecutor(8) as pool:
        # 303, or 403: a down vote costs its giver a point, and a member who falls below Twig gives no more of them
        assert set().union(*pool.map(blow, crowd)) <= {303, 403}
    scores = counted(app, *answers)
    assert all(score == votes for score, votes in scores), scores
    assert any(score for score, _votes in scores)


def _all_at_once(work: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=one) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
