"""What time alone changes: points and purchases in the window (`reckoning`), upheld flags in it, days since joining.

Asked from the database only as far as the ranks in force ask for it. The window is made of whole calendar months
(`Ruleset.recent_since`), as the month's cap is: a month comes in and goes out with all its lines.
"""

import datetime as dt
from collections import defaultdict

from sqlalchemy import Integer, Select, bindparam, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from forum.chat.models import ChatMessage
from forum.core.clock import beginning, today
from forum.members.models import Member
from forum.moderation.models import Case
from forum.reputation.formulas import days_since
from forum.reputation.rules import Ruleset
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
_JOINED = select(Member.id, Member.joined_at).where(Member.id.in_(_MEMBER_IDS))


def _cases(
    kind: str, id: InstrumentedAttribute[int], owner: InstrumentedAttribute[int]
) -> Select[int, dt.datetime | None]:
    return (
        select(owner, Case.closed_at).join(Case, Case.target_id == id)
        .where(
            owner.in_(_MEMBER_IDS), Case.target_kind == kind, Case.state == "upheld",
            Case.closed_at >= bindparam("since", type_=Case.closed_at.type),
        )
    )


_CASES = union_all(*(_cases(*owner) for owner in _OWNERS)).subquery()
_UPHELD: Select[int, dt.datetime] = select(_CASES.c[0], _CASES.c[1])


def axes(ruleset: Ruleset) -> tuple[str, ...]:
    """The axes of which ranks ask for what is recent."""
    return tuple(axis for measure, axis in _AXES.items() if measure in ruleset.measures)


def owner(session: Session, case: Case) -> int | None:
    """The member whom a case is about: the author of what was reported; None for a board."""
    for kind, id, owner_id in _OWNERS:
        if kind == case.target_kind:
            return session.scalar(select(owner_id).where(id == case.target_id))
    return None


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


def upheld(session: Session, ruleset: Ruleset, ids: list[int]) -> dict[int, list[dt.date]]:
    """The days on which cases against these members were upheld, as far as they lie in the window."""
    found: defaultdict[int, list[dt.date]] = defaultdict(list)
    if "flags" not in ruleset.measures:
        return found
    since = beginning(ruleset.recent_since(today()))
    for member_id, closed in session.execute(_UPHELD, {"member_ids": ids, "since": since}):
        found[member_id].append(closed.date())
    return found
