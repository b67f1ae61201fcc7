"""What stations measure: the stations, their readings, and which thresholds a station is beyond."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.models.base import Base, BigId, Json, UtcDateTime, utcnow
from backend.models.content import Provenance


class Station(Provenance, Base):
    """Something that reports: an air monitoring point, a buoy, the lifeguards of a beach. `id` is `station:slug`.

    `source` names who answers for its readings. The point is stored as published, with its datum.
    """

    __tablename__ = "stations"

    id: Mapped[str] = mapped_column(String(80), primary_key=True)
    name_zh: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(160), default="")
    quantities: Mapped[list[str]] = mapped_column(Json, default=list)  # names of what it may report
    place_id: Mapped[str] = mapped_column(String(80), default="", index=True)  # the place it speaks of, or empty
    district: Mapped[str] = mapped_column(String(32), default="")  # district:130304, or empty
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    datum: Mapped[str] = mapped_column(String(8), default="unknown")  # WGS-84 GCJ-02 BD-09 unknown
    enabled: Mapped[bool] = mapped_column(default=True)
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    token_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class Reading(Base):
    """One value of one quantity at one moment, in the quantity's canonical unit. A number is in `value`, what is
    declared (a flag, a class) in `category`. `quality` is raw (as the instrument gave it), reviewed (checked by people)
    or suspect (kept, but no answer is made of it).
    """

    __tablename__ = "readings"
    __table_args__ = (
        # Also what finds the latest of a station and quantity.
        UniqueConstraint("station_id", "quantity", "observed_at"),
        Index("ix_readings_observed_at", "observed_at"),
        CheckConstraint("(value IS NULL) <> (category = '')", name="one_value"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    station_id: Mapped[str] = mapped_column(ForeignKey("stations.id"))
    quantity: Mapped[str] = mapped_column(String(32))
    value: Mapped[float | None]
    category: Mapped[str] = mapped_column(String(24), default="")
    unit: Mapped[str] = mapped_column(String(12))
    quality: Mapped[str] = mapped_column(String(8), default="raw")
    observed_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    received_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utcnow)

    @property
    def said(self) -> float | str:
        """The value or the category, whichever it has."""
        return self.category if self.value is None else self.value


class ThresholdState(Base):
    """Whether a station is beyond a threshold, as of the latest reading that was compared with it."""

    __tablename__ = "threshold_states"

    station_id: Mapped[str] = mapped_column(ForeignKey("stations.id"), primary_key=True)
    threshold_id: Mapped[str] = mapped_column(String(60), primary_key=True)
    passed: Mapped[bool] = mapped_column(default=False)
    since: Mapped[dt.datetime] = mapped_column(UtcDateTime)  # observed_at of the reading that turned it
    observed_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)  # of the latest reading compared
