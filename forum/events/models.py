"""The outbox: events written in the transaction of their cause, delivered after it."""

import datetime as dt
from typing import Any

from sqlalchemy import Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.database import Base, Id


class OutboxEvent(Base):
    """An event that subscribers are to hear of; it goes when all have.

    Its id is never given again: by it subscribers know whether they have heard of the event already. (SQLite would
    begin at 1 anew whenever the outbox is empty.)
    """

    __tablename__ = "outbox_event"
    id: Mapped[Id]
    kind: Mapped[str] = mapped_column(String(60))
    payload: Mapped[dict[str, Any]]
    created_at: Mapped[dt.datetime]
    attempts: Mapped[int] = mapped_column(Integer, server_default="0")
    failure: Mapped[str | None] = mapped_column(Text)
    parked_at: Mapped[dt.datetime | None]  # failed too often: kept for a person to look at

    __table_args__ = (
        Index("ix_outbox_event_due", "id", sqlite_where=text("parked_at IS NULL"),
              postgresql_where=text("parked_at IS NULL")),
        {"sqlite_autoincrement": True},
    )
