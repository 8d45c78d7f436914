"""Weighted votes, "this worked for me", endorsements, what also helped, and whether an asker was asked.

Votes that are there weigh one each. Where few voted, the date has a part in helpfulness from now on: reckoned here.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

STEP = 1_000  # posts in one go
Z = 1.96
FEW, RECENT, RECENT_DAYS = 5, 0.03, 365


def upgrade() -> None:
    op.add_column("thread", sa.Column("asker_asked_at", sa.DateTime(timezone=True), nullable=True))
    for name in ("up_weight", "down_weight", "worked_count"):
        op.add_column("post", sa.Column(name, sa.Integer(), server_default="0", nullable=False))
    for name in ("endorsed", "also_helped"):
        op.add_column("post", sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("vote", sa.Column("weight", sa.Integer(), server_default="100", nullable=False))
    op.add_column("vote", sa.Column("worked_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("vote", sa.Column("worked_with", sa.String(length=40), nullable=True))
    op.add_column("vote", sa.Column("by_owner", sa.Boolean(), nullable=True))
    op.create_table(
        "endorsement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["member.id"], name=op.f("fk_endorsement_by_id_member")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_endorsement_post_id_post")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_endorsement")),
        sa.UniqueConstraint("post_id", name=op.f("uq_endorsement_post_id")),
    )
    _index("ix_post_author_accepted", "post", "author_id", "accepted = 1", "accepted")
    _index("ix_post_also_helped", "post", "thread_id", "also_helped = 1", "also_helped")
    _index("ix_vote_worked", "vote", "voter_id", "worked_at IS NOT NULL")
    _index("ix_vote_worked_post", "vote", "post_id", "worked_at IS NOT NULL")
    op.execute("UPDATE post SET up_weight = up_count * 100, down_weight = down_count * 100")
    _reckon()


def downgrade() -> None:
    for name, table in (
        ("ix_vote_worked_post", "vote"), ("ix_vote_worked", "vote"), ("ix_post_also_helped", "post"),
        ("ix_post_author_accepted", "post"),
    ):
        op.drop_index(name, table_name=table)
    op.drop_table("endorsement")
    for table, names in (
        ("vote", ("by_owner", "worked_with", "worked_at", "weight")),
        ("post", ("also_helped", "endorsed", "worked_count", "down_weight", "up_weight")),
        ("thread", ("asker_asked_at",)),
    ):
        for name in names:
            op.drop_column(table, name)


def _index(name: str, table: str, column: str, on_sqlite: str, on_postgresql: str | None = None) -> None:
    op.create_index(
        name, table, [column], sqlite_where=sa.text(on_sqlite), postgresql_where=sa.text(on_postgresql or on_sqlite)
    )


def _reckon() -> None:
    """Helpfulness anew where fewer than five voted and somebody voted up."""
    connection, after = op.get_bind(), 0
    post = sa.table("post", *map(sa.column, ("id", "up_count", "down_count", "thread_id", "helpfulness")),
                    sa.column("created_at", sa.DateTime(timezone=True)))
    thread = sa.table("thread", sa.column("id"), sa.column("created_at", sa.DateTime(timezone=True)))
    change = post.update().where(post.c.id == sa.bindparam("of")).values(helpfulness=sa.bindparam("reckoned"))
    while True:
        rows = connection.execute(
            sa.select(post.c.id, post.c.up_count, post.c.down_count, post.c.created_at, thread.c.created_at)
            .select_from(post.join(thread, thread.c.id == post.c.thread_id))
            .where(post.c.id > after, post.c.up_count > 0, post.c.up_count + post.c.down_count < FEW)
            .order_by(post.c.id).limit(STEP)
        ).all()
        if not rows:
            return
        connection.execute(change, [
            {"of": id, "reckoned": _helpfulness(up, down, (at - asked_at).days)} for id, up, down, at, asked_at in rows
        ])
        after = rows[-1][0]


def _helpfulness(up: int, down: int, days: int) -> int:
    votes = up + down
    share = up / votes
    middle = share + Z * Z / (2 * votes)
    spread = Z * ((share * (1 - share) + Z * Z / (4 * votes)) / votes) ** 0.5
    bound = max(0.0, (middle - spread) / (1 + Z * Z / votes))
    late = min(max(days, 0), RECENT_DAYS) / RECENT_DAYS
    return round(1_000_000 * (bound + RECENT * max(0, FEW - votes) / FEW * late))
