"""Marks beside acceptance: the shop endorses an answer, the asker names others that helped as well."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from forum.access import guardian
from forum.access.actors import Actor
from forum.core.errors import Conflict
from forum.core.i18n import gettext as _
from forum.events.catalogue import PostChanged
from forum.events.publish import publish
from forum.moderation.record import record
from forum.reputation.fixed import MOST_ALSO_HELPED
from forum.threads import endorsing, projections
from forum.threads.models import Post


def endorse(session: Session, actor: Actor, post: Post, *, endorsed: bool = True) -> None:
    """Stand behind an answer in the shop's name, or no longer; with a line in the log. Again is harmless.

    Raises:
        Forbidden, Unauthenticated: not staff, one's own, or not an answer that is there.
    """
    board, thread = projections.lock(session, post.thread_id)
    session.refresh(post)
    guardian.require_seen(actor, board)
    guardian.require(guardian.may_endorse(actor, post, thread, board), actor)
    if endorsing.set_endorsed(session, post, actor.id or 0, endorsed=endorsed):
        record(session, actor, "endorse" if endorsed else "unendorse", "post", post.id, board_id=board.id)


def name_helped(session: Session, actor: Actor, post: Post, *, helped: bool = True) -> None:
    """Say of an answer that it helped as well, or no longer. It brings no points. Again is harmless.

    Raises:
        Forbidden, Unauthenticated: not the asker's to say.
        Conflict: three others are named already.
    """
    board, thread = projections.lock(session, post.thread_id)
    session.refresh(post)
    guardian.require_seen(actor, board)
    guardian.require(guardian.may_name_helped(actor, post, thread, board), actor)
    if post.also_helped == helped:
        return
    named = select(func.count()).select_from(Post).where(
        Post.thread_id == thread.id, Post.also_helped, Post.id != (thread.accepted_post_id or 0),
        Post.deleted_at.is_(None), Post.hidden_at.is_(None),
    )
    if helped and (session.scalar(named) or 0) >= MOST_ALSO_HELPED:
        text = _("You have named %(num)s others already. Take one back first.", num=MOST_ALSO_HELPED)
        raise Conflict(text, "limit-also_helped")
    post.also_helped = helped
    projections.touch(session, None, thread)
    publish(session, PostChanged(post_id=post.id, thread_id=thread.id))
    session.flush()
