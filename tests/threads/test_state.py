"""The blocks under deletion and moderation: undone, they leave everything as it was, and counters agree."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from forum.access.actors import load_actor
from forum.boards.models import Board
from forum.core.errors import Conflict, Forbidden
from forum.core.unit_of_work import unit_of_work
from forum.events.models import OutboxEvent
from forum.members.models import Member
from forum.reputation.models import MemberStanding
from forum.threads import actions, state
from forum.threads.models import Post, PostRevision, Tag, Thread
from tests.factory import Factory

ACTS = ("hide", "show", "delete", "restore", "up", "back")


def _do(act: Callable[[Session], object]) -> None:
    with unit_of_work() as session:
        act(session)


def _wrong(thread_id: int) -> dict[str, tuple[object, object]]:
    with unit_of_work() as session:
        return state.recount_thread(session, thread_id)


def _counts(session: Session, thread: Thread) -> tuple[object, ...]:
    session.rollback()
    kept = session.get_one(Thread, thread.id)
    board = session.get_one(Board, kept.board_id)
    return kept.answer_count, kept.reply_count, kept.solved, board.thread_count, sorted(
        (member.id, member.post_count) for member in session.scalars(select(Member))
    ), sorted((tag.slug, tag.thread_count) for tag in session.scalars(select(Tag)))


@pytest.fixture
def talk(make: Factory) -> Thread:
    """A question with two answers, one voted up and accepted, and a conversation below it."""
    ana, ben, cleo = make.member("ana"), make.member("ben"), make.member("cleo")
    thread = make.thread(make.board("here"), ana, tags=("one", "two"))
    answer = make.answer(thread, ben)
    make.answer(thread, cleo)
    make.reply(make.reply(answer, ana), ben)
    with make.app.app_context(), unit_of_work() as session:
        actions.vote(session, load_actor(session, cleo.id), session.get_one(Post, answer.id), 1)
        actions.accept_answer(session, load_actor(session, ana.id), session.get_one(Post, answer.id))
    return thread


def test_every_post_can_go_and_come_back(session: Session, talk: Thread) -> None:
    before = _counts(session, talk)
    for post in session.scalars(select(Post.id)).all():
        for _time in range(2):
            _do(lambda s, p=post: state.set_hidden(s, s.get_one(Post, p), None, "a reason"))
            _do(lambda s, p=post: state.set_deleted(s, s.get_one(Post, p), None, deleted=True))
            assert _wrong(talk.id) == {}
        assert _counts(session, talk) != before
        _do(lambda s, p=post: state.set_hidden(s, s.get_one(Post, p), None, None))
        _do(lambda s, p=post: state.set_deleted(s, s.get_one(Post, p), None, deleted=False))
        assert _counts(session, talk) == before
    assert "PostChanged" in session.scalars(select(OutboxEvent.kind)).all()
    assert session.get_one(MemberStanding, 2).reputation == 25


def test_a_thread_moves_with_its_counts(session: Session, talk: Thread, make: Factory) -> None:
    there = make.board("there")
    _do(lambda s: state.move_thread(s, s.get_one(Thread, talk.id), s.get_one(Board, there.id)))
    assert session.get_one(Thread, talk.id).board_id == there.id
    assert {board.slug: board.thread_count for board in session.scalars(select(Board))} == {"here": 0, "there": 1}


def test_changing_the_kind_and_back_is_exact(session: Session, talk: Thread) -> None:
    before = _counts(session, talk)
    _do(lambda s: state.change_kind(s, s.get_one(Thread, talk.id), "discussion"))
    assert _counts(session, talk)[:3] == (0, 4, False)
    assert session.get_one(MemberStanding, 2).reputation == 0
    assert _wrong(talk.id) == {}
    _do(lambda s: state.change_kind(s, s.get_one(Thread, talk.id), "question"))
    assert _counts(session, talk) == before
    assert session.get_one(MemberStanding, 2).reputation == 25


def test_an_answer_becomes_a_reply_and_an_answer_again(session: Session, talk: Thread) -> None:
    before = _counts(session, talk)
    answer_id = session.scalars(select(Post.id).where(Post.accepted)).one()
    below = session.scalars(select(Post.id).where(Post.root_id == answer_id, Post.id != answer_id)).all()
    _do(lambda s: state.turn_into_reply(s, s.get_one(Post, answer_id)))
    session.rollback()
    moved = session.get_one(Post, answer_id)
    assert (moved.kind, moved.position) == ("reply", None)
    assert moved.parent_id == moved.root_id == talk.opening_id
    rows = session.scalars(select(Post).where(Post.root_id == talk.opening_id).order_by(Post.reply_index)).all()
    assert [row.id for row in rows] == [talk.opening_id, answer_id, *below]
    assert [row.depth for row in rows] == [0, 1, 2, 3]
    assert session.get_one(MemberStanding, 2).reputation == 0
    assert _wrong(talk.id) == {}
    with pytest.raises(Conflict):
        _do(lambda s: state.turn_into_reply(s, s.get_one(Post, answer_id)))
    _do(lambda s: state.turn_into_answer(s, s.get_one(Post, answer_id)))
    assert _counts(session, talk) == before
    again = session.get_one(Post, answer_id)
    assert (again.kind, again.depth, again.position, again.reply_count) == ("answer", 0, 2, 2)
    assert [session.get_one(Post, one).depth for one in below] == [1, 2]
    assert session.get_one(MemberStanding, 2).reputation == 25
    assert _wrong(talk.id) == {}


def test_redaction_leaves_no_trace_of_the_words(session: Session, make: Factory) -> None:
    ana = make.member()
    thread = make.thread(make.board(), ana, title="Call me: 555 0100", body="My number is 555 0100.")
    own = thread.opening_id
    _do(lambda s: actions.edit_post(s, load_actor(s, ana.id), s.get_one(Post, own), body="It is 555 0100, call."))
    _do(lambda s: state.redact_post(s, s.get_one(Post, own), "*Removed.*", title="A redacted title"))
    session.rollback()
    opening, found = session.get_one(Post, own), session.get_one(Thread, thread.id)
    assert "555" not in "".join((opening.body_source, opening.body_html, opening.body_text, found.title, found.slug))
    assert session.scalars(select(PostRevision)).all() == [] and opening.revision_count == 0
    assert opening.redacted_at is not None


def test_the_author_deletes_and_only_they_bring_it_back(session: Session, make: Factory) -> None:
    ana, ben, staff = make.member(), make.member(), make.member(role="moderator")
    thread = make.thread(make.board(), ana)
    answer = make.answer(thread, ben)

    def act(what: Callable[..., None], who: Member) -> None:
        _do(lambda s: what(s, load_actor(s, who.id), s.get_one(Post, answer.id)))

    with pytest.raises(Forbidden):
        act(actions.delete_post, ana)
    act(actions.delete_post, staff)
    with pytest.raises(Forbidden):
        act(actions.undelete_post, ben)
    act(actions.undelete_post, staff)
    act(actions.delete_post, ben)
    act(actions.delete_post, ben)
    act(actions.undelete_post, ben)
    with pytest.raises(Conflict):
        act(actions.undelete_post, ben)
    assert _wrong(thread.id) == {}


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(st.tuples(st.integers(2, 5), st.sampled_from(ACTS)), max_size=12))
def test_in_whatever_order_counters_agree(talk: Thread, session: Session, acts: list[tuple[int, str]]) -> None:
    for post_id, act in acts:
        with unit_of_work() as writing:
            ana = writing.scalars(select(Member).where(Member.name == "ana")).one()
            post = writing.get_one(Post, post_id)
            if act in ("hide", "show"):
                state.set_hidden(writing, post, None, "why" if act == "hide" else None)
            elif act in ("delete", "restore"):
                state.set_deleted(writing, post, None, deleted=act == "delete")
            elif post.author_id != ana.id and not post.is_gone:
                actions.vote(writing, load_actor(writing, ana.id), post, 1 if act == "up" else 0)
    assert _wrong(talk.id) == {}
