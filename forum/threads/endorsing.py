"""The shop's word for an answer. Building blocks: who calls them has asked the guardian and writes the log."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from forum.core.clock import now
from forum.core.errors import Conflict
from forum.core.i18n import gettext as _
from forum.events.catalogue import PostChanged
from forum.events.publish import publish
from forum.reputation import ledger
from forum.threads import projections
from forum.threads.models import Endorsement, Post


def set_endorsed(session: Session, post: Post, actor_id: int, *, endorsed: bool) -> bool:
    """Endorse an answer, or no longer. Returns whether that changed anything.

    Raises:
        Conflict: what is to be endorsed is no answer (any more).
    """
    _board, thread = projections.lock(session, post.thread_id)
    session.refresh(post)
    if post.endorsed == endorsed:
        return False
    if endorsed and (post.kind != "answer" or thread.kind != "question"):
        raise Conflict(_("Only answers are endorsed."))
    held = session.scalars(select(Endorsement).where(Endorsement.post_id == post.id)).one_or_none()
    if held is None:
        held = Endorsement(post_id=post.id)
        session.add(held)
    if endorsed:
        held.by_id, held.created_at, held.undone_at = actor_id, now(), None
    else:
        held.undone_at = now()
    post.endorsed = endorsed
    session.flush()
    projections.settle_helpfulness(session, thread, post)
    projections.touch(session, None, thread)
    publish(session, PostChanged(post_id=post.id, thread_id=thread.id))
    session.flush()
    ledger.settle_endorsement(session, held)
    return True
