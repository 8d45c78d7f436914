"""What the pages of the editor show of the draft."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from forum.core.errors import NotFound
from forum.core.i18n import gettext as _
from forum.core.i18n import label
from forum.members.models import Member
from forum.reputation import boards, comparing, editing, settings
from forum.reputation.editing import Data, Fault
from forum.reputation.rule_tables import RulesetDraft
from forum.reputation.rules import Ruleset
from forum.reputation.rulesets import in_force


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
        """What is wrong on a page of the editor, by field; "" holds what belongs to no field."""
        found: dict[str, str] = {}
        for fault in self.faults:
            if fault.page == page:
                found[fault.field] = f"{found[fault.field]}; {fault.words}" if fault.field in found else fault.words
        return found

    @property
    def faults_by_page(self) -> Counter[str]:
        """How much is wrong on each page of the editor; all ranks together."""
        return Counter(fault.page.split("/")[0] for fault in self.faults)


@dataclass(frozen=True, slots=True)
class Step:
    """A rank on the ladder as it is typed."""

    key: str
    name: str
    leaves: int
    needs: list[str]
    faults: int


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
        Step(key, rank_name(rank), leaves_of(rank), _needs(rank), wrong[f"ranks/{key}"])
        for key in editing.rank_keys(draft.data) for rank in [editing.rank_named(draft.data, key)]
    ]


def rank_name(rank: Data) -> str:
    """What a rank is called, or its key while it has no name."""
    labels: Any = rank.get("labels")
    found = label({"en": "", **labels}) if isinstance(labels, dict) else ""
    return str(found or rank.get("key", ""))


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
