"""What is to be done at a time."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.models.base import Base, BigId, UtcDateTime, utcnow

_WAITING = text("state = 'waiting'")


class DueJob(Base):
    """One job for one subject at one time. `state`: waiting → done, or dropped where nobody needs it any more.

    The same job for the same subject and time is one row, whoever plans it and however often.
    """

    __tablename__ = "due_jobs"
    __table_args__ = (
        UniqueConstraint("job", "subject", "due_at"),
        # What every look goes through: few rows of many.
        Index("ix_due_jobs_waiting", "not_before", sqlite_where=_WAITING, postgresql_where=_WAITING),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    job: Mapped[str] = mapped_column(String(40))  # as `booking.release`; the wiring says who does it
    subject: Mapped[str] = mapped_column(String(128))  # as `booking/17`
    due_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)  # later than this it is not done any more
    state: Mapped[str] = mapped_column(String(8), default="waiting")
    not_before: Mapped[dt.datetime] = mapped_column(UtcDateTime)  # the next try; moved on by a claim and by a failure
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(String(80))
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utcnow)
    ended_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
