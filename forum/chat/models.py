"""Chat rooms and what is said in them."""

import datetime as dt

from sqlalchemy import ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.database import Base, Id

LOBBY = "lobby"


class Room(Base):
    """A place to talk. With a board it inherits who may see and write there. `seq` is its change number."""

    __tablename__ = "chat_room"
    id: Mapped[Id]
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    title: Mapped[str] = mapped_column(String(80))
    board_id: Mapped[int | None] = mapped_column(ForeignKey("board.id"), unique=True)
    last_n: Mapped[int] = mapped_column(Integer, server_default="0")
    seq: Mapped[int] = mapped_column(Integer, server_default="0")
    archived_at: Mapped[dt.datetime | None]
    created_at: Mapped[dt.datetime]


class ChatMessage(Base):
    """One message. `n` is its place and never changes; `seq` is the room's number of its newest change."""

    __tablename__ = "chat_message"
    id: Mapped[Id]
    room_id: Mapped[int] = mapped_column(ForeignKey("chat_room.id"))
    n: Mapped[int] = mapped_column(Integer)
    seq: Mapped[int] = mapped_column(Integer)
    author_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    client_id: Mapped[str] = mapped_column(String(64))
    reply_to_id: Mapped[int | None] = mapped_column(ForeignKey("chat_message.id"))
    body_source: Mapped[str] = mapped_column(Text)
    body_html: Mapped[str] = mapped_column(Text)
    created_at: Mapped[dt.datetime]
    edited_at: Mapped[dt.datetime | None]
    deleted_at: Mapped[dt.datetime | None]
    deleted_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    hidden_at: Mapped[dt.datetime | None]
    hidden_reason: Mapped[str | None] = mapped_column(String(500))
    redacted_at: Mapped[dt.datetime | None]

    __table_args__ = (
        UniqueConstraint("room_id", "n", name="uq_chat_message_place"),
        UniqueConstraint("author_id", "client_id", name="uq_chat_message_resend"),
        Index("ix_chat_message_changes", "room_id", "seq"),
    )


class ChatReaction(Base):
    """A member answered a message with a sign."""

    __tablename__ = "chat_reaction"
    message_id: Mapped[int] = mapped_column(ForeignKey("chat_message.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    sign: Mapped[str] = mapped_column(String(20), primary_key=True)


class RoomRead(Base):
    """How far a member has read a room."""

    __tablename__ = "chat_read"
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    room_id: Mapped[int] = mapped_column(ForeignKey("chat_room.id"), primary_key=True)
    n: Mapped[int] = mapped_column(Integer)
