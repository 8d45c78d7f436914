"""One run: what its writers share, and how far it came."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from forum.core.clock import now
from forum.core.unit_of_work import unit_of_work
from forum.extensions import db
from forum.integrations.importers.models import ImportRun
from forum.integrations.importers.records import PostRecord, Record, ThreadRecord
from forum.integrations.importers.scratch import Scratch
from forum.integrations.importers.source import Source

Progress = Callable[[str, int, int], None]  # told the stage, and how many records of how many are read


@dataclass(slots=True)
class Run:
    """A run of one source. `taken` counts what is in it by kind, replies and edits too; `written` the rows
    that were new or changed.

    `compares` says that something was taken before, so that what vanished since has to be found.
    """

    source: Source
    scratch: Scratch
    compares: bool
    resumed: bool
    progress: Progress
    stage: str = ""
    done: int = 0
    written: int = 0
    taken: Counter[str] = field(default_factory=Counter)
    vanished: Counter[str] = field(default_factory=Counter)
    plain: int = 0  # bodies shown without their marks
    edited_here: int = 0  # bodies that were edited here and stay so

    @property
    def name(self) -> str:
        """The source's name: what its external ids are kept under."""
        return self.source.name

    @contextmanager
    def writing(self, rows: int) -> Iterator[Session]:
        """A unit of work for one batch that writes about `rows` rows; the run's own row goes along."""
        with unit_of_work() as session:
            row = session.scalars(unfinished(self.name)).first()
            if row is None:
                row = ImportRun(source=self.name, stage=self.stage, started_at=now())
                session.add(row)
            row.stage, row.done, row.changed = self.stage, self.done, (row.changed or 0) + rows
            yield session
        self.written += rows

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session for looking things up, outside a unit of work."""
        try:
            yield db.session()
        finally:
            db.session.rollback()

    def step(self, kind: str, records: list[Record]) -> None:
        """These records were dealt with."""
        self.done += len(records)
        for one in records:
            self.taken["reply" if isinstance(one, PostRecord) and one.parent is not None else kind] += 1
            if isinstance(one, ThreadRecord | PostRecord):
                self.taken["edit"] += len(one.edits)
        self.progress(self.stage, self.done, self.source.total())


def unfinished(name: str) -> Select[ImportRun]:
    """The statement for the run of a source that has not ended."""
    return select(ImportRun).where(ImportRun.source == name, ImportRun.finished_at.is_(None)).order_by(ImportRun.id)
