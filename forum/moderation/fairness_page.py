"""Reads: the list of the fairness report, and one case with its evidence in words, a table and a plot."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from forum.access import guardian
from forum.access.actors import Actor
from forum.core.bulk import chunks
from forum.core.errors import NotFound
from forum.core.filters import day_in_words
from forum.core.i18n import Text, figure, joined, ngettext, parted
from forum.core.i18n import gettext as _
from forum.core.pagination import cursor, numbers
from forum.members.models import Member
from forum.moderation.models import FairnessCase, FairnessMember, LogEntry
from forum.moderation.sentences import INNOCENT, PATTERNS
from forum.reputation.line_words import WITHHELD

SIZE = 30
SHOWS = ("open", "dismissed", "voided")
NAMED = 3  # names in a line of the list; the rest is a number
SHARES = 6  # members of whom it is said how much came from within
TABLE = 12  # members across the table; a wider one nobody reads, and the pairs are listed


@dataclass(frozen=True, slots=True)
class Named:
    """A member of a case."""

    id: int
    name: str
    label: str


@dataclass(frozen=True, slots=True)
class FairnessRow:
    """A line of the list."""

    id: int
    words: Text
    names: str
    seen: str
    lift: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class FairnessList:
    """A page of the list; `after` is the cursor of the next one."""

    rows: tuple[FairnessRow, ...]
    after: str | None
    open_count: int


@dataclass(frozen=True, slots=True)
class DayBar:
    """One day of the plot."""

    label: str
    value: int


@dataclass(frozen=True, slots=True)
class FairnessPage:
    """A case as its page shows it. `table`: for each giver the numbers under `across`, None where it is oneself."""

    id: int
    state: str
    words: Text
    evidence: Sequence[str]
    innocent: Text
    members: Sequence[Named]
    across: Sequence[Named]
    table: Sequence[tuple[Named, Sequence[int | None]]]
    pairs: Sequence[tuple[Named, Named, int]]
    days: Sequence[DayBar]
    first_seen_at: dt.datetime
    last_seen_at: dt.datetime
    decided_at: dt.datetime | None
    decided_by: str | None
    why: Text | None
    note: str
    undo_id: int | None
    refusal: Text | None


def fairness_list(session: Session, viewer: Actor, *, show: str = "open", after: str | None = None) -> FairnessList:
    """Cases of a state, the most surprising first, in 3 queries.

    Raises:
        Forbidden, Unauthenticated: not staff.
        NotFound: no such state, or the cursor is not one.
    """
    guardian.require(guardian.may_see_fairness(viewer), viewer)
    if show not in SHOWS:
        raise NotFound
    query = (
        select(FairnessCase).where(FairnessCase.state == show)
        .order_by(FairnessCase.score.desc(), FairnessCase.id.desc()).limit(SIZE + 1)
    )
    if after:
        query = query.where(tuple_(FairnessCase.score, FairnessCase.id) < tuple_(*numbers(after, 2)))
    found = session.scalars(query).all()
    cases = found[:SIZE]
    people = _people(session, [id for case in cases for id in _members(case.evidence)[:NAMED]])
    rows = tuple(_row(case, people) for case in cases)
    open_count = session.scalar(select(func.count()).select_from(FairnessCase).where(FairnessCase.state == "open"))
    following = cursor(cases[-1].score, cases[-1].id) if len(found) > SIZE else None
    return FairnessList(rows, following, open_count or 0)


def fairness_page(session: Session, viewer: Actor, case_id: int) -> FairnessPage:
    """A case, in at most 5 queries.

    Raises:
        Forbidden, Unauthenticated: not staff.
        NotFound: there is no such case.
    """
    guardian.require(guardian.may_see_fairness(viewer), viewer)
    case = session.get(FairnessCase, case_id)
    if case is None:
        raise NotFound
    said = case.evidence
    ids = session.scalars(select(FairnessMember.member_id).where(FairnessMember.case_id == case.id)).all()
    people = _people(session, [*ids, *([case.decided_by_id] if case.decided_by_id else [])])
    givers = [people[id] for id in said["givers"]]
    across = [people[id] for id in said["receivers"]]
    number = {(giver, receiver): count for giver, receiver, count in said["pairs"]}
    small = max(len(givers), len(across)) <= TABLE
    verdict = guardian.may_decide_fairness(viewer, ids)
    return FairnessPage(
        id=case.id, state=case.state, words=PATTERNS[case.pattern], evidence=_evidence(case, people),
        innocent=INNOCENT[case.pattern], members=[people[id] for id in sorted(ids)],
        across=across if small else (),
        table=[
            (giver, [None if giver == one else number.get((giver.id, one.id), 0) for one in across]) for giver in givers
        ] if small else (),
        pairs=() if small else [
            (people[giver], people[receiver], count) for giver, receiver, count in said["pairs"][:TABLE]
        ],
        days=_bars(said["days"]), first_seen_at=case.first_seen_at, last_seen_at=case.last_seen_at,
        decided_at=case.decided_at, decided_by=people[case.decided_by_id].label if case.decided_by_id else None,
        why=WITHHELD.get(case.why) if case.why else None, note=case.note, undo_id=_entry(session, case),
        refusal=None if verdict else verdict.reason,
    )


def _members(said: Mapping[str, Any]) -> list[int]:
    return sorted({*said["givers"], *said["receivers"]})


def _row(case: FairnessCase, people: Mapping[int, Named]) -> FairnessRow:
    ids = _members(case.evidence)
    names = [people[id].label for id in ids[:NAMED]]
    more = len(ids) - len(names)
    if more:
        names.append(ngettext("%(num)s more", "%(num)s more", more))
    return FairnessRow(
        id=case.id, words=PATTERNS[case.pattern], names=joined(names), seen=_seen(case), lift=_lift(case.evidence),
        at=case.last_seen_at,
    )


def _seen(case: FairnessCase) -> str:
    number = int(case.evidence["seen"])
    if case.pattern == "acceptances":
        return ngettext("%(num)s acceptance", "%(num)s acceptances", number)
    return ngettext("%(num)s vote", "%(num)s votes", number)


def _lift(said: Mapping[str, Any]) -> str:
    lift = float(said["lift"])
    if lift >= 100:
        return _("over 100 times what is expected")
    return _("%(times)s times what is expected", times=f"{lift:.0f}" if lift >= 10 else f"{lift:.1f}")


def _evidence(case: FairnessCase, people: Mapping[int, Named]) -> list[str]:
    """What was seen, sentence by sentence."""
    said = case.evidence
    days = [dt.date.fromisoformat(day) for day, _number in said["days"]]
    expected = f"{float(said['expected']):.1f}"
    sentences = [
        _("%(seen)s between them, where %(expected)s would be expected by how everybody else votes: %(lift)s.",
          seen=_seen(case), expected=expected, lift=_lift(said))
    ]
    if case.pattern == "burst":
        sentences = [
            _("%(seen)s on one day, where other days bring this member %(expected)s: %(lift)s.",
              seen=_seen(case), expected=expected, lift=_lift(said))
        ]
    if days:
        sentences.append(ngettext(
            "They fall on %(num)s day, %(first)s.", "They fall on %(num)s days, from %(first)s to %(last)s.", len(days),
            first=day_in_words(days[0]), last=day_in_words(days[-1]),
        ))
    sentences += _shares(said, people)
    for group in said.get("together", ()):
        names = joined([people[id].label for id in group if id in people])
        sentences.append(_("%(names)s were seen on the same network in the last 90 days.", names=names))
    return sentences


def _shares(said: Mapping[str, Any], people: Mapping[int, Named]) -> list[str]:
    """How much of what each received came from within, of those who depend on it most."""
    inside: dict[int, int] = {}
    for _giver, receiver, number in said["pairs"]:
        inside[receiver] = inside.get(receiver, 0) + number
    shares = []
    for id, number in inside.items():
        total = int(said.get("received", {}).get(str(id), 0))
        if total:
            shares.append((min(1.0, number / total), id, number, total))
    parts = [
        _("%(name)s %(inside)s of %(all)s", name=people[id].label, inside=figure(number), all=figure(total))
        for _share, id, number, total in sorted(shares, reverse=True)[:SHARES]
    ]
    return [_("Of what they received, so much came from within: %(parts)s.", parts=parted(parts))] if parts else []


def _bars(days: Sequence[Sequence[Any]]) -> list[DayBar]:
    """A bar for each day from the first to the last, also for those without."""
    found = {dt.date.fromisoformat(day): int(number) for day, number in days}
    if not found:
        return []
    first, last = min(found), max(found)
    span = (first + dt.timedelta(days=number) for number in range((last - first).days + 1))
    return [DayBar(day_in_words(day), found.get(day, 0)) for day in span]


def _people(session: Session, ids: Iterable[int]) -> dict[int, Named]:
    people: dict[int, Named] = {}
    for some in chunks(sorted(set(ids))):
        for member in session.scalars(select(Member).where(Member.id.in_(some))):
            people[member.id] = Named(member.id, member.name, member.label)
    return people


def _entry(session: Session, case: FairnessCase) -> int | None:
    """The line of the log by which it was decided, to be taken back from here."""
    if case.state == "open" or case.decided_at is None:
        return None
    verb = "void_votes" if case.state == "voided" else "dismiss_pattern"
    entries = session.scalars(
        select(LogEntry).where(
            LogEntry.target_kind == "member", LogEntry.target_id.in_(case.evidence["receivers"]), LogEntry.verb == verb
        ).order_by(LogEntry.id.desc())
    )
    return next((entry.id for entry in entries if entry.details.get("fairness_id") == case.id), None)
