"""What the desk hears of threads and posts: its projections follow, and a claim ends when its answer is there."""

from sqlalchemy import Integer, Table, bindparam, delete, select
from sqlalchemy.orm import Session

from forum.core.database import Base
from forum.desk import projections
from forum.desk.models import ThreadClaim
from forum.events.catalogue import (
    ClaimChanged,
    ClaimDecided,
    CommunityImported,
    PostChanged,
    PostCreated,
    ThreadStarted,
)
from forum.events.publish import publish
from forum.jobs.queue import enqueue
from forum.threads.models import Post

_KIND = select(Post.kind).where(Post.id == bindparam("post_id", type_=Integer))
_CLAIMS: Table = Base.metadata.tables[ThreadClaim.__tablename__]
_DONE = (
    delete(_CLAIMS)
    .where(
        _CLAIMS.c.thread_id == bindparam("thread_id", type_=Integer),
        _CLAIMS.c.member_id == bindparam("member_id", type_=Integer),
    )
    .returning(_CLAIMS.c.thread_id)
)


def thread_started(session: Session, event: ThreadStarted, _key: str) -> None:
    """A question waits from now on."""
    projections.settle_question(session, event.thread_id)


def post_created(session: Session, event: PostCreated, _key: str) -> None:
    """With its first answer a question is answered, and whoever said "I'm on it" and answered is done."""
    projections.settle_question(session, event.thread_id)
    if session.scalar(_KIND, {"post_id": event.post_id}) != "answer":
        return
    mine = {"thread_id": event.thread_id, "member_id": event.author_id}
    if session.execute(_DONE, mine).first() is not None:
        publish(session, ClaimChanged(event.thread_id))


def post_changed(session: Session, event: PostChanged, _key: str) -> None:
    """An answer was voted on, accepted, hidden or brought back; or the thread itself has changed."""
    post = session.get(Post, event.post_id)
    if post is None or post.kind == "opening":
        projections.settle_thread(session, event.thread_id)
        return
    projections.settle_answer(session, post.id)
    projections.settle_question(session, event.thread_id)


def community_imported(session: Session, _event: CommunityImported, key: str) -> None:
    """All of it anew."""
    enqueue(session, "recount_desk", {}, unique_key=f"recount-desk:{key}")


def claim_decided(session: Session, event: ClaimDecided, key: str) -> None:
    """What was answered well under the imported profile is known of the member now."""
    if event.approved:
        enqueue(session, "recount_desk", {}, unique_key=f"recount-desk:{key}")
