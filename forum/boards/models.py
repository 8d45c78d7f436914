"""Categories and boards, who joined them and who looks after them."""

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.core.database import Base, Id

STAFF = "staff"  # in an access column: staff only, whatever the rank


class Category(Base):
    """A shelf on which boards stand."""

    __tablename__ = "category"
    id: Mapped[Id]
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    title: Mapped[str] = mapped_column(String(80))
    position: Mapped[int] = mapped_column(Integer, server_default="0")


class Board(Base):
    """An interest or a product. An access column holds the key of the least rank, "staff", or nothing (everyone)."""

    __tablename__ = "board"
    id: Mapped[Id]
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("board.id"))
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    title: Mapped[str] = mapped_column(String(80))
    description: Mapped[str] = mapped_column(String(300), server_default="")
    hue: Mapped[int] = mapped_column(Integer, server_default="0")
    picture: Mapped[str] = mapped_column(String(40), server_default="")  # the name of an icon of the family
    language: Mapped[str] = mapped_column(String(8), server_default="en")
    position: Mapped[int] = mapped_column(Integer, server_default="0")
    see_rank: Mapped[str | None] = mapped_column(String(40))
    start_rank: Mapped[str | None] = mapped_column(String(40))
    reply_rank: Mapped[str | None] = mapped_column(String(40))
    above_see_rank: Mapped[str | None] = mapped_column(String(40))  # of a sub-board: what the board above asks for
    above_start_rank: Mapped[str | None] = mapped_column(String(40))
    above_reply_rank: Mapped[str | None] = mapped_column(String(40))
    archived_at: Mapped[dt.datetime | None]
    thread_count: Mapped[int] = mapped_column(Integer, server_default="0")
    member_count: Mapped[int] = mapped_column(Integer, server_default="0")
    last_activity_at: Mapped[dt.datetime | None]
    version: Mapped[int] = mapped_column(Integer, server_default="0")

    category: Mapped[Category] = relationship(lazy="raise")

    __table_args__ = (
        CheckConstraint("hue BETWEEN 0 AND 11", name="hue_of_palette"),
        Index("ix_board_shelf", "category_id", "position", "id"),
        Index("ix_board_parent", "parent_id"),
    )


class BoardMembership(Base):
    """A member joined a board."""

    __tablename__ = "board_membership"
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    board_id: Mapped[int] = mapped_column(ForeignKey("board.id"), primary_key=True, index=True)
    joined_at: Mapped[dt.datetime]


class BoardModerator(Base):
    """A member looks after a board: moderates it and edits its words."""

    __tablename__ = "board_moderator"
    board_id: Mapped[int] = mapped_column(ForeignKey("board.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True, index=True)
    appointed_at: Mapped[dt.datetime]
