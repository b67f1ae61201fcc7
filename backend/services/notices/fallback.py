"""The next channel, where one did not bring a notice to its person in time.

A notice goes two ways only where it is urgent: else the next way is taken only when it is certain that the one before
brought nothing, because it was refused or is taken back before anybody sent it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import cast

from sqlalchemy import Table, select, update

from backend.database import Database, record_event
from backend.models import Contact, Notice, OutboundMessage, utcnow
from backend.services import due
from backend.services.notices.placing import FALL_BACK_AFTER, FALLBACK, Placing
from backend.services.notices.routes import NOBODY, ways_to
from backend.services.ports import Channel

URGENT = 1
ARRIVED = ("delivered", "read")
# No provider says more of these: sent is all that can be known.
SILENT = ("web", "wechat", "push")

_OUTBOUND = cast("Table", OutboundMessage.__table__)


class Fallback:
    """Tries the next channel. Any number of processes may do it at once."""

    def __init__(self, db: Database, channels: Mapping[str, Channel], placing: Placing) -> None:
        self._db = db
        self._channels = channels
        self._placing = placing

    def fall_back(self, subject: str, _due_at: dt.datetime) -> None:
        """Looks what became of `notice/17`, and places it on the next channel where it has to be. For the due jobs."""
        now = utcnow()
        with self._db.write() as session:
            notice = session.get(Notice, int(subject.removeprefix("notice/")), with_for_update=True)
            if notice is None or notice.read_at is not None or (notice.expires_at and notice.expires_at <= now):
                return
            tried = session.scalars(
                select(OutboundMessage)
                .where(OutboundMessage.notice_id == notice.id)
                .order_by(OutboundMessage.id)
                .with_for_update()
            ).all()
            if not tried or any(_arrived(row) for row in tried):
                return
            last = tried[-1]
            certain = last.state in ("failed", "dropped", "queued")
            if not certain and notice.lane > URGENT:
                return
            contact = session.get_one(Contact, notice.contact_id)
            ways = ways_to(session, [contact.id], self._channels.keys(), now).get(contact.id, NOBODY).ways
            used = {row.identity_id for row in tried}
            left = [way for way in ways if way.identity_id not in used]
            if not left:
                return
            if last.state == "queued":
                taken_back = update(_OUTBOUND).where(_OUTBOUND.c.id == last.id, _OUTBOUND.c.state == "queued")
                session.execute(taken_back.values(state="dropped", error="fell_back"))
            self._placing.write(session, [self._placing.message(session, notice, left[0], contact.lang, now)])
            if len(left) > 1 and notice.lane in FALL_BACK_AFTER:
                due.plan(session, FALLBACK, subject, now + FALL_BACK_AFTER[notice.lane])
            data = {"subject": notice.subject, "count": 1}
            record_event(session, "notice.created", subject, data)  # somebody has to send it


def _arrived(row: OutboundMessage) -> bool:
    return row.state in ARRIVED or (row.state == "sent" and row.channel in SILENT)
