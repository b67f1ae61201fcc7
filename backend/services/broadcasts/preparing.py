"""Writing the recipients of a broadcast down, and ending it: slice by slice, each in a short transaction."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from sqlalchemy import Table, exists, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from backend.database import Database, record_event
from backend.models import Broadcast, Notice, OutboundMessage, utcnow
from backend.services.broadcasts.audience import Audience, Audiences

SLICE = 1000
PREPARE, END = "broadcast.prepare", "broadcast.end"

_NOTICES = cast("Table", Notice.__table__)


def subject_of(broadcast_id: int) -> str:
    """How events and due jobs name a broadcast."""
    return f"broadcast/{broadcast_id}"


class Preparing:
    """The long steps in a broadcast's life. Any number of processes may do them at once."""

    def __init__(self, db: Database, audiences: Audiences) -> None:
        self._db = db
        self._audiences = audiences

    def prepare(self, subject: str, _due_at: dt.datetime) -> None:
        """Writes a notice for each recipient of an approved broadcast and then lets it run. For the due jobs."""
        broadcast_id = int(subject.removeprefix("broadcast/"))
        while self._slice(broadcast_id):
            pass

    def _slice(self, broadcast_id: int) -> bool:
        with self._db.write() as session:
            row = session.get_one(Broadcast, broadcast_id, with_for_update=True)
            if row.state == "approved":
                row.state = "preparing"
            if row.state != "preparing":
                return False
            now = utcnow()
            audience = Audience.from_dict(row.audience)
            found, following = self._audiences.slice(session, audience, row.prepared_to, SLICE)
            if found:
                self._write(session, row, found, now)
            if following is not None:
                row.prepared_to = following
                return True
            self._run(session, row, now)
            return False

    def _write(self, session: Session, row: Broadcast, contact_ids: list[str], now: dt.datetime) -> None:
        same: dict[str, Any] = {
            "template": row.template,
            "subject": subject_of(row.id),
            "dedupe": subject_of(row.id),
            "lane": row.lane,
            "broadcast_id": row.id,
            "state": "queued",
            "not_before": now,
            "expires_at": row.expires_at,
            "created_at": now,
        }
        dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
        # Without values of the statement's own: it is compiled once, and each slice is one call of the driver.
        statement = dialect.insert(_NOTICES).on_conflict_do_nothing()
        session.connection().execute(statement, [{**same, "contact_id": each} for each in contact_ids])

    def _run(self, session: Session, row: Broadcast, now: dt.datetime) -> None:
        row.recipients = session.scalar(select(func.count()).where(Notice.broadcast_id == row.id)) or 0
        row.state, row.started_at = "running", now
        record_event(session, "broadcast.started", subject_of(row.id), {"recipients": row.recipients})
        record_event(session, "notice.created", subject_of(row.id), {"count": row.recipients})

    def end(self, subject: str, _due_at: dt.datetime) -> None:
        """Drops what a cancelled broadcast has not placed yet. For the due jobs."""
        broadcast_id = int(subject.removeprefix("broadcast/"))
        waiting = select(_NOTICES.c.id).where(_NOTICES.c.broadcast_id == broadcast_id, _NOTICES.c.state == "queued")
        dropped = SLICE
        while dropped == SLICE:
            with self._db.write() as session:
                if session.get_one(Broadcast, broadcast_id).state != "cancelled":
                    return
                result = session.execute(
                    update(_NOTICES)
                    .where(_NOTICES.c.id.in_(waiting.limit(SLICE)), _NOTICES.c.state == "queued")
                    .values(state="dropped", error="cancelled")
                )
                dropped = int(result.rowcount)  # type: ignore[attr-defined]

    def finish(self) -> list[int]:
        """Ends the broadcasts that have nothing more to send; their ids."""
        with self._db.read() as session:
            finished = session.scalars(select(Broadcast.id).where(*self._through())).all()
        done = []
        for broadcast_id in finished:
            with self._db.write() as session:
                row = session.get_one(Broadcast, broadcast_id, with_for_update=True)
                if session.scalar(select(Broadcast.id).where(Broadcast.id == broadcast_id, *self._through())) is None:
                    continue
                row.state, row.ended_at = "done", utcnow()
                record_event(session, "broadcast.done", subject_of(row.id), {"recipients": row.recipients})
                done.append(row.id)
        return done

    def _through(self) -> tuple[Any, ...]:
        queued = exists().where(Notice.broadcast_id == Broadcast.id, Notice.state == "queued")
        under_way = exists().where(
            OutboundMessage.notice_id == Notice.id,
            Notice.broadcast_id == Broadcast.id,
            OutboundMessage.state.in_(("queued", "sending")),
        )
        return Broadcast.state == "running", ~queued, ~under_way
