"""Taking a question up ("I'm on it") and giving it back. A claim tells the others; it keeps nobody from answering."""

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from forum.access import guardian
from forum.access.actors import Actor
from forum.boards.models import Board
from forum.core.clock import now
from forum.core.errors import Conflict
from forum.core.i18n import gettext as _
from forum.core.i18n import ngettext
from forum.desk.models import ThreadClaim
from forum.desk.state import CLAIM_LASTS, claims_in_force
from forum.events.catalogue import ClaimChanged
from forum.events.publish import publish
from forum.members.models import Member
from forum.reputation.fixed import MOST_CLAIMS
from forum.threads import projections
from forum.threads.models import Thread

AT_ONCE = 200  # claims ended in one transaction


def claim(session: Session, actor: Actor, thread: Thread) -> ThreadClaim:
    """Take a question up for 45 minutes. One's own claim in force stays as it is.

    Raises:
        Forbidden, Unauthenticated: not open to the actor, not a question, their own, or solved.
        Conflict: somebody else is on it, or the actor is on three others already.
    """
    thread = projections.lock_only_thread(session, thread.id)
    board = session.get_one(Board, thread.board_id)
    guardian.require_seen(actor, board)
    guardian.require(guardian.may_claim(actor, thread, board), actor)
    held = session.get(ThreadClaim, thread.id)
    moment = now()
    if held is not None and held.until > moment:
        if held.member_id == actor.id:
            return held
        raise Conflict(_("Somebody else is writing an answer already. You can answer too."))
    # The member's row is held while their claims are counted, so that two clicks at once do not make four.
    session.execute(select(Member.id).where(Member.id == actor.id).with_for_update(key_share=True))
    mine = claims_in_force().where(ThreadClaim.member_id == actor.id).subquery()
    if (session.scalar(select(func.count()).select_from(mine)) or 0) >= MOST_CLAIMS:
        raise Conflict(ngettext(
            "You are on %(num)s question already. Answer it or give it back first.",
            "You are on %(num)s questions already. Answer one or give one back first.", MOST_CLAIMS,
        ), "limit-claims")
    if held is None:
        held = ThreadClaim(thread_id=thread.id)
        session.add(held)
    held.member_id, held.until = actor.id or 0, moment + CLAIM_LASTS
    publish(session, ClaimChanged(thread.id))
    session.flush()
    return held


def give_back(session: Session, actor: Actor, thread: Thread) -> None:
    """Let go of a question that one took up. Nothing happens when one is not on it (any more)."""
    guardian.require(guardian.may_keep_marks(actor), actor)
    held = session.get(ThreadClaim, thread.id, with_for_update=True)
    if held is None or held.member_id != actor.id:
        return
    session.delete(held)
    publish(session, ClaimChanged(thread.id))
    session.flush()


def end_claims(session: Session, actor: Actor) -> int:
    """End the claims whose time is over; open pages hear of it. Returns how many. The system does it."""
    guardian.require(guardian.may_act_for_nobody(actor), actor)
    over = session.scalars(
        select(ThreadClaim.thread_id).where(ThreadClaim.until <= now()).order_by(ThreadClaim.thread_id)
        .limit(AT_ONCE).with_for_update(skip_locked=True)
    ).all()
    if over:
        session.execute(delete(ThreadClaim).where(ThreadClaim.thread_id.in_(over)))
    for thread_id in over:
        publish(session, ClaimChanged(thread_id))
    session.flush()
    return len(over)
