"""What the desk hears of threads and posts: its projections follow, and a claim ends when its answer is there."""

from sqlalchemy import delete
from sqlalchemy.orm import Session

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


def thread_started(session: Session, event: ThreadStarted, _key: str) -> None:
    """A question waits from now on."""
    projections.settle_question(session, event.thread_id)


def post_created(session: Session, event: PostCreated, _key: str) -> None:
    """With its first answer a question is answered, and whoever said "I'm on it" and answered is done."""
    projections.settle_question(session, event.thread_id)
    post = session.get(Post, event.post_id)
    if post is None or post.kind != "answer":
        return
    mine = (ThreadClaim.thread_id == event.thread_id, ThreadClaim.member_id == event.author_id)
    if session.execute(delete(ThreadClaim).where(*mine).returning(ThreadClaim.thread_id)).first() is not None:
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
