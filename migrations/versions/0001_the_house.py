"""The house: every table of the first release, the log's triggers, and the lobby."""

import datetime as dt

import sqlalchemy as sa
from alembic import op


revision = '0001'
down_revision = None
branch_labels = None
depends_on = None

SQLITE = (
    """CREATE TRIGGER moderation_log_no_update BEFORE UPDATE ON moderation_log
BEGIN SELECT RAISE(ABORT, 'the moderation log cannot be edited'); END""",
    """CREATE TRIGGER moderation_log_no_delete BEFORE DELETE ON moderation_log
BEGIN SELECT RAISE(ABORT, 'the moderation log cannot be edited'); END""",
    """CREATE TRIGGER moderation_log_no_replace BEFORE INSERT ON moderation_log
WHEN EXISTS (SELECT 1 FROM moderation_log WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'the moderation log cannot be edited'); END""",
)
POSTGRESQL = (
    """CREATE OR REPLACE FUNCTION moderation_log_guard() RETURNS trigger LANGUAGE plpgsql AS $guard$
BEGIN RAISE EXCEPTION 'the moderation log cannot be edited'; END $guard$""",
    """CREATE TRIGGER moderation_log_no_change BEFORE UPDATE OR DELETE ON moderation_log
FOR EACH ROW EXECUTE FUNCTION moderation_log_guard()""",
)
POSTGRESQL_DROP = "DROP FUNCTION IF EXISTS moderation_log_guard()"


def upgrade() -> None:
    op.create_table('category',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('slug', sa.String(length=80), nullable=False),
    sa.Column('title', sa.String(length=80), nullable=False),
    sa.Column('position', sa.Integer(), server_default='0', nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_category')),
    sa.UniqueConstraint('slug', name=op.f('uq_category_slug'))
    )
    op.create_table('job',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('payload', sa.JSON(), nullable=False),
    sa.Column('unique_key', sa.String(length=160), nullable=True),
    sa.Column('run_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('attempts', sa.Integer(), server_default='0', nullable=False),
    sa.Column('taken_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('failed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('failure', sa.Text(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_job')),
    sa.UniqueConstraint('unique_key', name=op.f('uq_job_unique_key'))
    )
    with op.batch_alter_table('job', schema=None) as batch_op:
        batch_op.create_index('ix_job_due', ['done_at', 'failed_at', 'run_at'], unique=False)

    op.create_table('kept_form',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('path', sa.String(length=500), nullable=False),
    sa.Column('fields', sa.JSON(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_kept_form')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_kept_form_token_hash'))
    )
    op.create_table('member',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('name_key', sa.String(length=120), nullable=False),
    sa.Column('shown_name', sa.String(length=60), nullable=True),
    sa.Column('shown_key', sa.String(length=120), nullable=True),
    sa.Column('role', sa.Enum('member', 'moderator', 'admin', name='role', native_enum=False, create_constraint=True, length=32), server_default='member', nullable=False),
    sa.Column('password_hash', sa.String(length=200), nullable=True),
    sa.Column('joined_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_seen_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('locale', sa.String(length=8), nullable=True),
    sa.Column('theme', sa.Enum('light', 'dark', name='theme', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.Column('hue', sa.Integer(), server_default='0', nullable=False),
    sa.Column('about_source', sa.Text(), server_default='', nullable=False),
    sa.Column('about_html', sa.Text(), server_default='', nullable=False),
    sa.Column('interests', sa.String(length=200), server_default='', nullable=False),
    sa.Column('suspended_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('silenced_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('moderates_boards', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('is_demo', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('mail_answers', sa.Boolean(), server_default=sa.true(), nullable=False),
    sa.Column('unread_notices', sa.Integer(), server_default='0', nullable=False),
    sa.Column('post_count', sa.Integer(), server_default='0', nullable=False),
    sa.Column('merged_into_id', sa.Integer(), nullable=True),
    sa.Column('erased_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('external_source', sa.String(length=60), nullable=True),
    sa.Column('external_id', sa.String(length=60), nullable=True),
    sa.CheckConstraint('hue BETWEEN 0 AND 11', name=op.f('ck_member_hue_of_palette')),
    sa.ForeignKeyConstraint(['merged_into_id'], ['member.id'], name=op.f('fk_member_merged_into_id_member')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_member')),
    sa.UniqueConstraint('name', name=op.f('uq_member_name')),
    sa.UniqueConstraint('name_key', name=op.f('uq_member_name_key'))
    )
    with op.batch_alter_table('member', schema=None) as batch_op:
        batch_op.create_index('ix_member_joined_at', ['joined_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_member_shown_key'), ['shown_key'], unique=False)
        batch_op.create_index('uq_member_external', ['external_source', 'external_id'], unique=True)

    op.create_table('outbox_event',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=60), nullable=False),
    sa.Column('payload', sa.JSON(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('attempts', sa.Integer(), server_default='0', nullable=False),
    sa.Column('failure', sa.Text(), nullable=True),
    sa.Column('parked_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outbox_event'))
    )
    with op.batch_alter_table('outbox_event', schema=None) as batch_op:
        batch_op.create_index('ix_outbox_event_due', ['id'], unique=False, sqlite_where=sa.text('parked_at IS NULL'), postgresql_where=sa.text('parked_at IS NULL'))

    op.create_table('shop_connection',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('provider', sa.Enum('generic', 'shopify', 'woocommerce', 'stripe', name='provider', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('secret', sa.String(length=200), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_shop_connection')),
    sa.UniqueConstraint('name', name=op.f('uq_shop_connection_name'))
    )
    op.create_table('site_setting',
    sa.Column('key', sa.String(length=60), nullable=False),
    sa.Column('value', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_site_setting'))
    )
    op.create_table('tag',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('slug', sa.String(length=40), nullable=False),
    sa.Column('synonym_of_id', sa.Integer(), nullable=True),
    sa.Column('thread_count', sa.Integer(), server_default='0', nullable=False),
    sa.ForeignKeyConstraint(['synonym_of_id'], ['tag.id'], name=op.f('fk_tag_synonym_of_id_tag')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tag')),
    sa.UniqueConstraint('slug', name=op.f('uq_tag_slug'))
    )
    op.create_table('award',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('points', sa.Integer(), nullable=False),
    sa.Column('note', sa.String(length=300), server_default='', nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('external_id', sa.String(length=80), nullable=True),
    sa.ForeignKeyConstraint(['by_id'], ['member.id'], name=op.f('fk_award_by_id_member')),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_award_member_id_member')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_award')),
    sa.UniqueConstraint('external_id', name=op.f('uq_award_external_id'))
    )
    with op.batch_alter_table('award', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_award_member_id'), ['member_id'], unique=False)

    op.create_table('board',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('category_id', sa.Integer(), nullable=False),
    sa.Column('parent_id', sa.Integer(), nullable=True),
    sa.Column('slug', sa.String(length=80), nullable=False),
    sa.Column('title', sa.String(length=80), nullable=False),
    sa.Column('description', sa.String(length=300), server_default='', nullable=False),
    sa.Column('hue', sa.Integer(), server_default='0', nullable=False),
    sa.Column('picture', sa.String(length=40), server_default='', nullable=False),
    sa.Column('language', sa.String(length=8), server_default='en', nullable=False),
    sa.Column('position', sa.Integer(), server_default='0', nullable=False),
    sa.Column('see_rank', sa.String(length=40), nullable=True),
    sa.Column('start_rank', sa.String(length=40), nullable=True),
    sa.Column('reply_rank', sa.String(length=40), nullable=True),
    sa.Column('archived_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('thread_count', sa.Integer(), server_default='0', nullable=False),
    sa.Column('member_count', sa.Integer(), server_default='0', nullable=False),
    sa.Column('last_activity_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), server_default='0', nullable=False),
    sa.CheckConstraint('hue BETWEEN 0 AND 11', name=op.f('ck_board_hue_of_palette')),
    sa.ForeignKeyConstraint(['category_id'], ['category.id'], name=op.f('fk_board_category_id_category')),
    sa.ForeignKeyConstraint(['parent_id'], ['board.id'], name=op.f('fk_board_parent_id_board')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_board')),
    sa.UniqueConstraint('slug', name=op.f('uq_board_slug'))
    )
    with op.batch_alter_table('board', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_board_category_id'), ['category_id'], unique=False)
        batch_op.create_index('ix_board_shelf', ['category_id', 'position', 'id'], unique=False)

    op.create_table('member_email',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('address', sa.String(length=254), nullable=False),
    sa.Column('address_key', sa.String(length=254), nullable=False),
    sa.Column('address_hash', sa.String(length=64), nullable=False),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_member_email_member_id_member')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_member_email'))
    )
    with op.batch_alter_table('member_email', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_member_email_address_hash'), ['address_hash'], unique=False)
        batch_op.create_index(batch_op.f('ix_member_email_address_key'), ['address_key'], unique=False)
        batch_op.create_index(batch_op.f('ix_member_email_member_id'), ['member_id'], unique=False)
        batch_op.create_index('uq_member_email_confirmed', ['address_key'], unique=True, sqlite_where=sa.text('confirmed_at IS NOT NULL'), postgresql_where=sa.text('confirmed_at IS NOT NULL'))

    op.create_table('member_session',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('device', sa.String(length=200), server_default='', nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_member_session_member_id_member')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_member_session')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_member_session_token_hash'))
    )
    with op.batch_alter_table('member_session', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_member_session_member_id'), ['member_id'], unique=False)

    op.create_table('member_standing',
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('reputation', sa.Integer(), server_default='0', nullable=False),
    sa.Column('purchases', sa.Integer(), server_default='0', nullable=False),
    sa.Column('accepted', sa.Integer(), server_default='0', nullable=False),
    sa.Column('helped', sa.Integer(), server_default='0', nullable=False),
    sa.Column('days', sa.Integer(), server_default='0', nullable=False),
    sa.Column('rank_key', sa.String(length=40), server_default='seed', nullable=False),
    sa.Column('rank_since', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_member_standing_member_id_member')),
    sa.PrimaryKeyConstraint('member_id', name=op.f('pk_member_standing'))
    )
    with op.batch_alter_table('member_standing', schema=None) as batch_op:
        batch_op.create_index('ix_member_standing_reputation', ['reputation', 'member_id'], unique=False)

    op.create_table('member_token',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('purpose', sa.Enum('confirm', 'reset', name='purpose', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('address_key', sa.String(length=254), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_member_token_member_id_member')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_member_token')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_member_token_token_hash'))
    )
    with op.batch_alter_table('member_token', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_member_token_member_id'), ['member_id'], unique=False)

    op.create_table('member_visit',
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_member_visit_member_id_member')),
    sa.PrimaryKeyConstraint('member_id', 'day', name=op.f('pk_member_visit'))
    )
    op.create_table('ruleset_version',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('data', sa.JSON(), nullable=False),
    sa.Column('note', sa.String(length=300), server_default='', nullable=False),
    sa.Column('published_by_id', sa.Integer(), nullable=True),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('generation', sa.Integer(), server_default='1', nullable=False),
    sa.ForeignKeyConstraint(['published_by_id'], ['member.id'], name=op.f('fk_ruleset_version_published_by_id_member')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ruleset_version'))
    )
    op.create_table('sanction',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('warning', 'silence', 'suspension', name='kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('reason', sa.String(length=500), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('voids_votes', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('lifted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('lifted_by_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['by_id'], ['member.id'], name=op.f('fk_sanction_by_id_member')),
    sa.ForeignKeyConstraint(['lifted_by_id'], ['member.id'], name=op.f('fk_sanction_lifted_by_id_member')),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_sanction_member_id_member')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sanction'))
    )
    with op.batch_alter_table('sanction', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sanction_member_id'), ['member_id'], unique=False)

    op.create_table('shop_order',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('connection_id', sa.Integer(), nullable=False),
    sa.Column('order_hash', sa.String(length=64), nullable=False),
    sa.Column('address_hash', sa.String(length=64), nullable=True),
    sa.Column('member_id', sa.Integer(), nullable=True),
    sa.Column('paid_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('cancelled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('refunded_whole_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['connection_id'], ['shop_connection.id'], name=op.f('fk_shop_order_connection_id_shop_connection')),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_shop_order_member_id_member')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_shop_order')),
    sa.UniqueConstraint('connection_id', 'order_hash', name='uq_shop_order_once')
    )
    with op.batch_alter_table('shop_order', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_shop_order_address_hash'), ['address_hash'], unique=False)
        batch_op.create_index(batch_op.f('ix_shop_order_member_id'), ['member_id'], unique=False)

    op.create_table('webhook_delivery',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('connection_id', sa.Integer(), nullable=False),
    sa.Column('delivery_id', sa.String(length=200), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['connection_id'], ['shop_connection.id'], name=op.f('fk_webhook_delivery_connection_id_shop_connection')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_webhook_delivery')),
    sa.UniqueConstraint('connection_id', 'delivery_id', name='uq_webhook_delivery_once')
    )
    op.create_table('board_membership',
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('board_id', sa.Integer(), nullable=False),
    sa.Column('joined_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['board_id'], ['board.id'], name=op.f('fk_board_membership_board_id_board')),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_board_membership_member_id_member')),
    sa.PrimaryKeyConstraint('member_id', 'board_id', name=op.f('pk_board_membership'))
    )
    with op.batch_alter_table('board_membership', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_board_membership_board_id'), ['board_id'], unique=False)

    op.create_table('board_moderator',
    sa.Column('board_id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('appointed_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['board_id'], ['board.id'], name=op.f('fk_board_moderator_board_id_board')),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_board_moderator_member_id_member')),
    sa.PrimaryKeyConstraint('board_id', 'member_id', name=op.f('pk_board_moderator'))
    )
    with op.batch_alter_table('board_moderator', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_board_moderator_member_id'), ['member_id'], unique=False)

    op.create_table('chat_room',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('slug', sa.String(length=80), nullable=False),
    sa.Column('title', sa.String(length=80), nullable=False),
    sa.Column('board_id', sa.Integer(), nullable=True),
    sa.Column('last_n', sa.Integer(), server_default='0', nullable=False),
    sa.Column('seq', sa.Integer(), server_default='0', nullable=False),
    sa.Column('archived_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['board_id'], ['board.id'], name=op.f('fk_chat_room_board_id_board')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_chat_room')),
    sa.UniqueConstraint('board_id', name=op.f('uq_chat_room_board_id')),
    sa.UniqueConstraint('slug', name=op.f('uq_chat_room_slug'))
    )
    op.create_table('moderation_case',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('target_kind', sa.Enum('post', 'message', 'member', 'thread', 'board', name='target_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('target_id', sa.Integer(), nullable=False),
    sa.Column('board_id', sa.Integer(), nullable=True),
    sa.Column('state', sa.Enum('open', 'upheld', 'dismissed', name='state', native_enum=False, create_constraint=True, length=32), server_default='open', nullable=False),
    sa.Column('open_key', sa.String(length=60), nullable=True),
    sa.Column('flag_count', sa.Integer(), server_default='0', nullable=False),
    sa.Column('hidden_automatically', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('claimed_by_id', sa.Integer(), nullable=True),
    sa.Column('claimed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_by_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['board_id'], ['board.id'], name=op.f('fk_moderation_case_board_id_board')),
    sa.ForeignKeyConstraint(['claimed_by_id'], ['member.id'], name=op.f('fk_moderation_case_claimed_by_id_member')),
    sa.ForeignKeyConstraint(['closed_by_id'], ['member.id'], name=op.f('fk_moderation_case_closed_by_id_member')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_moderation_case')),
    sa.UniqueConstraint('open_key', name=op.f('uq_moderation_case_open_key'))
    )
    with op.batch_alter_table('moderation_case', schema=None) as batch_op:
        batch_op.create_index('ix_moderation_case_queue', ['state', 'opened_at', 'id'], unique=False)
        batch_op.create_index('ix_moderation_case_target', ['target_kind', 'target_id'], unique=False)

    op.create_table('moderation_log',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.Column('verb', sa.String(length=40), nullable=False),
    sa.Column('target_kind', sa.Enum('post', 'message', 'member', 'thread', 'board', name='target_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('target_id', sa.Integer(), nullable=False),
    sa.Column('board_id', sa.Integer(), nullable=True),
    sa.Column('reason', sa.String(length=500), server_default='', nullable=False),
    sa.Column('details', sa.JSON(), nullable=False),
    sa.Column('undoes_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['actor_id'], ['member.id'], name=op.f('fk_moderation_log_actor_id_member')),
    sa.ForeignKeyConstraint(['board_id'], ['board.id'], name=op.f('fk_moderation_log_board_id_board')),
    sa.ForeignKeyConstraint(['undoes_id'], ['moderation_log.id'], name=op.f('fk_moderation_log_undoes_id_moderation_log')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_moderation_log')),
    sa.UniqueConstraint('undoes_id', name=op.f('uq_moderation_log_undoes_id'))
    )
    with op.batch_alter_table('moderation_log', schema=None) as batch_op:
        batch_op.create_index('ix_moderation_log_at', ['at', 'id'], unique=False)
        batch_op.create_index('ix_moderation_log_target', ['target_kind', 'target_id', 'id'], unique=False)

    op.create_table('product',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('slug', sa.String(length=120), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('board_id', sa.Integer(), nullable=True),
    sa.Column('url', sa.String(length=500), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['board_id'], ['board.id'], name=op.f('fk_product_board_id_board')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_product')),
    sa.UniqueConstraint('slug', name=op.f('uq_product_slug'))
    )
    op.create_table('chat_message',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('room_id', sa.Integer(), nullable=False),
    sa.Column('n', sa.Integer(), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=False),
    sa.Column('client_id', sa.String(length=64), nullable=False),
    sa.Column('reply_to_id', sa.Integer(), nullable=True),
    sa.Column('body_source', sa.Text(), nullable=False),
    sa.Column('body_html', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('edited_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('deleted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('deleted_by_id', sa.Integer(), nullable=True),
    sa.Column('hidden_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('hidden_reason', sa.String(length=500), nullable=True),
    sa.Column('redacted_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['author_id'], ['member.id'], name=op.f('fk_chat_message_author_id_member')),
    sa.ForeignKeyConstraint(['deleted_by_id'], ['member.id'], name=op.f('fk_chat_message_deleted_by_id_member')),
    sa.ForeignKeyConstraint(['reply_to_id'], ['chat_message.id'], name=op.f('fk_chat_message_reply_to_id_chat_message')),
    sa.ForeignKeyConstraint(['room_id'], ['chat_room.id'], name=op.f('fk_chat_message_room_id_chat_room')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_chat_message')),
    sa.UniqueConstraint('author_id', 'client_id', name='uq_chat_message_resend'),
    sa.UniqueConstraint('room_id', 'n', name='uq_chat_message_place')
    )
    with op.batch_alter_table('chat_message', schema=None) as batch_op:
        batch_op.create_index('ix_chat_message_changes', ['room_id', 'seq'], unique=False)

    op.create_table('chat_read',
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('room_id', sa.Integer(), nullable=False),
    sa.Column('n', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_chat_read_member_id_member')),
    sa.ForeignKeyConstraint(['room_id'], ['chat_room.id'], name=op.f('fk_chat_read_room_id_chat_room')),
    sa.PrimaryKeyConstraint('member_id', 'room_id', name=op.f('pk_chat_read'))
    )
    op.create_table('flag',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('flagger_id', sa.Integer(), nullable=True),
    sa.Column('guest_key', sa.String(length=64), nullable=True),
    sa.Column('reason', sa.Enum('spam', 'rude', 'unsafe', 'private', 'off_topic', 'other', name='reason', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('note', sa.String(length=500), server_default='', nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('(flagger_id IS NULL) <> (guest_key IS NULL)', name=op.f('ck_flag_somebody')),
    sa.ForeignKeyConstraint(['case_id'], ['moderation_case.id'], name=op.f('fk_flag_case_id_moderation_case')),
    sa.ForeignKeyConstraint(['flagger_id'], ['member.id'], name=op.f('fk_flag_flagger_id_member')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_flag')),
    sa.UniqueConstraint('case_id', 'flagger_id', name='uq_flag_member_once'),
    sa.UniqueConstraint('case_id', 'guest_key', name='uq_flag_guest_once')
    )
    with op.batch_alter_table('flag', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_flag_flagger_id'), ['flagger_id'], unique=False)

    op.create_table('product_sku',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('connection_id', sa.Integer(), nullable=False),
    sa.Column('sku', sa.String(length=120), nullable=False),
    sa.Column('product_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['connection_id'], ['shop_connection.id'], name=op.f('fk_product_sku_connection_id_shop_connection')),
    sa.ForeignKeyConstraint(['product_id'], ['product.id'], name=op.f('fk_product_sku_product_id_product')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_product_sku')),
    sa.UniqueConstraint('connection_id', 'sku', name='uq_product_sku_once')
    )
    with op.batch_alter_table('product_sku', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_product_sku_product_id'), ['product_id'], unique=False)

    op.create_table('shop_order_line',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('order_id', sa.Integer(), nullable=False),
    sa.Column('sku', sa.String(length=120), nullable=False),
    sa.Column('product_id', sa.Integer(), nullable=True),
    sa.Column('paid', sa.Integer(), server_default='0', nullable=False),
    sa.Column('refunded', sa.Integer(), server_default='0', nullable=False),
    sa.CheckConstraint('paid >= 0 AND refunded >= 0', name=op.f('ck_shop_order_line_counts')),
    sa.ForeignKeyConstraint(['order_id'], ['shop_order.id'], name=op.f('fk_shop_order_line_order_id_shop_order')),
    sa.ForeignKeyConstraint(['product_id'], ['product.id'], name=op.f('fk_shop_order_line_product_id_product')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_shop_order_line')),
    sa.UniqueConstraint('order_id', 'sku', name='uq_shop_order_line_sku')
    )
    with op.batch_alter_table('shop_order_line', schema=None) as batch_op:
        batch_op.create_index('ix_shop_order_line_product', ['product_id'], unique=False)

    op.create_table('thread',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('board_id', sa.Integer(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=False),
    sa.Column('product_id', sa.Integer(), nullable=True),
    sa.Column('kind', sa.Enum('question', 'discussion', 'idea', name='kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('slug', sa.String(length=120), nullable=False),
    sa.Column('language', sa.String(length=8), server_default='en', nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_activity_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_author_id', sa.Integer(), nullable=True),
    sa.Column('opening_id', sa.Integer(), nullable=True),
    sa.Column('accepted_post_id', sa.Integer(), nullable=True),
    sa.Column('awaits_confirmation', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('asked_as_newcomer', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('pinned_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('locked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('locked_reason', sa.String(length=500), nullable=True),
    sa.Column('duplicate_of_id', sa.Integer(), nullable=True),
    sa.Column('solved', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('answer_count', sa.Integer(), server_default='0', nullable=False),
    sa.Column('reply_count', sa.Integer(), server_default='0', nullable=False),
    sa.Column('score', sa.Integer(), server_default='0', nullable=False),
    sa.Column('next_position', sa.Integer(), server_default='0', nullable=False),
    sa.Column('view_count', sa.Integer(), server_default='0', nullable=False),
    sa.Column('version', sa.Integer(), server_default='0', nullable=False),
    sa.Column('external_source', sa.String(length=60), nullable=True),
    sa.Column('external_id', sa.String(length=60), nullable=True),
    sa.Column('deleted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('deleted_by_id', sa.Integer(), nullable=True),
    sa.Column('hidden_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('hidden_by_id', sa.Integer(), nullable=True),
    sa.Column('hidden_reason', sa.String(length=500), nullable=True),
    sa.ForeignKeyConstraint(['author_id'], ['member.id'], name=op.f('fk_thread_author_id_member')),
    sa.ForeignKeyConstraint(['board_id'], ['board.id'], name=op.f('fk_thread_board_id_board')),
    sa.ForeignKeyConstraint(['deleted_by_id'], ['member.id'], name=op.f('fk_thread_deleted_by_id_member')),
    sa.ForeignKeyConstraint(['duplicate_of_id'], ['thread.id'], name=op.f('fk_thread_duplicate_of_id_thread')),
    sa.ForeignKeyConstraint(['hidden_by_id'], ['member.id'], name=op.f('fk_thread_hidden_by_id_member')),
    sa.ForeignKeyConstraint(['last_author_id'], ['member.id'], name=op.f('fk_thread_last_author_id_member')),
    sa.ForeignKeyConstraint(['product_id'], ['product.id'], name=op.f('fk_thread_product_id_product')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_thread'))
    )
    with op.batch_alter_table('thread', schema=None) as batch_op:
        batch_op.create_index('ix_thread_author', ['author_id', 'created_at'], unique=False)
        batch_op.create_index('ix_thread_board_kind_latest', ['board_id', 'kind', 'last_activity_at', 'id'], unique=False)
        batch_op.create_index('ix_thread_board_kind_top', ['board_id', 'kind', 'score', 'id'], unique=False)
        batch_op.create_index('ix_thread_board_latest', ['board_id', 'last_activity_at', 'id'], unique=False)
        batch_op.create_index('ix_thread_board_solved', ['board_id', 'kind', 'solved', 'last_activity_at', 'id'], unique=False)
        batch_op.create_index('ix_thread_board_top', ['board_id', 'score', 'id'], unique=False)
        batch_op.create_index('ix_thread_board_unanswered', ['board_id', 'kind', 'answer_count', 'asked_as_newcomer', 'created_at', 'id'], unique=False)
        batch_op.create_index('ix_thread_created', ['created_at', 'id'], unique=False)
        batch_op.create_index('ix_thread_latest', ['last_activity_at', 'id'], unique=False)
        batch_op.create_index('ix_thread_pinned', ['board_id', 'pinned_at'], unique=False, sqlite_where=sa.text('pinned_at IS NOT NULL'), postgresql_where=sa.text('pinned_at IS NOT NULL'))
        batch_op.create_index('ix_thread_unanswered', ['kind', 'answer_count', 'asked_as_newcomer', 'created_at', 'id'], unique=False)
        batch_op.create_index('uq_thread_external', ['external_source', 'external_id'], unique=True)

    op.create_table('chat_reaction',
    sa.Column('message_id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('sign', sa.String(length=20), nullable=False),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_chat_reaction_member_id_member')),
    sa.ForeignKeyConstraint(['message_id'], ['chat_message.id'], name=op.f('fk_chat_reaction_message_id_chat_message')),
    sa.PrimaryKeyConstraint('message_id', 'member_id', 'sign', name=op.f('pk_chat_reaction'))
    )
    op.create_table('post',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('thread_id', sa.Integer(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('opening', 'answer', 'reply', name='kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('parent_id', sa.Integer(), nullable=True),
    sa.Column('root_id', sa.Integer(), nullable=True),
    sa.Column('position', sa.Integer(), nullable=True),
    sa.Column('reply_index', sa.Integer(), server_default='0', nullable=False),
    sa.Column('depth', sa.Integer(), server_default='0', nullable=False),
    sa.Column('body_source', sa.Text(), nullable=False),
    sa.Column('body_html', sa.Text(), nullable=False),
    sa.Column('body_text', sa.Text(), server_default='', nullable=False),
    sa.Column('renderer_version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('edited_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('redacted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revision_count', sa.Integer(), server_default='0', nullable=False),
    sa.Column('next_reply_index', sa.Integer(), server_default='1', nullable=False),
    sa.Column('reply_count', sa.Integer(), server_default='0', nullable=False),
    sa.Column('base_score', sa.Integer(), server_default='0', nullable=False),
    sa.Column('score', sa.Integer(), server_default='0', nullable=False),
    sa.Column('up_count', sa.Integer(), server_default='0', nullable=False),
    sa.Column('down_count', sa.Integer(), server_default='0', nullable=False),
    sa.Column('helpfulness', sa.Integer(), server_default='0', nullable=False),
    sa.Column('accepted', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('external_source', sa.String(length=60), nullable=True),
    sa.Column('external_id', sa.String(length=60), nullable=True),
    sa.Column('deleted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('deleted_by_id', sa.Integer(), nullable=True),
    sa.Column('hidden_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('hidden_by_id', sa.Integer(), nullable=True),
    sa.Column('hidden_reason', sa.String(length=500), nullable=True),
    sa.CheckConstraint("(kind = 'reply') OR (parent_id IS NULL)", name=op.f('ck_post_first_level_has_no_parent')),
    sa.ForeignKeyConstraint(['author_id'], ['member.id'], name=op.f('fk_post_author_id_member')),
    sa.ForeignKeyConstraint(['deleted_by_id'], ['member.id'], name=op.f('fk_post_deleted_by_id_member')),
    sa.ForeignKeyConstraint(['hidden_by_id'], ['member.id'], name=op.f('fk_post_hidden_by_id_member')),
    sa.ForeignKeyConstraint(['parent_id'], ['post.id'], name=op.f('fk_post_parent_id_post')),
    sa.ForeignKeyConstraint(['root_id'], ['post.id'], name=op.f('fk_post_root_id_post')),
    sa.ForeignKeyConstraint(['thread_id'], ['thread.id'], name=op.f('fk_post_thread_id_thread')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_post')),
    sa.UniqueConstraint('thread_id', 'position', name='uq_post_thread_position')
    )
    with op.batch_alter_table('post', schema=None) as batch_op:
        batch_op.create_index('ix_post_author', ['author_id', 'created_at'], unique=False)
        batch_op.create_index('ix_post_author_best', ['author_id', 'kind', 'helpfulness', 'id'], unique=False)
        batch_op.create_index('ix_post_author_kind', ['author_id', 'kind', 'created_at', 'id'], unique=False)
        batch_op.create_index('ix_post_children', ['parent_id', 'reply_index'], unique=False)
        batch_op.create_index('ix_post_first_level', ['thread_id', 'position'], unique=False)
        batch_op.create_index('ix_post_helpful', ['thread_id', 'kind', sa.literal_column('accepted DESC'), sa.literal_column('helpfulness DESC'), 'created_at', 'id'], unique=False)
        batch_op.create_index('ix_post_replies', ['root_id', 'reply_index'], unique=False)
        batch_op.create_index('uq_post_external', ['external_source', 'external_id'], unique=True)

    op.create_table('thread_read',
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('thread_id', sa.Integer(), nullable=False),
    sa.Column('post_id', sa.Integer(), nullable=False),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_thread_read_member_id_member')),
    sa.ForeignKeyConstraint(['thread_id'], ['thread.id'], name=op.f('fk_thread_read_thread_id_thread')),
    sa.PrimaryKeyConstraint('member_id', 'thread_id', name=op.f('pk_thread_read'))
    )
    with op.batch_alter_table('thread_read', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_thread_read_thread_id'), ['thread_id'], unique=False)

    op.create_table('thread_tag',
    sa.Column('thread_id', sa.Integer(), nullable=False),
    sa.Column('tag_id', sa.Integer(), nullable=False),
    sa.Column('place', sa.Integer(), server_default='0', nullable=False),
    sa.ForeignKeyConstraint(['tag_id'], ['tag.id'], name=op.f('fk_thread_tag_tag_id_tag')),
    sa.ForeignKeyConstraint(['thread_id'], ['thread.id'], name=op.f('fk_thread_tag_thread_id_thread')),
    sa.PrimaryKeyConstraint('thread_id', 'tag_id', name=op.f('pk_thread_tag'))
    )
    with op.batch_alter_table('thread_tag', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_thread_tag_tag_id'), ['tag_id'], unique=False)

    op.create_table('acceptance',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('thread_id', sa.Integer(), nullable=False),
    sa.Column('post_id', sa.Integer(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('external_id', sa.String(length=80), nullable=True),
    sa.ForeignKeyConstraint(['by_id'], ['member.id'], name=op.f('fk_acceptance_by_id_member')),
    sa.ForeignKeyConstraint(['post_id'], ['post.id'], name=op.f('fk_acceptance_post_id_post')),
    sa.ForeignKeyConstraint(['thread_id'], ['thread.id'], name=op.f('fk_acceptance_thread_id_thread')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_acceptance')),
    sa.UniqueConstraint('external_id', name=op.f('uq_acceptance_external_id')),
    sa.UniqueConstraint('post_id', name=op.f('uq_acceptance_post_id'))
    )
    with op.batch_alter_table('acceptance', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_acceptance_thread_id'), ['thread_id'], unique=False)

    op.create_table('ledger_line',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('generation', sa.Integer(), server_default='1', nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('axis', sa.Enum('reputation', 'purchases', name='axis', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('points', sa.Integer(), nullable=False),
    sa.Column('source_kind', sa.String(length=40), nullable=False),
    sa.Column('source_id', sa.String(length=80), nullable=False),
    sa.Column('caused_by_id', sa.Integer(), nullable=True),
    sa.Column('post_id', sa.Integer(), nullable=True),
    sa.Column('event_day', sa.Date(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['caused_by_id'], ['member.id'], name=op.f('fk_ledger_line_caused_by_id_member')),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_ledger_line_member_id_member')),
    sa.ForeignKeyConstraint(['post_id'], ['post.id'], name=op.f('fk_ledger_line_post_id_post')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ledger_line'))
    )
    with op.batch_alter_table('ledger_line', schema=None) as batch_op:
        batch_op.create_index('ix_ledger_line_day', ['member_id', 'event_day', 'generation'], unique=False)
        batch_op.create_index('ix_ledger_line_member', ['member_id', 'generation', 'axis', 'id'], unique=False)
        batch_op.create_index('ix_ledger_line_post', ['post_id', 'generation'], unique=False)
        batch_op.create_index('ix_ledger_line_source', ['source_id', 'source_kind', 'generation'], unique=False)
        batch_op.create_index('ix_ledger_line_week', ['kind', 'event_day', 'generation'], unique=False)

    op.create_table('notice',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('event_key', sa.String(length=120), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.Column('thread_id', sa.Integer(), nullable=True),
    sa.Column('post_id', sa.Integer(), nullable=True),
    sa.Column('details', sa.JSON(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['actor_id'], ['member.id'], name=op.f('fk_notice_actor_id_member')),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_notice_member_id_member')),
    sa.ForeignKeyConstraint(['post_id'], ['post.id'], name=op.f('fk_notice_post_id_post')),
    sa.ForeignKeyConstraint(['thread_id'], ['thread.id'], name=op.f('fk_notice_thread_id_thread')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notice')),
    sa.UniqueConstraint('member_id', 'event_key', name='uq_notice_once')
    )
    with op.batch_alter_table('notice', schema=None) as batch_op:
        batch_op.create_index('ix_notice_member', ['member_id', 'id'], unique=False)

    op.create_table('post_revision',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('post_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('editor_id', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=True),
    sa.Column('tags', sa.String(length=300), nullable=True),
    sa.Column('body_source', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['editor_id'], ['member.id'], name=op.f('fk_post_revision_editor_id_member')),
    sa.ForeignKeyConstraint(['post_id'], ['post.id'], name=op.f('fk_post_revision_post_id_post')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_post_revision')),
    sa.UniqueConstraint('post_id', 'number', name='uq_post_revision_number')
    )
    op.create_table('vote',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('post_id', sa.Integer(), nullable=False),
    sa.Column('voter_id', sa.Integer(), nullable=True),
    sa.Column('value', sa.Integer(), nullable=False),
    sa.Column('reason', sa.Enum('wrong', 'unsafe', name='reason', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.Column('voided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('external_id', sa.String(length=80), nullable=True),
    sa.CheckConstraint('value IN (-1, 0, 1)', name=op.f('ck_vote_one_step')),
    sa.ForeignKeyConstraint(['post_id'], ['post.id'], name=op.f('fk_vote_post_id_post')),
    sa.ForeignKeyConstraint(['voter_id'], ['member.id'], name=op.f('fk_vote_voter_id_member')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_vote')),
    sa.UniqueConstraint('external_id', name=op.f('uq_vote_external_id')),
    sa.UniqueConstraint('post_id', 'voter_id', name='uq_vote_post_voter')
    )
    with op.batch_alter_table('vote', schema=None) as batch_op:
        batch_op.create_index('ix_vote_post_time', ['post_id', 'created_at', 'id'], unique=False)
        batch_op.create_index('ix_vote_voter', ['voter_id', 'changed_at'], unique=False)

    _guard_the_log()
    _open_the_lobby()


def _guard_the_log() -> None:
    """The database itself refuses to change or delete a line of the moderation log."""
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)


def _open_the_lobby() -> None:
    """The chat room that always exists."""
    room = sa.table(
        "chat_room", sa.column("slug"), sa.column("title"), sa.column("created_at", sa.DateTime(timezone=True))
    )
    op.bulk_insert(room, [{"slug": "lobby", "title": "Lobby", "created_at": dt.datetime.now(dt.UTC)}])


def downgrade() -> None:
    with op.batch_alter_table('vote', schema=None) as batch_op:
        batch_op.drop_index('ix_vote_voter')
        batch_op.drop_index('ix_vote_post_time')

    op.drop_table('vote')
    op.drop_table('post_revision')
    with op.batch_alter_table('notice', schema=None) as batch_op:
        batch_op.drop_index('ix_notice_member')

    op.drop_table('notice')
    with op.batch_alter_table('ledger_line', schema=None) as batch_op:
        batch_op.drop_index('ix_ledger_line_week')
        batch_op.drop_index('ix_ledger_line_source')
        batch_op.drop_index('ix_ledger_line_post')
        batch_op.drop_index('ix_ledger_line_member')
        batch_op.drop_index('ix_ledger_line_day')

    op.drop_table('ledger_line')
    with op.batch_alter_table('acceptance', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_acceptance_thread_id'))

    op.drop_table('acceptance')
    with op.batch_alter_table('thread_tag', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_thread_tag_tag_id'))

    op.drop_table('thread_tag')
    with op.batch_alter_table('thread_read', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_thread_read_thread_id'))

    op.drop_table('thread_read')
    with op.batch_alter_table('post', schema=None) as batch_op:
        batch_op.drop_index('uq_post_external')
        batch_op.drop_index('ix_post_replies')
        batch_op.drop_index('ix_post_helpful')
        batch_op.drop_index('ix_post_first_level')
        batch_op.drop_index('ix_post_children')
        batch_op.drop_index('ix_post_author_kind')
        batch_op.drop_index('ix_post_author_best')
        batch_op.drop_index('ix_post_author')

    op.drop_table('post')
    op.drop_table('chat_reaction')
    with op.batch_alter_table('thread', schema=None) as batch_op:
        batch_op.drop_index('uq_thread_external')
        batch_op.drop_index('ix_thread_unanswered')
        batch_op.drop_index('ix_thread_pinned', sqlite_where=sa.text('pinned_at IS NOT NULL'), postgresql_where=sa.text('pinned_at IS NOT NULL'))
        batch_op.drop_index('ix_thread_latest')
        batch_op.drop_index('ix_thread_created')
        batch_op.drop_index('ix_thread_board_unanswered')
        batch_op.drop_index('ix_thread_board_top')
        batch_op.drop_index('ix_thread_board_solved')
        batch_op.drop_index('ix_thread_board_latest')
        batch_op.drop_index('ix_thread_board_kind_top')
        batch_op.drop_index('ix_thread_board_kind_latest')
        batch_op.drop_index('ix_thread_author')

    op.drop_table('thread')
    with op.batch_alter_table('shop_order_line', schema=None) as batch_op:
        batch_op.drop_index('ix_shop_order_line_product')

    op.drop_table('shop_order_line')
    with op.batch_alter_table('product_sku', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_product_sku_product_id'))

    op.drop_table('product_sku')
    with op.batch_alter_table('flag', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_flag_flagger_id'))

    op.drop_table('flag')
    op.drop_table('chat_read')
    with op.batch_alter_table('chat_message', schema=None) as batch_op:
        batch_op.drop_index('ix_chat_message_changes')

    op.drop_table('chat_message')
    op.drop_table('product')
    with op.batch_alter_table('moderation_log', schema=None) as batch_op:
        batch_op.drop_index('ix_moderation_log_target')
        batch_op.drop_index('ix_moderation_log_at')

    op.drop_table('moderation_log')
    with op.batch_alter_table('moderation_case', schema=None) as batch_op:
        batch_op.drop_index('ix_moderation_case_target')
        batch_op.drop_index('ix_moderation_case_queue')

    op.drop_table('moderation_case')
    op.drop_table('chat_room')
    with op.batch_alter_table('board_moderator', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_board_moderator_member_id'))

    op.drop_table('board_moderator')
    with op.batch_alter_table('board_membership', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_board_membership_board_id'))

    op.drop_table('board_membership')
    op.drop_table('webhook_delivery')
    with op.batch_alter_table('shop_order', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_shop_order_member_id'))
        batch_op.drop_index(batch_op.f('ix_shop_order_address_hash'))

    op.drop_table('shop_order')
    with op.batch_alter_table('sanction', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_sanction_member_id'))

    op.drop_table('sanction')
    op.drop_table('ruleset_version')
    op.drop_table('member_visit')
    with op.batch_alter_table('member_token', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_member_token_member_id'))

    op.drop_table('member_token')
    with op.batch_alter_table('member_standing', schema=None) as batch_op:
        batch_op.drop_index('ix_member_standing_reputation')

    op.drop_table('member_standing')
    with op.batch_alter_table('member_session', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_member_session_member_id'))

    op.drop_table('member_session')
    with op.batch_alter_table('member_email', schema=None) as batch_op:
        batch_op.drop_index('uq_member_email_confirmed', sqlite_where=sa.text('confirmed_at IS NOT NULL'), postgresql_where=sa.text('confirmed_at IS NOT NULL'))
        batch_op.drop_index(batch_op.f('ix_member_email_member_id'))
        batch_op.drop_index(batch_op.f('ix_member_email_address_key'))
        batch_op.drop_index(batch_op.f('ix_member_email_address_hash'))

    op.drop_table('member_email')
    with op.batch_alter_table('board', schema=None) as batch_op:
        batch_op.drop_index('ix_board_shelf')
        batch_op.drop_index(batch_op.f('ix_board_category_id'))

    op.drop_table('board')
    with op.batch_alter_table('award', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_award_member_id'))

    op.drop_table('award')
    op.drop_table('tag')
    op.drop_table('site_setting')
    op.drop_table('shop_connection')
    with op.batch_alter_table('outbox_event', schema=None) as batch_op:
        batch_op.drop_index('ix_outbox_event_due', sqlite_where=sa.text('parked_at IS NULL'), postgresql_where=sa.text('parked_at IS NULL'))

    op.drop_table('outbox_event')
    with op.batch_alter_table('member', schema=None) as batch_op:
        batch_op.drop_index('uq_member_external')
        batch_op.drop_index(batch_op.f('ix_member_shown_key'))
        batch_op.drop_index('ix_member_joined_at')

    op.drop_table('member')
    op.drop_table('kept_form')
    with op.batch_alter_table('job', schema=None) as batch_op:
        batch_op.drop_index('ix_job_due')

    op.drop_table('job')
    op.drop_table('category')
    if op.get_bind().dialect.name == "postgresql":
        op.execute(POSTGRESQL_DROP)
