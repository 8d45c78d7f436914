"""Threads, the tree of their posts, and what people thought of them."""

import datetime as dt
from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.boards.models import Board
from forum.core.database import Base, Id, word
from forum.members.models import Member

KINDS = ("question", "discussion", "idea")
IDEA_STATES = ("under_review", "planned", "done", "declined")


class Gone:
    """Two ways to be gone, both undoable: deleted (by the author or staff) and hidden (by moderation)."""

    deleted_at: Mapped[dt.datetime | None]
    deleted_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    hidden_at: Mapped[dt.datetime | None]
    hidden_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    hidden_reason: Mapped[str | None] = mapped_column(String(500))

    @property
    def is_gone(self) -> bool:
        """Whether it is deleted or hidden."""
        return self.deleted_at is not None or self.hidden_at is not None


class Thread(Gone, Base):
    """A question, a discussion or an idea. Counters are projections; `recount` agrees with them."""

    __tablename__ = "thread"
    id: Mapped[Id]
    board_id: Mapped[int] = mapped_column(ForeignKey("board.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    product_id: Mapped[int | None] = mapped_column(ForeignKey("product.id"))
    kind: Mapped[str] = mapped_column(word(*KINDS, name="kind"))
    title: Mapped[str] = mapped_column(String(200))
    slug: Mapped[str] = mapped_column(String(120))
    language: Mapped[str] = mapped_column(String(8), server_default="en")
    created_at: Mapped[dt.datetime]
    last_activity_at: Mapped[dt.datetime]
    last_author_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    opening_id: Mapped[int | None] = mapped_column(Integer)  # no foreign key: the post comes after its thread
    accepted_post_id: Mapped[int | None] = mapped_column(Integer)
    awaits_confirmation: Mapped[bool] = mapped_column(Boolean, server_default=false())
    asked_as_newcomer: Mapped[bool] = mapped_column(Boolean, server_default=false())
    pinned_at: Mapped[dt.datetime | None]
    locked_at: Mapped[dt.datetime | None]
    locked_reason: Mapped[str | None] = mapped_column(String(500))
    duplicate_of_id: Mapped[int | None] = mapped_column(ForeignKey("thread.id"))  # that one is never a duplicate
    asker_asked_at: Mapped[dt.datetime | None]  # the asker was asked whether it is solved: once ever
    solved: Mapped[bool] = mapped_column(Boolean, server_default=false())  # an accepted answer is visible
    answer_count: Mapped[int] = mapped_column(Integer, server_default="0")  # visible answers
    reply_count: Mapped[int] = mapped_column(Integer, server_default="0")  # visible posts but the opening
    people_count: Mapped[int] = mapped_column(Integer, server_default="0")  # authors of visible posts
    faces: Mapped[list[Any]] = mapped_column(server_default="[]")  # ids of those who wrote last (see `taking_part`)
    score: Mapped[int] = mapped_column(Integer, server_default="0")  # the opening's
    next_position: Mapped[int] = mapped_column(Integer, server_default="0")
    view_count: Mapped[int] = mapped_column(Integer, server_default="0")
    version: Mapped[int] = mapped_column(Integer, server_default="0")
    idea_state: Mapped[str | None] = mapped_column(word(*IDEA_STATES, name="idea_state"))  # in effect in an idea
    idea_when: Mapped[str | None] = mapped_column(String(40))  # "planned for": a quarter, a month, as typed
    external_source: Mapped[str | None] = mapped_column(String(60))
    external_id: Mapped[str | None] = mapped_column(String(60))

    board: Mapped[Board] = relationship(lazy="raise")
    author: Mapped[Member] = relationship(lazy="raise", foreign_keys=[author_id])

    __table_args__ = (
        Index("ix_thread_latest", "last_activity_at", "id"),
        Index("ix_thread_board_latest", "board_id", "last_activity_at", "id"),
        Index("ix_thread_board_kind_latest", "board_id", "kind", "last_activity_at", "id"),
        Index("ix_thread_unanswered", "kind", "answer_count", "asked_as_newcomer", "created_at", "id"),
        Index("ix_thread_author", "author_id", "created_at"),
        Index("ix_thread_created", "created_at", "id"),
        Index("ix_thread_board_created", "board_id", "created_at", "id"),
        Index("ix_thread_board_solved", "board_id", "kind", "solved", "last_activity_at", "id"),
        Index("ix_thread_board_unanswered", "board_id", "kind", "answer_count", "asked_as_newcomer", "created_at",
              "id"),
        # The moment is read from the index: a top of few days passes over what was liked more, and before.
        Index("ix_thread_top", "score", "id", "created_at", sqlite_where=text("score > 0"),
              postgresql_where=text("score > 0")),
        Index("ix_thread_board_top", "board_id", "score", "id", "created_at"),
        Index("ix_thread_board_kind_top", "board_id", "kind", "score", "id", "created_at"),
        Index("ix_thread_pinned", "board_id", "pinned_at", sqlite_where=text("pinned_at IS NOT NULL"),
              postgresql_where=text("pinned_at IS NOT NULL")),
        Index("ix_thread_duplicates", "duplicate_of_id", sqlite_where=text("duplicate_of_id IS NOT NULL"),
              postgresql_where=text("duplicate_of_id IS NOT NULL")),
        Index("ix_thread_board_idea", "board_id", "idea_state", "score", "id",
              sqlite_where=text("idea_state IS NOT NULL"), postgresql_where=text("idea_state IS NOT NULL")),
        Index("ix_thread_liked", "board_id", "created_at", sqlite_where=text("score > 0"),
              postgresql_where=text("score > 0")),
        Index("uq_thread_external", "external_source", "external_id", unique=True),
    )


class IdeaChange(Base):
    """What the shop said about an idea, and when. One that is taken back stays, unseen; what it said before is here."""

    __tablename__ = "idea_change"
    id: Mapped[Id]
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id"))
    state: Mapped[str | None] = mapped_column(word(*IDEA_STATES, name="state"))
    planned_for: Mapped[str | None] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(String(500), server_default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    created_at: Mapped[dt.datetime]
    undone_at: Mapped[dt.datetime | None]

    __table_args__ = (Index("ix_idea_change_thread", "thread_id", "id"),)


class Post(Gone, Base):
    """One contribution. `kind` is opening, answer (first level of a question) or reply.

    `root_id` is the first-level post (or opening) that it hangs under, itself for first-level posts;
    `position` its place among the first level, `reply_index` its place under the root. Both are
    given once; holes stay. A parent always has a smaller index than its children.
    """

    __tablename__ = "post"
    id: Mapped[Id]
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    kind: Mapped[str] = mapped_column(word("opening", "answer", "reply", name="kind"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    root_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    position: Mapped[int | None] = mapped_column(Integer)  # first level only
    reply_index: Mapped[int] = mapped_column(Integer, server_default="0")  # 0 for a first-level post or opening
    depth: Mapped[int] = mapped_column(Integer, server_default="0")
    body_source: Mapped[str] = mapped_column(Text)
    body_html: Mapped[str] = mapped_column(Text)
    body_text: Mapped[str] = mapped_column(Text, server_default="")
    renderer_version: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[dt.datetime]
    edited_at: Mapped[dt.datetime | None]
    redacted_at: Mapped[dt.datetime | None]
    common_since: Mapped[dt.datetime | None]  # everybody's from this UTC day on: its votes bring nobody points
    revision_count: Mapped[int] = mapped_column(Integer, server_default="0")
    next_reply_index: Mapped[int] = mapped_column(Integer, server_default="1")  # of a root
    reply_count: Mapped[int] = mapped_column(Integer, server_default="0")  # visible posts under a root
    base_score: Mapped[int] = mapped_column(Integer, server_default="0")
    score: Mapped[int] = mapped_column(Integer, server_default="0")
    up_count: Mapped[int] = mapped_column(Integer, server_default="0")
    down_count: Mapped[int] = mapped_column(Integer, server_default="0")
    up_weight: Mapped[int] = mapped_column(Integer, server_default="0")  # of all up votes, in hundredths
    down_weight: Mapped[int] = mapped_column(Integer, server_default="0")
    worked_count: Mapped[int] = mapped_column(Integer, server_default="0")  # up votes that say: this worked for me
    endorsed: Mapped[bool] = mapped_column(Boolean, server_default=false())  # the shop stands behind it
    also_helped: Mapped[bool] = mapped_column(Boolean, server_default=false())  # the asker names it beside another
    helpfulness: Mapped[int] = mapped_column(Integer, server_default="0")
    accepted: Mapped[bool] = mapped_column(Boolean, server_default=false())  # in force: heads the list
    external_source: Mapped[str | None] = mapped_column(String(60))
    external_id: Mapped[str | None] = mapped_column(String(60))

    thread: Mapped[Thread] = relationship(lazy="raise")
    author: Mapped[Member] = relationship(lazy="raise", foreign_keys=[author_id])

    __table_args__ = (
        Index("ix_post_first_level", "thread_id", "position"),
        Index("ix_post_thread", "thread_id", "id"),
        Index("ix_post_taking_part", "thread_id", "author_id", "id",
              sqlite_where=text("deleted_at IS NULL AND hidden_at IS NULL"),
              postgresql_where=text("deleted_at IS NULL AND hidden_at IS NULL")),
        Index("ix_post_helpful", "thread_id", "kind", accepted.desc(), helpfulness.desc(), "created_at", "id"),
        Index("ix_post_replies", "root_id", "reply_index"),
        Index("ix_post_children", "parent_id", "reply_index"),
        Index("ix_post_author", "author_id", "created_at"),
        Index("ix_post_author_kind", "author_id", "kind", "created_at", "id"),
        Index("ix_post_author_best", "author_id", "kind", "helpfulness", "id"),
        Index("ix_post_author_accepted", "author_id", sqlite_where=text("accepted = 1"),
              postgresql_where=text("accepted")),
        Index("ix_post_also_helped", "thread_id", sqlite_where=text("also_helped = 1"),
              postgresql_where=text("also_helped")),
        Index("uq_post_external", "external_source", "external_id", unique=True),
        UniqueConstraint("thread_id", "position", name="uq_post_thread_position"),
        CheckConstraint("(kind = 'reply') OR (parent_id IS NULL)", name="first_level_has_no_parent"),
    )


class PostRevision(Base):
    """What a post said before an edit."""

    __tablename__ = "post_revision"
    id: Mapped[Id]
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    number: Mapped[int] = mapped_column(Integer)
    editor_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    title: Mapped[str | None] = mapped_column(String(200))
    tags: Mapped[str | None] = mapped_column(String(300))
    product: Mapped[str | None] = mapped_column(String(120))  # its slug; empty: about none
    body_source: Mapped[str] = mapped_column(Text)
    created_at: Mapped[dt.datetime]

    __table_args__ = (UniqueConstraint("post_id", "number", name="uq_post_revision_number"),)


class Vote(Base):
    """What one member thinks of one post. A vote taken back stays as a row with value 0.

    An up vote on an answer may say more: that it worked for the voter. `weight` is of the moment when the vote was
    cast; what its voter buys or is thanked for later does not change it.
    """

    __tablename__ = "vote"
    id: Mapped[Id]
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    voter_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    value: Mapped[int] = mapped_column(Integer)
    reason: Mapped[str | None] = mapped_column(word("wrong", "unsafe", name="reason"))
    weight: Mapped[int] = mapped_column(Integer, server_default="100")  # hundredths of a plain vote
    worked_at: Mapped[dt.datetime | None]
    worked_with: Mapped[str | None] = mapped_column(String(40))  # a version, as typed
    # Where the thread is about a product: whether who says that it worked owns it now. Null: it is about none.
    by_owner: Mapped[bool | None] = mapped_column(Boolean)
    # What they owned of it when they said so: what the thread is about may change, and must not unmake their word.
    owned_product_id: Mapped[int | None] = mapped_column(ForeignKey("product.id"))
    voided_at: Mapped[dt.datetime | None]  # does not count; `Voiding` says for which causes
    created_at: Mapped[dt.datetime]
    changed_at: Mapped[dt.datetime]
    external_id: Mapped[str | None] = mapped_column(String(80), unique=True)

    __table_args__ = (
        UniqueConstraint("post_id", "voter_id", name="uq_vote_post_voter"),
        CheckConstraint("value IN (-1, 0, 1)", name="one_step"),
        Index("ix_vote_voter", "voter_id", "changed_at"),  # a day's votes
        Index("ix_vote_post_time", "post_id", "created_at", "id"),  # the first votes fill a question's cap
        Index("ix_vote_created", "created_at"),  # what was given lately, for the report of suspicious patterns
        Index("ix_vote_worked", "voter_id", sqlite_where=text("worked_at IS NOT NULL"),
              postgresql_where=text("worked_at IS NOT NULL")),
        Index("ix_vote_worked_post", "post_id", sqlite_where=text("worked_at IS NOT NULL"),
              postgresql_where=text("worked_at IS NOT NULL")),
    )


class Acceptance(Base):
    """An answer was accepted; undone when the asker changed their mind."""

    __tablename__ = "acceptance"
    id: Mapped[Id]
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id"), index=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"), unique=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    created_at: Mapped[dt.datetime]
    undone_at: Mapped[dt.datetime | None]
    voided_at: Mapped[dt.datetime | None]  # brings no points; `Voiding` says for which causes. The mark stays
    external_id: Mapped[str | None] = mapped_column(String(80), unique=True)

    __table_args__ = (Index("ix_acceptance_created", "created_at"),)


class Voiding(Base):
    """Why a vote or an acceptance does not count: one row a cause, so that taking back one leaves the others.

    `cause_id` is the sanction, the case of the fairness report, or the imported profile that became one with the voter.
    """

    __tablename__ = "voiding"
    kind: Mapped[str] = mapped_column(word("vote", "acceptance", name="kind"), primary_key=True)
    source_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    cause: Mapped[str] = mapped_column(word("sanction", "fairness", "merge", name="cause"), primary_key=True)
    cause_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    at: Mapped[dt.datetime]
    why: Mapped[str | None] = mapped_column(String(20))  # what those concerned read; none where it is not for them

    __table_args__ = (Index("ix_voiding_cause", "cause", "cause_id", "kind", "source_id"),)


class Endorsement(Base):
    """The shop stands behind an answer; undone when it no longer does."""

    __tablename__ = "endorsement"
    id: Mapped[Id]
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"), unique=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    created_at: Mapped[dt.datetime]
    undone_at: Mapped[dt.datetime | None]


class Tag(Base):
    """A word threads are found by; a synonym points to the tag that stands for it."""

    __tablename__ = "tag"
    id: Mapped[Id]
    slug: Mapped[str] = mapped_column(String(40), unique=True)
    synonym_of_id: Mapped[int | None] = mapped_column(ForeignKey("tag.id"))
    thread_count: Mapped[int] = mapped_column(Integer, server_default="0")


class ThreadTag(Base):
    """A thread bears a tag."""

    __tablename__ = "thread_tag"
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id"), primary_key=True)
    tag_id: Mapped[int] = mapped_column(ForeignKey("tag.id"), primary_key=True)
    place: Mapped[int] = mapped_column(Integer, server_default="0")

    __table_args__ = (Index("ix_thread_tag_newest", "tag_id", "thread_id"),)


class ThreadRead(Base):
    """How far a member has read a thread: all posts up to this id."""

    __tablename__ = "thread_read"
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id"), primary_key=True, index=True)
    post_id: Mapped[int] = mapped_column(Integer)
    read_at: Mapped[dt.datetime]

    __table_args__ = (Index("ix_thread_read_newest", "member_id", "read_at"),)
