"""What a viewer may see. Every read starts from one of these; what is not loaded cannot leak."""

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from forum.access.actors import Actor
from forum.boards.models import STAFF, Board
from forum.chat.models import Room
from forum.threads.models import Post, Thread
from forum.uploads.models import Picture


def board_is_visible(viewer: Actor) -> ColumnElement[bool]:
    """Open boards, those of a rank that the viewer has reached, those they moderate; staff see all.

    A sub-board is never open wider than the board above it: both must be open to the viewer.
    """
    return _is_reached(viewer, Board.see_rank, Board.above_see_rank)


def board_takes_replies(viewer: Actor) -> ColumnElement[bool]:
    """Boards on which the viewer's rank lets them answer: not archived, and as the guardian reads `reply_rank`."""
    return and_(Board.archived_at.is_(None), _is_reached(viewer, Board.reply_rank, Board.above_reply_rank))


def _is_reached(viewer: Actor, *least: InstrumentedAttribute[str | None]) -> ColumnElement[bool]:
    """Boards of which the viewer has reached all of these ranks, and those in their care; staff reach all."""
    if viewer.is_staff:
        return true()
    keys = [key for key in viewer.reached if key != STAFF]
    reached = and_(*(or_(column.is_(None), column.in_(keys)) if keys else column.is_(None) for column in least))
    return or_(reached, Board.id.in_(viewer.moderated)) if viewer.moderated else reached


def thread_is_visible(viewer: Actor) -> ColumnElement[bool]:
    """Threads (joined with Board) that are there for all, one's own, and for moderators the gone ones.

    One's own: also when it waits for one's confirmation, was hidden, or was deleted (its author can bring it back).
    """
    there = and_(Thread.deleted_at.is_(None), Thread.hidden_at.is_(None), Thread.awaits_confirmation.is_(False))
    return and_(board_is_visible(viewer), or_(there, _own(viewer, Thread), _moderated(viewer)))


def post_is_visible(viewer: Actor) -> ColumnElement[bool]:
    """Posts (joined with Thread and Board) whose words the viewer may read."""
    there = and_(Post.deleted_at.is_(None), Post.hidden_at.is_(None))
    return and_(thread_is_visible(viewer), or_(there, _own(viewer, Post), _moderated(viewer)))


def picture_is_visible(viewer: Actor) -> ColumnElement[bool]:
    """Pictures (outer-joined with Post, Thread, Board): as their post; without a post for who uploaded them, and staff.

    Of the removed, broken and arriving ones there is nothing to be seen.
    """
    there = and_(Picture.removed_at.is_(None), Picture.state.in_(("waiting", "ready")))
    own = Picture.uploader_id == viewer.id if viewer.id is not None else false()
    loose = and_(Picture.post_id.is_(None), true() if viewer.is_staff else own)
    return and_(there, or_(loose, and_(Picture.post_id.is_not(None), post_is_visible(viewer))))


def room_is_visible(viewer: Actor) -> ColumnElement[bool]:
    """Chat rooms (outer-joined with Board): open ones, and those whose board the viewer may see."""
    return or_(Room.board_id.is_(None), board_is_visible(viewer))


def boards(viewer: Actor) -> Select[Board]:
    """The boards that the viewer may see."""
    return select(Board).where(board_is_visible(viewer))


def threads(viewer: Actor) -> Select[Thread]:
    """The threads that the viewer may see, joined with their boards."""
    return select(Thread).join(Board, Board.id == Thread.board_id).where(thread_is_visible(viewer))


def posts(viewer: Actor) -> Select[Post]:
    """The posts that the viewer may read, joined with thread and board."""
    return (
        select(Post)
        .join(Thread, Thread.id == Post.thread_id)
        .join(Board, Board.id == Thread.board_id)
        .where(post_is_visible(viewer))
    )


def rooms(viewer: Actor) -> Select[Room]:
    """The chat rooms that the viewer may see, joined with their boards."""
    return select(Room).outerjoin(Board, Board.id == Room.board_id).where(room_is_visible(viewer))


def _own(viewer: Actor, kind: type[Thread] | type[Post]) -> ColumnElement[bool]:
    return kind.author_id == viewer.id if viewer.id is not None else false()


def _moderated(viewer: Actor) -> ColumnElement[bool]:
    if viewer.is_staff:
        return true()
    return Board.id.in_(viewer.moderated) if viewer.moderated else false()
