"""Sending notices: claims what is due by lane within the pace of each provider, sends it at once, records it.

As many are claimed as there are hands to send them, so that a killed sender leaves no more behind than was on its way.
What it leaves is settled with the provider like every send nobody recorded (`services.outbound`).
"""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Table, bindparam, case, func, insert, or_, select, update
from sqlalchemy.orm import Session

from backend.database import Database, insert_or_ignore, record_event
from backend.models import Broadcast, ChannelIdentity, Event, Notice, OutboundMessage, Pace, new_uuid, utcnow
from backend.services.addresses import AddressBook
from backend.services.attempts import Attempt, attempt
from backend.services.notices.fallback import Fallback
from backend.services.notices.placing import Placing
from backend.services.outbound import Outbound
from backend.services.ports import Channel, Outgoing
from backend.services.replies import Reply

HANDS = 16
# Enough that no hand waits for the next slice, few enough that what is placed is soon sent.
READY = 400
RUN_SECONDS = 60.0
STALE = dt.timedelta(hours=24)
# What a provider that takes nothing is spared before it is tried again.
REST = dt.timedelta(seconds=2)

_OUTBOUND = cast("Table", OutboundMessage.__table__)
_PACES = cast("Table", Pace.__table__)
_EVENTS = cast("Table", Event.__table__)
_SENT = (
    update(_OUTBOUND)
    .where(
        _OUTBOUND.c.id == bindparam("outbound_id"),
        or_(_OUTBOUND.c.claim_token == bindparam("token"), _OUTBOUND.c.state == "unknown"),
    )
    .values(
        provider_id=bindparam("sent_as"),
        sent_at=func.coalesce(_OUTBOUND.c.sent_at, bindparam("now", type_=_OUTBOUND.c.sent_at.type)),
        error=None,
        # A receipt may have come before us.
        state=case(
            (or_(_OUTBOUND.c.state == "sending", _OUTBOUND.c.state == "unknown"), "sent"), else_=_OUTBOUND.c.state
        ),
    )
)


@dataclass(frozen=True)
class Claim:
    """Messages of one channel, ours to send."""

    channel: Channel
    messages: Sequence[tuple[Outgoing, int]]  # with the conversation
    notices: Mapping[int, int]  # by message
    token: str


class Sender:
    """Sends notices. Any number of processes may run it at once; in each, one thread does."""

    def __init__(
        self,
        db: Database,
        channels: Mapping[str, Channel],
        addresses: AddressBook,
        outbound: Outbound,
        placing: Placing,
        fallback: Fallback,
        rates: Mapping[str, float],
    ) -> None:
        self._db = db
        self._channels = {name: channel for name, channel in channels.items() if channel.sends}
        self._addresses = addresses
        self._outbound = outbound
        self._placing = placing
        self._fallback = fallback
        self._intervals = {name: dt.timedelta(seconds=1 / rates[name]) for name in self._channels}
        self._running = threading.Lock()
        self._again = threading.Event()
        self._hands = ThreadPoolExecutor(HANDS, thread_name_prefix="notices")

    def run(self, seconds: float = RUN_SECONDS) -> bool:
        """Places and sends until nothing is due, or for so many seconds; whether something is left to do now.

        Where another thread of this process does so already, it is told to look again and this one returns at once.
        """
        self._again.set()
        if not self._running.acquire(blocking=False):
            return False
        try:
            end = time.monotonic() + seconds
            while self._again.is_set():
                self._again.clear()
                while self._round():
                    if time.monotonic() > end:
                        return True
        finally:
            self._running.release()
        return self._again.is_set()

    def due(self) -> bool:
        """Whether there is anything to place or to send now."""
        return self._placing.due() or self._ready() > 0

    def _ready(self) -> int:
        now = utcnow()
        with self._db.read() as session:
            return (
                session.scalar(
                    select(func.count())
                    .select_from(OutboundMessage)
                    .outerjoin(Notice, OutboundMessage.notice_id == Notice.id)
                    .outerjoin(Broadcast, Notice.broadcast_id == Broadcast.id)
                    .where(*self._claimable(now))
                )
                or 0
            )

    def _claimable(self, now: dt.datetime) -> tuple[Any, ...]:
        return (
            OutboundMessage.state == "queued",
            OutboundMessage.lane.is_not(None),
            OutboundMessage.lane.in_(self._placing.lanes(now)),
            OutboundMessage.not_before <= now,
            or_(Broadcast.id.is_(None), Broadcast.state != "paused"),
        )

    def _round(self) -> bool:
        """One step: places what there is room for, claims, sends and records. False where nothing was to be done."""
        placed = self._placing.place(bulk=False)
        if self._ready() < READY / 2:
            placed += self._placing.place()
        claims = []
        wait = None
        for name in self._channels:
            claim, free_in = self._claim(name)
            if claim is not None:
                claims.append(claim)
            if free_in is not None:
                wait = min(free_in, wait) if wait is not None else free_in
        if not claims:
            if wait is not None:
                time.sleep(min(wait, 0.05))
            return wait is not None or placed > 0 or self._placing.expire() > 0
        jobs = [
            (claim, message, self._hands.submit(attempt, claim.channel, message))
            for claim in claims
            for message, _ in claim.messages
        ]
        results = {message.id: job.result() for _, message, job in jobs}
        for claim in claims:
            self._record(claim, results)
        return True

    def _claim(self, name: str) -> tuple[Claim | None, float | None]:
        """The next messages of a channel, ours to send; seconds until its provider takes more where it does not now."""
        now = utcnow()
        with self._db.read() as session:  # not to take the write lock only to learn that there is nothing
            waiting = session.execute(self._next(name, now, 1)).first()
        if waiting is None:
            return None, None
        token = new_uuid()
        with self._db.write() as session:
            free_at = self._pace(session, name, now)
            interval = self._intervals[name]
            # A provider's second begins when it likes: what was not used is not saved up for more than a batch.
            free_at = max(free_at, now - interval * HANDS)
            room = int((now - free_at) / interval) if free_at <= now else 0
            if room == 0:
                return None, max((free_at + interval - now).total_seconds(), 0.001)
            rows = session.execute(self._next(name, now, min(room, HANDS))).all()
            messages = []
            for row in rows:
                if (why := _why_not(row, now)) is not None:
                    self._drop(session, row, why)
                else:
                    messages.append((self._outgoing(row, now), row.conversation_id))
            if messages:
                session.execute(
                    update(_OUTBOUND)
                    .where(_OUTBOUND.c.id.in_([message.id for message, _ in messages]))
                    .values(state="sending", claim_token=token, claimed_at=now, attempts=_OUTBOUND.c.attempts + 1)
                )
                self._use(session, name, free_at + interval * len(messages))
        if not messages:
            return None, 0.0 if rows else None
        notices = {row.id: row.notice_id for row in rows}
        return Claim(self._channels[name], messages, notices, token), None

    def _next(self, name: str, now: dt.datetime, limit: int) -> Any:
        return (
            select(
                OutboundMessage.id,
                OutboundMessage.conversation_id,
                OutboundMessage.notice_id,
                OutboundMessage.text,
                OutboundMessage.reply,
                OutboundMessage.created_at,
                ChannelIdentity.address_encrypted,
                ChannelIdentity.consent,
                Notice.expires_at,
                Broadcast.state.label("broadcast_state"),
            )
            .join(ChannelIdentity, OutboundMessage.identity_id == ChannelIdentity.id)
            .outerjoin(Notice, OutboundMessage.notice_id == Notice.id)
            .outerjoin(Broadcast, Notice.broadcast_id == Broadcast.id)
            .where(OutboundMessage.channel == name, *self._claimable(now))
            .order_by(OutboundMessage.lane, OutboundMessage.id)
            .limit(limit)
            .with_for_update(skip_locked=True, of=OutboundMessage)
        )

    def _pace(self, session: Session, name: str, now: dt.datetime) -> dt.datetime:
        mine = select(Pace.free_at).where(Pace.channel == name).with_for_update()
        free_at = session.scalar(mine)
        if free_at is None:
            insert_or_ignore(session, _PACES, [{"channel": name, "free_at": now - self._intervals[name] * HANDS}])
            free_at = session.scalars(mine).one()
        return free_at

    def _use(self, session: Session, name: str, free_at: dt.datetime) -> None:
        session.execute(update(_PACES).where(_PACES.c.channel == name).values(free_at=free_at))

    def _outgoing(self, row: Any, now: dt.datetime) -> Outgoing:
        return Outgoing(
            id=row.id,
            turn_id=None,
            address=self._addresses.decrypt(row.address_encrypted),
            text=row.text,
            reply=Reply.from_dict(row.reply),
            claimed_at=now,
        )

    def _drop(self, session: Session, row: Any, why: str) -> None:
        session.execute(update(_OUTBOUND).where(_OUTBOUND.c.id == row.id).values(state="dropped", error=why))
        record_event(session, "message.dropped", f"conversation/{row.conversation_id}", {"outbound_id": row.id})

    def _record(self, claim: Claim, results: Mapping[int, Attempt]) -> None:
        now = utcnow()
        sent = [(message, at) for message, at in claim.messages if results[message.id].state == "sent"]
        others = [message for message, _ in claim.messages if results[message.id].state != "sent"]
        if sent:
            with self._db.write() as session:
                connection = session.connection()
                connection.execute(
                    _SENT,
                    [
                        {
                            "outbound_id": message.id,
                            "token": claim.token,
                            "sent_as": results[message.id].provider_id,
                            "now": now,
                        }
                        for message, _ in sent
                    ],
                )
                # All at once; nobody has to be woken for them.
                connection.execute(
                    insert(_EVENTS),
                    [
                        {
                            "type": "message.sent",
                            "subject": f"conversation/{conversation_id}",
                            "data": {"outbound_id": message.id},
                            "time": now,
                        }
                        for message, conversation_id in sent
                    ],
                )
        for message in others:
            self._outbound.record(message, claim.token, results[message.id])
            if results[message.id].state == "failed":
                self._fallback.fall_back(f"notice/{claim.notices[message.id]}", now)
        if others and not sent and all(results[message.id].state == "queued" for message in others):
            with self._db.write() as session:  # the provider takes nothing: all senders leave it in peace for a while
                self._use(session, claim.channel.name, now + REST)


def _why_not(row: Any, now: dt.datetime) -> str | None:
    if row.consent == "out":
        return "opted_out"
    if row.broadcast_state == "cancelled":
        return "cancelled"
    if now >= (row.expires_at or row.created_at + STALE):
        return "expired"
    return None
