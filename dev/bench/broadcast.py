"""Broadcasts beside a conversation: how fast, how exact, and what comes first when lives depend on it."""

from __future__ import annotations

import asyncio
import threading
import time
from dataclasses import asdict

from backend.services.notices import tell
from backend.services.notices.sending import HANDS
from dev.bench import crowd, ledger, load, people
from dev.bench.load import Spread
from dev.bench.report import Report, Table, milliseconds
from dev.stack import Stack

RECIPIENTS, LIMIT_SECONDS = 5000, 60.0
CHAT_RATE, CHAT_SECONDS, CHAT_LIMIT = 2.0, 40, 2.0
MANY, WARNED, ALERT_AFTER, ALERT_LIMIT = 20_000, 500, 3000, 10.0
SETTLE_SECONDS = 90.0


def run(stack: Stack, seed: int) -> Report:
    """A broadcast while people chat."""
    report = Report("broadcast", f"A broadcast to {RECIPIENTS} by SMS at a provider that takes {crowd.PROVIDER_RATE}/s")
    crowd.settle(stack)
    numbers = crowd.gather(stack, RECIPIENTS, f"+4416{seed % 100:02d}")
    chatting = people.people(stack, "sms", 20, seed + 7000)
    messages = people.conversations(chatting, int(CHAT_RATE * CHAT_SECONDS), seed + 7000)
    before = stack.processor_seconds()
    begun = time.time()
    watch = crowd.Watch(stack, crowd.start(stack, "bench"))
    talk = threading.Thread(target=lambda: asyncio.run(_talk(stack, messages)))
    talk.start()
    watch.until_sent(LIMIT_SECONDS + 30)
    ended = time.time()
    spent = {name: value - before.get(name, 0.0) for name, value in stack.processor_seconds().items()}
    talk.join()
    stack.until(lambda: ledger.settled(stack), SETTLE_SECONDS, pause=0.5)
    watch.look()
    took = crowd.taken(stack, numbers, crowd.TEXT["text_zh"])
    fates = ledger.read(stack, messages).fates
    answers = Spread.of([fate.answered_at - fate.message.due for fate in fates if fate.answered_at])
    last = took.at[-1] - begun if took.at else float("nan")
    report.tables.append(
        Table(
            "From the moment it was approved",
            ["", "value"],
            [
                ["first at the provider (s)", f"{took.at[0] - begun:.1f}" if took.at else "–"],
                ["last at the provider (s)", f"{last:.1f}"],
                ["per second", f"{len(took.at) / (took.at[-1] - took.at[0]):.0f}" if took.at else "–"],
                ["busiest second", str(crowd.busiest_second(took.at))],
                ["processor seconds", ", ".join(f"{name} {value:.0f}" for name, value in _most(spent))],
                ["looks at the progress", str(len(watch.seen))],
            ],
        )
    )
    report.promise(
        f"All of {RECIPIENTS} within {LIMIT_SECONDS:.0f} s",
        f"{last:.1f} s, {len(took.missing)} missing, {len(took.doubled)} doubled",
        last <= LIMIT_SECONDS and not took.missing and not took.doubled,
    )
    report.promise(
        f"Chat answers meanwhile p95 ≤ {CHAT_LIMIT:.0f} s",
        f"{milliseconds(answers.p95)} ms of {answers.count} at {CHAT_RATE:.0f}/s, p50 {milliseconds(answers.p50)} ms",
        answers.count == len(messages) and answers.p95 <= CHAT_LIMIT,
    )
    _exact(report, watch)
    report.figures = {"seconds": last, "ended": ended - begun, "chat": asdict(answers), "processor_seconds": spent}
    return report


def run_alert(stack: Stack, seed: int) -> Report:
    """An alert in the middle of a large broadcast."""
    report = Report("alert", f"A life-safety alert to {WARNED} in the middle of a broadcast to {MANY}")
    crowd.settle(stack)
    numbers = crowd.gather(stack, MANY, f"+4417{seed % 100:02d}")
    warned = dict(list(numbers.items())[:WARNED])
    watch = crowd.Watch(stack, crowd.start(stack, "bench"))
    reached = watch.until_sent(60, least=ALERT_AFTER)
    called = time.time()
    values = {"headline": "台风红色预警", "area": "沿海各区", "advice": "请立即撤到高处。"}
    with stack.container.db.write() as session:
        for contact_id in warned.values():
            tell(
                session,
                contact_id=contact_id,
                template="alert",
                values=values,
                subject="alert/bench",
                dedupe="alert/bench",
                urgency="life_safety",
            )
    told = time.time()
    end = told + ALERT_LIMIT + 5
    while time.time() < end:
        watch.look()
        time.sleep(0.3)
    alerts = crowd.taken(stack, warned, "台风红色预警")
    bulk = crowd.taken(stack, numbers, crowd.TEXT["text_zh"])
    stack.container.broadcasts.step(watch.broadcast_id, "cancel", crowd.AUTHOR)
    stack.until(lambda: watch.look().counts["queued"] == 0, SETTLE_SECONDS, pause=0.3)
    last = alerts.at[-1] if alerts.at else float("inf")
    between = sum(1 for at in bulk.at if alerts.at and alerts.at[0] < at < last)
    report.tables.append(
        Table(
            "From the commit of the alert",
            ["", "value"],
            [
                ["of the broadcast sent before", str(sum(1 for at in bulk.at if at < called))],
                ["first of the alert (s)", f"{alerts.at[0] - told:.1f}" if alerts.at else "–"],
                ["last of the alert (s)", f"{last - told:.1f}"],
                ["of the broadcast in between", str(between)],
                ["looks at the progress", str(len(watch.seen))],
            ],
        )
    )
    report.promise(
        f"The alert is out within {ALERT_LIMIT:.0f} s",
        f"{last - called:.1f} s for {len(alerts.at)} of {WARNED}, {len(alerts.doubled)} doubled",
        reached and last - called <= ALERT_LIMIT and not alerts.missing and not alerts.doubled,
    )
    report.promise("It is out before the broadcast goes on", f"{between} between", between <= 2 * HANDS)
    _exact(report, watch)
    final = watch.look()
    report.notes.append(f"cancelled afterwards: {', '.join(f'{state} {n}' for state, n in final.counts.items() if n)}")
    report.figures = {"alert_seconds": last - called, "between": between, "counts": dict(final.counts)}
    return report


def _exact(report: Report, watch: crowd.Watch) -> None:
    report.promise(
        "Progress adds up to the recipients at every moment",
        f"{len(watch.inexact)} of {len(watch.seen)} looks did not",
        not watch.inexact,
    )


async def _talk(stack: Stack, messages: list[people.Message]) -> None:
    async with people.Providers(stack) as providers:
        await load.open_loop(lambda number, due: providers.send(messages[number], due), len(messages), CHAT_RATE)


def _most(spent: dict[str, float]) -> list[tuple[str, float]]:
    return sorted(spent.items(), key=lambda each: -each[1])[:5]
