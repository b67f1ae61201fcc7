"""Whose conversation it is, for answers that are about a person: their bookings, their alerts."""

from __future__ import annotations

from sqlalchemy import select

from backend.database import Database
from backend.models import Conversation


class Conversations:
    """Finds the people behind conversations."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def contact_of(self, conversation_id: str) -> str | None:
        """The id of the contact whose conversation it is; None where there is no such conversation, as in a preview."""
        if not conversation_id.isdecimal():
            return None
        with self._db.read() as session:
            return session.scalar(select(Conversation.contact_id).where(Conversation.id == int(conversation_id)))
