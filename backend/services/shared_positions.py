"""Positions people shared: for answers, and to warn of danger where they are; deleted when two hours have passed.

A position is sensitive personal information (PIPL art. 28): it serves what was said when it was shared (the words of
`web-consent-text`), answers and warnings, and nothing else. So it counts for an alert that lives depend on and for a
broadcast that staff mark as urgent, never for an ordinary one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, null, select, update

from backend.database import Database
from backend.geo import Datum, Point
from backend.models import Conversation, InboundMessage, utcnow
from backend.models.messages import POSITION_KEPT

# For so long a position is used, and about as long it is kept.
KEPT = dt.timedelta(hours=2)
FORGET = "positions.forget"
FORGET_EVERY = dt.timedelta(minutes=20)


def recently_shared() -> Select[tuple[str, dict[str, Any] | None]]:
    """Who shared a position that still counts, and the position as it is stored; for `point_of`."""
    return select(Conversation.contact_id, Conversation.location).where(Conversation.location_at > utcnow() - KEPT)


def point_of(stored: Mapping[str, Any] | None) -> Point | None:
    """The position in a row; None where it says nothing."""
    try:
        return Point(float(stored["lat"]), float(stored["lon"]), Datum(stored["datum"])) if stored else None
    except (KeyError, TypeError, ValueError):
        return None


class SharedPositions:
    """Deletes what is kept no longer."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def forget(self, _subject: str, _due_at: dt.datetime) -> None:
        """The due job `positions.forget`: of conversations, and of the messages that were answered."""
        before = utcnow() - KEPT
        with self._db.write() as session:
            session.execute(
                update(Conversation)
                .where(Conversation.location_at <= before)
                .values(location=null(), location_at=None)
                .execution_options(synchronize_session=False)
            )
            session.execute(
                update(InboundMessage)
                # The words of the index: a bound value would not let SQLite use it.
                .where(POSITION_KEPT, InboundMessage.closed_at <= before)
                .values(location=null())
                .execution_options(synchronize_session=False)
            )
