"""How far somebody has read."""

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from forum.access import guardian, visible
from forum.access.actors import Actor
from forum.core.clock import now
from forum.core.errors import NotFound
from forum.threads.models import Post, Thread, ThreadRead


def mark_read(session: Session, actor: Actor, thread_id: int, post_id: int) -> None:
    """Remember that the member has read a thread up to this post; a mark never goes back.

    Raises:
        NotFound: the thread, or the post in it, is not there or not open to them.
        Unauthenticated: a guest.
    """
    guardian.require(guardian.may_keep_marks(actor), actor)
    seen = visible.threads(actor).join(Post, Post.thread_id == Thread.id)
    if session.scalars(seen.where(Thread.id == thread_id, Post.id == post_id)).one_or_none() is None:
        raise NotFound
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    mark = insert(ThreadRead).values(member_id=actor.id, thread_id=thread_id, post_id=post_id, read_at=now())
    session.execute(
        mark.on_conflict_do_update(
            index_elements=["member_id", "thread_id"],
            set_={"post_id": mark.excluded.post_id, "read_at": mark.excluded.read_at},
            where=ThreadRead.post_id < mark.excluded.post_id,
        )
    )
