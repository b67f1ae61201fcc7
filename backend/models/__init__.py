"""Tables and constraints; no behaviour that does I/O.

Staff accounts are in `backend.models.staff` and not imported here: they bring Flask-Security with them, which only
the web process and the command line need.
"""

from backend.models.alerts import Alert, AlertRecipient, AlertReference
from backend.models.base import Base, UtcDateTime, new_uuid, utcnow
from backend.models.bookings import (
    Bookable,
    Booking,
    BookingGuest,
    IdempotencyKey,
    ScheduleException,
    Slot,
    WaitingEntry,
)
from backend.models.broadcasts import Broadcast
from backend.models.calendar import CalendarDay
from backend.models.clients import ApiClient
from backend.models.contacts import ChannelIdentity, Contact, WebSession
from backend.models.content import (
    Article,
    AuditEntry,
    ContentVersion,
    Division,
    Edited,
    Hotline,
    Place,
    PlaceChange,
    Revision,
    Term,
)
from backend.models.devices import Device
from backend.models.due import DueJob
from backend.models.events import Event
from backend.models.messages import Conversation, DeliveryReceipt, InboundMessage, OutboundMessage
from backend.models.notices import ChannelOrder, Notice, Pace
from backend.models.readings import Reading, Station, ThresholdState
from backend.models.subscriptions import EventFollower, Subscription
from backend.models.templates import TemplateVersion
from backend.models.transit import TransitFeed, TransitRealtime
from backend.models.unanswered import UnansweredMessage, UnansweredQuestion
from backend.models.webhooks import WebhookEndpoint

__all__ = [
    "Alert",
    "AlertRecipient",
    "AlertReference",
    "ApiClient",
    "Article",
    "AuditEntry",
    "Base",
    "Bookable",
    "Booking",
    "BookingGuest",
    "Broadcast",
    "CalendarDay",
    "ChannelIdentity",
    "ChannelOrder",
    "Contact",
    "ContentVersion",
    "Conversation",
    "DeliveryReceipt",
    "Device",
    "Division",
    "DueJob",
    "Edited",
    "Event",
    "EventFollower",
    "Hotline",
    "IdempotencyKey",
    "InboundMessage",
    "Notice",
    "OutboundMessage",
    "Pace",
    "Place",
    "PlaceChange",
    "Reading",
    "Revision",
    "ScheduleException",
    "Slot",
    "Station",
    "Subscription",
    "TemplateVersion",
    "Term",
    "ThresholdState",
    "TransitFeed",
    "TransitRealtime",
    "UnansweredMessage",
    "UnansweredQuestion",
    "UtcDateTime",
    "WaitingEntry",
    "WebSession",
    "WebhookEndpoint",
    "new_uuid",
    "utcnow",
]
