"""What the desk costs: the same number of queries and stretches of indexes, however much there is."""

import datetime as dt
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Select, insert, text
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
from tests.desk.acting import buy, join, willing, write
from tests.factory import Factory
from tests.surfing import Surfer

Browse = Callable[..., Surfer]
Counting = Callable[[], AbstractContextManager[list[str]]]


@pytest.mark.parametrize("size", [3, 300])
def test_queries(app: Flask, make: Factory, browse: Browse, queries: Counting, size: int) -> None:
    """The desk in at most 14: session and member, topics, lines, rows, tags, marks, claims, figures (3), whether one
    wants to be asked, the frame's boards, the site. A question's page costs members two more than a discussion's."""
    me, author = make.member("me"), make.member()
    boards = [make.board() for _ in range(5)]
    join(app, me, *boards)
    buy(app, me, "Fern gooseneck", boards[0])
    ids = [id for board in boards for id in plant(app, board, author, size)]
    willing(app, me)
    write(app, projections.recount)
    surfer = browse(me)
    surfer.get("/desk")
    for path, most in (("/desk", 14), ("/desk/replies", 5), (f"/desk/claims/{ids[0]}", 5)):
        with queries() as seen:
            assert surfer.get(path, headers={"X-Fragment": "1"}).status_code == 200
        assert len(seen) <= most, (path, seen)


@pytest.fixture(params=[5_000, pytest.param(100_000, marks=pytest.mark.slow)])
def busy(request: pytest.FixtureRequest, session: Session, app: Flask, make: Factory) -> Member:
    """A helper who joined thirty of forty boards and knows one tag that every question bears; thousands of questions
    wait, thousands of members know the tag and thousands want to be asked."""
    much: int = request.param
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

    def crowd(writing: Session) -> None:
        projections.recount(writing)
        start = 1_000_000
        people = [
            {"id": start + n, "name": f"crowd{n}", "name_key": f"crowd{n}", "joined_at": moment, "last_seen_at": moment}
            for n in range(much)
        ]
        writing.execute(insert(Member), people)
        knowing = [{"member_id": me.id, "kind": "tag", "topic_id": 1, "good": 7}]
        knowing += [{"member_id": start + n, "kind": "tag", "topic_id": 1, "good": n % 50 + 1} for n in range(much)]
        writing.execute(insert(HelperTopic), knowing)
        writing.execute(insert(DeskPreference), [
            {"member_id": start + n, "asks": True, "decided_at": moment} for n in range(0, much, 3)
        ])
        writing.execute(insert(BoardMembership), [
            {"member_id": start + n, "board_id": places[n % 40], "joined_at": moment} for n in range(much)
        ])

    write(app, crowd)
    session.execute(text("ANALYZE"))
    session.commit()
    return me


def explained(session: Session, statement: Select[Any]) -> str:
    """The plan of a statement, with what it touched where the database says so."""
    sql = str(statement.compile(session.get_bind(), compile_kwargs={"literal_binds": True}))
    prefix = "EXPLAIN QUERY PLAN " if DATABASE == "sqlite" else "EXPLAIN (ANALYZE, COSTS OFF) "
    rows = session.execute(text(prefix + re.sub(r"(?<!:):(?!:)", r"\\:", sql)))
    return "\n".join(str(row[-1]) for row in rows)


def touched(plan: str) -> int:
    """PostgreSQL: the most rows that any step went through."""
    rows = [int(float(a)) * int(b) for a, b in re.findall(r"rows=([\d.]+) loops=(\d+)", plan)]
    removed = [int(number) for number in re.findall(r"Rows Removed by \w+(?: \w+)?: (\d+)", plan)]
    return max([*rows, *removed])


def test_the_lines_are_stretches_of_one_index(session: Session, busy: Member) -> None:
    """Each topic's line begins where its index begins and is left after forty rows; nothing is read whole."""
    actor = load_actor(session, busy.id)
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


def test_the_page_at_volume_is_right(session: Session, busy: Member) -> None:
    """Twenty, newcomers first and then the oldest, each with the tag as its reason; the same from any board."""
    actor = load_actor(session, busy.id)
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
    from sqlalchemy import select

    return select(Thread.id).join(Board, Board.id == Thread.board_id).where(
        projections.is_open(), Thread.answer_count == 0, Thread.author_id != actor.id
    )


def test_what_jobs_and_figures_read(session: Session, busy: Member) -> None:
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
    actor = load_actor(session, busy.id)
    month, whole = figures.figures(session, actor)
    assert (month.answers, whole.answers) == (0, 0)
    db.session.rollback()
