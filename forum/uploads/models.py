"""Pictures that members have uploaded. The files lie in the storage, under names that are made here."""

import datetime as dt

from sqlalchemy import ForeignKey, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.database import Base, Id, word
from forum.uploads.sizes import sizes


class Picture(Base):
    """A picture, with the one post that it belongs to: who may not read that post may not see the picture.

    `state`: "arriving" until the file is in the storage, "waiting" for the job that makes it small and clean, then
    "ready", or "broken" when it turned out to be unreadable. `width` and `height` are those of the upright original.
    A removed one is seen by nobody, and goes with its files at the next sweep.
    """

    __tablename__ = "picture"
    id: Mapped[Id]
    public_id: Mapped[str] = mapped_column(String(32), unique=True)
    uploader_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    width: Mapped[int] = mapped_column(Integer)
    height: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(word("arriving", "waiting", "ready", "broken", name="state"))
    created_at: Mapped[dt.datetime]
    removed_at: Mapped[dt.datetime | None]

    __table_args__ = (
        Index("ix_picture_post", "post_id", "created_at"),  # a post's, and those without one by age
        Index("ix_picture_uploader", "uploader_id", "created_at"),  # a day's uploads
        Index("ix_picture_state", "state", "created_at"),  # those whose job was lost
        Index("ix_picture_removed", "removed_at", sqlite_where=text("removed_at IS NOT NULL"),
              postgresql_where=text("removed_at IS NOT NULL")),
    )

    @property
    def address(self) -> str:
        """Where it is seen, and what Markdown names."""
        return f"/u/{self.public_id}"

    @property
    def widths(self) -> tuple[int, ...]:
        """The widths that it is kept in, ascending."""
        return tuple(width for width, _height in sizes(self.width, self.height))
