"""Changing the rules: one draft, what it would do, and the way of rules into force."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

ORIGIN = sa.Enum("version", "preset", "file", name="origin", native_enum=False, create_constraint=True, length=32)
PHASE = sa.Enum(
    "begin", "wait", "sources", "caps", "switch", "ranks", "done", name="phase", native_enum=False,
    create_constraint=True, length=32,
)


def upgrade() -> None:
    op.create_table(
        "ruleset_draft",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("origin", ORIGIN, nullable=False),
        sa.Column("origin_name", sa.String(length=60), server_default="", nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["changed_by_id"], ["member.id"], name=op.f("fk_ruleset_draft_changed_by_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ruleset_draft")),
    )
    op.create_table(
        "ruleset_simulation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done", sa.Integer(), server_default="0", nullable=False),
        sa.Column("total", sa.Integer(), server_default="0", nullable=False),
        sa.Column("found", sa.JSON(), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["asked_by_id"], ["member.id"], name=op.f("fk_ruleset_simulation_asked_by_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ruleset_simulation")),
    )
    op.create_table(
        "ruleset_effect",
        sa.Column("simulation_id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(length=100), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("way", sa.SmallInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["simulation_id"], ["ruleset_simulation.id"], ondelete="CASCADE",
            name=op.f("fk_ruleset_effect_simulation_id_ruleset_simulation"),
        ),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_ruleset_effect_member_id_member")),
        sa.PrimaryKeyConstraint("simulation_id", "topic", "member_id", name=op.f("pk_ruleset_effect")),
    )
    op.create_index("ix_ruleset_effect_member", "ruleset_effect", ["member_id"])
    op.create_table(
        "ruleset_publication",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("note", sa.String(length=300), server_default="", nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=True),
        sa.Column("phase", PHASE, server_default="begin", nullable=False),
        sa.Column("base_id", sa.Integer(), nullable=True),
        sa.Column("generation", sa.Integer(), nullable=True),
        sa.Column("last_id", sa.Integer(), server_default="0", nullable=False),
        sa.Column("done", sa.Integer(), server_default="0", nullable=False),
        sa.Column("total", sa.Integer(), server_default="0", nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["member.id"], name=op.f("fk_ruleset_publication_by_id_member")),
        sa.ForeignKeyConstraint(
            ["base_id"], ["ruleset_version.id"], name=op.f("fk_ruleset_publication_base_id_ruleset_version")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["ruleset_version.id"], name=op.f("fk_ruleset_publication_version_id_ruleset_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ruleset_publication")),
        sa.UniqueConstraint("active", name=op.f("uq_ruleset_publication_active")),
    )


def downgrade() -> None:
    for table in ("ruleset_publication", "ruleset_effect", "ruleset_simulation", "ruleset_draft"):
        op.drop_table(table)
