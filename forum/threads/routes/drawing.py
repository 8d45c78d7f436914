"""Posts of pages as HTML: each is drawn once, and kept by everything that it is drawn from.

A post with the conversation below it looks the same to the next reader as long as nothing of it changed: the words, the
score, what the reader may do, the language. All of that is the key, so nothing ever has to be forgotten; what nobody
asks for falls out. The templates of a post may read nothing else (tests/threads/test_drawing.py).
"""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple, cast

from flask import current_app

from forum.access.actors import Actor
from forum.content.trust import trusted
from forum.core.filters import ago
from forum.core.i18n import language
from forum.core.templating import Page
from forum.drafts.queries import NOTHING, Held
from forum.threads.rows import Head, May, Node, PostRow

KEPT_POSTS = 2048  # about 5 KB each for a member, with what they are kept by
KEPT_VERDICTS = 512  # a few for each rank and relation to a post


@dataclass(frozen=True, slots=True)
class Around:
    """What a post's HTML has of its thread and of its reader, beside the rows."""

    thread_id: int
    kind: str
    href: str
    asker_id: int
    asker: str
    board: str
    answered: bool
    closed: bool  # locked, or a duplicate: guests are not asked to reply
    accepted_by_asker: bool
    for_member: bool
    for_staff: bool


class Drawn(NamedTuple):
    """A node as it is kept: as `rows.Node`, but for good."""

    post: PostRow
    may: int  # the number of the verdicts on it
    ago: str  # a time goes on by itself, so its words are a part of the key
    level: int
    replies: tuple["Drawn", ...]
    size: int
    deeper: int
    more: int
    last_index: int


class Typed(NamedTuple):
    """What the reader has typed below a post and not sent: the words, and the draft that they are from."""

    body: str
    draft: Held
    returned: bool = False  # from signing in: the reader goes on there


@dataclass(frozen=True, slots=True)
class Pen:
    """Draws posts of one thread for one reader."""

    around: Around
    typed: Mapping[int, Typed]
    language: str
    _numbers: dict[int, int] = field(default_factory=dict)  # of verdicts, by their place in memory

    @classmethod
    def of(
        cls, head: Head, viewer: Actor, drafts: Mapping[str, Held] | None = None, kept: Mapping[str, str] | None = None
    ) -> "Pen":
        """For a reader with these drafts in the thread, and what was typed before signing in (`kept`)."""
        thread = head.thread
        return cls(
            Around(
                thread_id=thread.id, kind=thread.kind, href=head.href, asker_id=thread.author_id,
                asker=head.opening.author.name, board=head.board.title, answered=thread.answer_count > 0,
                closed=thread.locked_at is not None or thread.duplicate_of_id is not None,
                accepted_by_asker=head.accepted_by_id == thread.author_id,
                for_member=not viewer.is_guest, for_staff=viewer.is_staff,
            ),
            _typed(drafts or {}, kept or {}),
            language(),
        )

    def post(self, node: Node, framed: bool = False) -> str:
        """A post with what hangs below it; `framed` as the best answer."""
        drawn = self._drawn(node)
        if self.typed and any(one.post.id in self.typed for one in _every(drawn)):
            return _draw(self.around, drawn, framed, self.typed)
        return _kept(self.language, self.around, drawn, framed)

    def votes(self, post: PostRow) -> str:
        """The box of votes beside a post, drawn by itself."""
        return trusted(_template("threads/_votes.html").draw(around=self.around, post=post))

    def _drawn(self, node: Node) -> Drawn:
        replies, post = tuple(map(self._drawn, node.replies)), node.post
        return Drawn(
            post, self._number(post.may), ago(post.created_at), node.level, replies,
            sum(1 + reply.size for reply in replies), node.deeper, node.more, node.last_index,
        )

    def _number(self, may: May | None) -> int:
        if id(may) not in self._numbers:
            self._numbers[id(may)] = _number_of(may)
        return self._numbers[id(may)]


def _typed(drafts: Mapping[str, Held], kept: Mapping[str, str]) -> dict[int, Typed]:
    typed = {
        int(place[2:]): Typed(held.fields.get("body", ""), held)
        for place, held in drafts.items() if place.startswith("p-")
    }
    if kept.get("body") and kept.get("parent_id", "").isdigit():
        parent_id = int(kept["parent_id"])
        typed[parent_id] = Typed(kept["body"], drafts.get(f"p-{parent_id}", NOTHING).under(kept), returned=True)
    return typed


def _every(drawn: Drawn) -> Iterator[Drawn]:
    yield drawn
    for reply in drawn.replies:
        yield from _every(reply)


_count = itertools.count()


@lru_cache(KEPT_VERDICTS)
def _number_of(_may: May | None) -> int:
    """A number that only these verdicts have; another one when it has been forgotten meanwhile."""
    return next(_count)


def _template(name: str) -> Page:
    return cast(Page, current_app.jinja_env.get_template(name))


def _draw(around: Around, node: Drawn, framed: bool, typed: Mapping[int, Typed]) -> str:
    return trusted(_template("threads/_post.html").draw(around=around, node=node, framed=framed, typed=typed))


def forget() -> None:
    """Keep nothing (for tests: what is drawn is always that of its key)."""
    _kept.cache_clear()


@lru_cache(KEPT_POSTS)
def _kept(_language: str, around: Around, node: Drawn, framed: bool) -> str:
    return _draw(around, node, framed, {})
