"""Changing what a post says. What it said before stays as a revision."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from forum.access import guardian
from forum.access.actors import Actor
from forum.boards.models import Board
from forum.core import ratelimit
from forum.core.clock import now
from forum.core.errors import Conflict
from forum.core.i18n import gettext as _
from forum.events.catalogue import PostChanged, WordsChanged
from forum.events.publish import publish
from forum.moderation.record import record
from forum.reputation import rulesets
from forum.threads import about, projections, queries, writing
from forum.threads.models import Post, PostRevision, Thread

DETAILS_SEPARATOR = "\n\n---\n\n"  # a line across, in Markdown


def edit_post(
    session: Session,
    actor: Actor,
    post: Post,
    *,
    body: str | None,
    title: str | None = None,
    tags: Iterable[str] | None = None,
    product: str | None = None,
) -> None:
    """Change a post's body, and for an opening the thread's title, tags and product; None leaves a part as it is.

    Whoever may change the topic only (by rank) passes tags and product (its slug; empty: none) alone. Nothing happens
    when nothing differs. Votes weigh, and marks that something worked count, as before: they are of their moment.

    Raises:
        Forbidden, Unauthenticated: not theirs to edit.
        Invalid: by field, what to change.
        TooMany: too many edits today.
    """
    board, thread = projections.lock(session, post.thread_id)
    session.refresh(post)
    guardian.require_seen(actor, board)
    if body is None and title is None and post.kind == "opening":
        guardian.require(guardian.may_edit_topic(actor, thread, board, post), actor)
    else:
        guardian.require(guardian.may_edit(actor, post, thread, board), actor)
    _change(session, actor, board, thread, post, body=body, title=title, tags=tags, product=product)


def add_details(session: Session, actor: Actor, thread: Thread, body: str) -> None:
    """The asker adds to the opening, under a line across, instead of answering.

    Raises:
        Forbidden, Unauthenticated: not the asker, or the thread is locked.
        Invalid: nothing to add, or too long together.
        Conflict: the thread has no opening to add to.
        TooMany: too many edits today.
    """
    board, thread = projections.lock(session, thread.id)
    opening = session.get(Post, thread.opening_id) if thread.opening_id else None
    if opening is None:
        raise Conflict(_("There is nothing to add details to."))
    guardian.require_seen(actor, board)
    guardian.require(guardian.may_add_details(actor, opening, thread, board), actor)
    whole = opening.body_source + DETAILS_SEPARATOR + writing.clean_body(body)
    _change(session, actor, board, thread, opening, body=whole, title=None, tags=None)
    projections.stir(board, thread, now(), opening.author_id)
    session.flush()
    projections.touch(session, board, thread)  # it comes to the top of the lists


def _change(
    session: Session, actor: Actor, board: Board, thread: Thread, post: Post, *, body: str | None, title: str | None,
    tags: Iterable[str] | None, product: str | None = None,
) -> None:
    source = post.body_source if body is None else writing.clean_body(body)
    held = tuple(queries.tags_of(session, thread.id)) if post.kind == "opening" else ()
    topic = None
    if post.kind == "opening" and (title is not None or tags is not None):
        topic = writing.topic(thread.title if title is None else title, held if tags is None else tags)
    same_topic = topic is None or (topic.title == thread.title and topic.tags == held)
    product_id = thread.product_id
    if post.kind == "opening" and product is not None:
        product_id = about.chosen(session, board, product, thread)
    if source == post.body_source and same_topic and product_id == thread.product_id:
        return
    if actor.id == post.author_id:
        ratelimit.take("edit:own", actor.id)
    elif not actor.is_system:
        most = rulesets.current(session).rank(actor.rank_key).limits.edits_a_day
        ratelimit.take_of_day("edit", most, actor.id)
    _keep_revision(session, actor, thread, post, held)
    if source != post.body_source:
        writing.write_body(session, post, source, actor)
    if topic is not None:
        thread.title, thread.slug = topic.title, topic.slug
        writing.set_tags(
            session, thread, topic.tags, counted=not thread.is_gone and not thread.awaits_confirmation
        )
    thread.product_id = product_id
    post.edited_at = now()
    session.flush()
    projections.touch(session, board if topic is not None else None, thread)
    publish(session, PostChanged(post_id=post.id, thread_id=thread.id))
    publish(session, WordsChanged(post_id=post.id, thread_id=thread.id, revision=post.revision_count))
    session.flush()
    if actor.id != post.author_id and not actor.is_system:
        revision = {"revision": post.revision_count}
        record(session, actor, "edit", "post", post.id, board_id=board.id, details=revision)


def _keep_revision(session: Session, actor: Actor, thread: Thread, post: Post, held: tuple[str, ...]) -> None:
    opening = post.kind == "opening"
    projections.bump(session, post, revision_count=1)
    session.add(
        PostRevision(
            post_id=post.id, number=post.revision_count, editor_id=actor.id or post.author_id,
            title=thread.title if opening else None, tags=",".join(held) if opening else None,
            product=about.slug_of(session, thread) if opening else None, body_source=post.body_source,
            created_at=now(),
        )
    )
    session.flush()
