"""Caps over a day and a month as sources of their own: what each withholds now, and what its lines hold."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from sqlalchemy import Date, Integer, String, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from forum.core.bulk import chunks
from forum.core.months import first_day, next_month
from forum.reputation.caps import Cast, counted_of_month, withheld_of_day
from forum.reputation.models import Award, LedgerLine
from forum.reputation.rules import Caps
from forum.reputation.rulesets import InForce
from forum.reputation.sources import REPUTATION, Slot, Yield
from forum.threads.models import Vote

DAY, MONTH = "day_cap", "month_cap"
_IN_MONTH = (
    LedgerLine.member_id, LedgerLine.event_day, LedgerLine.source_kind, LedgerLine.kind, LedgerLine.caused_by_id,
)
_MONTH = (
    select(*_IN_MONTH, func.sum(LedgerLine.points))
    .where(
        LedgerLine.generation == bindparam("generation", type_=Integer),
        LedgerLine.member_id.in_(bindparam("member_ids", type_=Integer, expanding=True)),
        LedgerLine.axis == REPUTATION, LedgerLine.event_day >= bindparam("first", type_=Date),
        LedgerLine.event_day < bindparam("end", type_=Date),
    )
    .group_by(*_IN_MONTH)
)
_OF_DAYS = (
    select(
        LedgerLine.event_day, LedgerLine.source_kind, LedgerLine.source_id, LedgerLine.caused_by_id,
        func.sum(LedgerLine.points),
    )
    .where(
        LedgerLine.generation == bindparam("generation", type_=Integer),
        LedgerLine.member_id == bindparam("member_id", type_=Integer), LedgerLine.axis == REPUTATION,
        LedgerLine.event_day.in_(bindparam("days", type_=Date, expanding=True)),
        or_(
            LedgerLine.source_kind == "vote",
            and_(
                LedgerLine.source_kind == "award",
                LedgerLine.kind.in_(bindparam("award_kinds", type_=String, expanding=True)),
            ),
        ),
    )
    .group_by(
        LedgerLine.event_day, LedgerLine.source_kind, LedgerLine.source_id, LedgerLine.kind, LedgerLine.caused_by_id
    )
    .having(func.sum(LedgerLine.points) != 0)
)
_IDS = bindparam("ids", type_=Integer, expanding=True)
_MOMENTS = {
    "vote": select(Vote.id, Vote.created_at).where(Vote.id.in_(_IDS)),
    "award": select(Award.id, Award.created_at).where(Award.id.in_(_IDS)),
}


@dataclass(slots=True)
class Month:
    """What one member's lines hold in one calendar month (UTC).

    Awards of the kinds `in_day` count among a day's votes.
    """

    in_day: frozenset[str] = frozenset()
    votes_of_day: defaultdict[dt.date, int] = field(default_factory=lambda: defaultdict(int))
    by_giver: defaultdict[int, int] = field(default_factory=lambda: defaultdict(int))
    without_giver: int = 0
    withheld_days: defaultdict[dt.date, int] = field(default_factory=lambda: defaultdict(int))
    withheld_month: int = 0

    def add(self, day: dt.date, source_kind: str, kind: str, giver_id: int | None, points: int) -> None:
        """Take in lines that are alike."""
        if source_kind == DAY:
            self.withheld_days[day] += points
        elif source_kind == MONTH:
            self.withheld_month += points
        else:
            if source_kind == "vote" or kind in self.in_day:
                self.votes_of_day[day] += points
            if giver_id is not None:
                self.by_giver[giver_id] += points
            elif kind != "down_given":
                self.without_giver += points


def yields(
    session: Session, rules: InForce, touched: Iterable[tuple[int, dt.date]]
) -> Iterator[tuple[tuple[str, str], Yield, Yield]]:
    """For each cap of these (member, day) and their months: the source, what it yields now, what its lines hold."""
    months: defaultdict[dt.date, set[int]] = defaultdict(set)
    days: defaultdict[tuple[int, dt.date], set[dt.date]] = defaultdict(set)
    for member_id, day in touched:
        months[first_day(day)].add(member_id)
        days[member_id, first_day(day)].add(day)
    for first, member_ids in sorted(months.items()):
        for member_id, month in sorted(read_month(session, rules, first, member_ids).items()):
            # A day over its cap changes whose points count in the month, so all such days are looked at.
            over = {day for day, net in month.votes_of_day.items() if net > rules.ruleset.caps.day_net}
            casts = read_days(session, rules, member_id, over)
            looked_at = days[member_id, first] | over | set(month.withheld_days)
            yield from month_yields(rules.ruleset.caps, member_id, first, month, casts, looked_at)


def month_yields(
    caps: Caps, member_id: int, first: dt.date, month: Month, casts: dict[dt.date, list[Cast]],
    days: Iterable[dt.date],
) -> Iterator[tuple[tuple[str, str], Yield, Yield]]:
    """The cap sources of one member's month. `casts` are the votes of its days over the cap."""
    by_giver, without_giver = dict(month.by_giver), month.without_giver
    for day in sorted(days):
        withheld = withheld_of_day(casts.get(day, ()), caps.day_net)
        for cast in casts.get(day, ()):
            taken = withheld.get(cast.id, 0)
            if cast.giver_id is not None:
                by_giver[cast.giver_id] -= taken
            else:
                without_giver -= taken
        slot = Slot(member_id, REPUTATION, DAY, None, None, day)
        yield (DAY, f"{member_id}:{day}"), _line(slot, -sum(withheld.values())), _line(slot, month.withheld_days[day])
    rest = max(0, without_giver)
    everything = rest + sum(points for points in by_giver.values() if points > 0)
    counted = counted_of_month(by_giver, rest, caps.giver_share_percent, caps.giver_share_from)
    slot = Slot(member_id, REPUTATION, MONTH, None, None, first)
    source = (MONTH, f"{member_id}:{first:%Y-%m}")
    yield source, _line(slot, counted - everything), _line(slot, month.withheld_month)


def read_month(session: Session, rules: InForce, first: dt.date, member_ids: Iterable[int]) -> dict[int, Month]:
    """What the lines of these members hold in the month that begins on `first`."""
    values = {"generation": rules.generation, "first": first, "end": next_month(first)}
    months: dict[int, Month] = {}
    for ids in chunks(sorted(member_ids)):
        rows = session.execute(_MONTH, values | {"member_ids": ids})
        for member_id, day, source_kind, kind, giver_id, points in rows:
            month = months.setdefault(member_id, Month(rules.ruleset.awards_in_day))
            month.add(day, source_kind, kind, giver_id, points)
    return months


def read_days(
    session: Session, rules: InForce, member_id: int, days: Iterable[dt.date]
) -> dict[dt.date, list[Cast]]:
    """The votes (and awards that count with them) that the member's lines of these days hold, with their moments.

    An award has its id negated here, so that it is not taken for the vote of the same id.
    """
    casts: defaultdict[dt.date, list[Cast]] = defaultdict(list)
    values = {
        "generation": rules.generation, "member_id": member_id, "award_kinds": sorted(rules.ruleset.awards_in_day),
    }
    for some in chunks(sorted(days)):
        rows = session.execute(_OF_DAYS, values | {"days": some}).all()
        moments = {
            kind: _moments(session, kind, (int(row[2]) for row in rows if row[1] == kind)) for kind in _MOMENTS
        }
        for day, kind, id, giver, points in rows:
            number = int(id)
            casts[day].append(Cast(number if kind == "vote" else -number, moments[kind][number], giver, points))
    return casts


def _moments(session: Session, kind: str, ids: Iterable[int]) -> dict[int, dt.datetime]:
    found: dict[int, dt.datetime] = {}
    for some in chunks(ids):
        found.update((row[0], row[1]) for row in session.execute(_MOMENTS[kind], {"ids": some}))
    return found


def _line(slot: Slot, points: int) -> Yield:
    return {slot: points} if points else {}
