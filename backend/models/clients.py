"""Other systems of the city that speak to us, and what they may do."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from backend.models.base import Base, BigId, Json, UtcDateTime, utcnow


class ApiClient(Base):
    """A system with a bearer token; only its hash is kept. `scopes` as in services.clients. `senders` are the CAP
    senders it may speak for; none named: any.
    """

    __tablename__ = "api_clients"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(60), unique=True)
    scopes: Mapped[list[str]] = mapped_column(Json, default=list)
    senders: Mapped[list[str]] = mapped_column(Json, default=list)
    enabled: Mapped[bool] = mapped_column(default=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    token_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utcnow)
