"""Alerts, subscriptions, other systems and the numbers of public events

Revision: 0010, after 0009.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
_UNNUMBERED = sa.text('public AND number IS NULL')
_RUNNING = sa.text('ended_at IS NULL')


def upgrade() -> None:
    json = sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')
    with op.batch_alter_table('events', schema=None) as batch_op:
        batch_op.add_column(sa.Column('public', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column('number', _BIG, nullable=True))
        batch_op.create_index('uq_events_number', ['number'], unique=True)
        batch_op.create_index('ix_events_unnumbered', ['id'], unique=False, sqlite_where=_UNNUMBERED, postgresql_where=_UNNUMBERED)

    op.create_table('api_clients',
    sa.Column('id', _BIG, nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('scopes', json, nullable=False),
    sa.Column('senders', json, nullable=False),
    sa.Column('enabled', sa.Boolean(), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('token_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_api_clients')),
    sa.UniqueConstraint('name', name=op.f('uq_api_clients_name')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_api_clients_token_hash'))
    )
    op.create_table('alerts',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('thread_id', sa.String(length=36), nullable=False),
    sa.Column('sender', sa.String(length=200), nullable=False),
    sa.Column('identifier', sa.String(length=200), nullable=False),
    sa.Column('sent', sa.DateTime(timezone=True), nullable=False),
    sa.Column('status', sa.String(length=8), nullable=False),
    sa.Column('msg_type', sa.String(length=8), nullable=False),
    sa.Column('kind', sa.String(length=24), nullable=False),
    sa.Column('severity', sa.String(length=8), nullable=False),
    sa.Column('urgency', sa.String(length=9), nullable=False),
    sa.Column('certainty', sa.String(length=8), nullable=False),
    sa.Column('reach', json, nullable=False),
    sa.Column('effective_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_by', sa.String(length=36), nullable=True),
    sa.Column('xml', sa.Text(), nullable=False),
    sa.Column('client_id', _BIG, nullable=True),
    sa.Column('author', sa.String(length=80), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("state IN ('waiting', 'current', 'superseded', 'cancelled', 'expired', 'recorded')", name=op.f('ck_alerts_state')),
    sa.ForeignKeyConstraint(['client_id'], ['api_clients.id'], name=op.f('fk_alerts_client_id')),
    sa.ForeignKeyConstraint(['ended_by'], ['alerts.id'], name=op.f('fk_alerts_ended_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_alerts')),
    sa.UniqueConstraint('sender', 'identifier', name=op.f('uq_alerts_sender_identifier'))
    )
    with op.batch_alter_table('alerts', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_alerts_thread_id'), ['thread_id'], unique=False)
        batch_op.create_index('ix_alerts_state_expires_at', ['state', 'expires_at'], unique=False)

    op.create_table('alert_references',
    sa.Column('id', _BIG, nullable=False),
    sa.Column('alert_id', sa.String(length=36), nullable=False),
    sa.Column('sender', sa.String(length=200), nullable=False),
    sa.Column('identifier', sa.String(length=200), nullable=False),
    sa.ForeignKeyConstraint(['alert_id'], ['alerts.id'], name=op.f('fk_alert_references_alert_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_alert_references')),
    sa.UniqueConstraint('alert_id', 'sender', 'identifier', name=op.f('uq_alert_references_alert_id_sender_identifier'))
    )
    with op.batch_alter_table('alert_references', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_alert_references_sender_identifier'), ['sender', 'identifier'], unique=False)

    op.create_table('alert_recipients',
    sa.Column('thread_id', sa.String(length=36), nullable=False),
    sa.Column('contact_id', sa.String(length=36), nullable=False),
    sa.Column('told_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_alert_recipients_contact_id')),
    sa.PrimaryKeyConstraint('thread_id', 'contact_id', name=op.f('pk_alert_recipients'))
    )
    with op.batch_alter_table('alert_recipients', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_alert_recipients_contact_id'), ['contact_id'], unique=False)

    op.create_table('subscriptions',
    sa.Column('id', _BIG, nullable=False),
    sa.Column('contact_id', sa.String(length=36), nullable=False),
    sa.Column('topic', sa.String(length=24), nullable=False),
    sa.Column('about', sa.String(length=100), nullable=False),
    sa.Column('params', json, nullable=False),
    sa.Column('key', sa.String(length=100), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_subscriptions_contact_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_subscriptions')),
    sa.UniqueConstraint('contact_id', 'key', name=op.f('uq_subscriptions_contact_id_key'))
    )
    with op.batch_alter_table('subscriptions', schema=None) as batch_op:
        batch_op.create_index('uq_subscriptions_running', ['contact_id', 'topic', 'about'], unique=True, sqlite_where=_RUNNING, postgresql_where=_RUNNING)
        batch_op.create_index('ix_subscriptions_topic_about', ['topic', 'about'], unique=False, sqlite_where=_RUNNING, postgresql_where=_RUNNING)

    op.create_table('event_followers',
    sa.Column('name', sa.String(length=24), nullable=False),
    sa.Column('number', _BIG, nullable=False),
    sa.Column('contact_id', sa.String(length=36), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_event_followers'))
    )
    op.create_table('webhook_endpoints',
    sa.Column('id', _BIG, nullable=False),
    sa.Column('url', sa.Text(), nullable=False),
    sa.Column('types', json, nullable=False),
    sa.Column('secret_encrypted', sa.LargeBinary(), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('cursor', _BIG, nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('failing_since', sa.DateTime(timezone=True), nullable=True),
    sa.Column('next_attempt_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('claim_token', sa.String(length=36), nullable=True),
    sa.Column('last_status', sa.String(length=40), nullable=False),
    sa.Column('last_attempt_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_webhook_endpoints'))
    )


def downgrade() -> None:
    for table in (
        'webhook_endpoints', 'event_followers', 'subscriptions', 'alert_recipients', 'alert_references', 'alerts', 'api_clients',
    ):
        op.drop_table(table)
    with op.batch_alter_table('events', schema=None) as batch_op:
        batch_op.drop_index('ix_events_unnumbered', sqlite_where=_UNNUMBERED, postgresql_where=_UNNUMBERED)
        batch_op.drop_index('uq_events_number')
        batch_op.drop_column('number')
        batch_op.drop_column('public')
