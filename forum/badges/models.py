"""Looking through all members after badges are new or changed. The badges themselves are the reputation's tables."""

import datetime as dt
from typing import Any

from sqlalchemy import Integer
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.database import Base, Id


class BadgeBackfill(Base):
    """One walk over all members, in the order of their ids, for the badges of these keys. One is open at a time."""

    __tablename__ = "badge_backfill"
    id: Mapped[Id]
    keys: Mapped[list[Any]]
    after_id: Mapped[int] = mapped_column(Integer, server_default="0")  # members up to this id are done
    started_at: Mapped[dt.datetime]
    finished_at: Mapped[dt.datetime | None]
