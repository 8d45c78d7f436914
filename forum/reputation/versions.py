"""Published rules: numbered, with who, when and why, and what each changed."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

from forum.content.lines import one_line
from forum.core.clock import now
from forum.core.errors import Invalid, NotFound
from forum.core.i18n import gettext as _
from forum.core.page_epoch import raise_epoch
from forum.members.models import Member
from forum.reputation import editing
from forum.reputation.comparing import as_told, differences
from forum.reputation.models import RulesetVersion
from forum.reputation.rules import Ruleset
from forum.reputation.rulesets import DEFAULT, preset, published

PAGE = 20
NOTE_LENGTH = 300
REBUILD = "rebuild"  # the note of a version that a command made by working everything out anew


@dataclass(frozen=True, slots=True)
class Version:
    """A published ruleset. `by` is the name of its author, None where a command published it."""

    id: int
    number: int
    ruleset: Ruleset
    note: str
    by: str | None
    at: dt.datetime
    generation: int

    @property
    def is_rebuild(self) -> bool:
        """Whether no person wrote its note."""
        return self.by is None and self.note == REBUILD


def add(
    session: Session, ruleset: Ruleset, *, note: str, by_id: int | None, generation: int
) -> RulesetVersion:
    """Put rules into force as the next version: kept pages, and rules that processes keep, are out of date."""
    version = RulesetVersion(
        name=ruleset.name, data=editing.plain(ruleset), note=note, published_by_id=by_id, published_at=now(),
        generation=generation,
    )
    session.add(version)
    session.flush()
    raise_epoch(session)
    return version


def noted(note: str) -> str:
    """A note for the history, on one line.

    Raises:
        Invalid: it is empty, or too long.
    """
    note = one_line(note)
    if not 1 <= len(note) <= NOTE_LENGTH:
        raise Invalid({"note": _("Say in a sentence what you changed and why; at most %(most)s characters.",
                                 most=NOTE_LENGTH)})
    return note


def version(session: Session, number: int) -> Version:
    """A version by its number.

    Raises:
        NotFound: there is none of this number.
    """
    row = session.execute(_versions().where(RulesetVersion.number == number)).one_or_none()
    if row is None:
        raise NotFound(_("There is no version %(number)s.", number=number))
    return _as_version(row)


def newest(session: Session) -> Version | None:
    """The version in force; None while the rules are those that come with the product."""
    row = session.execute(_versions().limit(1)).one_or_none()
    return _as_version(row) if row is not None else None


def page(
    session: Session, before: int | None = None, *, told: bool = False
) -> Sequence[tuple[Version, list[str]]]:
    """Versions, the newest first, each with what it changed in sentences; at most PAGE. One query.

    Args:
        before: go on after this number.
        told: as members are told of it, without what is not offered yet.
    """
    statement = _versions().limit(PAGE + 1)
    if before is not None:
        statement = statement.where(RulesetVersion.number < before)
    found = [_as_version(row) for row in session.execute(statement)]
    return [
        (one, changes(found[place + 1] if place + 1 < len(found) else None, one, told=told))
        for place, one in enumerate(found)
    ][:PAGE]


def with_changes(session: Session, number: int, *, told: bool = False) -> tuple[Version, list[str]]:
    """A version with what it changed; `told` as in `page`.

    Raises:
        NotFound: there is none of this number.
    """
    one = version(session, number)
    row = session.execute(_versions().where(RulesetVersion.number < number).limit(1)).one_or_none()
    return one, changes(_as_version(row) if row is not None else None, one, told=told)


def changes(before: Version | None, after: Version, *, told: bool = False) -> list[str]:
    """What a version changed; the first one is compared with the rules that come with the product."""
    was, now_is = before.ruleset if before is not None else preset(DEFAULT), after.ruleset
    return differences(as_told(was), as_told(now_is)) if told else differences(was, now_is)


def count(session: Session) -> int:
    """How many versions there are."""
    return session.scalar(select(func.count()).select_from(RulesetVersion)) or 0


def _versions() -> Select[*tuple[Any, ...]]:
    one = RulesetVersion
    return (
        select(
            one.id, one.number, one.data, one.note, func.coalesce(Member.shown_name, Member.name).label("by"),
            one.published_at, one.generation,
        )
        .outerjoin(Member, Member.id == one.published_by_id)
        .order_by(one.number.desc())
    )


def _as_version(row: Row[*tuple[Any, ...]]) -> Version:
    ruleset = published(row.id, row.published_at, lambda: row.data)
    return Version(row.id, row.number, ruleset, row.note, row.by, row.published_at, row.generation)
