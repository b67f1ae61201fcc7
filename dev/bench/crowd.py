"""A crowd that a broadcast goes to, and what became of it: the copy's rows beside what the fake provider took."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field

import requests
from sqlalchemy import insert, select

from backend.models import Broadcast, ChannelIdentity, Contact, Conversation, OutboundMessage, new_uuid, utcnow
from backend.services.broadcasts.audience import Audience
from backend.services.broadcasts.life import Draft
from backend.services.broadcasts.progress import Progress
from backend.services.editing import Editor
from dev.bench import ledger
from dev.stack import Stack

AUTHOR, APPROVER = Editor("Author", "author@example.org"), Editor("Approver", "approver@example.org")
# What the provider takes, per second; the rest is answered 429.
PROVIDER_RATE = 200
AT_ONCE = 2000
TEXT = {
    "title_zh": "停水通知",
    "title_en": "Water supply",
    "text_zh": "海港区明天8:00-12:00停水，请提前储水。",
    "text_en": "No water in Haigang tomorrow 8 am to noon.",
}


def settle(stack: Stack) -> Stack:
    """Has the provider take no more than its rate."""
    requests.post(f"{stack.fakes_url}/_control", json={"provider": "twilio", "rate": PROVIDER_RATE}, timeout=10)
    return stack


def gather(stack: Stack, count: int, prefix: str) -> dict[str, str]:
    """So many new people who have written by SMS; contact id by phone number. `prefix` makes their numbers, six digits
    follow it.
    """
    parts = stack.container
    found = {f"{prefix}{number:06d}": new_uuid() for number in range(count)}
    everybody = list(found.items())
    now = utcnow()
    for begin in range(0, count, AT_ONCE):
        some = everybody[begin : begin + AT_ONCE]
        with parts.db.write() as session:
            connection = session.connection()
            contacts = [{"id": each, "lang": "zh", "lang_chosen": False, "created_at": now} for _, each in some]
            connection.execute(insert(Contact), contacts)
            identities = [
                {
                    "contact_id": each,
                    "channel": "sms",
                    "address_hash": parts.addresses.hash("sms", number),
                    "address_encrypted": parts.addresses.encrypt(number),
                    "hint": f"…{number[-4:]}",
                    "consent": "in",
                    "created_at": now,
                }
                for number, each in some
            ]
            connection.execute(insert(ChannelIdentity), identities)
            connection.execute(insert(Conversation), [{"contact_id": each, "created_at": now} for _, each in some])
    return found


def start(stack: Stack, name: str) -> int:
    """A broadcast to everybody, approved by a second person; its id."""
    broadcasts = stack.container.broadcasts
    everybody = Audience({"everybody": ()})
    broadcast_id = broadcasts.create(Draft(name, "announcement", TEXT, everybody), AUTHOR)
    if broadcasts.submit(broadcast_id, 1, AUTHOR) == "submitted":
        broadcasts.approve(broadcast_id, 1, APPROVER)
    return broadcast_id


@dataclass
class Watch:
    """The progress of a broadcast as one who watches it sees it; `inexact` are the moments when it did not add up."""

    stack: Stack
    broadcast_id: int
    seen: list[tuple[float, Progress]] = field(default_factory=list)
    inexact: list[str] = field(default_factory=list)

    def look(self) -> Progress:
        """One look, at a Unix time."""
        progress = self.stack.container.broadcasts.progress(self.broadcast_id)
        self.seen.append((time.time(), progress))
        if progress.recipients is not None and progress.total != progress.recipients:
            self.inexact.append(f"{dict(progress.counts)} of {progress.recipients}")
        return progress

    def until_sent(self, seconds: float, least: int | None = None) -> bool:
        """Whether so many (all) were sent, or will never be, in time; looks twice a second."""

        def reached() -> bool:
            progress = self.look()
            if progress.recipients is None:
                return False
            open_ = progress.counts["queued"] + progress.counts["sending"] + progress.counts["unknown"]
            return not open_ if least is None else progress.total - open_ >= least

        return Stack.until(reached, seconds, pause=0.5)

    def started_at(self) -> float:
        """When its recipients were written down, in Unix time."""
        row = self.stack.container.broadcasts.get(self.broadcast_id)
        assert isinstance(row, Broadcast)
        return row.created_at.timestamp()


@dataclass(frozen=True)
class Taken:
    """What the provider took for a crowd."""

    at: list[float]  # Unix times, in order
    doubled: list[str]  # numbers that got the same twice, once for each further time
    missing: list[str]  # numbers that got nothing
    unlisted: list[str]  # doubled ones whose row was not in flight at a kill


def taken(stack: Stack, numbers: dict[str, str], text: str) -> Taken:
    """Compares a text's recipients with the messages the provider took."""
    events = [e for e in ledger.feed(stack, "twilio", "message") if e["contact"] in numbers and text in e["body"]]
    got = Counter(event["contact"] for event in events)
    doubled = list((got - Counter(dict.fromkeys(numbers, 1))).elements())
    listed = _were_unknown(stack, {numbers[number] for number in doubled})
    return Taken(
        sorted(ledger.unix(event) for event in events),
        doubled,
        [number for number in numbers if number not in got],
        [number for number in doubled if numbers[number] not in listed],
    )


def _were_unknown(stack: Stack, contact_ids: set[str]) -> set[str]:
    """The contacts for whom a send had no known outcome at some time: it took another attempt, or is unknown still."""
    with stack.container.db.read() as session:
        rows = session.execute(
            select(Conversation.contact_id, OutboundMessage.attempts, OutboundMessage.state)
            .join(Conversation, OutboundMessage.conversation_id == Conversation.id)
            .where(Conversation.contact_id.in_(contact_ids), OutboundMessage.notice_id.is_not(None))
        )
        return {contact_id for contact_id, attempts, state in rows if attempts > 1 or state == "unknown"}


def busiest_second(times: list[float]) -> int:
    """The most messages of any second."""
    most, begin = 0, 0
    for end, at in enumerate(times):
        while times[begin] <= at - 1.0:
            begin += 1
        most = max(most, end - begin + 1)
    return most
