"""Stored HTML follows the renderer: what an older version of it made is made anew, post by post."""


from sqlalchemy import select
from sqlalchemy.orm import Session

from forum.access import guardian
from forum.access.actors import Actor
from forum.content import markdown
from forum.content.limits import TooComplex
from forum.core.errors import Invalid
from forum.core.network import own_host
from forum.events.catalogue import PostRendered
from forum.events.publish import publish
from forum.threads import projections, writing
from forum.threads.models import Post, Thread

STEP = 200  # posts looked at in one job: then others have their turn
_CALLS_SOMEBODY = 'href="/m/'


def old_ones(session: Session, after: int) -> tuple[list[int], int | None]:
    """Of the next posts after an id those that an older renderer made, and where to go on; None at the end."""
    rows = session.execute(
        select(Post.id, Post.renderer_version).where(Post.id > after).order_by(Post.id).limit(STEP)
    ).all()
    old = [row.id for row in rows if row.renderer_version < markdown.RENDERER_VERSION]
    return old, rows[-1].id if len(rows) == STEP else None


def render_anew(session: Session, actor: Actor, post_id: int) -> bool:
    """Render a post from its source again; what cannot be rendered stays as it is. Returns whether it looks different.

    Nobody is told, and it counts as no edit: its author wrote the same words.
    """
    guardian.require(guardian.may_act_for_nobody(actor), actor)
    post = session.get(Post, post_id)
    if post is None or post.renderer_version >= markdown.RENDERER_VERSION:
        return False
    thread = projections.lock_only_thread(session, post.thread_id)
    projections.lock_post(session, post)
    rendered = _rendered(session, post)
    if rendered is None or rendered.html == post.body_html:
        post.renderer_version = markdown.RENDERER_VERSION
        return False
    writing.set_body(post, post.body_source, rendered)
    _tell(session, thread, post)
    return True


def _tell(session: Session, thread: Thread, post: Post) -> None:
    session.flush()
    projections.touch(session, None, thread)
    publish(session, PostRendered(post_id=post.id, thread_id=thread.id))


def _rendered(session: Session, post: Post) -> markdown.Rendered | None:
    """As it was rendered when it was written: what came from elsewhere calls nobody, unless it was edited here to."""
    anchor = f"p{post.id}"
    try:
        if post.external_id is not None and _CALLS_SOMEBODY not in post.body_html:
            return markdown.render(post.body_source, anchor=anchor, host=own_host())
        return writing.render(session, post.body_source, anchor)
    except (TooComplex, Invalid):
        return None
