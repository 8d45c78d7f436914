"""Who helped most, by week, month and all time, everywhere and by board: a projection of the ledger.

`helping_total` holds, for each member, what their lines of the axis Helping amount to in one ISO week, one month, and
all time (UTC days of the events), everywhere (board 0) and on each board (lines about a post there); and everywhere in
one day, from which ledgers tell what a line's total was. It moves with each line, in the same transaction, under the
lock of the member's standing; it can be reckoned anew from the lines and must come out equal.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import Insert, Integer, Select, bindparam, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from forum.core.bulk import chunks
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

Key = tuple[str, int, int]  # period, board, member

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
    rows = session.execute(leading(period, board_id, max(limit, LEAST))).all()
    if len(rows) < LEAST:
        return []
    found: list[Leader] = []
    for number, row in enumerate(rows[:limit], start=1):
        place = found[-1].place if found and found[-1].points == row.points else number
        found.append(Leader(place, row.id, row.name, row.shown_name or row.name, row.hue, row.rank_key, row.points))
    return found


def leaders_of_week(session: Session, limit: int) -> tuple[list[Leader], bool]:
    """The leaders of this week, or while there are too few those of the week before; and whether it is this week."""
    this = leaders(session, week_of(today()), limit=limit)
    if this:
        return this, True
    return leaders(session, week_of(today() - dt.timedelta(days=7)), limit=limit), False


def points_of(session: Session, member_id: int, period: str, board_id: int = EVERYWHERE) -> int:
    """What a member has in a period: for their own eyes, whether they are on the list or not."""
    total = HelpingTotal
    found = session.scalar(select(total.points).where(
        total.period == period, total.board_id == board_id, total.member_id == member_id
    ))
    return found or 0


def leading(period: str, board_id: int, limit: int) -> Select[int, int, str, str | None, int, str]:
    """The statement behind a leaderboard."""
    total = HelpingTotal
    return (
        select(total.points, Member.id, Member.name, Member.shown_name, Member.hue, MemberStanding.rank_key)
        .select_from(total)
        .join(Member, Member.id == total.member_id)
        .join(MemberStanding, MemberStanding.member_id == total.member_id)
        .where(
            total.period == period, total.board_id == board_id, total.points > 0, Member.role == "member",
            Member.on_leaderboards, Member.erased_at.is_(None), Member.merged_into_id.is_(None),
        )
        .order_by(total.points.desc(), total.member_id)
        .limit(limit)
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
    sums: Counter[Key] = Counter()
    for (member_id, day, post_id), worth in moved.items():
        _count(sums, member_id, day, boards.get(post_id) if post_id is not None else None, worth)
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
    sums: Counter[Key] = Counter()
    for member_id, day, worth in session.execute(held):
        for period in _periods(day):
            sums[period, source, member_id] -= worth
            sums[period, target, member_id] += worth
    _write(session, sums)


def rebuild(session: Session, generation: int, members: Iterable[list[int]]) -> None:
    """Write all totals anew from the lines of a generation. All standings are locked."""
    session.execute(delete(HelpingTotal), execution_options={"synchronize_session": False})
    for ids in members:
        _write(session, reckon(session, generation, ids))


def differences(session: Session, generation: int, ids: Sequence[int]) -> Iterator[tuple[Key, int, int]]:
    """What the totals of these members say otherwise than the lines: key, total, by the lines."""
    total = HelpingTotal
    rows = session.execute(
        select(total.period, total.board_id, total.member_id, total.points).where(total.member_id.in_(ids))
    )
    held: Counter[Key] = Counter({(row[0], row[1], row[2]): row[3] for row in rows})
    wanted = reckon(session, generation, ids)
    for key in sorted({*held, *wanted}, key=lambda key: (key[2], key[0], key[1])):
        if held[key] != wanted[key]:
            yield key, held[key], wanted[key]


def reckon(session: Session, generation: int, ids: Sequence[int]) -> Counter[Key]:
    """The totals of these members, from their lines alone."""
    line = LedgerLine
    rows = session.execute(
        select(line.member_id, line.event_day, Thread.board_id, func.sum(line.points))
        .outerjoin(Post, Post.id == line.post_id)
        .outerjoin(Thread, Thread.id == Post.thread_id)
        .where(line.generation == generation, line.member_id.in_(ids), line.axis == REPUTATION)
        .group_by(line.member_id, line.event_day, Thread.board_id)
    )
    sums: Counter[Key] = Counter()
    for member_id, day, board_id, worth in rows:
        _count(sums, member_id, day, board_id, worth)
    return sums


def _count(sums: Counter[Key], member_id: int, day: dt.date, board_id: int | None, worth: int) -> None:
    for period in _periods(day):
        sums[period, EVERYWHERE, member_id] += worth
        if board_id is not None:
            sums[period, board_id, member_id] += worth
    sums[day_of(day), EVERYWHERE, member_id] += worth


def _periods(day: dt.date) -> tuple[str, str, str]:
    return week_of(day), month_of(day), ALL_TIME


def _boards(session: Session, post_ids: set[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for ids in chunks(sorted(post_ids)):
        rows = session.execute(_BOARD_OF, {"post_ids": ids})
        found.update((row[0], row[1]) for row in rows)
    return found


def _write(session: Session, sums: Counter[Key]) -> None:
    """Add to the totals, in one order for all, so that two writers never wait for each other in a ring."""
    rows = [
        {"period": period, "board_id": board_id, "member_id": member_id, "points": worth}
        for (period, board_id, member_id), worth in sorted(sums.items(), key=lambda item: (item[0][2], *item[0][:2]))
        if worth
    ]
    if not rows:
        return
    session.execute(_more(session.get_bind().dialect.name), rows)


@lru_cache
def _more(dialect: str) -> Insert:
    insert = (postgresql if dialect == "postgresql" else sqlite).insert(_TABLE)
    more = {"points": _TABLE.c.points + insert.excluded.points}
    found: Insert = insert.on_conflict_do_update(index_elements=["period", "board_id", "member_id"], set_=more)
    return found
