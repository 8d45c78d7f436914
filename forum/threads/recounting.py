"""Counting anew what is kept as a counter or a mark; what it finds must agree with what is kept."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from sqlalchemy import ColumnElement, Row, and_, func, or_, select
from sqlalchemy.orm import Session

from forum.events.catalogue import PostChanged
from forum.events.publish import publish
from forum.reputation.helpfulness import Tally
from forum.threads import projections, taking_part
from forum.threads.models import Endorsement, Post, Thread, Vote


def recount_thread(session: Session, thread_id: int) -> dict[str, tuple[object, object]]:
    """Put right all counters and marks of a thread and its posts. Returns what was wrong: (kept, counted) by name.

    Raises:
        NotFound: there is no such thread.
    """
    _board, thread = projections.lock(session, thread_id)
    posts = list(session.scalars(select(Post).where(Post.thread_id == thread_id).order_by(Post.id)))
    before = _kept(thread, posts)
    votes = _votes(session, thread_id)
    there = [post for post in posts if not post.is_gone]
    below = Counter(post.root_id for post in there if post.root_id != post.id)
    endorsed = _endorsed(session, thread_id)
    for post in posts:
        post.endorsed = post.id in endorsed
        _count(thread, post, votes.get(post.id, Tally()))
        post.reply_count = below[post.id]
        if post.kind == "opening":
            thread.score = post.score
    thread.reply_count = sum(1 for post in there if post.kind != "opening")
    thread.answer_count = sum(1 for post in there if post.kind == "answer")
    thread.people_count, thread.faces = taking_part.counted((post.id, post.author_id) for post in there)
    session.flush()
    projections.settle_lead(session, thread)
    after = _kept(thread, posts)
    return {name: (before[name], value) for name, value in after.items() if before[name] != value}


def lock_votes(session: Session, which: ColumnElement[bool]) -> None:
    """Lock the boards and threads of these votes, before they are voided or restored.

    Whoever votes holds the thread when they take the vote's row; the other way round both would wait for each other.
    """
    rows = _voted_on(session, which)
    projections.lock_boards(session, {row[2] for row in rows})
    for thread_id in sorted({row[1] for row in rows}):
        projections.lock_only_thread(session, thread_id)


def recount_votes(session: Session, which: ColumnElement[bool]) -> None:
    """Scores, helpfulness and leads of all posts that these votes are on, after they were voided or restored.

    The ledger is for the caller to settle, last.
    """
    rows = _voted_on(session, which)
    boards = projections.lock_boards(session, {row[2] for row in rows})
    posts: defaultdict[int, list[int]] = defaultdict(list)
    for post_id, thread_id, _board_id in rows:
        posts[thread_id].append(post_id)
    for thread_id, post_ids in sorted(posts.items()):
        thread = projections.lock_only_thread(session, thread_id)
        votes = _votes(session, thread_id)
        for post in session.scalars(select(Post).where(Post.id.in_(post_ids))):
            _count(thread, post, votes.get(post.id, Tally()))
            if post.kind == "opening":
                thread.score = post.score
            publish(session, PostChanged(post_id=post.id, thread_id=thread.id))
        session.flush()
        projections.settle_lead(session, thread)
        projections.touch(session, boards.get(thread.board_id), thread)


def _voted_on(session: Session, which: ColumnElement[bool]) -> Sequence[Row[int, int, int]]:
    """Post, thread and board of these votes."""
    return session.execute(
        select(Post.id, Thread.id, Thread.board_id)
        .join(Thread, Thread.id == Post.thread_id)
        .join(Vote, Vote.post_id == Post.id)
        .where(which)
        .distinct()
    ).all()


def _count(thread: Thread, post: Post, votes: Tally) -> None:
    post.up_count, post.down_count = votes.up, votes.down
    post.up_weight, post.down_weight, post.worked_count = votes.up_weight, votes.down_weight, votes.worked
    post.score = post.base_score + votes.up - votes.down
    post.helpfulness = projections.helpfulness_of(thread, post)


def _votes(session: Session, thread_id: int) -> dict[int, Tally]:
    """What the votes that count amount to, by post."""
    up, down = Vote.value == 1, Vote.value == -1
    worked = and_(up, Vote.worked_at.is_not(None), or_(Vote.by_owner.is_(None), Vote.by_owner.is_(True)))
    rows = session.execute(
        select(
            Vote.post_id, func.count().filter(up), func.count().filter(down),
            func.coalesce(func.sum(Vote.weight).filter(up), 0), func.coalesce(func.sum(Vote.weight).filter(down), 0),
            func.count().filter(worked),
        )
        .join(Post, Post.id == Vote.post_id)
        .where(Post.thread_id == thread_id, Vote.voided_at.is_(None))
        .group_by(Vote.post_id)
    )
    return {post_id: Tally(*counts) for post_id, *counts in rows}


def _endorsed(session: Session, thread_id: int) -> set[int]:
    return set(session.scalars(
        select(Endorsement.post_id).join(Post, Post.id == Endorsement.post_id)
        .where(Post.thread_id == thread_id, Endorsement.undone_at.is_(None))
    ))


_OF_THREAD = ("reply_count", "answer_count", "score", "solved", "people_count", "faces")
_OF_POST = (
    "up_count", "down_count", "up_weight", "down_weight", "worked_count", "endorsed", "score", "helpfulness",
    "reply_count", "accepted",
)


def _kept(thread: Thread, posts: list[Post]) -> dict[str, object]:
    kept: dict[str, object] = {f"thread {thread.id} {name}": getattr(thread, name) for name in _OF_THREAD}
    kept |= {f"post {post.id} {name}": getattr(post, name) for post in posts for name in _OF_POST}
    return kept
