"""Flags, the cases that they make, sanctions, and the log that nobody can edit."""

import datetime as dt
from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Connection,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    event,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.database import Base, Id, word
from forum.moderation import log_guard

TARGETS = ("post", "message", "member", "thread", "board")  # of cases
LOGGED = (*TARGETS, "category", "product")  # what the log tells of
PATTERNS = ("mutual", "ring", "one_giver", "hub", "signals", "burst", "acceptances")  # of the fairness report
VOID_REASONS = ("exchanged", "one_sided", "accounts")
REASONS = ("spam", "rude", "unsafe", "private", "off_topic", "other")


class Case(Base):
    """All flags on one thing, handled together. One open case a thing."""

    __tablename__ = "moderation_case"
    id: Mapped[Id]
    target_kind: Mapped[str] = mapped_column(word(*TARGETS, name="target_kind"))
    target_id: Mapped[int] = mapped_column(Integer)
    board_id: Mapped[int | None] = mapped_column(ForeignKey("board.id"))
    state: Mapped[str] = mapped_column(word("open", "upheld", "dismissed", name="state"), server_default="open")
    open_key: Mapped[str | None] = mapped_column(String(60), unique=True)  # "post:12" while open
    flag_count: Mapped[int] = mapped_column(Integer, server_default="0")
    hidden_automatically: Mapped[bool] = mapped_column(Boolean, server_default=false())
    claimed_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    claimed_at: Mapped[dt.datetime | None]
    opened_at: Mapped[dt.datetime]
    closed_at: Mapped[dt.datetime | None]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))

    __table_args__ = (
        Index("ix_moderation_case_queue", "state", "opened_at", "id"),
        Index("ix_moderation_case_target", "target_kind", "target_id"),
    )


class Flag(Base):
    """Somebody says that something is not right; a guest is told apart by a keyed hash of their network."""

    __tablename__ = "flag"
    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(ForeignKey("moderation_case.id"))
    flagger_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), index=True)
    guest_key: Mapped[str | None] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(word(*REASONS, name="reason"))
    note: Mapped[str] = mapped_column(String(500), server_default="")
    created_at: Mapped[dt.datetime]

    __table_args__ = (
        UniqueConstraint("case_id", "flagger_id", name="uq_flag_member_once"),
        UniqueConstraint("case_id", "guest_key", name="uq_flag_guest_once"),
        CheckConstraint("(flagger_id IS NULL) <> (guest_key IS NULL)", name="somebody"),
    )


class FairnessCase(Base):
    """A pattern of votes or acceptances that stands out, with its evidence; one row however often it is found.

    `evidence` is what `forum.reputation.fairness.Finding.as_data` says. `why` is what members read when votes are
    voided, `note` what the team wrote for itself.
    """

    __tablename__ = "fairness_case"
    id: Mapped[Id]
    pattern: Mapped[str] = mapped_column(word(*PATTERNS, name="pattern"))
    state: Mapped[str] = mapped_column(word("open", "dismissed", "voided", name="state"), server_default="open")
    score: Mapped[int] = mapped_column(Integer)
    evidence: Mapped[dict[str, Any]]
    first_seen_at: Mapped[dt.datetime]
    last_seen_at: Mapped[dt.datetime]
    decided_at: Mapped[dt.datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    why: Mapped[str | None] = mapped_column(word(*VOID_REASONS, name="why"))
    note: Mapped[str] = mapped_column(String(500), server_default="")

    __table_args__ = (Index("ix_fairness_case_list", "state", "score", "id"),)


class FairnessMember(Base):
    """A member whom a case of the fairness report names."""

    __tablename__ = "fairness_member"
    case_id: Mapped[int] = mapped_column(ForeignKey("fairness_case.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True, index=True)


class Sanction(Base):
    """A warning, a silence or a suspension, with its reason and its end."""

    __tablename__ = "sanction"
    id: Mapped[Id]
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    kind: Mapped[str] = mapped_column(word("warning", "silence", "suspension", name="kind"))
    reason: Mapped[str] = mapped_column(String(500))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    created_at: Mapped[dt.datetime]
    until: Mapped[dt.datetime | None]  # none for a warning; a suspension always has one
    voids_votes: Mapped[bool] = mapped_column(Boolean, server_default=false())
    lifted_at: Mapped[dt.datetime | None]
    lifted_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))


class LogEntry(Base):
    """One act of moderation. The database refuses to change or delete a line."""

    __tablename__ = "moderation_log"
    id: Mapped[Id]
    at: Mapped[dt.datetime]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    verb: Mapped[str] = mapped_column(String(40))
    target_kind: Mapped[str] = mapped_column(word(*LOGGED, name="target_kind"))
    target_id: Mapped[int] = mapped_column(Integer)
    board_id: Mapped[int | None] = mapped_column(ForeignKey("board.id"))
    reason: Mapped[str] = mapped_column(String(500), server_default="")
    details: Mapped[dict[str, Any]]  # what undo needs; never text of a redacted post
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("moderation_log.id"), unique=True)

    __table_args__ = (
        Index("ix_moderation_log_target", "target_kind", "target_id", "id"),
        Index("ix_moderation_log_at", "at", "id"),
    )


@event.listens_for(LogEntry.__table__, "after_create")
def _guard_log(_table: Table, connection: Connection, **_options: object) -> None:
    """`create_all` makes the triggers together with the table; the migration executes the same statements."""
    for statement in log_guard.statements(connection.dialect.name):
        connection.exec_driver_sql(statement)
