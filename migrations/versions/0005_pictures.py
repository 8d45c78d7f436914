"""Pictures: what members upload for their posts."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "picture",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("uploader_id", sa.Integer(), nullable=True),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "arriving", "waiting", "ready", "broken", name="state", native_enum=False, create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_picture_post_id_post")),
        sa.ForeignKeyConstraint(["uploader_id"], ["member.id"], name=op.f("fk_picture_uploader_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_picture")),
        sa.UniqueConstraint("public_id", name=op.f("uq_picture_public_id")),
    )
    op.create_index("ix_picture_post", "picture", ["post_id", "created_at"])
    op.create_index("ix_picture_uploader", "picture", ["uploader_id", "created_at"])
    op.create_index("ix_picture_state", "picture", ["state", "created_at"])
    op.create_index(
        "ix_picture_removed", "picture", ["removed_at"],
        sqlite_where=sa.text("removed_at IS NOT NULL"), postgresql_where=sa.text("removed_at IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_table("picture")
