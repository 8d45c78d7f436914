"""Which row here stands for what of a source: looked up and kept in bulk."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Generic, TypeVar

from sqlalchemy import Table, bindparam, delete, select
from sqlalchemy.orm import Session

from forum.core.bulk import chunks, insert_rows
from forum.core.database import Base
from forum.integrations.importers.models import ImportKey
from forum.integrations.importers.records import Record
from forum.members.models import Member

R = TypeVar("R", bound=Record)
_TABLE: Table = Base.metadata.tables[ImportKey.__tablename__]
_COLUMNS = ("source", "kind", "external_id", "row_id", "digest", "edits", "gone")
_CHANGE = (
    _TABLE.update()
    .where(
        _TABLE.c.source == bindparam("of_source"), _TABLE.c.kind == bindparam("of_kind"),
        _TABLE.c.external_id == bindparam("of_id"),
    )
    .values(digest=bindparam("new_digest"), edits=bindparam("new_edits"), gone=bindparam("new_gone"))
)


@dataclass(frozen=True, slots=True)
class Key:
    """What an external id became."""

    row_id: int
    digest: str = ""
    edits: int = 0
    gone: bool = False


def digest(record: Record) -> str:
    """A short text that is another one as soon as anything in the record is."""
    return blake2b(repr(record).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def is_news(key: Key | None, digest: str) -> bool:
    """Whether a record with this digest was not taken before, or not as it is now."""
    return key is None or key.gone or key.digest != digest


class News(Generic[R]):
    """What of some records was not taken before, or not as it is now (`todo`); looked up once."""

    def __init__(self, session: Session, source: str, kind: str, records: list[R]) -> None:
        self._source, self._kind = source, kind
        self.known = find(session, source, kind, (one.id for one in records))
        self._digests = {one.id: digest(one) for one in records}
        self.todo = [one for one in records if is_news(self.known.get(one.id), self._digests[one.id])]

    @property
    def new(self) -> list[R]:
        """Those that were not taken before."""
        return [one for one in self.todo if one.id not in self.known]

    def key(self, one: R, row_id: int, edits: int = 0) -> Key:
        """What is kept of a record that became this row."""
        return Key(row_id, self._digests[one.id], edits)

    def keep(self, session: Session, one: R, row_id: int) -> None:
        """Keep one record's key, or replace what was kept of it."""
        put = change if one.id in self.known else add
        put(session, self._source, self._kind, {one.id: self.key(one, row_id)})


def find(session: Session, source: str, kind: str, ids: Iterable[str]) -> dict[str, Key]:
    """The keys of these external ids, as far as they were taken before."""
    found: dict[str, Key] = {}
    for some in chunks(sorted(set(ids))):
        rows = session.execute(
            select(ImportKey.external_id, ImportKey.row_id, ImportKey.digest, ImportKey.edits, ImportKey.gone)
            .where(ImportKey.source == source, ImportKey.kind == kind, ImportKey.external_id.in_(some))
        )
        found.update((row[0], Key(*row[1:])) for row in rows)
    return found


def stands_for(session: Session, source: str, kind: str, row_id: int) -> bool:
    """Whether this row is what something of the source became."""
    return session.scalar(
        select(ImportKey.row_id)
        .where(ImportKey.source == source, ImportKey.kind == kind, ImportKey.row_id == row_id).limit(1)
    ) is not None


def page(session: Session, source: str, kind: str, after: str, size: int) -> Sequence[tuple[str, Key]]:
    """The keys of a kind that are not gone, in the order of their external ids, `size` of them after one."""
    rows = session.execute(
        select(ImportKey.external_id, ImportKey.row_id, ImportKey.digest, ImportKey.edits)
        .where(
            ImportKey.source == source, ImportKey.kind == kind, ImportKey.external_id > after, ~ImportKey.gone,
        )
        .order_by(ImportKey.external_id).limit(size)
    )
    return [(row[0], Key(*row[1:])) for row in rows]


def add(session: Session, source: str, kind: str, keys: dict[str, Key]) -> None:
    """Keep new ones."""
    insert_rows(session, _TABLE, _COLUMNS, (
        (source, kind, id, key.row_id, key.digest, key.edits, key.gone) for id, key in keys.items()
    ))


def change(session: Session, source: str, kind: str, keys: dict[str, Key]) -> None:
    """Replace what is kept under these ids; the rows they stand for stay the same."""
    values: list[dict[str, Any]] = [
        {"of_source": source, "of_kind": kind, "of_id": id, "new_digest": key.digest, "new_edits": key.edits,
         "new_gone": key.gone}
        for id, key in keys.items()
    ]
    if values:
        session.connection().execute(_CHANGE, values)


def members(session: Session, source: str, ids: Iterable[str]) -> dict[str, int]:
    """Who these people of the source are here: whoever claimed them, else the imported member."""
    found = {id: key.row_id for id, key in find(session, source, "member", ids).items() if not key.gone}
    claimed: dict[int, int] = {}
    for some in chunks(sorted(set(found.values()))):
        rows = session.execute(
            select(Member.id, Member.merged_into_id).where(Member.id.in_(some), Member.merged_into_id.is_not(None))
        )
        claimed.update((row[0], row[1] or row[0]) for row in rows)
    return {id: claimed.get(row_id, row_id) for id, row_id in found.items()}


def drop(session: Session, source: str, kind: str, id: str) -> None:
    """Forget one."""
    session.execute(
        delete(ImportKey).where(ImportKey.source == source, ImportKey.kind == kind, ImportKey.external_id == id)
    )
