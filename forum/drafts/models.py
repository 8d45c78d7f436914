"""What members are writing and have not sent yet."""

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.database import Base, Id


class Draft(Base):
    """What a member typed in one place. `other_fields` is the older of two that met, kept to be offered."""

    __tablename__ = "draft"
    id: Mapped[Id]
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    place: Mapped[str] = mapped_column(String(40))  # "new-thread", "t-12", "p-33", "details-12", "edit-33"
    thread_id: Mapped[int | None] = mapped_column(ForeignKey("thread.id"), index=True)
    fields: Mapped[dict[str, Any]]
    version: Mapped[int] = mapped_column(Integer, server_default="1")
    saved_at: Mapped[dt.datetime]
    other_fields: Mapped[dict[str, Any] | None]

    __table_args__ = (
        UniqueConstraint("member_id", "place", name="uq_draft_member_place"),
        Index("ix_draft_member", "member_id", "saved_at", "id"),
        Index("ix_draft_saved", "saved_at"),
    )
