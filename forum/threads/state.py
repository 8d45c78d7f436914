"""The building blocks of deletion and moderation: they change, count, settle and publish, but do not ask the guardian.

Callers have asked it, hold an open unit of work, and write the moderation log themselves. Each block
takes its own locks (board → thread → post → member) and settles the ledger last; doing twice what is
done already changes nothing. Where a post is an opening, its thread shares its fate.
"""

from collections.abc import Iterable, Mapping

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from forum.boards.models import Board
from forum.core.clock import now
from forum.events.catalogue import AcceptedAnswerGone, PostChanged
from forum.events.publish import publish
from forum.reputation import ledger
from forum.threads import projections, taking_part, writing
from forum.threads.models import Post, PostRevision, Tag, Thread, ThreadTag
from forum.threads.recounting import recount_thread
from forum.threads.shaping import change_kind, move_thread, turn_into_answer, turn_into_reply
from forum.uploads import state as uploads

__all__ = [
    "change_kind", "forget_tags", "move_thread", "recount_thread", "redact_post", "set_deleted", "set_hidden",
    "set_locked", "set_pinned", "turn_into_answer", "turn_into_reply",
]


def set_deleted(session: Session, post: Post, actor_id: int | None, *, deleted: bool) -> None:
    """Delete a post, or bring it back."""
    moment = now() if deleted else None
    _set_gone(session, post, {"deleted_at": moment, "deleted_by_id": actor_id if deleted else None})


def set_hidden(session: Session, post: Post, actor_id: int | None, reason: str | None) -> None:
    """Hide a post with the reason that its author will read; `reason` None brings it back.

    Whoever calls it publishes ContentHidden.
    """
    hidden = reason is not None
    values = {
        "hidden_at": now() if hidden else None,
        "hidden_by_id": actor_id if hidden else None,
        "hidden_reason": reason[:500] if reason is not None else None,
    }
    _set_gone(session, post, values)


def set_locked(session: Session, thread: Thread, reason: str | None, *, locked: bool = True) -> None:
    """Close a thread to replies and edits (moderators aside), or open it again."""
    board, thread = projections.lock(session, thread.id)
    thread.locked_at = (thread.locked_at or now()) if locked else None
    thread.locked_reason = reason[:500] if locked and reason else None
    _thread_changed(session, board, thread)


def set_pinned(session: Session, thread: Thread, *, pinned: bool) -> None:
    """Put a thread above its board's list, or let it go."""
    board, thread = projections.lock(session, thread.id)
    thread.pinned_at = (thread.pinned_at or now()) if pinned else None
    _thread_changed(session, board, thread)


def redact_post(
    session: Session, post: Post, replacement: str, title: str | None = None, tags: Iterable[str] | None = None
) -> None:
    """Purge a post's words, and all its revisions, for good; `replacement` (Markdown) stands there instead.

    Its pictures go too, but for those that the replacement still shows.

    Args:
        title: for an opening, what the thread is called instead; None leaves the title.
        tags: for an opening, those that the thread bears from now on; None leaves them.

    Raises:
        Invalid: the replacement is empty, the title too short or too long, or there are too many tags.
    """
    board, thread = projections.lock(session, post.thread_id)
    session.refresh(post)
    source = writing.clean_body(replacement)
    rendered = writing.render(session, source, f"p{post.id}")
    writing.set_body(post, source, rendered)
    uploads.purge_from(session, post.id, keep=rendered.pictures)
    if post.kind == "opening" and (title is not None or tags is not None):
        topic = writing.topic(thread.title if title is None else title, tags or ())
        thread.title, thread.slug = topic.title, topic.slug
        if tags is not None:
            there = not thread.is_gone and not thread.awaits_confirmation
            writing.set_tags(session, thread, topic.tags, counted=there)
    post.redacted_at = now()
    post.revision_count = 0
    session.execute(delete(PostRevision).where(PostRevision.post_id == post.id))
    session.flush()
    projections.touch(session, board, thread)
    _changed(session, post)


def forget_tags(session: Session, slugs: Iterable[str]) -> None:
    """Of these tags, delete those that no thread bears and no synonym points to; edits forget that they were there."""
    found = session.scalars(select(Tag).where(
        Tag.slug.in_(list(slugs)), ~exists().where(ThreadTag.tag_id == Tag.id),
        Tag.id.not_in(select(Tag.synonym_of_id).where(Tag.synonym_of_id.is_not(None))),
    ))
    for tag in found.all():
        said = select(PostRevision).where(PostRevision.tags.contains(tag.slug, autoescape=True))
        for revision in session.scalars(said):
            revision.tags = ",".join(slug for slug in (revision.tags or "").split(",") if slug != tag.slug)
        session.delete(tag)
    session.flush()


def _set_gone(session: Session, post: Post, values: Mapping[str, object]) -> None:
    """Change one of the two ways to be gone, of a post or (by its opening) of a thread."""
    board, thread = projections.lock(session, post.thread_id)
    session.refresh(post)
    was_gone, thread_was_gone = post.is_gone, thread.is_gone
    for name, value in values.items():
        setattr(post, name, value)
        if post.kind == "opening":
            setattr(thread, name, value)
    session.flush()
    if was_gone != post.is_gone:
        projections.count_post(session, thread, post, -1 if post.is_gone else 1)
        taking_part.settle(session, thread)
    if thread_was_gone != thread.is_gone:
        projections.count_thread(session, board, thread, -1 if thread.is_gone else 1)
    projections.settle_lead(session, thread)
    projections.touch(session, board, thread)
    if post.id == thread.accepted_post_id and was_gone != post.is_gone:
        publish(session, AcceptedAnswerGone(post_id=post.id, thread_id=thread.id))
    _changed(session, post)
    if post.kind == "opening":
        ledger.settle_thread(session, thread)
    else:
        ledger.settle_post(session, post)


def _thread_changed(session: Session, board: Board, thread: Thread) -> None:
    session.flush()
    projections.touch(session, board, thread)
    publish(session, PostChanged(post_id=thread.opening_id or 0, thread_id=thread.id))
    session.flush()


def _changed(session: Session, post: Post) -> None:
    publish(session, PostChanged(post_id=post.id, thread_id=post.thread_id))
    session.flush()
