"""What time alone changes: points and purchases in the window, upheld flags in it, days since joining.

Asked from the database only as far as the ranks in force ask for it. The window is made of whole calendar months
(`Ruleset.recent_since`), as the month's cap is: a month comes in and goes out with all its lines.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import ColumnElement, Select, func, select, union_all
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


def axes(ruleset: Ruleset) -> tuple[str, ...]:
    """The axes of which ranks ask for what is recent."""
    return tuple(axis for measure, axis in _AXES.items() if measure in ruleset.measures)


def recent(session: Session, rules: InForce, ids: list[int]) -> dict[tuple[int, str], int]:
    """What the lines in the window amount to, by member and axis."""
    wanted = axes(rules.ruleset)
    if not wanted:
        return {}
    line = LedgerLine
    rows = session.execute(
        select(line.member_id, line.axis, func.sum(line.points))
        .where(
            line.member_id.in_(ids), line.event_day >= rules.ruleset.recent_since(today()),
            line.generation == rules.generation, line.axis.in_(wanted),
        )
        .group_by(line.member_id, line.axis)
    )
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
    wanted, line = axes(ruleset), LedgerLine
    for ids in chunks(sorted(set(member_ids))):
        if wanted:
            rows = session.execute(
                select(line.member_id, func.min(line.event_day))
                .where(
                    line.member_id.in_(ids), line.event_day >= ruleset.recent_since(today()),
                    line.generation == rules.generation, line.axis.in_(wanted),
                )
                .group_by(line.member_id)
            )
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
    rows = session.execute(select(Member.id, Member.joined_at).where(Member.id.in_(ids)))
    return {id: days_since(joined_at) for id, joined_at in rows}


def _upheld(session: Session, ruleset: Ruleset, ids: list[int]) -> dict[int, list[dt.date]]:
    """The days on which cases against these members were upheld, as far as they lie in the window."""
    found: defaultdict[int, list[dt.date]] = defaultdict(list)
    if "flags" not in ruleset.measures:
        return found
    since = beginning(ruleset.recent_since(today()))
    whose = union_all(*(_cases(kind, id, owner, ids, since) for kind, id, owner in _OWNERS)).subquery()
    closed_at: ColumnElement[dt.datetime] = whose.c[1]
    for member_id, closed in session.execute(select(whose.c[0], closed_at)):
        found[member_id].append(closed.date())
    return found


def _cases(
    kind: str, id: InstrumentedAttribute[int], owner: InstrumentedAttribute[int], ids: list[int], since: dt.datetime
) -> Select[int, dt.datetime | None]:
    return (
        select(owner, Case.closed_at).join(Case, Case.target_id == id)
        .where(owner.in_(ids), Case.target_kind == kind, Case.state == "upheld", Case.closed_at >= since)
    )
