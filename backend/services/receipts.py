"""Delivery receipts: any order, any number of repetitions, one outcome. The state only goes forward."""

from __future__ import annotations

from typing import cast

from sqlalchemy import Table, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from backend.database import Database, record_event
from backend.models import ChannelIdentity, DeliveryReceipt, OutboundMessage, utcnow

# A state may be left only for one of a higher rank, and no two that a provider reports have the same rank: so the
# outcome does not depend on the order of the callbacks. A message said to have failed that arrived all the same was
# delivered.
RANK = {"queued": 0, "sending": 1, "unknown": 2, "sent": 3, "failed": 4, "dropped": 4, "delivered": 5, "read": 6}

# What every receipt goes through is built once, and on the tables: loading and flushing objects took longer than the
# statements themselves.
_OUTBOUND = cast("Table", OutboundMessage.__table__)
_OF_CHANNEL = _OUTBOUND.c.channel == bindparam("channel")
_OF_PROVIDER = _OUTBOUND.c.provider_id == bindparam("provider_id")
_READ = ("id", "conversation_id", "identity_id", "notice_id", "channel", "state", "provider_id", "sent_at")
_ROW = select(*(_OUTBOUND.c[name] for name in _READ)).with_for_update()
_SENT = _ROW.where(_OF_CHANNEL, _OF_PROVIDER)
_UNRECORDED = _ROW.where(_OUTBOUND.c.id == bindparam("outbound_id"), _OF_CHANNEL, _OUTBOUND.c.provider_id.is_(None))
_KNOWN = select(_OUTBOUND.c.id).where(_OF_CHANNEL, _OF_PROVIDER)
_INSERT = insert(cast("Table", DeliveryReceipt.__table__))
_CHANGE = update(_OUTBOUND).where(_OUTBOUND.c.id == bindparam("outbound_id"))


def may_become(old: str, new: str) -> bool:
    """Whether `new` is further on the way than `old`."""
    return RANK[new] > RANK[old]


class Receipts:
    """Merges what providers report about messages we sent."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def record(
        self,
        channel: str,
        provider_id: str,
        status: str,
        state: str | None,
        outbound_id: int | None = None,
        error_code: str | None = None,
        opted_out: bool = False,
    ) -> bool:
        """Stores a callback once and moves the message's state forward.

        `state` is ours for the provider's `status`; None for one that changes nothing ("queued" after we were told so),
        which is kept only where it is the first word of a message whose send was never recorded. `outbound_id` is our
        id as it came back in the callback's URL: it finds such a message.
        `opted_out`: the provider says that this person does not want to hear from us.
        False when no message is known by either id.
        """
        of = {"channel": channel, "provider_id": provider_id}
        if state is None and error_code is None and not opted_out and self._known(of):
            return True  # a third of all callbacks: they need not wait for their turn to write
        try:
            with self._db.write() as session:
                # Locked: of two callbacks at once the later one must see what the earlier one made of the state.
                row = session.execute(_SENT, of).one_or_none()
                if row is None and outbound_id is not None:
                    row = session.execute(_UNRECORDED, {"channel": channel, "outbound_id": outbound_id}).one_or_none()
                    state = state or "sent"  # whatever it says, the provider has the message
                if row is None:
                    return False
                receipt = {**of, "outbound_id": row.id, "status": status, "error_code": error_code}
                session.execute(_INSERT, receipt)
                if opted_out:
                    identity = session.get_one(ChannelIdentity, row.identity_id)
                    identity.consent, identity.consent_changed_at = "out", utcnow()
                changes: dict[str, object] = {}
                if row.provider_id is None:
                    changes["provider_id"] = provider_id
                if state is not None and may_become(row.state, state):
                    error = error_code if state == "failed" else None
                    changes |= {"state": state, "sent_at": row.sent_at or utcnow(), "error": error}
                    record_event(
                        session, f"message.{state}", f"conversation/{row.conversation_id}", {"outbound_id": row.id}
                    )
                    if row.notice_id is not None and state == "delivered":
                        record_event(session, "notice.delivered", f"notice/{row.notice_id}", {"channel": row.channel})
                if changes:
                    session.execute(_CHANGE, {"outbound_id": row.id, **changes})
                return True
        except IntegrityError:
            return True  # the same callback again

    def _known(self, of: dict[str, str]) -> bool:
        with self._db.read() as session:
            return session.scalar(_KNOWN, of) is not None
