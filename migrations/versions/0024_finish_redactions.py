"""Redactions of before are finished by a job: the database's files still held the old words."""

import datetime as dt

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = dt.datetime.now(dt.UTC)
    job = sa.table(
        "job", sa.column("name", sa.String), sa.column("payload", sa.JSON), sa.column("unique_key", sa.String),
        sa.column("attempts", sa.Integer), sa.column("run_at", sa.DateTime(timezone=True)),
        sa.column("created_at", sa.DateTime(timezone=True)),
    )
    redacted = op.get_bind().scalars(sa.text("SELECT id FROM moderation_log WHERE verb = 'redact' ORDER BY id")).all()
    asked = [
        {
            "name": "finish_redaction", "payload": {"entry": entry}, "unique_key": f"finish-redaction:{entry}",
            "attempts": 0, "run_at": moment, "created_at": moment,
        }
        for entry in redacted
    ]
    if asked:
        op.execute(job.insert().values(asked))


def downgrade() -> None:
    op.execute("DELETE FROM job WHERE name = 'finish_redaction'")
