"""What every source says in the same words: people, threads, posts, and what others thought of them.

External ids are texts, unique within one kind of one source. Moments are aware and in UTC.
"""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote something: by the id of a person of the source, by a name alone, or nobody that is known."""

    id: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Body:
    """A text, in Markdown where the source has it, else in HTML. With both, HTML stands in where Markdown fails."""

    markdown: str | None = None
    html: str | None = None


@dataclass(frozen=True, slots=True)
class BoardRecord:
    """A board to be made at the first import. `key` is what threads name it by."""

    key: str
    title: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class TagRecord:
    """A tag by its name in the source."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account in the source. They cannot sign in here until they claim it."""

    id: str
    name: str
    joined_at: dt.datetime
    seen_at: dt.datetime | None = None
    about: Body = Body()


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit: who, when, and what the post said before it. Title and tags are None where they play no part."""

    editor: Author
    at: dt.datetime
    body_before: str
    title_before: str | None = None
    tags_before: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class ThreadRecord:
    """A thread with its opening.

    It goes to the first of `boards` that there is, else to the last board of the first import, and stays there.
    `score` is what votes do not name one by one.
    """

    id: str
    boards: tuple[str, ...]
    kind: str
    title: str
    author: Author
    created_at: dt.datetime
    body: Body
    tags: tuple[str, ...] = ()
    edits: tuple[Edit, ...] = ()
    views: int = 0
    score: int = 0
    common_since: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class PostRecord:
    """A post under an opening. Without `parent` it is of the first level (an answer, in a question); else a reply.

    `thread` and `parent` are external ids; a parent comes before its replies.
    """

    id: str
    thread: str
    author: Author
    created_at: dt.datetime
    body: Body
    parent: str | None = None
    edits: tuple[Edit, ...] = ()
    score: int = 0
    common_since: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class VoteRecord:
    """A vote for (1) or against (-1) a post, by nobody who is named."""

    id: str
    post: str
    value: int
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class AcceptanceRecord:
    """An answer that the asker accepted."""

    id: str
    post: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class AwardRecord:
    """Points that are no vote: a bounty, an approved edit."""

    id: str
    member: Author
    kind: str
    points: int
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class BadgeRecord:
    """A badge that somebody got. `level` is bronze, silver, gold or unknown."""

    id: str
    member: str
    name: str
    at: dt.datetime
    level: str | None = None


Record = (
    TagRecord | Person | ThreadRecord | PostRecord | VoteRecord | AcceptanceRecord | AwardRecord | BadgeRecord
)
