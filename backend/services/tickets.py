"""What a booking is shown with: a code to scan, an entry for calendars, at addresses nobody can guess.

An address is the code with a keyed hash behind it, so it need not be stored, and who sees only the code cannot make it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import io

import icalendar
import segno

from backend.services.booking_codes import grouped, read_code
from backend.services.booking_views import BookingView

_SIGNS = 24  # of the hash, each of four bits


class Tickets:
    """Makes them. `base_url` is the product's address, `host` names it in calendar entries."""

    def __init__(self, key: str, base_url: str, host: str) -> None:
        self._key = hmac.digest(key.encode(), b"booking tickets", hashlib.sha256)
        self._base_url = base_url.rstrip("/")
        self._host = host

    def token(self, code: str) -> str:
        """What stands in the address of a booking's ticket."""
        return f"{code}-{hmac.new(self._key, code.encode(), hashlib.sha256).hexdigest()[:_SIGNS]}"

    def code_of(self, token: str) -> str | None:
        """The code of a token; None for what we did not make."""
        code = read_code(token.partition("-")[0])
        if code is None or not hmac.compare_digest(self.token(code).encode(), token.encode("utf-8", "replace")):
            return None
        return code

    def urls(self, code: str) -> dict[str, str]:
        """Where the code to scan and the calendar entry are."""
        base = f"{self._base_url}/api/v1/tickets/{self.token(code)}"
        return {"qr": f"{base}.svg", "calendar": f"{base}.ics"}

    def qr(self, code: str) -> bytes:
        """An SVG to scan (ISO/IEC 18004, error level Q): the staff's page that lets this code in."""
        drawn = io.BytesIO()
        address = f"{self._base_url}/staff/check-in?code={code}"
        segno.make(address, error="q", micro=False).save(drawn, kind="svg", scale=6, border=4, xmldecl=False)
        return drawn.getvalue()

    def calendar(self, booking: BookingView, lang: str, changed: dt.datetime) -> bytes:
        """An iCalendar entry (RFC 5545). It keeps its UID, so a calendar that has it moves or strikes it."""
        ended = booking.state in ("cancelled", "closed", "lapsed")
        entry = icalendar.Event()
        entry.add("uid", f"booking-{booking.code}@{self._host}")
        entry.add("dtstamp", changed.astimezone(dt.UTC))
        entry.add("dtstart", booking.starts_at.astimezone(dt.UTC))
        entry.add("dtend", booking.ends_at.astimezone(dt.UTC))
        entry.add("sequence", booking.changes + (1 if ended else 0))
        entry.add("summary", booking.name_zh if lang == "zh" else booking.name_en)
        entry.add("description", grouped(booking.code))
        entry.add("status", "CANCELLED" if ended else "TENTATIVE" if booking.state == "held" else "CONFIRMED")
        calendar = icalendar.Calendar()
        calendar.add("prodid", f"-//{self._host}//bookings//{lang.upper()}")
        calendar.add("version", "2.0")
        calendar.add("method", "PUBLISH")
        calendar.add_component(entry)
        return bytes(calendar.to_ical())
