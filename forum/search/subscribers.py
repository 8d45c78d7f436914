"""What the index follows. Hiding, deleting and access need nothing here: they are asked of the rows at each search."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from forum.events.catalogue import (
    ClaimDecided,
    CommunityImported,
    MemberNamed,
    PostCreated,
    PostRendered,
    ThreadMoved,
    ThreadStarted,
    WordsChanged,
)
from forum.jobs.queue import enqueue
from forum.search import indexing
from forum.threads.models import Thread


def thread_started(session: Session, event: ThreadStarted, _key: str) -> None:
    """Its title and its opening."""
    indexing.add_threads(session, [event.thread_id])
    indexing.add_posts(session, [event.opening_id])


def post_created(session: Session, event: PostCreated, _key: str) -> None:
    """The new post."""
    indexing.add_posts(session, [event.post_id])


def post_rendered(session: Session, event: PostRendered, _key: str) -> None:
    """What a reader reads of it may be other words."""
    indexing.add_posts(session, [event.post_id])


def words_changed(session: Session, event: WordsChanged, key: str) -> None:
    """The post as it is now; where it is the opening, all posts stand under a title and tags that may be others."""
    indexing.add_posts(session, [event.post_id])
    if session.scalar(select(Thread.id).where(Thread.opening_id == event.post_id, Thread.id == event.thread_id)):
        indexing.add_threads(session, [event.thread_id])
        _later(session, event.thread_id, key)


def thread_moved(session: Session, event: ThreadMoved, key: str) -> None:
    """All posts of the thread bear its board."""
    _later(session, event.thread_id, key)


def member_named(session: Session, event: MemberNamed, _key: str) -> None:
    """The member's names."""
    indexing.add_members(session, [event.member_id])


def community_imported(session: Session, _event: CommunityImported, key: str) -> None:
    """Everything anew, a part at a time."""
    enqueue(session, "index_all", {}, unique_key=f"index-all:{key}")


def claim_decided(session: Session, event: ClaimDecided, key: str) -> None:
    """What was written under the imported profile is the member's now, also for `by:`."""
    if event.approved:
        enqueue(session, "index_member", {"member_id": event.member_id}, unique_key=f"index-member:{key}")


def _later(session: Session, thread_id: int, key: str) -> None:
    """A thread may have ten thousand posts: a job, in batches."""
    enqueue(session, "index_thread", {"thread_id": thread_id}, unique_key=f"index-thread:{key}")
