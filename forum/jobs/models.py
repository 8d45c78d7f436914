"""The queue: a table, written in the transaction of the cause."""

import datetime as dt
from typing import Any

from sqlalchemy import Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.database import Base, Id


class Job(Base):
    """Work for later. `unique_key` makes a second request for the same work the same job."""

    __tablename__ = "job"
    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(60))
    payload: Mapped[dict[str, Any]]
    unique_key: Mapped[str | None] = mapped_column(String(160), unique=True)
    run_at: Mapped[dt.datetime]
    attempts: Mapped[int] = mapped_column(Integer, server_default="0")
    taken_until: Mapped[dt.datetime | None]
    done_at: Mapped[dt.datetime | None]
    failed_at: Mapped[dt.datetime | None]
    failure: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[dt.datetime]

    __table_args__ = (Index("ix_job_due", "done_at", "failed_at", "run_at"),)
