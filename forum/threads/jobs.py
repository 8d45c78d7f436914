"""Timed and deferred work of the threads room."""

from forum.access.actors import SYSTEM
from forum.content.markdown import RENDERER_VERSION
from forum.core.unit_of_work import unit_of_work
from forum.jobs.queue import enqueue
from forum.threads import rendering, views


def flush_views() -> None:
    """Write the views that this process has counted."""
    views.flush_views()


def render_old() -> None:
    """Begin to render anew what an older renderer made: one walk over all posts for each version of it."""
    _render_after(0)


def render_posts(after: int) -> None:
    """A part of that walk; each job queues the next."""
    with unit_of_work() as session:
        old, last = rendering.old_ones(session, after)
    for post_id in old:
        with unit_of_work(repeatable=True) as session:
            rendering.render_anew(session, SYSTEM, post_id)
    if last is not None:
        _render_after(last)


def _render_after(post_id: int) -> None:
    with unit_of_work() as session:
        key = f"render-posts:{RENDERER_VERSION}:{post_id}"
        enqueue(session, "render_posts", {"after": post_id}, unique_key=key)
