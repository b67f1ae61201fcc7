"""Placing: gives each notice that is due to one channel of its person, as an outbound message in their language.

A slice at a time and by lane, so that what is urgent is in the next slice. In the transaction that takes notices out of
the queue their messages are written, so nothing is placed twice or lost between the two.
"""

from __future__ import annotations

import datetime as dt
import logging
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Table, bindparam, case, func, insert, select, update
from sqlalchemy.orm import Session

from backend.database import Database, record_event
from backend.models import Broadcast, Contact, Notice, OutboundMessage, utcnow
from backend.services import due
from backend.services.notices.quiet_hours import QuietHours
from backend.services.notices.routes import NOBODY, Way, Ways, ways_to
from backend.services.notices.wording import Wording
from backend.services.ports import Channel

log = logging.getLogger(__name__)

LIFE_SAFETY, BULK = 0, 3
SLICE = 200
# For how long a channel may take before the next one is tried, by lane; a broadcast does without.
FALL_BACK_AFTER = {0: dt.timedelta(seconds=30), 1: dt.timedelta(minutes=2), 2: dt.timedelta(minutes=15)}
FALLBACK = "notice.fallback"

_NOTICES = cast("Table", Notice.__table__)
_OUTBOUND = cast("Table", OutboundMessage.__table__)
_END = update(_NOTICES).where(_NOTICES.c.id == bindparam("notice_id"))
_DROP = _END.values(state="dropped", error=bindparam("why"))
_PLACED = _END.values(state="placed", placed_at=bindparam("now"))


@dataclass(frozen=True)
class Caps:
    """How many notices a person is sent in a day of the city; of broadcasts alone, and in all."""

    bulk: int
    all: int


class Placing:
    """Places notices. Any number of processes may call it at once."""

    def __init__(
        self, db: Database, channels: Mapping[str, Channel], wording: Wording, quiet_hours: QuietHours, caps: Caps
    ) -> None:
        self._db = db
        self._channels = channels
        self._wording = wording
        self._quiet = quiet_hours
        self._caps = caps

    def lanes(self, now: dt.datetime) -> Sequence[int]:
        """The lanes that may be sent now."""
        return (LIFE_SAFETY,) if self._quiet.at(now) else range(LIFE_SAFETY, BULK + 1)

    def place(self, bulk: bool = True, limit: int = SLICE) -> int:
        """Places the next notices that are due, the most urgent first; how many were taken out of the queue.

        `bulk`: also those of broadcasts that are not urgent.
        """
        now = utcnow()
        lanes = [lane for lane in self.lanes(now) if bulk or lane < BULK]
        with self._db.read() as session:  # not to take the write lock only to learn that there is nothing
            if not self._next(session, lanes, now, 1):
                return 0
        with self._db.write() as session:
            rows = self._next(session, lanes, now, limit)
            if rows:
                self._place(session, rows, now)
            return len(rows)

    def due(self) -> bool:
        """Whether a notice could be placed now."""
        now = utcnow()
        with self._db.read() as session:
            return bool(self._next(session, self.lanes(now), now, 1))

    def _next(self, session: Session, lanes: Iterable[int], now: dt.datetime, limit: int) -> list[Notice]:
        found: list[Notice] = []
        running = session.execute(
            select(Broadcast.id, Broadcast.lane).where(Broadcast.state == "running").order_by(Broadcast.id)
        ).all()
        for lane in lanes:
            waiting = (Notice.state == "queued", Notice.not_before <= now)
            alone = (
                select(Notice)
                .where(Notice.broadcast_id.is_(None), Notice.lane == lane, *waiting)
                .order_by(Notice.not_before, Notice.id)
            )
            found += self._take(session, alone, limit - len(found))
            ours = [each.id for each in running if each.lane == lane]
            for at, broadcast_id in enumerate(ours):
                # An even share for each, so that a small one does not wait for the end of a large one.
                share = math.ceil((limit - len(found)) / (len(ours) - at))
                own = select(Notice).where(Notice.broadcast_id == broadcast_id, *waiting).order_by(Notice.id)
                found += self._take(session, own, share)
            if len(found) >= limit:
                break
        return found

    def _take(self, session: Session, statement: Any, limit: int) -> Sequence[Notice]:
        if limit <= 0:
            return ()
        return session.scalars(statement.limit(limit).with_for_update(skip_locked=True)).all()

    def _place(self, session: Session, rows: Sequence[Notice], now: dt.datetime) -> None:
        contact_ids = {row.contact_id for row in rows}
        ways = ways_to(session, contact_ids, self._channels.keys(), now)
        spoken = session.execute(select(Contact.id, Contact.lang).where(Contact.id.in_(contact_ids)))
        langs = {contact_id: lang for contact_id, lang in spoken}  # noqa: C416  (rows are no pairs to `dict`)
        had = self._had(session, contact_ids, now)
        messages, dropped = [], []
        for row in rows:
            why = self._why_not(row, ways.get(row.contact_id, NOBODY), had.setdefault(row.contact_id, [0, 0]), now)
            if why is not None:
                dropped.append((row, why))
                continue
            reachable = ways[row.contact_id].ways
            try:
                messages.append(self.message(session, row, reachable[0], langs[row.contact_id], now))
            except Exception:  # one that cannot be put into words must not hold up all that come after it
                log.exception("notice_unworded", extra={"notice_id": row.id})
                dropped.append((row, "unworded"))
                continue
            had[row.contact_id][0] += 1
            had[row.contact_id][1] += row.lane == BULK
            if len(reachable) > 1 and row.lane in FALL_BACK_AFTER:
                due.plan(session, FALLBACK, f"notice/{row.id}", now + FALL_BACK_AFTER[row.lane])
        self.write(session, messages)
        if placed := [{"notice_id": message["notice_id"], "now": now} for message in messages]:
            session.connection().execute(_PLACED, placed)
        if dropped:
            session.connection().execute(_DROP, [{"notice_id": row.id, "why": why} for row, why in dropped])
        for row, why in dropped:
            if row.broadcast_id is None:
                record_event(session, "notice.dropped", f"notice/{row.id}", {"subject": row.subject, "reason": why})

    def _why_not(self, row: Notice, ways: Ways, had: Sequence[int], now: dt.datetime) -> str | None:
        if row.expires_at is not None and row.expires_at <= now:
            return "expired"
        if not ways.ways:
            return "opted_out" if ways.opted_out else "unreachable"
        if row.lane == LIFE_SAFETY:
            return None
        if had[0] >= self._caps.all or (row.lane == BULK and had[1] >= self._caps.bulk):
            return "cap"
        return None

    def _had(self, session: Session, contact_ids: set[str], now: dt.datetime) -> dict[str, list[int]]:
        """How many notices each person was sent today: in all, and of broadcasts."""
        counted = session.execute(
            select(Notice.contact_id, func.count(), func.count(case((Notice.lane == BULK, 1))))
            .where(
                Notice.contact_id.in_(contact_ids),
                Notice.placed_at >= self._quiet.midnight(now),
                Notice.lane > LIFE_SAFETY,
            )
            .group_by(Notice.contact_id)
        )
        return {contact_id: [every, bulk] for contact_id, every, bulk in counted}

    def message(self, session: Session, row: Notice, way: Way, lang: str, now: dt.datetime) -> dict[str, Any]:
        """The outbound message that carries a notice this way: its columns."""
        channel = self._channels[way.channel]
        reply = self._wording.reply(session, row, way.channel, lang)
        return {
            "conversation_id": way.conversation_id,
            "identity_id": way.identity_id,
            "notice_id": row.id,
            "channel": way.channel,
            "kind": "notice",
            "lane": row.lane,
            "seq": 0,
            "reply": reply.to_dict(),
            "text": channel.render(reply),
            "lang": reply.lang,
            "state": "queued" if channel.sends else "sent",
            "sent_at": None if channel.sends else now,
            "not_before": now,
            "attempts": 0,
            "created_at": now,
        }

    def write(self, session: Session, messages: Sequence[dict[str, Any]]) -> None:
        """Stores outbound messages, and wakes those who wait for them in the web chat."""
        if not messages:
            return
        session.connection().execute(insert(_OUTBOUND), list(messages))
        for message in messages:
            if message["state"] == "sent":
                record_event(
                    session,
                    "notice.shown",
                    f"conversation/{message['conversation_id']}",
                    {"notice_id": message["notice_id"]},
                )

    def expire(self) -> int:
        """Drops what has outlived its time before it was placed; how many, at most some thousands at once."""
        now = utcnow()
        stale = select(_NOTICES.c.id).where(_NOTICES.c.state == "queued", _NOTICES.c.expires_at <= now).limit(2000)
        with self._db.read() as session:
            if session.scalar(stale.limit(1)) is None:
                return 0
        with self._db.write() as session:
            dropped = session.execute(
                update(_NOTICES)
                .where(_NOTICES.c.id.in_(stale), _NOTICES.c.state == "queued")
                .values(state="dropped", error="expired")
            )
            return int(dropped.rowcount)  # type: ignore[attr-defined]
