"""People who have written before, on the channels they wrote on."""

from __future__ import annotations

from backend.models import Conversation
from tests.factories import TextMessage
from tests.support.container import Parts

VALUES = {
    "what_zh": "鸽子窝公园",
    "what_en": "Geziwo Park",
    "when": "2027-07-01T01:30:00+00:00",
    "code": "K7M2",
    "party": "2",
}


def person(parts: Parts, channel: str = "sms", text: str = "你好") -> str:
    """A new person's contact id; what they wrote is answered, so that nothing is owed to them."""
    accepted = parts.inbound.receive(TextMessage(channel=channel, text=text))
    parts.run(accepted.conversation_id)
    parts.outbound.deliver(accepted.conversation_id)
    with parts.db.read() as session:
        return session.get_one(Conversation, accepted.conversation_id).contact_id


def people(parts: Parts, count: int, channel: str = "sms") -> list[str]:
    return [person(parts, channel) for _ in range(count)]
