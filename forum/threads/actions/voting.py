"""Votes: up, down with a reason, and back."""


from sqlalchemy.orm import Session

from forum.access import guardian
from forum.access.actors import Actor
from forum.core.errors import Invalid
from forum.core.i18n import gettext as _
from forum.threads import ballots, projections
from forum.threads.models import Post, Vote

REASONS = ("wrong", "unsafe")


def vote(session: Session, actor: Actor, post: Post, value: int, reason: str | None = None) -> Vote | None:
    """Vote a post up (1) or down (−1, with "wrong" or "unsafe"), or take the vote back (0).

    The same again changes nothing; another takes back that it worked, too. Returns the vote as it stands; None when
    there never was one.

    Raises:
        Forbidden, Unauthenticated: one's own post, gone, or not open to the rank.
        Invalid: no such value; a down vote without its reason.
        TooMany: the day's votes are given, or those for this author.
    """
    if value not in (-1, 0, 1):
        raise Invalid({"value": _("A vote is 1, −1 or 0.")})
    board, thread = ballots.lock(session, post)
    guardian.require_seen(actor, board)
    guardian.require(guardian.may_vote(actor, post, thread, board, value), actor)
    if value < 0 and reason not in REASONS:
        raise Invalid({"reason": _("Say what the matter is: it is wrong, or it is unsafe.")})
    held = ballots.held_by(session, actor, post)
    if held is None and value == 0:
        return None
    if held is not None and held.value == value:
        return held
    before = projections.tally_of(held)
    if value:
        ballots.check_limits(session, actor, post, value)
    if held is not None:
        held.worked_at = held.worked_with = held.by_owner = held.owned_product_id = None
    given = ballots.cast(session, actor, post, thread, held, value, reason)
    ballots.settle(session, board if post.kind == "opening" else None, thread, post, given, before)
    return given
