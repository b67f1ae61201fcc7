"""Answering: leases a conversation, takes its messages oldest first, and closes each turn with its replies in one
transaction.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Select, Table, bindparam, exists, func, insert, or_, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, aliased, joinedload

from backend.database import Database, record_event
from backend.models import ChannelIdentity, Conversation, InboundMessage, OutboundMessage, new_uuid, utcnow
from backend.services import leases, system_replies, unanswered
from backend.services.city_words import CityWords
from backend.services.emergency import EmergencyWords
from backend.services.outcomes import Outcome, Outcomes
from backend.services.ports import Channel, Dialogue, DialogueFailed, DialogueUnavailable
from backend.services.replies import Reply

log = logging.getLogger(__name__)

MAX_FAILURES = 3
RETRY_FAILED = dt.timedelta(seconds=2)
# Hundreds of people may wait for a bot: asking again for each of them every few seconds would keep the workers and the
# database from everything else. The sweeper looks whether a bot is back, and then wakes all who wait.
WAIT_FOR_BOT = dt.timedelta(seconds=30)
SWEEP_BATCH = 200
# Built once: putting them together anew takes longer than running them. The second one reads all that a turn needs.
_OPEN = (
    select(InboundMessage)
    .where(InboundMessage.conversation_id == bindparam("conversation_id"), InboundMessage.state == "received")
    .options(joinedload(InboundMessage.identity))
    .order_by(InboundMessage.id)
)
_OLDEST = _OPEN.options(joinedload(InboundMessage.conversation).joinedload(Conversation.contact)).limit(1)
_NEWEST = select(func.max(InboundMessage.id)).where(
    InboundMessage.conversation_id == bindparam("conversation_id"), InboundMessage.state == "received"
)
_DUE = (
    select(Conversation.id)
    .join(InboundMessage, InboundMessage.conversation_id == Conversation.id)
    .where(
        InboundMessage.state == "received",
        InboundMessage.next_attempt_at <= bindparam("now"),
        InboundMessage.received_at <= bindparam("since"),
        or_(Conversation.lease_until.is_(None), Conversation.lease_until < bindparam("now")),
    )
    .group_by(Conversation.id)
    .limit(bindparam("limit"))
)
_LONGEST_WAIT = _DUE.order_by(func.min(InboundMessage.received_at))
_LONGEST_DUE = _DUE.order_by(func.min(InboundMessage.next_attempt_at))
_OUTBOUND = cast("Table", OutboundMessage.__table__)
_INSERT_OUTBOUND = insert(_OUTBOUND)
_INBOUND = cast("Table", InboundMessage.__table__)
_CLOSE = (
    update(_INBOUND)
    .where(_INBOUND.c.id == bindparam("turn_id"), _INBOUND.c.state == "received")
    .values(state="closed")
    .returning(_INBOUND.c.id)
)
# Nobody wants to read "please wait" when the answer is there.
_SUPERSEDE_HOLDING = (
    update(_OUTBOUND)
    .where(
        _OUTBOUND.c.inbound_id == bindparam("turn_id"),
        _OUTBOUND.c.kind == "holding",
        _OUTBOUND.c.state == "queued",
        _OUTBOUND.c.attempts == 0,
    )
    .values(state="dropped", error="superseded")
)


@dataclass(frozen=True)
class TurnSettings:
    """Times of the message path, in seconds; see backend.config."""

    lease: float
    holding_after: float
    session_idle: float


class Turns:
    """Drains conversations. Any number of workers may drain one conversation at once: the lease lets one in."""

    def __init__(
        self,
        db: Database,
        dialogue: Dialogue,
        channels: Mapping[str, Channel],
        emergency: EmergencyWords,
        city: CityWords,
        settings: TurnSettings,
    ) -> None:
        self._db = db
        self._dialogue = dialogue
        self._channels = channels
        self._city = city
        self._settings = settings
        self._outcomes = Outcomes(dialogue, channels, emergency, city, dt.timedelta(seconds=settings.session_idle))

    def drain(self, conversation_id: int) -> int:
        """Answers what is pending in a conversation, oldest first; the number of turns closed. Zero where another holds
        the lease.
        """
        owner = new_uuid()
        leased, pending, alone = self._lease(conversation_id, owner)
        closed, left = (0, []) if alone else self._jump_queue(conversation_id)
        if leased and not alone and pending is not None:
            pending = self._oldest(conversation_id, owner)  # it may have been closed on the way
        while pending is not None:
            done, pending = self._take(pending, owner)
            closed += done
        if left:
            self._wait_with_oldest(conversation_id, left)
        return closed

    def answer_urgent(self, conversation_id: int) -> int:
        """Closes what needs no bot in a conversation; the number of turns closed."""
        return self._jump_queue(conversation_id)[0]

    def _jump_queue(self, conversation_id: int) -> tuple[int, list[int]]:
        """Closes what needs no bot and must not wait behind a message that does: cries for help, consent words, events.
        The number of turns closed, and the ids of the messages that go on waiting.

        In their order, the oldest among them: of a STOP and a START the later one counts. Without a lease: whoever
        holds it is busy with another message, or finds this one closed.
        """
        with self._db.read() as session:
            waiting = session.scalars(_OPEN, {"conversation_id": conversation_id}).all()
        closed = 0
        left = []
        for message in waiting:
            try:
                outcome = self._outcomes.without_bot(message)
                texts = self._render(message, outcome) if outcome else []
            except Exception:  # in its turn this message fails like any other, and its failures are counted
                log.exception("turn_failed", extra={"turn_id": message.id})
                continue
            if outcome is not None:
                closed += self._close(message, None, outcome, texts)[0]
            else:
                left.append(message.id)
        return closed, left

    def _wait_with_oldest(self, conversation_id: int, left: list[int]) -> None:
        """Those behind a message that waits, wait with it: the sweeper need not come for each of them."""
        with self._db.write() as session:
            oldest = session.scalars(_OLDEST, {"conversation_id": conversation_id}).one_or_none()
            if oldest is not None and oldest.next_attempt_at > utcnow():
                session.execute(
                    update(InboundMessage)
                    .where(
                        InboundMessage.id.in_(left),
                        InboundMessage.state == "received",
                        InboundMessage.next_attempt_at < oldest.next_attempt_at,
                    )
                    .values(next_attempt_at=oldest.next_attempt_at)
                )

    def _lease(self, conversation_id: int, owner: str) -> tuple[bool, InboundMessage | None, bool]:
        """Whether the lease is ours now, the message to begin with, and whether it is the only one that waits."""
        with self._db.write() as session:
            leases.lock(session, conversation_id)
            now = utcnow()
            if not leases.take(session, conversation_id, owner, now, self._settings.lease):
                return False, None, False
            oldest = self._next(session, conversation_id, owner, now)
            newest = session.scalar(_NEWEST, {"conversation_id": conversation_id}) if oldest else None
            return True, oldest, oldest is not None and oldest.id == newest

    def _oldest(self, conversation_id: int, owner: str) -> InboundMessage | None:
        """As `_next`, in a transaction of its own; None also where the lease is lost."""
        now = utcnow()
        with self._db.write() as session:
            until = now + dt.timedelta(seconds=self._settings.lease)
            if not leases.change(session, conversation_id, owner, {"lease_until": until}):
                return None
            return self._next(session, conversation_id, owner, now)

    def _next(self, session: Session, conversation_id: int, owner: str, now: dt.datetime) -> InboundMessage | None:
        """The oldest pending message, if it is due; or None, the lease released in the same breath as finding nothing.

        The conversation's row is locked: whoever brings a message after this look waits for the lock, and then finds
        the lease released.
        """
        message = session.scalars(_OLDEST, {"conversation_id": conversation_id}).one_or_none()
        if message is not None and message.next_attempt_at <= now:
            return message
        leases.release(session, conversation_id, owner)
        return None

    def _take(self, message: InboundMessage, owner: str) -> tuple[bool, InboundMessage | None]:
        """Answers one message: whether its turn is closed, and the message to go on with while the lease is ours."""
        try:
            outcome = self._outcomes.of(message)
            texts = self._render(message, outcome)
        except DialogueUnavailable:
            self._postpone(message, owner)
            return False, None
        except SQLAlchemyError:
            raise  # nothing is wrong with the message: the lease runs out, the sweeper comes back
        except Exception as failure:  # one message that cannot be answered must not hold up all that come after it
            log.warning(
                "turn_failed",
                extra={"turn_id": message.id, "attempt": message.attempts + 1, "reason": str(failure)},
                exc_info=not isinstance(failure, DialogueFailed),
            )
            if message.attempts + 1 < MAX_FAILURES:
                self._postpone(message, owner, failed=True)
                return False, None
            outcome = Outcome("failed", [system_replies.apology(message.lang, self._city)])
            texts = self._render(message, outcome)
        return self._close(message, owner, outcome, texts)

    def _render(self, message: InboundMessage, outcome: Outcome) -> list[str]:
        channel = self._channels[message.channel]
        return [channel.render(reply) for reply in outcome.replies]

    def _postpone(self, message: InboundMessage, owner: str, failed: bool = False) -> None:
        """Tries the message again later, and says so once the wait is long; nothing where the lease is lost."""
        now = utcnow()
        with self._db.write() as session:
            if not leases.release(session, message.conversation_id, owner):
                log.warning("lease_lost", extra={"turn_id": message.id})
                return
            row = session.get_one(InboundMessage, message.id)
            row.next_attempt_at = now + (RETRY_FAILED if failed else WAIT_FOR_BOT)
            if failed:
                row.attempts += 1
            self._hold(session, row, now)

    def _close(
        self, message: InboundMessage, owner: str | None, outcome: Outcome, texts: list[str]
    ) -> tuple[bool, InboundMessage | None]:
        """Stores the turn's outcome, once: whether the lease was still ours, and the message to go on with.

        Nothing is stored when the lease was lost to another worker. `owner` None: without a lease, see `_jump_queue`.
        """
        now = utcnow()
        following = None
        with self._db.write() as session:
            values: dict[str, Any] = {"last_turn_at": now}
            if owner is not None:
                values["lease_until"] = now + dt.timedelta(seconds=self._settings.lease)
            if outcome.state is not None:
                values["state"] = outcome.state
            if outcome.replies:
                values["choices"] = [choice for reply in outcome.replies for choice in reply.to_dict()["choices"]][:9]
            if message.location:
                values["location"], values["location_at"] = message.location, now
            if outcome.forget:
                values["location"], values["location_at"] = None, None
            held = leases.change(session, message.conversation_id, owner, values)
            if held:
                self._write_outcome(session, message, outcome, texts, now)
            if held and owner is not None:
                following = self._next(session, message.conversation_id, owner, utcnow())
        if not held:
            log.warning("lease_lost", extra={"turn_id": message.id})
        return held, following

    def _write_outcome(
        self, session: Session, row: InboundMessage, outcome: Outcome, texts: list[str], now: dt.datetime
    ) -> None:
        """Closes the turn and queues its replies; nothing where it is closed already."""
        # The inbound row is locked first, as by whoever claims replies for a response.
        closed = {
            "turn_id": row.id,
            "outcome": outcome.outcome,
            "closed_at": now,
            "intent": outcome.intent,
            "confidence": outcome.confidence,
        }
        if session.execute(_CLOSE, closed).first() is None:
            return
        if outcome.lang or outcome.forget:
            contact = session.get_one(Conversation, row.conversation_id).contact
            contact.lang = outcome.lang or contact.lang
            contact.lang_chosen = not outcome.forget
        if outcome.consent:
            identity = session.get_one(ChannelIdentity, row.identity_id)
            if identity.consent != outcome.consent:
                identity.consent, identity.consent_changed_at = outcome.consent, now
        if outcome.replies:
            session.execute(_SUPERSEDE_HOLDING, {"turn_id": row.id})
        for seq, (reply, text) in enumerate(zip(outcome.replies, texts, strict=True)):
            self._queue(session, row, outcome.kind, seq, reply, text)
        record_event(
            session,
            "turn.answered",
            f"conversation/{row.conversation_id}",
            {
                "turn_id": row.id,
                "outcome": outcome.outcome,
                "intent": outcome.intent,
                "deliver_in": self._deliver_in(row, now) if outcome.replies else None,
            },
        )
        unanswered.record(session, row, [reply.code for reply in outcome.replies], now)

    def _deliver_in(self, row: InboundMessage, now: dt.datetime) -> float | None:
        """Seconds until the replies of a turn may be sent; None where nothing is sent."""
        if not self._channels[row.channel].sends:
            return None
        return max(0.0, (row.window_until - now).total_seconds()) if row.window_until else 0.0

    def _queue(self, session: Session, row: InboundMessage, kind: str, seq: int, reply: Reply, text: str) -> None:
        channel = self._channels[row.channel]
        session.execute(
            _INSERT_OUTBOUND,
            {
                "conversation_id": row.conversation_id,
                "identity_id": row.identity_id,
                "inbound_id": row.id,
                "channel": row.channel,
                "kind": kind,
                "seq": seq,
                "reply": reply.to_dict(),
                "text": text,
                "lang": reply.lang,
                "state": "queued" if channel.sends else "sent",
                "sent_at": None if channel.sends else utcnow(),
                "not_before": row.window_until if channel.sends and row.window_until else utcnow(),
            },
        )

    def _hold(self, session: Session, row: InboundMessage, now: dt.datetime) -> bool:
        """One honest "we have your message" for a conversation that waits, once per wait."""
        if row.kind == "event" or row.identity.consent == "out":
            return False
        if (now - row.received_at).total_seconds() < self._settings.holding_after:
            return False
        waiting = select(InboundMessage.id).where(
            InboundMessage.conversation_id == row.conversation_id, InboundMessage.state == "received"
        )
        already = session.scalars(
            select(OutboundMessage.id)
            .where(OutboundMessage.kind == "holding", OutboundMessage.inbound_id.in_(waiting))
            .limit(1)
        ).first()
        if already is not None:
            return False
        reply = system_replies.holding(row.lang, self._city)
        self._queue(session, row, "holding", 0, reply, self._channels[row.channel].render(reply))
        record_event(
            session,
            "turn.held",
            f"conversation/{row.conversation_id}",
            {"turn_id": row.id, "deliver_in": self._deliver_in(row, utcnow())},
        )
        return True

    def hold(self, inbound_id: int) -> bool:
        """Queues a holding answer now if the message is still open and none was given; for a window that closes."""
        with self._db.write() as session:
            row = session.get_one(InboundMessage, inbound_id)
            # The turn may be closed, or held by another, at this very moment.
            leases.lock(session, row.conversation_id)
            session.refresh(row)
            if row.state != "received":
                return False
            return self._hold(session, row, row.received_at + dt.timedelta(seconds=self._settings.holding_after + 1))

    def _end_the_wait(self, now: dt.datetime) -> None:
        waiting = (
            InboundMessage.state == "received",
            InboundMessage.attempts == 0,
            InboundMessage.next_attempt_at > now,
        )
        with self._db.read() as session:
            if session.scalars(select(InboundMessage.id).where(*waiting).limit(1)).first() is None:
                return
        with self._db.write() as session:
            session.execute(update(InboundMessage).where(*waiting).values(next_attempt_at=now))

    def sweep(self, waited: dt.timedelta = dt.timedelta(0)) -> list[int]:
        """Conversations with a due message that came at least `waited` ago and nobody at it. Also gives holding answers
        where the wait is long, and makes messages due again that waited for a bot when one is back.
        """
        now = utcnow()
        if self._dialogue.probe():
            self._end_the_wait(now)
        held = aliased(InboundMessage)
        with self._db.read() as session:
            late = session.scalars(
                select(func.min(InboundMessage.id))
                .where(
                    InboundMessage.state == "received",
                    InboundMessage.kind != "event",
                    InboundMessage.received_at < now - dt.timedelta(seconds=self._settings.holding_after),
                    ~exists().where(
                        OutboundMessage.inbound_id == held.id,
                        OutboundMessage.kind == "holding",
                        held.conversation_id == InboundMessage.conversation_id,
                        held.state == "received",
                    ),
                )
                .group_by(InboundMessage.conversation_id)
                .order_by(func.min(InboundMessage.id))
                .limit(SWEEP_BATCH)
            ).all()
        for inbound_id in late:
            try:
                self.hold(inbound_id)
            except SQLAlchemyError:
                raise
            except Exception:  # one that cannot be held must not keep the sweeper from all others
                log.exception("hold_failed", extra={"turn_id": inbound_id})
        # Not the longest wait first: those whose turns go on failing would keep all others out of a batch.
        return self.longest_due(waited, SWEEP_BATCH)

    def longest_wait(self, waited: dt.timedelta, limit: int) -> list[int]:
        """Conversations with a due message that came at least `waited` ago and nobody at it, the longest wait first."""
        return self._due(_LONGEST_WAIT, waited, limit)

    def longest_due(self, waited: dt.timedelta, limit: int) -> list[int]:
        """The same, in the order in which they became due, last postponed last."""
        return self._due(_LONGEST_DUE, waited, limit)

    def _due(self, statement: Select[int], waited: dt.timedelta, limit: int) -> list[int]:
        now = utcnow()
        with self._db.read() as session:
            return list(session.scalars(statement, {"since": now - waited, "now": now, "limit": limit}))
