"""Days of the city's calendar that staff have entered, over what the library knows."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, Date, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from backend.models.base import Base, BigId, UtcDateTime, utcnow


class CalendarDay(Base):
    """What one day is in the city, in the city's own calendar; one row a day. `kind` as in
    `backend.services.city_calendar.STAFF_KINDS`.
    """

    __tablename__ = "calendar_days"
    __table_args__ = (
        CheckConstraint("kind IN ('workday', 'makeup_workday', 'weekend', 'public_holiday')", name="kind"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    date: Mapped[dt.date] = mapped_column(Date, unique=True)
    kind: Mapped[str] = mapped_column(String(16))
    name_zh: Mapped[str] = mapped_column(String(40), default="")
    name_en: Mapped[str] = mapped_column(String(80), default="")
    source: Mapped[str] = mapped_column(Text, default="")
    author: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utcnow)
