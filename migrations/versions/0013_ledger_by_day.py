"""Ledgers are read by the day of what happened and by kind; totals of single days tell what a line's total was."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_ledger_line_member", "ledger_line")
    op.drop_index("ix_ledger_line_week", "ledger_line")
    op.create_index("ix_ledger_line_member", "ledger_line", ["member_id", "generation", "axis", "event_day", "id"])
    op.create_index(
        "ix_ledger_line_kind", "ledger_line", ["member_id", "generation", "axis", "kind", "event_day", "id"]
    )
    day = "strftime('%Y%m%d', event_day)" if op.get_bind().dialect.name == "sqlite" else "to_char(event_day, 'YYYYMMDD')"
    op.execute(sa.text(
        "INSERT INTO helping_total (period, board_id, member_id, points)"
        f" SELECT {day}, 0, member_id, SUM(points) FROM ledger_line"
        " WHERE axis = 'reputation' AND generation ="
        " COALESCE((SELECT generation FROM ruleset_version ORDER BY id DESC LIMIT 1), 1)"
        f" GROUP BY {day}, member_id HAVING SUM(points) <> 0"
    ))


def downgrade() -> None:
    op.execute("DELETE FROM helping_total WHERE length(period) = 8 AND period NOT LIKE '%W%'")
    op.drop_index("ix_ledger_line_kind", "ledger_line")
    op.drop_index("ix_ledger_line_member", "ledger_line")
    op.create_index("ix_ledger_line_week", "ledger_line", ["kind", "event_day", "generation"])
    op.create_index("ix_ledger_line_member", "ledger_line", ["member_id", "generation", "axis", "id"])
