"""What other rules would do, worked out by the code that publishes them, and written nowhere.

When points can change, the ledger under these rules is written into a shadow of it (`shadow`), by the functions
that a rebuild uses; when they cannot, the one in force is read. Standings follow as `standings.write` would have them.
Members go by in steps, so that memory does not grow with the community.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from sqlalchemy import Engine, Select, select
from sqlalchemy.orm import Session

from forum.core.clock import now
from forum.members.models import Member
from forum.reputation import holding, rebuilding, shadow, standings, windows
from forum.reputation.comparing import moves_points
from forum.reputation.formulas import AtLeast, Numbers
from forum.reputation.holders import counted
from forum.reputation.holding import Hold
from forum.reputation.pace import Pace
from forum.reputation.reckoning import reckon
from forum.reputation.regeneration import STEP, Progress, all_members
from forum.reputation.rules import Rank, Ruleset
from forum.reputation.rulesets import InForce, in_force

SEEN_BY_ALL = frozenset({"points", "accepted", "helped"})  # measures of others that a profile shows to everybody


class Rules(NamedTuple):
    """The rules in force, and those looked at with the generation of lines that goes with them here."""

    now: InForce
    then: InForce
    rewrites: bool  # whether the ledger is otherwise under them


class Side(NamedTuple):
    """What a member has under some rules; `granted` are privileges."""

    numbers: Numbers
    hold: Hold
    granted: frozenset[str]


class Outcome(NamedTuple):
    """One member before and after."""

    member_id: int
    before: Side
    after: Side
    active_days: int  # between joining and being last seen
    counted: bool  # in the figures: as /ranks counts (`holders.counted`)
    paced: bool  # a measure of how long a newcomer needs: whoever was brought in by an import is one too


class Effect(NamedTuple):
    """That a topic is about a member; `way` is the alternative by which they rise."""

    topic: str
    member_id: int
    way: int | None = None


Sink = Callable[[list[Effect]], None]


@dataclass(slots=True)
class Move:
    """Members who go from one rank to another. `ways`: how many rise by which alternative of the rank.

    `short`: of how many of those who fall what falls short on the nearest way: a measure with what is needed of it
    ("points:250"). Ways that ask for purchases are left out, since they would tell who bought; where there are no
    others it is the measure alone. `had`: the least and the most that they have of it, where everybody may see that.
    """

    before: str
    after: str
    kind: str  # "up", "down", "waits" (will fall after the days of grace)
    count: int = 0
    ways: Counter[str] = field(default_factory=Counter)
    short: Counter[str] = field(default_factory=Counter)
    had: dict[str, list[int]] = field(default_factory=dict)

    @property
    def topic(self) -> str:
        """The name under which its members are kept."""
        return f"{self.kind}:{self.before}:{self.after}"


@dataclass(slots=True)
class Found:
    """What was found, in counts. Ranks and privileges by their keys."""

    members: int = 0
    rewrites: bool = False
    before: Counter[str] = field(default_factory=Counter)
    after: Counter[str] = field(default_factory=Counter)
    moves: dict[str, Move] = field(default_factory=dict)
    gains: Counter[str] = field(default_factory=Counter)
    loses: Counter[str] = field(default_factory=Counter)
    more_points: int = 0
    fewer_points: int = 0
    newcomer_before: dict[str, int | None] | None = None
    newcomer_after: dict[str, int | None] | None = None

    def as_data(self) -> dict[str, Any]:
        """Plain data, to be kept."""
        return {
            "members": self.members, "rewrites": self.rewrites, "before": dict(self.before), "after": dict(self.after),
            "moves": [
                {"before": move.before, "after": move.after, "kind": move.kind, "count": move.count,
                 "ways": dict(move.ways), "short": dict(move.short), "had": move.had}
                for move in self.moves.values()
            ],
            "gains": dict(self.gains), "loses": dict(self.loses), "more_points": self.more_points,
            "fewer_points": self.fewer_points, "newcomer_before": self.newcomer_before,
            "newcomer_after": self.newcomer_after,
        }

    @classmethod
    def of(cls, data: dict[str, Any]) -> "Found":
        """What `as_data` kept."""
        moves = [
            Move(**{**one, "ways": Counter(one["ways"]), "short": Counter(one["short"])}) for one in data["moves"]
        ]
        counts = {name: Counter(data[name]) for name in ("before", "after", "gains", "loses")}
        return cls(**{**data, **counts, "moves": {move.topic: move for move in moves}})


def simulate(
    engine: Engine, ruleset: Ruleset, sink: Sink | None = None, progress: Progress | None = None
) -> Found:
    """What publishing `ruleset` would do to everybody now.

    Args:
        sink: is given who is concerned, some at a time.
        progress: is told how many members, in all passes together, of how many are done.
    """
    before, after = Pace(), Pace()
    with shadow.reading(engine) as session:
        rules = compare(session, ruleset)
        found = Found(rewrites=rules.rewrites)
        for some in outcomes(session, rules, progress):
            effects: list[Effect] = []
            for one in some:
                if one.counted:
                    _count(found, rules, one, effects)
                if one.paced:
                    before.add(one.before.numbers, one.active_days)
                    after.add(one.after.numbers, one.active_days)
            if sink is not None and effects:
                sink(effects)
    found.newcomer_before, found.newcomer_after = before.days(rules.now.ruleset), after.days(ruleset)
    return found


def compare(session: Session, ruleset: Ruleset) -> Rules:
    """The rules in force beside others."""
    current = in_force(session)
    rewrites = moves_points(current.ruleset, ruleset)
    return Rules(current, InForce(ruleset, shadow.GENERATION if rewrites else current.generation), rewrites)


def outcomes(session: Session, rules: Rules, progress: Progress | None = None) -> Iterator[list[Outcome]]:
    """Every member before and after, some at a time, in the order of their ids.

    `session` is one of `shadow.reading`, since a ledger is written into it when points can change.
    """
    passes = 3 if rules.rewrites else 1

    def told(number: int) -> Progress | None:
        return progress and (lambda done, total: progress(number * total + done, passes * total))

    if rules.rewrites:
        shadow.cast(session)
        for number, write in enumerate((rebuilding.write_sources, rebuilding.write_caps)):
            for ids in all_members(session, told(number), STEP):
                write(session, rules.then, ids)
            shadow.know_the_size(session)
    for ids in all_members(session, told(passes - 1)):
        yield _outcomes(session, rules, ids)


def _outcomes(session: Session, rules: Rules, ids: list[int]) -> list[Outcome]:
    now_in_force, then, moment = rules.now.ruleset, rules.then.ruleset, now()
    held = standings.read(session, ids)
    joined_days = windows.joined_days(session, now_in_force, ids)
    numbers = reckon(session, rules.then, ids).numbers
    found = []
    for row in session.execute(_people(ids)):
        standing = held.get(row.id) or standings.nothing(now_in_force)
        before = replace(standing.numbers, joined_days=joined_days.get(row.id, 0))
        after = numbers[row.id]
        hold = holding.follow(then, then.rank_for(after), standing.hold, moment)
        seen = row.last_seen_at or row.joined_at
        found.append(Outcome(
            row.id, Side(before, standing.hold, now_in_force.granted(standing.hold.rank_key, before)),
            Side(after, hold, then.granted(hold.rank_key, after)), max(0, (seen - row.joined_at).days),
            counted=row.counted,
            paced=row.role == "member" and row.merged_into_id is None and row.erased_at is None,
        ))
    return found


def _people(ids: list[int]) -> Select[*tuple[Any, ...]]:
    person = (
        Member.id, Member.role, Member.merged_into_id, Member.erased_at, Member.joined_at, Member.last_seen_at,
        counted().label("counted"),
    )
    return select(*person).where(Member.id.in_(ids)).order_by(Member.id)


# Counting -------------------------------------------------------------------------------------


def _count(found: Found, rules: Rules, one: Outcome, effects: list[Effect]) -> None:
    found.members += 1
    found.before[one.before.hold.rank_key] += 1
    found.after[one.after.hold.rank_key] += 1
    found.more_points += one.after.numbers.points > one.before.numbers.points
    found.fewer_points += one.after.numbers.points < one.before.numbers.points
    _count_move(found, rules, one, effects)
    gained, lost = one.after.granted - one.before.granted, one.before.granted - one.after.granted
    for topic, words, counts in (("gains", gained, found.gains), ("loses", lost, found.loses)):
        counts.update(words)
        effects += [Effect(f"{topic}:{word}", one.member_id) for word in sorted(words)]


def _count_move(found: Found, rules: Rules, one: Outcome, effects: list[Effect]) -> None:
    """A rise with its alternative; a fall, at once or after the days of grace, with what is missing."""
    then = rules.then.ruleset
    was, will = one.before.hold.rank_key, one.after.hold.rank_key
    if was == will and not (one.after.hold.falls_on and not one.before.hold.falls_on):
        return
    reached = then.rank_for(one.after.numbers)
    if was == will:
        kind, will = "waits", reached
    else:
        kind = "up" if _stands_higher(rules, was, will) else "down"
    move = found.moves.setdefault(f"{kind}:{was}:{will}", Move(was, will, kind))
    move.count += 1
    way = _way(then.rank(will), one.after.numbers) if kind == "up" else None
    if way is not None:
        move.ways[str(way)] += 1
    elif kind != "up":
        _count_short(move, then, one.after.numbers)
    effects.append(Effect(move.topic, one.member_id, way))


def _stands_higher(rules: Rules, was: str, will: str) -> bool:
    """Whether a rank is above another: in the new order, or for one that is gone by its old place."""
    then = rules.then.ruleset
    if any(rank.key == was for rank in then.ranks):
        return then.place(will) > then.place(was)
    return then.place(will) >= rules.now.ruleset.place(was)


def _way(rank: Rank, numbers: Numbers) -> int | None:
    """The first alternative of a rank that is met, counted from 0."""
    return next((place for place, way in enumerate(rank.ways()) if way.met(numbers)), None)


def _count_short(move: Move, ruleset: Ruleset, numbers: Numbers) -> None:
    """What is missing on the nearest way to the rank that is lost; "dropped" for one that is there no more."""
    rank = next((one for one in ruleset.ranks if one.key == move.before), None)
    if rank is None:
        move.short["dropped"] += 1
        return
    told = [way for way in rank.ways() if not way.asks_to_buy]
    for measure, needed in min((_missing(way, numbers) for way in told or rank.ways()), key=len, default=[]):
        key = f"{measure}:{needed}" if told else measure
        move.short[key] += 1
        if told and measure in SEEN_BY_ALL:
            has = numbers.get(measure)
            least, most = move.had.get(key, (has, has))
            move.had[key] = [min(least, has), max(most, has)]


def _missing(way: AtLeast, numbers: Numbers) -> list[tuple[str, int]]:
    """The measures that fall short of a way, with what it needs of each."""
    missing = [(measure, least) for measure, least in way.items() if numbers.get(measure) < least]
    if way.flags_at_most is not None and numbers.flags > way.flags_at_most:
        missing.append(("flags_at_most", way.flags_at_most))
    return missing
