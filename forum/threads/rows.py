"""What pages of a thread are drawn from: plain rows, read once, without the tables' opinions."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from urllib.parse import quote

from forum.access.actors import initials
from forum.access.guardian import Verdict
from forum.boards.models import Board
from forum.threads.models import Thread

LEVELS = 5  # so deep a conversation is drawn in place; a phone has no room for more


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote it. `leaves` is None for staff, who stand outside the ladder."""

    id: int
    handle: str
    name: str
    hue: int
    leaves: int | None
    rank_label: str | None
    staff: bool
    newcomer: bool

    @property
    def initials(self) -> str:
        """The letters of the generated avatar."""
        return initials(self.name)

    @property
    def plain(self) -> "Author":
        """The same without the newcomer's mark, which deep in a conversation would only be noise."""
        return replace(self, newcomer=False)

    @property
    def href(self) -> str:
        """The address of the profile."""
        return f"/m/{quote(self.handle, safe='')}"


@dataclass(frozen=True, slots=True)
class May:
    """The guardian's verdicts on a post, for its buttons. Reasons of a no are what tooltips say."""

    reply: Verdict
    edit: Verdict
    delete: Verdict
    undelete: Verdict
    vote_up: Verdict
    vote_down: Verdict
    accept: Verdict
    worked: Verdict
    endorse: Verdict
    name_helped: Verdict
    flag: Verdict
    moderate: Verdict
    turn_into_reply: Verdict
    mark_duplicate: Verdict


@dataclass(frozen=True, slots=True)
class PostRow:
    """A post. Its words are empty unless the viewer may read them (`readable`).

    `good_here` counts the good answers that the author of an answer gave on its board; 0 beside other posts.
    Rows are equal if the posts are, whatever the viewers may do with them.
    """

    id: int
    thread_id: int
    kind: str
    parent_id: int | None
    root_id: int
    position: int | None
    reply_index: int
    depth: int
    html: str
    text: str
    created_at: dt.datetime
    edited_at: dt.datetime | None
    redacted: bool
    revisions: int
    below: int
    score: int
    up: int
    down: int
    worked: int
    endorsed: bool
    also_helped: bool
    helpfulness: int
    leads: bool
    deleted: bool
    deleted_by_id: int | None
    hidden: bool
    hidden_reason: str | None
    readable: bool
    author: Author
    accepted: bool = False
    mine: int = 0
    mine_worked: bool = False
    mine_version: str | None = None
    may: May | None = field(default=None, compare=False)
    parent_author: str | None = None
    good_here: int = 0

    @property
    def gone(self) -> bool:
        """Whether it is deleted or hidden."""
        return self.deleted or self.hidden

    @property
    def href(self) -> str:
        """The permanent address."""
        return f"/p/{self.id}"


@dataclass(slots=True)
class Node:
    """A post and the replies that are drawn below it; `deeper` counts those loaded that lie too deep to be drawn."""

    post: PostRow
    level: int = 0
    replies: list["Node"] = field(default_factory=list)
    deeper: int = 0
    more: int = 0  # further replies in this conversation that are not on the page
    last_index: int = 0  # the last reply that is

    @property
    def size(self) -> int:
        """How many replies are drawn below it."""
        return sum(1 + reply.size for reply in self.replies)


@dataclass(frozen=True, slots=True)
class Original:
    """The thread in which a duplicate is answered."""

    id: int
    title: str
    href: str
    kind: str


@dataclass(frozen=True, slots=True)
class Head:
    """The thread itself, its board, and the opening."""

    thread: Thread
    board: Board
    opening: PostRow
    asker_seen_at: dt.datetime | None
    accepted_by_id: int | None
    original: Original | None = None  # of a duplicate, where the viewer may see it
    product: str | None = None  # the name of what it is about

    @property
    def href(self) -> str:
        """The thread's address."""
        return f"/t/{self.thread.id}/{self.thread.slug}"


@dataclass(slots=True)
class ThreadPage:
    """A page of a thread: the opening, the best answer, and a stretch of the first level with its conversations."""

    head: Head
    opening: Node
    best: Node | None
    others: list[Node]
    tags: list[str]
    first: bool  # the page that the thread's own address shows
    number: int = 1  # of a discussion's page
    pages: int = 1
    next_after: int | None = None  # of a question: the last answer on this page, when there are more

    def posts(self) -> Iterator[PostRow]:
        """All posts drawn, in reading order."""
        yield from drawn([self.opening, *([self.best] if self.best else []), *self.others])


@dataclass(slots=True)
class ConversationPage:
    """A part of a conversation: the posts that lead to it, and what follows."""

    head: Head
    above: list[PostRow]
    nodes: list[Node]
    focus_id: int
    root_id: int
    next_after: int | None = None
    tags: list[str] = field(default_factory=list)

    def posts(self) -> Iterator[PostRow]:
        """All posts drawn, in reading order."""
        yield from self.above
        yield from drawn(self.nodes)


def every(nodes: Iterable[Node]) -> Iterator[Node]:
    """Nodes and those below them, in reading order."""
    for node in nodes:
        yield node
        yield from every(node.replies)


def drawn(nodes: Iterable[Node]) -> Iterator[PostRow]:
    """The posts of nodes and of what is drawn below them, in reading order."""
    return (node.post for node in every(nodes))
