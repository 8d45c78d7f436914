"""One's own figures at the desk: this month's, and in all. For nobody else's eyes."""

import datetime as dt
import statistics
from dataclasses import dataclass

from sqlalchemy import and_, distinct, exists, func, select
from sqlalchemy.orm import Session, aliased

from forum.access.actors import Actor
from forum.core.clock import beginning, today
from forum.core.months import first_day
from forum.reputation.models import LedgerLine, MemberStanding
from forum.reputation.reckoning import HELP
from forum.reputation.rulesets import glance
from forum.reputation.sources import REPUTATION
from forum.threads.models import Post, Thread

ACCEPTED = "answer_accepted"
LATEST = 200  # of so many answers the median is taken; more would say nothing more


@dataclass(frozen=True, slots=True)
class Figures:
    """What one did. `median`: within this time half of the first answers that one gave came; None without any."""

    answers: int
    accepted: int
    helped: int
    median: dt.timedelta | None


def figures(session: Session, viewer: Actor) -> tuple[Figures, Figures]:
    """The viewer's own figures: of this UTC month, and in all; in three queries."""
    first = beginning(first_day(today()))
    answers, answers_now, accepted, helped = _totals(session, viewer, first)
    accepted_now, helped_now = _of_month(session, viewer, first.date())
    waits = _waits(session, viewer)
    return (
        Figures(answers_now, accepted_now, helped_now, _median([wait for at, wait in waits if at >= first])),
        Figures(answers, accepted, helped, _median([wait for _at, wait in waits])),
    )


def _totals(session: Session, viewer: Actor, first: dt.datetime) -> tuple[int, int, int, int]:
    mine = select(func.count()).select_from(Post).where(
        Post.author_id == viewer.id, Post.kind == "answer", Post.deleted_at.is_(None), Post.hidden_at.is_(None)
    )
    held = select(
        func.coalesce(func.max(MemberStanding.accepted), 0), func.coalesce(func.max(MemberStanding.helped), 0)
    ).where(MemberStanding.member_id == viewer.id).subquery()
    row = session.execute(
        select(mine.scalar_subquery(), mine.where(Post.created_at >= first).scalar_subquery(), *held.c)
    ).one()
    return row[0], row[1], row[2], row[3]


def _of_month(session: Session, viewer: Actor, first: dt.date) -> tuple[int, int]:
    """Accepted answers and different members helped since `first`, by the ledger's lines."""
    line = LedgerLine
    sources = (
        select(line.kind, line.source_id, Thread.author_id)
        .join(Post, Post.id == line.post_id).join(Thread, Thread.id == Post.thread_id)
        .where(
            line.member_id == viewer.id, line.event_day >= first, line.generation == glance(session).generation,
            line.axis == REPUTATION, line.kind.in_(HELP), Thread.author_id != viewer.id,
        )
        .group_by(line.kind, line.source_kind, line.source_id, Thread.author_id)
        .having(func.sum(line.points) > 0).subquery()
    )
    row = session.execute(
        select(func.count().filter(sources.c.kind == ACCEPTED), func.count(distinct(sources.c.author_id)))
        .select_from(sources)
    ).one()
    return row[0], row[1]


def _waits(session: Session, viewer: Actor) -> list[tuple[dt.datetime, dt.timedelta]]:
    """When the viewer's latest answers that were the first came, and how long the askers had waited."""
    earlier = aliased(Post)
    before = exists().where(and_(
        earlier.thread_id == Thread.id, earlier.kind == "answer", earlier.author_id != Thread.author_id,
        earlier.created_at < Post.created_at,
    ))
    latest = (
        select(Post.id).where(Post.author_id == viewer.id, Post.kind == "answer", Post.deleted_at.is_(None))
        .order_by(Post.created_at.desc(), Post.id.desc()).limit(LATEST)
    )
    rows = session.execute(
        select(Post.created_at, Thread.created_at).join(Thread, Thread.id == Post.thread_id)
        .where(Post.id.in_(select(latest.subquery().c.id)), Thread.author_id != viewer.id, ~before)
    )
    return [(at, at - asked) for at, asked in rows]


def _median(waits: list[dt.timedelta]) -> dt.timedelta | None:
    return statistics.median_low(waits) if waits else None
