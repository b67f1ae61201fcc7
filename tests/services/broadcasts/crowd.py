"""Many people at once, written straight into the tables."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert

from backend.models import ChannelIdentity, Contact, Conversation, utcnow
from backend.services.broadcasts.audience import Audience
from backend.services.broadcasts.life import Draft
from backend.services.editing import Editor
from tests.support.container import Parts

LI, WANG = Editor("Li", "li@example.org"), Editor("Wang", "wang@example.org")
EVERYBODY = Audience({"everybody": ()})
TEXT = {"title_zh": "停水", "title_en": "Water", "text_zh": "明天停水。", "text_en": "No water tomorrow."}


def crowd(parts: Parts, count: int, channel: str = "sms", lang: str = "zh") -> list[str]:
    """So many new people of a channel; their contact ids in order."""
    with parts.db.write() as session:
        connection = session.connection()
        ids = [f"{channel}-{lang}-{number:06d}" for number in range(count)]
        now = utcnow()
        connection.execute(
            insert(Contact), [{"id": each, "lang": lang, "lang_chosen": False, "created_at": now} for each in ids]
        )
        connection.execute(
            insert(ChannelIdentity),
            [
                {
                    "contact_id": each,
                    "channel": channel,
                    "address_hash": parts.addresses.hash(channel, each),
                    "address_encrypted": parts.addresses.encrypt(each),
                    "hint": "…",
                    "consent": "in",
                    "created_at": now,
                }
                for each in ids
            ],
        )
        connection.execute(insert(Conversation), [{"contact_id": each, "created_at": now} for each in ids])
    return ids


def draft(**changed: Any) -> Draft:
    given: dict[str, Any] = {"name": "停水", "template": "announcement", "values": TEXT, "audience": EVERYBODY}
    return Draft(**{**given, **changed})


def started(parts: Parts, **changed: Any) -> int:
    """A broadcast that is running."""
    broadcast_id = parts.broadcasts.create(draft(**changed), LI)
    if parts.broadcasts.submit(broadcast_id, 1, LI) == "submitted":
        parts.broadcasts.approve(broadcast_id, 1, WANG)
    parts.due.run()
    return broadcast_id
