"""Finds the positions people shared, to warn who is there and to delete them in time.

Revision ID: 0011
Revises: 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_SHARED = sa.text("location_at IS NOT NULL")
_SENT = sa.text("kind = 'location' AND location IS NOT NULL")


def upgrade() -> None:
    """Adds two indexes."""
    op.create_index(
        "ix_conversations_location_at",
        "conversations",
        ["location_at"],
        sqlite_where=_SHARED,
        postgresql_where=_SHARED,
    )
    op.create_index(
        "ix_inbound_messages_shared",
        "inbound_messages",
        ["closed_at"],
        sqlite_where=_SENT,
        postgresql_where=_SENT,
    )


def downgrade() -> None:
    """Takes them away."""
    op.drop_index("ix_inbound_messages_shared", "inbound_messages")
    op.drop_index("ix_conversations_location_at", "conversations")
