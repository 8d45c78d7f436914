"""Starting threads, answering and replying: what is stored, counted and told."""

import pytest
from sqlalchemy.orm import Session

from forum.access.actors import load_actor
from forum.boards.models import Board
from forum.core.errors import Conflict, Forbidden, Invalid, NotFound
from forum.core.unit_of_work import unit_of_work
from forum.events.models import OutboxEvent
from forum.members.models import Member
from forum.threads import actions, state
from forum.threads.models import Post, Tag, Thread
from tests.factory import Factory


def test_a_thread_is_counted_and_told(session: Session, make: Factory) -> None:
    board, ana = make.board("kettles"), make.member("ana")
    thread = make.thread(board, ana, title="How do I descale it?", body="With *what*?", tags=("Hard Water", "coating"))
    opening = session.get_one(Post, thread.opening_id)
    assert (thread.slug, thread.kind, thread.awaits_confirmation) == ("how-do-i-descale-it", "question", False)
    assert opening.body_html == "<p>With <em>what</em>?</p>" and opening.body_text == "With what?"
    assert (opening.root_id, opening.position, opening.depth) == (opening.id, None, 0)
    assert session.get_one(Board, board.id).thread_count == 1
    assert session.get_one(Member, ana.id).post_count == 1
    assert {tag.slug: tag.thread_count for tag in session.query(Tag)} == {"hard-water": 1, "coating": 1}
    assert [event.kind for event in session.query(OutboxEvent)] == ["ThreadStarted"]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"title": "Short"}, "title"), ({"title": "?" * 20}, "title"), ({"title": "long " * 31}, "title"),
        ({"body": " \n"}, "body"), ({"body": "x" * 20_001}, "body"), ({"kind": "poem"}, "kind"),
        ({"tags": tuple("abcdef")}, "tags"),
        ({"body": "https://a.example https://b.example https://c.example"}, "body"),
        ({"body": ">" * 5000}, "body"),
    ],
)
def test_what_cannot_be_taken_names_its_field(make: Factory, changed: dict[str, object], field: str) -> None:
    board, ana = make.board(), make.member()
    with pytest.raises(Invalid) as refused:
        make.thread(board, ana, **changed)
    assert list(refused.value.fields) == [field]


def test_an_answer_and_replies_get_their_places(session: Session, make: Factory) -> None:
    ana, ben = make.member("ana"), make.member("ben")
    thread = make.thread(make.board(), ana)
    first, second = make.answer(thread, ben), make.answer(thread, ben)
    one = make.reply(first, ana)
    two = make.reply(one, ben)
    to_question = make.reply(session.get_one(Post, thread.opening_id), ben)
    assert [(post.kind, post.position, post.root_id) for post in (first, second)] == [
        ("answer", 0, first.id), ("answer", 1, second.id),
    ]
    assert [(post.kind, post.root_id, post.reply_index, post.depth) for post in (one, two, to_question)] == [
        ("reply", first.id, 1, 1), ("reply", first.id, 2, 2), ("reply", thread.opening_id, 1, 1),
    ]
    session.rollback()
    thread = session.get_one(Thread, thread.id)
    assert (thread.answer_count, thread.reply_count) == (2, 5)
    assert session.get_one(Post, first.id).reply_count == 2
    assert thread.last_author_id == ben.id


def test_in_a_discussion_the_first_level_are_no_answers(session: Session, make: Factory) -> None:
    ana = make.member()
    thread = make.thread(make.board(), ana, kind="discussion")
    post = make.answer(thread, ana)
    assert (post.kind, post.position) == ("reply", 0)
    assert session.get_one(Thread, thread.id).answer_count == 0


def test_a_parent_elsewhere_or_gone_is_not_replied_to(session: Session, make: Factory) -> None:
    ana, ben, board = make.member(), make.member(), make.board()
    here, there = make.thread(board, ana), make.thread(board, ana)
    elsewhere, gone = make.answer(there, ben), make.answer(here, ben)
    with unit_of_work() as writing:
        state.set_hidden(writing, writing.get_one(Post, gone.id), None, "spam")
    for parent in (elsewhere, gone):
        with pytest.raises(NotFound), unit_of_work() as writing:
            actions.reply(
                writing, load_actor(writing, ana.id), writing.get_one(Thread, here.id), body="Hello there.",
                parent=writing.get_one(Post, parent.id),
            )


def test_locked_threads_and_unconfirmed_members(session: Session, make: Factory) -> None:
    ana, newcomer = make.member(), make.member(confirmed=False)
    staff = make.member(role="moderator")
    thread = make.thread(make.board(), ana)
    with pytest.raises(Forbidden):
        make.answer(thread, newcomer)
    with unit_of_work() as writing:
        state.set_locked(writing, writing.get_one(Thread, thread.id), "done")
    with pytest.raises(Forbidden):
        make.answer(thread, ana)
    assert make.answer(thread, staff).id


def test_a_first_question_waits_for_the_address(session: Session, make: Factory) -> None:
    board, ana = make.board(), make.member(confirmed=False)
    thread = make.thread(board, ana)
    assert thread.awaits_confirmation
    assert session.get_one(Board, board.id).thread_count == 0
    assert session.query(OutboxEvent).count() == 0
    with pytest.raises(Conflict):
        make.thread(board, ana)
    with unit_of_work() as writing:
        assert actions.publish_waiting(writing, writing.get_one(Member, ana.id)) == [thread.id]
        assert actions.publish_waiting(writing, writing.get_one(Member, ana.id)) == []
    found = session.get_one(Thread, thread.id)
    assert not found.awaits_confirmation and found.created_at > thread.created_at
    assert session.get_one(Board, board.id).thread_count == 1
    assert [event.kind for event in session.query(OutboxEvent)] == ["ThreadStarted"]
