"""Badges by rules, earned once for each occasion; and what two members say of each other after they agreed on something."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def _word(*values: str, name: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    _badges()
    _agreements()


def _badges() -> None:
    op.create_table(
        "badge_backfill",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("keys", sa.JSON(), nullable=False),
        sa.Column("after_id", sa.Integer(), server_default="0", nullable=False),
        _moment("started_at"),
        _moment("finished_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_badge_backfill")),
    )
    with op.batch_alter_table("badge") as batch:
        batch.add_column(sa.Column("key", sa.String(length=40), nullable=True))
        batch.add_column(sa.Column("family", _word("first", "craft", "kindness", name="family"), nullable=True))
        batch.add_column(sa.Column("about", sa.JSON(), nullable=True))
        batch.add_column(sa.Column("rule", sa.JSON(), nullable=True))
        batch.add_column(sa.Column("holder_count", sa.Integer(), server_default="0", nullable=False))
        batch.create_unique_constraint(op.f("uq_badge_key"), ["key"])
    with op.batch_alter_table("member_badge") as batch:
        batch.add_column(sa.Column("occasion", sa.String(length=20), nullable=True))
        batch.add_column(sa.Column("post_id", sa.Integer(), nullable=True))
        batch.add_column(_moment("revoked_at", nullable=True))
        batch.create_foreign_key(op.f("fk_member_badge_post_id_post"), "post", ["post_id"], ["id"])
        batch.create_unique_constraint("uq_member_badge_occasion", ["member_id", "badge_id", "occasion"])
        batch.create_index(op.f("ix_member_badge_post_id"), ["post_id"])
        batch.create_index("ix_member_badge_newest", ["badge_id", "awarded_at", "id"])
    op.execute(
        "UPDATE badge SET holder_count ="
        " (SELECT count(DISTINCT member_id) FROM member_badge WHERE member_badge.badge_id = badge.id)"
    )


def _agreements() -> None:
    op.create_table(
        "trade_agreement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("kind", _word("deal", "mentoring", name="kind"), nullable=False),
        sa.Column("proposer_id", sa.Integer(), nullable=False),
        sa.Column("partner_id", sa.Integer(), nullable=False),
        sa.Column("low_id", sa.Integer(), nullable=False),
        sa.Column("high_id", sa.Integer(), nullable=False),
        sa.Column(
            "state", _word("proposed", "agreed", "declined", name="state"), server_default="proposed", nullable=False
        ),
        _moment("proposed_at"),
        _moment("answered_at", nullable=True),
        sa.CheckConstraint("low_id < high_id", name=op.f("ck_trade_agreement_two_members")),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name=op.f("fk_trade_agreement_thread_id_thread")),
        sa.ForeignKeyConstraint(["proposer_id"], ["member.id"], name=op.f("fk_trade_agreement_proposer_id_member")),
        sa.ForeignKeyConstraint(["partner_id"], ["member.id"], name=op.f("fk_trade_agreement_partner_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trade_agreement")),
        sa.UniqueConstraint("thread_id", "low_id", "high_id", name="uq_trade_agreement_pair"),
    )
    op.create_index("ix_trade_agreement_proposer", "trade_agreement", ["proposer_id", "id"])
    op.create_index("ix_trade_agreement_partner", "trade_agreement", ["partner_id", "id"])
    op.create_table(
        "trade_rating",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agreement_id", sa.Integer(), nullable=False),
        sa.Column("rater_id", sa.Integer(), nullable=False),
        sa.Column("rated_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(length=300), nullable=False),
        _moment("created_at"),
        _moment("shown_from"),
        sa.Column("told", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("reply", sa.String(length=300), nullable=True),
        _moment("replied_at", nullable=True),
        _moment("withdrawn_at", nullable=True),
        sa.Column("withdrawn_by_id", sa.Integer(), nullable=True),
        sa.Column("withdrawn_reason", sa.String(length=500), nullable=True),
        sa.CheckConstraint("value IN (-1, 0, 1)", name=op.f("ck_trade_rating_three_steps")),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["trade_agreement.id"], name=op.f("fk_trade_rating_agreement_id_trade_agreement")
        ),
        sa.ForeignKeyConstraint(["rater_id"], ["member.id"], name=op.f("fk_trade_rating_rater_id_member")),
        sa.ForeignKeyConstraint(["rated_id"], ["member.id"], name=op.f("fk_trade_rating_rated_id_member")),
        sa.ForeignKeyConstraint(["withdrawn_by_id"], ["member.id"], name=op.f("fk_trade_rating_withdrawn_by_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trade_rating")),
        sa.UniqueConstraint("agreement_id", "rater_id", name="uq_trade_rating_once"),
    )
    op.create_index(op.f("ix_trade_rating_rater_id"), "trade_rating", ["rater_id"])
    op.create_index("ix_trade_rating_rated", "trade_rating", ["rated_id", "shown_from", "id"])
    op.create_index("ix_trade_rating_told", "trade_rating", ["told", "shown_from"])


def downgrade() -> None:
    op.drop_table("trade_rating")
    op.drop_table("trade_agreement")
    with op.batch_alter_table("member_badge") as batch:
        batch.drop_index("ix_member_badge_newest")
        batch.drop_index(op.f("ix_member_badge_post_id"))
        batch.drop_constraint("uq_member_badge_occasion", type_="unique")
        batch.drop_constraint(op.f("fk_member_badge_post_id_post"), type_="foreignkey")
        for column in ("revoked_at", "post_id", "occasion"):
            batch.drop_column(column)
    with op.batch_alter_table("badge") as batch:
        batch.drop_constraint(op.f("uq_badge_key"), type_="unique")
        batch.drop_constraint(op.f("ck_badge_family"), type_="check")
        for column in ("holder_count", "rule", "about", "family", "key"):
            batch.drop_column(column)
    op.drop_table("badge_backfill")
