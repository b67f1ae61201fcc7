"""Who can belong to an audience of a broadcast beside everybody: people booked at a place, in a slot, in a district."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Select, select

from backend.models import Bookable, Booking, Place, Slot, utcnow
from backend.services.broadcasts.audience import Source

# Whose booking still lies ahead of them, or who is there.
BOOKED = ("held", "confirmed", "arrived")


def booked_places(place_ids: Sequence[str]) -> Select[tuple[str]]:
    """People booked at places, from now on."""
    return _booked().where(Bookable.place_id.in_(place_ids))


def booked_slots(slot_ids: Sequence[str]) -> Select[tuple[str]]:
    """People booked in slots, by the numbers of these."""
    numbers = [int(each) for each in slot_ids if each.isascii() and each.isdigit() and len(each) < 19]
    return _booked().where(Slot.id.in_(numbers))


def booked_districts(district_ids: Sequence[str]) -> Select[tuple[str]]:
    """People booked at places of districts, from now on."""
    return _booked().where(Bookable.place_id.in_(select(Place.id).where(Place.district.in_(district_ids))))


def _booked() -> Select[tuple[str]]:
    return (
        select(Booking.contact_id)
        .join(Slot, Booking.slot_id == Slot.id)
        .join(Bookable, Slot.bookable_id == Bookable.id)
        .where(Booking.state.in_(BOOKED), Slot.ends_at > utcnow())
    )


SOURCES: Mapping[str, Source] = {"places": booked_places, "slots": booked_slots, "districts": booked_districts}
