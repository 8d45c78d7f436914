"""Threads and posts: who writes, changes, votes, accepts."""

import datetime as dt

from forum.access.actors import Actor
from forum.access.guardian.boards import may_see_board, open_for
from forum.access.guardian.standing import by_rank, may_be_here, may_write, rule_of
from forum.access.guardian.verdict import YES, Verdict
from forum.access.privileges import Privilege
from forum.boards.models import Board
from forum.core.clock import now
from forum.core.i18n import lazy_gettext as _l
from forum.threads.models import Post, Thread

# Someone may accept in the asker's stead once the asker has been away for so long.
ASKER_GONE = dt.timedelta(days=21)


def may_start(actor: Actor, board: Board) -> Verdict:
    """Open a thread: also before the address is confirmed (it waits then, and the link publishes it)."""
    verdict = may_be_here(actor)
    if not verdict:
        return verdict
    return open_for(actor, board, board.start_rank, board.above_start_rank)


def may_reply(actor: Actor, thread: Thread, board: Board) -> Verdict:
    """Answer or reply: unless the thread is locked, a duplicate, gone or archived with its board."""
    verdict = may_write(actor)
    if not verdict:
        return verdict
    if thread.is_gone or thread.awaits_confirmation:
        return Verdict(_l("This thread is not open at present."))
    if thread.locked_at is not None and not actor.moderates(board.id):
        return Verdict(_l("This thread is locked."))
    if thread.duplicate_of_id is not None and not actor.moderates(board.id):
        return Verdict(_l("This thread is marked as a duplicate: the one that it points to is where it goes on."))
    return open_for(actor, board, board.reply_rank, board.above_reply_rank)


def may_edit(actor: Actor, post: Post, thread: Thread, board: Board) -> Verdict:
    """One's own post while thread and board are open; moderators; those whose rank opens it."""
    verdict = may_write(actor) if thread.awaits_confirmation is False else may_be_here(actor)
    if not verdict:
        return verdict
    if not may_see_board(actor, board) or post.is_gone:
        return Verdict(_l("This post cannot be edited at present."))
    if actor.moderates(board.id):
        return YES
    if thread.locked_at is not None or board.archived_at is not None:
        return Verdict(_l("This thread is locked."))
    if post.author_id == actor.id:
        return YES
    return by_rank(actor, Privilege.EDIT_OTHERS)


def may_add_details(actor: Actor, opening: Post, thread: Thread, board: Board) -> Verdict:
    """The asker, as long as they may edit the opening."""
    if opening.author_id != actor.id:
        return Verdict(_l("Only the asker can add details."))
    return may_edit(actor, opening, thread, board)


def may_keep_marks(actor: Actor) -> Verdict:
    """How far one has read: whoever is signed in, also when silenced."""
    return YES if actor.id is not None and not actor.is_suspended else Verdict(_l("Please sign in first."))


def may_keep_drafts(actor: Actor) -> Verdict:
    """What one has typed: whoever is signed in, also when silenced; it is theirs."""
    return may_keep_marks(actor)


def may_edit_topic(actor: Actor, thread: Thread, board: Board, opening: Post) -> Verdict:
    """Tags of others' threads: those whose rank opens it; else as for the opening itself."""
    if may_edit(actor, opening, thread, board):
        return YES
    verdict = may_write(actor)
    if not verdict or not may_see_board(actor, board) or thread.is_gone or thread.locked_at or board.archived_at:
        return Verdict(verdict.reason or _l("This thread is not open at present."))
    return by_rank(actor, Privilege.EDIT_TAGS)


def may_add_pictures(actor: Actor, most: int) -> Verdict:
    """Upload pictures for posts: whoever may write, or start a thread that waits; `most` is what their rank has."""
    verdict = may_be_here(actor)
    if verdict and not most and not actor.is_staff:
        return Verdict(_l("Your rank does not open pictures yet."), rule="limit-images")
    return verdict


def may_finish_picture(actor: Actor, uploader_id: int | None) -> Verdict:
    """Have an uploaded picture made ready: who uploaded it."""
    verdict = may_be_here(actor)
    if verdict and uploader_id != actor.id:
        return Verdict(_l("This is for who added the picture."))
    return verdict


def may_delete(actor: Actor, post: Post, thread: Thread, board: Board) -> Verdict:
    """The author, unless the thread is locked; moderators. An asker keeps a question that others have answered."""
    verdict = may_be_here(actor)
    if not verdict:
        return verdict
    if actor.moderates(board.id):
        return YES
    if post.author_id != actor.id:
        return Verdict(_l("Only its author or a moderator can delete this."))
    if thread.locked_at is not None or board.archived_at is not None or not may_see_board(actor, board):
        return Verdict(_l("This thread is locked."))
    if post.hidden_at is not None:
        return Verdict(_l("A moderator has hidden this; it stays until the matter is settled."))
    if post.kind == "opening" and thread.answer_count > 0:
        return Verdict(_l("Others have answered: ask a moderator if it must go."))
    return YES


def may_undelete(actor: Actor, post: Post, thread: Thread, board: Board) -> Verdict:
    """Whoever deleted it, as long as they may still delete it; moderators."""
    if actor.moderates(board.id):
        return may_be_here(actor)
    if post.deleted_by_id != actor.id:
        return Verdict(_l("Only who deleted this can bring it back."))
    return may_delete(actor, post, thread, board)


def may_vote(actor: Actor, post: Post, thread: Thread, board: Board, value: int) -> Verdict:
    """Up: any confirmed member, not for oneself. Down: answers only, by rank. Taking a vote back is always open."""
    verdict = may_write(actor)
    if not verdict:
        return verdict
    if post.author_id == actor.id:
        return Verdict(_l("You cannot vote on your own post."))
    if post.is_gone or thread.is_gone or thread.awaits_confirmation or not may_see_board(actor, board):
        return Verdict(_l("This post is not open at present."))
    if board.archived_at is not None:
        return Verdict(_l("This board is archived: it can be read, but nothing new is added."))
    if value >= 0:
        return YES
    if post.kind != "answer":
        return Verdict(_l("Down votes are for answers only."))
    return by_rank(actor, Privilege.VOTE_DOWN)


def may_say_worked(actor: Actor, post: Post, thread: Thread, board: Board, owner: bool | None) -> Verdict:
    """Whoever may vote an answer up, but the asker, who accepts. Where the thread is about a product, its owners.

    `owner` is None where it is about none.
    """
    verdict = may_vote(actor, post, thread, board, 1)
    if not verdict:
        return verdict
    if post.kind != "answer" or thread.kind != "question":
        return Verdict(_l("Only an answer can have worked."))
    if thread.author_id == actor.id:
        return Verdict(_l("If it solved your question, accept it."))
    return Verdict(_l("This is for those who own the product."), rule="limit-worked") if owner is False else YES


def may_endorse(actor: Actor, post: Post, thread: Thread, board: Board) -> Verdict:
    """Staff, for an answer of somebody else that is there: nobody speaks for the shop in their own favor."""
    verdict = may_write(actor)
    if not verdict:
        return verdict
    if not actor.is_staff:
        return Verdict(_l("Only the team of the shop can endorse an answer."))
    if post.kind != "answer" or post.is_gone or thread.is_gone:
        return Verdict(_l("Only an answer that is there can be endorsed."))
    return Verdict(_l("You cannot endorse your own answer.")) if post.author_id == actor.id else YES


def may_name_helped(actor: Actor, post: Post, thread: Thread, board: Board) -> Verdict:
    """The asker, of others' answers that are there; as long as they may accept."""
    if thread.author_id != actor.id:
        return Verdict(_l("Only the asker can say what helped as well."))
    if post.author_id == actor.id:
        return Verdict(_l("This is for the answers of others."))
    return may_accept(actor, post, thread, board, None)


def may_accept(actor: Actor, post: Post, thread: Thread, board: Board, asker_seen_at: dt.datetime | None) -> Verdict:
    """Only the asker may accept, or staff, or a high rank once the asker has been gone for 21 days.

    A lock ends the talk, not the search: whoever asked may still say what solved it. An archive is closed to all.
    """
    verdict = may_write(actor)
    if not verdict:
        return verdict
    if post.kind != "answer" or post.is_gone or thread.is_gone or not may_see_board(actor, board):
        return Verdict(_l("Only an answer that is there can be accepted."))
    if board.archived_at is not None:
        return Verdict(_l("This board is archived: what was accepted stays as it is."))
    if thread.author_id == actor.id or actor.moderates(board.id):
        return YES
    if asker_seen_at is None or now() - asker_seen_at < ASKER_GONE:
        return Verdict(
            _l("Only the asker, or a moderator, can accept an answer."), rule_of(Privilege.ACCEPT_FOR_ABSENT)
        )
    return by_rank(actor, Privilege.ACCEPT_FOR_ABSENT)


def may_mark_duplicate(actor: Actor, thread: Thread, board: Board) -> Verdict:
    """Say (or take back) that a thread is answered in another: moderators, and those whose rank opens it."""
    verdict = may_write(actor)
    if not verdict:
        return verdict
    if not may_see_board(actor, board) or thread.awaits_confirmation or board.archived_at is not None:
        return Verdict(_l("This thread is not open at present."))
    if actor.moderates(board.id):
        return YES
    if thread.is_gone:
        return Verdict(_l("This thread is not open at present."))
    if thread.locked_at is not None:
        return Verdict(_l("This thread is locked."))
    return by_rank(actor, Privilege.MARK_DUPLICATE)


def may_turn_into_reply(actor: Actor, thread: Thread, board: Board) -> Verdict:
    """Turn an answer into a reply: moderators, and those whose rank opens it."""
    verdict = may_write(actor)
    if not verdict:
        return verdict
    if not may_see_board(actor, board) or (thread.is_gone and not actor.moderates(board.id)):
        return Verdict(_l("This thread is not open at present."))
    return YES if actor.moderates(board.id) else by_rank(actor, Privilege.TURN_INTO_REPLY)
