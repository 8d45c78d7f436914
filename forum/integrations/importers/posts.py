"""Answers, posts of the first level, and replies."""

from collections import defaultdict
from typing import Any

from sqlalchemy import Table, bindparam, insert, select
from sqlalchemy.orm import Session

from forum.core.bulk import chunks
from forum.core.database import Base
from forum.integrations.importers import bodies, keys, people, texts
from forum.integrations.importers.keys import Key, News
from forum.integrations.importers.records import Author, PostRecord
from forum.integrations.importers.run import Run
from forum.threads.models import Post, Thread

KIND, THREAD = "post", "thread"
_POSTS: Table = Base.metadata.tables[Post.__tablename__]
_THREADS: Table = Base.metadata.tables[Thread.__tablename__]
_NEXT_POSITION = _THREADS.update().where(_THREADS.c.id == bindparam("of")).values(next_position=bindparam("next"))
_NEXT_REPLY = _POSTS.update().where(_POSTS.c.id == bindparam("of")).values(next_reply_index=bindparam("next"))
_ROOT = _POSTS.update().where(_POSTS.c.id == bindparam("of")).values(root_id=bindparam("of"))


def write(run: Run, records: list[PostRecord]) -> None:
    """Take these posts, or what is new about them. None of them stands under another of them."""
    with run.reading() as session:
        news = keys.News(session, run.name, KIND, records)
        threads = keys.find(session, run.name, THREAD, (one.thread for one in records))
        parents = keys.find(session, run.name, KIND, (one.parent for one in records if one.parent is not None))
    known = news.known
    todo = [one for one in news.todo if one.thread in threads and (one.parent is None or one.parent in parents)]
    if not todo:
        return
    made = {one.id: texts.make(one.body, f"i{one.id}") for one in todo}
    run.plain += sum(text.plain for text in made.values())
    with run.writing(len(todo)) as session:
        authors = people.authors(session, run.name, _named(todo))
        new = [one for one in todo if one.id not in known]
        _Planter(session, run.name, threads, parents).insert(new, made, authors, news)
        changed = {}
        for one in todo:
            if one.id in known:
                edits = _change(session, run, one, known[one.id], made[one.id], authors)
                changed[one.id] = news.key(one, known[one.id].row_id, edits)
        keys.change(session, run.name, KIND, changed)


def _named(records: list[PostRecord]) -> set[Author]:
    return {one.author for one in records} | {edit.editor for one in records for edit in one.edits}


class _Planter:
    """Gives new posts their places in the trees: the next of the first level, or the next under their root."""

    def __init__(self, session: Session, source: str, threads: dict[str, Key], parents: dict[str, Key]) -> None:
        self._session = session
        self._source = source
        self._threads = {id: key.row_id for id, key in threads.items()}
        self._parents = {id: key.row_id for id, key in parents.items()}

    def insert(
        self, new: list[PostRecord], made: dict[str, texts.Text], authors: dict[Author, int], news: News[PostRecord]
    ) -> None:
        """Insert posts with their edits and keys."""
        if not new:
            return
        session = self._session
        kinds, positions = self._lock_threads({self._threads[one.thread] for one in new})
        parents, replies = self._roots({self._parents[one.parent] for one in new if one.parent is not None})
        next_position, next_reply = defaultdict[int, int](int, positions), defaultdict[int, int](int, replies)
        rows: list[dict[str, Any]] = []
        for one in new:
            place: dict[str, Any] = {"parent_id": None, "root_id": None, "position": None, "reply_index": 0, "depth": 0}
            if one.parent is None:
                thread_id = self._threads[one.thread]
                kind = "answer" if kinds[thread_id] == "question" else "reply"
                place["position"] = next_position[thread_id]
                next_position[thread_id] += 1
            else:
                parent_id = self._parents[one.parent]
                root_id, thread_id, depth = parents[parent_id]
                kind = "reply"
                place |= {"parent_id": parent_id, "root_id": root_id, "depth": depth + 1,
                          "reply_index": next_reply[root_id]}
                next_reply[root_id] += 1
            rows.append({
                **bodies.columns(one, made[one.id]), **place, "kind": kind, "thread_id": thread_id,
                "author_id": authors[one.author], "external_source": self._source, "external_id": one.id,
            })
        ids = list(session.scalars(insert(Post).returning(Post.id, sort_by_parameter_order=True), rows))
        self._advance(_ROOT, {id: id for id, one in zip(ids, new, strict=True) if one.parent is None})
        self._advance(_NEXT_POSITION, {id: then for id, then in next_position.items() if positions.get(id) != then})
        self._advance(_NEXT_REPLY, {id: then for id, then in next_reply.items() if replies.get(id) != then})
        keys.add(session, self._source, KIND, {
            one.id: news.key(one, id, len(one.edits)) for one, id in zip(new, ids, strict=True)
        })
        bodies.write_edits(session, ((id, one.edits) for one, id in zip(new, ids, strict=True)), authors)

    def _advance(self, statement: Any, values: dict[int, int]) -> None:
        if values:
            self._session.connection().execute(statement, [{"of": id, "next": next} for id, next in values.items()])

    def _lock_threads(self, ids: set[int]) -> tuple[dict[int, str], dict[int, int]]:
        """Kind and next position of threads, which are locked in the order of their ids."""
        kinds, positions = {}, {}
        for some in chunks(sorted(ids)):
            rows = self._session.execute(
                select(Thread.id, Thread.kind, Thread.next_position).where(Thread.id.in_(some)).order_by(Thread.id)
                .with_for_update(key_share=True)
            )
            for id, kind, position in rows:
                kinds[id], positions[id] = kind, position
        return kinds, positions

    def _roots(self, ids: set[int]) -> tuple[dict[int, tuple[int, int, int]], dict[int, int]]:
        """(root, thread, depth) of parents, and the next place under each root."""
        parents: dict[int, tuple[int, int, int]] = {}
        for some in chunks(sorted(ids)):
            rows = self._session.execute(
                select(Post.id, Post.root_id, Post.thread_id, Post.depth).where(Post.id.in_(some))
            )
            parents.update((row[0], (row[1] or row[0], row[2], row[3])) for row in rows)
        replies: dict[int, int] = {}
        for some in chunks(sorted({root for root, _thread, _depth in parents.values()})):
            found = self._session.execute(select(Post.id, Post.next_reply_index).where(Post.id.in_(some)))
            replies.update((row[0], row[1]) for row in found)
        return parents, replies


def _change(
    session: Session, run: Run, one: PostRecord, key: Key, text: texts.Text, authors: dict[Author, int]
) -> int:
    """Bring a post up to date; returns how many of its edits are the source's."""
    post = session.get_one(Post, key.row_id)
    post.author_id = authors[one.author]
    post.base_score, post.common_since = one.score, one.common_since
    if key.gone:
        post.deleted_at = None
    edits = key.edits
    if bodies.was_edited_here(post, key):
        run.edited_here += 1
    else:
        for name, value in bodies.columns(one, text).items():
            if name != "score":
                setattr(post, name, value)
        session.flush()
        bodies.replace_edits(session, post.id, one.edits, authors)
        edits = len(one.edits)
    session.flush()
    return edits
