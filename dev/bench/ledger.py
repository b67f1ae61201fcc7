"""What became of messages: the copy's own rows beside what the fake providers and the web clients received."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import requests
from sqlalchemy import func, select

from backend.models import InboundMessage, OutboundMessage
from dev.bench.people import Message, Person
from dev.stack import Stack

_MSG_ID = re.compile(r"<MsgId>(\d+)</MsgId>")
_DONE = ("sent", "delivered", "read")


@dataclass
class Fate:
    """What became of one message. Times are Unix times at which the answer was with the provider or the web client."""

    message: Message
    rows: int = 0
    outcome: str | None = None
    answered_at: float | None = None
    held_at: float | None = None
    passive: bool = False


@dataclass
class Ledger:
    """All fates, and what does not add up by person: received twice, owed but never received, not known."""

    fates: list[Fate]
    doubled: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def amiss(self) -> list[str]:
        """Everything that does not add up, each with what is wrong with it."""
        kinds = {
            "received twice": self.doubled,
            "recorded as sent, never received": self.missing,
            "unknown": self.unknown,
            "failed": self.failed,
        }
        return [f"{kind}: {each}" for kind, found in kinds.items() for each in found]


def held(stack: Stack, count: int) -> bool:
    """Whether the last `count` messages have had their holding answers."""
    with stack.container.db.read() as session:
        newest = select(InboundMessage.id).order_by(InboundMessage.id.desc()).limit(count)
        return count == session.scalar(
            select(func.count()).where(
                OutboundMessage.inbound_id.in_(newest),
                OutboundMessage.kind == "holding",
                OutboundMessage.state.in_(_DONE),
            )
        )


def settled(stack: Stack) -> bool:
    """Whether nothing is open: every turn closed, every message sent or given up."""
    with stack.container.db.read() as session:
        turns = session.scalar(select(func.count()).where(InboundMessage.state == "received"))
        sends = session.scalar(select(func.count()).where(OutboundMessage.state.in_(("queued", "sending"))))
    return not turns and not sends


def feed(stack: Stack, provider: str, kind: str) -> list[dict[str, Any]]:
    """Events the fake providers saw, oldest first."""
    answer = requests.get(f"{stack.fakes_url}/_feed", params={"provider": provider, "kind": kind}, timeout=60)
    answer.raise_for_status()
    events: list[dict[str, Any]] = answer.json()["events"]
    return events


def unix(event: dict[str, Any]) -> float:
    """When an event happened."""
    return dt.datetime.fromisoformat(event["at"]).timestamp()


def note_wechat_acknowledgements(stack: Stack, messages: Iterable[Message]) -> None:
    """Reads from the feed which attempt of each WeChat message was answered with 200, and when."""
    wanted = {message.provider_id: message for message in messages if message.person.channel == "wechat"}
    for event in feed(stack, "wechat", "webhook"):
        found = _MSG_ID.search(event["request"])
        message = wanted.get(found.group(1)) if found else None
        if message is None:
            continue
        message.attempts = max(message.attempts, event["attempt"])
        if event["status"] == 200:
            message.acknowledged = message.acknowledged or unix(event)
        else:
            message.failures.append(str(event["status"]))


def read(stack: Stack, messages: list[Message]) -> Ledger:
    """The fates of these messages, which must be all that their senders ever wrote."""
    note_wechat_acknowledgements(stack, messages)
    rows, replies = _rows(stack)
    received = _received(stack, {message.person for message in messages})
    ledger = Ledger([])
    owed: dict[str, Counter[str]] = defaultdict(Counter)
    uncertain: dict[str, Counter[str]] = defaultdict(Counter)
    for message in messages:
        own = rows.get((message.person.channel, message.provider_id), [])
        fate = Fate(message, rows=len(own), outcome=own[0].outcome if own else None)
        ledger.fates.append(fate)
        for passive, group in _together(replies[own[0].id] if own else []):
            text, state = "\n\n".join(reply.text for reply in group), group[0].state
            if group[0].error == "superseded":  # a holding answer that the real one overtook
                continue
            named = f"{message.person.channel} {message.person.address} turn {own[0].id} {group[0].kind}"
            at = _moment(received[message.person.address], message, group[0], text, passive)
            if group[0].kind == "holding":
                fate.held_at = at
            else:
                fate.answered_at, fate.passive = at, passive
            if state in _DONE:
                owed[message.person.address][text] += 1
            else:
                uncertain[message.person.address][text] += 1
                (ledger.failed if state == "failed" else ledger.unknown).append(f"{named} {state}")
    for address, got in received.items():
        texts = Counter(text for text, _, _ in got)
        ledger.missing += [f"{address}: {text[:40]!r}" for text in (owed[address] - texts).elements()]
        extra = texts - owed[address] - uncertain[address]
        ledger.doubled += [f"{address}: {text[:40]!r}" for text in extra.elements()]
    return ledger


Got = list[tuple[str, float, str]]  # text, when, the provider's id of what was answered or sent


def _rows(
    stack: Stack,
) -> tuple[dict[tuple[str, str], list[InboundMessage]], dict[int | None, list[OutboundMessage]]]:
    inbound: dict[tuple[str, str], list[InboundMessage]] = defaultdict(list)
    outbound: dict[int | None, list[OutboundMessage]] = defaultdict(list)
    with stack.container.db.read() as session:
        for row in session.scalars(select(InboundMessage)):
            # A web message is stored as "<address>:<client_message_id>".
            own = row.provider_id.rpartition(":")[2] if row.channel == "web" else row.provider_id
            inbound[row.channel, own].append(row)
        for reply in session.scalars(select(OutboundMessage).order_by(OutboundMessage.id)):
            outbound[reply.inbound_id].append(reply)
    return inbound, outbound


def _together(replies: list[OutboundMessage]) -> list[tuple[bool, list[OutboundMessage]]]:
    """Replies that went out as one: those on the response to the provider's own request, the others by themselves."""
    passive = [reply for reply in replies if (reply.claim_token or "").startswith("passive:")]
    groups = [(False, [reply]) for reply in replies if reply not in passive]
    return ([(True, passive)] if passive else []) + groups


def _received(stack: Stack, everybody: set[Person]) -> dict[str, Got]:
    """What each person got: text, when, and the provider's id."""
    got: dict[str, Got] = {person.address: [] for person in everybody}

    def add(provider: str, kind: str, key: str) -> None:
        for event in feed(stack, provider, kind):
            if event["contact"] in got:
                got[event["contact"]].append((event.get("body", ""), unix(event), str(event.get(key, ""))))

    add("twilio", "message", "sid")
    add("wechat", "passive", "msg_id")
    add("wechat", "customer_service", "msg_id")
    for person in everybody:
        if person.channel == "web":
            answer = requests.get(
                f"{stack.url}/api/v1/chat/messages?after=0",
                headers={"Authorization": f"Bearer {person.address}"},
                timeout=10,
            )
            answer.raise_for_status()
            got[person.address] = [(reply["text"], 0.0, reply["id"]) for reply in answer.json()["messages"]]
    return got


def _moment(got: Got, message: Message, reply: OutboundMessage, text: str, passive: bool) -> float | None:
    """When a reply was with its provider; for the web, when it was there to be fetched."""
    if message.person.channel == "web":
        return reply.sent_at.timestamp() if reply.sent_at else None
    for _, at, key in got:
        if key == reply.provider_id or (passive and key == message.provider_id):
            return at
    # A customer-service message has no id: the first with its words after the question was asked.
    if message.person.channel == "wechat" and not passive:
        return next((at for body, at, key in got if not key and body == text and at >= message.due), None)
    return None
