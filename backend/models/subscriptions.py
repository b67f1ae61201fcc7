"""What people want to be told of."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.models.base import Base, BigId, Json, UtcDateTime, utcnow

_RUNNING = text("ended_at IS NULL")


class Subscription(Base):
    """One thing one person wants to be told of, until it is ended. `about` is what it is found by: the record or level
    that `params` name, or `*`.
    """

    __tablename__ = "subscriptions"
    __table_args__ = (
        UniqueConstraint("contact_id", "key"),
        # Nobody has the same twice, however often they ask for it.
        Index(
            "uq_subscriptions_running", "contact_id", "topic", "about", unique=True,
            sqlite_where=_RUNNING, postgresql_where=_RUNNING,
        ),
        Index("ix_subscriptions_topic_about", "topic", "about", sqlite_where=_RUNNING, postgresql_where=_RUNNING),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    contact_id: Mapped[str] = mapped_column(ForeignKey("contacts.id"))
    topic: Mapped[str] = mapped_column(String(24))  # see services.subscription_topics
    about: Mapped[str] = mapped_column(String(100))
    params: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    key: Mapped[str] = mapped_column(String(100))  # of the request that made it: the same again makes no second
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utcnow)
    ended_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class EventFollower(Base):
    """How far one of our own readers of the event feed has come: the last event done, and within the next one the last
    contact told. `attempts`: how often the next one has failed.
    """

    __tablename__ = "event_followers"

    name: Mapped[str] = mapped_column(String(24), primary_key=True)
    number: Mapped[int] = mapped_column(BigId, default=0)
    contact_id: Mapped[str] = mapped_column(String(36), default="")
    attempts: Mapped[int] = mapped_column(default=0)
