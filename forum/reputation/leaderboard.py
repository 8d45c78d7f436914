"""Who helped most, by week, month and all time, everywhere and by board: a projection of the ledger.

`helping_total` holds, for each member, what their lines of the axis Helping amount to in one ISO week, one month, and
all time (UTC days of the events), everywhere (board 0) and on each board (lines about a post there); and everywhere in
one day, from which ledgers tell what a line's total was. It moves with each line, in the same transaction, under the
lock of the member's standing; it can be reckoned anew from the lines and must come out equal.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Insert, Integer, Row, Select, bindparam, delete, func, literal_column, select, union_all
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from forum.core.bulk import chunks, insert_rows, read_rows, uncollected
from forum.core.clock import today
from forum.core.database import Base
from forum.members.models import Member
from forum.reputation import standings
from forum.reputation.lines import Line
from forum.reputation.models import HelpingTotal, LedgerLine, MemberStanding
from forum.reputation.rulesets import in_force
from forum.reputation.sources import REPUTATION
from forum.threads.models import Post, Thread

EVERYWHERE = 0
ALL_TIME = "all"
LEAST = 5  # a list of fewer would be a list of everybody
SHOWN = 20

Place = tuple[str, int]  # period, board
Totals = defaultdict[int, defaultdict[Place, int]]  # by member

_TABLE = Base.metadata.tables[HelpingTotal.__tablename__]
_BOARD_OF = (
    select(Post.id, Thread.board_id).join(Thread, Thread.id == Post.thread_id)
    .where(Post.id.in_(bindparam("post_ids", type_=Integer, expanding=True)))
)


@dataclass(frozen=True, slots=True)
class Leader:
    """Somebody on a leaderboard. Who has as many points shares the place."""

    place: int
    member_id: int
    name: str
    label: str
    hue: int
    rank_key: str
    points: int


# Reading --------------------------------------------------------------------------------------


def week_of(day: dt.date) -> str:
    """The ISO week of a UTC day: "2026-W47"."""
    year, week, _weekday = day.isocalendar()
    return f"{year}-W{week:02}"


def month_of(day: dt.date) -> str:
    """The month of a UTC day: "2026-11"."""
    return f"{day:%Y-%m}"


def day_of(day: dt.date) -> str:
    """The period of one UTC day: "20261127"."""
    return f"{day:%Y%m%d}"


def leaders(session: Session, period: str, board_id: int = EVERYWHERE, limit: int = SHOWN) -> list[Leader]:
    """Those with most points of a period, the most first; empty while there are fewer than LEAST.

    Staff stand outside, and so does whoever chose to. Reads a stretch of one index, however long the history.
    """
    found_in = {"period": period, "board_id": board_id, "most": max(limit, LEAST)}
    return _listed(session.execute(LEADING, found_in).all(), limit)


def leaders_of_week(session: Session, limit: int, board_id: int = EVERYWHERE) -> tuple[list[Leader], bool]:
    """The leaders of this week, or while there are too few those of the week before; and whether it is this week."""
    weeks = {"this": week_of(today()), "before": week_of(today() - dt.timedelta(days=7))}
    rows = session.execute(_OF_TWO_WEEKS, {**weeks, "board_id": board_id, "most": max(limit, LEAST)}).all()
    this = _listed([row for row in rows if row.period == weeks["this"]], limit)
    return (this, True) if this else (_listed([row for row in rows if row.period == weeks["before"]], limit), False)


def _listed(rows: Sequence[Row[*tuple[Any, ...]]], limit: int) -> list[Leader]:
    if len(rows) < LEAST:
        return []
    found: list[Leader] = []
    for number, row in enumerate(rows[:limit], start=1):
        place = found[-1].place if found and found[-1].points == row.points else number
        found.append(Leader(place, row.id, row.name, row.shown_name or row.name, row.hue, row.rank_key, row.points))
    return found


def points_of(session: Session, member_id: int, period: str, board_id: int = EVERYWHERE) -> int:
    """What a member has in a period: for their own eyes, whether they are on the list or not."""
    total = HelpingTotal
    found = session.scalar(select(total.points).where(
        total.period == period, total.board_id == board_id, total.member_id == member_id
    ))
    return found or 0


def _leading(period: str) -> Select[*tuple[Any, ...]]:
    return (
        select(
            HelpingTotal.period, HelpingTotal.points, Member.id, Member.name, Member.shown_name, Member.hue,
            MemberStanding.rank_key,
        )
        .select_from(HelpingTotal)
        .join(Member, Member.id == HelpingTotal.member_id)
        .join(MemberStanding, MemberStanding.member_id == HelpingTotal.member_id)
        .where(
            HelpingTotal.period == bindparam(period), HelpingTotal.board_id == bindparam("board_id"),
            HelpingTotal.points > 0, Member.role == "member",
            Member.on_leaderboards, Member.erased_at.is_(None), Member.merged_into_id.is_(None),
        )
        .order_by(HelpingTotal.points.desc(), HelpingTotal.member_id)
        .limit(bindparam("most", type_=Integer))
    )


# The statement behind a leaderboard: `most` of a period and a board.
LEADING = _leading("period")
_THIS, _BEFORE = (_leading(week).subquery(week) for week in ("this", "before"))
_OF_TWO_WEEKS = union_all(select(_THIS), select(_BEFORE)).order_by(
    literal_column("points").desc(), literal_column("id")
)


# Keeping it -----------------------------------------------------------------------------------


def add(session: Session, lines: Iterable[Line]) -> None:
    """Lines were appended. The standings of their members are locked."""
    points: Counter[tuple[int, dt.date, int | None]] = Counter()
    for _source, slot, worth in lines:
        if slot.axis == REPUTATION:
            points[slot.member_id, slot.day, slot.post_id] += worth
    moved = {key: worth for key, worth in points.items() if worth}
    boards = _boards(session, {post_id for _member, _day, post_id in moved if post_id is not None})
    sums = _nothing()
    for (member_id, day, post_id), worth in moved.items():
        for place in _places(day, boards.get(post_id) if post_id is not None else None):
            sums[member_id][place] += worth
    _write(session, sums)


def move_thread(session: Session, thread_id: int, source: int, target: int) -> None:
    """A thread stands on another board: what its posts brought counts there."""
    line = LedgerLine
    posts = select(Post.id).where(Post.thread_id == thread_id)
    held = (
        select(line.member_id, line.event_day, func.sum(line.points))
        .where(line.post_id.in_(posts), line.axis == REPUTATION, line.generation == in_force(session).generation)
        .group_by(line.member_id, line.event_day)
    )
    standings.lock(session, {row[0] for row in session.execute(held)})
    sums = _nothing()
    for member_id, day, worth in session.execute(held):
        for period in _periods(day):
            sums[member_id][period, source] -= worth
            sums[member_id][period, target] += worth
    _write(session, sums)


def rebuild(session: Session, generation: int, members: Iterable[list[int]]) -> None:
    """Let the totals of these members be what the lines of a generation say. Their standings are locked.

    Whose totals are right already is left alone: a rebuild under the same rules changes few.
    """
    for ids in members:
        with uncollected():
            _rebuild(session, generation, ids)


def _rebuild(session: Session, generation: int, ids: list[int]) -> None:
    held, wanted = _held(session, ids), reckon(session, generation, ids)
    different = sorted(id for id in held.keys() | wanted.keys() if held[id] != wanted[id])
    if different:  # also rows that say 0, which `held` does not know
        old = delete(HelpingTotal).where(HelpingTotal.member_id.in_(different))
        session.execute(old, execution_options={"synchronize_session": False})
    insert_rows(session, _TABLE, ("member_id", "period", "board_id", "points"), (
        (id, period, board_id, points)
        for id in different for (period, board_id), points in sorted(wanted[id].items())
    ))


def differences(session: Session, generation: int, ids: Sequence[int]) -> Iterator[tuple[int, Place, int, int]]:
    """What the totals of these members say otherwise than the lines: member, place, total, by the lines."""
    held, wanted = _held(session, ids), reckon(session, generation, ids)
    for id in ids:
        for place in sorted({*held[id], *wanted[id]}):
            if held[id][place] != wanted[id][place]:
                yield id, place, held[id][place], wanted[id][place]


def reckon(session: Session, generation: int, ids: Sequence[int]) -> Totals:
    """The totals of these members that are not 0, from their lines alone."""
    line = LedgerLine
    # Not summed by the database: most lines of a member are alone on their day and board.
    statement = (
        select(line.member_id, line.event_day, Thread.board_id, line.points)
        .outerjoin(Post, Post.id == line.post_id)
        .outerjoin(Thread, Thread.id == Post.thread_id)
        .where(line.generation == generation, line.member_id.in_(ids), line.axis == REPUTATION)
    )
    sums = _nothing()
    for member_id, day, board_id, worth in read_rows(session, statement):
        mine = sums[member_id]
        for place in _places(day, board_id):
            mine[place] += worth
    for mine in sums.values():
        for place in [place for place, points in mine.items() if not points]:
            del mine[place]
    return sums


def _held(session: Session, ids: Sequence[int]) -> Totals:
    """What the totals of these members say, but for those that are 0."""
    total = HelpingTotal
    statement = select(total.member_id, total.period, total.board_id, total.points).where(
        total.member_id.in_(ids), total.points != 0
    )
    held = _nothing()
    for id, period, board_id, points in read_rows(session, statement):
        held[id][period, board_id] = points
    return held


def _nothing() -> Totals:
    return defaultdict(lambda: defaultdict(int))


@lru_cache(maxsize=8192)
def _places(day: dt.date, board_id: int | None) -> tuple[Place, ...]:
    """Where a line of a day counts, that is about a post on a board or about none. Days are kept everywhere only."""
    everywhere = [(period, EVERYWHERE) for period in (*_periods(day), day_of(day))]
    return (*everywhere, *((period, board_id) for period in _periods(day) if board_id is not None))


def _periods(day: dt.date) -> tuple[str, str, str]:
    return week_of(day), month_of(day), ALL_TIME


def _boards(session: Session, post_ids: set[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for ids in chunks(sorted(post_ids)):
        rows = session.execute(_BOARD_OF, {"post_ids": ids})
        found.update((row[0], row[1]) for row in rows)
    return found


def _write(session: Session, sums: Totals) -> None:
    """Add to the totals, in one order for all, so that two writers never wait for each other in a ring."""
    rows = [
        {"member_id": id, "period": period, "board_id": board_id, "points": worth}
        for id in sorted(sums) for (period, board_id), worth in sorted(sums[id].items()) if worth
    ]
    if not rows:
        return
    session.execute(_more(session.get_bind().dialect.name), rows)


@lru_cache
def _more(dialect: str) -> Insert:
    insert = (postgresql if dialect == "postgresql" else sqlite).insert(_TABLE)
    more = {"points": _TABLE.c.points + insert.excluded.points}
    found: Insert = insert.on_conflict_do_update(index_elements=["member_id", "period", "board_id"], set_=more)
    return found
