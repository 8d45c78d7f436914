"""Votes: what they change, what they are refused for, and many at once."""

import threading
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from forum.access.actors import load_actor
from forum.core.errors import DomainError, Forbidden, Invalid, TooMany
from forum.core.unit_of_work import unit_of_work
from forum.extensions import db
from forum.reputation.helpfulness import Tally, helpfulness
from forum.reputation.models import MemberStanding
from forum.threads import actions, state
from forum.threads.models import Post, Thread, Vote
from tests.conftest import days_ago
from tests.factory import Factory
from tests.surfing import Surfer


def _vote(member_id: int, post_id: int | None, value: int, reason: str | None = None) -> None:
    with unit_of_work() as session:
        actions.vote(session, load_actor(session, member_id), session.get_one(Post, post_id), value, reason)


def test_up_back_and_again(session: Session, make: Factory) -> None:
    thread = make.thread(make.board(), make.member())
    answer, voter = make.answer(thread, make.member()), make.member()
    for value, score in ((1, 1), (1, 1), (0, 0), (0, 0), (1, 1)):
        _vote(voter.id, answer.id, value)
        session.rollback()
        found = session.get_one(Post, answer.id)
        assert (found.score, found.up_count, found.helpfulness) == (score, score, helpfulness(Tally.of(score)))
    assert session.scalar(select(func.count()).select_from(Vote)) == 1
    assert session.get_one(MemberStanding, answer.author_id).reputation == 10


def test_a_vote_on_an_opening_counts_for_its_thread(session: Session, make: Factory) -> None:
    thread = make.thread(make.board(), make.member())
    before = session.get_one(Thread, thread.id).version
    _vote(make.member().id, thread.opening_id, 1)
    session.rollback()
    found = session.get_one(Thread, thread.id)
    assert found.score == 1 and found.version > before


def test_down_votes_are_for_answers_by_rank_and_with_a_reason(session: Session, make: Factory) -> None:
    thread = make.thread(make.board(), make.member())
    answer, seed, twig = make.answer(thread, make.member()), make.member(), make.member(rank="twig")
    with pytest.raises(Forbidden) as refused:
        _vote(seed.id, answer.id, -1, "wrong")
    assert refused.value.rule == "privilege-vote_down"
    with pytest.raises(Forbidden):
        _vote(twig.id, thread.opening_id, -1, "wrong")
    with pytest.raises(Invalid):
        _vote(twig.id, answer.id, -1)
    with pytest.raises(Invalid):
        _vote(twig.id, answer.id, -1, "ugly")
    _vote(twig.id, answer.id, -1, "unsafe")
    session.rollback()
    assert session.get_one(Post, answer.id).score == -1
    assert session.scalars(select(Vote)).one().reason == "unsafe"
    _vote(twig.id, answer.id, 1)
    session.rollback()
    found = session.get_one(Post, answer.id)
    assert (found.score, found.up_count, found.down_count) == (1, 1, 0)


def test_nobody_votes_for_themselves_or_for_what_is_gone(session: Session, make: Factory) -> None:
    thread = make.thread(make.board(), make.member())
    answer, voter = make.answer(thread, make.member()), make.member()
    with pytest.raises(Forbidden):
        _vote(answer.author_id, answer.id, 1)
    with pytest.raises(Forbidden):
        _vote(make.member(confirmed=False).id, answer.id, 1)
    with unit_of_work() as writing:
        state.set_hidden(writing, writing.get_one(Post, answer.id), None, "spam")
    with pytest.raises(Forbidden):
        _vote(voter.id, answer.id, 1)
    for value in (2, -2):
        with pytest.raises(Invalid):
            _vote(voter.id, answer.id, value)


def test_the_votes_of_a_day_and_those_for_one_member_are_limited(session: Session, make: Factory) -> None:
    board, voter, ana = make.board(), make.member(), make.member()
    by_ana = [make.answer(make.thread(board, make.member()), ana) for _ in range(5)]
    for answer in by_ana[:4]:
        _vote(voter.id, answer.id, 1)
    with pytest.raises(TooMany):
        _vote(voter.id, by_ana[4].id, 1)
    _vote(voter.id, by_ana[0].id, 0)
    _vote(voter.id, by_ana[4].id, 1)
    others = [make.answer(make.thread(board, make.member()), make.member()) for _ in range(7)]
    for answer in others[:6]:
        _vote(voter.id, answer.id, 1)
    with pytest.raises(TooMany) as refused:
        _vote(voter.id, others[6].id, 1)
    assert 0 < refused.value.retry_after <= 24 * 3600
    with unit_of_work() as writing:
        for vote in writing.scalars(select(Vote)):
            vote.changed_at = days_ago(1.01)
    _vote(voter.id, others[6].id, 1)


@pytest.mark.parametrize("times", [50])
def test_many_votes_of_one_member_at_once_are_one(app: Flask, session: Session, make: Factory, times: int) -> None:
    answer = make.answer(make.thread(make.board(), make.member()), make.member())
    voter = make.member()
    _at_once(app, [lambda: _vote(voter.id, answer.id, 1)] * times)
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Vote)) == 1
    assert session.get_one(Post, answer.id).score == 1
    assert session.get_one(MemberStanding, answer.author_id).reputation == 10


def test_a_storm_leaves_scores_that_are_the_sum_of_votes(app: Flask, session: Session, make: Factory) -> None:
    thread = make.thread(make.board(), make.member())
    answers = [make.answer(thread, make.member()) for _ in range(3)]
    acts: list[Callable[[], None]] = []
    for number in range(12):
        voter = make.member(role="moderator")
        for answer in answers:
            for value in ((1, 0, -1), (-1, 1, 0), (0, -1, 1))[number % 3]:
                acts.append(lambda v=voter.id, a=answer.id, n=value: _vote(v, a, n, "wrong"))
    _at_once(app, acts)
    session.rollback()
    for answer in answers:
        total = session.scalar(select(func.coalesce(func.sum(Vote.value), 0)).where(Vote.post_id == answer.id))
        assert session.get_one(Post, answer.id).score == total
    with unit_of_work() as writing:
        assert state.recount_thread(writing, thread.id) == {}


def test_what_one_may_not_read_one_may_not_vote_on(make: Factory, browse: Callable[..., Surfer]) -> None:
    staff = make.member(role="moderator")
    secret = make.thread(make.board("secret", see_rank="staff"), staff)
    outsider, guest = browse(make.member()), browse()
    for path, data in (
        (f"/p/{secret.opening_id}/vote", {"value": "1"}), (f"/p/{secret.opening_id}/acceptance", {}),
        (f"/p/{secret.opening_id}/deletion", {}), (f"/p/{secret.opening_id}/revision", {"body": "Mine now"}),
        (f"/t/{secret.id}/replies", {"body": "Hello"}), (f"/t/{secret.id}/details", {"body": "Hello"}),
        (f"/t/{secret.id}/read", {"value": str(secret.opening_id)}),
        ("/b/secret/new", {"title": "A title here", "body": "x"}),
    ):
        assert outsider.post(path, data).status_code == 404, path
        assert guest.post(path, data).status_code == 303, path
    for path in (
        f"/t/{secret.id}", f"/t/{secret.id}/{secret.slug}", f"/p/{secret.opening_id}", f"/p/{secret.opening_id}/reply",
        f"/p/{secret.opening_id}/revision", f"/p/{secret.opening_id}/revisions", "/b/secret/new",
        f"/t/{secret.id}/{secret.slug}/conversation/{secret.opening_id}",
    ):
        assert outsider.get(path).status_code == 404, path
    assert 'value="secret"' not in outsider.get("/ask").get_data(as_text=True)


def test_the_matrix_of_those_who_may_not(session: Session, make: Factory) -> None:
    """Role × act on a hidden post, a locked thread and an archived board: refused, whoever asks by whatever way."""
    ana, ben = make.member(), make.member()
    thread = make.thread(make.board(), ana)
    answer = make.answer(thread, ben)
    with unit_of_work() as writing:
        state.set_hidden(writing, writing.get_one(Post, answer.id), None, "spam")
    acts: dict[str, Callable[..., object]] = {
        "vote": lambda s, a, p: actions.vote(s, a, p, 1),
        "accept": actions.accept_answer,
        "edit": lambda s, a, p: actions.edit_post(s, a, p, body="Other words"),
        "delete": actions.delete_post,
        "undelete": actions.undelete_post,
        "reply": lambda s, a, p: actions.reply(s, a, s.get_one(Thread, thread.id), body="Well", parent=p),
    }
    for member_id in (None, ana.id, ben.id, make.member(confirmed=False).id):
        for name, act in acts.items():
            with pytest.raises(DomainError) as refused, unit_of_work() as writing:
                act(writing, load_actor(writing, member_id), writing.get_one(Post, answer.id))
            assert refused.value.status in (401, 403, 404, 409), (member_id, name)


def _at_once(app: Flask, acts: list[Callable[[], None]]) -> None:
    """Do all in eight threads that start together; an error of one fails the test."""
    errors: list[Exception] = []
    waiting, gate = list(acts), threading.Barrier(8)

    def work() -> None:
        gate.wait()
        with app.app_context():
            while waiting:
                try:
                    act = waiting.pop()
                except IndexError:
                    break
                try:
                    act()
                except TooMany:
                    pass
                except Exception as error:
                    errors.append(error)
            db.session.remove()

    workers = [threading.Thread(target=work) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert errors == []
