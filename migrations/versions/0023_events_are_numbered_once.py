"""The id of an event is given once on SQLite too, which began at 1 again whenever the outbox was empty."""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

# Beyond what was ever in the outbox at once: keys of events that were heard of before are not met again.
FIRST = 1_000_000


def upgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    _recreate(autoincrement=True)
    op.execute("DELETE FROM sqlite_sequence WHERE name = 'outbox_event'")
    op.execute(f"INSERT INTO sqlite_sequence (name, seq) VALUES ('outbox_event', {FIRST})")


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _recreate(autoincrement=False)


def _recreate(*, autoincrement: bool) -> None:
    kwargs = {"sqlite_autoincrement": autoincrement}
    with op.batch_alter_table("outbox_event", recreate="always", table_kwargs=kwargs):
        pass
