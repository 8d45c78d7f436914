"""Timed work of the threads room."""

from forum.threads import views


def flush_views() -> None:
    """Write the views that this process has counted."""
    views.flush_views()
