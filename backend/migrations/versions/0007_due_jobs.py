"""What is to be done at a time

Revision: 0007, after 0006.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None

_WAITING = sa.text("state = 'waiting'")


def upgrade() -> None:
    op.create_table('due_jobs',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('job', sa.String(length=40), nullable=False),
    sa.Column('subject', sa.String(length=128), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('not_before', sa.DateTime(timezone=True), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('error', sa.String(length=80), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_due_jobs')),
    sa.UniqueConstraint('job', 'subject', 'due_at', name=op.f('uq_due_jobs_job_subject_due_at'))
    )
    with op.batch_alter_table('due_jobs', schema=None) as batch_op:
        batch_op.create_index('ix_due_jobs_waiting', ['not_before'], unique=False, sqlite_where=_WAITING, postgresql_where=_WAITING)


def downgrade() -> None:
    with op.batch_alter_table('due_jobs', schema=None) as batch_op:
        batch_op.drop_index('ix_due_jobs_waiting', sqlite_where=_WAITING, postgresql_where=_WAITING)

    op.drop_table('due_jobs')
