"""Devices and browsers that take push messages."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backend.models.base import Base, BigId, UtcDateTime, utcnow
from backend.models.contacts import ChannelIdentity


class Device(Base):
    """A device of a person. Where and how to reach it is its identity on the channel `push`, encrypted there."""

    __tablename__ = "devices"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    identity_id: Mapped[int] = mapped_column(ForeignKey("channel_identities.id"), unique=True)
    contact_id: Mapped[str] = mapped_column(ForeignKey("contacts.id"), index=True)
    name: Mapped[str] = mapped_column(String(80), default="")  # as the person knows it
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utcnow)
    seen_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utcnow)  # last registered

    identity: Mapped[ChannelIdentity] = relationship()
