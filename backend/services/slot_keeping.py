"""What time and the venue do with slots: holds that lapse, the last call, the end, closures, people who arrive."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select

from backend.database import Database, record_event
from backend.models import Booking, utcnow
from backend.services import waiting_list
from backend.services.booking_steps import event_of
from backend.services.booking_views import BookingView, Refused, view
from backend.services.bookings import SETTLE, find
from backend.services.inventory import Inventory
from backend.services.offers import Offers
from backend.services.slots import booking_ends, lock_slots
from backend.services.telling_bookings import subject_of, tell_change

FOLLOW_SCHEDULES = "schedules.follow"


class SlotKeeping:
    """Keeps slots. Any number of processes may call it at once."""

    def __init__(self, db: Database, inventory: Inventory, offers: Offers) -> None:
        self._db = db
        self._offers = offers
        self._inventory = inventory

    def follow_schedules(self, _subject: str, _due_at: dt.datetime) -> None:
        """Gives the days ahead their slots, and closes those that a new holiday or a day off has done away with; the
        due job `schedules.follow`.
        """
        for bookable in self._inventory.bookables():
            self._inventory.extend(bookable.id)
            for slot_id, reason_zh, reason_en in self._inventory.no_longer_planned(bookable.id):
                self.close_slot(slot_id, "calendar", reason_zh, reason_en)

    def release(self, subject: str, _due_at: dt.datetime) -> None:
        """Frees a hold that nobody confirmed in time; the due job `booking.release`."""
        booking_id = int(subject.removeprefix("booking/"))
        now = utcnow()
        with self._db.write() as session:
            slot_id = session.scalar(select(Booking.slot_id).where(Booking.id == booking_id))
            slot = lock_slots(session, slot_id or 0).get(slot_id or 0)
            if slot is not None:
                self._offers.release_lapsed(session, slot, now)
                self._offers.offer(session, slot, now)

    def last_call(self, subject: str, _due_at: dt.datetime) -> None:
        """From now on nobody at the head keeps places from others; the due job `slot.last_call`."""
        slot_id = int(subject.removeprefix("slot/"))
        with self._db.write() as session:
            if (slot := lock_slots(session, slot_id).get(slot_id)) is not None:
                now = utcnow()
                self._offers.release_lapsed(session, slot, now)
                self._offers.offer(session, slot, now)

    def finish(self, subject: str, _due_at: dt.datetime) -> None:
        """Settles a slot: who waited waits no longer, who arrived was there, who did not missed it; the due job
        `slot.finish`.
        """
        slot_id = int(subject.removeprefix("slot/"))
        now = utcnow()
        with self._db.write() as session:
            slot = lock_slots(session, slot_id).get(slot_id)
            if slot is None:
                return
            self._offers.release_lapsed(session, slot, now)
            if now >= booking_ends(slot):
                waiting_list.lapse(session, slot)
            if now < slot.ends_at + SETTLE:
                return
            rows = session.scalars(
                select(Booking).where(Booking.slot_id == slot_id, Booking.state.in_(("confirmed", "arrived")))
            )
            for booking in rows:
                booking.state = "done" if booking.state == "arrived" else "missed"
                booking.ended_at = now
                record_event(session, f"booking.{booking.state}", subject_of(booking), event_of(slot, booking))

    def close_slot(self, slot_id: int, by: str, reason_zh: str = "", reason_en: str = "") -> int:
        """Closes a slot; everybody booked on it is told once, in their language; how many bookings that were.

        One transaction: a slot is closed with everybody told, or not at all.
        """
        now = utcnow()
        with self._db.write() as session:
            slot = lock_slots(session, slot_id).get(slot_id)
            if slot is None or slot.closed_at is not None:
                return 0
            slot.closed_at, slot.closed_by, slot.reason_zh, slot.reason_en = now, by, reason_zh, reason_en
            session.flush()
            rows = session.scalars(
                select(Booking).where(Booking.slot_id == slot_id, Booking.state.in_(("held", "confirmed")))
            ).all()
            told = 0
            for booking in rows:
                was = booking.state
                self._offers.free(session, booking, slot, "closed", now)
                if was == "confirmed":
                    tell_change(session, booking, slot, "booking_closed")
                    told += 1
            waiting_list.lapse(session, slot)
            record_event(session, "slot.closed", f"slot/{slot_id}", {"bookings": told})
            return told

    def check_in(self, code: str, by: str) -> BookingView:
        """Lets somebody in, by their code. Raises Refused: unknown_code, not_confirmed, arrived_already, wrong_day."""
        now = utcnow()
        with self._db.write() as session:
            found = find(session, code)
            slot = lock_slots(session, found.slot_id)[found.slot_id]
            booking = session.get_one(Booking, found.id, populate_existing=True)
            if booking.state == "arrived":
                raise Refused("arrived_already", at=booking.arrived_at)
            if booking.state != "confirmed":
                raise Refused("not_confirmed", state=booking.state)
            if not slot.starts_at - dt.timedelta(hours=12) <= now <= slot.ends_at + SETTLE:
                raise Refused("wrong_day", when=slot.starts_at)
            booking.state, booking.arrived_at = "arrived", now
            record_event(session, "booking.checked_in", subject_of(booking), {**event_of(slot, booking), "by": by})
            return view(booking, slot)
