"""Sending: claim a message, close the session, call the provider, record. A claim that outlives its time is unknown,
never blindly re-sent.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from sqlalchemy import ColumnElement, Row, Select, Table, bindparam, exists, func, or_, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import aliased

from backend.database import Database, record_event
from backend.models import ChannelIdentity, InboundMessage, OutboundMessage, new_uuid, utcnow
from backend.services.addresses import AddressBook
from backend.services.attempts import Attempt, attempt
from backend.services.devices import forget
from backend.services.ports import Channel, Outgoing, SendTemporary, SendUnknown
from backend.services.receipts import may_become
from backend.services.replies import Reply

log = logging.getLogger(__name__)

# Messages whose sending had no known outcome are sent again at most this often.
MAX_ATTEMPTS = 8
MAX_WAIT_SECONDS = 300.0
STALE_ANSWER = dt.timedelta(hours=24)
SWEEP_BATCH = 200
# A provider that hangs must not keep the sweeper from everything else: what is left is settled by the next sweeps.
SETTLE_SECONDS = 5.0
PASSIVE = "passive:"
# WeChat repeats a request that it got no response to, and reads a response that comes later than this no more.
# https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Receiving_standard_messages.html
REPEATED_AFTER = dt.timedelta(seconds=5)
# A provider's list of messages may lag behind its acceptance of one.
LOOKUP_DELAY = dt.timedelta(seconds=5)
LOOK_AGAIN_SOONEST, LOOK_AGAIN_LATEST = dt.timedelta(seconds=10), dt.timedelta(minutes=10)

# What every send goes through is built once: putting it together anew took longer than running it.
_TABLE = cast("Table", OutboundMessage.__table__)
_EARLIER = aliased(OutboundMessage)
_DUE = (
    select(OutboundMessage.id)
    .where(
        OutboundMessage.conversation_id == bindparam("conversation"),
        OutboundMessage.lane.is_(None),  # notices are claimed by lane, see services.notices.sending
        OutboundMessage.state == "queued",
        OutboundMessage.not_before <= bindparam("now"),
        # In order, one at a time; only where to call for help waits for nothing.
        or_(
            OutboundMessage.kind == "urgent",
            ~exists().where(
                _EARLIER.conversation_id == OutboundMessage.conversation_id,
                _EARLIER.lane.is_(None),
                _EARLIER.id < OutboundMessage.id,
                _EARLIER.state.in_(("queued", "sending")),
            ),
        ),
    )
    .order_by(OutboundMessage.kind != "urgent", OutboundMessage.id)
    .limit(1)
)
_CLAIM = (
    update(_TABLE)
    .where(_TABLE.c.id == _DUE.scalar_subquery(), _TABLE.c.state == "queued")
    .values(
        state="sending", claim_token=bindparam("token"), claimed_at=bindparam("now"), attempts=_TABLE.c.attempts + 1
    )
    .returning(_TABLE.c.id)
)
_CLAIMED = (
    select(
        *(_TABLE.c[name] for name in ("id", "conversation_id", "inbound_id", "channel", "kind", "created_at")),
        *(_TABLE.c[name] for name in ("text", "reply")),
        ChannelIdentity.consent,
        ChannelIdentity.address_encrypted,
    )
    .join(ChannelIdentity, ChannelIdentity.id == _TABLE.c.identity_id)
    .where(_TABLE.c.id == bindparam("outbound_id"))
)
_CLAIM_HELD = (
    select(
        *(_TABLE.c[name] for name in ("id", "conversation_id", "inbound_id", "identity_id", "state", "provider_id")),
        *(_TABLE.c[name] for name in ("claim_token", "claimed_at", "attempts")),
    )
    .where(_TABLE.c.id == bindparam("outbound_id"))
    .with_for_update()
)
_CHANGE = update(_TABLE).where(_TABLE.c.id == bindparam("outbound_id"))


@dataclass(frozen=True)
class PassiveClaim:
    """Replies that ride on a response."""

    ids: list[int]
    text: str
    claimed_at: dt.datetime = field(compare=False, repr=False)


class Outbound:
    """Sends what conversations owe. Any number of workers may call it at once."""

    def __init__(
        self, db: Database, channels: Mapping[str, Channel], addresses: AddressBook, claim_seconds: float
    ) -> None:
        self._db = db
        self._channels = channels
        self._addresses = addresses
        self._claim = dt.timedelta(seconds=claim_seconds)

    def deliver(self, conversation_id: int) -> int:
        """Sends the due messages of a conversation in order; the number of provider calls made."""
        calls = 0
        # Who was woken finds something as a rule; after that most looks find nothing.
        while (claimed := self._claim_next(conversation_id, look_first=calls > 0)) is not None:
            message, channel, token = claimed
            self._send(message, channel, token)
            calls += 1
        return calls

    def _claim_next(self, conversation_id: int, look_first: bool) -> tuple[Outgoing, Channel, str] | None:
        """The next due message, ours to send; those that may not be sent any more are dropped on the way.

        `look_first`: do not take the write lock only to learn that there is nothing.
        """
        if look_first:
            with self._db.read() as session:
                if session.scalar(_DUE, {"conversation": conversation_id, "now": utcnow()}) is None:
                    return None
        while (claimed := self._claim_or_drop(conversation_id)) is not None:
            if not isinstance(claimed, bool):
                return claimed
        return None

    def _claim_or_drop(self, conversation_id: int) -> tuple[Outgoing, Channel, str] | Literal[True] | None:
        now = utcnow()
        token = new_uuid()
        given = {"conversation": conversation_id, "now": now}
        with self._db.write() as session:
            claimed = session.scalar(_CLAIM, {**given, "token": token})
            if claimed is None:
                return None
            row = session.execute(_CLAIMED, {"outbound_id": claimed}).one()
            # Whoever cries for help is answered, also after a STOP.
            if row.consent == "out" and row.kind not in ("consent", "urgent"):
                reason = "opted_out"
            elif now - row.created_at > STALE_ANSWER:
                reason = "stale"
            else:
                return self._outgoing(row, row.address_encrypted, now), self._channels[row.channel], token
            session.execute(_CHANGE, {"outbound_id": row.id, "state": "dropped", "error": reason})
            record_event(session, "message.dropped", f"conversation/{row.conversation_id}", {"outbound_id": row.id})
        return True

    def _outgoing(
        self,
        row: OutboundMessage | Row[*tuple[Any, ...]],
        address_encrypted: bytes,
        claimed_at: dt.datetime,
        known: frozenset[str] = frozenset(),
    ) -> Outgoing:
        return Outgoing(
            id=row.id,
            turn_id=row.inbound_id,
            address=self._addresses.decrypt(address_encrypted),
            text=row.text,
            reply=Reply.from_dict(row.reply),
            claimed_at=claimed_at,
            known_provider_ids=known,
        )

    def _send(self, message: Outgoing, channel: Channel, token: str) -> None:
        self.record(message, token, attempt(channel, message))

    def record(self, message: Outgoing, token: str, result: Attempt) -> None:
        """Stores what became of a send that was claimed with `token`."""
        now = utcnow()
        state = result.state
        with self._db.write() as session:
            row = session.execute(_CLAIM_HELD, {"outbound_id": message.id}).one()
            # The sweeper may have taken the claim meanwhile. What it could not find out, we may know by now.
            late_news = row.state == "unknown" and (
                result.provider_id is not None or row.claimed_at == message.claimed_at
            )
            if row.claim_token != token and not late_news:
                return  # the claim ran out and the sweeper settled it
            changes: dict[str, object] = {"provider_id": result.provider_id or row.provider_id, "error": result.error}
            final = row.state
            if state == "queued" and row.state in ("sending", "unknown"):
                # The provider did not take it, so trying again harms nobody: until the answer itself is stale.
                final = "queued"
                wait = min(result.retry_after * 2 ** min(row.attempts - 1, 10), MAX_WAIT_SECONDS)
                changes["not_before"] = now + dt.timedelta(seconds=wait)
            elif may_become(row.state, state):  # a receipt may have come before us
                final = state
            if state == "sent":
                changes["sent_at"] = now
            session.execute(_CHANGE, {"outbound_id": row.id, "state": final, **changes})
            if result.opted_out:
                identity = session.get_one(ChannelIdentity, row.identity_id)
                identity.consent, identity.consent_changed_at = "out", now
            if result.gone:
                forget(session, row.identity_id)
            record_event(
                session,
                f"message.{final}",
                f"conversation/{row.conversation_id}",
                {"outbound_id": row.id, "turn_id": row.inbound_id},
            )

    # Passive delivery: the answer rides on the response to the provider's own request.

    def claim_passive(self, inbound_id: int) -> PassiveClaim | None:
        """Claims a turn's replies for the response now being written.

        None while there is no answer, or when it went another way. A repeat of the request gets the same text again,
        also where that was the holding answer: what comes later goes another way.
        """
        mine = f"{PASSIVE}{inbound_id}"
        now = utcnow()
        with self._db.read() as session:
            if (
                session.scalars(
                    select(OutboundMessage.id).where(OutboundMessage.inbound_id == inbound_id).limit(1)
                ).first()
                is None
            ):
                return None
        with self._db.write() as session:
            # Of two repeats at once the later one finds what the earlier one claimed.
            session.execute(select(InboundMessage.id).where(InboundMessage.id == inbound_id).with_for_update())
            claimed = (
                select(OutboundMessage)
                .where(OutboundMessage.inbound_id == inbound_id, OutboundMessage.claim_token == mine)
                .order_by(OutboundMessage.id)
            )
            rows = session.scalars(claimed).all()
            if not rows:
                session.execute(
                    update(OutboundMessage)
                    .where(
                        OutboundMessage.inbound_id == inbound_id,
                        OutboundMessage.state == "queued",
                        OutboundMessage.attempts == 0,
                    )
                    .values(state="sending", claim_token=mine, claimed_at=now, attempts=1)
                )
                rows = session.scalars(claimed).all()
            if not rows:
                return None
            for row in rows:
                if row.state in ("sending", "unknown"):
                    row.claimed_at = now  # the claim of the latest request, which alone may release it
            return PassiveClaim([row.id for row in rows], "\n\n".join(row.text for row in rows), now)

    def confirm_passive(self, outbound_ids: list[int]) -> None:
        """The response with these messages has been written out."""
        now = utcnow()
        with self._db.write() as session:
            for row in session.scalars(
                select(OutboundMessage).where(OutboundMessage.id.in_(outbound_ids)).with_for_update()
            ):
                if row.state in ("sending", "unknown"):
                    row.state, row.sent_at, row.error = "sent", now, None
                    record_event(
                        session,
                        "message.sent",
                        f"conversation/{row.conversation_id}",
                        {"outbound_id": row.id, "turn_id": row.inbound_id},
                    )

    def release_passive(self, inbound_id: int, claim: PassiveClaim | None = None) -> None:
        """Nobody read the response that a turn's replies were claimed for: they go another way, or with a repeat.

        `claim` is released where no later request renewed it; None releases what the request before this repeat claimed
        and never wrote out.
        """
        now = utcnow()
        of_claim = (
            OutboundMessage.claimed_at == claim.claimed_at
            if claim
            else OutboundMessage.claimed_at <= now - REPEATED_AFTER
        )
        with self._db.write() as session:
            session.execute(select(InboundMessage.id).where(InboundMessage.id == inbound_id).with_for_update())
            rows = session.scalars(
                select(OutboundMessage).where(
                    OutboundMessage.inbound_id == inbound_id,
                    OutboundMessage.claim_token == f"{PASSIVE}{inbound_id}",
                    OutboundMessage.state.in_(("sending", "unknown")),
                    of_claim,
                )
            ).all()
            for row in rows:
                row.state, row.claim_token, row.attempts, row.not_before = "queued", None, 0, now
            if rows:
                record_event(
                    session, "message.queued", f"conversation/{rows[0].conversation_id}", {"turn_id": inbound_id}
                )

    # Sweeping.

    def sweep(self, overdue: dt.timedelta = dt.timedelta(0)) -> list[int]:
        """Settles claims that outlived their time; the conversations that have messages due for `overdue`."""
        with self._db.read() as session:
            stale = session.scalars(
                select(OutboundMessage.id)
                .where(self._unsettled(utcnow()))
                .order_by(OutboundMessage.not_before)
                .limit(SWEEP_BATCH)
            ).all()
        end = time.monotonic() + SETTLE_SECONDS
        for outbound_id in stale:
            if time.monotonic() > end:
                break
            try:
                self._settle(outbound_id)
            except SQLAlchemyError:
                raise
            except Exception:  # the others must not wait for the one that fails
                log.exception("send_unsettled", extra={"outbound_id": outbound_id})
        with self._db.read() as session:
            return list(
                session.scalars(
                    select(OutboundMessage.conversation_id)
                    .where(
                        OutboundMessage.state == "queued",
                        OutboundMessage.lane.is_(None),
                        OutboundMessage.not_before <= utcnow() - overdue,
                    )
                    .group_by(OutboundMessage.conversation_id)
                    .order_by(func.min(OutboundMessage.not_before))
                    .limit(SWEEP_BATCH)
                )
            )

    def _unsettled(self, now: dt.datetime) -> ColumnElement[bool]:
        """Sends whose outcome nobody recorded in time, and those it is time to ask the provider about (again)."""
        return or_(
            (OutboundMessage.state == "sending") & (OutboundMessage.claimed_at < now - self._claim),
            (OutboundMessage.state == "unknown")
            & (OutboundMessage.not_before <= now)
            & (OutboundMessage.claimed_at < now - LOOKUP_DELAY)
            & (OutboundMessage.claimed_at > now - STALE_ANSWER),
        )

    def _settle(self, outbound_id: int) -> None:
        """Asks the provider what became of a message nobody recorded; sends it again only when the provider never had
        it.
        """
        token = new_uuid()
        with self._db.write() as session:
            row = session.scalars(
                select(OutboundMessage)
                .where(OutboundMessage.id == outbound_id, self._unsettled(utcnow()))
                .with_for_update()
            ).one_or_none()
            if row is None or row.claimed_at is None:
                return  # another sweeper was here, or it is being sent again
            passive = (row.claim_token or "").startswith(PASSIVE)
            row.state = "unknown"
            # The next look, should this one bring nothing: the longer ago, the less often.
            row.not_before = utcnow() + min(max((utcnow() - row.claimed_at) / 4, LOOK_AGAIN_SOONEST), LOOK_AGAIN_LATEST)
            if passive or row.channel not in self._channels:
                return
            row.claim_token = token
            known = frozenset(
                session.scalars(
                    select(OutboundMessage.provider_id).where(
                        OutboundMessage.identity_id == row.identity_id,
                        OutboundMessage.id != row.id,
                        OutboundMessage.provider_id.is_not(None),
                    )
                ).all()
            )
            message = self._outgoing(
                row, row.identity.address_encrypted, row.claimed_at, frozenset(i for i in known if i)
            )
        channel = self._channels[row.channel]
        try:
            found = channel.find_sent(message)
        except (SendUnknown, SendTemporary) as problem:
            log.warning(
                "send_unsettled", extra={"outbound_id": outbound_id, "channel": channel.name, "code": str(problem)}
            )
            return
        with self._db.write() as session:
            row = session.get_one(OutboundMessage, outbound_id, with_for_update=True)
            if row.claim_token != token or row.state != "unknown":
                return
            if found and session.scalars(_with_provider_id(row.channel, found)).first() is not None:
                return  # another message of the same words has it since: look again
            if found:
                row.state, row.provider_id, row.sent_at, row.error = "sent", found, utcnow(), None
            elif row.attempts >= MAX_ATTEMPTS:
                row.state = "failed"
            else:
                wait = dt.timedelta(seconds=min(5 * (2 ** (row.attempts - 1) - 1), MAX_WAIT_SECONDS))
                row.state, row.not_before, row.error = "queued", utcnow() + wait, None
            log.info("send_settled", extra={"outbound_id": outbound_id, "channel": channel.name, "state": row.state})
            record_event(
                session, f"message.{row.state}", f"conversation/{row.conversation_id}", {"outbound_id": row.id}
            )

    def pending_turn(self, inbound_id: int) -> bool:
        """Whether a turn is still open."""
        with self._db.read() as session:
            return (
                session.scalars(select(InboundMessage.state).where(InboundMessage.id == inbound_id)).one() == "received"
            )


def _with_provider_id(channel: str, provider_id: str) -> Select[int]:
    return select(OutboundMessage.id).where(
        OutboundMessage.channel == channel, OutboundMessage.provider_id == provider_id
    )
