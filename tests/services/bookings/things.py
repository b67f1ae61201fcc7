"""Something to book, people who book it, and a day on which they do."""

from __future__ import annotations

import datetime as dt
from typing import Any

from backend.models import Bookable, ChannelIdentity, Contact, Conversation, Slot
from tests.support.container import Parts

ENTRY = "bookable:tower"
PRICES = {"adult": 2500, "child": 1200}


def bookable(parts: Parts, **fields: Any) -> str:
    """A bookable that is open all day; its id."""
    values: dict[str, Any] = {
        "id": ENTRY,
        "kind": "entry",
        "name_zh": "望海台门票",
        "name_en": "Seaview Tower entry",
        "prices": PRICES,
        "documents": [],
        "ahead_days": 14,
        "lead_minutes": 30,
        "cancel_minutes": 120,
        "hold_minutes": 15,
        "most_people": 6,
        "schedules": [],
        "exceptions": [],
    }
    with parts.db.write() as session:
        session.add(Bookable(**{**values, **fields}))
    return str(fields.get("id", ENTRY))


def slot(parts: Parts, starts_at: dt.datetime, capacity: int = 4, of: str = ENTRY) -> int:
    """A slot of an hour."""
    with parts.db.write() as session:
        row = Slot(
            bookable_id=of,
            starts_at=starts_at.replace(microsecond=0),
            ends_at=starts_at.replace(microsecond=0) + dt.timedelta(hours=1),
            capacity=capacity,
        )
        session.add(row)
        session.flush()
        return row.id


def every_day(begins: str = "08:00", ends: str = "18:00", **fields: Any) -> dict[str, Any]:
    """A schedule."""
    values: dict[str, Any] = {"weekdays": list(range(7)), "slot_minutes": 60, "capacity": 4}
    return {"begins": begins, "ends": ends, **values, **fields}


def people(parts: Parts, count: int, lang: str = "zh") -> list[str]:
    """New people on the web chat; their contact ids."""
    ids = []
    with parts.db.write() as session:
        for _ in range(count):
            contact = Contact(lang=lang)
            session.add(contact)
            session.flush()
            address = f"web-{contact.id}"
            session.add(
                ChannelIdentity(
                    contact_id=contact.id,
                    channel="web",
                    address_hash=parts.addresses.hash("web", address),
                    address_encrypted=parts.addresses.encrypt(address),
                    hint="…",
                )
            )
            session.add(Conversation(contact_id=contact.id))
            ids.append(contact.id)
    return ids
