"""The message log: conversations, inbound and outbound messages, delivery receipts. The rows are the truth, queues only
wake.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backend.models.base import Base, BigId, Json, UtcDateTime, utcnow
from backend.models.contacts import ChannelIdentity, Contact

_SHARED = text("location_at IS NOT NULL")
# Leaves out what was deleted; other messages have a JSON null there.
POSITION_KEPT = text("kind = 'location' AND location IS NOT NULL")
_OPEN = text("state = 'received'")
_UNSENT = text("state IN ('queued', 'sending', 'unknown')")
_NOTICE_QUEUED = text("state = 'queued' AND lane IS NOT NULL")


class Conversation(Base):
    """The one conversation of a contact: its dialogue state and the lease of who is answering it."""

    __tablename__ = "conversations"
    __table_args__ = (
        Index("ix_conversations_location_at", "location_at", sqlite_where=_SHARED, postgresql_where=_SHARED),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    contact_id: Mapped[str] = mapped_column(ForeignKey("contacts.id"), unique=True)
    state: Mapped[dict[str, Any] | None] = mapped_column(Json)  # the bot's, opaque to us
    choices: Mapped[list[dict[str, Any]] | None] = mapped_column(Json)  # offered with the last answer
    # {lat, lon, datum}, the last that was shared; sensitive, see `services.shared_positions`.
    location: Mapped[dict[str, Any] | None] = mapped_column(Json)
    location_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    last_turn_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    lease_owner: Mapped[str | None] = mapped_column(String(36))
    lease_until: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utcnow)

    contact: Mapped[Contact] = relationship()


class InboundMessage(Base):
    """A message we acknowledged. Its id is the turn id.

    `state`: received → closed. `outcome` once closed: answered, consent, ignored, failed.
    """

    __tablename__ = "inbound_messages"
    __table_args__ = (
        UniqueConstraint("channel", "provider_id"),
        Index("ix_inbound_messages_conversation_id_id", "conversation_id", "id"),
        # What the sweeper looks through: few rows of many.
        Index("ix_inbound_messages_pending", "next_attempt_at", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_inbound_messages_shared", "closed_at", sqlite_where=POSITION_KEPT, postgresql_where=POSITION_KEPT),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"))
    identity_id: Mapped[int] = mapped_column(ForeignKey("channel_identities.id"))
    channel: Mapped[str] = mapped_column(String(16))
    provider_id: Mapped[str] = mapped_column(String(128))
    kind: Mapped[str] = mapped_column(String(16))  # text location event media
    text: Mapped[str] = mapped_column(Text, default="")
    payload: Mapped[str] = mapped_column(Text, default="")  # of a tapped choice
    location: Mapped[dict[str, Any] | None] = mapped_column(Json)  # deleted some hours after the answer
    meta: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    lang: Mapped[str] = mapped_column(String(8), default="")
    received_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utcnow)
    window_until: Mapped[dt.datetime | None] = mapped_column(
        UtcDateTime
    )  # answers may ride on the webhook's response till then
    state: Mapped[str] = mapped_column(String(12), default="received")
    outcome: Mapped[str | None] = mapped_column(String(12))
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utcnow)
    closed_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    intent: Mapped[str | None] = mapped_column(String(40))
    confidence: Mapped[float | None]

    conversation: Mapped[Conversation] = relationship()
    identity: Mapped[ChannelIdentity] = relationship()


class OutboundMessage(Base):
    """A message we owe a person.

    `state`: queued → sending → sent → delivered → read, or failed / unknown / dropped; see services.receipts for the
    ranks.
    """

    __tablename__ = "outbound_messages"
    __table_args__ = (
        UniqueConstraint("inbound_id", "kind", "seq"),
        Index("ix_outbound_messages_unsent", "not_before", sqlite_where=_UNSENT, postgresql_where=_UNSENT),
        # What the sender of notices goes through.
        Index(
            "ix_outbound_messages_lanes",
            "channel",
            "lane",
            "id",
            sqlite_where=_NOTICE_QUEUED,
            postgresql_where=_NOTICE_QUEUED,
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"), index=True)
    identity_id: Mapped[int] = mapped_column(ForeignKey("channel_identities.id"), index=True)
    inbound_id: Mapped[int | None] = mapped_column(ForeignKey("inbound_messages.id"))
    channel: Mapped[str] = mapped_column(String(16))
    notice_id: Mapped[int | None] = mapped_column(ForeignKey("notices.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))  # answer urgent holding consent notice
    lane: Mapped[int | None]  # of a notice, see there; None in a conversation, which keeps its order
    seq: Mapped[int] = mapped_column(default=0)
    reply: Mapped[dict[str, Any]] = mapped_column(Json)
    text: Mapped[str] = mapped_column(Text)  # as rendered for the channel
    lang: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(12), default="queued")
    not_before: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utcnow)
    claim_token: Mapped[str | None] = mapped_column(String(36))
    claimed_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    provider_id: Mapped[str | None] = mapped_column(String(128), index=True)
    error: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utcnow)
    sent_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)

    inbound: Mapped[InboundMessage | None] = relationship()
    identity: Mapped[ChannelIdentity] = relationship()


class DeliveryReceipt(Base):
    """One status callback of a provider, kept once however often it comes."""

    __tablename__ = "delivery_receipts"
    __table_args__ = (UniqueConstraint("channel", "provider_id", "status"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    outbound_id: Mapped[int] = mapped_column(ForeignKey("outbound_messages.id"), index=True)
    channel: Mapped[str] = mapped_column(String(16))
    provider_id: Mapped[str] = mapped_column(String(128))
    status: Mapped[str] = mapped_column(String(20))
    error_code: Mapped[str | None] = mapped_column(String(20))
    received_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utcnow)
