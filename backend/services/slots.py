"""Taking and giving back places: the one way to change what a slot has left.

Locking rules. Whatever reads or changes what is taken of a slot, a booking of it or its waiting list locks the slot's
row first and reads afterwards; who needs two slots locks them in the order of their ids. So transactions that touch one
slot take turns, and none wait for each other in a circle. On SQLite every write transaction takes turns anyway. Beside
the lock each take is a guarded UPDATE, and the table has a CHECK: if a caller should ever forget the lock, no place is
given twice all the same.
"""

from __future__ import annotations

import datetime as dt
from typing import cast

from sqlalchemy import Table, select, update
from sqlalchemy.orm import Session, selectinload

from backend.models import Slot

_SLOTS = cast("Table", Slot.__table__)


def lock_slots(session: Session, *slot_ids: int) -> dict[int, Slot]:
    """The slots, locked until the transaction ends, as they are now; without those there are not."""
    rows = session.scalars(
        select(Slot)
        .where(Slot.id.in_(slot_ids))
        .order_by(Slot.id)
        .with_for_update()
        .options(selectinload(Slot.bookable))
        .execution_options(populate_existing=True)
    )
    return {row.id: row for row in rows}


def take(session: Session, slot: Slot, people: int) -> bool:
    """Takes places of an open slot, all or none; False where there are too few."""
    guarded = (
        update(_SLOTS)
        .where(_SLOTS.c.id == slot.id, _SLOTS.c.taken + people <= _SLOTS.c.capacity, _SLOTS.c.closed_at.is_(None))
        .values(taken=_SLOTS.c.taken + people)
        .returning(_SLOTS.c.taken)
    )
    return _changed(session, slot, guarded)


def give_back(session: Session, slot: Slot, people: int) -> None:
    """Gives places back."""
    _changed(
        session,
        slot,
        update(_SLOTS).where(_SLOTS.c.id == slot.id).values(taken=_SLOTS.c.taken - people).returning(_SLOTS.c.taken),
    )


def _changed(session: Session, slot: Slot, statement: object) -> bool:
    taken = session.scalar(statement)  # type: ignore[call-overload]
    if taken is None:
        return False
    session.refresh(slot, ["taken"])
    return True


def booking_ends(slot: Slot) -> dt.datetime:
    """When bookings of a slot end; aware, UTC."""
    return slot.starts_at - dt.timedelta(minutes=slot.bookable.lead_minutes)


def changing_ends(slot: Slot) -> dt.datetime:
    """Until when a booking of a slot may be cancelled or moved; aware, UTC."""
    return slot.starts_at - dt.timedelta(minutes=slot.bookable.cancel_minutes)
