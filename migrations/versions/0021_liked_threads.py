"""Threads that somebody voted for are counted from an index of their own, however few they are."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    liked = sa.text("score > 0")
    op.create_index("ix_thread_liked", "thread", ["board_id", "created_at"], sqlite_where=liked, postgresql_where=liked)


def downgrade() -> None:
    op.drop_index("ix_thread_liked", "thread")
