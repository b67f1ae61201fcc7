"""What people asked and got no answer to: alike questions as one, with the messages that asked them."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.models.base import Base, BigId, UtcDateTime, utcnow

_OPEN = text("state = 'open'")


class UnansweredQuestion(Base):
    """Alike questions without an answer. `state`: open → answered (by an article) or dismissed, both for good: who asks
    again opens a new one.
    """

    __tablename__ = "unanswered_questions"
    __table_args__ = (
        # One open row for one wording, also when two turns write it at the same moment.
        Index(
            "uq_unanswered_questions_lang_key",
            "lang",
            "key",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        # What a turn compares with: the newest of few rows.
        Index("ix_unanswered_questions_open", "lang", "last_at", sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    text: Mapped[str] = mapped_column(Text)  # as first asked; numbers of people masked
    key: Mapped[str] = mapped_column(String(200))  # the form questions are compared in
    lang: Mapped[str] = mapped_column(String(8))
    count: Mapped[int] = mapped_column(default=1)
    first_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utcnow)
    last_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utcnow)
    state: Mapped[str] = mapped_column(String(12), default="open")
    article_id: Mapped[str | None] = mapped_column(ForeignKey("articles.id"))


class UnansweredMessage(Base):
    """One message that asked such a question, once."""

    __tablename__ = "unanswered_messages"

    inbound_id: Mapped[int] = mapped_column(ForeignKey("inbound_messages.id"), primary_key=True, autoincrement=False)
    question_id: Mapped[int] = mapped_column(ForeignKey("unanswered_questions.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
