"""Reckoning: a member's numbers from their lines, visits and cases alone, as nothing was ever moved by a difference."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import Date, Integer, Select, bindparam, case, distinct, func, select
from sqlalchemy.orm import Session

from forum.core.bulk import chunks
from forum.core.clock import today
from forum.members.models import MemberVisit
from forum.reputation import windows
from forum.reputation.formulas import Numbers
from forum.reputation.models import LedgerLine
from forum.reputation.rulesets import InForce
from forum.reputation.sources import PURCHASES, REPUTATION
from forum.threads.models import Post, Thread

HELP = ("answer_up", "worked_for_me", "answer_accepted")  # the kinds of line that say: this answer helped the asker

# Built once, each settling asks.
_GENERATION = LedgerLine.generation == bindparam("generation", type_=Integer)
_MEMBER_IDS = bindparam("member_ids", type_=Integer, expanding=True)
_IS_RECENT = LedgerLine.event_day >= bindparam("since", type_=Date)
_SUMS = (
    select(
        LedgerLine.member_id, LedgerLine.axis, func.sum(LedgerLine.points),
        func.sum(case((_IS_RECENT, LedgerLine.points), else_=0)), func.min(case((_IS_RECENT, LedgerLine.event_day))),
    )
    .where(_GENERATION, LedgerLine.member_id.in_(_MEMBER_IDS)).group_by(LedgerLine.member_id, LedgerLine.axis)
)
_DAYS = (
    select(MemberVisit.member_id, func.count())
    .where(MemberVisit.member_id.in_(_MEMBER_IDS)).group_by(MemberVisit.member_id)
)
# Acceptances whose lines for the answer's author are worth something.
_HELD_ACCEPTED = (
    select(LedgerLine.member_id)
    .where(_GENERATION, LedgerLine.member_id.in_(_MEMBER_IDS), LedgerLine.kind == "answer_accepted")
    .group_by(LedgerLine.member_id, LedgerLine.source_id).having(func.sum(LedgerLine.points) > 0).subquery()
)
_ACCEPTED = select(_HELD_ACCEPTED.c.member_id, func.count()).group_by(_HELD_ACCEPTED.c.member_id)
# Different askers for whom at least one vote or acceptance says that an answer of the member helped.
_HELD_HELP = (
    select(LedgerLine.member_id, Thread.author_id)
    .join(Post, Post.id == LedgerLine.post_id).join(Thread, Thread.id == Post.thread_id)
    .where(
        _GENERATION, LedgerLine.member_id.in_(_MEMBER_IDS), LedgerLine.kind.in_(HELP),
        Thread.author_id != LedgerLine.member_id,
    )
    .group_by(LedgerLine.member_id, LedgerLine.source_kind, LedgerLine.source_id, Thread.author_id)
    .having(func.sum(LedgerLine.points) > 0).subquery()
)
_HELPED = (
    select(_HELD_HELP.c.member_id, func.count(distinct(_HELD_HELP.c.author_id))).group_by(_HELD_HELP.c.member_id)
)
_ANSWERS = (
    select(Post.id).join(Thread, Thread.id == Post.thread_id)
    .where(
        Post.author_id == bindparam("author_id", type_=Integer),
        Thread.author_id == bindparam("asker_id", type_=Integer),
    )
)
_BY_SOURCE = (
    select(
        LedgerLine.source_kind, LedgerLine.source_id,
        func.sum(case((LedgerLine.kind.in_(HELP), LedgerLine.points), else_=0)),
    )
    # Lines that say help are their post's author's. Asking for the member too would have all of theirs read.
    .where(_GENERATION, LedgerLine.post_id.in_(_ANSWERS))
    .group_by(LedgerLine.source_kind, LedgerLine.source_id)
)


@dataclass(slots=True)
class Reckoned:
    """What follows for members from a generation of lines.

    Attributes:
        leaving: of whom something is recent, the first day on which some of it no longer is.
    """

    rules: InForce
    numbers: dict[int, Numbers] = field(default_factory=dict)
    leaving: dict[int, dt.date] = field(default_factory=dict)

    def add(self, session: Session, member_ids: Iterable[int]) -> None:
        """Take down what follows for these members from what is written."""
        for ids in chunks(sorted(set(member_ids))):
            self._add(session, ids)

    def _add(self, session: Session, ids: list[int]) -> None:
        ruleset = self.rules.ruleset
        axes = windows.axes(ruleset)
        these: dict[str, object] = {"generation": self.rules.generation, "member_ids": ids}
        sums, recent, oldest = dict[tuple[int, str], int](), dict[tuple[int, str], int](), dict[int, dt.date]()
        since = {"since": ruleset.recent_since(today())}
        for id, axis, points, recent_points, oldest_day in session.execute(_SUMS, these | since):
            sums[id, axis] = points
            if axis in axes and oldest_day is not None:
                recent[id, axis] = recent_points
                oldest[id] = min(oldest_day, oldest.get(id, oldest_day))
        accepted, helped = _counts(session, _ACCEPTED, these), _counts(session, _HELPED, these)
        days = days_of(session, ids)
        upheld = windows.upheld(session, ruleset, ids)
        joined_days = windows.joined_days(session, ruleset, ids)
        for id, upheld_days in upheld.items():
            oldest[id] = min([*upheld_days, oldest.get(id, dt.date.max)])
        for id in ids:
            self.numbers[id] = Numbers(
                points=ruleset.total(sums.get((id, REPUTATION), 0)), days=days.get(id, 0),
                accepted=accepted.get(id, 0), helped=helped.get(id, 0), purchases=sums.get((id, PURCHASES), 0),
                points_recent=recent.get((id, REPUTATION), 0), purchases_recent=recent.get((id, PURCHASES), 0),
                flags=len(upheld.get(id, ())), joined_days=joined_days.get(id, 0),
            )
        self.leaving.update((id, ruleset.recent_until(day)) for id, day in oldest.items())


def reckon(session: Session, rules: InForce, member_ids: Iterable[int]) -> Reckoned:
    """What follows for these members from their lines, visits and cases as they are now."""
    found = Reckoned(rules)
    found.add(session, member_ids)
    return found


def days_of(session: Session, member_ids: Iterable[int]) -> dict[int, int]:
    """On how many UTC days these members were here; who never was is left out."""
    days = dict[int, int]()
    for ids in chunks(member_ids):
        days.update(_counts(session, _DAYS, {"member_ids": ids}))
    return days


def sums_by_source(
    session: Session, generation: int, member_id: int, asker_id: int
) -> dict[tuple[str, str], int]:
    """What each vote and acceptance on the member's answers to this asker's questions is worth to the member."""
    values = {"generation": generation, "author_id": member_id, "asker_id": asker_id}
    rows = session.execute(_BY_SOURCE, values)
    return {(kind, id): points for kind, id, points in rows}


def _counts(session: Session, statement: Select[int, int], values: dict[str, object]) -> dict[int, int]:
    return {row[0]: row[1] for row in session.execute(statement, values)}
