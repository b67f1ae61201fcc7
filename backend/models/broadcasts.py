"""One text to many people."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from backend.models.base import Base, BigId, Json, UtcDateTime, utcnow

STATES = ("draft", "submitted", "approved", "preparing", "running", "paused", "done", "cancelled")


class Broadcast(Base):
    """A broadcast; its recipients are notices, and what became of each is counted from their rows.

    `state`: draft → submitted (a second person has to approve it) → approved → preparing (the recipients are written
    down) → running ⇄ paused → done, or cancelled at any time before.
    """

    __tablename__ = "broadcasts"
    __table_args__ = (CheckConstraint(f"state IN {STATES}", name="state"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(80))  # for staff
    template: Mapped[str] = mapped_column(String(40))
    facts: Mapped[dict[str, str]] = mapped_column(Json)
    audience: Mapped[dict[str, Any]] = mapped_column(Json)  # see services.broadcasts.audience
    lane: Mapped[int]
    state: Mapped[str] = mapped_column(String(10), default="draft", index=True)
    version: Mapped[int] = mapped_column(default=1)  # of the draft: who approves, approves what they read
    starts_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)  # None: as soon as it may
    expires_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    prepared_to: Mapped[str] = mapped_column(String(36), default="")  # recipients up to this contact are written down
    recipients: Mapped[int | None]  # once all are
    author: Mapped[str] = mapped_column(String(80))
    approver: Mapped[str | None] = mapped_column(String(80))
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utcnow)
    started_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
