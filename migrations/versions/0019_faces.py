"""How many people take part in a thread, and who of them wrote last; counted here for the threads that are there."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

STEP = 1_000  # threads in one go
MOST_FACES = 4


def upgrade() -> None:
    op.add_column("thread", sa.Column("people_count", sa.Integer(), server_default="0", nullable=False))
    op.add_column("thread", sa.Column("faces", sa.JSON(), server_default="[]", nullable=False))
    there = sa.text("deleted_at IS NULL AND hidden_at IS NULL")
    op.create_index(
        "ix_post_taking_part", "post", ["thread_id", "author_id", "id"], sqlite_where=there, postgresql_where=there
    )
    _count()


def downgrade() -> None:
    op.drop_index("ix_post_taking_part", table_name="post")
    op.drop_column("thread", "faces")
    op.drop_column("thread", "people_count")


def _count() -> None:
    """Whoever wrote a post that is there takes part."""
    connection, after = op.get_bind(), 0
    post = sa.table("post", *map(sa.column, ("id", "thread_id", "author_id", "deleted_at", "hidden_at")))
    thread = sa.table("thread", sa.column("id"), sa.column("people_count"), sa.column("faces", sa.JSON()))
    change = thread.update().where(thread.c.id == sa.bindparam("of")).values(
        people_count=sa.bindparam("people"), faces=sa.bindparam("last")
    )
    last = sa.func.max(post.c.id)
    while True:
        ids = connection.scalars(
            sa.select(thread.c.id).where(thread.c.id > after).order_by(thread.c.id).limit(STEP)
        ).all()
        if not ids:
            return
        authors: dict[int, list[int]] = {}
        for thread_id, author_id in connection.execute(
            sa.select(post.c.thread_id, post.c.author_id)
            .where(post.c.thread_id.between(ids[0], ids[-1]), post.c.deleted_at.is_(None), post.c.hidden_at.is_(None))
            .group_by(post.c.thread_id, post.c.author_id).order_by(last.desc())
        ):
            authors.setdefault(thread_id, []).append(author_id)
        changes = [{"of": one, "people": len(who), "last": who[:MOST_FACES]} for one, who in authors.items()]
        if changes:
            connection.execute(change, changes)
        after = ids[-1]
