"""Deleting and bringing back. Deletion leaves everything in place but unseen, so that it can be undone."""

from sqlalchemy.orm import Session

from forum.access import guardian
from forum.access.actors import Actor
from forum.core.errors import Conflict
from forum.core.i18n import gettext as _
from forum.moderation.record import record
from forum.threads import projections, state
from forum.threads.models import Post


def delete_post(session: Session, actor: Actor, post: Post) -> None:
    """Delete a post; an opening takes its thread with it. Again is harmless. Others' posts: with a line in the log.

    Raises:
        Forbidden, Unauthenticated: not theirs to delete.
    """
    board, thread = projections.lock(session, post.thread_id)
    session.refresh(post)
    guardian.require_seen(actor, board)
    guardian.require(guardian.may_delete(actor, post, thread, board), actor)
    if post.deleted_at is not None:
        return
    state.set_deleted(session, post, actor.id, deleted=True)
    if actor.id != post.author_id:
        record(session, actor, "delete", "post", post.id, board_id=board.id)


def undelete_post(session: Session, actor: Actor, post: Post) -> None:
    """Bring a deleted post (or thread, by its opening) back as it was, votes and acceptance included.

    Raises:
        Forbidden, Unauthenticated: someone else deleted it.
        Conflict: it was redacted in between, or is not deleted.
    """
    board, thread = projections.lock(session, post.thread_id)
    session.refresh(post)
    guardian.require_seen(actor, board)
    if post.deleted_at is None:
        raise Conflict(_("This is not deleted."))
    guardian.require(guardian.may_undelete(actor, post, thread, board), actor)
    state.set_deleted(session, post, actor.id, deleted=False)
    if actor.id != post.author_id:
        record(session, actor, "undelete", "post", post.id, board_id=board.id)
