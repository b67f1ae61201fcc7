"""Who can belong to an audience of a broadcast beside everybody: people booked somewhere, and followers of a topic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, or_, select, union

from backend.models import Bookable, Booking, Place, Slot, Subscription, utcnow
from backend.services.broadcasts.audience import Source

# Whose booking still lies ahead of them, or who is there.
BOOKED = ("held", "confirmed", "arrived")


def booked_places(place_ids: Sequence[str]) -> Select[Any]:
    """People booked at places, from now on."""
    return _booked().where(Bookable.place_id.in_(place_ids))


def booked_slots(slot_ids: Sequence[str]) -> Select[Any]:
    """People booked in slots, by the numbers of these."""
    numbers = [int(each) for each in slot_ids if each.isascii() and each.isdigit() and len(each) < 19]
    return _booked().where(Slot.id.in_(numbers))


def districts(district_ids: Sequence[str]) -> Select[Any]:
    """People booked at places of districts, and those who follow anything there."""
    places = select(Place.id).where(Place.district.in_(district_ids))
    # The air's level stands before its district: `moderate@district:130304`.
    there = [Subscription.about.endswith(f"@{each}", autoescape=True) for each in district_ids]
    following = _following().where(or_(Subscription.about.in_(district_ids), *there))
    either = union(_booked().where(Bookable.place_id.in_(places)), following).subquery()
    return select(either.c[0])


def followers(topics: Sequence[str]) -> Select[Any]:
    """People who follow topics, wherever, or a topic of one record: `alerts`, `sea@beach:tiger_rock`."""
    wanted = [each.partition("@") for each in topics]
    exact = [(Subscription.topic == topic) & (Subscription.about == about) for topic, _, about in wanted if about]
    whole = Subscription.topic.in_([topic for topic, _, about in wanted if not about])
    return _following().where(or_(whole, *exact))


def _following() -> Select[Any]:
    return select(Subscription.contact_id).where(Subscription.ended_at.is_(None))


def _booked() -> Select[Any]:
    return (
        select(Booking.contact_id)
        .join(Slot, Booking.slot_id == Slot.id)
        .join(Bookable, Slot.bookable_id == Bookable.id)
        .where(Booking.state.in_(BOOKED), Slot.ends_at > utcnow())
    )


SOURCES: Mapping[str, Source] = {
    "topics": followers,
    "districts": districts,
    "places": booked_places,
    "slots": booked_slots,
}
