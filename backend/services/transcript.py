"""What a conversation said to a person on one channel, in order, for clients that fetch or stream it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from backend.database import Database
from backend.models import InboundMessage, OutboundMessage
from backend.services.replies import Reply

PAGE = 100


@dataclass(frozen=True)
class Said:
    """One reply. Its id is the cursor to go on from; `in_reply_to` is the id the client gave its own message."""

    id: int
    in_reply_to: str | None
    kind: str
    text: str
    reply: Reply


class Transcript:
    """Reads what was said."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def after(self, conversation_id: int, channel: str, cursor: int) -> list[Said]:
        """Replies after a cursor, oldest first, at most PAGE of them."""
        with self._db.read() as session:
            rows = session.execute(
                select(OutboundMessage, InboundMessage.provider_id)
                .outerjoin(InboundMessage, OutboundMessage.inbound_id == InboundMessage.id)
                .where(
                    OutboundMessage.conversation_id == conversation_id,
                    OutboundMessage.channel == channel,
                    OutboundMessage.id > cursor,
                )
                .order_by(OutboundMessage.id)
                .limit(PAGE)
            ).all()
            return [_said(row, provider_id) for row, provider_id in rows]

    def answer_to(self, inbound_id: int) -> list[Said] | None:
        """The replies of a turn; None while it is open."""
        with self._db.read() as session:
            state, provider_id = session.execute(
                select(InboundMessage.state, InboundMessage.provider_id).where(InboundMessage.id == inbound_id)
            ).one()
            if state == "received":
                return None
            rows = session.scalars(
                select(OutboundMessage)
                .where(OutboundMessage.inbound_id == inbound_id, OutboundMessage.kind != "holding")
                .order_by(OutboundMessage.seq)
            ).all()
            return [_said(row, provider_id) for row in rows]

    def cursor(self, conversation_id: int, channel: str) -> int:
        """The id of the last reply; 0 where there is none."""
        with self._db.read() as session:
            return (
                session.scalar(
                    select(func.max(OutboundMessage.id)).where(
                        OutboundMessage.conversation_id == conversation_id, OutboundMessage.channel == channel
                    )
                )
                or 0
            )


def _said(row: OutboundMessage, provider_id: str | None) -> Said:
    # A web message's provider id is "<address>:<client_message_id>".
    own = provider_id.split(":", 1)[1] if provider_id and ":" in provider_id else None
    return Said(id=row.id, in_reply_to=own, kind=row.kind, text=row.text, reply=Reply.from_dict(row.reply))
