"""What members decide on by rank: flagged posts and chat messages that they may read, of members like them.

docs/decisions/014 says where it ends and why: nothing about members, sanctions, purchases or redaction; not
one's own, nor what those who keep order wrote; and what flags have hidden for showing private details is
for moderators alone.
"""

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from forum.access import guardian
from forum.access.actors import SYSTEM, Actor
from forum.access.guardian import Verdict
from forum.access.visible import board_is_visible, room_is_visible
from forum.boards.models import Board, BoardModerator
from forum.chat.models import ChatMessage, Room
from forum.members.models import Member
from forum.moderation.models import Case, Flag
from forum.moderation.targets import Target
from forum.threads.models import Post, Thread

# What those who triage do, and may therefore take back.
VERBS = ("hide", "dismiss")


def open_to(viewer: Actor) -> ColumnElement[bool]:
    """Open cases about what the viewer may read (or could, had flags not hidden it), of others who keep no order."""
    private = select(Flag.id).where(Flag.case_id == Case.id, Flag.reason == "private").correlate(Case).exists()
    return and_(Case.state == "open", or_(_posts(viewer, private), _messages(viewer, private)))


def _posts(viewer: Actor, private: ColumnElement[bool]) -> ColumnElement[bool]:
    held = and_(Post.hidden_by_id.is_(None), ~private)
    whole_thread_held = and_(Post.kind == "opening", Thread.hidden_by_id.is_(None))
    found = (
        select(Post.id)
        .join(Thread, Thread.id == Post.thread_id)
        .join(Board, Board.id == Thread.board_id)
        .join(Member, Member.id == Post.author_id)
        .where(
            Post.id == Case.target_id, board_is_visible(viewer), Thread.awaits_confirmation.is_(False),
            Thread.deleted_at.is_(None), Post.deleted_at.is_(None), or_(Thread.hidden_at.is_(None), whole_thread_held),
            or_(Post.hidden_at.is_(None), held), _of_another(viewer),
        )
    )
    return and_(Case.target_kind == "post", found.correlate(Case).exists())


def _messages(viewer: Actor, private: ColumnElement[bool]) -> ColumnElement[bool]:
    held = and_(Case.hidden_automatically, ~private)
    found = (
        select(ChatMessage.id)
        .join(Room, Room.id == ChatMessage.room_id)
        .outerjoin(Board, Board.id == Room.board_id)
        .join(Member, Member.id == ChatMessage.author_id)
        .where(
            ChatMessage.id == Case.target_id, room_is_visible(viewer), ChatMessage.deleted_at.is_(None),
            or_(ChatMessage.hidden_at.is_(None), held), _of_another(viewer),
        )
    )
    return and_(Case.target_kind == "message", found.correlate(Case).exists())


def _of_another(viewer: Actor) -> ColumnElement[bool]:
    """Written by a member like others: not by the viewer, not by staff or the board's own moderators."""
    keeps = select(BoardModerator.member_id).where(
        BoardModerator.board_id == Board.id, BoardModerator.member_id == Member.id
    )
    return and_(Member.id != viewer.id, Member.role == "member", ~keeps.correlate(Board, Member).exists())


def reader_of(viewer: Actor, board_id: int | None) -> Actor:
    """As whom to load what a case is about, for somebody to whom the case is open: flags may have hidden it."""
    return viewer if viewer.moderates(board_id) else SYSTEM


def verdict_on(session: Session, actor: Actor, target: Target) -> Verdict:
    """Whether the actor may decide on it: as a moderator, or by rank."""
    if actor.moderates(target.board_id) or target.kind == "member":
        return guardian.may_decide(actor, target.board_id, target.author_id)
    looks_after = (
        target.board_id is not None and session.get(BoardModerator, (target.board_id, target.author_id)) is not None
    )
    return guardian.may_triage(actor, target.author, looks_after=looks_after, board=target.board)
