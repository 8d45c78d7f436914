"""The search: its index, filled by a job where there are members already."""

import datetime as dt

import sqlalchemy as sa
from alembic import op


revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None

NAMES = ('search_post', 'search_title', 'search_member')


def upgrade() -> None:
    if op.get_bind().dialect.name == 'sqlite':
        for name in NAMES:
            op.execute(
                f"CREATE VIRTUAL TABLE IF NOT EXISTS {name} USING fts5("
                "words, context, facets, tokenize = 'ascii', columnsize = 0)"
            )
    else:
        for name in NAMES:
            op.execute(
                f"CREATE TABLE IF NOT EXISTS {name} (id integer NOT NULL, words tsvector NOT NULL,"
                f" CONSTRAINT pk_{name} PRIMARY KEY (id))"
            )
            op.execute(
                f"CREATE INDEX IF NOT EXISTS ix_{name}_words ON {name} USING gin (words)"
                " WITH (gin_pending_list_limit = 256)"
            )
    with op.batch_alter_table('thread_tag', schema=None) as batch_op:
        batch_op.drop_index('ix_thread_tag_tag_id')
    _fill()


def _fill() -> None:
    connection = op.get_bind()
    if connection.scalar(sa.text('SELECT 1 FROM member LIMIT 1')) is None:
        return
    moment = dt.datetime.now(dt.timezone.utc)
    job = sa.table(
        'job', sa.column('name', sa.String), sa.column('payload', sa.JSON), sa.column('attempts', sa.Integer),
        sa.column('run_at', sa.DateTime(timezone=True)), sa.column('created_at', sa.DateTime(timezone=True)),
    )
    op.execute(job.insert().values(name='index_all', payload={}, attempts=0, run_at=moment, created_at=moment))


def downgrade() -> None:
    with op.batch_alter_table('thread_tag', schema=None) as batch_op:
        batch_op.create_index('ix_thread_tag_tag_id', ['tag_id'], unique=False)
    for name in NAMES:
        op.execute(f'DROP TABLE IF EXISTS {name}')
    op.execute("DELETE FROM job WHERE name IN ('index_all', 'index_thread')")
