"""What time alone changes: points and purchases in the window, upheld flags in it, days since joining.

Asked from the database only as far as the ranks in force ask for it. The window is made of whole calendar months
(`Ruleset.recent_since`), as the month's cap is: a month comes in and goes out with all its lines.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import Date, Integer, Select, String, bindparam, func, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from forum.chat.models import ChatMessage
from forum.core.bulk import chunks
from forum.core.clock import beginning, today
from forum.members.models import Member
from forum.moderation.models import Case
from forum.reputation.formulas import days_since
from forum.reputation.models import LedgerLine
from forum.reputation.rules import Ruleset
from forum.reputation.rulesets import InForce
from forum.reputation.sources import PURCHASES, REPUTATION
from forum.threads.models import Post, Thread

# Whose something is that a case can be about. A board is nobody's.
_OWNERS: tuple[tuple[str, InstrumentedAttribute[int], InstrumentedAttribute[int]], ...] = (
    ("post", Post.id, Post.author_id), ("thread", Thread.id, Thread.author_id),
    ("message", ChatMessage.id, ChatMessage.author_id), ("member", Member.id, Member.id),
)
_AXES = {"points_recent": REPUTATION, "purchases_recent": PURCHASES}

# Built once, each settling asks.
_MEMBER_IDS = bindparam("member_ids", type_=Integer, expanding=True)
_RECENT_LINES = (
    LedgerLine.member_id.in_(_MEMBER_IDS), LedgerLine.event_day >= bindparam("since", type_=Date),
    LedgerLine.generation == bindparam("generation", type_=Integer),
    LedgerLine.axis.in_(bindparam("axes", type_=String, expanding=True)),
)
_RECENT = (
    select(LedgerLine.member_id, LedgerLine.axis, func.sum(LedgerLine.points))
    .where(*_RECENT_LINES).group_by(LedgerLine.member_id, LedgerLine.axis)
)
_OLDEST = (
    select(LedgerLine.member_id, func.min(LedgerLine.event_day)).where(*_RECENT_LINES).group_by(LedgerLine.member_id)
)
_JOINED = select(Member.id, Member.joined_at).where(Member.id.in_(_MEMBER_IDS))


def _upheld_cases(
    kind: str, id: InstrumentedAttribute[int], owner: InstrumentedAttribute[int]
) -> Select[int, dt.datetime | None]:
    return (
        select(owner, Case.closed_at).join(Case, Case.target_id == id)
        .where(
            owner.in_(_MEMBER_IDS), Case.target_kind == kind, Case.state == "upheld",
            Case.closed_at >= bindparam("since", type_=Case.closed_at.type),
        )
    )


_CASES = union_all(*(_upheld_cases(*owner) for owner in _OWNERS)).subquery()
_UPHELD: Select[int, dt.datetime] = select(_CASES.c[0], _CASES.c[1])


def axes(ruleset: Ruleset) -> tuple[str, ...]:
    """The axes of which ranks ask for what is recent."""
    return tuple(axis for measure, axis in _AXES.items() if measure in ruleset.measures)


def recent(session: Session, rules: InForce, ids: list[int]) -> dict[tuple[int, str], int]:
    """What the lines in the window amount to, by member and axis."""
    wanted = axes(rules.ruleset)
    if not wanted:
        return {}
    rows = session.execute(_RECENT, _lines(rules, wanted, ids))
    return {(member_id, axis): points for member_id, axis, points in rows}


def flags(session: Session, ruleset: Ruleset, ids: list[int]) -> dict[int, int]:
    """How many cases about these members and what is theirs were upheld in the window."""
    found: defaultdict[int, int] = defaultdict(int)
    for member_id, days in _upheld(session, ruleset, ids).items():
        found[member_id] = len(days)
    return found


def owner(session: Session, case: Case) -> int | None:
    """The member whom a case is about: the author of what was reported; None for a board."""
    for kind, id, owner_id in _OWNERS:
        if kind == case.target_kind:
            return session.scalar(select(owner_id).where(id == case.target_id))
    return None


def leaving(session: Session, rules: InForce, member_ids: Iterable[int]) -> dict[int, dt.date]:
    """For members of whom something is recent: the first day on which some of it no longer is."""
    ruleset = rules.ruleset
    oldest: dict[int, dt.date] = {}
    wanted = axes(ruleset)
    for ids in chunks(sorted(set(member_ids))):
        if wanted:
            rows = session.execute(_OLDEST, _lines(rules, wanted, ids))
            oldest.update((row[0], row[1]) for row in rows)
        for member_id, days in _upheld(session, ruleset, ids).items():
            oldest[member_id] = min([*days, oldest.get(member_id, dt.date.max)])
    return {id: ruleset.recent_until(day) for id, day in oldest.items()}


def next_step(ruleset: Ruleset, joined_days: int) -> dt.date | None:
    """The day on which the next number of days since joining that a rank asks for is reached."""
    ahead = [step for step in ruleset.joined_steps if step > joined_days]
    return today() + dt.timedelta(days=ahead[0] - joined_days) if ahead else None


def joined_days(session: Session, ruleset: Ruleset, ids: list[int]) -> dict[int, int]:
    """How many UTC days ago these members joined; empty where no rank asks."""
    if "joined_days" not in ruleset.measures:
        return {}
    rows = session.execute(_JOINED, {"member_ids": ids})
    return {id: days_since(joined_at) for id, joined_at in rows}


def _upheld(session: Session, ruleset: Ruleset, ids: list[int]) -> dict[int, list[dt.date]]:
    """The days on which cases against these members were upheld, as far as they lie in the window."""
    found: defaultdict[int, list[dt.date]] = defaultdict(list)
    if "flags" not in ruleset.measures:
        return found
    since = beginning(ruleset.recent_since(today()))
    for member_id, closed in session.execute(_UPHELD, {"member_ids": ids, "since": since}):
        found[member_id].append(closed.date())
    return found


def _lines(rules: InForce, wanted: tuple[str, ...], ids: list[int]) -> dict[str, object]:
    return {
        "member_ids": ids, "since": rules.ruleset.recent_since(today()), "generation": rules.generation, "axes": wanted,
    }
