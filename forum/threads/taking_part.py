"""Who takes part in a thread: how many people wrote what is there, and who of them did so last, kept for the lists.

The thread's row is locked by whoever changes it. Who has only deleted or hidden posts there takes no part.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Integer, Select, bindparam, func, select, update
from sqlalchemy.orm import Session

from forum.core.bulk import chunks
from forum.threads.models import Post, Thread

MOST_FACES = 4  # a row has no room for more, and a fifth tells nothing that "and 3 more" does not
_THERE = (Post.deleted_at.is_(None), Post.hidden_at.is_(None))
_OTHERS = (
    select(Post.id)
    .where(
        Post.thread_id == bindparam("in_thread", type_=Integer),
        Post.author_id == bindparam("by_author", type_=Integer),
        Post.id != bindparam("not_post", type_=Integer), *_THERE,
    )
    .limit(1)
)


def after(session: Session, thread: Thread, post: Post) -> dict[str, Any]:
    """What the columns of a thread say once a new post of somebody is in it.

    Who wrote before is asked of the database only where more took part than have a face.
    """
    faces, author_id = thread.faces, post.author_id
    known = author_id in faces or (thread.people_count > len(faces) and _wrote_before(session, post))
    return {
        "people_count": thread.people_count + (not known),
        "faces": [author_id, *(one for one in faces if one != author_id)][:MOST_FACES],
    }


def settle(session: Session, thread: Thread) -> None:
    """A post went, or came back: count anew."""
    authors = session.execute(_last_posts().where(Post.thread_id == thread.id)).all()
    thread.people_count, thread.faces = counted((last, author_id) for _thread, author_id, last in authors)
    session.flush()


def settle_all(session: Session, thread_ids: Iterable[int]) -> None:
    """Count threads anew whose posts have new authors; the caller holds the threads."""
    for some in chunks(sorted(thread_ids)):
        authors: dict[int, list[tuple[int, int]]] = {thread_id: [] for thread_id in some}
        for thread_id, author_id, last in session.execute(_last_posts().where(Post.thread_id.in_(some))):
            authors[thread_id].append((last, author_id))
        found = {thread_id: counted(posts) for thread_id, posts in authors.items()}
        session.execute(update(Thread), [
            {"id": thread_id, "people_count": people, "faces": faces} for thread_id, (people, faces) in found.items()
        ])


def counted(posts: Iterable[tuple[int, int]]) -> tuple[int, list[int]]:
    """How many people, and who wrote last: of visible posts as (id, author's id), in any order and number."""
    last: dict[int, int] = {}
    for post_id, author_id in posts:
        last[author_id] = max(post_id, last.get(author_id, 0))
    return len(last), sorted(last, key=last.__getitem__, reverse=True)[:MOST_FACES]


def _wrote_before(session: Session, post: Post) -> bool:
    values = {"in_thread": post.thread_id, "by_author": post.author_id, "not_post": post.id}
    return session.scalar(_OTHERS, values) is not None


def _last_posts() -> Select[int, int, int]:
    """By thread and author the last post that is there."""
    return (
        select(Post.thread_id, Post.author_id, func.max(Post.id)).where(*_THERE)
        .group_by(Post.thread_id, Post.author_id)
    )
