"""Standings: what a member's lines, visits and purchases amount to, and the rank that follows.

A projection: everything here can be reckoned anew from the ledger (`reckoning`) and must come out equal.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Integer, Table, and_, bindparam, case, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from forum.core.bulk import chunks
from forum.core.clock import now, today
from forum.core.database import Base
from forum.events.catalogue import RankChanged, RankWarned, RankWarningOver, StandingsChanged
from forum.events.publish import publish
from forum.members.models import Member
from forum.reputation import holding, windows
from forum.reputation.formulas import Numbers
from forum.reputation.holding import Hold
from forum.reputation.models import MemberStanding
from forum.reputation.rules import Ruleset
from forum.reputation.rulesets import current

MOST_NAMED = 1000  # members named in one event; more than that change at once only when rules do

_READ = (
    select(
        MemberStanding.member_id, MemberStanding.reputation, MemberStanding.days, MemberStanding.accepted,
        MemberStanding.helped, MemberStanding.purchases, MemberStanding.points_recent,
        MemberStanding.purchases_recent, MemberStanding.flags, MemberStanding.rank_key, MemberStanding.falls_on,
        MemberStanding.warned_for, MemberStanding.lock_rank_key, MemberStanding.lock_until,
        MemberStanding.best_rank_key, MemberStanding.due_on,
    )
    .where(MemberStanding.member_id.in_(bindparam("ids", type_=Integer, expanding=True)))
    .order_by(MemberStanding.member_id)
)
_LOCK = _READ.with_for_update()


@dataclass(frozen=True, slots=True)
class Held:
    """A standing as its row says; it does not know the days since joining."""

    numbers: Numbers
    hold: Hold
    best_rank_key: str = ""
    due_on: dt.date | None = None

    @property
    def is_due(self) -> bool:
        """Whether time alone may have changed it since it was last looked at."""
        return self.due_on is not None and self.due_on <= today()


def open_standing(session: Session, member_id: int) -> MemberStanding:
    """The member's standing; made, at the foot of the ladder, when there is none yet."""
    _make_missing(session, [member_id])
    return session.get_one(MemberStanding, member_id)


def lock(session: Session, member_ids: Iterable[int]) -> dict[int, Held]:
    """The standings of these members, held until the end of the transaction; missing ones are made.

    Rows are locked in the order of their ids, so that two transactions never wait for each other.
    """
    found: dict[int, Held] = {}
    for ids in chunks(sorted(set(member_ids))):
        rows = read(session, ids, for_update=True)
        if len(rows) < len(ids):
            _make_missing(session, set(ids) - set(rows))
            rows = read(session, ids, for_update=True)
        found.update(rows)
    return found


def read(session: Session, ids: list[int], *, for_update: bool = False) -> dict[int, Held]:
    """The standings of these members as their rows say, in the order of the ids."""
    rows = session.execute(_LOCK if for_update else _READ, {"ids": ids})
    return {id: _held(*columns) for id, *columns in rows}


def _held(
    points: int, days: int, accepted: int, helped: int, purchases: int, points_recent: int, purchases_recent: int,
    flags: int, rank_key: str, falls_on: dt.date | None, warned_for: dt.date | None, lock_rank_key: str | None,
    lock_until: dt.datetime | None, best_rank_key: str, due_on: dt.date | None,
) -> Held:
    numbers = Numbers(
        points, days, accepted, helped, purchases, points_recent, purchases_recent=purchases_recent, flags=flags
    )
    return Held(numbers, Hold(rank_key, falls_on, warned_for, lock_rank_key, lock_until), best_rank_key, due_on)


def nothing(ruleset: Ruleset) -> Held:
    """The standing of a member who has none yet."""
    return Held(Numbers(points=ruleset.total(0)), Hold(ruleset.ranks[0].key))


def _make_missing(session: Session, member_ids: Iterable[int]) -> None:
    ruleset = current(session)
    # Who is new is looked at once more by the daily job, which knows when they joined.
    due_on = today() if ruleset.is_timed else None
    values: list[dict[str, Any]] = [
        {
            "member_id": id, "rank_key": ruleset.ranks[0].key, "rank_since": now(), "reputation": ruleset.total(0),
            "due_on": due_on,
        }
        for id in sorted(member_ids)
    ]
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    session.execute(dialect.insert(MemberStanding).on_conflict_do_nothing(), values)


def write(
    session: Session, ruleset: Ruleset, held: dict[int, Held], after: Mapping[int, Numbers],
    leaving: Mapping[int, dt.date] | None = None, *, told: bool = True, by_rules: int | None = None,
) -> None:
    """Store the numbers of members whose standings are locked, and the ranks that follow from them (see `holding`).

    Changes are announced, unless the member is staff, who stand outside the ladder, or was imported and is nobody's
    account yet.

    Args:
        leaving: the day on which something leaves a member's window, or an earlier one; None: as known before.
        told: False for what staff did on purpose, and tell the member themselves.
        by_rules: other rules are why, the version of this number; members are told so.
    """
    moment = now()
    after = _with_joined_days(session, ruleset, after)
    follows = {
        id: holding.follow(ruleset, ruleset.rank_for(numbers), held[id].hold, moment) for id, numbers in after.items()
    }
    silent = _silent(session, [id for id, hold in follows.items() if _is_news(held[id].hold, hold)])
    changed: list[dict[str, Any]] = []
    for id, numbers in sorted(after.items()):
        before, hold = held[id], follows[id]
        rises = ruleset.place(hold.rank_key) > ruleset.place(before.hold.rank_key)
        best = _best(ruleset, before, hold)
        celebrated = (
            told and rises and id not in silent and hold.lock_rank_key is None
            and ruleset.place(hold.rank_key) > ruleset.place(best)
        )
        best = hold.rank_key if celebrated else best
        due_on = due(ruleset, numbers, hold, leaving.get(id) if leaving is not None else before.due_on)
        if before != Held(replace(numbers, joined_days=0), hold, best, due_on):
            changed.append(_values(id, numbers, hold, best, due_on, moment))
        _say_over(session, ruleset, id, before.hold, hold, moment.date())
        if id not in silent:
            _announce(session, ruleset, id, before.hold, hold, celebrated=celebrated, told=told, by_rules=by_rules)
    if changed:
        session.connection().execute(_CHANGE, changed)
        say_changed(session, [values["of"] for values in changed])


def _best(ruleset: Ruleset, before: Held, hold: Hold) -> str:
    """The highest rank that there was for a member to celebrate. Who had one that is there no more has been as high as
    what remains of it; at which rank staff hold somebody says nothing of that."""
    is_gone = before.best_rank_key != "" and ruleset.rank_called(before.best_rank_key) is None
    return hold.rank_key if is_gone and hold.lock_rank_key is None else before.best_rank_key


def say_changed(session: Session, member_ids: Sequence[int]) -> None:
    """Have the members' own open pages look anew; of very many at once, everybody's."""
    publish(session, StandingsChanged(tuple(member_ids) if len(member_ids) <= MOST_NAMED else ()))


def _with_joined_days(session: Session, ruleset: Ruleset, after: Mapping[int, Numbers]) -> dict[int, Numbers]:
    numbers = dict(after)
    for ids in chunks(sorted(numbers) if ruleset.joined_steps else ()):
        for id, days in windows.joined_days(session, ruleset, ids).items():
            numbers[id] = replace(numbers[id], joined_days=days)
    return numbers


def due(ruleset: Ruleset, numbers: Numbers, hold: Hold, leaves: dt.date | None) -> dt.date | None:
    """The first day on which time alone changes something. One that is too early only costs a look."""
    days = [
        leaves if ruleset.is_timed else None, holding.looks_on(ruleset, hold),
        windows.next_step(ruleset, numbers.joined_days),
    ]
    return min((day for day in days if day is not None), default=None)


def _values(
    id: int, numbers: Numbers, hold: Hold, best: str, due_on: dt.date | None, moment: dt.datetime
) -> dict[str, Any]:
    return {
        "of": id, "new_reputation": numbers.points, "new_days": numbers.days, "new_accepted": numbers.accepted,
        "new_helped": numbers.helped, "new_purchases": numbers.purchases, "new_points_recent": numbers.points_recent,
        "new_purchases_recent": numbers.purchases_recent, "new_flags": numbers.flags, "new_rank_key": hold.rank_key,
        "new_falls_on": hold.falls_on, "new_warned_for": hold.warned_for, "new_lock_rank_key": hold.lock_rank_key,
        "new_lock_until": hold.lock_until, "new_best_rank_key": best, "new_due_on": due_on, "moment": moment,
    }


_TABLE: Table = Base.metadata.tables[MemberStanding.__tablename__]
_CHANGE = (
    _TABLE.update()
    .where(_TABLE.c.member_id == bindparam("of"))
    .values(
        **{
            name: bindparam(f"new_{name}")
            for name in (
                "reputation", "days", "accepted", "helped", "purchases", "points_recent", "purchases_recent", "flags",
                "rank_key", "falls_on", "warned_for", "lock_rank_key", "lock_until", "best_rank_key", "due_on",
            )
        },
        rank_since=case(
            (_TABLE.c.rank_key == bindparam("new_rank_key"), _TABLE.c.rank_since),
            else_=bindparam("moment", type_=_TABLE.c.rank_since.type),
        ),
    )
)


def _is_news(before: Hold, after: Hold) -> bool:
    return before.rank_key != after.rank_key or before.warned_for != after.warned_for


def _silent(session: Session, ids: Iterable[int]) -> set[int]:
    """Those of these members who are told nothing of ranks."""
    silent = set[int]()
    for some in chunks(ids):
        unmoved = or_(Member.role != "member", and_(Member.external_source.is_not(None), Member.confirmed_at.is_(None)))
        silent.update(session.scalars(select(Member.id).where(Member.id.in_(some), unmoved)))
    return silent


def _announce(
    session: Session, ruleset: Ruleset, id: int, before: Hold, after: Hold, *, celebrated: bool, told: bool,
    by_rules: int | None,
) -> None:
    if before.rank_key != after.rank_key:
        up = ruleset.place(after.rank_key) > ruleset.place(before.rank_key)
        old, new = before.rank_key, after.rank_key
        publish(session, RankChanged(
            id, old, new, up, celebrated=celebrated, told=told, by_rules=by_rules is not None, version=by_rules
        ))
    if after.falls_on is not None and before.warned_for != after.warned_for:
        publish(session, RankWarned(id, after.rank_key, after.falls_on.isoformat()))


def _say_over(session: Session, ruleset: Ruleset, id: int, before: Hold, after: Hold, day: dt.date) -> None:
    """A warning that was sent goes with what it tells of, unless it came true: the rank was lost on its day."""
    if before.falls_on is None or before.warned_for != before.falls_on or after.falls_on == before.falls_on:
        return
    lost = ruleset.place(after.rank_key) < ruleset.place(before.rank_key) and after.lock_rank_key is None
    if not (lost and day >= before.falls_on):
        publish(session, RankWarningOver(id, before.rank_key, before.falls_on.isoformat()))
