"""The faces of those who take part in the threads of a list, all of a page in one query."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Integer, bindparam, select
from sqlalchemy.orm import Session

from forum.access.actors import initials
from forum.core.i18n import gettext as _
from forum.members.models import Member


@dataclass(frozen=True, slots=True)
class Face:
    """Somebody as small as a list shows them."""

    name: str
    initials: str
    hue: int


def of_members(session: Session, ids: Iterable[int]) -> dict[int, Face]:
    """The faces of members, by their ids; of nobody without a query."""
    wanted = sorted(set(ids))
    rows = session.execute(_FACES, {"member_ids": wanted}) if wanted else ()
    return {row.id: _face(called(row), row.hue) for row in rows}


def called(row: Any) -> str:
    """How people call somebody: of a row with `name`, `shown_name` and `erased_at`."""
    name: str = _("someone who left") if row.erased_at else row.shown_name or row.name
    return name


def _face(name: str, hue: int) -> Face:
    return Face(name, initials(name), hue)


_FACES = select(Member.id, Member.name, Member.shown_name, Member.erased_at, Member.hue).where(
    Member.id.in_(bindparam("member_ids", expanding=True, type_=Integer))
)
