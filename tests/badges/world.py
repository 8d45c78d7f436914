"""What tests of badges share: votes and acceptances by people, time that has passed, who has what."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from forum.boards.models import Board
from forum.core.clock import now
from forum.core.unit_of_work import unit_of_work
from forum.extensions import db
from forum.members.models import Member
from forum.reputation import rulesets
from forum.reputation.models import Badge, MemberBadge, RulesetVersion
from forum.threads.models import Post, Thread
from tests.factory import Factory
from tests.surfing import Surfer


class Place:
    """A board and people on it; every act goes over HTTP, and what follows from it is delivered."""

    def __init__(self, app: Flask, make: Factory, drain: Callable[[], None]) -> None:
        self.app, self.make, self.drain = app, make, drain
        self.board = make.board()
        self.crowd: list[Member] = []

    def member(self, **columns: Any) -> Member:
        """Somebody who has been here for a year."""
        return self.make.member(**{"rank": "bough", "joined_at": now() - dt.timedelta(days=365), **columns})

    def vote(self, post: Post | int, times: int, value: int = 1) -> list[Member]:
        """So many different people vote on a post (or on the one of this id), the same people each time."""
        post_id = post if isinstance(post, int) else post.id
        while len(self.crowd) < times:
            self.crowd.append(self.member())
        for member in self.crowd[:times]:
            answer = Surfer(self.app, member).post(f"/p/{post_id}/vote", {"value": str(value)})
            assert answer.status_code == 303
        self.drain()
        return self.crowd[:times]

    def accept(self, post: Post, asker: Member) -> None:
        """The asker accepts an answer."""
        assert Surfer(self.app, asker).post(f"/p/{post.id}/acceptance").status_code == 303
        self.drain()

    def answered(self, asker: Member, helper: Member, board: Board | None = None) -> Post:
        """A question with an answer."""
        return self.make.answer(self.make.thread(board or self.board, asker), helper)

    def solved(self, asker: Member, helper: Member, board: Board | None = None) -> Post:
        """A question with an accepted answer."""
        post = self.answered(asker, helper, board)
        self.accept(post, asker)
        return post

    def asked(self, post: Post, days: float) -> None:
        """Let the question of an answer have been asked so many days before now."""
        moment = now() - dt.timedelta(days=days)
        self.write(lambda session: session.execute(
            update(Thread).where(Thread.id == post.thread_id).values(created_at=moment)
        ))

    def write(self, work: Callable[[Session], Any]) -> Any:
        """Do `work` in a unit of work of its own."""
        with self.app.app_context():
            with unit_of_work() as session:
                done = work(session)
            db.session.remove()
        return done

    def badges(self, member: Member) -> list[str]:
        """The keys of the badges that a member has, each as often as they have it."""
        with self.app.app_context():
            keys = sorted(db.session.scalars(
                select(Badge.key).join(MemberBadge, MemberBadge.badge_id == Badge.id)
                .where(MemberBadge.member_id == member.id, MemberBadge.revoked_at.is_(None))
            ))
            db.session.remove()
        return [str(key) for key in keys]

    def publish(self, *badges: dict[str, Any]) -> None:
        """Put rules with these badges (and no others) in force."""
        data = rulesets.preset("laurel").model_dump(mode="json", exclude_none=True) | {"badges": list(badges)}
        self.write(lambda session: session.add(RulesetVersion(name="laurel", data=data, published_at=now())))
        rulesets.forget()


def rule(key: str, measure: str, least: int = 1, **more: Any) -> dict[str, Any]:
    """A badge of a ruleset."""
    return {
        "key": key, "measure": measure, "least": least, "family": "craft", "level": "silver",
        "labels": {"en": key.capitalize(), "zh": "徽章"}, "about": {"en": "For something.", "zh": "为了什么。"}, **more,
    }
