"""One settling: compare what sources yield now with what their lines hold, and append the difference.

Used by `ledger` alone. The order within one settling: lock the standings of those concerned, read,
append for the sources, append for the caps that these touch, then move the standings.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, String, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from forum.core.bulk import chunks
from forum.core.clock import today
from forum.reputation import cap_sources, leaderboard, standings, windows
from forum.reputation.caps import Cast, within_total
from forum.reputation.formulas import Numbers
from forum.reputation.lines import Line, Source, append
from forum.reputation.models import LedgerLine
from forum.reputation.reckoning import HELP, Reckoned, reckon, sums_by_source
from forum.reputation.regeneration import note_stale
from forum.reputation.rulesets import InForce, in_force
from forum.reputation.sources import (
    PURCHASES,
    REPUTATION,
    Slot,
    VoteFact,
    Yield,
    as_facts,
    counted,
    read_pairs,
    read_votes,
    vote_facts,
)
from forum.threads.models import Vote

AT_ONCE = 40  # votes on an opening looked at in one step; the first few fill its cap

# What lines hold: built once, each settling asks.
_GENERATION = LedgerLine.generation == bindparam("generation", type_=Integer)
_SLOT = (
    LedgerLine.source_id, LedgerLine.member_id, LedgerLine.axis, LedgerLine.kind, LedgerLine.caused_by_id,
    LedgerLine.post_id, LedgerLine.event_day,
)
_HELD = select(*_SLOT, func.sum(LedgerLine.points)).where(_GENERATION).group_by(*_SLOT)
_OF_SOURCES = _HELD.where(
    LedgerLine.source_kind == bindparam("source_kind", type_=String),
    LedgerLine.source_id.in_(bindparam("source_ids", type_=String, expanding=True)),
)
_ALL_OF = select(func.sum(LedgerLine.points)).where(
    _GENERATION, LedgerLine.member_id == bindparam("of_member_id", type_=Integer), LedgerLine.axis == REPUTATION
)
_OF_VOTES_ON = _HELD.where(
    LedgerLine.post_id == bindparam("on_post_id", type_=Integer), LedgerLine.source_kind == "vote"
)

@dataclass(slots=True)
class Settlement:
    """The work of one settling. Make it with `begin`, give it sources, then `finish`."""

    session: Session
    rules: InForce
    held: dict[int, standings.Held]
    before: dict[Source, Yield] = field(default_factory=dict)
    askers: dict[int, int] = field(default_factory=dict)  # by post: who opened the thread
    appended: list[Line] = field(default_factory=list)

    # Sources --------------------------------------------------------------------------------

    def compare(self, kind: str, wanted: Mapping[str, Yield], held: Mapping[str, Yield]) -> None:
        """Append what is missing between what sources of one kind hold and what they are to hold."""
        for source_id in sorted({*wanted, *held}):
            has, wants = held.get(source_id, {}), wanted.get(source_id, {})
            self.before[kind, source_id] = has
            for slot in sorted({*has, *wants}, key=repr):
                difference = wants.get(slot, 0) - has.get(slot, 0)
                if difference:
                    self.appended.append(((kind, source_id), slot, difference))

    def compare_by_id(self, kind: str, wanted: Mapping[int, Yield]) -> None:
        """`compare` for sources that are rows."""
        held = self._held(kind, [str(id) for id in wanted])
        self.compare(kind, {str(id): lines for id, lines in wanted.items()}, held)

    def read_votes(self, *conditions: ColumnElement[bool]) -> list[VoteFact]:
        """The votes that meet the conditions, as the rules in force look at them."""
        return read_votes(self.session, self.rules.ruleset.voters, *conditions)

    def read_pairs(self, givers: Iterable[int], receiver: int, first: dt.date, last: dt.date) -> list[VoteFact]:
        """The votes of some members on posts of one other, first cast from one UTC day to another."""
        return read_pairs(self.session, self.rules.ruleset.voters, givers, receiver, first, last)

    def votes(self, facts: Iterable[VoteFact], *, whole: bool = False) -> None:
        """Settle these votes, and those whose counting depends on them (`whole`: these are all of them)."""
        group = {fact.id: fact for fact in facts} if whole else self._same_pairs(facts)
        self.askers.update((fact.post_id, fact.asker_id) for fact in group.values())
        first_ones = counted(group.values(), self.rules.ruleset)
        points, caps = self.rules.ruleset.points, self.rules.ruleset.caps
        capped = {fact.id for fact in group.values() if fact.on_opening and fact.opening_cap(caps) is not None}
        free = {
            fact.id: fact.yields(points, fact.worth(points)) if fact.id in first_ones else {}
            for fact in group.values() if fact.id not in capped
        }
        self.compare_by_id("vote", free)
        openings = {fact.post_id: fact for fact in group.values() if fact.id in capped}
        for _post_id, fact in sorted(openings.items()):
            self._opening(fact)

    def _opening(self, one: VoteFact) -> None:
        """Settle all votes on the opening that `one` is a vote on: the first of them fill its cap."""
        kept: dict[int, VoteFact] = {}
        casts: list[Cast] = []
        cap = one.opening_cap(self.rules.ruleset.caps) or 0
        points = self.rules.ruleset.points
        after: ColumnElement[bool] | None = None
        while not one.gone:
            step = self._first_votes(one.post_id, after)
            first_ones = counted(self._same_pairs(step).values(), self.rules.ruleset)
            kept.update((fact.id, fact) for fact in step if fact.id in first_ones)
            casts = [Cast(fact.id, fact.at, fact.voter_id, fact.worth(points)) for fact in kept.values()]
            if len(step) < AT_ONCE or sum(cast.points for cast in casts) >= cap:
                break
            last = step[-1]
            after = or_(Vote.created_at > last.at, and_(Vote.created_at == last.at, Vote.id > last.id))
        within = within_total(casts, cap)
        wanted = {str(cast.id): kept[cast.id].yields(points, cast.points) for cast in within}
        self.compare("vote", wanted, self._held_on_post(one.post_id))

    def _first_votes(self, post_id: int, after: ColumnElement[bool] | None) -> list[VoteFact]:
        voters = self.rules.ruleset.voters
        statement = vote_facts(voters).where(Vote.post_id == post_id, Vote.value > 0, Vote.voided_at.is_(None))
        if after is not None:
            statement = statement.where(after)
        rows = self.session.execute(statement.order_by(Vote.created_at, Vote.id).limit(AT_ONCE))
        return as_facts(voters, rows)

    def _same_pairs(self, facts: Iterable[VoteFact]) -> dict[int, VoteFact]:
        """These votes and all that the same givers gave to the same receivers on the same UTC days."""
        group = {fact.id: fact for fact in facts}
        receivers: defaultdict[int, list[VoteFact]] = defaultdict(list)
        for fact in group.values():
            if fact.voter_id is not None:
                receivers[fact.author_id].append(fact)
        for receiver, votes in receivers.items():
            pairs = {(fact.voter_id, fact.at.date()) for fact in votes}
            first, last = min(day for _giver, day in pairs), max(day for _giver, day in pairs)
            for givers in chunks(sorted({giver for giver, _day in pairs if giver is not None})):
                more = self.read_pairs(givers, receiver, first, last)
                group.update((fact.id, fact) for fact in more if (fact.voter_id, fact.at.date()) in pairs)
        return group

    # What lines hold ------------------------------------------------------------------------

    def _held(self, kind: str, source_ids: Iterable[str]) -> dict[str, Yield]:
        found: dict[str, Yield] = {}
        for ids in chunks(source_ids):
            found.update(self._lines(_OF_SOURCES, source_kind=kind, source_ids=ids))
        return found

    def _held_on_post(self, post_id: int) -> dict[str, Yield]:
        return self._lines(_OF_VOTES_ON, on_post_id=post_id)

    def _lines(self, statement: Select[*tuple[Any, ...]], **values: object) -> dict[str, Yield]:
        rows = self.session.execute(statement, {"generation": self.rules.generation, **values})
        found: defaultdict[str, Yield] = defaultdict(dict)
        for source_id, member_id, axis, kind, giver_id, post_id, day, points in rows:
            found[source_id][Slot(member_id, axis, kind, giver_id, post_id, day)] = points
        return found

    # The end ----------------------------------------------------------------------------------

    def finish(self, recount: Iterable[int] = ()) -> None:
        """Append the lines, settle the caps that they touch, and move the standings.

        Members in `recount` have their standings reckoned anew from all their lines; others are moved
        by the difference.
        """
        append(self.session, self.rules.generation, self.appended)
        whole = set(recount) & self.held.keys()
        whole.update(slot.member_id for _source, slot, _points in self.appended if self.held[slot.member_id].is_due)
        touched = {
            (slot.member_id, slot.day) for _source, slot, _points in self.appended if slot.axis == REPUTATION
        }
        start = len(self.appended)
        for source, wanted, has in cap_sources.yields(self.session, self.rules, touched):
            self.compare(source[0], {source[1]: wanted}, {source[1]: has})
        append(self.session, self.rules.generation, self.appended[start:])
        leaderboard.add(self.session, self.appended)
        reckoned = reckon(self.session, self.rules, whole)
        after = {**self._moved(whole), **reckoned.numbers}
        standings.write(self.session, self.rules.ruleset, self.held, after, self._leaving(reckoned))

    def _moved(self, but: set[int]) -> dict[int, Numbers]:
        """The numbers of everybody `but` some who got lines, moved by the difference."""
        lines = [line for line in self.appended if line[1].member_id not in but]
        sums: defaultdict[tuple[int, str], int] = defaultdict(int)
        recent: defaultdict[tuple[int, str], int] = defaultdict(int)
        since, axes = self.rules.ruleset.recent_since(today()), windows.axes(self.rules.ruleset)
        for _source, slot, points in lines:
            sums[slot.member_id, slot.axis] += points
            if slot.axis in axes and slot.day >= since:
                recent[slot.member_id, slot.axis] += points
        accepted = self._accepted_difference(lines)
        helped = self._helped_difference(lines)
        after = {}
        for id in sorted({member_id for member_id, _axis in sums}):
            numbers = self.held[id].numbers
            after[id] = replace(
                numbers,
                points=self._total(id, numbers.points, sums[id, REPUTATION]),
                purchases=numbers.purchases + sums[id, PURCHASES],
                accepted=numbers.accepted + accepted[id],
                helped=numbers.helped + helped[id],
                points_recent=numbers.points_recent + recent[id, REPUTATION],
                purchases_recent=numbers.purchases_recent + recent[id, PURCHASES],
            )
        return after

    def _leaving(self, whole: Reckoned) -> dict[int, dt.date]:
        """When something leaves the windows of those who were moved or reckoned anew; a day too early does no harm."""
        ruleset = self.rules.ruleset
        axes = windows.axes(ruleset)
        known = {
            id: held.due_on for id, held in self.held.items() if held.due_on is not None and id not in whole.numbers
        }
        for _source, slot, _points in self.appended:
            id = slot.member_id
            if slot.axis in axes and id not in whole.numbers and slot.day >= ruleset.recent_since(today()):
                known[id] = min(ruleset.recent_until(slot.day), known.get(id, dt.date.max))
        return {**known, **whole.leaving}

    def _total(self, member_id: int, total: int, difference: int) -> int:
        """The total after a difference. On the floor only the lines know how far below it the sum lies."""
        ruleset = self.rules.ruleset
        if difference == 0:
            return total
        if total > ruleset.floor:
            return max(ruleset.floor, total + difference)
        held = self.session.scalar(_ALL_OF, {"generation": self.rules.generation, "of_member_id": member_id})
        return ruleset.total(held or 0)

    def _accepted_difference(self, lines: list[Line]) -> defaultdict[int, int]:
        changed: defaultdict[int, int] = defaultdict(int)
        for (source, slot), points in _sums_of(lines, "answer_accepted").items():
            has = self.before[source].get(slot, 0)
            changed[slot.member_id] += (has + points > 0) - (has > 0)
        return changed

    def _helped_difference(self, lines: list[Line]) -> defaultdict[int, int]:
        """By how many different askers helped the authors of answers went up or down."""
        changed: defaultdict[int, int] = defaultdict(int)
        sums = _sums_of(lines, *HELP)
        pairs: defaultdict[tuple[int, int], defaultdict[Source, int]] = defaultdict(lambda: defaultdict(int))
        for (source, slot), points in sums.items():
            asker_id = self.askers[slot.post_id] if slot.post_id is not None else slot.member_id
            if asker_id != slot.member_id:
                pairs[slot.member_id, asker_id][source] += points
        for (member_id, asker_id), differences in pairs.items():
            after = sums_by_source(self.session, self.rules.generation, member_id, asker_id)
            helps = any(points > 0 for points in after.values())
            helped = any(points > differences.get(source, 0) for source, points in after.items())
            changed[member_id] += helps - helped
        return changed


def begin(session: Session, concerned: set[int] | Callable[[], set[int]]) -> Settlement:
    """Lock the standings of all members concerned, then read the rules in force.

    Where `concerned` is a question, it is asked again after locking: when somebody came in between (by a vote that
    was committed while we waited), all locks are given back and taken anew. Locks that are only ever taken in the
    order of ids do not deadlock.
    """
    session.flush()
    held = standings.lock(session, concerned) if isinstance(concerned, set) else _lock_all(session, concerned)
    note_stale(session, held)
    return Settlement(session, in_force(session), held)


def _lock_all(session: Session, concerned: Callable[[], set[int]]) -> dict[int, standings.Held]:
    wanted = concerned()
    while True:
        with session.begin_nested() as attempt:
            held = standings.lock(session, wanted)
            missing = concerned() - wanted
            if missing:
                attempt.rollback()  # to the savepoint: PostgreSQL lets go of what was locked since
        if not missing:
            return held
        wanted |= missing


def _sums_of(lines: list[Line], *kinds: str) -> dict[tuple[Source, Slot], int]:
    sums: defaultdict[tuple[Source, Slot], int] = defaultdict(int)
    for source, slot, points in lines:
        if slot.kind in kinds:
            sums[source, slot] += points
    return sums
