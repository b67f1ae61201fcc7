"""What can be booked, bookings, waiting lists

Revision: 0009, after 0008.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    json = sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')
    big = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
    op.create_table('bookables',
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('place_id', sa.String(length=64), nullable=True),
    sa.Column('department', sa.String(length=64), nullable=True),
    sa.Column('name_zh', sa.Text(), nullable=False),
    sa.Column('name_en', sa.Text(), nullable=False),
    sa.Column('aliases', json, nullable=False),
    sa.Column('bring_zh', sa.Text(), nullable=False),
    sa.Column('bring_en', sa.Text(), nullable=False),
    sa.Column('prices', json, nullable=False),
    sa.Column('documents', json, nullable=False),
    sa.Column('ahead_days', sa.Integer(), nullable=False),
    sa.Column('lead_minutes', sa.Integer(), nullable=False),
    sa.Column('cancel_minutes', sa.Integer(), nullable=False),
    sa.Column('hold_minutes', sa.Integer(), nullable=False),
    sa.Column('most_people', sa.Integer(), nullable=False),
    sa.Column('payment', sa.String(length=16), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('slots_until', sa.Date(), nullable=True),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('confidence', sa.String(length=8), nullable=False),
    sa.Column('as_of', sa.String(length=10), nullable=False),
    sa.Column('schedules', json, nullable=False),
    sa.Column('pack_hash', sa.String(length=64), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bookables'))
    )
    with op.batch_alter_table('bookables', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_bookables_place_id'), ['place_id'], unique=False)

    op.create_table('idempotency_keys',
    sa.Column('id', big, nullable=False),
    sa.Column('owner', sa.String(length=64), nullable=False),
    sa.Column('key', sa.String(length=80), nullable=False),
    sa.Column('request_sha256', sa.String(length=64), nullable=False),
    sa.Column('status', sa.Integer(), nullable=True),
    sa.Column('answer', json, nullable=True),
    sa.Column('in_flight_until', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_idempotency_keys')),
    sa.UniqueConstraint('owner', 'key', name=op.f('uq_idempotency_keys_owner_key'))
    )
    op.create_table('schedule_exceptions',
    sa.Column('id', big, nullable=False),
    sa.Column('bookable_id', sa.String(length=64), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('capacity', sa.Integer(), nullable=True),
    sa.Column('reason_zh', sa.Text(), nullable=False),
    sa.Column('reason_en', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['bookable_id'], ['bookables.id'], name=op.f('fk_schedule_exceptions_bookable_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_schedule_exceptions')),
    sa.UniqueConstraint('bookable_id', 'day', name=op.f('uq_schedule_exceptions_bookable_id_day'))
    )
    op.create_table('slots',
    sa.Column('id', big, nullable=False),
    sa.Column('bookable_id', sa.String(length=64), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('capacity', sa.Integer(), nullable=False),
    sa.Column('taken', sa.Integer(), nullable=False),
    sa.Column('scheduled', sa.Boolean(), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_by', sa.String(length=80), nullable=False),
    sa.Column('reason_zh', sa.Text(), nullable=False),
    sa.Column('reason_en', sa.Text(), nullable=False),
    sa.CheckConstraint('taken >= 0 AND taken <= capacity', name=op.f('ck_slots_taken')),
    sa.ForeignKeyConstraint(['bookable_id'], ['bookables.id'], name=op.f('fk_slots_bookable_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_slots')),
    sa.UniqueConstraint('bookable_id', 'starts_at', name=op.f('uq_slots_bookable_id_starts_at'))
    )
    op.create_table('bookings',
    sa.Column('id', big, nullable=False),
    sa.Column('code', sa.String(length=8), nullable=False),
    sa.Column('contact_id', sa.String(length=36), nullable=False),
    sa.Column('slot_id', big, nullable=False),
    sa.Column('hold_key', sa.String(length=80), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('party', json, nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('price_fen', sa.Integer(), nullable=False),
    sa.Column('payment', sa.String(length=16), nullable=False),
    sa.Column('held_until', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('arrived_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('changes', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_bookings_contact_id')),
    sa.ForeignKeyConstraint(['slot_id'], ['slots.id'], name=op.f('fk_bookings_slot_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bookings')),
    sa.UniqueConstraint('code', name=op.f('uq_bookings_code')),
    sa.UniqueConstraint('contact_id', 'hold_key', name=op.f('uq_bookings_contact_id_hold_key'))
    )
    with op.batch_alter_table('bookings', schema=None) as batch_op:
        batch_op.create_index('ix_bookings_contact_id_id', ['contact_id', 'id'], unique=False)
        batch_op.create_index('ix_bookings_slot_id_state', ['slot_id', 'state'], unique=False)

    op.create_table('booking_guests',
    sa.Column('id', big, nullable=False),
    sa.Column('booking_id', big, nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('document_kind', sa.String(length=20), nullable=False),
    sa.Column('document_encrypted', sa.LargeBinary(), nullable=True),
    sa.Column('document_hint', sa.String(length=16), nullable=False),
    sa.ForeignKeyConstraint(['booking_id'], ['bookings.id'], name=op.f('fk_booking_guests_booking_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_booking_guests')),
    sa.UniqueConstraint('booking_id', 'position', name=op.f('uq_booking_guests_booking_id_position'))
    )
    op.create_table('waiting_entries',
    sa.Column('id', big, nullable=False),
    sa.Column('slot_id', big, nullable=False),
    sa.Column('contact_id', sa.String(length=36), nullable=False),
    sa.Column('party', json, nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('booking_id', big, nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['booking_id'], ['bookings.id'], name=op.f('fk_waiting_entries_booking_id')),
    sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_waiting_entries_contact_id')),
    sa.ForeignKeyConstraint(['slot_id'], ['slots.id'], name=op.f('fk_waiting_entries_slot_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_waiting_entries'))
    )
    with op.batch_alter_table('waiting_entries', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_waiting_entries_contact_id'), ['contact_id'], unique=False)
        batch_op.create_index('uq_waiting_entries_slot_id', ['slot_id', 'contact_id'], unique=True, sqlite_where=sa.text("state IN ('waiting', 'offered')"), postgresql_where=sa.text("state IN ('waiting', 'offered')"))


def downgrade() -> None:
    with op.batch_alter_table('waiting_entries', schema=None) as batch_op:
        batch_op.drop_index('uq_waiting_entries_slot_id', sqlite_where=sa.text("state IN ('waiting', 'offered')"), postgresql_where=sa.text("state IN ('waiting', 'offered')"))
        batch_op.drop_index(batch_op.f('ix_waiting_entries_contact_id'))

    op.drop_table('waiting_entries')
    op.drop_table('booking_guests')
    with op.batch_alter_table('bookings', schema=None) as batch_op:
        batch_op.drop_index('ix_bookings_slot_id_state')
        batch_op.drop_index('ix_bookings_contact_id_id')

    op.drop_table('bookings')
    op.drop_table('slots')
    op.drop_table('schedule_exceptions')
    op.drop_table('idempotency_keys')
    with op.batch_alter_table('bookables', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_bookables_place_id'))

    op.drop_table('bookables')
