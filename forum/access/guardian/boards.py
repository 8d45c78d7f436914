"""Boards: who sees them, writes on them, looks after them."""

from forum.access.actors import Actor
from forum.access.guardian.standing import admin, may_moderate, staff
from forum.access.guardian.verdict import YES, Verdict
from forum.boards.models import STAFF, Board
from forum.core.errors import NotFound
from forum.core.i18n import lazy_gettext as _l


def require_seen(actor: Actor, board: Board) -> None:
    """Raise NotFound unless the actor may see the board."""
    if not may_see_board(actor, board):
        raise NotFound


def may_see_board(actor: Actor, board: Board) -> Verdict:
    """Open to all, or to a rank that the actor has, or to staff. A sub-board: if the one above is open as well."""
    return _reaches(actor, board, board.see_rank, board.above_see_rank)


def may_join_board(actor: Actor, board: Board) -> Verdict:
    """Whoever is signed in and sees it."""
    if actor.is_guest:
        return Verdict(_l("Please sign in first."))
    return may_see_board(actor, board)


def open_for(actor: Actor, board: Board, *least: str | None) -> Verdict:
    """Something new may be added: the board is seen, not archived, all of `least` (ranks, "staff", None) reached."""
    if not may_see_board(actor, board):
        return Verdict(_l("This board is not open to you."))
    if board.archived_at is not None:
        return Verdict(_l("This board is archived: it can be read, but nothing new is added."))
    return _reaches(actor, board, *least)


def _reaches(actor: Actor, board: Board, *least: str | None) -> Verdict:
    """All of these ranks, or the board in one's care."""
    missing = {key for key in least if key is not None and (key == STAFF or key not in actor.reached)}
    if not missing or actor.moderates(board.id):
        return YES
    if STAFF in missing:
        return Verdict(_l("This is for moderators."))
    return Verdict(_l("Your rank does not open this yet."), rule=f"rank-{max(missing, key=list(least).index)}")


def may_arrange_boards(actor: Actor) -> Verdict:
    """Create, order and archive boards: moderators."""
    return staff(actor)


def may_set_access(actor: Actor) -> Verdict:
    """Who sees, starts and replies on a board, and who moderates it: the community manager."""
    return admin(actor)


def may_edit_board_words(actor: Actor, board: Board) -> Verdict:
    """Title, description, color: a board's own moderators and staff."""
    return may_moderate(actor, board.id)
