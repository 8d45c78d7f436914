"""Writing a vote down: locks, limits, what it weighs, what follows. Building blocks: who calls asked the guardian."""

import datetime as dt

from sqlalchemy import Integer, bindparam, func, select
from sqlalchemy.orm import Session

from forum.access.actors import Actor
from forum.boards.models import Board
from forum.core.clock import beginning, now
from forum.core.database import UtcDateTime
from forum.core.errors import TooMany
from forum.core.i18n import gettext as _
from forum.core.i18n import ngettext
from forum.events.catalogue import PostChanged
from forum.events.publish import publish
from forum.members.models import Member
from forum.reputation import ledger, rulesets, words
from forum.reputation.fixed import DOWN_A_DAY, DOWN_PER_PAIR, UP_PER_PAIR
from forum.reputation.helpfulness import WHOLE, Tally
from forum.threads import projections
from forum.threads.models import Post, Thread, Vote
from forum.threads.weighing import weight_of_voter

_VOTER, _POST = bindparam("voter_id", type_=Integer), bindparam("post_id", type_=Integer)
_HELD = select(Vote).where(Vote.post_id == _POST, Vote.voter_id == _VOTER)
_ONE_AT_A_TIME = select(Member.id).where(Member.id == _VOTER).with_for_update(key_share=True)
_TODAY = (
    select(func.count(), func.count().filter(Post.author_id == bindparam("author_id", type_=Integer)))
    .select_from(Vote).join(Post, Post.id == Vote.post_id)
    .where(
        Vote.voter_id == _VOTER, Vote.changed_at >= bindparam("since", type_=UtcDateTime),
        Vote.value == bindparam("value", type_=Integer), Vote.post_id != _POST,
    )
)


def settle(session: Session, board: Board | None, thread: Thread, post: Post, given: Vote, before: Tally) -> None:
    """Counters, pages and the ledger follow a vote that amounted to `before`. `board`: whose lists show the score."""
    session.flush()
    projections.settle_score(session, thread, post, projections.tally_of(given).minus(before))
    if board is not None:
        projections.touch_board(session, board)
    publish(session, PostChanged(post_id=post.id, thread_id=thread.id))
    ledger.settle_vote(session, given)


def lock(session: Session, post: Post) -> tuple[Board, Thread]:
    """Lock what a vote changes: for an opening the board too, whose lists show its score."""
    return projections.lock_with_post(session, post)


def held_by(session: Session, actor: Actor, post: Post) -> Vote | None:
    """The actor's vote on a post, taken back or not; None when there never was one."""
    return session.scalars(_HELD, {"post_id": post.id, "voter_id": actor.id}).one_or_none()


def cast(
    session: Session, actor: Actor, post: Post, thread: Thread, held: Vote | None, value: int,
    reason: str | None = None,
) -> Vote:
    """Write the vote, with what it weighs now."""
    moment = now()
    if held is None:
        held = Vote(post_id=post.id, voter_id=actor.id, value=value, created_at=moment, changed_at=moment)
        session.add(held)
    held.value, held.changed_at = value, moment
    held.reason = reason if value < 0 else None
    held.weight = weight_of_voter(session, held.voter_id or 0, post, thread) if value else WHOLE
    session.flush()
    return held


def check_limits(session: Session, actor: Actor, post: Post, value: int) -> None:
    """Count this UTC day's votes, while no other vote of this member can be given."""
    session.execute(_ONE_AT_A_TIME, {"voter_id": actor.id})
    moment = now()
    midnight = beginning(moment.date())
    given, for_author = session.execute(_TODAY, {
        "voter_id": actor.id, "since": midnight, "value": value, "post_id": post.id, "author_id": post.author_id,
    }).one()
    wait = int((midnight + dt.timedelta(days=1) - moment).total_seconds()) + 1
    most = rulesets.current(session).rank(actor.rank_key).limits.votes_a_day if value > 0 else DOWN_A_DAY
    if given >= most and not (actor.is_staff and value > 0):
        text = ngettext("That was your vote for today.", "Those were your %(num)s votes for today.", most)
        raise TooMany(wait, text, words.limit_anchor("votes_a_day") if value > 0 else "limit-down_votes")
    if for_author >= (UP_PER_PAIR if value > 0 else DOWN_PER_PAIR):
        text = _("You have voted on several posts of this member today. Tomorrow you can vote on more.")
        raise TooMany(wait, text, "limit-pair")
