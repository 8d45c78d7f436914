"""Reads: how much a member wrote, month by month, as far as everybody may know."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Integer, Select, and_, case, func, select
from sqlalchemy.orm import Session

from forum.access.actors import GUEST
from forum.access.visible import post_is_visible
from forum.boards.models import Board
from forum.core.clock import today
from forum.threads.models import Post, Thread

MONTHS = 12


@dataclass(frozen=True, slots=True)
class Month:
    """The first moment of a calendar month (UTC), and what was written in it."""

    start: dt.datetime
    posts: int


def by_month(session: Session, member_id: int) -> list[Month]:
    """Questions, answers and replies of the last twelve calendar months, this one last; empty if there are none.

    Counted is what guests can read, whoever asks: a number must not tell of closed boards or of what is
    hidden. One query over a stretch of one index.
    """
    starts = _starts(today())
    counts = session.execute(written(member_id, starts)).one()
    months = [Month(start, count or 0) for start, count in zip(starts, counts, strict=True)]
    return months if any(month.posts for month in months) else []


def written(member_id: int, starts: list[dt.datetime]) -> Select[*tuple[int, ...]]:
    """The statement behind it: a column for each month."""
    ends = [*starts[1:], _next(starts[-1])]
    columns = [
        func.sum(case((and_(Post.created_at >= start, Post.created_at < end), 1), else_=0), type_=Integer)
        for start, end in zip(starts, ends, strict=True)
    ]
    return (
        select(*columns)
        .select_from(Post)
        .join(Thread, Thread.id == Post.thread_id)
        .join(Board, Board.id == Thread.board_id)
        .where(
            Post.author_id == member_id, Post.created_at >= starts[0], post_is_visible(GUEST),
        )
    )


def _starts(day: dt.date) -> list[dt.datetime]:
    last = day.year * 12 + day.month - 1
    return [dt.datetime(*_year_and_month(number), 1, tzinfo=dt.UTC) for number in range(last - MONTHS + 1, last + 1)]


def _next(start: dt.datetime) -> dt.datetime:
    return dt.datetime(*_year_and_month(start.year * 12 + start.month), 1, tzinfo=dt.UTC)


def _year_and_month(number: int) -> tuple[int, int]:
    year, month = divmod(number, 12)
    return year, month + 1
