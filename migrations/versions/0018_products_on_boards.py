"""What threads may be about: products on boards, offered or not; and what an owner's word and an edit rested on.

The log may tell of products. Its table is made anew on SQLite, as when it began to tell of shelves.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

BEFORE = ("post", "message", "member", "thread", "board", "category")
AFTER = (*BEFORE, "product")
CHECK = "ck_moderation_log_target_kind"

SQLITE_GUARD = {
    "moderation_log_no_update": """CREATE TRIGGER moderation_log_no_update BEFORE UPDATE ON moderation_log
BEGIN SELECT RAISE(ABORT, 'the moderation log cannot be edited'); END""",
    "moderation_log_no_delete": """CREATE TRIGGER moderation_log_no_delete BEFORE DELETE ON moderation_log
BEGIN SELECT RAISE(ABORT, 'the moderation log cannot be edited'); END""",
    "moderation_log_no_replace": """CREATE TRIGGER moderation_log_no_replace BEFORE INSERT ON moderation_log
WHEN EXISTS (SELECT 1 FROM moderation_log WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'the moderation log cannot be edited'); END""",
}


def upgrade() -> None:
    op.add_column("product", sa.Column("offered", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.create_index("ix_product_board", "product", ["board_id", "name", "id"])
    op.add_column("post_revision", sa.Column("product", sa.String(length=120), nullable=True))
    owned = sa.Column("owned_product_id", sa.Integer(), nullable=True)
    if op.get_bind().dialect.name == "postgresql":
        op.add_column("vote", owned)
        op.create_foreign_key(
            op.f("fk_vote_owned_product_id_product"), "vote", "product", ["owned_product_id"], ["id"]
        )
    else:  # a column that may be empty brings its foreign key along, and the votes need not be copied
        op.execute(
            "ALTER TABLE vote ADD COLUMN owned_product_id INTEGER"
            " CONSTRAINT fk_vote_owned_product_id_product REFERENCES product (id)"
        )
    _let_the_log_tell_of(AFTER)


def downgrade() -> None:
    _let_the_log_tell_of(BEFORE)
    with op.batch_alter_table("vote") as batch:
        batch.drop_column("owned_product_id")  # and its foreign key
    op.drop_column("post_revision", "product")
    op.drop_index("ix_product_board", table_name="product")
    op.drop_column("product", "offered")


def _let_the_log_tell_of(kinds: tuple[str, ...]) -> None:
    """Change which kinds of things the log may name. Its guard steps aside for that and stands again after it."""
    condition = f"target_kind IN ({', '.join(map(repr, kinds))})"
    if op.get_bind().dialect.name == "postgresql":
        if kinds == BEFORE:
            op.execute("ALTER TABLE moderation_log DISABLE TRIGGER moderation_log_no_change")
            op.execute(_FORGET)
            op.execute("ALTER TABLE moderation_log ENABLE TRIGGER moderation_log_no_change")
        op.drop_constraint(op.f(CHECK), "moderation_log", type_="check")
        op.create_check_constraint(op.f(CHECK), "moderation_log", condition)
        return
    for name in SQLITE_GUARD:
        op.execute(f"DROP TRIGGER {name}")
    if kinds == BEFORE:
        op.execute(_FORGET)
    for index in ("ix_moderation_log_at", "ix_moderation_log_target"):
        op.drop_index(index, table_name="moderation_log")
    # Alembic's way (copy, drop, rename) breaks off at lines that undo others, since those point into the table.
    op.rename_table("moderation_log", "moderation_log_before")
    op.create_table(
        "moderation_log",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("verb", sa.String(length=40), nullable=False),
        sa.Column("target_kind", sa.String(length=32), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("board_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=500), server_default="", nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("undoes_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(condition, name=op.f(CHECK)),
        sa.ForeignKeyConstraint(["actor_id"], ["member.id"], name=op.f("fk_moderation_log_actor_id_member")),
        sa.ForeignKeyConstraint(["board_id"], ["board.id"], name=op.f("fk_moderation_log_board_id_board")),
        sa.ForeignKeyConstraint(
            ["undoes_id"], ["moderation_log.id"], name=op.f("fk_moderation_log_undoes_id_moderation_log")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderation_log")),
        sa.UniqueConstraint("undoes_id", name=op.f("uq_moderation_log_undoes_id")),
    )
    columns = "id, at, actor_id, verb, target_kind, target_id, board_id, reason, details, undoes_id"
    op.execute(f"INSERT INTO moderation_log ({columns}) SELECT {columns} FROM moderation_log_before ORDER BY id")
    op.drop_table("moderation_log_before")
    op.create_index("ix_moderation_log_at", "moderation_log", ["at", "id"])
    op.create_index("ix_moderation_log_target", "moderation_log", ["target_kind", "target_id", "id"])
    for statement in SQLITE_GUARD.values():
        op.execute(statement)


_FORGET = (
    "DELETE FROM moderation_log WHERE target_kind = 'product' OR undoes_id IN"
    " (SELECT id FROM moderation_log WHERE target_kind = 'product')"
)
