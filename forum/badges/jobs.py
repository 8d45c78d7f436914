"""Deferred work on badges: what is new in the rules, and the walk over all members that follows."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from forum.access.actors import SYSTEM
from forum.badges import actions, counting
from forum.badges.models import BadgeBackfill
from forum.core.unit_of_work import unit_of_work
from forum.jobs.queue import enqueue
from forum.members.models import Member
from forum.reputation import rulesets
from forum.threads.models import Post

STEPS = 5  # batches a job: then others have their turn


def keep_badges() -> None:
    """See whether the rules have new or changed badges; go on with a walk over all members that is open."""
    with unit_of_work() as session:
        walk = actions.keep_rules(session, SYSTEM)
        if walk is not None:
            _queue(session, walk)


def award_for_post(post_id: int) -> None:
    """A contribution was voted on: what its author has earned by it."""
    with unit_of_work() as session:
        post = session.get(Post, post_id)
        if post is None:
            return
        if post.kind == "answer":
            actions.award(session, SYSTEM, [post.author_id], {"helped"})
            measures = {"answer_thanks", "above_accepted"}
        else:
            measures = {"question_shared", "discussion_thanks"}
        actions.award(session, SYSTEM, [post.author_id], measures, [post.id])


def backfill_badges(walk_id: int) -> None:
    """A part of a walk; each job queues the next."""
    for _step in range(STEPS):
        with unit_of_work() as session:
            if not actions.go_on(session, SYSTEM, walk_id):
                return
    with unit_of_work() as session:
        _queue(session, session.get_one(BadgeBackfill, walk_id))


def look_through_all() -> None:
    """A community moved in: a walk for all badges, and imported ones are counted."""
    with unit_of_work() as session:
        counting.recount(session)
        actions.keep_rules(session, SYSTEM)
        keys = [rule.key for rule in rulesets.current(session).badges]
        if keys:
            _queue(session, actions.begin_backfill(session, SYSTEM, keys))


def review_badges(member_ids: list[int]) -> None:
    """What these members gave or received was voided, or counts again: their badges follow."""
    with unit_of_work() as session:
        actions.look_again(session, SYSTEM, member_ids)


def recount_badges() -> None:
    """Count anew who has which badge."""
    with unit_of_work() as session:
        counting.recount(session)


def progress(walk_id: int) -> tuple[int, int]:
    """How many members of a walk are done, of how many."""
    with unit_of_work() as session:
        walk = session.get_one(BadgeBackfill, walk_id)
        total = session.scalar(select(func.count()).select_from(Member)) or 0
        left = session.scalar(select(func.count()).select_from(Member).where(Member.id > walk.after_id)) or 0
        return total - left, total


def _queue(session: Session, walk: BadgeBackfill) -> None:
    """The next part, once for each place of a walk (and each start), whoever asks."""
    key = f"badges:{walk.id}:{walk.started_at:%Y%m%d%H%M%S%f}:{walk.after_id}"
    enqueue(session, "backfill_badges", {"walk_id": walk.id}, unique_key=key)
