"""A member's ledger as its owner reads it: by the day of what happened, with what it came to after each line.

Flat in cost, however long the history: a page is a stretch of one index. What a day's end amounts to comes from the
totals by month and by day (`helping_total`); lines themselves are summed within a day only.

What a month's cap took is known at the end of the month. Its lines lie on the first day, and many may follow on each
other, so they are read as one: their sum, after everything else of the month.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, Subquery, func, select, tuple_, union_all
from sqlalchemy.orm import Session

from forum.access import visible
from forum.access.actors import Actor
from forum.boards.models import Board
from forum.core.clock import beginning
from forum.core.errors import NotFound
from forum.core.i18n import Text
from forum.core.months import first_day, last_day, next_month
from forum.core.pagination import LARGEST_ID, cursor, numbers
from forum.reputation import line_words, running_totals
from forum.reputation.cap_sources import MONTH
from forum.reputation.leaderboard import day_of, month_of
from forum.reputation.models import Award, LedgerLine
from forum.reputation.rules import Ruleset
from forum.reputation.rulesets import glance
from forum.reputation.running_totals import Entry, Month, MonthCap
from forum.reputation.sources import REPUTATION
from forum.reputation.uncounted import OfMonth, Uncounted, by_month, in_words
from forum.threads import voiding
from forum.threads.models import Post, Thread

PAGE = 30
PLOTTED = 24  # months at most that the plot shows
LEAST_PLOTTED = 12


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Which lines of one axis: a group of kinds (`line_words.GROUPS`), of a month ("2026-11"), before a place."""

    axis: str = REPUTATION
    group: str = ""
    month: str = ""
    before: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A line in words. `total` is what all lines up to this one amount to, whatever is filtered.

    `note` says what a cap has to do with it, `rule` is where on /ranks that is said. Title and post are there when it
    is about a post that the reader may see. `why` is there when the team had what brought the points count no more.
    """

    id: int
    words: str
    note: str
    rule: str
    points: int
    day: dt.date
    at: dt.datetime
    total: int
    title: str | None
    post_id: int | None
    why: Text | None = None
    of_month: bool = False


class Section(NamedTuple):
    """What stands under one day's name, or a month's: what its cap took, and how many of its votes bring nothing."""

    day: dt.date
    of_month: bool
    lines: Sequence[Line]
    uncounted: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """Lines, the newest day first; `before` is the place where the next page goes on, "" at the end.

    `months` are all from the first line's to this one, the oldest first; empty on the axis of purchases. `uncounted`
    are votes of the month `uncounted_of` that bring nothing, where such are told; `in_sum` is how many other months
    have, by their first days, of those months that begin on this page.
    """

    lines: Sequence[Line]
    before: str
    months: Sequence[Month]
    uncounted: Sequence[Uncounted] = ()
    uncounted_of: dt.date | None = None
    in_sum: Mapping[dt.date, int] = field(default_factory=dict)

    @property
    def sections(self) -> Sequence[Section]:
        """The lines by the day; what is said of a month stands by itself, before the month's last day."""
        found = {
            (last_day(first), True): Section(last_day(first), True, (), count) for first, count in self.in_sum.items()
        }
        for key, lines in groupby(self.lines, lambda line: (line.day, line.of_month)):
            found[key] = Section(*key, list(lines), found[key].uncounted if key in found else 0)
        return [found[key] for key in sorted(found, reverse=True)]

    @property
    def plotted(self) -> Sequence[Month]:
        """The months that a plot shows: this one and those before it, none without any line."""
        if not self.months:
            return []
        months = list(self.months[-PLOTTED:])
        while len(months) < LEAST_PLOTTED:
            months.insert(0, Month(first_day(months[0].start - dt.timedelta(days=1)), 0))
        return months


def page(session: Session, viewer: Actor, member_id: int, which: Narrowed, today: dt.date) -> Page:
    """A page of a member's ledger. Whether the viewer may read it is for the caller to ask.

    Raises:
        NotFound: no such group or month, or no such place.
    """
    all_months = running_totals.months(session, member_id, today) if which.axis == REPUTATION else []
    ruleset = glance(session).ruleset
    entries, caps = _entries(session, viewer, member_id, which, PAGE + 1)
    shown = entries[:PAGE]
    totals = running_totals.totals(
        session, member_id, which.axis, all_months, shown, caps, chosen=bool(which.group)
    )
    reasons = _reasons(session, shown)
    lines = [_line(ruleset, row, ruleset.total(total) if which.axis == REPUTATION else total, reasons.get(row.id))
             for row, total in zip(shown, totals, strict=True)]
    more = cursor(int(day_of(lines[-1].day)), lines[-1].id) if len(entries) > PAGE else ""
    if which.axis != REPUTATION or not _tells_caps(which.group) or (which.before and (which.group or which.month)):
        return Page(lines, more, all_months)
    first, end = _told(which, today, lines if more else ())
    told = by_month(session, member_id, first, end)
    if which.before:
        return Page(lines, more, all_months, in_sum=_counts(told))
    now = _first_of(which.month) if which.month else first_day(today)
    rule_by_rule = in_words(session, viewer, told.pop(now, OfMonth()))
    return Page(lines, more, all_months, rule_by_rule, now, _counts(told))


def _told(which: Narrowed, today: dt.date, lines: Sequence[Line]) -> tuple[dt.date | None, dt.date]:
    """Of which months votes that bring nothing are told: from the first of one (None: from ever on) to before another.

    Of the whole ledger those whose newest lines are among these: the month of the last line before them began on the
    page before, and without lines nothing follows on this page. Of a part of it one month alone.
    """
    if which.group or which.month:
        chosen = _first_of(which.month) if which.month else first_day(today)
        return chosen, next_month(chosen)
    end = first_day(_place(which.before)[0]) if which.before else next_month(today)
    return (first_day(lines[-1].day) if lines else None), end


def _counts(told: Mapping[dt.date, OfMonth]) -> dict[dt.date, int]:
    return {first: votes.count for first, votes in told.items()}


def latest(session: Session, viewer: Actor, member_id: int, count: int) -> list[Line]:
    """The newest lines of the axis Helping, without what they came to (`total` is 0) and what caps on months took."""
    ruleset = glance(session).ruleset
    return [_line(ruleset, row, 0) for row in _rows(session, viewer, member_id, Narrowed(), count)]


def keys(generation: int, member_id: int, axis: str, kind: str, which: Narrowed, limit: int) -> Select[int, dt.date]:
    """The ids of the newest lines of one kind ("" is any but the cap on a month), within a month and before a place."""
    line = LedgerLine
    statement = select(line.id, line.event_day).where(
        line.member_id == member_id, line.generation == generation, line.axis == axis
    )
    statement = statement.where(line.kind == kind if kind else line.kind != MONTH)
    if which.month:
        first = _first_of(which.month)
        statement = statement.where(line.event_day >= first, line.event_day < next_month(first))
    if which.before:
        statement = statement.where(tuple_(line.event_day, line.id) < _place(which.before))
    return statement.order_by(line.event_day.desc(), line.id.desc()).limit(limit)


def _entries(
    session: Session, viewer: Actor, member_id: int, which: Narrowed, limit: int
) -> tuple[Sequence[Entry], dict[dt.date, int]]:
    """The newest lines, with what caps on months took among them; and that by the first day of the month."""
    rows = _rows(session, viewer, member_id, which, limit)
    if which.axis != REPUTATION:
        return rows, {}
    statement = month_caps(glance(session).generation, member_id, which, rows, limit)
    found = [MonthCap(last_day(first), points, at) for first, points, at in session.execute(statement)]
    caps = {first_day(cap.event_day): cap.points for cap in found}
    if not _tells_caps(which.group):
        return rows, caps
    place = _place(which.before) if which.before else (dt.date.max, LARGEST_ID)
    entries: list[Entry] = [*rows, *(cap for cap in found if (cap.event_day, cap.id) < place)]
    return sorted(entries, key=lambda entry: (entry.event_day, entry.id), reverse=True)[:limit], caps


def month_caps(
    generation: int, member_id: int, which: Narrowed, rows: Sequence[Row[Any]], limit: int
) -> Select[dt.date, int, dt.datetime]:
    """What caps took of months, the newest first: of those that these rows are in, and of those that are told."""
    line = LedgerLine
    statement = select(line.event_day, func.sum(line.points), func.max(line.created_at)).where(
        line.member_id == member_id, line.generation == generation, line.axis == REPUTATION, line.kind == MONTH
    )
    if which.month:
        statement = statement.where(line.event_day == _first_of(which.month))
    elif not _tells_caps(which.group):
        statement = statement.where(line.event_day.in_({first_day(row.event_day) for row in rows}))
    else:
        if which.before:
            statement = statement.where(line.event_day <= _place(which.before)[0])
        if len(rows) == limit:
            statement = statement.where(line.event_day >= first_day(rows[-1].event_day))
    statement = statement.group_by(line.event_day).having(func.sum(line.points) != 0)
    # One more than there is room for: the newest may be told on the page before, and still counts in this one's totals.
    return statement.order_by(line.event_day.desc()).limit(limit + 1)


def _tells_caps(group: str) -> bool:
    return not group or MONTH in line_words.GROUPS[group]


def _rows(session: Session, viewer: Actor, member_id: int, which: Narrowed, limit: int) -> Sequence[Row[Any]]:
    line = LedgerLine
    some = _chosen(session, member_id, which, limit)
    statement = (
        select(
            line.id, line.kind, line.points, line.event_day, line.created_at, line.source_kind, line.source_id,
            Thread.title, Post.id.label("post"),
        )
        .join(some, some.c.id == line.id)
        .outerjoin(Post, Post.id == line.post_id)
        .outerjoin(Thread, Thread.id == Post.thread_id)
        .outerjoin(Board, Board.id == Thread.board_id)
        .add_columns(visible.post_is_visible(viewer).label("seen"))
        .order_by(line.event_day.desc(), line.id.desc()).limit(limit)
    )
    return session.execute(statement).all()


def _chosen(session: Session, member_id: int, which: Narrowed, limit: int) -> Subquery:
    """The ids of the page's lines: the newest of each kind, of which the newest of all are taken."""
    generation = glance(session).generation
    kinds = _kinds(session, member_id, which.group) if which.group else [""]
    each = [keys(generation, member_id, which.axis, kind, which, limit).subquery() for kind in kinds]
    if len(each) == 1:
        return each[0]
    return union_all(*(select(one.c.id) for one in each)).subquery()


def _kinds(session: Session, member_id: int, group: str) -> list[str]:
    """The kinds of line in a group. What awards are called is for the rules to say, so the member's are looked up."""
    if group not in line_words.GROUPS:
        raise NotFound
    if group != line_words.AWARDS:
        return [kind for kind in line_words.GROUPS[group] if kind != MONTH]
    found = session.scalars(select(Award.kind).where(Award.member_id == member_id).distinct().order_by(Award.kind))
    return list(found) or [line_words.AWARDS]


def _reasons(session: Session, rows: Sequence[Entry]) -> dict[int, Text]:
    """By line: why the team had its source count no more, for lines that took points off since then; 2 queries."""
    found = {}
    for kind in ("vote", "acceptance"):
        taken = [row for row in rows if row.points < 0 and row.source_kind == kind]
        said = voiding.reasons(session, kind, {int(row.source_id) for row in taken}) if taken else {}
        for row in taken:
            why, since = said.get(int(row.source_id), ("", row.created_at))
            if why in line_words.WITHHELD and row.created_at >= since:
                found[row.id] = line_words.WITHHELD[why]
    return found


def _line(ruleset: Ruleset, row: Entry, total: int, why: Text | None = None) -> Line:
    note, rule = line_words.note_of_line(ruleset, row.kind, row.points, row.event_day)
    at = row.created_at  # a ledger that was written anew has the moment of the writing: the day is what is known then
    of_month = row.kind == MONTH
    if at.date() != row.event_day and not (of_month and first_day(at.date()) == first_day(row.event_day)):
        at = beginning(row.event_day)
    return Line(
        id=row.id, words=line_words.line_in_words(row.kind, row.points), note=note, rule=rule, points=row.points,
        day=row.event_day, at=at, total=total, title=row.title if row.seen else None,
        post_id=row.post if row.seen else None, why=why, of_month=of_month,
    )


# Places ----------------------------------------------------------------------------------------


def _first_of(month: str) -> dt.date:
    try:
        first = dt.date.fromisoformat(f"{month}-01")
    except ValueError:
        raise NotFound from None
    if month_of(first) != month or first.year > 9000:
        raise NotFound
    return first


def _place(before: str) -> tuple[dt.date, int]:
    day, id = numbers(before, 2)
    try:
        return dt.datetime.strptime(str(day), "%Y%m%d").replace(tzinfo=dt.UTC).date(), id
    except ValueError:
        raise NotFound from None
