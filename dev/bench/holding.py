"""Webhooks while the bot hangs or is gone: acknowledged at once, one honest holding answer, the real one afterwards."""

from __future__ import annotations

import asyncio
import random
import signal
from collections.abc import Callable
from dataclasses import asdict

from dev.bench import ledger, load, people
from dev.bench.load import Spread
from dev.bench.report import Report, Table, milliseconds
from dev.stack import Stack

MESSAGES = 300
RATE = 10.0
CHANNELS = ("sms", "wechat", "web")
LIMIT_SECONDS = 0.5
LIMIT_MAX_SECONDS = 4.0
HELD_WITHIN_SECONDS = 40.0
ANSWERED_WITHIN_SECONDS = 150.0


def run(stack: Stack, seed: int) -> Report:
    """The same messages twice: with the bot stopped in its tracks, and with it killed and not started again."""
    report = Report("holding", f"{MESSAGES} webhooks at {RATE:.0f}/s while there is no bot")

    def killed() -> None:
        stack.signal("bot", signal.SIGKILL)
        stack.hold_back("bot")

    _round(stack, report, seed, "hangs", lambda: _stop(stack), lambda: _go_on(stack))
    _round(stack, report, seed + 1, "is gone", killed, lambda: stack.let_go("bot"))
    return report


def _stop(stack: Stack) -> None:
    stack.signal("bot", signal.SIGSTOP)


def _go_on(stack: Stack) -> None:
    stack.signal("bot", signal.SIGCONT)


def _round(
    stack: Stack, report: Report, seed: int, how: str, take_away: Callable[[], None], bring_back: Callable[[], None]
) -> None:
    per_channel = MESSAGES // len(CHANNELS)
    messages = [
        message
        for channel in CHANNELS
        for message in people.conversations(people.people(stack, channel, per_channel, seed), per_channel, seed)
    ]
    random.Random(seed).shuffle(messages)
    take_away()
    try:
        asyncio.run(_send(stack, messages))
        stack.until(lambda: ledger.held(stack, len(messages)), HELD_WITHIN_SECONDS, pause=0.5)
    finally:
        bring_back()
    stack.until(stack.bot_ready, ANSWERED_WITHIN_SECONDS)
    stack.until(lambda: ledger.settled(stack), ANSWERED_WITHIN_SECONDS, pause=0.5)
    found = ledger.read(stack, messages)
    _count(report, found, how)


async def _send(stack: Stack, messages: list[people.Message]) -> None:
    async with people.Providers(stack) as providers:
        await load.open_loop(lambda number, due: providers.send(messages[number], due), len(messages), RATE)


def _count(report: Report, found: ledger.Ledger, how: str) -> None:
    rows = []
    for channel in CHANNELS:
        fates = [fate for fate in found.fates if fate.message.person.channel == channel]
        waits = Spread.of([fate.message.waited for fate in fates if fate.message.acknowledged])
        held = Spread.of([fate.held_at - fate.message.due for fate in fates if fate.held_at])
        rows.append(
            [
                channel,
                f"{waits.count} of {len(fates)}",
                *map(milliseconds, (waits.p50, waits.p95, waits.p99, waits.max)),
                str(held.count),
                f"{held.max:.1f}",
                str(sum(1 for fate in fates if fate.answered_at)),
            ]
        )
        report.promise(
            f"The bot {how}: {channel} acknowledged with p99 ≤ {LIMIT_SECONDS * 1000:.0f} ms, "
            f"max < {LIMIT_MAX_SECONDS:.0f} s",
            f"p99 {milliseconds(waits.p99)} ms, max {milliseconds(waits.max)} ms, {waits.count} of {len(fates)}",
            waits.count == len(fates) and waits.p99 <= LIMIT_SECONDS and waits.max < LIMIT_MAX_SECONDS,
        )
        report.figures.setdefault(how, {})[channel] = {"acknowledged": asdict(waits), "held": asdict(held)}
    columns = ["channel", "acknowledged", "p50", "p95", "p99", "max (ms)", "held", "held max (s)", "answered"]
    report.tables.append(Table(f"The bot {how}", columns, rows))
    both = [fate for fate in found.fates if fate.held_at and fate.answered_at and fate.held_at <= fate.answered_at]
    amiss = found.amiss()
    report.promise(
        f"The bot {how}: everybody gets one holding answer, then one real answer",
        f"{len(both)} of {len(found.fates)}, {len(amiss)} doubled, missing, unknown or failed",
        len(both) == len(found.fates) and not amiss,
    )
    for text in amiss[:10]:
        report.notes.append(text)
