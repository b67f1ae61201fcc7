"""Who comes on a day: the list staff have at the door."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from backend.database import Database
from backend.models import Booking, Slot
from backend.services.booking_views import BookingView, view

_SHOWN = ("confirmed", "arrived", "done", "missed")
MOST = 1000


def bookings_of_day(db: Database, day: dt.date, zone: ZoneInfo) -> list[BookingView]:
    """The bookings of a day of the city's calendar, by time, thing and code; papers masked. At most `MOST`."""
    begin = dt.datetime.combine(day, dt.time(), zone)
    end = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), zone)
    with db.read() as session:
        rows = session.scalars(
            select(Booking)
            .join(Slot)
            .where(Slot.starts_at >= begin, Slot.starts_at < end, Booking.state.in_(_SHOWN))
            .order_by(Slot.starts_at, Slot.bookable_id, Booking.code)
            .limit(MOST)
            .options(selectinload(Booking.slot).selectinload(Slot.bookable), selectinload(Booking.guests))
        )
        return [view(row, row.slot) for row in rows]
