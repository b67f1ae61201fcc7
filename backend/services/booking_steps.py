"""The steps that the verbs on bookings are made of. All of them want the slot's row locked (`services.slots`)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from sqlalchemy import Connection, bindparam, func, select
from sqlalchemy.orm import Session

from backend.database import record_event
from backend.models import Bookable, Booking, Slot, WaitingEntry
from backend.services import due, slots
from backend.services.booking_codes import new_code
from backend.services.booking_views import Refused, price_of
from backend.services.slots import booking_ends
from backend.services.telling_bookings import subject_of

PRICE_KINDS = ("adult", "child", "senior")
RELEASE, FINISH, LAST_CALL = "booking.release", "slot.finish", "slot.last_call"
ACTIVE = ("held", "confirmed", "arrived")

_OF_SLOT = select(Booking.id).where(Booking.slot_id == bindparam("slot_id"))
_OF_CONTACT = select(Booking.id).where(Booking.contact_id == bindparam("contact_id"))
# Built once: when many want the same few places it is asked many times a second.
_FULL = (
    select(Slot.starts_at, Bookable.lead_minutes, Bookable.ahead_days, Bookable.most_people)
    .join(Bookable, Bookable.id == Slot.bookable_id)
    .where(Slot.id == bindparam("slot_id"), Slot.taken + bindparam("size") > Slot.capacity, Slot.closed_at.is_(None))
    .where(
        Bookable.state == "open",
        ~_OF_SLOT.where(Booking.state == "held", Booking.held_until <= bindparam("now")).exists(),
        ~_OF_CONTACT.where(Booking.slot_id == bindparam("slot_id"), Booking.state.in_(ACTIVE)).exists(),
        ~_OF_CONTACT.where(Booking.hold_key == bindparam("key")).exists(),
    )
)


def is_full(connection: Connection, contact_id: str, slot_id: int, size: int, key: str, now: dt.datetime) -> bool:
    """Whether a slot has too few places for so many people more, by one look that needs no lock.

    False where anything else is to be said: the person has places there or used the key before, a hold has lapsed, the
    slot is closed or it is not the time to book it.
    """
    asked = {"contact_id": contact_id, "slot_id": slot_id, "size": size, "key": key[:80], "now": now}
    row = connection.execute(_FULL, asked).one_or_none()
    if row is None or not 1 <= size <= row.most_people:
        return False
    first, last = now + dt.timedelta(minutes=row.lead_minutes), now + dt.timedelta(days=row.ahead_days + 1)
    return bool(first < row.starts_at <= last)


def new_hold(
    session: Session,
    slot: Slot,
    contact_id: str,
    party: Mapping[str, int],
    size: int,
    key: str,
    until: dt.datetime,
) -> Booking | None:
    """A new hold; None where the slot has too few places."""
    if not slots.take(session, slot, size):
        return None
    booking = Booking(
        code=_free_code(session),
        contact_id=contact_id,
        slot_id=slot.id,
        slot=slot,
        hold_key=key[:80],
        party=dict(party),
        size=size,
        price_fen=price_of(slot.bookable.prices, party),
        payment=slot.bookable.payment,
        held_until=until,
    )
    session.add(booking)
    session.flush()
    due.plan(session, RELEASE, subject_of(booking), until)
    record_event(session, "booking.held", subject_of(booking), event_of(slot, booking))
    return booking


def size_of(slot: Slot, party: Mapping[str, int]) -> int:
    """How many people a party has. Raises Refused: nobody, too_many."""
    size = sum(party.values())
    if size < 1 or min(party.values()) < 0 or not party.keys() <= set(PRICE_KINDS):
        raise Refused("nobody")
    if size > slot.bookable.most_people:
        raise Refused("too_many", most=slot.bookable.most_people)
    return size


def check_slot(slot: Slot, now: dt.datetime) -> None:
    """Whether a slot may be booked now. Raises Refused: paused, closed, too_late, too_early."""
    if slot.bookable.state != "open":
        raise Refused("paused")
    if slot.closed_at is not None:
        raise Refused("closed", reason_zh=slot.reason_zh, reason_en=slot.reason_en)
    if now >= booking_ends(slot):
        raise Refused("too_late", until=booking_ends(slot))
    if slot.starts_at > now + dt.timedelta(days=slot.bookable.ahead_days + 1):
        raise Refused("too_early", days=slot.bookable.ahead_days)


def check_person(session: Session, contact_id: str, slot: Slot, size: int, now: dt.datetime) -> None:
    """Whether a person may have so many places more. Raises Refused too_many."""
    running = (Booking.state != "held") | (Booking.held_until > now)
    has = session.scalar(
        select(func.coalesce(func.sum(Booking.size), 0)).where(
            Booking.slot_id == slot.id, Booking.contact_id == contact_id, Booking.state.in_(ACTIVE), running
        )
    )
    if int(has or 0) + size > slot.bookable.most_people:
        raise Refused("too_many", most=slot.bookable.most_people, has=int(has or 0))


def end_waiting(session: Session, booking: Booking, state: str) -> None:
    """Says how the waiting for a hold that was an offer has ended; nothing where it was none."""
    entry = session.scalars(
        select(WaitingEntry).where(WaitingEntry.booking_id == booking.id, WaitingEntry.state == "offered")
    ).one_or_none()
    if entry is not None:
        entry.state = state


def event_of(slot: Slot, booking: Booking) -> dict[str, object]:
    """What an event tells of a booking: ids and counts, nothing of the person."""
    return {"bookable_id": slot.bookable_id, "slot_id": slot.id, "size": booking.size, "state": booking.state}


def _free_code(session: Session) -> str:
    while True:
        code = new_code()
        if session.scalar(select(Booking.id).where(Booking.code == code)) is None:
            return code
