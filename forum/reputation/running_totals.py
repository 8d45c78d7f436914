"""What the lines of a ledger came to: the sum of each month, and the running total after each line.

Lines themselves are summed within a day only; what a day's end amounts to comes from the totals by month and by day
(`helping_total`). What a month's cap took counts after everything else of the month.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, func, select, tuple_
from sqlalchemy.orm import Session, aliased

from forum.core.months import days_of, first_day, next_month
from forum.core.pagination import LARGEST_ID
from forum.reputation.cap_sources import MONTH
from forum.reputation.leaderboard import EVERYWHERE, day_of, month_of
from forum.reputation.models import HelpingTotal, LedgerLine, MemberStanding
from forum.reputation.rulesets import glance
from forum.reputation.sources import PURCHASES, REPUTATION


class MonthCap(NamedTuple):
    """What the cap on a month took so far, in the place of all its lines: after the last line of the month."""

    event_day: dt.date
    points: int
    created_at: dt.datetime
    id: int = LARGEST_ID
    kind: str = MONTH
    source_kind: str = MONTH
    source_id: str = ""
    title: str | None = None
    post: int | None = None
    seen: bool = False


Entry = Row[Any] | MonthCap


@dataclass(frozen=True, slots=True)
class Month:
    """What a calendar month (UTC) brought."""

    start: dt.date
    points: int

    @property
    def key(self) -> str:
        """How addresses call it: "2026-11"."""
        return month_of(self.start)


def months(session: Session, member_id: int, today: dt.date) -> list[Month]:
    """All months from the first line to the present one (or to a later line), the oldest first."""
    line = LedgerLine
    mine = (line.member_id == member_id, line.generation == glance(session).generation, line.axis == REPUTATION)
    oldest = select(line.event_day).where(*mine).order_by(line.event_day, line.id).limit(1)
    newest = select(line.event_day).where(*mine).order_by(line.event_day.desc(), line.id.desc()).limit(1)
    first, last = session.execute(select(oldest.scalar_subquery(), newest.scalar_subquery())).one()
    if first is None:
        return []
    starts = []
    start = first_day(first)
    while start <= max(last, today):
        starts.append(start)
        start = next_month(start)
    held = _held(session, member_id, [month_of(start) for start in starts])
    return [Month(start, held.get(month_of(start), 0)) for start in starts]


def _held(session: Session, member_id: int, periods: Sequence[str]) -> dict[str, int]:
    """What periods hold for a member, everywhere."""
    return {row[0]: row[1] for row in session.execute(periods_of(member_id, periods))}


def periods_of(member_id: int, periods: Sequence[str]) -> Select[str, int]:
    """The statement behind it: rows of one primary key."""
    total = HelpingTotal
    return select(total.period, total.points).where(
        total.period.in_(periods), total.board_id == EVERYWHERE, total.member_id == member_id
    )


def totals(
    session: Session, member_id: int, axis: str, months: Sequence[Month], entries: Sequence[Entry],
    caps: dict[dt.date, int], *, chosen: bool,
) -> list[int]:
    """What all lines up to each of these amount to, in the order of the ledger, whatever the page leaves out.

    Args:
        months: those of `months`; not needed on the axis of purchases.
        caps: what caps on months took, by the first day of the month.
        chosen: whether lines lie between these that the page does not have, since some kinds were chosen.
    """
    if not entries:
        return []
    top = entries[0]
    if axis == PURCHASES:
        standing = session.get(MemberStanding, member_id)
        newer = session.scalar(_newer(member_id, glance(session).generation, axis, top)) or 0
        return _downwards((standing.purchases if standing else 0) - newer, entries)
    told = entries if chosen else [top]
    ends = _ends_of_days(session, member_id, months, {entry.event_day for entry in told})
    within = _newer_in_day(session, [entry.id for entry in told if entry.kind != MONTH])
    found = []
    for entry in told:
        taken = caps.get(first_day(entry.event_day), 0)  # it is told after them all
        found.append(ends[entry.event_day] - (0 if entry.kind == MONTH else taken + within[entry.id]))
    return found if chosen else _downwards(found[0], entries)


def _downwards(total: int, entries: Sequence[Entry]) -> list[int]:
    """The totals of lines that follow on each other, from that of the first."""
    totals = []
    for entry in entries:
        totals.append(total)
        total -= entry.points
    return totals


def _ends_of_days(
    session: Session, member_id: int, months: Sequence[Month], days: set[dt.date]
) -> dict[dt.date, int]:
    """What all lines up to the end of each of these days amount to, with what caps took of their months."""
    after_month: dict[dt.date, int] = {}
    end = sum(month.points for month in months)
    for month in reversed(months):
        after_month[month.start] = end
        end -= month.points
    later = {one for day in days for one in days_of(first_day(day)) if one > day}
    held = _held(session, member_id, [day_of(day) for day in sorted(later)])
    ends = {}
    for day in days:
        first = first_day(day)
        ends[day] = after_month[first] - sum(held.get(day_of(one), 0) for one in days_of(first) if one > day)
    return ends


def _newer_in_day(session: Session, ids: Sequence[int]) -> dict[int, int]:
    """For each of these lines: what the lines after it on the same day amount to."""
    line, newer = LedgerLine, aliased(LedgerLine)
    after = select(func.coalesce(func.sum(newer.points), 0)).where(
        newer.member_id == line.member_id, newer.generation == line.generation, newer.axis == line.axis,
        newer.event_day == line.event_day, newer.id > line.id, newer.kind != MONTH,
    )
    rows = session.execute(select(line.id, after.scalar_subquery()).where(line.id.in_(ids)))
    return {row[0]: row[1] for row in rows}


def _newer(member_id: int, generation: int, axis: str, row: Entry) -> Select[int]:
    line = LedgerLine
    return select(func.sum(line.points)).where(
        line.member_id == member_id, line.generation == generation, line.axis == axis,
        tuple_(line.event_day, line.id) > tuple_(row.event_day, row.id),
    )
