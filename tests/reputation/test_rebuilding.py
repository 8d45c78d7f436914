"""What a rebuild needs and leaves alone."""

import tracemalloc

import pytest
from sqlalchemy import Engine, delete, event, func, select, update
from sqlalchemy.orm import Session

from bench.ledger import _fill
from forum.boards.models import Board, Category
from forum.core.unit_of_work import unit_of_work
from forum.extensions import db
from forum.members.models import Member
from forum.reputation import leaderboard, maintenance, regeneration
from forum.reputation.models import HelpingTotal, LedgerLine, MemberStanding
from forum.threads.models import Post, Thread, Vote


def _peak_of(session: Session, votes: int) -> tuple[int, int]:
    """The lines of the first rebuild of so many votes, and the most that Python held for it, in bytes."""
    with unit_of_work() as writing:
        for model in (HelpingTotal, LedgerLine, Vote, Post, Thread, MemberStanding, Board, Category, Member):
            writing.execute(delete(model))
        _fill(writing, votes)
    session.rollback()
    tracemalloc.start()
    try:
        rules = regeneration.regenerate(unit_of_work)
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    lines = session.scalar(select(func.count()).where(LedgerLine.generation == rules.generation)) or 0
    session.rollback()
    return lines, peak


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_memory_does_not_grow_with_the_ledger(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three times the lines in the same memory, but for a few numbers a member: a step holds the lines of some."""
    monkeypatch.setattr(regeneration, "STEP", 25)
    _peak_of(session, 400)  # what is made once and kept is not counted
    few, small = _peak_of(session, 20_000)
    many, large = _peak_of(session, 60_000)
    assert many > 2.8 * few, (few, many)
    assert large < 1.5 * small, (small, large)
    assert maintenance.verify(session) == []


def test_totals_that_are_right_are_left_alone(session: Session) -> None:
    """A second rebuild under the same rules writes no total; one that is wrong is written, and it alone."""
    with unit_of_work() as writing:
        _fill(writing, 400)
    regeneration.regenerate(unit_of_work)
    written: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        if "helping_total" in statement and not statement.startswith("SELECT"):
            written.append(statement)

    engine: Engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        regeneration.regenerate(unit_of_work)
        assert written == []
        with unit_of_work() as writing:
            total = writing.scalars(select(HelpingTotal).where(HelpingTotal.period == leaderboard.ALL_TIME)).first()
            assert total is not None
            total.points += 5
        assert len(maintenance.verify(session)) == 1
        session.rollback()
        regeneration.regenerate(unit_of_work)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert maintenance.verify(session) == []


def test_totals_that_stand_at_nothing_are_no_obstacle(session: Session) -> None:
    """What was given and taken back leaves rows that say 0; other rules may bring points to those very places."""
    with unit_of_work() as writing:
        _fill(writing, 400)
    regeneration.regenerate(unit_of_work)
    with unit_of_work() as writing:
        someone = writing.scalars(select(HelpingTotal.member_id).order_by(HelpingTotal.member_id).limit(1)).one()
        writing.execute(update(HelpingTotal).where(HelpingTotal.member_id == someone).values(points=0))
    regeneration.regenerate(unit_of_work)
    session.rollback()
    assert maintenance.verify(session) == []
