"""The log cannot be emptied either: TRUNCATE on PostgreSQL asks no trigger of rows. (SQLite has no TRUNCATE.)"""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE TRIGGER moderation_log_no_truncate BEFORE TRUNCATE ON moderation_log"
            " FOR EACH STATEMENT EXECUTE FUNCTION moderation_log_guard()"
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER moderation_log_no_truncate ON moderation_log")
