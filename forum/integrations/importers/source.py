"""What an importer has to offer. A new source derives from `Source` and overrides what it has."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from forum.integrations.importers.records import (
    AcceptanceRecord,
    AwardRecord,
    BadgeRecord,
    BoardRecord,
    Person,
    PostRecord,
    TagRecord,
    ThreadRecord,
    VoteRecord,
)


class Unreadable(Exception):
    """The source cannot be taken as it is. The message is one sentence for whoever started the import."""


@dataclass(frozen=True, slots=True)
class Known:
    """What was taken earlier: the first threads (id, UTC moment of creation), the last posts, and how far it went."""

    threads: tuple[tuple[str, str], ...] = ()
    posts: tuple[str, ...] = ()
    through: dt.datetime | None = None


class Source:
    """Something to import from. Each method yields records one after the other, never all at once.

    Attributes:
        name: under which its external ids are kept; a second import of the same community has the same name.
        left_out: what is not taken, by its reason, counted while records are read.
    """

    name: str

    def __init__(self, name: str) -> None:
        self.name = name
        self.left_out: Counter[str] = Counter()

    def __enter__(self) -> Self:
        """Open it. Used as a context, so that what it keeps on disk meanwhile is taken away."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it, whatever happened."""

    def total(self) -> int:
        """About how many records there are, for the progress; 0 if that is not known."""
        return 0

    def through(self) -> dt.datetime | None:
        """The newest moment in it, as far as that tells a newer state of the source from an older one."""
        return None

    def check(self, known: Known) -> None:
        """Look at it before anything is written.

        Raises:
            Unreadable: of another community than the one taken earlier, or an older state of it.
        """

    def boards(self) -> list[BoardRecord]:
        """The boards for a first import; the last one takes what fits no other."""
        raise NotImplementedError

    def tags(self) -> Iterator[TagRecord]:
        """Tags, also those that no thread bears."""
        yield from ()

    def people(self) -> Iterator[Person]:
        """People with an account."""
        yield from ()

    def threads(self) -> Iterator[ThreadRecord]:
        """Threads with their openings."""
        yield from ()

    def posts(self) -> Iterator[PostRecord]:
        """First-level posts and replies, a parent before its replies."""
        yield from ()

    def votes(self) -> Iterator[VoteRecord]:
        """Votes on openings and posts."""
        yield from ()

    def acceptances(self) -> Iterator[AcceptanceRecord]:
        """Answers that were accepted, at most one a thread."""
        yield from ()

    def awards(self) -> Iterator[AwardRecord]:
        """Points beside votes."""
        yield from ()

    def badges(self) -> Iterator[BadgeRecord]:
        """Badges of people."""
        yield from ()
