"""Who may see which picture."""

from dataclasses import dataclass

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session

from forum.access import visible
from forum.access.actors import GUEST, Actor
from forum.boards.models import Board
from forum.core.errors import NotFound
from forum.threads.models import Post, Thread
from forum.uploads.models import Picture
from forum.uploads.sizes import sizes


@dataclass(frozen=True, slots=True)
class Seen:
    """A picture that the viewer may see, with the sizes that it has. `open`: everybody may."""

    public_id: str
    widths: tuple[int, ...]
    heights: tuple[int, ...]
    ready: bool
    open: bool


def picture(session: Session, viewer: Actor, public_id: str) -> Seen:
    """A picture, for whoever may read its post; one without a post for its uploader and staff.

    Raises:
        NotFound: not there, not readable as a picture, or not open to the viewer.
    """
    row = session.execute(statement(viewer, public_id)).one_or_none()
    if row is None:
        raise NotFound
    found, is_open = row
    widths, heights = zip(*sizes(found.width, found.height), strict=True)
    return Seen(found.public_id, widths, heights, found.state == "ready", bool(is_open))


def statement(viewer: Actor, public_id: str) -> Select[Picture, bool]:
    """The picture, if the viewer may see it, and whether everybody may."""
    everyone = and_(Picture.post_id.is_not(None), visible.post_is_visible(GUEST))
    return (
        select(Picture, everyone)
        .outerjoin(Post, Post.id == Picture.post_id)
        .outerjoin(Thread, Thread.id == Post.thread_id)
        .outerjoin(Board, Board.id == Thread.board_id)
        .where(Picture.public_id == public_id, visible.picture_is_visible(viewer))
    )
