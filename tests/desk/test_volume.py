"""The desk where thousands of questions wait and thousands of members could be asked: stretches of indexes."""

import datetime as dt
import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from forum.access.actors import load_actor
from forum.boards.models import Board, BoardMembership
from forum.core.clock import now
from forum.desk import figures, fitting, jobs, projections, queries
from forum.desk.models import DeskPreference, HelperTopic
from forum.extensions import db
from forum.members.models import Member
from forum.threads.models import Thread
from tests.boards.planting import plant
from tests.conftest import DATABASE
from tests.desk.acting import buy, join, write
from tests.factory import Factory
from tests.large import large_app, put
from tests.plans import explained, touched

pytestmark = pytest.mark.xdist_group("desk at volume")


def _fill(app: Flask, much: int) -> None:
    """A helper who joined thirty of forty boards and knows one tag that every question bears; thousands of questions
    wait, thousands of members know the tag and thousands want to be asked."""
    make = Factory(app)
    me, author = make.member("me"), make.member("asker")
    boards = [make.board() for _ in range(40)]
    join(app, me, *boards[:30])
    buy(app, me, "Fern gooseneck", boards[35])
    places = [board.id for board in boards]
    spread = dt.timedelta(days=50) / much
    moment = now()
    plant(
        app, boards[0], author, much, board_id=lambda n: places[n % 40], solved=lambda n: n % 4 == 0,
        answer_count=lambda n: n % 2, asked_as_newcomer=lambda n: n % 9 == 0,
        created_at=lambda n: moment - spread * (much - n), opening_id=None,
    )
    first = 1_000_000

    def crowd(session: Session) -> None:
        projections.recount(session)
        put(session, Member, ("id", "name", "name_key", "joined_at", "last_seen_at"), (
            (first + n, f"crowd{n}", f"crowd{n}", moment, moment) for n in range(much)
        ))
        put(session, HelperTopic, ("member_id", "kind", "topic_id", "good"), [
            (me.id, "tag", 1, 7), *((first + n, "tag", 1, n % 50 + 1) for n in range(much)),
        ])
        put(session, DeskPreference, ("member_id", "asks", "decided_at"), (
            (first + n, True, moment) for n in range(0, much, 3)
        ))
        put(session, BoardMembership, ("member_id", "board_id", "joined_at"), (
            (first + n, places[n % 40], moment) for n in range(much)
        ))

    write(app, crowd)


app = large_app(_fill, [5_000, pytest.param(100_000, marks=pytest.mark.slow)])


@pytest.fixture
def helper(session: Session) -> int:
    """The id of the helper, for whom the desk is."""
    return session.scalars(select(Member.id).where(Member.name == "me")).one()


def test_the_lines_are_stretches_of_one_index(session: Session, helper: int) -> None:
    """Each topic's line begins where its index begins and is left after forty rows; nothing is read whole."""
    actor = load_actor(session, helper)
    topics = queries.topics_of(session, actor)
    assert {topic.why for topic in topics} == {"owned", "known", "joined"}
    plan = explained(session, queries._in_line(actor, queries._lines(actor, topics, "", asked=True)))
    assert plan.count("ix_desk_question_line") >= 20, plan
    if DATABASE == "sqlite":
        assert not re.search(r"SCAN (?!line|\(|answered|CONSTANT)\w*(desk_question|thread|post)", plan), plan
        assert "SEARCH desk_question" in plan.replace("COVERING ", ""), plan
    else:
        assert "Seq Scan on desk_question" not in plan, plan
        assert touched(plan) <= 5_100, plan  # with few threads reading them all once is cheaper, with many it is not


def test_the_page_at_volume_is_right(session: Session, helper: int) -> None:
    """Twenty, newcomers first and then the oldest, each with the tag as its reason; the same from any board."""
    actor = load_actor(session, helper)
    rows = queries.desk(session, actor).rows
    assert len(rows) == queries.SHOWN
    wanted = session.scalars(
        projections_open(actor).order_by(Thread.asked_as_newcomer.desc(), Thread.created_at, Thread.id).limit(20)
    ).all()
    assert [row.thread.id for row in rows] == wanted
    assert all("planted" in {reason.name for reason in row.reasons} for row in rows)
    waiting = queries.waiting_for(session, actor)
    assert (waiting.questions, waiting.newcomers) == (20, 20)


def projections_open(actor: Any) -> Any:
    """Every open question without an answer that is not the actor's: what the desk at volume chooses from."""
    return select(Thread.id).join(Board, Board.id == Thread.board_id).where(
        projections.is_open(), Thread.answer_count == 0, Thread.author_id != actor.id
    )


def test_what_jobs_and_figures_read(session: Session, helper: int) -> None:
    """Due questions come from the index of unanswered ones; who knows a tag from the best on, not from all."""
    due = explained(session, jobs.waiting("helpers", dt.timedelta(hours=4)))
    assert "ix_thread_unanswered" in due or "ix_thread_created" in due, due
    who = explained(session, fitting._who_answered("tag", 1))
    assert "ix_helper_topic_who" in who, who
    assert "best" in who or "Limit" in who, who
    if DATABASE == "postgresql":
        assert "Seq Scan on thread" not in due and touched(due) <= 12_000, due
        assert "Seq Scan on helper_topic" not in who and touched(who) <= 1_000, who
    else:
        assert "SCAN thread" not in due and "SCAN helper_topic" not in who, due + who
        assert "SEARCH helper_topic" in who, who
    actor = load_actor(session, helper)
    month, whole = figures.figures(session, actor)
    assert (month.answers, whole.answers) == (0, 0)
    db.session.rollback()
