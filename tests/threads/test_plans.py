"""The database's own plans of what a thread's page asks: stretches of indexes, whatever the length."""


import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from forum.access.actors import GUEST
from forum.extensions import db
from forum.threads import queries, statements
from forum.threads.loading import there
from forum.threads.models import Post, Thread
from tests.conftest import DATABASE
from tests.factory import Factory
from tests.large import large_app
from tests.plans import explained, touched
from tests.threads.building import fill_answers, fill_replies

MANY = 10_000


def _fill(app: Flask) -> None:
    """A question with many answers, and many replies to the first of them, among other threads; only read here."""
    make = Factory(app)
    ana, board = make.member(), make.board()
    thread = make.thread(board, ana)
    fill_replies(make.answer(thread, ana).id, ana.id, MANY)
    fill_answers(thread.id, ana.id, MANY)
    other = make.thread(board, ana, kind="discussion")
    fill_answers(other.id, ana.id, MANY, kind="reply")
    db.session.commit()


app = large_app(_fill)


@pytest.fixture
def long_thread(session: Session) -> Thread:
    """The question."""
    return session.query(Thread).filter(Thread.kind == "question").one()


def _assert_no_scan_or_sort_of_all(plan: str) -> None:
    if DATABASE == "sqlite":
        assert "SCAN post" not in plan, plan
        assert "TEMP B-TREE FOR ORDER BY" not in plan, plan
    else:
        assert "Seq Scan on post" not in plan, plan
        assert touched(plan) <= 300, plan


def test_the_first_and_later_answers_are_stretches_of_one_index(
    session: Session, long_thread: Thread
) -> None:
    shown = (Post.thread_id == long_thread.id) & (Post.kind == "answer") & (there() | (Post.reply_count > 0))
    order = (Post.accepted.desc(), Post.helpfulness.desc(), Post.created_at, Post.id)
    plan = explained(session, select(Post.id).where(shown).order_by(*order).limit(21))
    assert "ix_post_helpful" in plan
    _assert_no_scan_or_sort_of_all(plan)
    middle = session.query(Post).filter(Post.position == MANY // 2, Post.thread_id == long_thread.id).one()
    key = statements.Key(middle.id, middle.position or 0, False, middle.helpfulness, middle.created_at)
    plan = explained(session, statements.answers_after(shown, key, inclusive=True))
    assert plan.count("ix_post_helpful") >= 2
    _assert_no_scan_or_sort_of_all(plan)


def test_the_first_replies_of_each_are_stretches_of_one_index(
    session: Session, long_thread: Thread
) -> None:
    page = queries.thread_page(session, GUEST, long_thread.id)
    roots = [long_thread.opening_id or 0, *(node.post.id for node in page.others)]
    plan = explained(session, statements.windows(there(), roots))
    assert "ix_post_replies" in plan
    if DATABASE == "sqlite":
        assert "SCAN post" not in plan, plan
        assert "root_id=? AND reply_index>? AND reply_index<?" in plan, plan
    else:
        _assert_no_scan_or_sort_of_all(plan)


def test_a_page_of_a_discussion_is_a_stretch_of_positions(
    session: Session, long_thread: Thread
) -> None:
    other = session.query(Thread).filter(Thread.kind == "discussion").one()
    plan = explained(session,
        select(Post.id).where(Post.thread_id == other.id, Post.position >= 9_000, Post.position < 9_020)
        .order_by(Post.position)
    )
    assert "post_first_level" in plan or "post_thread_position" in plan, plan
    _assert_no_scan_or_sort_of_all(plan)
