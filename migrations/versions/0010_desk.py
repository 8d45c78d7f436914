"""The helpers' desk: waiting questions by topic, who answered well, claims, who was asked, saved replies.

What waits and who answered well are made here from the threads and posts that are there.
"""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

HORIZON = dt.timedelta(days=60)
KIND = sa.Enum("board", "tag", "product", name="kind", native_enum=False, create_constraint=True, length=32)
STAGE = sa.Enum("helpers", "staff", name="stage", native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    op.create_table(
        "desk_preference",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("asks", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_desk_preference_member_id_member")),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_desk_preference")),
    )
    op.create_table(
        "helper_topic",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("kind", KIND, nullable=False),
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.Column("good", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_helper_topic_member_id_member")),
        sa.PrimaryKeyConstraint("member_id", "kind", "topic_id", name=op.f("pk_helper_topic")),
    )
    op.create_index("ix_helper_topic_best", "helper_topic", ["member_id", "kind", "good"])
    op.create_index("ix_helper_topic_who", "helper_topic", ["kind", "topic_id", "good"])
    op.create_table(
        "saved_reply",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("shared", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["member.id"], name=op.f("fk_saved_reply_owner_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_reply")),
    )
    op.create_index("ix_saved_reply_owner", "saved_reply", ["owner_id", "shared", "title"])
    op.create_index("ix_saved_reply_shared", "saved_reply", ["shared", "title"])
    op.create_table(
        "desk_ask",
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("stage", STAGE, nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_desk_ask_member_id_member")),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name=op.f("fk_desk_ask_thread_id_thread")),
        sa.PrimaryKeyConstraint("thread_id", "member_id", name=op.f("pk_desk_ask")),
    )
    op.create_index("ix_desk_ask_member", "desk_ask", ["member_id", "asked_at"])
    op.create_table(
        "desk_escalation",
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("stage", STAGE, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name=op.f("fk_desk_escalation_thread_id_thread")),
        sa.PrimaryKeyConstraint("thread_id", "stage", name=op.f("pk_desk_escalation")),
    )
    op.create_table(
        "desk_question",
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("kind", KIND, nullable=False),
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("answered", sa.Boolean(), nullable=False),
        sa.Column("settled", sa.Boolean(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["member.id"], name=op.f("fk_desk_question_author_id_member")),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name=op.f("fk_desk_question_thread_id_thread")),
        sa.PrimaryKeyConstraint("thread_id", "kind", "topic_id", name=op.f("pk_desk_question")),
    )
    op.create_index(op.f("ix_desk_question_asked_at"), "desk_question", ["asked_at"])
    op.create_index("ix_desk_question_line", "desk_question", ["kind", "topic_id", "answered", "settled", "asked_at", "thread_id"])
    op.create_table(
        "thread_claim",
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_thread_claim_member_id_member")),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name=op.f("fk_thread_claim_thread_id_thread")),
        sa.PrimaryKeyConstraint("thread_id", name=op.f("pk_thread_claim")),
    )
    op.create_index(op.f("ix_thread_claim_member_id"), "thread_claim", ["member_id"])
    op.create_index(op.f("ix_thread_claim_until"), "thread_claim", ["until"])
    op.create_table(
        "helper_answer",
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("kind", KIND, nullable=False),
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_helper_answer_member_id_member")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_helper_answer_post_id_post")),
        sa.PrimaryKeyConstraint("post_id", "kind", "topic_id", name=op.f("pk_helper_answer")),
    )
    op.create_index(op.f("ix_helper_answer_member_id"), "helper_answer", ["member_id"])

    for kind in ("board", "tag", "product"):
        _fill(kind)
    _count()


def downgrade() -> None:
    for table in (
        "helper_answer", "thread_claim", "desk_question", "desk_escalation", "desk_ask", "saved_reply", "helper_topic",
        "desk_preference",
    ):
        op.drop_table(table)


def _fill(kind: str) -> None:
    """Open questions of the last weeks, and good answers, under the topics of one kind."""
    thread, post = _table("thread", "id board_id product_id author_id kind created_at answer_count solved "
        "asked_as_newcomer deleted_at hidden_at awaits_confirmation locked_at duplicate_of_id accepted_post_id"
    ), _table("post", "id thread_id author_id kind deleted_at hidden_at helpfulness score")
    tagged = _table("thread_tag", "thread_id tag_id")
    topic = {"board": thread.c.board_id, "tag": tagged.c.tag_id, "product": thread.c.product_id}[kind]
    there = sa.and_(
        thread.c.kind == "question", thread.c.deleted_at.is_(None), thread.c.hidden_at.is_(None),
        thread.c.awaits_confirmation == sa.false(), topic.is_not(None),
    )
    horizon = sa.bindparam("horizon", dt.datetime.now(dt.UTC) - HORIZON, sa.DateTime(timezone=True))
    questions = sa.select(
        sa.literal(kind), topic, thread.c.id, thread.c.author_id, thread.c.answer_count > 0,
        thread.c.asked_as_newcomer == sa.false(), thread.c.created_at,
    ).where(
        there, thread.c.solved == sa.false(), thread.c.locked_at.is_(None), thread.c.duplicate_of_id.is_(None),
        thread.c.created_at > horizon,
    )
    answers = sa.select(post.c.id, sa.literal(kind), topic, post.c.author_id).select_from(
        post.join(thread, thread.c.id == post.c.thread_id)
    ).where(
        there, post.c.kind == "answer", post.c.deleted_at.is_(None), post.c.hidden_at.is_(None),
        post.c.author_id != thread.c.author_id,
        sa.or_(thread.c.accepted_post_id == post.c.id, sa.and_(post.c.helpfulness > 0, post.c.score > 0)),
    )
    if kind == "tag":
        questions = questions.join(tagged, tagged.c.thread_id == thread.c.id)
        answers = answers.join(tagged, tagged.c.thread_id == thread.c.id)
    columns = "kind topic_id thread_id author_id answered settled asked_at"
    op.execute(sa.insert(_table("desk_question", columns)).from_select(columns.split(), questions))
    columns = "post_id kind topic_id member_id"
    op.execute(sa.insert(_table("helper_answer", columns)).from_select(columns.split(), answers))


def _count() -> None:
    """Good answers by member and topic."""
    held = _table("helper_answer", "post_id kind topic_id member_id")
    by = (held.c.member_id, held.c.kind, held.c.topic_id)
    columns = ["member_id", "kind", "topic_id", "good"]
    counts = sa.select(*by, sa.func.count()).group_by(*by)
    op.execute(sa.insert(_table("helper_topic", " ".join(columns))).from_select(columns, counts))


def _table(name: str, columns: str) -> Any:
    return sa.table(name, *(sa.column(column) for column in columns.split()))
