"""What badges hear of: votes, acceptances, what was voided, ideas that are done, and communities that move in."""

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from forum.access.actors import SYSTEM
from forum.badges import actions
from forum.badges.measures import BY_NAME
from forum.core.clock import now
from forum.events.catalogue import (
    AnswerAccepted,
    ClaimDecided,
    CommunityImported,
    IdeaStateChanged,
    PostChanged,
    VoidingChanged,
)
from forum.jobs.queue import enqueue
from forum.threads.models import Post, Thread

AWARDED_WITHIN = dt.timedelta(seconds=8)  # of a vote; what comes together is looked at together
MOST_BESIDE = 50  # answers beside an accepted one that are looked at
_FOR_ANSWERING = frozenset({"accepted_by", "helped", "boards", "newcomers", "waited"})
_FOR_ASKING = frozenset({"solved_by", "came_back"})


def post_changed(session: Session, event: PostChanged, _key: str) -> None:
    """It was voted on: what its author has earned by it is looked at soon, once for all votes of a few seconds."""
    post = session.get(Post, event.post_id)
    if post is None or post.up_count == 0 or post.kind == "reply":
        return
    enqueue(
        session, "award_for_post", {"post_id": post.id}, run_at=now() + AWARDED_WITHIN,
        unique_key=f"badges-of-post:{post.id}", while_waiting=True,
    )


def answer_accepted(session: Session, event: AnswerAccepted, _key: str) -> None:
    """What its author has earned, what the asker has, and who wrote an answer beside it that others found better."""
    post, thread = session.get(Post, event.post_id), session.get(Thread, event.thread_id)
    if post is None or thread is None:
        return
    actions.award(session, SYSTEM, [post.author_id], _FOR_ANSWERING)
    actions.award(session, SYSTEM, [thread.author_id], _FOR_ASKING)
    beside = session.execute(
        select(Post.id, Post.author_id)
        .where(Post.thread_id == thread.id, Post.kind == "answer", Post.up_count > 0, Post.id != post.id)
        .order_by(Post.accepted.desc(), Post.helpfulness.desc(), Post.created_at, Post.id).limit(MOST_BESIDE)
    ).all()
    if beside:
        actions.award(
            session, SYSTEM, [row.author_id for row in beside], {"above_accepted"}, [row.id for row in beside]
        )


def idea_state_changed(session: Session, event: IdeaStateChanged, _key: str) -> None:
    """Its author, when it is done."""
    thread = session.get(Thread, event.thread_id)
    if thread is not None and thread.idea_state == "done":
        actions.award(session, SYSTEM, [thread.author_id], {"ideas_done"})


def claim_decided(session: Session, event: ClaimDecided, _key: str) -> None:
    """What was done under the imported profile is the member's now."""
    if event.approved:
        actions.award(session, SYSTEM, [event.member_id], BY_NAME.keys())
        enqueue(session, "recount_badges", {})


def voiding_changed(session: Session, event: VoidingChanged, key: str) -> None:
    """All whom it concerns are looked at anew, a batch a job."""
    for place in range(0, len(event.member_ids), actions.BATCH):
        some = event.member_ids[place:place + actions.BATCH]
        enqueue(session, "review_badges", {"member_ids": list(some)}, unique_key=f"review:{key}:{place}")


def community_imported(session: Session, _event: CommunityImported, key: str) -> None:
    """Everybody is looked through, and imported badges are counted."""
    enqueue(session, "look_through_all", {}, unique_key=f"look-through:{key}")
