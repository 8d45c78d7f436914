"""Awarding badges: to those who have earned them, once each; to everybody when a badge is new; and taking them back.

The system does all of it. Nothing here commits; whoever gets or loses a badge is told through the outbox.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from forum.access import guardian
from forum.access.actors import Actor
from forum.badges.counting import count_later
from forum.badges.measures import BY_NAME, Evidence, Fact
from forum.badges.models import BadgeBackfill
from forum.core.clock import now
from forum.events.catalogue import BadgesChanged
from forum.events.publish import publish
from forum.members.models import Member
from forum.reputation import rulesets
from forum.reputation.badge_rules import OF_POSTS, BadgeRule
from forum.reputation.models import Badge, MemberBadge

BATCH = 200  # members looked through in one transaction: others write in between


@dataclass(frozen=True, slots=True)
class Earned:
    """Somebody reached the number of a badge: for what, and when."""

    rule: BadgeRule
    member_id: int
    occasion: str
    at: dt.datetime
    post_id: int | None


@dataclass(slots=True)
class Held:
    """The badges of the rules and who has them, by (badge, member): occasion → (row, whether it is revoked)."""

    badges: Mapping[str, int]
    of: dict[tuple[int, int], dict[str, tuple[int, bool]]] = field(default_factory=dict)

    def fully(self, rule: BadgeRule, member_id: int) -> bool:
        """Whether the member can earn no more of it."""
        rows = self.of.get((self.badges[rule.key], member_id), {})
        return not rule.repeat and any(not revoked for _row, revoked in rows.values())


def award(
    session: Session, actor: Actor, member_ids: Iterable[int], measures: Collection[str],
    post_ids: Sequence[int] | None = None, *, keys: Collection[str] | None = None, tell: bool = True,
) -> int:
    """Give these members what they have earned by these measures and do not have yet. Returns how many badges.

    Args:
        post_ids: look at these contributions alone (for measures of contributions).
        keys: only the badges of these keys.
        tell: whether the members are told.
    """
    guardian.require(guardian.may_act_for_nobody(actor), actor)
    rules = [
        rule for rule in rulesets.current(session).badges
        if rule.measure in measures and (keys is None or rule.key in keys)
    ]
    members = _members(session, member_ids) if rules else []
    if not members:
        return 0
    held = _held(session, rules, members)
    rules = [rule for rule in rules if not all(held.fully(rule, member) for member in members)]
    given: defaultdict[int, list[int]] = defaultdict(list)
    for earned in _earned(Evidence(session, members, post_ids), rules):
        if not held.fully(earned.rule, earned.member_id) and _give(session, earned, held):
            given[earned.member_id].append(held.badges[earned.rule.key])
    _said(session, given, won=True, tell=tell)
    return sum(map(len, given.values()))


def review(session: Session, actor: Actor, member_ids: Iterable[int]) -> int:
    """Take back from these members the badges that rest on what was voided. Returns how many.

    Those that they would have today if it counted, and do not have without it: see docs/decisions/055. Rows stay;
    earned again, they count again.
    """
    guardian.require(guardian.may_act_for_nobody(actor), actor)
    rules = rulesets.current(session).badges
    members = _members(session, member_ids) if rules else []
    held = _held(session, rules, members)
    without, whole = (
        {
            (held.badges[one.rule.key], one.member_id, one.occasion)
            for one in _earned(Evidence(session, members, voided_too=voided_too), rules)
        }
        for voided_too in (False, True)
    )
    voided = whole - without
    taken: defaultdict[int, list[int]] = defaultdict(list)
    rows = []
    for (badge_id, member_id), occasions in held.of.items():
        for occasion, (row, revoked) in occasions.items():
            if not revoked and (badge_id, member_id, occasion) in voided:
                rows.append(row)
                taken[member_id].append(badge_id)
    session.execute(update(MemberBadge).where(MemberBadge.id.in_(rows)).values(revoked_at=now()))
    _said(session, taken, won=False, tell=True)
    return len(rows)


def look_again(session: Session, actor: Actor, member_ids: Sequence[int]) -> tuple[int, int]:
    """Hold all badges of these members against what counts now. Returns how many were given, and taken back."""
    taken = review(session, actor, member_ids)
    return award(session, actor, member_ids, BY_NAME.keys()), taken


def keep_rules(session: Session, actor: Actor) -> BadgeBackfill | None:
    """Write down the badges of the rules in force; returns the walk over all members that is open, if there is one.

    New and changed badges begin it, or join it from its start.
    """
    guardian.require(guardian.may_act_for_nobody(actor), actor)
    rules = rulesets.current(session).badges
    _ids_of(session, rules)
    held = select(Badge).where(Badge.key.is_not(None)).order_by(Badge.id).with_for_update(key_share=True)
    rows = {row.key: row for row in session.scalars(held)}
    changed = []
    for rule in rules:
        row = rows[rule.key]
        row.labels, row.about, row.level, row.family = rule.names, rule.words, rule.level, rule.family
        if row.rule != rule.rule:
            row.rule = rule.rule
            changed.append(rule.key)
    walk = session.scalar(select(BadgeBackfill).where(BadgeBackfill.finished_at.is_(None)).with_for_update())
    return begin_backfill(session, actor, changed) if changed else walk


def begin_backfill(session: Session, actor: Actor, keys: Iterable[str]) -> BadgeBackfill:
    """Begin a walk over all members for these badges; one that is open takes them in and starts over."""
    guardian.require(guardian.may_act_for_nobody(actor), actor)
    walk = session.scalar(select(BadgeBackfill).where(BadgeBackfill.finished_at.is_(None)).with_for_update())
    if walk is None:
        walk = BadgeBackfill(keys=[], after_id=0, started_at=now())
        session.add(walk)
    walk.keys, walk.after_id, walk.started_at = sorted({*walk.keys, *keys}), 0, now()
    session.flush()
    return walk


def go_on(session: Session, actor: Actor, walk_id: int, *, tell: bool = True) -> int:
    """Look through the next members of a walk; 0 when it is finished. Killed, it goes on where it was."""
    guardian.require(guardian.may_act_for_nobody(actor), actor)
    walk = session.get(BadgeBackfill, walk_id, with_for_update=True)
    if walk is None or walk.finished_at is not None:
        return 0
    ids = list(session.scalars(select(Member.id).where(Member.id > walk.after_id).order_by(Member.id).limit(BATCH)))
    if not ids:
        walk.finished_at = now()
        return 0
    award(session, actor, ids, BY_NAME.keys(), keys=walk.keys, tell=tell)
    walk.after_id = ids[-1]
    return len(ids)


def _members(session: Session, member_ids: Iterable[int]) -> list[int]:
    """Those who can have badges: staff stand outside, as with ranks; merged and erased members have none."""
    return list(session.scalars(
        select(Member.id).where(
            Member.id.in_(sorted(set(member_ids))), Member.role == "member", Member.erased_at.is_(None),
            Member.merged_into_id.is_(None),
        ).order_by(Member.id)
    ))


def _earned(evidence: Evidence, rules: Iterable[BadgeRule]) -> Iterator[Earned]:
    """Who reached which number, and when; of what is had once, the first time."""
    facts: dict[str, dict[tuple[int, str], dict[int, Fact]]] = {}
    for rule in rules:
        if rule.measure not in facts:
            facts[rule.measure] = _different(BY_NAME[rule.measure](evidence))
        once: dict[int, Earned] = {}
        for (member_id, occasion), by_key in facts[rule.measure].items():
            if len(by_key) < rule.least:
                continue
            last = sorted(by_key.values(), key=lambda fact: (fact.at, fact.key))[rule.least - 1]
            one = Earned(rule, member_id, occasion if rule.repeat else "", last.at, last.post_id)
            if rule.repeat:
                yield one
            elif member_id not in once or one.at < once[member_id].at:
                once[member_id] = one
        yield from once.values()


def _different(facts: Iterable[Fact]) -> dict[tuple[int, str], dict[int, Fact]]:
    """The first fact of each key, by member and occasion."""
    found: defaultdict[tuple[int, str], dict[int, Fact]] = defaultdict(dict)
    for fact in facts:
        by_key = found[fact.member_id, fact.occasion]
        if fact.key not in by_key or fact.at < by_key[fact.key].at:
            by_key[fact.key] = fact
    return found


def _ids_of(session: Session, rules: Sequence[BadgeRule]) -> dict[str, int]:
    """The rows of these rules, by key; those that are not there yet are made."""
    keys = [rule.key for rule in rules]
    there = {row.key: row.id for row in session.execute(select(Badge.key, Badge.id).where(Badge.key.in_(keys)))}
    new = [rule for rule in rules if rule.key not in there]
    if new:
        dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
        session.execute(dialect.insert(Badge).on_conflict_do_nothing(), [
            {"slug": slug_of(rule.key), "key": rule.key, "labels": rule.names, "about": rule.words,
             "level": rule.level, "family": rule.family}
            for rule in new
        ])
        return _ids_of(session, rules)
    return {str(key): id for key, id in there.items()}


def slug_of(key: str) -> str:
    """The last part of a badge's address. The slugs of imported badges never hold a low line, so none is in the way."""
    return key if "_" in key else f"{key}_"


def _held(session: Session, rules: Sequence[BadgeRule], members: Sequence[int]) -> Held:
    held = Held(_ids_of(session, rules))
    rows = session.scalars(
        select(MemberBadge).where(
            MemberBadge.member_id.in_(members), MemberBadge.badge_id.in_(held.badges.values()),
            MemberBadge.occasion.is_not(None),
        )
    )
    for row in rows:
        occasions = held.of.setdefault((row.badge_id, row.member_id), {})
        occasions[row.occasion or ""] = (row.id, row.revoked_at is not None)
    return held


def _give(session: Session, earned: Earned, held: Held) -> bool:
    """Whether the member has a badge now that they had not."""
    badge_id = held.badges[earned.rule.key]
    row, revoked = held.of.get((badge_id, earned.member_id), {}).get(earned.occasion, (None, False))
    if row is not None:
        if revoked:
            session.execute(update(MemberBadge).where(MemberBadge.id == row).values(revoked_at=None))
        return revoked
    post_id = earned.post_id if earned.rule.measure in OF_POSTS else None
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    insert = dialect.insert(MemberBadge).values(
        member_id=earned.member_id, badge_id=badge_id, occasion=earned.occasion, post_id=post_id, awarded_at=earned.at,
    )
    return session.execute(insert.on_conflict_do_nothing().returning(MemberBadge.id)).first() is not None


def _said(session: Session, changed: Mapping[int, Sequence[int]], *, won: bool, tell: bool) -> None:
    """Count what changed, and have each member told once of all of it; not imported profiles: nobody reads there."""
    if not changed:
        return
    count_later(session, {badge_id for badges in changed.values() for badge_id in badges})
    reading = select(Member.id).where(Member.id.in_(changed), Member.confirmed_at.is_not(None)).order_by(Member.id)
    for member_id in session.scalars(reading).all() if tell else ():
        publish(session, BadgesChanged(member_id, tuple(sorted(set(changed[member_id]))), won))
