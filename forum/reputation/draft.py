"""What the pages of the editor show of the draft."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from forum.core.errors import NotFound
from forum.core.i18n import gettext as _
from forum.core.i18n import label
from forum.members.models import Member
from forum.reputation import badge_words, boards, comparing, editing, settings
from forum.reputation.award_editing import awards_of
from forum.reputation.badge_editing import badges_of
from forum.reputation.badge_rules import FAMILIES
from forum.reputation.editing import Fault
from forum.reputation.line_words import kind_in_words
from forum.reputation.rule_tables import RulesetDraft
from forum.reputation.rules import AwardRule, Ruleset, is_word
from forum.reputation.rulesets import in_force
from forum.reputation.typed import Data
from forum.reputation.words import award_in_words


@dataclass(frozen=True, slots=True)
class Draft:
    """The draft with what is wrong in it. `ruleset` is there when nothing is; `by` is who changed it last."""

    version: int
    data: Data
    origin: str
    by: str | None
    at: dt.datetime
    ruleset: Ruleset | None
    faults: list[Fault] = field(default_factory=list)

    def beside(self, page: str) -> dict[str, str]:
        """What is wrong on a page of the editor, by field; "" holds what belongs to no field, with its place.

        Nothing about fields that were just added: whoever adds something is about to fill them.
        """
        found: dict[str, str] = {}
        for fault in self.faults:
            if fault.page == page and not fault.untouched:
                words = fault.words if fault.field else fault.sentence
                found[fault.field] = f"{found[fault.field]}; {words}" if fault.field in found else words
        return found

    @property
    def faults_by_page(self) -> Counter[str]:
        """How much is wrong on each page of the editor; all ranks together."""
        return Counter(fault.page.split("/")[0] for fault in self.faults)


@dataclass(frozen=True, slots=True)
class Step:
    """A rank on the ladder as it is typed. It has no page where its key, out of a file, is no word."""

    key: str
    name: str
    leaves: int
    needs: list[str]
    faults: int
    has_page: bool


@dataclass(frozen=True, slots=True)
class BadgeStep:
    """A badge as it is typed. `number` is its place among all badges from 1; `first` and `last` of its family."""

    number: int
    name: str
    level: str
    given_for: str
    again: bool
    faults: int
    first: bool
    last: bool


def read(session: Session) -> Draft | None:
    """The draft, checked; None while there is none."""
    row = session.execute(
        select(
            RulesetDraft.version, RulesetDraft.data, RulesetDraft.origin, RulesetDraft.origin_name,
            func.coalesce(Member.shown_name, Member.name), RulesetDraft.changed_at,
        )
        .outerjoin(Member, Member.id == RulesetDraft.changed_by_id)
    ).one_or_none()
    return None if row is None else checked(row[0], row[1], _origin(row[2], row[3]), row[4], row[5])


def needed(session: Session) -> Draft:
    """The draft.

    Raises:
        NotFound: there is none.
    """
    found = read(session)
    if found is None:
        raise NotFound(_("There is no draft of the rules. Begin one first."))
    return found


def checked(version: int, data: Data, origin: str, by: str | None, at: dt.datetime) -> Draft:
    """A draft with what is wrong in it."""
    ruleset, faults = editing.check(data)
    return Draft(version, data, origin, by, at, ruleset, faults)


def _origin(origin: str, name: str) -> str:
    if origin == "version":
        return _("version %(number)s", number=name)
    return _("the preset “%(name)s”", name=name) if origin == "preset" else _("the file “%(name)s”", name=name)


def changes(session: Session, draft: Draft) -> list[str]:
    """What the draft does to the rules in force, in sentences; empty while something in it is wrong."""
    return comparing.differences(in_force(session).ruleset, draft.ruleset) if draft.ruleset is not None else []


def hindrance(session: Session, draft: Draft) -> str | None:
    """Why it cannot come into force though everything in it is right."""
    titles = boards.left_without(session, draft.ruleset) if draft.ruleset is not None else []
    return boards.sentence(titles) if titles else None


def ladder(draft: Draft) -> list[Step]:
    """The ranks, the lowest first, as they are typed."""
    wrong = Counter(fault.page for fault in draft.faults)
    return [
        Step(key, name_of(rank), leaves_of(rank), _needs(rank), wrong[f"ranks/{key}"], has_page=is_word(key))
        for key in editing.rank_keys(draft.data) for rank in [editing.rank_named(draft.data, key)]
    ]


def badge_families(draft: Draft) -> list[tuple[str, list[BadgeStep]]]:
    """The badges by family, as they are typed: (name of the family, badges). Those of no known family come last."""
    badges = list(enumerate(badges_of(draft.data), 1))
    named = [(badge_words.family(key), [one for one in badges if one[1].get("family") == key]) for key in FAMILIES]
    others = [one for one in badges if one[1].get("family") not in FAMILIES]
    wrong = Counter(fault.page for fault in draft.faults)
    found = []
    for family, own in [*named, (_("Of no family yet"), others)]:
        steps = [
            BadgeStep(
                number, name_of(badge), str(badge.get("level", "")), given_for(badge), badge.get("repeat") is True,
                wrong[f"badges/{number}"], first=at == 0, last=at == len(own) - 1,
            )
            for at, (number, badge) in enumerate(own)
        ]
        if steps:
            found.append((family, steps))
    return found


def given_for(badge: Data) -> str:
    """What a badge is given for, for what is typed."""
    measure, least = str(badge.get("measure", "")), badge.get("least")
    if isinstance(least, int):
        return badge_words.given_for(measure, least)
    return f"{least or '…'} {badge_words.measure_label(measure)}"


def award_lines(draft: Draft) -> list[tuple[str, str, Data, str]]:
    """The rules for awards as they are typed: (kind, what such an award is, the rule, how it counts)."""
    return [
        (kind, kind_in_words(kind), rule, _award(rule)) for kind, rule in awards_of(draft.data).items()
    ]


def _award(typed: Data) -> str:
    try:
        return award_in_words(AwardRule.model_validate(typed))
    except ValidationError:
        return ""


def name_of(thing: Data) -> str:
    """What a rank or a badge is called, or its key while it has no name."""
    labels: Any = thing.get("labels")
    found = label({"en": "", **labels}) if isinstance(labels, dict) else ""
    return str(found or thing.get("key", ""))


def leaves_of(rank: Data) -> int:
    """How many leaves are drawn for what is typed."""
    leaves = rank.get("leaves")
    return min(5, max(0, leaves)) if isinstance(leaves, int) else 0


def _needs(rank: Data) -> list[str]:
    ways = editing.ways_of(rank.get("needs"))
    if ways is None:
        return [_("a formula that only a file can show")]
    return [_way(way) for way in ways] or [_("a confirmed address")]


def _way(way: Data) -> str:
    words = [
        comparing.clause_in_words(measure, value) if isinstance(value, int)
        else f"{value or '…'} {settings.measure_label(measure)}"
        for measure, value in way.items()
    ]
    return settings.together(words)
