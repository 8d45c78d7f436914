"""Chat: who is in a room, writes there, changes what was said."""

import datetime as dt

from forum.access.actors import Actor
from forum.access.guardian.boards import may_see_board, open_for
from forum.access.guardian.standing import may_be_here, may_moderate, may_write
from forum.access.guardian.verdict import YES, Verdict
from forum.boards.models import Board
from forum.chat.models import ChatMessage, Room
from forum.core.clock import now
from forum.core.i18n import lazy_gettext as _l

# An author may correct a chat message for so long; later the talk has moved on.
MESSAGE_EDIT_WINDOW = dt.timedelta(hours=24)


def may_see_room(actor: Actor, room: Room, board: Board | None) -> Verdict:
    """Any signed-in member; a board's room as its board."""
    if actor.is_guest or actor.is_suspended:
        return Verdict(_l("Please sign in first."))
    return may_see_board(actor, board) if board is not None else YES


def may_chat(actor: Actor, room: Room, board: Board | None) -> Verdict:
    """Write in a room: members in good standing; on a board's room as who may reply there."""
    verdict = may_write(actor)
    if not verdict:
        return verdict
    if room.archived_at is not None:
        return Verdict(_l("This room is closed: it can be read, but nothing new is added."))
    return open_for(actor, board, board.reply_rank, board.above_reply_rank) if board is not None else YES


def may_edit_message(actor: Actor, message: ChatMessage, room: Room, board: Board | None) -> Verdict:
    """The author, for a day."""
    verdict = may_chat(actor, room, board)
    if not verdict:
        return verdict
    if message.author_id != actor.id or message.deleted_at is not None or message.hidden_at is not None:
        return Verdict(_l("Only its author can edit a message."))
    if now() - message.created_at > MESSAGE_EDIT_WINDOW:
        return Verdict(_l("A message can be edited for a day."))
    return YES


def may_delete_message(actor: Actor, message: ChatMessage, room: Room, board: Board | None) -> Verdict:
    """The author and moderators."""
    verdict = may_see_room(actor, room, board)
    if not verdict:
        return verdict
    if actor.moderates(room.board_id) or message.author_id == actor.id:
        return may_be_here(actor)
    return Verdict(_l("Only its author or a moderator can delete a message."))


def may_open_room(actor: Actor, board: Board) -> Verdict:
    """Open or close a board's chat room: who moderates the board."""
    return may_moderate(actor, board.id)
