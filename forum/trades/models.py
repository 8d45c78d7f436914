"""Agreements of two members in a thread, and what they say of each other afterwards."""

import datetime as dt

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.database import Base, Id, word

KINDS = ("deal", "mentoring")
STATES = ("proposed", "agreed", "declined")


class TradeAgreement(Base):
    """One member proposed a deal or mentoring to another, in a thread. Once a pair and thread, whoever asked."""

    __tablename__ = "trade_agreement"
    id: Mapped[Id]
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id"))
    kind: Mapped[str] = mapped_column(word(*KINDS, name="kind"))
    proposer_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    partner_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    low_id: Mapped[int] = mapped_column(Integer)  # the two, the smaller id first: for the constraint alone
    high_id: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(word(*STATES, name="state"), server_default="proposed")
    proposed_at: Mapped[dt.datetime]
    answered_at: Mapped[dt.datetime | None]

    __table_args__ = (
        UniqueConstraint("thread_id", "low_id", "high_id", name="uq_trade_agreement_pair"),
        CheckConstraint("low_id < high_id", name="two_members"),
        Index("ix_trade_agreement_proposer", "proposer_id", "id"),
        Index("ix_trade_agreement_partner", "partner_id", "id"),
    )

    def other(self, member_id: int | None) -> int:
        """The other one of the two."""
        return self.partner_id if member_id == self.proposer_id else self.proposer_id

    def is_of(self, member_id: int | None) -> bool:
        """Whether the member is one of the two."""
        return member_id is not None and member_id in (self.proposer_id, self.partner_id)


class TradeRating(Base):
    """What one of the two says of the other: 1, 0 or -1 and a sentence.

    Nobody but its author sees it before `shown_from`: two weeks after the first rating, or the moment of the second.
    """

    __tablename__ = "trade_rating"
    id: Mapped[Id]
    agreement_id: Mapped[int] = mapped_column(ForeignKey("trade_agreement.id"))
    rater_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    rated_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    value: Mapped[int] = mapped_column(Integer)
    words: Mapped[str] = mapped_column(String(300))
    created_at: Mapped[dt.datetime]
    shown_from: Mapped[dt.datetime]
    told: Mapped[bool] = mapped_column(Boolean, server_default=false())  # the rated one knows that it can be read
    reply: Mapped[str | None] = mapped_column(String(300))
    replied_at: Mapped[dt.datetime | None]
    withdrawn_at: Mapped[dt.datetime | None]
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    withdrawn_reason: Mapped[str | None] = mapped_column(String(500))

    __table_args__ = (
        UniqueConstraint("agreement_id", "rater_id", name="uq_trade_rating_once"),
        CheckConstraint("value IN (-1, 0, 1)", name="three_steps"),
        Index("ix_trade_rating_rated", "rated_id", "shown_from", "id"),
        Index("ix_trade_rating_told", "told", "shown_from"),
    )
