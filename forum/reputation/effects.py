"""What a simulation found, in words and figures for its page."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from forum.core.errors import NotFound
from forum.core.i18n import figure, ngettext
from forum.core.i18n import gettext as _
from forum.members.models import Member
from forum.reputation import settings, words
from forum.reputation.comparing import clause_in_words
from forum.reputation.formulas import AtLeast
from forum.reputation.measures import needs_in_words
from forum.reputation.rule_tables import RulesetEffect, RulesetSimulation
from forum.reputation.rules import Rank, Ruleset, read
from forum.reputation.rulesets import current
from forum.reputation.simulation import Found, Move

PAGE = 50
AT_ONCE = 2_000  # members of a community for which the answer is worked out while one waits


@dataclass(frozen=True, slots=True)
class Bar:
    """A rank with how many hold it before and after; widths in percent of the longest bar."""

    name: str
    leaves: int
    before: int
    after: int
    wide_before: float
    wide_after: float


@dataclass(frozen=True, slots=True)
class MoveLine:
    """One way in which members move, in a sentence, with the clauses behind it."""

    topic: str
    kind: str
    words: str
    count: int
    clauses: list[str]


@dataclass(frozen=True, slots=True)
class Grant:
    """A privilege, and how many gain or lose it."""

    word: str
    words: str
    gains: int
    loses: int


@dataclass(frozen=True, slots=True)
class Shown:
    """A simulation for its page. Without `found` it is still being worked out."""

    at: dt.datetime
    done: int
    total: int
    found: Found | None
    data: dict[str, object]
    bars: Sequence[Bar] = ()
    moves: Sequence[MoveLine] = ()
    grants: Sequence[Grant] = ()
    newcomer: Sequence[tuple[str, str, str]] = ()


@dataclass(frozen=True, slots=True)
class Person:
    """A member in a list. `clause` is the way by which they rise, where it tells nothing that is theirs alone."""

    id: int
    name: str
    label: str
    clause: str


@dataclass(frozen=True, slots=True)
class Members:
    """The members whom a topic is about; `after` is where the next page begins, None at the end."""

    title: str
    people: list[Person]
    topic: str
    after: int | None


def takes_long(session: Session) -> bool:
    """Whether a job should work it out."""
    return (session.scalar(select(func.count()).select_from(Member)) or 0) > AT_ONCE


def latest(session: Session) -> Shown | None:
    """The newest simulation; None when there is none."""
    row = session.scalars(select(RulesetSimulation).order_by(RulesetSimulation.id.desc()).limit(1)).one_or_none()
    if row is None:
        return None
    if row.found is None:
        return Shown(row.asked_at, row.done, row.total, None, row.data)
    return shown(row, Found.of(row.found), current(session), read(row.data))


def shown(row: RulesetSimulation, found: Found, now: Ruleset, then: Ruleset) -> Shown:
    """A finished simulation."""
    return Shown(
        row.asked_at, row.done, row.total, found, row.data, bars(found, now, then),
        [move_line(move, now, then) for move in ordered(found, now, then)], grants(found), newcomer(found, now, then),
    )


def bars(found: Found, now: Ruleset, then: Ruleset) -> list[Bar]:
    """Every rank of both ladders, the highest first."""
    most = max([*found.before.values(), *found.after.values(), 1])
    return [
        Bar(rank.name, rank.leaves, before := found.before[rank.key], after := found.after[rank.key],
            round(100 * before / most, 1), round(100 * after / most, 1))
        for rank in reversed(_both(now, then))
    ]


def _both(now: Ruleset, then: Ruleset) -> list[Rank]:
    """The new ladder, with ranks that are gone at their old place."""
    found = list(then.ranks)
    keys = {rank.key for rank in found}
    for place, rank in enumerate(now.ranks):
        if rank.key not in keys:
            found.insert(min(place, len(found)), rank)
    return found


def ordered(found: Found, now: Ruleset, then: Ruleset) -> list[Move]:
    """Rises first, then what waits, then falls; the most members first."""
    kinds = ("up", "waits", "down")
    return sorted(found.moves.values(), key=lambda move: (kinds.index(move.kind), -move.count, move.topic))


def move_line(move: Move, now: Ruleset, then: Ruleset) -> MoveLine:
    """A move in words, with how many go by which clause."""
    before, after = _name(move.before, now, then), _name(move.after, then, now)
    if move.kind == "up":
        said = f"{before} → {after}"
        ways = then.rank(move.after).ways()
        clauses = [
            ngettext("%(num)s by %(way)s", "%(num)s by %(way)s", count, way=needs_in_words(ways[int(place)]))
            for place, count in move.ways.most_common()
        ]
    else:
        said = f"{before} → {after}"
        if move.kind == "waits":
            said = _("%(before)s → %(after)s when the days of grace are over", before=before, after=after)
        clauses = [_short(key, count, move.had.get(key)) for key, count in move.short.most_common()]
    return MoveLine(move.topic, move.kind, said, move.count, clauses)


def _short(key: str, count: int, had: Sequence[int] | None) -> str:
    """How many lack what; with what is needed, and what they have, where the simulation tells."""
    measure, _colon, needed = key.partition(":")
    if measure == "dropped":
        return ngettext("for %(num)s the rank is gone", "for %(num)s the rank is gone", count)
    if not needed:
        return ngettext("%(num)s short of %(what)s", "%(num)s short of %(what)s", count,
                        what=settings.measure_label(measure))
    what = clause_in_words(measure, int(needed))
    if had is None:
        return ngettext("%(num)s needs %(what)s", "%(num)s need %(what)s", count, what=what)
    least, most = map(figure, had)
    if least == most:
        return ngettext("%(num)s needs %(what)s, has %(has)s", "%(num)s need %(what)s, have %(has)s", count, what=what,
                        has=least)
    return ngettext("%(num)s needs %(what)s, has %(least)s to %(most)s",
                    "%(num)s need %(what)s, have %(least)s to %(most)s", count, what=what, least=least, most=most)


def _name(key: str, first: Ruleset, second: Ruleset) -> str:
    for ruleset in (first, second):
        for rank in ruleset.ranks:
            if rank.key == key:
                return rank.name
    return key


def grants(found: Found) -> list[Grant]:
    """Who gains or loses which privilege."""
    return [
        Grant(word, words.privilege_in_words(word), found.gains[word], found.loses[word])
        for word in sorted({*found.gains, *found.loses})
    ]


def newcomer(found: Found, now: Ruleset, then: Ruleset) -> list[tuple[str, str, str]]:
    """Each rank above the lowest with the days that a typical newcomer needs, before and after; empty when unknown."""
    if found.newcomer_before is None and found.newcomer_after is None:
        return []
    lines = []
    for rank in _both(now, then):
        if rank.key in {now.ranks[0].key, then.ranks[0].key}:
            continue
        lines.append((rank.name, _days(found.newcomer_before, rank.key), _days(found.newcomer_after, rank.key)))
    return lines


def _days(known: dict[str, int | None] | None, key: str) -> str:
    if known is None or key not in known:
        return "–"
    days = known[key]
    return _("not at this pace") if days is None else ngettext("%(num)s day", "%(num)s days", days)


def members(session: Session, topic: str, after: int) -> Members:
    """The members whom a topic of the newest simulation is about.

    Raises:
        NotFound: no line of it has this topic.
    """
    row = session.scalars(select(RulesetSimulation).order_by(RulesetSimulation.id.desc()).limit(1)).one_or_none()
    if row is None or row.found is None:
        raise NotFound
    now, then, found = current(session), read(row.data), Found.of(row.found)
    title, ways = _title(topic, found, now, then)
    rows = session.execute(concerned(row.id, topic, after)).all()
    people = [
        Person(one.id, one.name, one.shown_name or one.name,
               needs_in_words(ways[one.way]) if one.way is not None and one.way < len(ways) else "")
        for one in rows[:PAGE]
    ]
    return Members(title, people, topic, people[-1].id if len(rows) > PAGE else None)


def concerned(simulation_id: int, topic: str, after: int) -> Select[int, str, str | None, int | None]:
    """The statement behind the list."""
    return (
        select(Member.id, Member.name, Member.shown_name, RulesetEffect.way)
        .join(RulesetEffect, RulesetEffect.member_id == Member.id)
        .where(
            RulesetEffect.simulation_id == simulation_id, RulesetEffect.topic == topic, RulesetEffect.member_id > after
        )
        .order_by(RulesetEffect.member_id).limit(PAGE + 1)
    )


def _title(topic: str, found: Found, now: Ruleset, then: Ruleset) -> tuple[str, tuple[AtLeast, ...]]:
    """What a topic is about in words, and the ways that may be named beside a member.

    A way is named only where none to that rank asks for purchases: the name beside it would tell who bought.
    """
    kind, _colon, word = topic.partition(":")
    if move := found.moves.get(topic):
        ways = then.rank(move.after).ways()
        return move_line(move, now, then).words, () if any(way.asks_to_buy for way in ways) else ways
    if kind in ("gains", "loses") and word in {*found.gains, *found.loses}:
        what = words.privilege_in_words(word)
        return (_("Gain: %(what)s", what=what) if kind == "gains" else _("Lose: %(what)s", what=what)), ()
    raise NotFound
