"""That a standing changed is said to its member's own pages, with nothing of it."""

import datetime as dt
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from forum.access.actors import load_actor
from forum.core.clock import now
from forum.core.unit_of_work import unit_of_work
from forum.events.catalogue import StandingsChanged
from forum.events.models import OutboxEvent
from forum.events.publish import publish
from forum.reputation import locks, standings
from forum.threads import actions
from forum.threads.models import Post
from tests.factory import Factory
from tests.live import Chatter

Connect = Callable[..., Chatter]


def test_a_vote_is_said_to_whom_it_is_for(session: Session, make: Factory, chatter: Connect) -> None:
    """On all pages of the author, without a figure; to nobody else, not even who voted."""
    helper, voter = make.member("helper"), make.member("voter")
    answer = make.answer(make.thread(make.board(), make.member("asker")), helper)
    phone, desk, other, moderator = (
        chatter(one) for one in (helper, helper, voter, make.member("mod", role="moderator"))
    )
    with unit_of_work() as writing:
        actions.vote(writing, load_actor(writing, voter.id), writing.get_one(Post, answer.id), 1)
    assert phone.wait_for("standing") == [{}]
    assert desk.wait_for("standing") == [{}]
    with unit_of_work() as writing:  # what follows has been heard by all: then nothing else came before it
        publish(writing, StandingsChanged())
    for one, heard in ((other, 1), (moderator, 1), (phone, 2)):
        assert one.wait_for("standing", heard) == [{}] * heard


def test_a_hold_by_the_team_is_said(session: Session, make: Factory, chatter: Connect) -> None:
    """Also where the rank stays what it is: the panel tells of the hold."""
    member = make.member("ada", rank="sprout")
    one = chatter(member)
    with unit_of_work() as writing:
        locks.hold(writing, member.id, "sprout", now() + dt.timedelta(days=3), "A trial", None)
    assert {} in one.wait_for("standing")


@pytest.mark.parametrize(("most", "named"), [(2, 2), (1, 0)])
def test_very_many_are_not_named(
    app: Flask, session: Session, make: Factory, monkeypatch: pytest.MonkeyPatch, most: int, named: int
) -> None:
    """One event, however many members: past a bound everybody looks."""
    monkeypatch.setattr(standings, "MOST_NAMED", most)
    members = [make.member().id, make.member().id]
    standings.say_changed(session, members)
    said = session.scalars(select(OutboxEvent.payload).where(OutboxEvent.kind == "StandingsChanged")).all()
    assert said[-1] == {"member_ids": members[:named]}
