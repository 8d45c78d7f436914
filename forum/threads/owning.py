"""Marks that an answer worked follow what their givers own now. A building block: asks nobody, commits nothing."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from forum.events.catalogue import PostChanged
from forum.events.publish import publish
from forum.members.models import Member
from forum.purchases.queries import owns
from forum.reputation import ledger
from forum.threads import projections
from forum.threads.models import Post, Vote


def recheck(session: Session, member_id: int) -> None:
    """Look again at each mark of a member on an answer about a product: it counts while they own it.

    "It" is what they owned when they said so, or what the thread is about now: only what they buy or give back
    changes a mark, never what others make the thread be about. Of what their votes weigh nothing changes. Threads are
    locked in the order of their ids, standings last.
    """
    marked = (
        select(Vote.id, Post.thread_id).join(Post, Post.id == Vote.post_id)
        .where(Vote.voter_id == member_id, Vote.worked_at.is_not(None), Vote.by_owner.is_not(None))
        .order_by(Post.thread_id, Vote.id)
    )
    changed = [_recheck(session, vote_id, thread_id) for vote_id, thread_id in session.execute(marked).all()]
    if any(changed):
        ledger.settle_votes_of(session, session.get_one(Member, member_id))


def _recheck(session: Session, vote_id: int, thread_id: int) -> bool:
    thread = projections.lock_only_thread(session, thread_id)
    vote = session.scalars(
        select(Vote).where(Vote.id == vote_id), execution_options={"populate_existing": True}
    ).one()
    owner = owns(session, vote.voter_id, thread, vote.owned_product_id)
    if vote.worked_at is None or vote.by_owner is None or owner is None or owner == vote.by_owner:
        return False
    before = projections.tally_of(vote)
    vote.by_owner = owner
    post = session.get_one(Post, vote.post_id)
    projections.lock_post(session, post)
    session.flush()
    projections.settle_score(session, thread, post, projections.tally_of(vote).minus(before))
    publish(session, PostChanged(post_id=post.id, thread_id=thread.id))
    return True
