"""Waiting for places of a slot: first come, first served, groups too.

Fairness. Places that come free are offered to who waits longest. While those at the head need more than is free nobody
behind them, and nobody new, gets what has come free: otherwise single people would pass a family for ever. That ends
`LAST_CALL` before bookings end; from then on what fits is offered in order, so that no place stays empty for a group
that will not come in. An offer is a hold for a limited time, and is not split.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from backend.database import record_event
from backend.models import Booking, Slot, WaitingEntry
from backend.services.notices import tell
from backend.services.slots import booking_ends
from backend.services.telling_bookings import facts_of

LAST_CALL = dt.timedelta(hours=2)
OFFER = dt.timedelta(minutes=30)
LAST_OFFER = dt.timedelta(minutes=10)


def keeps_out(session: Session, slot: Slot, now: dt.datetime) -> bool:
    """Whether people wait who come before anybody new."""
    if now >= booking_ends(slot) - LAST_CALL:
        return False
    waiting = exists().where(WaitingEntry.slot_id == slot.id, WaitingEntry.state == "waiting")
    return bool(session.scalar(select(waiting)))


def offer_places(
    session: Session,
    slot: Slot,
    now: dt.datetime,
    told_at: dt.datetime,
    hold: Callable[[Session, Slot, WaitingEntry, dt.datetime], Booking],
) -> int:
    """Offers what is free to those who wait, by the rule above; how many offers. The slot is locked by the caller.

    `hold` makes the hold that is an offer, until the time given; its time begins at `told_at`, when it can be read.
    """
    if slot.closed_at is not None or now >= booking_ends(slot):
        return 0
    strict = now < booking_ends(slot) - LAST_CALL
    waiting = session.scalars(
        select(WaitingEntry)
        .where(WaitingEntry.slot_id == slot.id, WaitingEntry.state == "waiting")
        .order_by(WaitingEntry.id)
    ).all()
    offered = 0
    for entry in waiting:
        if entry.size > slot.capacity - slot.taken:
            if strict:
                break
            continue
        until = min(told_at + (OFFER if strict else LAST_OFFER), booking_ends(slot))
        booking = hold(session, slot, entry, until)
        entry.state, entry.booking_id = "offered", booking.id
        record_event(session, "waiting.offered", f"booking/{booking.id}", {"slot_id": slot.id})
        tell(
            session,
            contact_id=entry.contact_id,
            template="waiting_offer",
            values={**facts_of(slot, booking.code), "until": until.isoformat()},
            subject=f"booking/{booking.id}",
            dedupe=f"waiting/{entry.id}/{booking.id}",
            expires_at=until,
            urgency="urgent",
        )
        offered += 1
    return offered


def lapse(session: Session, slot: Slot) -> int:
    """Ends the waiting for a slot that nobody can book any more, and says so; how many waited."""
    waiting = session.scalars(
        select(WaitingEntry).where(WaitingEntry.slot_id == slot.id, WaitingEntry.state == "waiting")
    ).all()
    for entry in waiting:
        entry.state = "lapsed"
        tell(
            session,
            contact_id=entry.contact_id,
            template="waiting_lapsed",
            values={name: value for name, value in facts_of(slot, "").items() if name != "code"},
            subject=f"waiting/{entry.id}",
            dedupe=f"waiting/{entry.id}/lapsed",
            expires_at=slot.ends_at,
        )
    return len(waiting)
