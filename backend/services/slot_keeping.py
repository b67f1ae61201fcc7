"""What time and the venue do with slots: holds that lapse, the last call, the end, closures, people who arrive."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from backend.database import Database, record_event
from backend.models import Booking, Slot, WaitingEntry, utcnow
from backend.services import waiting_list
from backend.services.audit import record_audit
from backend.services.booking_steps import event_of
from backend.services.booking_views import BookingView, Refused, view
from backend.services.bookings import SETTLE, find
from backend.services.inventory import Inventory
from backend.services.offers import Offers
from backend.services.slots import booking_ends, lock_slots
from backend.services.telling_bookings import subject_of, tell_change

FOLLOW_SCHEDULES = "schedules.follow"
CALENDAR = "calendar"  # who closes what the calendar has done away with


@dataclass(frozen=True)
class ToClose:
    """An open slot, and what its closing would end: confirmed bookings, their people, entries of the waiting list.

    Times are aware, UTC.
    """

    slot_id: int
    starts_at: dt.datetime
    ends_at: dt.datetime
    bookings: int
    people: int
    waiting: int


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
                self.close_slot(slot_id, CALENDAR, reason_zh, reason_en)

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

    def to_close(self, bookable_id: str, begin: dt.datetime, end: dt.datetime) -> list[ToClose]:
        """The open slots that begin within a span and are not over, soonest first. Times are aware."""
        self._inventory.extend(bookable_id)  # a slot of a day to come may have no row yet, and would be missed
        booked = (Booking.slot_id == Slot.id, Booking.state == "confirmed")
        waits = (WaitingEntry.slot_id == Slot.id, WaitingEntry.state == "waiting")
        query = (
            select(
                Slot.id,
                Slot.starts_at,
                Slot.ends_at,
                select(func.count()).select_from(Booking).where(*booked).scalar_subquery(),
                select(func.coalesce(func.sum(Booking.size), 0)).where(*booked).scalar_subquery(),
                select(func.count()).select_from(WaitingEntry).where(*waits).scalar_subquery(),
            )
            .where(Slot.bookable_id == bookable_id, Slot.closed_at.is_(None))
            .where(Slot.starts_at >= begin, Slot.starts_at < end, Slot.ends_at > utcnow())
            .order_by(Slot.starts_at)
        )
        with self._db.read() as session:
            return [ToClose(*row) for row in session.execute(query)]

    def close_slots(self, slot_ids: Sequence[int], by: str, reason_zh: str, reason_en: str) -> int:
        """Closes slots one after the other, see `close_slot`; how many bookings that were. Who is interrupted does it
        again: what is closed already stays as it is.
        """
        return sum(self.close_slot(slot_id, by, reason_zh, reason_en) for slot_id in slot_ids)

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
            if by != CALENDAR:
                summary = f"{slot.bookable.name_zh} {slot.starts_at:%Y-%m-%dT%H:%MZ} ({told})"
                record_audit(session, by, "slot.closed", f"slot:{slot_id}", {"summary": summary, "comment": reason_zh})
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
