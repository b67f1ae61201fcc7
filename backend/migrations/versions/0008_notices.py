"""Notices, their templates and broadcasts, devices

Revision: 0008, after 0007.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None

_NOTICE_QUEUED = sa.text("state = 'queued' AND lane IS NOT NULL")


def upgrade() -> None:
    op.create_table('broadcasts',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('template', sa.String(length=40), nullable=False),
    sa.Column('facts', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('audience', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('lane', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('prepared_to', sa.String(length=36), nullable=False),
    sa.Column('recipients', sa.Integer(), nullable=True),
    sa.Column('author', sa.String(length=80), nullable=False),
    sa.Column('approver', sa.String(length=80), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state IN ('draft', 'submitted', 'approved', 'preparing', 'running', 'paused', 'done', 'cancelled')", name=op.f('ck_broadcasts_state')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_broadcasts'))
    )
    with op.batch_alter_table('broadcasts', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_broadcasts_state'), ['state'], unique=False)

    op.create_table('paces',
    sa.Column('channel', sa.String(length=16), nullable=False),
    sa.Column('free_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('channel', name=op.f('pk_paces'))
    )
    op.create_table('template_versions',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('key', sa.String(length=40), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('texts', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('author', sa.String(length=80), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_template_versions')),
    sa.UniqueConstraint('key', 'version', name=op.f('uq_template_versions_key_version'))
    )
    op.create_table('channel_orders',
    sa.Column('contact_id', sa.String(length=36), nullable=False),
    sa.Column('channels', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_channel_orders_contact_id')),
    sa.PrimaryKeyConstraint('contact_id', name=op.f('pk_channel_orders'))
    )
    op.create_table('notices',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('contact_id', sa.String(length=36), nullable=False),
    sa.Column('template', sa.String(length=40), nullable=False),
    sa.Column('facts', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=True),
    sa.Column('subject', sa.String(length=128), nullable=False),
    sa.Column('dedupe', sa.String(length=160), nullable=False),
    sa.Column('lane', sa.Integer(), nullable=False),
    sa.Column('broadcast_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('error', sa.String(length=40), nullable=True),
    sa.Column('not_before', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('placed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("state IN ('queued', 'placed', 'dropped')", name=op.f('ck_notices_state')),
    sa.CheckConstraint('lane BETWEEN 0 AND 3', name=op.f('ck_notices_lane')),
    sa.ForeignKeyConstraint(['broadcast_id'], ['broadcasts.id'], name=op.f('fk_notices_broadcast_id')),
    sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_notices_contact_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notices')),
    sa.UniqueConstraint('contact_id', 'dedupe', name=op.f('uq_notices_contact_id_dedupe'))
    )
    with op.batch_alter_table('notices', schema=None) as batch_op:
        batch_op.create_index('ix_notices_broadcast_id_state_id', ['broadcast_id', 'state', 'id'], unique=False)
        batch_op.create_index('ix_notices_contact_id_id', ['contact_id', 'id'], unique=False)
        batch_op.create_index('ix_notices_expires_at', ['expires_at'], unique=False, sqlite_where=sa.text("state = 'queued'"), postgresql_where=sa.text("state = 'queued'"))
        batch_op.create_index('ix_notices_queued', ['lane', 'not_before'], unique=False, sqlite_where=sa.text("state = 'queued' AND broadcast_id IS NULL"), postgresql_where=sa.text("state = 'queued' AND broadcast_id IS NULL"))

    op.create_table('devices',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('identity_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('contact_id', sa.String(length=36), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_devices_contact_id')),
    sa.ForeignKeyConstraint(['identity_id'], ['channel_identities.id'], name=op.f('fk_devices_identity_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_devices')),
    sa.UniqueConstraint('identity_id', name=op.f('uq_devices_identity_id'))
    )
    with op.batch_alter_table('devices', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_devices_contact_id'), ['contact_id'], unique=False)

    # Column by column: SQLite would otherwise copy the table anew, and may not drop one that others refer to.
    if op.get_bind().dialect.name == 'sqlite':
        op.execute(
            'ALTER TABLE outbound_messages ADD COLUMN notice_id INTEGER '
            'CONSTRAINT fk_outbound_messages_notice_id REFERENCES notices (id)'
        )
    else:
        op.add_column('outbound_messages', sa.Column('notice_id', sa.BigInteger(), nullable=True))
        op.create_foreign_key('fk_outbound_messages_notice_id', 'outbound_messages', 'notices', ['notice_id'], ['id'])
    op.add_column('outbound_messages', sa.Column('lane', sa.Integer(), nullable=True))
    op.create_index('ix_outbound_messages_notice_id', 'outbound_messages', ['notice_id'])
    op.create_index(
        'ix_outbound_messages_lanes', 'outbound_messages', ['channel', 'lane', 'id'],
        sqlite_where=_NOTICE_QUEUED, postgresql_where=_NOTICE_QUEUED,
    )


def downgrade() -> None:
    op.drop_index('ix_outbound_messages_lanes', 'outbound_messages')
    op.drop_index('ix_outbound_messages_notice_id', 'outbound_messages')
    op.drop_column('outbound_messages', 'lane')
    if op.get_bind().dialect.name == 'sqlite':
        with op.batch_alter_table('outbound_messages', schema=None) as batch_op:
            batch_op.drop_column('notice_id')
    else:
        op.drop_column('outbound_messages', 'notice_id')

    with op.batch_alter_table('devices', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_devices_contact_id'))

    op.drop_table('devices')
    with op.batch_alter_table('notices', schema=None) as batch_op:
        batch_op.drop_index('ix_notices_queued', sqlite_where=sa.text("state = 'queued' AND broadcast_id IS NULL"), postgresql_where=sa.text("state = 'queued' AND broadcast_id IS NULL"))
        batch_op.drop_index('ix_notices_expires_at', sqlite_where=sa.text("state = 'queued'"), postgresql_where=sa.text("state = 'queued'"))
        batch_op.drop_index('ix_notices_contact_id_id')
        batch_op.drop_index('ix_notices_broadcast_id_state_id')

    op.drop_table('notices')
    op.drop_table('channel_orders')
    op.drop_table('template_versions')
    op.drop_table('paces')
    with op.batch_alter_table('broadcasts', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_broadcasts_state'))

    op.drop_table('broadcasts')
