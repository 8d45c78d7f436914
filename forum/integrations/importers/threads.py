"""Threads with their openings."""

from typing import Any

from sqlalchemy import Table, bindparam, insert
from sqlalchemy.orm import Session

from forum.content.slugs import slugify
from forum.core.database import Base
from forum.integrations.importers import bodies, keys, people, texts
from forum.integrations.importers.keys import Key
from forum.integrations.importers.places import Places
from forum.integrations.importers.records import Author, ThreadRecord
from forum.integrations.importers.run import Run
from forum.threads.models import Post, Thread
from forum.threads.writing import clean_line

KIND, POST = "thread", "post"
LONGEST_TITLE = 200
_THREADS: Table = Base.metadata.tables[Thread.__tablename__]
_POSTS: Table = Base.metadata.tables[Post.__tablename__]


def write(run: Run, records: list[ThreadRecord], places: Places) -> None:
    """Take these threads, or what is new about them."""
    with run.reading() as session:
        news = keys.News(session, run.name, KIND, records)
    todo, known = news.todo, news.known
    if not todo:
        return
    made = {one.id: texts.make(one.body, f"i{one.id}") for one in todo}
    run.plain += sum(text.plain for text in made.values())
    with run.writing(len(todo)) as session:
        authors = people.authors(session, run.name, _named(todo))
        new = news.new
        ids = _insert(session, run.name, new, made, authors, places)
        now_known = {one.id: news.key(one, ids[one.id], len(one.edits)) for one in new}
        keys.add(session, run.name, KIND, now_known)
        bodies.write_tags(session, run.name, {ids[one.id]: one.tags for one in new})
        changed = {}
        for one in todo:
            if one.id in known:
                edits = _change(session, run, one, known[one.id], made[one.id], authors)
                changed[one.id] = news.key(one, known[one.id].row_id, edits)
        keys.change(session, run.name, KIND, changed)


def title_of(one: ThreadRecord) -> str:
    """A title as it is stored."""
    return clean_line(one.title)[:LONGEST_TITLE] or one.id


def _named(records: list[ThreadRecord]) -> set[Author]:
    return {one.author for one in records} | {edit.editor for one in records for edit in one.edits}


def _insert(
    session: Session, source: str, new: list[ThreadRecord], made: dict[str, texts.Text], authors: dict[Author, int],
    places: Places,
) -> dict[str, int]:
    """Insert threads and openings; the threads' ids by external id."""
    if not new:
        return {}
    rows = [
        {
            "board_id": places.board_for(one.boards), "author_id": authors[one.author], "kind": one.kind,
            "title": title_of(one), "slug": slugify(title_of(one)), "created_at": one.created_at,
            "last_activity_at": one.created_at, "last_author_id": authors[one.author], "view_count": one.views,
            "score": one.score, "external_source": source, "external_id": one.id,
        }
        for one in new
    ]
    threads = list(session.scalars(insert(Thread).returning(Thread.id, sort_by_parameter_order=True), rows))
    openings = [
        {
            **bodies.columns(one, made[one.id]), "thread_id": thread_id, "author_id": authors[one.author],
            "kind": "opening", "external_source": source, "external_id": one.id,
        }
        for one, thread_id in zip(new, threads, strict=True)
    ]
    posts = list(session.scalars(insert(Post).returning(Post.id, sort_by_parameter_order=True), openings))
    own: list[dict[str, Any]] = [
        {"thread": thread, "post": post} for thread, post in zip(threads, posts, strict=True)
    ]
    opened = _THREADS.update().where(_THREADS.c.id == bindparam("thread")).values(opening_id=bindparam("post"))
    rooted = _POSTS.update().where(_POSTS.c.id == bindparam("post")).values(root_id=bindparam("post"))
    session.connection().execute(opened, own)
    session.connection().execute(rooted, own)
    keys.add(session, source, POST, {
        one.id: Key(post_id, edits=len(one.edits)) for one, post_id in zip(new, posts, strict=True)
    })
    bodies.write_edits(session, ((post_id, one.edits) for one, post_id in zip(new, posts, strict=True)), authors)
    return {one.id: id for one, id in zip(new, threads, strict=True)}


def _change(
    session: Session, run: Run, one: ThreadRecord, key: Key, text: texts.Text, authors: dict[Author, int]
) -> int:
    """Bring a thread up to date; returns how many of its edits are the source's."""
    thread = session.get_one(Thread, key.row_id)
    post = session.get_one(Post, thread.opening_id)
    thread.view_count = max(thread.view_count, one.views)
    thread.version += 1
    thread.author_id = post.author_id = authors[one.author]
    post.base_score, post.common_since = one.score, one.common_since
    if key.gone:
        thread.deleted_at = post.deleted_at = None
    edits = key.edits
    if bodies.was_edited_here(post, key):
        run.edited_here += 1
    else:
        thread.title, thread.slug = title_of(one), slugify(title_of(one))
        for name, value in bodies.columns(one, text).items():
            if name != "score":
                setattr(post, name, value)
        session.flush()
        bodies.replace_edits(session, post.id, one.edits, authors)
        bodies.write_tags(session, run.name, {thread.id: one.tags})
        edits = len(one.edits)
    session.flush()
    return edits
