"""Ideas and what becomes of them; sub-boards; drafts; leaderboards; audiences; indexes of feeds."""

import datetime as dt
from collections import Counter

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

AUDIENCE_FIELDS = ("about", "interests", "joined", "activity")
CHOICES = ("on_leaderboards", "keys_on")
INDEXES = {
    "ix_thread_board_created": ("thread", ["board_id", "created_at", "id"]),
    "ix_post_thread": ("post", ["thread_id", "id"]),
    "ix_thread_tag_newest": ("thread_tag", ["tag_id", "thread_id"]),
}
STATES = "('under_review', 'planned', 'done', 'declined')"


def upgrade() -> None:
    _add("thread", f"idea_state VARCHAR(32) CONSTRAINT ck_thread_idea_state CHECK (idea_state IN {STATES})")
    _add("thread", "idea_when VARCHAR(40)")
    there = sa.text("idea_state IS NOT NULL")
    op.create_index(
        "ix_thread_board_idea", "thread", ["board_id", "idea_state", "score", "id"], sqlite_where=there,
        postgresql_where=there,
    )
    op.create_table(
        "idea_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(32), nullable=True),
        sa.Column("planned_for", sa.String(40), nullable=True),
        sa.Column("reason", sa.String(500), server_default="", nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(f"state IN {STATES}", name=op.f("ck_idea_change_state")),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name=op.f("fk_idea_change_thread_id_thread")),
        sa.ForeignKeyConstraint(["by_id"], ["member.id"], name=op.f("fk_idea_change_by_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea_change")),
    )
    op.create_index("ix_idea_change_thread", "idea_change", ["thread_id", "id"])


    for act in ("see", "start", "reply"):
        _add("board", f"above_{act}_rank VARCHAR(40)")
    op.create_index("ix_board_parent", "board", ["parent_id"])
    op.create_table(
        "draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(40), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=True),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("other_fields", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_draft_member_id_member")),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name=op.f("fk_draft_thread_id_thread")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sa.UniqueConstraint("member_id", "place", name="uq_draft_member_place"),
    )
    op.create_index("ix_draft_thread_id", "draft", ["thread_id"])
    op.create_index("ix_draft_member", "draft", ["member_id", "saved_at", "id"])
    op.create_index("ix_draft_saved", "draft", ["saved_at"])
    for column in CHOICES:
        op.add_column("member", sa.Column(column, sa.Boolean(), server_default=sa.true(), nullable=False))
    for field in AUDIENCE_FIELDS:
        column = f"{field}_audience"
        check = f"CONSTRAINT ck_member_{column} CHECK ({column} IN ('everyone', 'members', 'me'))"
        _add("member", f"{column} VARCHAR(32) DEFAULT 'everyone' NOT NULL {check}")
    totals = op.create_table(
        "helping_total",
        sa.Column("period", sa.String(8), nullable=False),
        sa.Column("board_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_helping_total_member_id_member")),
        sa.PrimaryKeyConstraint("period", "board_id", "member_id", name=op.f("pk_helping_total")),
    )
    op.create_index(
        "ix_helping_total_rank", "helping_total", ["period", "board_id", sa.text("points DESC"), "member_id"]
    )
    op.create_index("ix_helping_total_member", "helping_total", ["member_id"])
    _fill(totals)
    for name, (table, columns) in INDEXES.items():
        op.create_index(name, table, columns)


def downgrade() -> None:
    for name, (table, _columns) in INDEXES.items():
        op.drop_index(name, table)
    op.drop_table("helping_total")
    for field in AUDIENCE_FIELDS:
        op.drop_column("member", f"{field}_audience")
    for column in CHOICES:
        op.drop_column("member", column)
    op.drop_table("draft")
    op.drop_index("ix_board_parent", "board")
    for act in ("see", "start", "reply"):
        op.drop_column("board", f"above_{act}_rank")

    op.drop_table("idea_change")
    op.drop_index("ix_thread_board_idea", "thread")
    for column in ("idea_when", "idea_state"):
        op.drop_column("thread", column)


def _add(table: str, column: str) -> None:
    """Add a column with its constraint in place: SQLite would copy the whole table otherwise."""
    op.execute(f"ALTER TABLE {table} ADD COLUMN {column}")


def _fill(totals: sa.Table) -> None:
    """The totals of what the ledger holds already, as `forum.reputation.leaderboard` reckons them."""
    rows = op.get_bind().execute(
        sa.text(
            "SELECT line.member_id, line.event_day, thread.board_id, SUM(line.points) FROM ledger_line AS line"
            " LEFT JOIN post ON post.id = line.post_id LEFT JOIN thread ON thread.id = post.thread_id"
            " WHERE line.axis = 'reputation' AND line.generation ="
            " COALESCE((SELECT generation FROM ruleset_version ORDER BY id DESC LIMIT 1), 1)"
            " GROUP BY line.member_id, line.event_day, thread.board_id"
        )
    )
    sums: Counter[tuple[str, int, int]] = Counter()
    for member_id, event_day, board_id, points in rows:
        day = dt.date.fromisoformat(str(event_day))
        year, week, _weekday = day.isocalendar()
        for period in (f"{year}-W{week:02}", f"{day:%Y-%m}", "all"):
            for place in {0, board_id or 0}:
                sums[period, place, member_id] += points
    filled = [
        {"period": period, "board_id": board_id, "member_id": member_id, "points": points}
        for (period, board_id, member_id), points in sorted(sums.items())
    ]
    for start in range(0, len(filled), 5_000):
        op.bulk_insert(totals, filled[start:start + 5_000])
