"""Two people in a thread, and what they do about a deal: over HTTP, with time that passes in the rows."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import update
from sqlalchemy.orm import Session

from forum.core.unit_of_work import unit_of_work
from forum.extensions import db
from forum.members.models import Member
from forum.trades import jobs
from forum.trades.models import TradeRating
from tests.factory import Factory
from tests.surfing import Surfer


class Pair:
    """Ann asked, Ben answered; Otto looks on, Mo keeps order."""

    def __init__(self, app: Flask, make: Factory, drain: Callable[[], None]) -> None:
        self.app, self.make, self._drain = app, make, drain
        self.board = make.board("kettles")
        self.ann, self.ben = make.member("ann", rank="twig"), make.member("ben", rank="twig")
        self.otto, self.mo = make.member("otto", rank="twig"), make.member("mo", role="moderator")
        self.thread = make.thread(self.board, self.ann, title="Who has a spare lid?")
        self.post = make.answer(self.thread, self.ben)
        self.hands = {who.name: Surfer(app, who) for who in (self.ann, self.ben, self.otto, self.mo)}
        self.hands["guest"] = Surfer(app)

    def propose(self, by: str = "ann", to: str = "ben", kind: str = "deal") -> int:
        """Propose something; returns the agreement's id."""
        answer = self.hands[by].post(f"/t/{self.thread.id}/agreements", {"kind": kind, "name": to})
        assert answer.status_code == 303, answer.get_data(as_text=True)
        return int(answer.headers["Location"].rsplit("/", 1)[1])

    def agreed(self, kind: str = "deal") -> int:
        """Ann proposed it, Ben agreed."""
        id = self.propose(kind=kind)
        assert self.hands["ben"].post(f"/agreements/{id}/acceptance").status_code == 303
        return id

    def rate(self, by: str, id: int, value: int = 1, words: str = "All as agreed.") -> int:
        """Rate; returns the status."""
        return self.hands[by].post(f"/agreements/{id}/ratings", {"value": str(value), "words": words}).status_code

    def page(self, who: str, path: str) -> str:
        """A page's text, empty where there is none for them."""
        answer = self.hands[who].get(path)
        return answer.get_data(as_text=True) if answer.status_code == 200 else ""

    def passes(self, days: float) -> None:
        """Time passes: what was said is so much older."""
        ago = dt.timedelta(days=days)

        def age(session: Session) -> None:
            for rating in session.query(TradeRating):
                rating.created_at, rating.shown_from = rating.created_at - ago, rating.shown_from - ago

        self.write(age)

    def drain(self) -> None:
        """What follows later follows: the timed job, events, notices."""
        with self.app.app_context():
            jobs.tell_ratings()
            db.session.remove()
        self._drain()

    def bell(self, who: str) -> str:
        """The notices of somebody, as text."""
        self.drain()
        return re.sub(r"\s+", " ", self.page(who, "/notifications"))

    def alter(self, member: Member, **values: Any) -> None:
        """Change a member's row."""
        self.write(lambda session: session.execute(update(Member).where(Member.id == member.id).values(**values)))

    def write(self, work: Callable[[Session], Any]) -> Any:
        """Do `work` in a unit of work of its own."""
        with self.app.app_context():
            with unit_of_work() as session:
                done = work(session)
            db.session.remove()
        return done
