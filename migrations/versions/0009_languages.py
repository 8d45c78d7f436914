"""The language of a member's browser, kept so that mail and notices speak it."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("member", sa.Column("browser_locale", sa.String(length=8), nullable=True))


def downgrade() -> None:
    op.drop_column("member", "browser_locale")
