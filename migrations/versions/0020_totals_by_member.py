"""Totals lie by member, so that a rebuild writes them in their order; holders of ranks are counted in an index's.

An index of lines goes that others serve as well.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_COLUMNS = "period, board_id, member_id, points"


def upgrade() -> None:
    op.create_index("ix_member_standing_rank", "member_standing", ["rank_key", "member_id"])
    op.drop_index("ix_ledger_line_day", "ledger_line")
    _made_anew("member_id", "period", "board_id", sqlite_with_rowid=False)


def downgrade() -> None:
    _made_anew(
        "period", "board_id", "member_id",
        keys=[sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_helping_total_member_id_member"))],
    )
    op.create_index("ix_helping_total_member", "helping_total", ["member_id"])
    op.create_index("ix_ledger_line_day", "ledger_line", ["member_id", "event_day", "generation"])
    op.drop_index("ix_member_standing_rank", "member_standing")


def _made_anew(*key: str, keys: Sequence[sa.ForeignKeyConstraint] = (), **options: bool) -> None:
    """The same totals under another primary key. A small table: neither database can change a key in place."""
    op.rename_table("helping_total", "helping_total_before")
    if op.get_bind().dialect.name == "postgresql":  # names of constraints and indexes are the schema's there
        op.execute("ALTER TABLE helping_total_before DROP CONSTRAINT pk_helping_total")
    for index in ("ix_helping_total_rank", *(["ix_helping_total_member"] if key[0] == "member_id" else [])):
        op.drop_index(index, "helping_total_before")
    op.create_table(
        "helping_total",
        *(
            sa.Column(name, sa.String(8) if name == "period" else sa.Integer(), autoincrement=False, nullable=False)
            for name in key
        ),
        sa.Column("points", sa.Integer(), nullable=False),
        *keys,
        sa.PrimaryKeyConstraint(*key, name=op.f("pk_helping_total")),
        **options,
    )
    op.execute(f"INSERT INTO helping_total ({_COLUMNS}) SELECT {_COLUMNS} FROM helping_total_before")
    op.drop_table("helping_total_before")
    op.create_index(
        "ix_helping_total_rank", "helping_total", ["period", "board_id", sa.text("points DESC"), "member_id"]
    )
