"""The top of a week, a month, a year and all time, each from an index that knows the moment too."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

WIDENED = {"ix_thread_board_top": ["board_id"], "ix_thread_board_kind_top": ["board_id", "kind"]}


def upgrade() -> None:
    liked = sa.text("score > 0")
    op.create_index(
        "ix_thread_top", "thread", ["score", "id", "created_at"], sqlite_where=liked, postgresql_where=liked
    )
    for name, first in WIDENED.items():
        op.drop_index(name, "thread")
        op.create_index(name, "thread", [*first, "score", "id", "created_at"])


def downgrade() -> None:
    for name, first in WIDENED.items():
        op.drop_index(name, "thread")
        op.create_index(name, "thread", [*first, "score", "id"])
    op.drop_index("ix_thread_top", "thread")
