"""Bookings as they go over the wire."""

from __future__ import annotations

import datetime as dt
from typing import Any

from backend.api.errors import person_lang
from backend.models import Bookable
from backend.services.booking_views import BookingView, Refused, WaitingView
from backend.services.inventory import Offer
from backend.web_context import parts
from backend.wording import t

_BOOKABLE = (
    "id", "kind", "department", "name_zh", "name_en", "bring_zh", "bring_en", "prices", "payment", "documents",
    "ahead_days", "lead_minutes", "cancel_minutes", "hold_minutes", "most_people", "source", "confidence", "as_of",
)  # fmt: skip
_BOOKING = (
    "code", "state", "name_zh", "name_en", "slot_id", "party", "size", "price_fen", "payment", "bring_zh", "bring_en",
)  # fmt: skip
_NOT_FOUND = {"unknown_slot", "unknown_code"}
_NOT_AS_ASKED = {"nobody", "too_many", "guests_missing", "name_missing", "document_missing", "document_invalid"}


def bookable_json(one: Bookable) -> dict[str, Any]:
    """Something to book."""
    return {**{name: getattr(one, name) for name in _BOOKABLE}, "place": one.place_id}


def slot_json(one: Offer) -> dict[str, Any]:
    """A time."""
    return {
        "slot_id": one.slot_id,
        "starts_at": one.starts_at.isoformat(),
        "ends_at": one.ends_at.isoformat(),
        "left": one.left,
        "closed": one.closed,
        "reason_zh": one.reason_zh,
        "reason_en": one.reason_en,
    }


def booking_json(one: BookingView) -> dict[str, Any]:
    """A booking as its person may see it."""
    times = {name: getattr(one, name) for name in ("starts_at", "ends_at", "held_until", "changing_ends")}
    names = ("name", "document_kind", "document_hint")
    return {
        **{name: getattr(one, name) for name in _BOOKING},
        **{name: _time(value) for name, value in times.items()},
        "bookable": one.bookable_id,
        "place": one.place_id,
        "documents": list(one.documents),
        "guests": [dict(zip(names, guest, strict=True)) for guest in one.guests],
        **parts().tickets.urls(one.code),
    }


def waiting_json(one: WaitingView) -> dict[str, Any]:
    """A place on a waiting list."""
    return {"slot_id": one.slot_id, "state": one.state, "size": one.size, "before": one.before, "code": one.code}


def refused(refusal: Refused) -> tuple[dict[str, Any], int]:
    """The body and the status of what cannot be done. Who finds all taken is told where to wait."""
    status = 404 if refusal.code in _NOT_FOUND else 422 if refusal.code in _NOT_AS_ASKED else 409
    values = {name: _time(value) if isinstance(value, dt.datetime) else value for name, value in refusal.values.items()}
    if refusal.code == "full":
        values["waiting_list"] = "/api/v1/waiting-list"
    said = {name: value for name, value in values.items() if isinstance(value, str | int)}
    message = t(person_lang(), f"booking-refused-{refusal.code.replace('_', '-')}", **said)
    return {"error": {"code": refusal.code, "message": message, "values": values}}, status


def _time(moment: dt.datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None
