"""Place changes: which places changed, in the order of their commits

Revision: 0005, after 0004.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

# On SQLite one transaction writes at a time, so the next number is one more than the greatest.
_SQLITE = """
CREATE TRIGGER place_{name} AFTER {event} ON places BEGIN
  INSERT INTO place_changes (place_id, number, changed_at)
  VALUES (
    {row}.id, (SELECT coalesce(max(number), 0) + 1 FROM place_changes), strftime('%Y-%m-%d %H:%M:%f000', 'now')
  )
  ON CONFLICT (place_id) DO UPDATE SET number = excluded.number, changed_at = excluded.changed_at;
END
"""
_EVENTS = (('inserted', 'INSERT', 'NEW'), ('updated', 'UPDATE', 'NEW'), ('removed', 'DELETE', 'OLD'))

# On PostgreSQL writers take turns from here to their commit, so numbers become visible in their order. The trigger
# waits until all else is done: the lock is held for a moment only, and nobody who has it waits for another lock.
_POSTGRESQL = """
CREATE FUNCTION note_place_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  changed text;
BEGIN
  IF TG_OP = 'DELETE' THEN changed := OLD.id; ELSE changed := NEW.id; END IF;
  PERFORM pg_advisory_xact_lock(1347174723);
  INSERT INTO place_changes (place_id, number, changed_at)
  VALUES (changed, nextval('place_changes_number_seq'), clock_timestamp())
  ON CONFLICT (place_id) DO UPDATE SET number = excluded.number, changed_at = excluded.changed_at;
  RETURN NULL;
END
$$
"""
_POSTGRESQL_TRIGGER = """
CREATE CONSTRAINT TRIGGER place_changed AFTER INSERT OR UPDATE OR DELETE ON places
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION note_place_change()
"""


def upgrade() -> None:
    op.create_table('place_changes',
    sa.Column('place_id', sa.String(length=80), nullable=False),
    sa.Column('number', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('place_id', name=op.f('pk_place_changes'))
    )
    with op.batch_alter_table('place_changes', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_place_changes_number'), ['number'], unique=True)
        batch_op.create_index(batch_op.f('ix_place_changes_changed_at'), ['changed_at'], unique=False)
    # What is there already counts as changed when it was.
    op.execute(
        'INSERT INTO place_changes (place_id, number, changed_at) '
        'SELECT id, row_number() OVER (ORDER BY updated_at, id), updated_at FROM places'
    )
    if op.get_bind().dialect.name == 'sqlite':
        for name, event, row in _EVENTS:
            op.get_bind().exec_driver_sql(_SQLITE.format(name=name, event=event, row=row))
        return
    op.execute('CREATE SEQUENCE place_changes_number_seq OWNED BY place_changes.number')
    op.execute("SELECT setval('place_changes_number_seq', (SELECT coalesce(max(number), 0) + 1 FROM place_changes))")
    op.get_bind().exec_driver_sql(_POSTGRESQL)
    op.execute(_POSTGRESQL_TRIGGER)


def downgrade() -> None:
    if op.get_bind().dialect.name == 'sqlite':
        for name, _, _ in _EVENTS:
            op.execute(f'DROP TRIGGER place_{name}')
    else:
        op.execute('DROP TRIGGER place_changed ON places')
        op.execute('DROP FUNCTION note_place_change()')
    op.drop_table('place_changes')
