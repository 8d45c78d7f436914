"""The helpers' desk: what waits by topic, who answered well on what, claims, who was asked, saved replies.

A topic is a board, a tag or a product, named by `kind` and `topic_id`. What waits and who answered well are
projections of threads and posts (see `projections`).
"""

import datetime as dt

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.database import Base, Id, word

TOPICS = ("board", "tag", "product")
STAGES = ("helpers", "staff")


class DeskQuestion(Base):
    """An open question of the last weeks, once under each of its topics. `settled`: no newcomer asked it."""

    __tablename__ = "desk_question"
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(word(*TOPICS, name="kind"), primary_key=True)
    topic_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    answered: Mapped[bool] = mapped_column(Boolean)
    settled: Mapped[bool] = mapped_column(Boolean)
    asked_at: Mapped[dt.datetime] = mapped_column(index=True)

    __table_args__ = (
        Index("ix_desk_question_line", "kind", "topic_id", "answered", "settled", "asked_at", "thread_id"),
    )


class HelperAnswer(Base):
    """A good answer (accepted, or with votes for it), counted once under each topic of its question."""

    __tablename__ = "helper_answer"
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(word(*TOPICS, name="kind"), primary_key=True)
    topic_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)


class HelperTopic(Base):
    """How many good answers a member gave on a topic: the count of their `HelperAnswer`s."""

    __tablename__ = "helper_topic"
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(word(*TOPICS, name="kind"), primary_key=True)
    topic_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    good: Mapped[int] = mapped_column(Integer)

    __table_args__ = (
        Index("ix_helper_topic_best", "member_id", "kind", "good"),
        Index("ix_helper_topic_who", "kind", "topic_id", "good"),
    )


class ThreadClaim(Base):
    """Somebody is writing an answer, until then at the latest. One at a time for a question."""

    __tablename__ = "thread_claim"
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    until: Mapped[dt.datetime] = mapped_column(index=True)


class Escalation(Base):
    """A question was handed on: to helpers, then to staff. Each happens once, whoever was found."""

    __tablename__ = "desk_escalation"
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id"), primary_key=True)
    stage: Mapped[str] = mapped_column(word(*STAGES, name="stage"), primary_key=True)
    at: Mapped[dt.datetime]


class DeskAsk(Base):
    """A member was asked to look at a question; nobody is asked twice about the same one."""

    __tablename__ = "desk_ask"
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    stage: Mapped[str] = mapped_column(word(*STAGES, name="stage"))
    asked_at: Mapped[dt.datetime]

    __table_args__ = (Index("ix_desk_ask_member", "member_id", "asked_at"),)


class DeskPreference(Base):
    """Whether a member wants to be asked. No row: they were not asked that yet, and are not asked anything."""

    __tablename__ = "desk_preference"
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    asks: Mapped[bool] = mapped_column(Boolean, server_default=false())
    decided_at: Mapped[dt.datetime]


class SavedReply(Base):
    """Words that somebody writes often: their own, or staff's for everybody."""

    __tablename__ = "saved_reply"
    id: Mapped[Id]
    owner_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    shared: Mapped[bool] = mapped_column(Boolean, server_default=false())
    title: Mapped[str] = mapped_column(String(80))
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[dt.datetime]
    changed_at: Mapped[dt.datetime]

    __table_args__ = (
        Index("ix_saved_reply_owner", "owner_id", "shared", "title"),
        Index("ix_saved_reply_shared", "shared", "title"),
    )
