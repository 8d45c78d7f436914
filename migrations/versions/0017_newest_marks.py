"""What a member opened last, for the counts of what is new beside the boards that they joined."""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_thread_read_newest", "thread_read", ["member_id", "read_at"])


def downgrade() -> None:
    op.drop_index("ix_thread_read_newest", "thread_read")
