"""Public transport: the versions of the feed, and what the operators publish about today."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Index, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.models.base import Base, BigId, Json, UtcDateTime, utcnow

_ACTIVE = text("state = 'active'")


class TransitFeed(Base):
    """One version of the feed. `state`: one is active, those before are replaced; the newest few are kept."""

    __tablename__ = "transit_feeds"
    __table_args__ = (
        # One active feed, also when two imports end at the same moment.
        Index("uq_transit_feeds_active", "state", unique=True, sqlite_where=_ACTIVE, postgresql_where=_ACTIVE),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    origin: Mapped[str] = mapped_column(String(8))  # gtfs: imported; pack: made from the city pack
    state: Mapped[str] = mapped_column(String(8), default="active")  # active replaced
    name: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))  # of what it was made from: the file, or the packed feed
    as_of: Mapped[str] = mapped_column(String(10), default="")
    ends_on: Mapped[str] = mapped_column(String(10), default="")
    imported_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utcnow)
    imported_by: Mapped[str] = mapped_column(String(80), default="")
    counts: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)  # stops, lines, trips, stop_times
    warnings: Mapped[list[str]] = mapped_column(Json, default=list)
    names: Mapped[list[Any]] = mapped_column(Json, default=list)  # of lines and stops, for the gazetteer
    data: Mapped[bytes] = mapped_column(LargeBinary)  # services.transit.packing


class TransitRealtime(Base):
    """What was last fetched from one GTFS-Realtime address."""

    __tablename__ = "transit_realtime"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)  # SHA-256 of the address
    fetched_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utcnow)
    sha256: Mapped[str] = mapped_column(String(64))  # of the data
    data: Mapped[bytes] = mapped_column(LargeBinary)  # the protocol buffer as it came
