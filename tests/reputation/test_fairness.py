"""What keeps reputation honest: rings, bans, oneself; and ranks that follow at once."""

import datetime as dt
from collections.abc import Callable
from itertools import pairwise

import pytest
from sqlalchemy import func, insert, select, text, update
from sqlalchemy.orm import Session

from forum.events.models import OutboxEvent
from forum.members.models import Member, MemberVisit
from forum.reputation import ledger, maintenance, rulesets, visits
from forum.reputation.formulas import Numbers
from forum.reputation.models import LedgerLine, MemberStanding
from forum.reputation.reckoning import reckon
from forum.reputation.rules import read
from forum.threads.models import Post, Thread, Vote
from tests.reputation.world import START, World, tight_rules

MONTH = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
DAYS = 30
VOTES_A_DAY = 4


def _world(session: Session) -> World:
    return World(session, rulesets.preset("laurel"))


def _ring(session: Session, world: World, size: int) -> list[int]:
    """Members who give each other four votes a day for thirty days; returns their ids."""
    names = [{"name": f"ring{number}", "name_key": f"ring{number}", "joined_at": START} for number in range(size)]
    ids = list(session.scalars(insert(Member).returning(Member.id, sort_by_parameter_order=True), names))
    thread = world.threads[0].id
    posts = [
        {"thread_id": thread, "author_id": author, "kind": "answer", "body_source": "Yes.", "body_html": "<p>Yes.</p>",
         "renderer_version": 1, "created_at": MONTH}
        for author in ids for _number in range(DAYS * VOTES_A_DAY)
    ]
    made = session.execute(insert(Post).returning(Post.id, Post.author_id), posts).all()
    votes = []
    for author in ids:
        for number, post in enumerate(row.id for row in made if row.author_id == author):
            at = MONTH + dt.timedelta(days=number // VOTES_A_DAY)
            votes += [
                {"post_id": post, "voter_id": voter, "value": 1, "created_at": at, "changed_at": at}
                for voter in ids if voter != author
            ]
    if votes:
        session.execute(insert(Vote), votes)
    return ids


def _points(session: Session, ids: list[int]) -> list[int]:
    numbers = reckon(session, rulesets.in_force(session), ids).numbers
    return [numbers[id].points for id in ids]


def test_a_ring_of_ten_gains_no_more_than_the_cap(session: Session) -> None:
    """Ten accounts, thirty days: 200 a day each, whatever more they give; and nothing once their votes are voided."""
    ids = _ring(session, _world(session), 10)
    maintenance.rebuild(session)
    session.execute(text("ANALYZE"))  # ten thousand lines came in one transaction: no planner knows of them yet
    assert _points(session, ids) == [200 * DAYS] * 10
    assert maintenance.verify(session) == []
    session.execute(update(Vote).where(Vote.voter_id == ids[0]).values(voided_at=MONTH))
    ledger.settle_votes_of(session, session.get_one(Member, ids[0]))
    assert maintenance.verify(session) == []
    session.execute(update(Vote).where(Vote.voter_id.in_(ids)).values(voided_at=MONTH))
    for id in ids:
        ledger.settle_votes_of(session, session.get_one(Member, id))
    assert _points(session, ids) == [0] * 10
    assert maintenance.verify(session) == []
    session.rollback()


@pytest.mark.parametrize("size", [2, 3])
def test_a_small_ring_gains_less_than_a_hundred_a_month(session: Session, size: int) -> None:
    """One or two friends can never give more than the free part of a month."""
    ids = _ring(session, _world(session), size)
    maintenance.rebuild(session)
    assert _points(session, ids) == [99] * size
    session.rollback()


def test_an_honest_helper_loses_nothing(session: Session) -> None:
    """Two votes each from ten different people in a month count in full."""
    world = _world(session)
    ids = _ring(session, world, 1)
    posts = session.scalars(select(Post.id).where(Post.author_id == ids[0]).limit(2)).all()
    people = [{"name": f"p{number}", "name_key": f"p{number}", "joined_at": START} for number in range(10)]
    voters = list(session.scalars(insert(Member).returning(Member.id), people))
    session.execute(insert(Vote), [
        {"post_id": post, "voter_id": voter, "value": 1, "created_at": MONTH, "changed_at": MONTH}
        for post in posts for voter in voters
    ])
    maintenance.rebuild(session)
    assert _points(session, ids) == [200]
    session.rollback()


def test_there_is_nothing_for_oneself(session: Session) -> None:
    """A vote for one's own post and the acceptance of one's own answer bring nothing."""
    world = _world(session)
    own_answer = next(
        number for number, post in enumerate(world.posts)
        if post.kind == "answer" and post.author_id == world.people[2].id
    )
    world.vote(2, own_answer, 1, 1)
    world.turn_thread(0, "question")
    thread = world.threads[0]
    thread.author_id = world.people[1].id
    world.model.threads[thread.id].asker = world.people[1].id
    world.accept(0, 0, None, 1)
    world.check()
    assert session.scalar(select(func.count()).select_from(LedgerLine)) == 0
    session.rollback()


def test_a_rank_follows_at_once_and_is_announced(session: Session) -> None:
    """Up and, where there are no days of grace, down; once each; staff move silently."""
    world = World(session, read({**tight_rules().model_dump(mode="json"), "grace_days": 0}))
    member = world.people[1]
    for day in range(5):
        world.visit(1, day)
    assert session.get_one(MemberStanding, member.id).rank_key == "sprout"
    session.execute(MemberVisit.__table__.delete().where(MemberVisit.member_id == member.id))
    world.model.visits.clear()
    world.visit(1, 1)
    assert session.get_one(MemberStanding, member.id).rank_key == "seed"
    world.people[3].role = "moderator"
    for day in range(5):
        world.visit(3, day)
    session.flush()
    told = session.scalars(select(OutboxEvent.payload).where(OutboxEvent.kind == "RankChanged")).all()
    assert told == [
        {"member_id": member.id, "old": "seed", "new": "sprout", "up": True, "celebrated": True, "told": True,
         "by_rules": False, "version": None},
        {"member_id": member.id, "old": "sprout", "new": "seed", "up": False, "celebrated": False, "told": True,
         "by_rules": False, "version": None},
    ]
    assert session.get_one(MemberStanding, world.people[3].id).rank_key == "sprout"
    session.rollback()


def test_a_visit_counts_once_a_day(session: Session) -> None:
    """Said by many processes, twice, for many members at once."""
    world = _world(session)
    ids = [member.id for member in world.people]
    for _time in range(2):
        visits.record_visits(session, ids, START.date())
    visits.record_visits(session, [], START.date())
    assert {numbers.days for numbers in reckon(session, rulesets.in_force(session), ids).numbers.values()} == {1}
    assert maintenance.verify(session) == []
    session.rollback()


def test_the_total_has_a_floor_but_the_sum_goes_below(session: Session) -> None:
    """Down votes never show as a negative total, and are still made good before points show."""
    world = _world(session)
    author = world.posts[1].author_id
    for giver in (2, 3, 4):
        world.vote(giver, 1, -1, giver)
    assert session.get_one(MemberStanding, author).reputation == 0
    totals = [0]
    for giver in (2, 3):
        world.vote(giver, 1, 1, giver)
        totals.append(session.get_one(MemberStanding, author).reputation)
    assert totals == [0, 6, 18]
    assert all(low <= high for low, high in pairwise(totals))
    world.check()
    session.rollback()


def test_a_question_brings_25_and_a_discussion_10(session: Session) -> None:
    """However many have it too, or say thanks; taken back, the next ones count."""
    world = _world(session)
    thread = session.get_one(Thread, world.threads[0].id)
    people = [{"name": f"p{number}", "name_key": f"p{number}", "joined_at": START} for number in range(60)]
    voters = list(session.scalars(insert(Member).returning(Member.id, sort_by_parameter_order=True), people))
    opening = session.scalars(select(Post).where(Post.thread_id == thread.id, Post.kind == "opening")).one()
    rows = [
        {"post_id": opening.id, "voter_id": voter, "value": 1, "changed_at": MONTH,
         "created_at": MONTH + dt.timedelta(minutes=number)}
        for number, voter in enumerate(voters)
    ]
    session.execute(insert(Vote), rows)
    ledger.settle_post(session, opening)
    assert _points(session, [opening.author_id]) == [25]
    first = session.scalars(select(Vote).order_by(Vote.id)).first()
    assert first is not None
    first.value = 0
    ledger.settle_vote(session, first)
    assert _points(session, [opening.author_id]) == [25]
    counted = select(LedgerLine.source_id).group_by(LedgerLine.source_id).having(func.sum(LedgerLine.points) > 0)
    assert str(first.id) not in session.scalars(counted).all()
    thread.kind = "discussion"
    ledger.settle_thread(session, thread)
    assert _points(session, [opening.author_id]) == [10]
    assert maintenance.verify(session) == []
    session.rollback()


def test_lists_are_served_by_indexes(plan: Callable[..., str], session: Session) -> None:
    """A ledger's page and what settling reads, on both databases."""
    session.execute(Thread.__table__.select().limit(1))
    for statement, index in (
        ("SELECT id FROM ledger_line WHERE generation = 1 AND member_id = 1 AND axis = 'reputation' "
         "AND event_day < '2026-03-01' ORDER BY event_day DESC, id DESC LIMIT 30", "ix_ledger_line_member"),
        ("SELECT id FROM ledger_line WHERE generation = 1 AND source_kind = 'vote' AND source_id = '7'",
         "ix_ledger_line_source"),
        ("SELECT sum(points) FROM ledger_line WHERE generation = 1 AND member_id = 1 AND event_day >= '2026-03-01'",
         "ix_ledger_line_day"),
        ("SELECT id FROM vote WHERE post_id = 1 ORDER BY created_at, id LIMIT 40", "ix_vote_post_time"),
    ):
        if session.get_bind().dialect.name == "postgresql":  # empty tables would be scanned
            for way in ("seqscan", "bitmapscan"):
                session.execute(text(f"SET LOCAL enable_{way} = off"))
        chosen = plan(statement)
        # With as few rows as in a test any index of a member's lines is as good as the other.
        alike = ("ix_ledger_line_member", "ix_ledger_line_kind") if index == "ix_ledger_line_day" else ()
        assert any(one in chosen for one in (index, *alike)), chosen
    assert Numbers() == Numbers.of(None)
    session.rollback()
