"""Why a vote does not count, the report of suspicious patterns, and networks as keyed hashes with an end.

Votes that suspensions have voided so far get their cause.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

KIND = sa.Enum("vote", "acceptance", name="kind", native_enum=False, create_constraint=True, length=32)
CAUSE = sa.Enum("sanction", "fairness", "merge", name="cause", native_enum=False, create_constraint=True, length=32)
PATTERN = sa.Enum(
    "mutual", "ring", "one_giver", "hub", "signals", "burst", "acceptances", name="pattern", native_enum=False,
    create_constraint=True, length=32,
)
STATE = sa.Enum("open", "dismissed", "voided", name="state", native_enum=False, create_constraint=True, length=32)
WHY = sa.Enum("exchanged", "one_sided", "accounts", name="why", native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    op.create_table(
        "voiding",
        sa.Column("kind", KIND, nullable=False),
        sa.Column("source_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("cause", CAUSE, nullable=False),
        sa.Column("cause_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("why", sa.String(length=20), nullable=True),
        sa.PrimaryKeyConstraint("kind", "source_id", "cause", "cause_id", name=op.f("pk_voiding")),
    )
    op.create_index("ix_voiding_cause", "voiding", ["cause", "cause_id", "kind", "source_id"])
    op.execute(
        "INSERT INTO voiding (kind, source_id, cause, cause_id, at) "
        "SELECT 'vote', vote.id, 'sanction', sanction.id, sanction.created_at FROM vote "
        "JOIN sanction ON sanction.member_id = vote.voter_id AND sanction.created_at = vote.voided_at "
        "WHERE sanction.voids_votes AND sanction.lifted_at IS NULL"
    )
    op.add_column("acceptance", sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_acceptance_created", "acceptance", ["created_at"])
    op.create_index("ix_vote_created", "vote", ["created_at"])
    op.create_table(
        "fairness_case",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pattern", PATTERN, nullable=False),
        sa.Column("state", STATE, server_default="open", nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("why", WHY, nullable=True),
        sa.Column("note", sa.String(length=500), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["decided_by_id"], ["member.id"], name=op.f("fk_fairness_case_decided_by_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fairness_case")),
    )
    op.create_index("ix_fairness_case_list", "fairness_case", ["state", "score", "id"])
    op.create_table(
        "fairness_member",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["fairness_case.id"], name=op.f("fk_fairness_member_case_id_fairness_case")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_fairness_member_member_id_member")),
        sa.PrimaryKeyConstraint("case_id", "member_id", name=op.f("pk_fairness_member")),
    )
    op.create_index(op.f("ix_fairness_member_member_id"), "fairness_member", ["member_id"])
    op.create_table(
        "member_network",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("network_hash", sa.String(length=64), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_member_network_member_id_member")),
        sa.PrimaryKeyConstraint("member_id", "network_hash", name=op.f("pk_member_network")),
    )
    op.create_index(op.f("ix_member_network_network_hash"), "member_network", ["network_hash"])
    op.create_index(op.f("ix_member_network_seen_at"), "member_network", ["seen_at"])


def downgrade() -> None:
    op.drop_table("member_network")
    op.drop_table("fairness_member")
    op.drop_table("fairness_case")
    op.drop_index("ix_vote_created", "vote")
    op.drop_index("ix_acceptance_created", "acceptance")
    op.drop_column("acceptance", "voided_at")
    op.drop_table("voiding")
