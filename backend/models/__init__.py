"""Tables and constraints; no behaviour that does I/O.

Staff accounts are in `backend.models.staff` and not imported here: they bring Flask-Security with them, which only
the web process and the command line need.
"""

from backend.models.base import Base, UtcDateTime, new_uuid, utcnow
from backend.models.contacts import ChannelIdentity, Contact, WebSession
from backend.models.content import AuditEntry, ContentVersion, Division, Hotline, Place, Revision, Term
from backend.models.events import Event
from backend.models.messages import Conversation, DeliveryReceipt, InboundMessage, OutboundMessage

__all__ = [
    "AuditEntry",
    "Base",
    "ChannelIdentity",
    "Contact",
    "ContentVersion",
    "Conversation",
    "DeliveryReceipt",
    "Division",
    "Event",
    "Hotline",
    "InboundMessage",
    "OutboundMessage",
    "Place",
    "Revision",
    "Term",
    "UtcDateTime",
    "WebSession",
    "new_uuid",
    "utcnow",
]
