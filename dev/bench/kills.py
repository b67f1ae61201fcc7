"""A thousand signed webhooks while every part that handles them is killed twice; then everything is counted."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from dataclasses import asdict, dataclass

from dev.bench import ledger, load, people
from dev.bench.load import Spread
from dev.bench.report import Report, Table
from dev.stack import Stack

MESSAGES = 1000
RATE = 30.0
PARTS = ("web", "worker", "sender", "bot", "broker")
# Of ten messages, how many come by each channel.
SHARES = {"sms": 5, "wechat": 3, "web": 2}
PEOPLE = 250
LIMIT_SECONDS = 60.0
SETTLE_SECONDS = 150.0
_LISTED = 20


@dataclass(frozen=True)
class Kill:
    """A part killed with all its children, at seconds from the first message."""

    part: str
    at: float


def plan_kills(seed: int) -> list[Kill]:
    """Each part once in the first half and once in the second, at random; in order of time."""
    generator = random.Random(f"{seed}-kills")
    half = MESSAGES / RATE / 2
    kills = [Kill(part, begin + generator.uniform(1.0, half - 1.0)) for part in PARTS for begin in (0.0, half)]
    return sorted(kills, key=lambda kill: kill.at)


def plan_messages(stack: Stack, seed: int) -> list[people.Message]:
    """All messages in the order they are sent; every person goes through the conversation."""
    generator = random.Random(f"{seed}-order")
    lots = sum(SHARES.values())
    messages = []
    for channel, share in SHARES.items():
        everybody = people.people(stack, channel, PEOPLE * share // lots, seed)
        messages.append(people.conversations(everybody, MESSAGES * share // lots, seed))
    # Shuffled together; within a channel the order stays, so that nobody's second line comes before their first.
    order = [at for at, own in enumerate(messages) for _ in own]
    generator.shuffle(order)
    queues = [iter(own) for own in messages]
    return [next(queues[at]) for at in order]


def run(stack: Stack, seed: int) -> Report:
    """Sends, kills, waits and counts. The same seed gives the same messages and the same times."""
    report = Report("kills", f"{MESSAGES} webhooks at {RATE:.0f}/s while every part is killed twice (seed {seed})")
    messages, kills = plan_messages(stack, seed + 2000), plan_kills(seed)  # other people than in the other benchmarks
    killed = asyncio.run(_send_and_kill(stack, messages, kills))
    stack.until(lambda: stack.ready() and ledger.settled(stack), SETTLE_SECONDS, pause=0.5)
    found = ledger.read(stack, messages)
    _count(report, found, killed)
    return report


async def _send_and_kill(stack: Stack, messages: list[people.Message], kills: list[Kill]) -> list[Kill]:
    async with people.Providers(stack) as providers:
        sending = asyncio.create_task(
            load.open_loop(lambda number, due: providers.send(messages[number], due), len(messages), RATE)
        )
        killing = asyncio.create_task(asyncio.to_thread(_kill, stack, kills))
        await sending
        return await killing


def _kill(stack: Stack, kills: list[Kill]) -> list[Kill]:
    """Kills as planned; what is not up again yet is killed as soon as it is. Returns when each kill really was."""
    start = time.monotonic()
    done = []
    for kill in kills:
        time.sleep(max(0.0, start + kill.at - time.monotonic()))
        if kill.part == "bot":  # its start takes long: a kill in the middle of it would prove nothing
            stack.until(stack.bot_ready, LIMIT_SECONDS)
        stack.until(lambda kill=kill: stack.signal(kill.part), LIMIT_SECONDS)  # type: ignore[misc]
        done.append(Kill(kill.part, time.monotonic() - start))
    return done


def _count(report: Report, found: ledger.Ledger, killed: list[Kill]) -> None:
    fates = found.fates
    acknowledged = [fate for fate in fates if fate.message.acknowledged]
    lost = [fate for fate in acknowledged if fate.rows != 1]
    without = [fate for fate in acknowledged if fate.outcome is None]
    unanswered = [fate for fate in acknowledged if fate.answered_at is None]
    waits = [
        fate.answered_at - fate.message.acknowledged
        for fate in acknowledged
        if fate.answered_at and fate.message.acknowledged
    ]
    totals = [fate.answered_at - fate.message.due for fate in fates if fate.answered_at]
    late = [wait for wait in waits if wait > LIMIT_SECONDS]
    spread = Spread.of(totals)
    rows = []
    for channel in (*SHARES, "all"):
        own = [fate for fate in fates if channel in (fate.message.person.channel, "all")]
        answered = Spread.of([fate.answered_at - fate.message.due for fate in own if fate.answered_at])
        rows.append(
            [
                channel,
                str(len(own)),
                str(sum(1 for fate in own if fate.message.attempts > 1)),
                str(sum(1 for fate in own if fate.message.acknowledged)),
                str(sum(fate.rows for fate in own)),
                str(answered.count),
                *(f"{value:.1f}" for value in (answered.p50, answered.p95, answered.max)),
            ]
        )
    columns = ["channel", "sent", "resent", "acknowledged", "rows", "answered", "p50", "p95", "max (s)"]
    report.tables.append(Table("From when a message was due to its answer at the provider", columns, rows))
    outcomes = Counter(fate.outcome or "none" for fate in acknowledged)
    report.notes.append("killed: " + ", ".join(f"{kill.part} at {kill.at:.1f} s" for kill in killed))
    report.notes.append("outcomes: " + ", ".join(f"{name} {count}" for name, count in sorted(outcomes.items())))
    causes = Counter(f"{f.message.person.channel} {cause}" for f in fates for cause in f.message.failures)
    report.notes.append("attempts without a 200: " + ", ".join(f"{cause} {n}" for cause, n in causes.most_common()))
    never = [fate.message for fate in fates if not fate.message.acknowledged]
    amiss = found.amiss() + [f"never acknowledged: {one.provider_id} {', '.join(one.failures)}" for one in never]
    report.notes += amiss[:_LISTED]
    report.promise("Every 200 has exactly one row", f"{len(lost)} of {len(acknowledged)} without", not lost)
    report.promise("Every 200 has an outcome", f"{len(without)} without", not without)
    report.promise(
        f"Every 200 is answered within {LIMIT_SECONDS:.0f} s",
        f"longest {max(waits, default=0.0):.1f} s, {len(late)} late, {len(unanswered)} without an answer received",
        not late and not unanswered,
    )
    report.promise("No answer received twice", f"{len(found.doubled)} doubled", not found.doubled)
    report.promise("What is recorded as sent was received", f"{len(found.missing)} missing", not found.missing)
    report.figures = {
        "kills": [asdict(kill) for kill in killed],
        "sent": len(fates),
        "acknowledged": len(acknowledged),
        "rows_missing_or_double": len(lost),
        "without_outcome": len(without),
        "unanswered": len(unanswered),
        "late": len(late),
        "unknown": len(found.unknown),
        "failed": len(found.failed),
        "doubled": len(found.doubled),
        "missing": len(found.missing),
        "longest_from_acknowledgement": max(waits, default=0.0),
        "answered": asdict(spread),
    }
