"""How far a broadcast has come: counted from the rows of its recipients, so the figures are exact at every moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from backend.models import Broadcast, Notice, OutboundMessage

STATES = ("queued", "sending", "sent", "delivered", "failed", "unknown", "dropped")
# Of several messages that carried one notice by turns, the one that came furthest counts.
_FAR = {"dropped": 0, "failed": 1, "unknown": 2, "queued": 3, "sending": 4, "sent": 5, "delivered": 6, "read": 6}
_STATE = {0: "dropped", 1: "failed", 2: "unknown", 3: "queued", 4: "sending", 5: "sent", 6: "delivered"}


@dataclass(frozen=True)
class Progress:
    """`counts` by state, of all recipients each in one; `recipients` is None while they are being written down."""

    recipients: int | None
    counts: Mapping[str, int]
    reasons: Mapping[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """All that are counted; the recipients, once they are written down."""
        return sum(self.counts.values())

    def share(self, state: str) -> float:
        """The part of all that is in a state, in percent."""
        return 100 * self.counts[state] / self.total if self.total else 0.0


def progress_of(session: Session, broadcast_id: int, reasons: bool = False) -> Progress:
    """One look, so all figures are of one moment. `reasons`: also why some were dropped before they were placed."""
    far = case(_FAR, value=OutboundMessage.state, else_=0)
    each = (
        select(Notice.state.label("state"), func.max(far).label("far"))
        .outerjoin(OutboundMessage, OutboundMessage.notice_id == Notice.id)
        .where(Notice.broadcast_id == broadcast_id)
        .group_by(Notice.id, Notice.state)
        .subquery()
    )
    said = case((each.c.state != "placed", each.c.state), else_=case(_STATE, value=each.c.far, else_="dropped"))
    counted = session.execute(select(said, func.count()).select_from(each).group_by(said))
    counts = dict.fromkeys(STATES, 0) | {state: number for state, number in counted}  # noqa: C416
    why = {}
    if reasons:
        found = session.execute(
            select(Notice.error, func.count())
            .where(Notice.broadcast_id == broadcast_id, Notice.state == "dropped")
            .group_by(Notice.error)
        )
        why = {row[0] or "": row[1] for row in found}
    # It no longer changes once it is known.
    recipients = session.scalar(select(Broadcast.recipients).where(Broadcast.id == broadcast_id))
    return Progress(recipients, counts, why)
