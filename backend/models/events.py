"""What others may care about, written in the transaction that made it so."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.models.base import Base, BigId, Json, UtcDateTime, utcnow

# What other systems may know of: none of these holds anything about a person.
PUBLIC_TYPES = frozenset(
    {
        "alert.raised",
        "alert.updated",
        "alert.cleared",
        "content.changed",
        "reading.threshold_passed",
        "reading.threshold_cleared",
        "transit.disrupted",
        "transit.restored",
    }
)
_UNNUMBERED = text("public AND number IS NULL")


class Event(Base):
    """One event; `type` and `subject` as CloudEvents name them.

    A public one is given a number after it was committed, so that numbers grow in the order in which events become
    visible; ids are given before, and a lower one may become visible later (services.event_feed).
    """

    __tablename__ = "events"
    __table_args__ = (
        Index("ix_events_unnumbered", "id", sqlite_where=_UNNUMBERED, postgresql_where=_UNNUMBERED),
        Index("uq_events_number", "number", unique=True),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    type: Mapped[str] = mapped_column(String(64), index=True)
    subject: Mapped[str] = mapped_column(String(128))
    time: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utcnow)
    data: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    public: Mapped[bool] = mapped_column(default=False)
    number: Mapped[int | None] = mapped_column(BigId)
