"""Beside an answer's author: how often they helped on this board, from what is kept, without a query of its own."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from flask import Flask

from forum.access.actors import load_actor
from forum.boards.models import Board
from forum.core.unit_of_work import unit_of_work
from forum.desk.models import HelperTopic
from forum.extensions import db
from forum.members.models import Member
from forum.threads import actions
from forum.threads.models import Post, Thread
from tests.factory import Factory
from tests.surfing import Surfer


def accepted(app: Flask, make: Factory, board: Board, helper: Member, asker: Member) -> tuple[Thread, Post]:
    """A question, and the helper's answer to it that the asker accepted."""
    thread = make.thread(board, asker)
    answer = make.answer(thread, helper)
    with app.app_context():
        with unit_of_work() as session:
            actions.accept_answer(session, load_actor(session, asker.id), session.get_one(Post, answer.id))
        db.session.remove()
    return thread, answer


def test_what_they_did_here(
    app: Flask, make: Factory, browse: Callable[..., Surfer], drain: Callable[[], None],
    queries: Callable[[], AbstractContextManager[list[str]]],
) -> None:
    """From the second time on, on this board alone, never beside questions; ten authors cost what one does."""
    kettles, pans = make.board("kettles", title="Kettles"), make.board("pans", title="Pans")
    helper, asker, surfer = make.member("helper"), make.member("asker"), browse(make.member())

    def page(post: Post) -> str:
        return surfer.get(f"/p/{post.id}", follow_redirects=True).get_data(as_text=True)

    _thread, first = accepted(app, make, kettles, helper, asker)
    drain()
    assert "helped" not in page(first)
    for _number in range(2):
        thread, last = accepted(app, make, kettles, helper, asker)
    _other, elsewhere = accepted(app, make, pans, helper, asker)
    drain()
    assert page(last).count("helped 3 times on Kettles") == 1
    assert "helped" not in page(elsewhere)
    with queries() as few:
        page(last)
    for number in range(9):
        other = make.member(f"other{number}")
        with app.app_context():
            with unit_of_work() as session:
                session.add(HelperTopic(member_id=other.id, kind="board", topic_id=kettles.id, good=7))
            db.session.remove()
        make.answer(thread, other)
    with queries() as many:
        shown = page(last)
    assert shown.count("helped 7 times on Kettles") == 9
    assert len(many) == len(few), "\n".join(many)
