"""Tables of whoever changes the rules: the draft, what would follow from it, and the publication under way."""

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.database import Base, Id, word

THE_DRAFT = 1  # there is one draft, shared by all who manage


class RulesetDraft(Base):
    """The one draft. `data` has the shape of a ruleset, but holds what was typed, right or not."""

    __tablename__ = "ruleset_draft"
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    version: Mapped[int] = mapped_column(Integer, server_default="1")  # one up at each save
    data: Mapped[dict[str, Any]]
    origin: Mapped[str] = mapped_column(word("version", "preset", "file", name="origin"))
    origin_name: Mapped[str] = mapped_column(String(60), server_default="")
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    changed_at: Mapped[dt.datetime]


class RulesetSimulation(Base):
    """What rules would do, worked out once and kept for the page. Only the newest is kept.

    `found` holds counts (see `simulation.Found`); who is concerned stands in `ruleset_effect`.
    """

    __tablename__ = "ruleset_simulation"
    id: Mapped[Id]
    data: Mapped[dict[str, Any]]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    asked_at: Mapped[dt.datetime]
    done: Mapped[int] = mapped_column(Integer, server_default="0")
    total: Mapped[int] = mapped_column(Integer, server_default="0")
    found: Mapped[dict[str, Any] | None]
    finished_at: Mapped[dt.datetime | None]


class RulesetEffect(Base):
    """A member whom a simulation's topic ("up:twig:branch", "gains:invite") is about. `way` counts from 0."""

    __tablename__ = "ruleset_effect"
    simulation_id: Mapped[int] = mapped_column(
        ForeignKey("ruleset_simulation.id", ondelete="CASCADE"), primary_key=True
    )
    topic: Mapped[str] = mapped_column(String(100), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    way: Mapped[int | None] = mapped_column(SmallInteger)

    __table_args__ = (Index("ix_ruleset_effect_member", "member_id"),)


class RulesetPublication(Base):
    """Rules on their way into force. `active` is true while it goes on and null afterwards, so there is one at a time.

    `phase` and `last_id` say where it goes on after a stop; `generation` is the one that it writes, null when points
    cannot change; `version_id` is there once the rules are in force.
    """

    __tablename__ = "ruleset_publication"
    id: Mapped[Id]
    data: Mapped[dict[str, Any]]
    note: Mapped[str] = mapped_column(String(300), server_default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    asked_at: Mapped[dt.datetime]
    active: Mapped[bool | None] = mapped_column(unique=True)
    phase: Mapped[str] = mapped_column(
        word("begin", "wait", "sources", "caps", "switch", "ranks", "done", name="phase"), server_default="begin"
    )
    base_id: Mapped[int | None] = mapped_column(ForeignKey("ruleset_version.id"))  # in force when it began
    generation: Mapped[int | None] = mapped_column(Integer)
    last_id: Mapped[int] = mapped_column(Integer, server_default="0")
    done: Mapped[int] = mapped_column(Integer, server_default="0")
    total: Mapped[int] = mapped_column(Integer, server_default="0")
    version_id: Mapped[int | None] = mapped_column(ForeignKey("ruleset_version.id"))
    failure: Mapped[str | None] = mapped_column(Text)
    finished_at: Mapped[dt.datetime | None]
