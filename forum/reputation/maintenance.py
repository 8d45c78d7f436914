"""Keeping reputation true: verify, rebuild, export."""

import csv
import datetime as dt
import io
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from forum.core.bulk import CHUNK
from forum.core.clock import now, today
from forum.core.i18n import gettext as _
from forum.members.models import Member
from forum.reputation import holding, leaderboard, standings
from forum.reputation.formulas import RECENT, STORED, Numbers
from forum.reputation.holding import Hold
from forum.reputation.models import MemberStanding
from forum.reputation.reckoning import reckon
from forum.reputation.regeneration import Progress, all_members, regenerate
from forum.reputation.rules import Ruleset
from forum.reputation.rulesets import InForce, in_force

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
COLUMNS = ("member_id", "name", "external_id", "reputation", "purchases", "rank")


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that a standing says and the ledger does not."""

    member_id: int
    what: str
    standing: str
    ledger: str

    @property
    def sentence(self) -> str:
        """The difference in one sentence."""
        return _(
            "Member %(id)s: %(what)s is %(standing)s in the standing, %(ledger)s by the ledger.",
            id=self.member_id, what=self.what, standing=self.standing, ledger=self.ledger,
        )


def verify(session: Session, progress: Progress | None = None) -> list[Difference]:
    """Reckon every standing anew from the ledger and list what differs; empty when all agree. Changes nothing."""
    rules = in_force(session)
    found: list[Difference] = []
    for ids in all_members(session, progress):
        held = standings.read(session, ids)
        reckoned = reckon(session, rules, ids)
        for id, numbers in reckoned.numbers.items():
            found.extend(_differences(rules.ruleset, id, numbers, held.get(id), reckoned.leaving.get(id)))
        for id, (period, board_id), total, by_lines in leaderboard.differences(session, rules.generation, ids):
            where = _("everywhere") if board_id == leaderboard.EVERYWHERE else _("board %(id)s", id=board_id)
            found.append(Difference(id, f"{period}, {where}", str(total), str(by_lines)))
    return found


def _differences(
    ruleset: Ruleset, id: int, numbers: Numbers, held: standings.Held | None, leaves: dt.date | None
) -> Iterator[Difference]:
    """What a standing says and its lines do not. What time alone changed since its day waits for the daily job."""
    nobody = Hold(ruleset.ranks[0].key)
    has = held or standings.Held(Numbers(ruleset.total(0)), nobody, due_on=today() if ruleset.is_timed else None)
    waits = has.is_due
    for measure in STORED:
        if has.numbers.get(measure) != numbers.get(measure) and not (waits and measure in RECENT):
            yield Difference(id, measure, str(has.numbers.get(measure)), str(numbers.get(measure)))
    earned = ruleset.rank_for(numbers)
    if not waits and not holding.is_right(ruleset, earned, has.hold, now()):
        yield Difference(id, "rank", has.hold.rank_key, earned)
    due_on = standings.due(ruleset, numbers, has.hold, leaves)
    if due_on is not None and (has.due_on is None or has.due_on > due_on):
        yield Difference(id, _("the day to look again"), str(has.due_on or "-"), str(due_on))


def rebuild(session: Session, ruleset: Ruleset | None = None, progress: Progress | None = None) -> InForce:
    """Write the ledger anew from its sources, in the one transaction that is open (see `regeneration`).

    The old lines stay, as an older generation. Returns what is in force then.
    """
    return regenerate(lambda: nullcontext(session), ruleset, progress)


def export(session: Session) -> Iterator[str]:
    """The standings of all members as lines of CSV, the header first.

    Texts that a spreadsheet would take for a formula begin with an apostrophe. Staff have no rank
    on the ladder; their column says "staff".
    """
    yield _line(COLUMNS)
    ruleset = in_force(session).ruleset
    last = 0
    while True:
        rows = session.execute(
            select(
                Member.id, Member.name, Member.external_id, Member.role, MemberStanding.reputation,
                MemberStanding.purchases, MemberStanding.rank_key,
            )
            .outerjoin(MemberStanding, MemberStanding.member_id == Member.id)
            .where(Member.id > last, Member.merged_into_id.is_(None), Member.erased_at.is_(None))
            .order_by(Member.id).limit(CHUNK)
        ).all()
        for id, name, external_id, role, reputation, purchases, rank_key in rows:
            rank = (rank_key or ruleset.ranks[0].key) if role == "member" else "staff"
            total = ruleset.total(0) if reputation is None else reputation
            yield _line((id, _harmless(name), _harmless(external_id or ""), total, purchases or 0, rank))
        if not rows:
            return
        last = rows[-1][0]


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell


def _line(cells: tuple[object, ...]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue()
