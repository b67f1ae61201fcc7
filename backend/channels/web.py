"""The web chat: the row is the delivery, the page fetches or streams it."""

from __future__ import annotations

from backend.services.ports import Outgoing, SendUnknown
from backend.services.replies import Reply


class Web:
    """Fulfils `services.ports.Channel`."""

    name = "web"
    sends = False
    consent_words = False

    def render(self, reply: Reply) -> str:
        """The whole text; cards and choices are drawn by the page."""
        return reply.plain_text()

    def send(self, message: Outgoing) -> str:
        """Nothing to send: web messages are never queued."""
        raise SendUnknown("web_has_no_provider")

    def find_sent(self, message: Outgoing) -> str | None:
        """As `send`."""
        raise SendUnknown("web_has_no_provider")
