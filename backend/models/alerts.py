"""Warnings to the public: each message as it stands in CAP, and who was told of it."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.models.base import Base, BigId, Json, UtcDateTime, new_uuid, utcnow


class Alert(Base):
    """One message of an alert; it is never changed, later ones follow it. `thread_id` is the id of the first of them.

    `state`: waiting (not in effect yet) → current → superseded, cancelled or expired; recorded: it is for nobody's eyes
    but the staff's (an exercise, a test, an acknowledgement), or it is what ended another.
    """

    __tablename__ = "alerts"
    __table_args__ = (
        UniqueConstraint("sender", "identifier"),
        CheckConstraint(
            "state IN ('waiting', 'current', 'superseded', 'cancelled', 'expired', 'recorded')", name="state"
        ),
        # What every question about the present goes through: few rows of many.
        Index("ix_alerts_state_expires_at", "state", "expires_at"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_uuid)
    thread_id: Mapped[str] = mapped_column(String(36), index=True)
    sender: Mapped[str] = mapped_column(String(200))
    identifier: Mapped[str] = mapped_column(String(200))
    sent: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    status: Mapped[str] = mapped_column(String(8))  # as CAP says: Actual Exercise System Test Draft
    msg_type: Mapped[str] = mapped_column(String(8))  # Alert Update Cancel Ack Error
    kind: Mapped[str] = mapped_column(String(24), default="other")  # see services.alert_kinds
    severity: Mapped[str] = mapped_column(String(8), default="Unknown")  # these three: the gravest of its parts
    urgency: Mapped[str] = mapped_column(String(9), default="Unknown")
    certainty: Mapped[str] = mapped_column(String(8), default="Unknown")
    # For each <info> the ids of the districts it names ("city" for all of it) and of those its shapes reach; nothing in
    # either where we cannot tell.
    reach: Mapped[list[dict[str, list[str]]]] = mapped_column(Json, default=list)
    effective_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(10))
    ended_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    ended_by: Mapped[str | None] = mapped_column(ForeignKey("alerts.id"))  # the message that superseded or ended it
    xml: Mapped[str] = mapped_column(Text)  # CAP 1.2, as we write it
    client_id: Mapped[int | None] = mapped_column(ForeignKey("api_clients.id"))  # who sent it; None: raised by staff
    author: Mapped[str] = mapped_column(String(80), default="")
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utcnow)


class AlertReference(Base):
    """An earlier message that a message names: it may come later than this one, or never."""

    __tablename__ = "alert_references"
    __table_args__ = (UniqueConstraint("alert_id", "sender", "identifier"), Index(None, "sender", "identifier"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    alert_id: Mapped[str] = mapped_column(ForeignKey("alerts.id"))
    sender: Mapped[str] = mapped_column(String(200))
    identifier: Mapped[str] = mapped_column(String(200))


class AlertRecipient(Base):
    """Somebody who was told of an alert: they are told what becomes of it, and nobody else is told that it is over."""

    __tablename__ = "alert_recipients"

    thread_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    contact_id: Mapped[str] = mapped_column(ForeignKey("contacts.id"), primary_key=True, index=True)
    told_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utcnow)
