"""What moderation is about: posts, chat messages and members, loaded as far as somebody may see them."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from forum.access import guardian, visible
from forum.access.actors import Actor
from forum.boards.models import Board
from forum.chat.models import ChatMessage, Room
from forum.core.errors import NotFound
from forum.members.models import Member
from forum.moderation.models import Case
from forum.threads import projections
from forum.threads.models import Post, Thread


@dataclass(frozen=True, slots=True)
class Target:
    """One thing. `board_id` is where it is (none: the lobby, a member); `author_id` whose it is."""

    kind: str
    id: int
    author_id: int
    board_id: int | None
    author: Member
    post: Post | None = None
    thread: Thread | None = None
    board: Board | None = None
    message: ChatMessage | None = None
    room: Room | None = None

    @property
    def key(self) -> str:
        """The key that at most one open case bears."""
        return f"{self.kind}:{self.id}"

    @property
    def edited_at(self) -> dt.datetime | None:
        """When its words last changed."""
        row = self.post or self.message
        return row.edited_at if row is not None else None

    @property
    def is_hidden(self) -> bool:
        """Whether moderation has hidden it."""
        row = self.post or self.message
        return row is not None and row.hidden_at is not None

    @property
    def is_deleted(self) -> bool:
        """Whether its author or staff deleted it."""
        row = self.post or self.message
        return row is not None and row.deleted_at is not None

    @property
    def by_staff(self) -> bool:
        """Whether those who keep order here wrote it."""
        return self.author.role != "member"


def post_target(session: Session, viewer: Actor, post_id: int, *, lock: bool = False) -> Target:
    """A post that the viewer may read.

    With `lock`, its board and then its thread are locked first, as everything that changes a thread does.

    Raises:
        NotFound: it is not there for them.
    """
    if lock:
        thread_id = session.scalar(select(Post.thread_id).where(Post.id == post_id))
        if thread_id is None:
            raise NotFound
        projections.lock(session, thread_id)
    row = session.execute(
        visible.posts(viewer)
        .join(Member, Member.id == Post.author_id)
        .add_columns(Thread, Board, Member)
        .where(Post.id == post_id)
        .execution_options(populate_existing=lock)
    ).one_or_none()
    if row is None:
        raise NotFound
    post, thread, board, author = row
    return Target("post", post.id, author.id, board.id, author, post=post, thread=thread, board=board)


def message_target(session: Session, viewer: Actor, message_id: int, *, lock: bool = False) -> Target:
    """A chat message in a room that the viewer may be in; hidden and deleted ones only for those who moderate there.

    Raises:
        NotFound: it is not there for them.
    """
    if lock:
        room_id = session.scalar(select(ChatMessage.room_id).where(ChatMessage.id == message_id))
        session.execute(select(Room.id).where(Room.id == room_id).with_for_update())
    row = session.execute(
        visible.rooms(viewer)
        .join(ChatMessage, ChatMessage.room_id == Room.id)
        .join(Member, Member.id == ChatMessage.author_id)
        .add_columns(Board, ChatMessage, Member)
        .where(ChatMessage.id == message_id)
        .execution_options(populate_existing=lock)
    ).one_or_none()
    if row is None:
        raise NotFound
    room, board, message, author = row
    gone = message.deleted_at is not None or message.hidden_at is not None
    if gone and not viewer.moderates(room.board_id):
        raise NotFound
    guardian.require(guardian.may_see_room(viewer, room, board), viewer)
    return Target("message", message.id, author.id, room.board_id, author, message=message, room=room, board=board)


def member_target(session: Session, viewer: Actor, name: str, *, lock: bool = False) -> Target:
    """A member by their handle, whoever asks: profiles are open. Erased and merged accounts are not there.

    Raises:
        NotFound: there is no such member.
    """
    del viewer
    found = select(Member).where(Member.name == name, Member.erased_at.is_(None), Member.merged_into_id.is_(None))
    member = session.scalar(found.with_for_update() if lock else found)
    if member is None:
        raise NotFound
    return Target("member", member.id, member.id, None, member)


def target_of(session: Session, viewer: Actor, kind: str, target_id: int, *, lock: bool = False) -> Target:
    """The thing of this kind with this id ("post", "message" or "member"), as `post_target` and its siblings do.

    Raises:
        NotFound: it is not there for the viewer.
    """
    if kind == "post":
        return post_target(session, viewer, target_id, lock=lock)
    if kind == "message":
        return message_target(session, viewer, target_id, lock=lock)
    name = session.scalar(select(Member.name).where(Member.id == target_id))
    if kind != "member" or name is None:
        raise NotFound
    return member_target(session, viewer, name, lock=lock)


def open_case(session: Session, target: Target) -> Case | None:
    """The case about it that waits for a decision, locked, if there is one."""
    return session.scalar(select(Case).where(Case.open_key == target.key).with_for_update())
