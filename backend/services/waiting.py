"""What a person does with a waiting list; the rule it goes by is in `waiting_list`."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.database import Database, record_event
from backend.models import Booking, WaitingEntry, utcnow
from backend.services import booking_steps as steps
from backend.services import due, waiting_list
from backend.services.booking_steps import FINISH, LAST_CALL
from backend.services.booking_views import Refused, WaitingView
from backend.services.offers import Offers
from backend.services.slots import booking_ends, lock_slots


class Waiting:
    """Waiting lists. Any number of processes may call it at once."""

    def __init__(self, db: Database, offers: Offers) -> None:
        self._db = db
        self._offers = offers

    def wait(self, contact_id: str, slot_id: int, party: Mapping[str, int]) -> WaitingView:
        """Puts somebody on the waiting list of a full slot; who is on it already stays where they are.

        Raises Refused: unknown_slot, closed, paused, too_late, too_many, nobody, not_full.
        """
        now = utcnow()
        with self._db.write() as session:
            slot = lock_slots(session, slot_id).get(slot_id)
            if slot is None:
                raise Refused("unknown_slot")
            entry = _entry(session, contact_id, slot_id)
            if entry is None:
                size = steps.size_of(slot, party)
                steps.check_slot(slot, now)
                self._offers.release_lapsed(session, slot, now)
                if size <= slot.capacity - slot.taken and not waiting_list.keeps_out(session, slot, now):
                    raise Refused("not_full")
                if size > slot.capacity:
                    raise Refused("too_many", most=slot.capacity)
                entry = WaitingEntry(
                    slot_id=slot_id, contact_id=contact_id, party=dict(party), size=size, created_at=now
                )
                session.add(entry)
                session.flush()
                due.plan(session, FINISH, f"slot/{slot.id}", booking_ends(slot))
                due.plan(session, LAST_CALL, f"slot/{slot.id}", booking_ends(slot) - waiting_list.LAST_CALL)
                record_event(session, "waiting.joined", f"waiting/{entry.id}", {"slot_id": slot_id, "size": size})
            return _view(session, entry)

    def leave(self, contact_id: str, slot_id: int) -> bool:
        """Takes somebody off a waiting list; an offer they have is given back. False where they were not on it."""
        now = utcnow()
        with self._db.write() as session:
            slot = lock_slots(session, slot_id).get(slot_id)
            entry = _entry(session, contact_id, slot_id)
            if slot is None or entry is None:
                return False
            if entry.booking_id is not None:
                self._offers.free(session, session.get_one(Booking, entry.booking_id), slot, "cancelled", now)
            entry.state = "left"
            # Who stood at the head may have kept others from places that are free.
            self._offers.offer(session, slot, now)
            return True

    def waiting(self, contact_id: str) -> list[WaitingView]:
        """Where a person waits."""
        with self._db.read() as session:
            entries = session.scalars(
                select(WaitingEntry)
                .where(WaitingEntry.contact_id == contact_id, WaitingEntry.state.in_(("waiting", "offered")))
                .order_by(WaitingEntry.id)
            )
            return [_view(session, entry) for entry in entries]


def _entry(session: Session, contact_id: str, slot_id: int) -> WaitingEntry | None:
    """Where a person waits or has an offer."""
    return session.scalars(
        select(WaitingEntry).where(
            WaitingEntry.slot_id == slot_id,
            WaitingEntry.contact_id == contact_id,
            WaitingEntry.state.in_(("waiting", "offered")),
        )
    ).one_or_none()


def _view(session: Session, entry: WaitingEntry) -> WaitingView:
    before = session.scalar(
        select(func.count()).where(
            WaitingEntry.slot_id == entry.slot_id, WaitingEntry.state == "waiting", WaitingEntry.id < entry.id
        )
    )
    code = session.scalar(select(Booking.code).where(Booking.id == entry.booking_id)) if entry.booking_id else None
    return WaitingView(entry.slot_id, entry.state, entry.size, int(before or 0), code)
