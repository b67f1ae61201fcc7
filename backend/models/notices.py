"""What we tell people unasked: one row for each person and thing told, and the pace at which a provider takes it."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.models.base import Base, BigId, Json, UtcDateTime, utcnow

_QUEUED = text("state = 'queued'")
_QUEUED_ALONE = text("state = 'queued' AND broadcast_id IS NULL")


class Notice(Base):
    """One thing told to one person. The same `dedupe` for the same person is one row, whoever tells it.

    `state`: queued → placed (an outbound message carries it, see there), or dropped with the reason in `error`. A
    dropped notice still stands in the person's feed unless it was cancelled.
    """

    __tablename__ = "notices"
    __table_args__ = (
        UniqueConstraint("contact_id", "dedupe"),
        CheckConstraint("state IN ('queued', 'placed', 'dropped')", name="state"),
        CheckConstraint("lane BETWEEN 0 AND 3", name="lane"),
        # What the sender goes through: few rows of many; a broadcast is looked through by itself.
        Index("ix_notices_queued", "lane", "not_before", sqlite_where=_QUEUED_ALONE, postgresql_where=_QUEUED_ALONE),
        Index("ix_notices_broadcast_id_state_id", "broadcast_id", "state", "id"),
        Index("ix_notices_expires_at", "expires_at", sqlite_where=_QUEUED, postgresql_where=_QUEUED),
        Index("ix_notices_contact_id_id", "contact_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    contact_id: Mapped[str] = mapped_column(ForeignKey("contacts.id"))
    template: Mapped[str] = mapped_column(String(40))
    facts: Mapped[dict[str, str] | None] = mapped_column(Json)  # None: the broadcast's
    subject: Mapped[str] = mapped_column(String(128))  # what it is about, as `booking/K7M2`
    dedupe: Mapped[str] = mapped_column(String(160))
    lane: Mapped[int]  # 0 life safety, 1 urgent, 2 normal, 3 bulk
    broadcast_id: Mapped[int | None] = mapped_column(ForeignKey("broadcasts.id"))
    state: Mapped[str] = mapped_column(String(8), default="queued")
    error: Mapped[str | None] = mapped_column(String(40))
    not_before: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utcnow)
    expires_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)  # later than this it is not sent any more
    placed_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    read_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)  # in the feed
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utcnow)


class ChannelOrder(Base):
    """The channels a person wants notices by, the first first; who has no row has the default order."""

    __tablename__ = "channel_orders"

    contact_id: Mapped[str] = mapped_column(ForeignKey("contacts.id"), primary_key=True)
    channels: Mapped[list[str]] = mapped_column(Json)
    changed_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utcnow)


class Pace(Base):
    """How far a channel's sending has used up what its provider takes: the next message is in time from `free_at` on.

    The row is the lock of whoever claims messages of the channel, so all senders together keep one pace.
    """

    __tablename__ = "paces"

    channel: Mapped[str] = mapped_column(String(16), primary_key=True)
    free_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
