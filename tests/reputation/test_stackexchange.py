"""The preset `stackexchange`: no caps but the day's, points taken off questions, awards with a limit, common posts."""

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from forum.core.errors import Invalid
from forum.reputation import ledger, maintenance, rulesets
from forum.reputation.models import Award, MemberStanding
from forum.reputation.rules import read
from forum.threads.models import Post, Vote
from tests.reputation.world import START, World


def _world(session: Session) -> World:
    return World(session, rulesets.preset("stackexchange"))


def _points(session: Session, member_id: int) -> int:
    found = session.scalar(select(MemberStanding.reputation).where(MemberStanding.member_id == member_id))
    return rulesets.preset("stackexchange").total(0) if found is None else found


def _vote(session: Session, post: Post, value: int, number: int, day: int = 0) -> None:
    moment = START + dt.timedelta(days=day)
    vote = Vote(post_id=post.id, value=value, created_at=moment, changed_at=moment, external_id=f"x:{number}")
    session.add(vote)
    ledger.settle_vote(session, vote)


def _award(session: Session, member_id: int, kind: str, points: int, number: int, day: int = 0) -> None:
    award = Award(member_id=member_id, kind=kind, points=points, created_at=START + dt.timedelta(days=day),
                  external_id=f"a:{number}")
    session.add(award)
    ledger.settle_award(session, award)


def _agrees(session: Session) -> None:
    """Settling one by one came to what a rebuild comes to."""
    standing = select(MemberStanding.member_id, MemberStanding.reputation).order_by(MemberStanding.member_id)
    before = {row[0]: row[1] for row in session.execute(standing)}
    maintenance.rebuild(session)
    after = {row[0]: row[1] for row in session.execute(standing)}
    assert {id: after[id] for id in before} == before
    assert {points for id, points in after.items() if id not in before} <= {1}
    assert maintenance.verify(session) == []


def test_a_question_gains_and_loses(session: Session) -> None:
    """+5 and −2 without a cap for the question, but never more than 200 a day, and never below 1."""
    world = _world(session)
    opening, asker = world.posts[0], world.posts[0].author_id
    _vote(session, opening, -1, 0)
    assert _points(session, asker) == 1
    for number in range(1, 11):
        _vote(session, opening, 1, number)
    assert _points(session, asker) == 1 + 50 - 2
    for number in range(11, 61):
        _vote(session, opening, 1, number)
    assert _points(session, asker) == 1 + 200
    _vote(session, opening, 1, 61, day=1)
    assert _points(session, asker) == 1 + 205
    _agrees(session)


def test_edits_fill_the_day_and_bounties_do_not(session: Session) -> None:
    """Votes and approved edits together at most 200 a day; edits at most 1,000 in all; bounties beside it."""
    world = _world(session)
    member = world.posts[0].author_id
    for number in range(9):
        _award(session, member, "suggested_edit", 22, number)
    _vote(session, world.posts[0], 1, 0)
    assert _points(session, member) == 1 + 200
    _award(session, member, "bounty_won", 50, 1000)
    _award(session, member, "bounty_given", -100, 1001)
    assert _points(session, member) == 1 + 150
    for number in range(9, 60):
        _award(session, member, "suggested_edit", 22, number, day=1 + number // 9)
    assert _points(session, member) == 1 + 200 + (1000 - 22 * 9) - 50
    _agrees(session)


def test_what_is_everybodys_brings_nobody_points(session: Session) -> None:
    """From the UTC day on; votes of the day before count."""
    world = _world(session)
    answer = world.posts[1]
    session.execute(update(Post).where(Post.id == answer.id).values(common_since=START + dt.timedelta(days=1, hours=9)))
    _vote(session, answer, 1, 0)
    _vote(session, answer, 1, 1, day=1)
    _vote(session, answer, 1, 2, day=2)
    assert _points(session, answer.author_id) == 1 + 10
    _agrees(session)


@pytest.mark.parametrize(("place", "value", "words"), [
    (("caps", "question"), 25, "question_down needs caps.question to be null"),
    (("caps", "giver_share_percent"), 40, "given together"),
    (("awards", "bounty_won"), {"least": 3}, "is not known here"),
])
def test_what_does_not_go_together_is_refused(place: tuple[str, str], value: Any, words: str) -> None:
    """In plain words."""
    data = rulesets.preset("stackexchange").model_dump(mode="json")
    data[place[0]][place[1]] = value
    with pytest.raises(Invalid) as refusal:
        read(data)
    assert words in str(refusal.value.fields)
