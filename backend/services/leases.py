"""The lease of a conversation: who answers it now. One at a time; a lease that runs out may be taken over.

Lock rule: a transaction that depends on who holds the lease, or on whether a turn is still open, locks the
conversation's row first and reads afterwards. So of two such transactions the later one sees what the earlier one did,
on PostgreSQL too.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from sqlalchemy import Executable, Table, bindparam, or_, select, update
from sqlalchemy.orm import Session

from backend.models import Conversation

# Built once, and on the table: an ORM update of one row, put together anew each time, takes ten times as long while
# other writers wait.
_CONVERSATIONS = cast("Table", Conversation.__table__)
_COLUMNS = _CONVERSATIONS.c
_ID = _COLUMNS.id == bindparam("conversation_id")
_OURS = _COLUMNS.lease_owner == bindparam("owner")
_FREE = or_(_COLUMNS.lease_until.is_(None), _COLUMNS.lease_until < bindparam("now"))
_LOCK = select(_COLUMNS.id).where(_ID).with_for_update(key_share=True)
_UPDATE = update(_CONVERSATIONS).where(_ID).returning(_COLUMNS.id)
_TAKE = _UPDATE.where(_FREE).values(lease_owner=bindparam("owner"), lease_until=bindparam("until"))
_RELEASE = _UPDATE.where(_OURS).values(lease_owner=None, lease_until=None)


def lock(session: Session, conversation_id: int) -> None:
    """Makes the transactions of one conversation take turns; on SQLite every write does so anyway.

    The weak form of the lock, so that a message may be stored meanwhile.
    """
    session.execute(_LOCK, {"conversation_id": conversation_id})


def take(session: Session, conversation_id: int, owner: str, now: dt.datetime, seconds: float) -> bool:
    """Takes a free or expired lease until `seconds` after `now`; False where another holds it."""
    until = now + dt.timedelta(seconds=seconds)
    return _changed(session, _TAKE, conversation_id=conversation_id, owner=owner, now=now, until=until)


def change(session: Session, conversation_id: int, owner: str | None, values: dict[str, Any]) -> bool:
    """Sets columns of the conversation; False where the lease is no longer the owner's. None: whoever has the lease."""
    statement = _UPDATE.values(values) if owner is None else _UPDATE.values(values).where(_OURS)
    return _changed(session, statement, conversation_id=conversation_id, **({"owner": owner} if owner else {}))


def release(session: Session, conversation_id: int, owner: str) -> bool:
    """Gives a lease back; False where it has gone to another."""
    return _changed(session, _RELEASE, conversation_id=conversation_id, owner=owner)


def _changed(session: Session, statement: Executable, **values: object) -> bool:
    return session.execute(statement, values).first() is not None
