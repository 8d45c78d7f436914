"""Changes of a message that others decide on: who calls these has asked the guardian already."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from forum.chat.models import ChatMessage, Room
from forum.content import markdown
from forum.core.clock import now
from forum.events.catalogue import MessageChanged
from forum.events.publish import publish


def lock_room(session: Session, room_id: int) -> None:
    """Let no one else change this room until the transaction ends (SQLite has one writer anyway)."""
    session.query(Room.id).where(Room.id == room_id).with_for_update().one()


def record_change(session: Session, message: ChatMessage) -> None:
    """Give a changed message the room's next change number and say so. Locks the room's row."""
    message.seq = session.scalars(
        update(Room).where(Room.id == message.room_id).values(seq=Room.seq + 1).returning(Room.seq)
    ).one()
    session.flush()
    publish(session, MessageChanged(message.id, message.room_id, message.seq))


def set_message_hidden(session: Session, message: ChatMessage, actor_id: int | None, reason: str | None) -> None:
    """Hide a message for `reason`, or show it again (None). Hiding a hidden one replaces the reason.

    `actor_id` is who decided (None: the system); the moderation log keeps it. The author is told by who
    decides (ContentHidden), not from here.
    """
    del actor_id
    lock_room(session, message.room_id)
    session.refresh(message)
    if reason is None and message.hidden_at is None:
        return
    message.hidden_at = None if reason is None else message.hidden_at or now()
    message.hidden_reason = reason
    record_change(session, message)


def redact_message(session: Session, message: ChatMessage, replacement: str) -> None:
    """Purge a message's words for good; `replacement` (plain words) stands in their place."""
    lock_room(session, message.room_id)
    session.refresh(message)
    message.body_source = replacement
    message.body_html = markdown.render_chat(replacement).html
    message.redacted_at = now()
    record_change(session, message)
