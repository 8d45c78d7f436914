"""What the community manager sets."""

from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.database import Base


class SiteSetting(Base):
    """One setting of the community, by name."""

    __tablename__ = "site_setting"
    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[dict[str, Any]]
