"""Acceptance: who may, what follows, and when an accepted answer does not head the list."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from forum.access.actors import load_actor
from forum.boards.models import Board
from forum.core.errors import Forbidden
from forum.core.unit_of_work import unit_of_work
from forum.events.models import OutboxEvent
from forum.members.models import Member
from forum.reputation.helpfulness import Tally
from forum.reputation.models import MemberStanding
from forum.threads import actions, projections, state
from forum.threads.models import Acceptance, Post, Thread
from tests.conftest import days_ago
from tests.factory import Factory


def _accept(member_id: int, post_id: int | None, undo: bool = False) -> None:
    act = actions.unaccept if undo else actions.accept_answer
    with unit_of_work() as session:
        act(session, load_actor(session, member_id), session.get_one(Post, post_id))


def _marks(session: Session, post: Post) -> tuple[bool, bool]:
    """Whether the thread is solved, and whether the post heads the list."""
    session.rollback()
    return session.get_one(Thread, post.thread_id).solved, session.get_one(Post, post.id).accepted


def test_accepting_another_answer_undoes_the_first(session: Session, make: Factory) -> None:
    ana = make.member()
    thread = make.thread(make.board(), ana)
    first, second = make.answer(thread, make.member()), make.answer(thread, make.member())
    _accept(ana.id, first.id)
    _accept(ana.id, first.id)
    assert _marks(session, first) == (True, True)
    assert session.get_one(MemberStanding, first.author_id).reputation == 15
    _accept(ana.id, second.id)
    assert _marks(session, first) == (True, False) and _marks(session, second) == (True, True)
    assert session.get_one(MemberStanding, first.author_id).reputation == 0
    assert session.get_one(MemberStanding, ana.id).reputation == 5
    _accept(ana.id, first.id, undo=True)
    assert _marks(session, second) == (True, True)
    _accept(ana.id, second.id, undo=True)
    assert _marks(session, second) == (False, False)
    assert session.get_one(MemberStanding, second.author_id).reputation == 0
    assert [one.undone_at is None for one in session.scalars(select(Acceptance))] == [False, False]
    kinds = [kind for kind in session.scalars(select(OutboxEvent.kind)) if kind == "AnswerAccepted"]
    assert len(kinds) == 2


def test_only_the_asker_staff_or_a_high_rank_in_their_long_absence(session: Session, make: Factory) -> None:
    ana, other, staff = make.member(), make.member(), make.member(role="moderator")
    thread = make.thread(make.board(), ana)
    answer, reply = make.answer(thread, make.member()), make.reply(make.answer(thread, other), other)
    for who, post_id in ((other, answer.id), (ana, reply.id), (ana, thread.opening_id)):
        with pytest.raises(Forbidden):
            _accept(who.id, post_id)
    _accept(staff.id, answer.id)
    assert _marks(session, answer) == (True, True)
    branch = make.member(rank="branch")
    with unit_of_work() as writing:
        writing.get_one(MemberStanding, branch.id).reputation = 300
    with pytest.raises(Forbidden):
        _accept(branch.id, answer.id, undo=True)
    with unit_of_work() as writing:
        writing.get_one(Member, ana.id).last_seen_at = days_ago(22)
        standing = writing.get_one(MemberStanding, branch.id)
        standing.accepted, standing.days, standing.rank_key = 10, 100, "branch"
    _accept(branch.id, answer.id, undo=True)


def test_a_lock_leaves_acceptance_to_the_asker_and_an_archive_to_nobody(session: Session, make: Factory) -> None:
    """The talk has ended in both; in a locked thread the search for what solved it has not."""
    ana, staff = make.member(), make.member(role="moderator")
    thread = make.thread(make.board(), ana)
    answer = make.answer(thread, make.member())
    with unit_of_work() as writing:
        state.set_locked(writing, writing.get_one(Thread, thread.id), "Enough said.")
    _accept(ana.id, answer.id)
    assert _marks(session, answer) == (True, True)
    with unit_of_work() as writing:
        writing.get_one(Board, thread.board_id).archived_at = days_ago(1)
    for who in (ana, staff):
        with pytest.raises(Forbidden, match="archived"):
            _accept(who.id, answer.id, undo=True)
    assert _marks(session, answer) == (True, True)


def test_an_accepted_answer_yields_when_it_is_disliked_or_outdone(session: Session, make: Factory) -> None:
    ana = make.member()
    thread = make.thread(make.board(), ana)
    accepted, other = make.answer(thread, make.member()), make.answer(thread, make.member())
    _accept(ana.id, accepted.id)

    def votes(post: Post, up: int, down: int) -> None:
        with unit_of_work() as writing:
            _board, locked = projections.lock(writing, thread.id)
            change = Tally(up, down, 100 * up, 100 * down)
            projections.settle_score(writing, locked, writing.get_one(Post, post.id), change)

    votes(other, 7, 0)
    assert _marks(session, accepted) == (True, True)
    votes(other, 1, 0)
    assert _marks(session, accepted) == (True, False)
    votes(accepted, 3, 0)
    assert _marks(session, accepted) == (True, True)
    votes(accepted, 0, 4)
    assert _marks(session, accepted) == (True, False)
    votes(other, -8, 0)
    assert _marks(session, accepted) == (True, False)
    votes(accepted, 1, -1)
    assert _marks(session, accepted) == (True, True)


def test_acceptance_waits_while_its_answer_is_gone(session: Session, make: Factory) -> None:
    ana = make.member()
    thread = make.thread(make.board(), ana)
    answer = make.answer(thread, make.member())
    _accept(ana.id, answer.id)
    for gone, marks, points in ((True, (False, False), 0), (False, (True, True), 15)):
        with unit_of_work() as writing:
            state.set_deleted(writing, writing.get_one(Post, answer.id), None, deleted=gone)
        assert _marks(session, answer) == marks
        assert session.get_one(MemberStanding, answer.author_id).reputation == points
