"""What a person does with bookings: hold, confirm, move, cancel, by the rules of what is booked.

Every verb may be said twice: what is so already is answered as it is. Locking: `services.slots`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, selectinload

from backend.database import Database, record_event
from backend.models import Booking, BookingGuest, Slot, utcnow
from backend.services import booking_steps as steps
from backend.services import due, waiting_list
from backend.services.addresses import AddressBook
from backend.services.booking_codes import read_code
from backend.services.booking_steps import FINISH, RELEASE, event_of
from backend.services.booking_views import BookingView, Guest, Refused, view
from backend.services.guest_documents import InvalidDocument, read_document
from backend.services.offers import Offers
from backend.services.payments import Payments
from backend.services.slots import booking_ends, changing_ends, give_back, lock_slots, take
from backend.services.telling_bookings import remind, subject_of, tell_booked, tell_change

# So long after its end a slot's bookings are settled: who arrived late was still let in.
SETTLE = dt.timedelta(hours=2)


class Bookings:
    """Bookings. Any number of processes may call it at once."""

    def __init__(self, db: Database, addresses: AddressBook, payments: Payments, offers: Offers) -> None:
        self._db = db
        self._offers = offers
        self._addresses = addresses
        self._payments = payments

    def hold(self, contact_id: str, slot_id: int, party: Mapping[str, int], key: str) -> BookingView:
        """Keeps places for some minutes; the same `key` of the same person gives the same hold again.

        `party` counts people by price kind. Raises Refused: unknown_slot, closed, paused, too_late, too_early,
        too_many, nobody, full.
        """
        if self.is_full(contact_id, slot_id, party, key):
            raise Refused("full")
        try:
            with self._db.write() as session:
                return self._hold(session, contact_id, slot_id, party, key)
        except IntegrityError:  # the same key at the same moment: by now the other has its hold
            with self._db.write() as session:
                return self._hold(session, contact_id, slot_id, party, key)

    def is_full(self, contact_id: str, slot_id: int, party: Mapping[str, int], key: str) -> bool:
        """Whether `hold` would say so anyway: one look without a lock, so that a crowd is answered at once."""
        with self._db.look() as connection:
            return steps.is_full(connection, contact_id, slot_id, sum(party.values()), key, utcnow())

    def confirm(self, contact_id: str, code: str, guests: Sequence[Guest] = (), answered: bool = False) -> BookingView:
        """Makes a hold a booking. Where papers are asked for each person has to name one.

        `answered`: the person reads of it in the answer to a message, and is not told a second time.

        Raises Refused: unknown_code, lapsed, ended, guests_missing, name_missing, document_missing, document_invalid.
        """
        with self._own(contact_id, code) as (session, booking, slot, now):
            if booking.state in ("confirmed", "arrived", "done"):
                return view(booking, slot)
            if booking.state == "lapsed" or (booking.state == "held" and booking.held_until <= now):
                raise Refused("lapsed")
            if booking.state != "held":
                raise Refused("ended", state=booking.state)
            self._write_guests(session, booking, slot, guests)
            self._payments.agree(booking.code, booking.price_fen, booking.payment)
            booking.state, booking.confirmed_at = "confirmed", now
            steps.end_waiting(session, booking, "taken")
            due.drop(session, RELEASE, subject_of(booking))
            due.plan(session, FINISH, f"slot/{slot.id}", slot.ends_at + SETTLE)
            record_event(session, "booking.confirmed", subject_of(booking), event_of(slot, booking))
            tell_booked(session, booking, slot, now, answered)
            return view(booking, slot)

    def cancel(self, contact_id: str, code: str, answered: bool = False) -> BookingView:
        """Gives a booking or a hold back; `answered` as in `confirm`.

        Raises Refused: unknown_code, too_late_to_change, ended.
        """
        with self._own(contact_id, code) as (session, booking, slot, now):
            if booking.state in ("cancelled", "lapsed"):
                return view(booking, slot)
            if booking.state not in ("held", "confirmed"):
                raise Refused("ended", state=booking.state)
            if booking.state == "confirmed" and now > changing_ends(slot):
                raise Refused("too_late_to_change", until=changing_ends(slot))
            told = booking.state == "confirmed"
            self._offers.free(session, booking, slot, "cancelled", now)
            if told:
                tell_change(session, booking, slot, "booking_cancelled", answered)
            return view(booking, slot)

    def move(self, contact_id: str, code: str, slot_id: int, answered: bool = False) -> BookingView:
        """Moves a booking to another slot of the same thing, at the price it has; all of its people or none.

        `answered` as in `confirm`.

        Raises Refused: unknown_code, unknown_slot, ended, too_late_to_change, and what `hold` raises.
        """
        now = utcnow()
        with self._db.write() as session:
            found = find(session, code, contact_id)
            slots = lock_slots(session, found.slot_id, slot_id)
            booking = session.get_one(Booking, found.id, populate_existing=True)
            old, new = slots.get(booking.slot_id), slots.get(slot_id)
            if old is None or new is None or new.bookable_id != old.bookable_id:
                raise Refused("unknown_slot")
            if booking.slot_id == slot_id:
                return view(booking, new)
            if booking.state != "confirmed":
                raise Refused("ended", state=booking.state)
            if now > changing_ends(old):
                raise Refused("too_late_to_change", until=changing_ends(old))
            steps.check_slot(new, now)
            steps.check_person(session, contact_id, new, booking.size, now)
            self._offers.release_lapsed(session, new, now)
            if waiting_list.keeps_out(session, new, now) or not take(session, new, booking.size):
                raise Refused("full")
            give_back(session, old, booking.size)
            booking.slot_id, booking.slot, booking.changes = new.id, new, booking.changes + 1
            due.plan(session, FINISH, f"slot/{new.id}", new.ends_at + SETTLE)
            record_event(session, "booking.moved", subject_of(booking), event_of(new, booking))
            tell_change(session, booking, new, "booking_moved", answered)
            remind(session, booking, new, now)
            self._offers.offer(session, old, now)
            session.flush()
            return view(booking, new)

    def of_contact(self, contact_id: str, all_of_them: bool = False) -> list[BookingView]:
        """The bookings of a person that are still to come, the soonest first; on request those that ended, too."""
        now = utcnow()
        wanted = select(Booking).join(Slot).where(Booking.contact_id == contact_id)
        if not all_of_them:
            running = (Booking.state != "held") | (Booking.held_until > now)
            wanted = wanted.where(Booking.state.in_(steps.ACTIVE), running, Slot.ends_at > now)
        with self._db.read() as session:
            rows = session.scalars(
                wanted.order_by(Slot.starts_at, Booking.id)
                .limit(50)
                .options(selectinload(Booking.slot).selectinload(Slot.bookable), selectinload(Booking.guests))
            )
            return [view(row, row.slot) for row in rows]

    def of_key(self, contact_id: str, key: str) -> BookingView | None:
        """What was held with a key; None where nothing was."""
        with self._db.read() as session:
            booking = session.scalars(
                select(Booking)
                .where(Booking.contact_id == contact_id, Booking.hold_key == key[:80])
                .options(selectinload(Booking.slot).selectinload(Slot.bookable), selectinload(Booking.guests))
            ).one_or_none()
            return view(booking, booking.slot) if booking else None

    def get(self, contact_id: str, code: str) -> BookingView:
        """One booking of a person. Raises Refused: unknown_code."""
        with self._db.read() as session:
            booking = find(session, code, contact_id)
            return view(booking, booking.slot)

    def by_code(self, code: str) -> BookingView:
        """A booking whoever's it is, for those who hold its ticket. Raises Refused: unknown_code."""
        with self._db.read() as session:
            booking = find(session, code)
            return view(booking, booking.slot)

    def _hold(self, session: Session, contact_id: str, slot_id: int, party: Mapping[str, int], key: str) -> BookingView:
        now = utcnow()
        slot = lock_slots(session, slot_id).get(slot_id)
        same = session.scalars(
            select(Booking).where(Booking.contact_id == contact_id, Booking.hold_key == key[:80])
        ).one_or_none()
        if same is not None:
            return view(same, same.slot)
        if slot is None:
            raise Refused("unknown_slot")
        size = steps.size_of(slot, party)
        steps.check_slot(slot, now)
        steps.check_person(session, contact_id, slot, size, now)
        self._offers.release_lapsed(session, slot, now)
        if waiting_list.keeps_out(session, slot, now):
            raise Refused("full")
        until = min(now + dt.timedelta(minutes=slot.bookable.hold_minutes), booking_ends(slot))
        booking = steps.new_hold(session, slot, contact_id, party, size, key, until)
        if booking is None:
            raise Refused("full")
        return view(booking, slot)

    @contextmanager
    def _own(self, contact_id: str, code: str) -> Iterator[tuple[Session, Booking, Slot, dt.datetime]]:
        """A person's booking and its slot, locked; what the block does is committed."""
        with self._db.write() as session:
            found = find(session, code, contact_id)
            slots = lock_slots(session, found.slot_id)
            booking = session.get_one(Booking, found.id, populate_existing=True)
            while booking.slot_id not in slots:  # it was moved before we had the lock
                slots = lock_slots(session, booking.slot_id)
                session.refresh(booking)
            yield session, booking, slots[booking.slot_id], utcnow()

    def _write_guests(self, session: Session, booking: Booking, slot: Slot, guests: Sequence[Guest]) -> None:
        wanted = slot.bookable.documents
        if wanted and len(guests) != booking.size:
            raise Refused("guests_missing", size=booking.size, documents=wanted)
        booking.guests.clear()
        session.flush()
        for position, guest in enumerate(guests[: booking.size], start=1):
            row = BookingGuest(position=position, name=guest.name.strip()[:80])
            if wanted and not row.name:
                raise Refused("name_missing", position=position)
            if wanted and guest.document_kind not in wanted:
                raise Refused("document_missing", position=position, documents=wanted)
            if guest.document_number:
                try:
                    document = read_document(guest.document_kind, guest.document_number)
                except InvalidDocument as problem:
                    raise Refused("document_invalid", position=position, kind=problem.kind) from problem
                row.document_kind, row.document_hint = document.kind, document.hint
                row.document_encrypted = self._addresses.encrypt(document.number)
            elif wanted:
                raise Refused("document_missing", position=position, documents=wanted)
            booking.guests.append(row)


def find(session: Session, code: str, contact_id: str | None = None) -> Booking:
    """The booking of a code as typed. Raises Refused unknown_code, also where it is another's: whether there is such a
    code is nobody else's business.
    """
    read = read_code(code)
    booking = None
    if read is not None:
        booking = session.scalars(
            select(Booking)
            .where(Booking.code == read)
            .options(selectinload(Booking.slot).selectinload(Slot.bookable), selectinload(Booking.guests))
        ).one_or_none()
    if booking is None or contact_id not in (None, booking.contact_id):
        raise Refused("unknown_code")
    return booking
