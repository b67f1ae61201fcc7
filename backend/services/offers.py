"""What ends a hold or a booking, and offers what comes free to those who wait.

All of it wants the slot's row locked (`services.slots`).
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.database import record_event
from backend.models import Booking, Slot, WaitingEntry
from backend.services import booking_steps as steps
from backend.services import due, slots, waiting_list
from backend.services.notices.quiet_hours import QuietHours
from backend.services.telling_bookings import subject_of


class Offers:
    """Gives places back. An offer made at night lasts until people have had time to read it: nobody is told of one in
    the quiet hours.
    """

    def __init__(self, quiet_hours: QuietHours) -> None:
        self._quiet = quiet_hours

    def release_lapsed(self, session: Session, slot: Slot, now: dt.datetime) -> None:
        """Frees the holds of a slot whose time is over."""
        lapsed = session.scalars(
            select(Booking).where(Booking.slot_id == slot.id, Booking.state == "held", Booking.held_until <= now)
        ).all()
        for booking in lapsed:
            self.free(session, booking, slot, "lapsed", now, then_offer=False)
        if lapsed:
            self.offer(session, slot, now)

    def free(
        self, session: Session, booking: Booking, slot: Slot, state: str, now: dt.datetime, then_offer: bool = True
    ) -> None:
        """Ends a hold or a booking and gives its places back, to those who wait first."""
        slots.give_back(session, slot, booking.size)
        booking.state, booking.ended_at = state, now
        due.drop(session, steps.RELEASE, subject_of(booking))
        steps.end_waiting(session, booking, "lapsed")
        record_event(
            session,
            "booking.released" if state == "lapsed" else f"booking.{state}",
            subject_of(booking),
            steps.event_of(slot, booking),
        )
        if then_offer:
            self.offer(session, slot, now)

    def offer(self, session: Session, slot: Slot, now: dt.datetime) -> None:
        """Offers what is free to those who wait."""
        session.flush()
        waiting_list.offer_places(session, slot, now, self._quiet.awake(now), _offered_hold)


def _offered_hold(session: Session, slot: Slot, entry: WaitingEntry, until: dt.datetime) -> Booking:
    booking = steps.new_hold(session, slot, entry.contact_id, entry.party, entry.size, f"waiting/{entry.id}", until)
    assert booking is not None, "the caller has counted the places of a locked slot"
    return booking
