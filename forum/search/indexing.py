"""What stands in the index, made from the rows. Parts that subscribers, jobs, commands and importers are made of.

Whatever writes posts, threads or members without an event for each publishes CommunityImported in the end, or calls
`reindex` (the demo).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Integer, bindparam, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from forum.content.words import forms
from forum.core.unit_of_work import unit_of_work
from forum.members.models import Member
from forum.search.index import MEMBERS, POSTS, TITLES, Document, Index
from forum.search.times import facets_of
from forum.threads.models import Post, Tag, Thread, ThreadTag

BATCH = 500  # rows a transaction: writers wait for one briefly


@dataclass(frozen=True, slots=True)
class Place:
    """How far a reindexing has come: among "members", "threads" or "posts", and there up to which id."""

    what: str
    after: int


START = Place("members", 0)

_IDS = bindparam("ids", type_=Integer, expanding=True)
_POSTS = (
    select(
        Post.id, Post.kind, Post.thread_id, Post.author_id, Post.body_text, Post.created_at, Thread.title,
        Thread.board_id,
    )
    .join(Thread, Thread.id == Post.thread_id)
    .where(Post.id.in_(_IDS))
)
_TAGS = (
    select(ThreadTag.thread_id, Tag.id, Tag.slug)
    .join(Tag, Tag.id == ThreadTag.tag_id)
    .where(ThreadTag.thread_id.in_(_IDS))
    .order_by(ThreadTag.thread_id, ThreadTag.place)
)
Progress = Callable[[Place], None]


def add_posts(session: Session, ids: Sequence[int]) -> None:
    """Index these posts as they are now; those that are no more go. Gone ones stay in: `visible` keeps them back."""
    rows = session.execute(_POSTS, {"ids": list(ids)}).all()
    tags = _tags(session, sorted({row.thread_id for row in rows}))
    POSTS.drop(session, sorted({*ids} - {row.id for row in rows}))
    POSTS.put(session, (_post(row, tags) for row in rows))


def add_threads(session: Session, ids: Sequence[int]) -> None:
    """Index the titles and tags of these threads as they are now (their openings are posts)."""
    rows = session.execute(
        select(Thread.id, Thread.title, Thread.board_id, Thread.author_id, Thread.created_at).where(Thread.id.in_(ids))
    ).all()
    tags = _tags(session, [row.id for row in rows])
    TITLES.drop(session, sorted({*ids} - {row.id for row in rows}))
    TITLES.put(session, (_title(row, tags) for row in rows))


def add_members(session: Session, ids: Sequence[int]) -> None:
    """Index the names of these members as they are now; those who left or became one with another go."""
    rows = session.execute(
        select(Member.id, Member.name, Member.shown_name).where(
            Member.id.in_(ids), Member.erased_at.is_(None), Member.merged_into_id.is_(None)
        )
    ).all()
    MEMBERS.drop(session, sorted({*ids} - {row.id for row in rows}))
    MEMBERS.put(session, (Document(row.id, forms(f"{row.name} {row.shown_name or ''}")) for row in rows))


def remove(
    session: Session, *, posts: Sequence[int] = (), threads: Sequence[int] = (), members: Sequence[int] = ()
) -> None:
    """Take rows that are deleted for good out of the index, in the transaction that deletes them."""
    POSTS.drop(session, posts)
    TITLES.drop(session, threads)
    MEMBERS.drop(session, members)


def reindex(progress: Progress = lambda _place: None, *, after: int | None = None) -> None:
    """Make the whole index anew while searching goes on; opens its own units of work, one for each BATCH of rows.

    Killed half-way, the index is whole, its first part new.

    Args:
        progress: is told the place reached after each batch.
        after: members, threads, and the posts up to this id are done already.
    """
    place: Place | None = Place("posts", after) if after is not None else START
    while place is not None:
        place = reindex_step(place)
        if place is not None:
            progress(place)


def reindex_step(place: Place) -> Place | None:
    """Index the BATCH of rows after `place` anew, in one transaction. Returns the place reached, None at the end."""
    column, index, add = _STAGES[place.what]
    with unit_of_work() as session:
        ids = session.scalars(select(column).where(column > place.after).order_by(column).limit(BATCH)).all()
        full = len(ids) == BATCH
        # Ids between that nobody bears are left over from rows that were deleted.
        index.drop_between(session, place.after, ids[-1] if full else None)
        add(session, ids)
    if full:
        return Place(place.what, ids[-1])
    following = list(_STAGES)[list(_STAGES).index(place.what) + 1 :]
    return Place(following[0], 0) if following else None


def reindex_thread(thread_id: int) -> None:
    """Index a thread and all its posts anew (it is called otherwise or was moved); opens its own units of work."""
    with unit_of_work() as session:
        add_threads(session, [thread_id])
    _reindex_all_of(POSTS_OF_THREAD, thread_id)


def reindex_member(member_id: int) -> None:
    """Index a member, their threads and all their posts anew (they took over a profile); as `reindex_thread`."""
    with unit_of_work() as session:
        add_members(session, [member_id])
    _reindex_all_of(THREADS_OF_MEMBER, member_id)
    _reindex_all_of(POSTS_OF_MEMBER, member_id)


def _reindex_all_of(stretch: "Stretch", of_id: int) -> None:
    last: int | None = 0
    while last is not None:
        with unit_of_work() as session:
            last = _add_next(session, stretch, of_id, last)


def add_whole_thread(session: Session, thread_id: int) -> None:
    """Index a thread and all its posts anew in this transaction: words that must not be found any more were in it."""
    add_threads(session, [thread_id])
    last: int | None = 0
    while last is not None:
        last = _add_next(session, POSTS_OF_THREAD, thread_id, last)


def _add_next(session: Session, stretch: "Stretch", of_id: int, last: int) -> int | None:
    """Index the BATCH of rows of a thread or a member after `last`. Returns the last of them, None at the end."""
    column, of_column, add = stretch
    ids = session.scalars(
        select(column).where(of_column == of_id, column > last).order_by(column).limit(BATCH)
    ).all()
    add(session, ids)
    return ids[-1] if len(ids) == BATCH else None


# The id of a row, whose it is, and what indexes such rows.
Stretch = tuple[InstrumentedAttribute[int], InstrumentedAttribute[int], Callable[[Session, Sequence[int]], None]]
POSTS_OF_THREAD: Stretch = (Post.id, Post.thread_id, add_posts)
POSTS_OF_MEMBER: Stretch = (Post.id, Post.author_id, add_posts)
THREADS_OF_MEMBER: Stretch = (Thread.id, Thread.author_id, add_threads)


_STAGES: dict[str, tuple[Any, Index, Callable[[Session, Sequence[int]], None]]] = {
    "members": (Member.id, MEMBERS, add_members),
    "threads": (Thread.id, TITLES, add_threads),
    "posts": (Post.id, POSTS, add_posts),
}


def _post(row: Any, tags: dict[int, list[tuple[int, str]]]) -> Document:
    """A post by its words; an opening's are also the title and the tags, which others are read under."""
    words = forms(row.body_text)
    topic = forms(" ".join([row.title, *(slug for _id, slug in tags.get(row.thread_id, ()))]))
    facets = (f"b{row.board_id}", f"m{row.author_id}", *facets_of(row.created_at))
    if row.kind == "opening":
        return Document(row.id, topic + words, facets=facets)
    return Document(row.id, words, topic, facets)


def _title(row: Any, tags: dict[int, list[tuple[int, str]]]) -> Document:
    held = tags.get(row.id, [])
    words = forms(" ".join([row.title, *(slug for _id, slug in held)]))
    tags_held = (f"t{tag_id}" for tag_id, _slug in held)
    facets = (f"b{row.board_id}", f"m{row.author_id}", *tags_held, *facets_of(row.created_at))
    return Document(row.id, words, facets=facets)


def _tags(session: Session, thread_ids: Sequence[int]) -> dict[int, list[tuple[int, str]]]:
    found: dict[int, list[tuple[int, str]]] = {}
    if thread_ids:
        rows = session.execute(_TAGS, {"ids": list(thread_ids)})
        for thread_id, tag_id, slug in rows:
            found.setdefault(thread_id, []).append((tag_id, slug))
    return found
