"""Who was invited by whom. Of an address that is not a member's only a keyed hash and a hint are kept."""

import datetime as dt

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.database import Base, Id


class Invitation(Base):
    """A member's invitation to a friend. The mailed link works once, for two weeks."""

    __tablename__ = "invitation"
    id: Mapped[Id]
    inviter_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    address_hash: Mapped[str] = mapped_column(String(64), index=True)
    hint: Mapped[str] = mapped_column(String(80))  # enough for the inviter to know whom they meant: m…@example.org
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)  # none until the mail is sent
    created_at: Mapped[dt.datetime]
    withdrawn_at: Mapped[dt.datetime | None]
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), unique=True)  # who came of it

    __table_args__ = (Index("ix_invitation_inviter", "inviter_id", "id"),)


class InvitationRefusal(Base):
    """An address whose owner wants no invitations, as a keyed hash."""

    __tablename__ = "invitation_refusal"
    address_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    created_at: Mapped[dt.datetime]
