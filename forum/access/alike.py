"""Viewers alike: statements are built once for all who see the same, with the id left open (decision 024)."""

from functools import lru_cache
from typing import Any

from sqlalchemy import Integer, bindparam

from forum.access.actors import Actor

VIEWER_ID = bindparam("viewer_id", type_=Integer)


@lru_cache(512)
def like(viewer: Actor) -> Actor:
    """The viewer as far as statements differ by viewers: for statements that are built once, with the id left open."""
    who: Any = None if viewer.id is None else VIEWER_ID
    return Actor(id=who, role=viewer.role, reached=viewer.reached, moderated=viewer.moderated)


def open_values(viewer: Actor, **more: Any) -> dict[str, Any]:
    """What to execute a statement with that was built for `like(viewer)`."""
    return more if viewer.id is None else {"viewer_id": viewer.id, **more}
