"""What people are told about their bookings: facts without a language, see `services.templates`."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from backend.models import Booking, Slot
from backend.services.booking_codes import grouped
from backend.services.notices import tell, withdraw

# People are reminded the day before, but not of what they have only just booked.
REMIND_BEFORE = dt.timedelta(hours=24)
JUST_BOOKED = dt.timedelta(hours=2)


def facts_of(slot: Slot, code: str) -> dict[str, str]:
    """What every text on a booking may name."""
    return {
        "what_zh": slot.bookable.name_zh,
        "what_en": slot.bookable.name_en,
        "when": slot.starts_at.isoformat(),
        "code": grouped(code) if code else "",
    }


def tell_booked(session: Session, booking: Booking, slot: Slot, now: dt.datetime, answered: bool = False) -> None:
    """Says that a booking is confirmed, unless the person reads it in an answer, and reminds of it in time."""
    if not answered:
        _tell_confirmed(session, booking, slot)
    remind(session, booking, slot, now)


def _tell_confirmed(session: Session, booking: Booking, slot: Slot) -> None:
    tell(
        session,
        contact_id=booking.contact_id,
        template="booking_confirmed",
        values={**facts_of(slot, booking.code), "party": str(booking.size)},
        subject=subject_of(booking),
        dedupe=f"{subject_of(booking)}/confirmed",
        expires_at=slot.starts_at,
    )


def remind(session: Session, booking: Booking, slot: Slot, now: dt.datetime) -> None:
    """Plans the reminder of a confirmed booking, if there is still time for one."""
    at = slot.starts_at - REMIND_BEFORE
    if at < now + JUST_BOOKED:
        return
    tell(
        session,
        contact_id=booking.contact_id,
        template="booking_reminder",
        values=facts_of(slot, booking.code),
        subject=subject_of(booking),
        dedupe=f"{subject_of(booking)}/reminder/{slot.id}",
        not_before=at,
        expires_at=slot.starts_at,
    )


def tell_change(session: Session, booking: Booking, slot: Slot, template: str, answered: bool = False) -> None:
    """Says that a booking was moved, cancelled or closed by the venue, unless the person reads it in an answer.

    What was still to be said of it is not said.
    """
    withdraw(session, subject_of(booking), "booking_reminder")
    if answered:
        return
    tell(
        session,
        contact_id=booking.contact_id,
        template=template,
        values=facts_of(slot, booking.code),
        subject=subject_of(booking),
        dedupe=f"{subject_of(booking)}/{template}/{booking.changes}",
        expires_at=slot.ends_at,
        urgency="urgent" if template == "booking_closed" else "normal",
    )


def subject_of(booking: Booking) -> str:
    """How notices, jobs and events name a booking."""
    return f"booking/{booking.id}"
