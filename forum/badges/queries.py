"""Reads: all badges with how rare they are, one with who holds it lately."""

import datetime as dt
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import ColumnElement, Connection, Engine, Select, case, false, func, or_, select, true, tuple_
from sqlalchemy.orm import Session

from forum.access import visible
from forum.access.actors import Actor, initials
from forum.badges.actions import slug_of
from forum.boards.models import Board
from forum.core.errors import NotFound
from forum.core.i18n import gettext as _
from forum.core.i18n import label, ngettext
from forum.core.pagination import cursor, moment_and_number
from forum.members.models import Member
from forum.reputation import rulesets
from forum.reputation.badge_rules import FAMILIES, BadgeRule
from forum.reputation.models import Badge, MemberBadge
from forum.threads.models import Post, Thread

PAGE = 30
MOST_OTHERS = 60  # badges that came with an import, the most common ones
# From so many members on a share says something; with fewer one would read "2 %" and mean a friend.
SHARE_FROM = 100
KEPT_FOR = 600.0  # seconds; how many members there are is only for a rounded share

_totals: WeakKeyDictionary[Engine, tuple[float, int]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class BadgeRow:
    """A badge in words. `rarity` is empty where nobody has it; `again`: each contribution can earn it."""

    slug: str
    name: str
    about: str
    level: str | None
    rarity: str
    own: bool
    again: bool


@dataclass(frozen=True, slots=True)
class BadgesPage:
    """All badges: those of the rules by family, then those that are not awarded (any more)."""

    families: Sequence[tuple[str, Sequence[BadgeRow]]]
    others: Sequence[BadgeRow]


@dataclass(frozen=True, slots=True)
class Holding:
    """Somebody got the badge. The contribution is there when it was for one that the viewer may see."""

    name: str
    label: str
    initials: str
    hue: int
    at: dt.datetime
    post_id: int | None
    title: str | None


@dataclass(frozen=True, slots=True)
class BadgePage:
    """A badge and a page of those who hold it, the latest first; `before` is where the next page goes on."""

    badge: BadgeRow
    awarded: bool  # whether it can still be earned
    holdings: Sequence[Holding]
    before: str | None


def badges_page(session: Session, viewer: Actor) -> BadgesPage:
    """All badges with how rare they are and which of them the viewer has. At most 3 queries."""
    rules = rulesets.current(session).badges
    total = _members(session)
    own = set(session.scalars(_own_badges(viewer))) if viewer.id is not None else set()
    current = or_(Badge.key.in_([rule.key for rule in rules]), false())
    rows = session.scalars(
        select(Badge).where(or_(current, Badge.holder_count > 0))
        .order_by(case((current, 0), else_=1), Badge.holder_count.desc(), Badge.id).limit(len(rules) + MOST_OTHERS)
    ).all()
    by_key = {row.key: row for row in rows if row.key is not None}
    families = [
        (family, [
            _of_rule(rule, by_key.get(rule.key), total, own) for rule in rules if rule.family == family
        ])
        for family in FAMILIES
    ]
    in_force = {rule.key for rule in rules}
    others = [_of_row(row, total, own) for row in rows if row.key not in in_force]
    return BadgesPage([(family, found) for family, found in families if found], others)


def badge_page(session: Session, viewer: Actor, slug: str, before: str = "") -> BadgePage:
    """One badge and who holds it lately. At most 4 queries.

    Raises:
        NotFound: there is no such badge, or `before` is not a cursor of this list.
    """
    rule = next((rule for rule in rulesets.current(session).badges if slug_of(rule.key) == slug), None)
    row = session.scalar(select(Badge).where(Badge.slug == slug))
    if row is None and rule is None:
        raise NotFound
    total = _members(session)
    own = set(session.scalars(_own_badges(viewer))) if viewer.id is not None else set()
    badge = _of_rule(rule, row, total, own) if rule is not None else _of_row(row, total, own) if row else None
    if badge is None:
        raise NotFound
    older = tuple_(MemberBadge.awarded_at, MemberBadge.id) < moment_and_number(before) if before else true()
    found = session.execute(holdings(viewer, row.id).where(older).limit(PAGE + 1)).all() if row is not None else []
    shown = [
        Holding(name, shown_name or name, initials(shown_name or name), hue, at, post_id if seen else None,
                title if seen else None)
        for _id, at, name, shown_name, hue, post_id, title, seen in found[:PAGE]
    ]
    last = found[PAGE - 1] if len(found) > PAGE else None
    return BadgePage(badge, rule is not None, shown, cursor(last[1], last[0]) if last is not None else None)


def holdings(viewer: Actor, badge_id: int) -> Select[*tuple[Any, ...]]:
    """Who got the badge, the latest first: those whose activity the viewer may see."""
    return (
        select(
            MemberBadge.id, MemberBadge.awarded_at, Member.name, Member.shown_name, Member.hue, Post.id, Thread.title,
            visible.post_is_visible(viewer),
        )
        .join(Member, Member.id == MemberBadge.member_id)
        .outerjoin(Post, Post.id == MemberBadge.post_id)
        .outerjoin(Thread, Thread.id == Post.thread_id)
        .outerjoin(Board, Board.id == Thread.board_id)
        .where(
            MemberBadge.badge_id == badge_id, MemberBadge.revoked_at.is_(None), Member.erased_at.is_(None),
            _shows_activity(viewer),
        )
        .order_by(MemberBadge.awarded_at.desc(), MemberBadge.id.desc())
    )


def forget_totals() -> None:
    """Count members anew at the next look."""
    _totals.clear()


def _shows_activity(viewer: Actor) -> ColumnElement[bool]:
    """Members who let the viewer see what they did here."""
    if viewer.id is None:
        return Member.activity_audience == "everyone"
    return or_(Member.activity_audience.in_(("everyone", "members")), Member.id == viewer.id)


def _own_badges(viewer: Actor) -> Select[int]:
    """The ids of the badges that the viewer has."""
    held = select(MemberBadge.badge_id).where(MemberBadge.member_id == viewer.id, MemberBadge.revoked_at.is_(None))
    return held.distinct()


def _of_rule(rule: BadgeRule, row: Badge | None, total: int, own: set[int]) -> BadgeRow:
    count = row.holder_count if row is not None else 0
    return BadgeRow(
        slug_of(rule.key), label(rule.names), label(rule.words), rule.level, _rarity(count, total),
        row is not None and row.id in own, rule.repeat,
    )


def _of_row(row: Badge, total: int, own: set[int]) -> BadgeRow:
    about = label(row.about) if row.about else ""
    rarity = _rarity(row.holder_count, total)
    return BadgeRow(row.slug, label(row.labels), about, row.level, rarity, row.id in own, False)


def _rarity(count: int, total: int) -> str:
    """How rare it is, in words; nothing where nobody has it."""
    if not count:
        return ""
    if total < SHARE_FROM:
        return ngettext("%(num)s member has it", "%(num)s members have it", count)
    percent = round(100 * count / total)
    if percent < 1:
        return _("Fewer than %(percent)s%% of members have it", percent=1)
    return _("%(percent)s%% of members have it", percent=min(percent, 100))


def _members(session: Session) -> int:
    """How many members there are, some minutes ago: staff, erased and merged ones aside."""
    bind = session.get_bind()
    engine = bind.engine if isinstance(bind, Connection) else bind
    kept = _totals.get(engine)
    if kept is None or time.monotonic() - kept[0] > KEPT_FOR:
        there = select(func.count()).select_from(Member).where(
            Member.role == "member", Member.erased_at.is_(None), Member.merged_into_id.is_(None)
        )
        kept = (time.monotonic(), session.scalar(there) or 0)
        _totals[engine] = kept
    return kept[1]
