"""Members: who they are, how they sign in, and what they have been sent."""

import datetime as dt
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, Date, ForeignKey, Index, Integer, String, Text, false, text, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.core.clock import now
from forum.core.database import Base, Id, word
from forum.core.i18n import DEFAULT

ROLES = ("member", "moderator", "admin")
AUDIENCES = ("everyone", "members", "me")
HUES = 12  # colors of the palette, for generated avatars

# Three times the days of the longest way to a rank that purchases shorten: a test holds them apart.
LATELY = dt.timedelta(days=180)


class Member(Base):
    """A person (or one whose account was erased or merged: the row stays, so that the ledger stays whole)."""

    __tablename__ = "member"
    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(40), unique=True)  # the handle: /m/<name>, @name
    name_key: Mapped[str] = mapped_column(String(120), unique=True)  # NFKC, case-folded, confusable skeleton
    shown_name: Mapped[str | None] = mapped_column(String(60))
    shown_key: Mapped[str | None] = mapped_column(String(120), index=True)  # of a shown name that the member chose
    role: Mapped[str] = mapped_column(word(*ROLES, name="role"), server_default="member")
    password_hash: Mapped[str | None] = mapped_column(String(200))
    joined_at: Mapped[dt.datetime]
    confirmed_at: Mapped[dt.datetime | None]
    last_seen_at: Mapped[dt.datetime | None]
    locale: Mapped[str | None] = mapped_column(String(8))  # the member's choice; empty: as the browser says
    browser_locale: Mapped[str | None] = mapped_column(String(8))  # what the browser said when they were last here
    theme: Mapped[str | None] = mapped_column(word("light", "dark", name="theme"))
    hue: Mapped[int] = mapped_column(Integer, server_default="0")
    about_source: Mapped[str] = mapped_column(Text, server_default="")
    about_html: Mapped[str] = mapped_column(Text, server_default="")
    interests: Mapped[str] = mapped_column(String(200), server_default="")
    about_audience: Mapped[str] = mapped_column(word(*AUDIENCES, name="about_audience"), server_default="everyone")
    interests_audience: Mapped[str] = mapped_column(
        word(*AUDIENCES, name="interests_audience"), server_default="everyone"
    )
    joined_audience: Mapped[str] = mapped_column(word(*AUDIENCES, name="joined_audience"), server_default="everyone")
    activity_audience: Mapped[str] = mapped_column(
        word(*AUDIENCES, name="activity_audience"), server_default="everyone"
    )  # what they asked and answered, as a list, and the numbers about it
    suspended_until: Mapped[dt.datetime | None]
    silenced_until: Mapped[dt.datetime | None]
    moderates_boards: Mapped[bool] = mapped_column(Boolean, server_default=false())
    is_demo: Mapped[bool] = mapped_column(Boolean, server_default=false())
    mail_answers: Mapped[bool] = mapped_column(Boolean, server_default=true())
    keys_on: Mapped[bool] = mapped_column(Boolean, server_default=true())  # single keys as shortcuts (WCAG 2.1.4)
    on_leaderboards: Mapped[bool] = mapped_column(Boolean, server_default=true())
    unread_notices: Mapped[int] = mapped_column(Integer, server_default="0")
    post_count: Mapped[int] = mapped_column(Integer, server_default="0")
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    erased_at: Mapped[dt.datetime | None]
    external_source: Mapped[str | None] = mapped_column(String(60))
    external_id: Mapped[str | None] = mapped_column(String(60))

    emails: Mapped[list["MemberEmail"]] = relationship(back_populates="member", lazy="raise")

    __table_args__ = (
        CheckConstraint("hue BETWEEN 0 AND 11", name="hue_of_palette"),
        Index("uq_member_external", "external_source", "external_id", unique=True),
        Index("ix_member_joined_at", "joined_at"),
    )

    @property
    def joined_lately(self) -> bool:
        """Whether they joined less than half a year ago: others are not told the month then.

        A month so near would bound the days that somebody has visited, and so prove purchases behind a rank
        (docs/decisions/012-the-month-of-joining.md).
        """
        return now() - self.joined_at < LATELY

    @property
    def label(self) -> str:
        """The name people see."""
        return self.shown_name or self.name

    @property
    def reads(self) -> str:
        """The language of what is sent to them: chosen, else the one of their browser."""
        return self.locale or self.browser_locale or DEFAULT


class MemberEmail(Base):
    """An address of a member; an address belongs to one member only once it is confirmed."""

    __tablename__ = "member_email"
    id: Mapped[Id]
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    address: Mapped[str] = mapped_column(String(254))
    address_key: Mapped[str] = mapped_column(String(254), index=True)  # NFKC, case-folded
    address_hash: Mapped[str] = mapped_column(String(64), index=True)  # keyed; what purchases are matched by
    confirmed_at: Mapped[dt.datetime | None]
    created_at: Mapped[dt.datetime]

    member: Mapped[Member] = relationship(back_populates="emails", lazy="raise")

    __table_args__ = (
        Index("uq_member_email_confirmed", "address_key", unique=True,
              sqlite_where=text("confirmed_at IS NOT NULL"), postgresql_where=text("confirmed_at IS NOT NULL")),
    )


class MemberSession(Base):
    """A place where a member is signed in; the cookie holds the id of which this is the hash."""

    __tablename__ = "member_session"
    id: Mapped[Id]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    created_at: Mapped[dt.datetime]
    used_at: Mapped[dt.datetime]
    device: Mapped[str] = mapped_column(String(200), server_default="")
    ended_at: Mapped[dt.datetime | None]


class MemberNetwork(Base):
    """A network from which a member joined or signed in, as a keyed hash; gone 90 days after it was last seen."""

    __tablename__ = "member_network"
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    network_hash: Mapped[str] = mapped_column(String(64), primary_key=True, index=True)
    seen_at: Mapped[dt.datetime] = mapped_column(index=True)


class MemberToken(Base):
    """A mailed secret: confirms an address, resets a password. Stored hashed, used once."""

    __tablename__ = "member_token"
    id: Mapped[Id]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    purpose: Mapped[str] = mapped_column(word("confirm", "reset", name="purpose"))
    address_key: Mapped[str] = mapped_column(String(254))
    created_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime]
    used_at: Mapped[dt.datetime | None]


class MemberClaim(Base):
    """A member says that an imported profile is theirs; staff approve it (then both become one) or refuse."""

    __tablename__ = "member_claim"
    id: Mapped[Id]
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    imported_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    words: Mapped[str] = mapped_column(String(500), server_default="")
    asked_at: Mapped[dt.datetime]
    decided_at: Mapped[dt.datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    approved: Mapped[bool] = mapped_column(Boolean, server_default=false())

    __table_args__ = (
        Index("ix_member_claim_member", "member_id", "id"),
        Index("ix_member_claim_open", "asked_at", "id", sqlite_where=text("decided_at IS NULL"),
              postgresql_where=text("decided_at IS NULL")),
        Index("uq_member_claim_open", "member_id", unique=True, sqlite_where=text("decided_at IS NULL"),
              postgresql_where=text("decided_at IS NULL")),
    )


class KeptForm(Base):
    """What somebody had typed when their session had ended; given back once after signing in."""

    __tablename__ = "kept_form"
    id: Mapped[Id]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    path: Mapped[str] = mapped_column(String(500))
    fields: Mapped[dict[str, Any]]
    created_at: Mapped[dt.datetime]


class MemberVisit(Base):
    """One UTC day on which a member was here."""

    __tablename__ = "member_visit"
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    day: Mapped[dt.date] = mapped_column(Date, primary_key=True)
