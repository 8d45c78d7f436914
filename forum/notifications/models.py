"""What members are told."""

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.database import Base, Id


class Notice(Base):
    """One line behind the bell. `event_key` makes a repeated event the same notice."""

    __tablename__ = "notice"
    id: Mapped[Id]
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    kind: Mapped[str] = mapped_column(String(40))
    event_key: Mapped[str] = mapped_column(String(120))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    thread_id: Mapped[int | None] = mapped_column(ForeignKey("thread.id"))
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    message_id: Mapped[int | None] = mapped_column(ForeignKey("chat_message.id"))
    details: Mapped[dict[str, Any]]
    created_at: Mapped[dt.datetime]
    read_at: Mapped[dt.datetime | None]

    __table_args__ = (
        UniqueConstraint("member_id", "event_key", name="uq_notice_once"),
        Index("ix_notice_member", "member_id", "id"),
        Index("ix_notice_event", "event_key"),
    )
