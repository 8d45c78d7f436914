"""What pages read of reputation: a profile's standing and badges, the rules. Ledgers are in `history`."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from forum.core.clock import now
from forum.core.i18n import label
from forum.members.models import Member
from forum.reputation import holders, words
from forum.reputation.formulas import Numbers
from forum.reputation.models import Badge, MemberBadge, MemberStanding, RulesetVersion
from forum.reputation.ranks import NextRank, kept_by, needs_in_words, next_rank, ways_to
from forum.reputation.rules import Perk, Rank
from forum.reputation.rulesets import current, glance
from forum.reputation.words import LimitInWords, Rule


@dataclass(frozen=True, slots=True)
class BadgeRow:
    """A badge that a member has, and how often."""

    name: str
    count: int
    slug: str
    level: str | None


@dataclass(frozen=True, slots=True)
class Lock:
    """The team holds the member at a rank. `then` is the rank that the numbers give as they are now."""

    until: dt.datetime
    reason: str
    then: Rank


@dataclass(frozen=True, slots=True)
class ProfileStanding:
    """A member's standing. All but rank and points is for the member's own eyes.

    `falls_on` is the day on which the rank is lost unless `kept_by` is made good; both None while nothing is missing.
    While the team holds the rank, `next` is reckoned from the numbers alone.
    """

    rank: Rank
    numbers: Numbers
    next: NextRank | None
    falls_on: dt.date | None = None
    kept_by: NextRank | None = None
    lock: Lock | None = None

    @property
    def points(self) -> int:
        """Helping, as everybody sees it."""
        return self.numbers.points

    @property
    def held_until(self) -> dt.datetime | None:
        """Until when the team holds the member at the rank, if it does."""
        return self.lock.until if self.lock is not None else None


@dataclass(frozen=True, slots=True)
class RankInWords:
    """A rank as /ranks says it: alternatives that lead to it, and what it opens as (privilege, phrase).

    `holders` is None where the count is not told.
    """

    key: str
    name: str
    leaves: int
    needs: Sequence[str]
    opens: Sequence[tuple[str, str]]
    perks: Sequence[Perk]
    without_purchases: bool
    holders: int | None


@dataclass(frozen=True, slots=True)
class RanksPage:
    """All rules in words. `version` is the number and date of the published rules, None before any was published."""

    ranks: Sequence[RankInWords]
    changes: Sequence[Rule]
    limits: Sequence[LimitInWords]
    fixed: Sequence[Rule]
    newcomers: Sequence[str]
    points: Sequence[tuple[str, int]]
    caps: Sequence[Rule]
    version: tuple[int, dt.datetime] | None


def profile(session: Session, member_id: int) -> ProfileStanding:
    """A member's standing, with what the next rank needs."""
    standing = session.get(MemberStanding, member_id)
    ruleset = current(session)
    joined_at = session.scalar(select(Member.joined_at).where(Member.id == member_id)) if ruleset.joined_steps else None
    numbers = Numbers.of(standing, joined_at)
    held = ruleset.rank(standing.rank_key if standing is not None else ruleset.ranks[0].key)
    lock = _lock(standing, ruleset.rank(ruleset.rank_for(numbers)))
    return ProfileStanding(
        held, numbers, next_rank(numbers, ruleset, held.key if lock is None else None),
        falls_on=standing.falls_on if standing is not None else None,
        kept_by=kept_by(numbers, ruleset, held.key) if standing is not None and standing.falls_on else None,
        lock=lock,
    )


def _lock(standing: MemberStanding | None, then: Rank) -> Lock | None:
    if standing is None or standing.lock_rank_key is None or standing.lock_until is None:
        return None
    if standing.lock_until <= now():
        return None
    return Lock(standing.lock_until, standing.lock_reason, then)


def to_keep(session: Session, member_id: int, rank_key: str) -> list[tuple[str, int]]:
    """What the nearest way to keep a rank still needs: (measure, how much), as the numbers are now.

    "flags" with the most there may be stands for upheld flags that are too many.
    """
    ruleset, standing = current(session), session.get(MemberStanding, member_id)
    joined_at = session.scalar(select(Member.joined_at).where(Member.id == member_id))
    ways = ways_to(ruleset.rank(rank_key), Numbers.of(standing, joined_at))
    if not ways:
        return []
    missing = [(step.measure, step.missing) for step in ways[0].steps if step.missing]
    return missing + ([("flags", ways[0].flags_at_most)] if ways[0].flags_at_most is not None else [])


def ranks_page(session: Session) -> RanksPage:
    """The rules in force, in words, with how many hold each rank."""
    ruleset = current(session)
    counts = holders.holders(session)
    ranks = [
        RankInWords(
            key=rank.key, name=rank.name, leaves=rank.leaves, needs=needs_in_words(rank),
            opens=words.opens_in_words(ruleset, rank), perks=[perk for perk in ruleset.perks if perk.rank == rank.key],
            without_purchases=words.leaves_purchases_out(ruleset, rank), holders=counts.get(rank.key) or None,
        )
        for rank in ruleset.ranks
    ]
    return RanksPage(
        ranks=ranks, changes=words.changes_in_words(ruleset), limits=words.limits_in_words(ruleset),
        fixed=words.fixed_in_words(), newcomers=words.newcomers_in_words(ruleset),
        points=words.points_in_words(ruleset), caps=words.caps_in_words(ruleset), version=_version(session),
    )


def _version(session: Session) -> tuple[int, dt.datetime] | None:
    id = glance(session).version_id
    if id is None:
        return None
    version = RulesetVersion
    row = session.execute(select(version.number, version.published_at).where(version.id == id)).one_or_none()
    return (row[0], row[1]) if row is not None else None


def badges(session: Session, member_id: int) -> list[BadgeRow]:
    """A member's badges: the rarest level first, then those had most often. What was taken back is not among them."""
    level = case((Badge.level == "gold", 0), (Badge.level == "silver", 1), else_=2)
    rows = session.execute(
        select(Badge.labels, func.count(), Badge.slug, Badge.level)
        .join(MemberBadge, MemberBadge.badge_id == Badge.id)
        .where(MemberBadge.member_id == member_id, MemberBadge.revoked_at.is_(None))
        .group_by(Badge.id, Badge.slug, Badge.level, level).order_by(level, func.count().desc(), Badge.slug)
    )
    return [BadgeRow(label(labels), count, slug, level) for labels, count, slug, level in rows]
