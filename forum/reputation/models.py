"""The ledger, what follows from it, and the rules in force."""

import datetime as dt
from typing import Any

from sqlalchemy import (
    ColumnClause,
    Date,
    ForeignKey,
    Index,
    Integer,
    ScalarSelect,
    String,
    UniqueConstraint,
    column,
    func,
    select,
    table,
)
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.database import Base, Id, word

AXES = ("reputation", "purchases")


class LedgerLine(Base):
    """One change of one member's points: appended, never changed. A correction is another line."""

    __tablename__ = "ledger_line"
    id: Mapped[Id]
    generation: Mapped[int] = mapped_column(Integer, server_default="1")
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    axis: Mapped[str] = mapped_column(word(*AXES, name="axis"))
    kind: Mapped[str] = mapped_column(String(40))
    points: Mapped[int] = mapped_column(Integer)
    source_kind: Mapped[str] = mapped_column(String(40))
    source_id: Mapped[str] = mapped_column(String(80))
    caused_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    event_day: Mapped[dt.date] = mapped_column(Date)
    created_at: Mapped[dt.datetime]

    __table_args__ = (
        # The generation never comes first: without statistics SQLite would take it for selective.
        Index("ix_ledger_line_member", "member_id", "generation", "axis", "event_day", "id"),
        Index("ix_ledger_line_kind", "member_id", "generation", "axis", "kind", "event_day", "id"),
        Index("ix_ledger_line_source", "source_id", "source_kind", "generation"),
        Index("ix_ledger_line_post", "post_id", "generation"),
    )


class MemberStanding(Base):
    """A member's totals and rank: a projection of the ledger, visits, acceptances and purchases."""

    __tablename__ = "member_standing"
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    reputation: Mapped[int] = mapped_column(Integer, server_default="0")
    purchases: Mapped[int] = mapped_column(Integer, server_default="0")
    accepted: Mapped[int] = mapped_column(Integer, server_default="0")
    helped: Mapped[int] = mapped_column(Integer, server_default="0")
    days: Mapped[int] = mapped_column(Integer, server_default="0")
    rank_key: Mapped[str] = mapped_column(String(40), server_default="seed")
    rank_since: Mapped[dt.datetime]
    # Within the ruleset's window; 0 while no rank asks for it.
    points_recent: Mapped[int] = mapped_column(Integer, server_default="0")
    purchases_recent: Mapped[int] = mapped_column(Integer, server_default="0")
    flags: Mapped[int] = mapped_column(Integer, server_default="0")
    # The numbers no longer meet the rank: the day on which it is lost, and the day that the last warning named.
    falls_on: Mapped[dt.date | None] = mapped_column(Date)
    warned_for: Mapped[dt.date | None] = mapped_column(Date)
    # Staff hold the member at a rank.
    lock_rank_key: Mapped[str | None] = mapped_column(String(40))
    lock_until: Mapped[dt.datetime | None]
    lock_reason: Mapped[str] = mapped_column(String(500), server_default="")
    lock_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    best_rank_key: Mapped[str] = mapped_column(String(40), server_default="")  # the highest ever celebrated
    due_on: Mapped[dt.date | None] = mapped_column(Date)  # the first day on which time alone may change any of this

    __table_args__ = (
        Index("ix_member_standing_reputation", "reputation", "member_id"),
        Index("ix_member_standing_due", "due_on", "member_id"),
        Index("ix_member_standing_rank", "rank_key", "member_id"),
    )


class HelpingTotal(Base):
    """What a member's lines of the axis Helping amount to in a period, everywhere (board 0) or on a board.

    Days are kept everywhere only.
    """

    __tablename__ = "helping_total"
    # The member first: what is written for a member at once then lies at one place. No keys to member and board: a
    # rebuild writes twice as many totals as lines, and the lines that they are made of have them.
    member_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    period: Mapped[str] = mapped_column(String(8), primary_key=True)  # "2026-W47", "2026-11", "all", "20261127"
    board_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    points: Mapped[int] = mapped_column(Integer)

    __table_args__ = (
        Index("ix_helping_total_rank", "period", "board_id", points.desc(), "member_id"),
        {"sqlite_with_rowid": False},
    )


class LedgerRebuild(Base):
    """A generation of lines that is being written beside the one in force; gone when it took over."""

    __tablename__ = "ledger_rebuild"
    generation: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    started_at: Mapped[dt.datetime]


class LedgerStale(Base):
    """A member for whom something was settled while a generation is being written.

    Their lines in that generation are written once more before it takes over.
    """

    __tablename__ = "ledger_stale"
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)


class Award(Base):
    """Points given by hand or by an import: a source of ledger lines. Undone, it yields nothing."""

    __tablename__ = "award"
    id: Mapped[Id]
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    points: Mapped[int] = mapped_column(Integer)
    note: Mapped[str] = mapped_column(String(300), server_default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    created_at: Mapped[dt.datetime]
    undone_at: Mapped[dt.datetime | None]
    external_id: Mapped[str | None] = mapped_column(String(80), unique=True)


def _next_number() -> ScalarSelect[int]:
    """The number of the next version; two at once meet at its uniqueness."""
    last: ColumnClause[int] = column("number", Integer)
    return select(func.coalesce(func.max(last), 0) + 1).select_from(table("ruleset_version", last)).scalar_subquery()


class RulesetVersion(Base):
    """A published set of rules; the newest is in force. Versions are numbered from 1."""

    __tablename__ = "ruleset_version"
    id: Mapped[Id]
    number: Mapped[int] = mapped_column(Integer, unique=True, default=_next_number())
    name: Mapped[str] = mapped_column(String(60))
    data: Mapped[dict[str, Any]]
    note: Mapped[str] = mapped_column(String(300), server_default="")
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    published_at: Mapped[dt.datetime]
    generation: Mapped[int] = mapped_column(Integer, server_default="1")


class Badge(Base):
    """A distinction. `labels` say what it is called, `about` what it is for, by language.

    With a `key` it is (or was) one of a ruleset; without, it came with an import and is only kept.
    """

    __tablename__ = "badge"
    id: Mapped[Id]
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    labels: Mapped[dict[str, Any]]
    level: Mapped[str | None] = mapped_column(word("bronze", "silver", "gold", name="level"))
    key: Mapped[str | None] = mapped_column(String(40), unique=True)
    family: Mapped[str | None] = mapped_column(word("first", "craft", "kindness", name="family"))
    about: Mapped[dict[str, Any] | None]
    rule: Mapped[dict[str, Any] | None]  # under which members were looked through; none: not yet
    holder_count: Mapped[int] = mapped_column(Integer, server_default="0")  # different members; `recount` agrees


class MemberBadge(Base):
    """A member got a badge; some can be had several times: once for each `occasion`.

    `occasion` is empty for what is had once, the post's id for what a post earned, and none for imported ones.
    `revoked_at`: what it was for was voided; it comes back when it is earned again.
    """

    __tablename__ = "member_badge"
    id: Mapped[Id]
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    badge_id: Mapped[int] = mapped_column(ForeignKey("badge.id"), index=True)
    occasion: Mapped[str | None] = mapped_column(String(20))
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"), index=True)
    awarded_at: Mapped[dt.datetime]
    revoked_at: Mapped[dt.datetime | None]
    external_id: Mapped[str | None] = mapped_column(String(80), unique=True)

    __table_args__ = (
        UniqueConstraint("member_id", "badge_id", "occasion", name="uq_member_badge_occasion"),
        Index("ix_member_badge_newest", "badge_id", "awarded_at", "id"),
    )
