"""Imports: what was taken from where, badges, claims on imported profiles, and rebuilding beside the ledger in force."""

import sqlalchemy as sa
from alembic import op

from forum.core.database import UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add tables, and the day from which a post is everybody's."""
    op.add_column("post", sa.Column("common_since", UtcDateTime(timezone=True), nullable=True))
    op.create_table(
        "import_key",
        sa.Column("source", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("external_id", sa.String(length=120), nullable=False),
        sa.Column("row_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=32), server_default="", nullable=False),
        sa.Column("edits", sa.Integer(), server_default="0", nullable=False),
        sa.Column("gone", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("source", "kind", "external_id", name=op.f("pk_import_key")),
    )
    op.create_table(
        "import_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=60), nullable=False),
        sa.Column("stage", sa.String(length=20), nullable=False),
        sa.Column("done", sa.Integer(), server_default="0", nullable=False),
        sa.Column("changed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("started_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("finished_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("through", UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_run")),
    )
    op.create_index(op.f("ix_import_run_source"), "import_run", ["source"])
    op.create_table(
        "ledger_rebuild",
        sa.Column("generation", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("started_at", UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("generation", name=op.f("pk_ledger_rebuild")),
    )
    op.create_table(
        "ledger_stale",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_ledger_stale_member_id_member")),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_ledger_stale")),
    )
    op.create_table(
        "badge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("labels", sa.JSON(), nullable=False),
        sa.Column(
            "level",
            sa.Enum("bronze", "silver", "gold", name="level", native_enum=False, create_constraint=True, length=32),
            nullable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_badge")),
        sa.UniqueConstraint("slug", name=op.f("uq_badge_slug")),
    )
    op.create_table(
        "member_badge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("badge_id", sa.Integer(), nullable=False),
        sa.Column("awarded_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("external_id", sa.String(length=80), nullable=True),
        sa.ForeignKeyConstraint(["badge_id"], ["badge.id"], name=op.f("fk_member_badge_badge_id_badge")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_member_badge_member_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member_badge")),
        sa.UniqueConstraint("external_id", name=op.f("uq_member_badge_external_id")),
    )
    op.create_index(op.f("ix_member_badge_badge_id"), "member_badge", ["badge_id"])
    op.create_index(op.f("ix_member_badge_member_id"), "member_badge", ["member_id"])
    op.create_table(
        "member_claim",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("imported_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(length=500), server_default="", nullable=False),
        sa.Column("asked_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("decided_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("approved", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["decided_by_id"], ["member.id"], name=op.f("fk_member_claim_decided_by_id_member")),
        sa.ForeignKeyConstraint(["imported_id"], ["member.id"], name=op.f("fk_member_claim_imported_id_member")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_member_claim_member_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member_claim")),
    )
    waiting = sa.text("decided_at IS NULL")
    op.create_index("ix_member_claim_member", "member_claim", ["member_id", "id"])
    op.create_index(op.f("ix_member_claim_imported_id"), "member_claim", ["imported_id"])
    op.create_index(
        "ix_member_claim_open", "member_claim", ["asked_at", "id"], sqlite_where=waiting, postgresql_where=waiting
    )
    op.create_index(
        "uq_member_claim_open", "member_claim", ["member_id"], unique=True, sqlite_where=waiting,
        postgresql_where=waiting,
    )


def downgrade() -> None:
    """Take them away."""
    for table in ("member_claim", "member_badge", "badge", "ledger_stale", "ledger_rebuild", "import_run", "import_key"):
        op.drop_table(table)
    op.drop_column("post", "common_since")
