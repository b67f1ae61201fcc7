"""What notices say, as staff have changed it."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.models.base import Base, BigId, Json, UtcDateTime, utcnow


class TemplateVersion(Base):
    """One version of a template; the highest is in force, and none is ever changed. Version 0 is shipped, not stored.

    `texts`: {language: {"title", "text", "sms"}} with placeholders as `{when}`.
    """

    __tablename__ = "template_versions"
    __table_args__ = (UniqueConstraint("key", "version"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    key: Mapped[str] = mapped_column(String(40))
    version: Mapped[int]
    texts: Mapped[dict[str, dict[str, str]]] = mapped_column(Json)
    note: Mapped[str] = mapped_column(Text, default="")  # why it was changed
    author: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utcnow)
