"""Appending lines to the ledger: the only place that writes them."""

from collections.abc import Iterable

from sqlalchemy import Table
from sqlalchemy.orm import Session

from forum.core.bulk import insert_rows
from forum.core.clock import now
from forum.core.database import Base
from forum.reputation.models import LedgerLine
from forum.reputation.sources import Slot

Source = tuple[str, str]  # kind and id
Line = tuple[Source, Slot, int]

COLUMNS = (
    "member_id", "axis", "kind", "points", "source_kind", "source_id", "caused_by_id", "post_id", "event_day",
)
# The table itself: the mapper would look at each row for which columns are empty.
_TABLE: Table = Base.metadata.tables[LedgerLine.__tablename__]


def append(session: Session, generation: int, lines: Iterable[Line]) -> int:
    """Append lines of one generation, all of this moment; returns how many."""
    rows = (
        (slot.member_id, slot.axis, slot.kind, points, kind, source_id, slot.caused_by_id, slot.post_id, slot.day)
        for (kind, source_id), slot, points in lines
    )
    return insert_rows(session, _TABLE, COLUMNS, rows, {"generation": generation, "created_at": now()})
