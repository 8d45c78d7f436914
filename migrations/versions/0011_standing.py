"""Standings know windows, grace and locks; versions of the rules are numbered."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

COUNTED = ("points_recent", "purchases_recent", "flags")


def upgrade() -> None:
    with op.batch_alter_table("member_standing") as batch:
        for name in COUNTED:
            batch.add_column(sa.Column(name, sa.Integer(), server_default="0", nullable=False))
        batch.add_column(sa.Column("falls_on", sa.Date(), nullable=True))
        batch.add_column(sa.Column("warned_for", sa.Date(), nullable=True))
        batch.add_column(sa.Column("lock_rank_key", sa.String(length=40), nullable=True))
        batch.add_column(sa.Column("lock_until", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("lock_reason", sa.String(length=500), server_default="", nullable=False))
        batch.add_column(sa.Column("lock_by_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("best_rank_key", sa.String(length=40), server_default="", nullable=False))
        batch.add_column(sa.Column("due_on", sa.Date(), nullable=True))
        batch.create_foreign_key(op.f("fk_member_standing_lock_by_id_member"), "member", ["lock_by_id"], ["id"])
        batch.create_index("ix_member_standing_due", ["due_on", "member_id"])
    # Every rank that is held was celebrated when it was reached.
    op.execute("UPDATE member_standing SET best_rank_key = rank_key")
    op.add_column("ruleset_version", sa.Column("number", sa.Integer(), nullable=True))
    op.execute(
        "UPDATE ruleset_version SET number ="
        " (SELECT count(*) FROM ruleset_version AS earlier WHERE earlier.id <= ruleset_version.id)"
    )
    with op.batch_alter_table("ruleset_version") as batch:
        batch.alter_column("number", existing_type=sa.Integer(), nullable=False)
        batch.create_unique_constraint(op.f("uq_ruleset_version_number"), ["number"])


def downgrade() -> None:
    with op.batch_alter_table("ruleset_version") as batch:
        batch.drop_constraint(op.f("uq_ruleset_version_number"), type_="unique")
        batch.drop_column("number")
    with op.batch_alter_table("member_standing") as batch:
        batch.drop_index("ix_member_standing_due")
        batch.drop_constraint(op.f("fk_member_standing_lock_by_id_member"), type_="foreignkey")
        for name in (
            "due_on", "best_rank_key", "lock_by_id", "lock_reason", "lock_until", "lock_rank_key", "warned_for",
            "falls_on", *COUNTED,
        ):
            batch.drop_column(name)
