"""The lease of a conversation: who answers it now. One at a time; a lease that runs out may be taken over.

Lock rule: a transaction that depends on who holds the lease, or on whether a turn is still open, locks the
conversation's row first and reads afterwards. So of two such transactions the later one sees what the earlier one did,
on PostgreSQL too.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from backend.models import Conversation


def lock(session: Session, conversation_id: int) -> None:
    """Makes the transactions of one conversation take turns; on SQLite every write does so anyway.

    The weak form of the lock, so that a message may be stored meanwhile.
    """
    session.execute(select(Conversation.id).where(Conversation.id == conversation_id).with_for_update(key_share=True))


def take(session: Session, conversation_id: int, owner: str, now: dt.datetime, seconds: float) -> bool:
    """Takes a free or expired lease until `seconds` after `now`; False where another holds it."""
    taken = session.execute(
        update(Conversation)
        .where(
            Conversation.id == conversation_id,
            or_(Conversation.lease_until.is_(None), Conversation.lease_until < now),
        )
        .values(lease_owner=owner, lease_until=now + dt.timedelta(seconds=seconds))
        .returning(Conversation.id)
    ).first()
    return taken is not None


def renew(session: Session, conversation_id: int, owner: str, now: dt.datetime, seconds: float) -> bool:
    """Holds on to a lease until `seconds` after `now`; False where it has gone to another."""
    renewed = session.execute(
        update(Conversation)
        .where(Conversation.id == conversation_id, Conversation.lease_owner == owner)
        .values(lease_until=now + dt.timedelta(seconds=seconds))
        .returning(Conversation.id)
    ).first()
    return renewed is not None


def release(session: Session, conversation_id: int, owner: str) -> bool:
    """Gives a lease back; False where it has gone to another."""
    released = session.execute(
        update(Conversation)
        .where(Conversation.id == conversation_id, Conversation.lease_owner == owner)
        .values(lease_owner=None, lease_until=None)
        .returning(Conversation.id)
    ).first()
    return released is not None
