"""Another number of people for a booking that was made: more where there is room, fewer at any time one may change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import cast

from sqlalchemy import Table
from sqlalchemy.orm import Session

from backend.database import Database, insert_or_ignore, record_event
from backend.models import Booking, IdempotencyKey, Slot, utcnow
from backend.services import booking_steps as steps
from backend.services import waiting_list
from backend.services.booking_views import BookingView, Refused, price_of, view
from backend.services.bookings import find
from backend.services.offers import Offers
from backend.services.slots import changing_ends, give_back, lock_slots, take
from backend.services.telling_bookings import subject_of

_KEYS = cast("Table", IdempotencyKey.__table__)


class PartyChanges:
    """Changes parties. Any number of processes may call it at once."""

    def __init__(self, db: Database, offers: Offers) -> None:
        self._db = db
        self._offers = offers

    def resize(self, contact_id: str, code: str, party: Mapping[str, int], key: str) -> BookingView:
        """The booking with another party: who stays pays what was agreed, who is new today's price.

        The same `key` of the same person changes nothing the second time. Raises Refused: unknown_code, ended,
        too_late_to_change, papers_named, and what `Bookings.hold` raises.
        """
        now = utcnow()
        with self._db.write() as session:
            found = find(session, code, contact_id)
            slot = lock_slots(session, found.slot_id)[found.slot_id]
            booking = session.get_one(Booking, found.id, populate_existing=True)
            if dict(party) == booking.party or not self._first(session, contact_id, key, now):
                return view(booking, slot)
            if booking.state != "confirmed" or booking.slot_id != slot.id:
                raise Refused("ended", state=booking.state)
            if now > changing_ends(slot):
                raise Refused("too_late_to_change", until=changing_ends(slot))
            if slot.bookable.documents:
                raise Refused("papers_named")
            size = steps.size_of(slot, party)
            self._take_or_give(session, contact_id, slot, size - booking.size, now)
            changed = {kind: party.get(kind, 0) - booking.party.get(kind, 0) for kind in {*party, *booking.party}}
            booking.price_fen = max(0, booking.price_fen + price_of(slot.bookable.prices, changed))
            booking.party, booking.size = dict(party), size
            record_event(session, "booking.resized", subject_of(booking), steps.event_of(slot, booking))
            session.flush()
            return view(booking, slot)

    def _first(self, session: Session, contact_id: str, key: str, now: dt.datetime) -> bool:
        """Whether this is the first time that the key is used, which is then remembered."""
        values = {
            "owner": contact_id,
            "key": f"resize/{key}"[:80],
            "request_sha256": "",
            "status": 200,
            "answer": None,
            "in_flight_until": now,
            "created_at": now,
        }
        return insert_or_ignore(session, _KEYS, [values]) == 1

    def _take_or_give(self, session: Session, contact_id: str, slot: Slot, more: int, now: dt.datetime) -> None:
        if more > 0:
            steps.check_slot(slot, now)
            steps.check_person(session, contact_id, slot, more, now)
            if waiting_list.keeps_out(session, slot, now) or not take(session, slot, more):
                raise Refused("full")
        elif more < 0:
            give_back(session, slot, -more)
            self._offers.offer(session, slot, now)
