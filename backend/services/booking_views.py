"""Bookings as people may see them, and what cannot be done with them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from backend.models import Booking, Slot
from backend.services.slots import changing_ends


class Refused(Exception):
    """What cannot be done. `code` is stable, see `wording/*/bookings.ftl`; `values` are for the words."""

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


@dataclass(frozen=True)
class Guest:
    """One of those who come: the name as typed; kind and number of a paper where one is asked for."""

    name: str
    document_kind: str = ""
    document_number: str = field(default="", repr=False)


@dataclass(frozen=True)
class BookingView:
    """A booking as its person may see it. Times are aware, UTC; the price is in fen; documents are masked."""

    code: str
    state: str
    bookable_id: str
    name_zh: str
    name_en: str
    place_id: str | None
    slot_id: int
    starts_at: dt.datetime
    ends_at: dt.datetime
    party: dict[str, int]
    size: int
    price_fen: int
    payment: str
    held_until: dt.datetime | None
    changing_ends: dt.datetime
    documents: tuple[str, ...]
    bring_zh: str
    bring_en: str
    guests: tuple[tuple[str, str, str], ...] = ()
    changes: int = 0  # how often it was moved


@dataclass(frozen=True)
class WaitingView:
    """A place on the waiting list: how many groups are before."""

    slot_id: int
    state: str
    size: int
    before: int
    code: str | None = None


def view(booking: Booking, slot: Slot) -> BookingView:
    """A booking of a slot as its person may see it."""
    bookable = slot.bookable
    return BookingView(
        code=booking.code,
        state=booking.state,
        bookable_id=bookable.id,
        name_zh=bookable.name_zh,
        name_en=bookable.name_en,
        place_id=bookable.place_id,
        slot_id=slot.id,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        party=dict(booking.party),
        size=booking.size,
        price_fen=booking.price_fen,
        payment=booking.payment,
        held_until=booking.held_until if booking.state == "held" else None,
        changing_ends=changing_ends(slot),
        documents=tuple(bookable.documents),
        bring_zh=bookable.bring_zh,
        bring_en=bookable.bring_en,
        guests=tuple((guest.name, guest.document_kind, guest.document_hint) for guest in booking.guests),
        changes=booking.changes,
    )


def price_of(prices: Mapping[str, int], party: Mapping[str, int]) -> int:
    """What a party pays, in fen: who has no price of their own pays as an adult."""
    return sum(prices.get(kind, prices.get("adult", 0)) * count for kind, count in party.items())
