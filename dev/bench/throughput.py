"""Messages per second and latency, from the webhook to the provider; and the bot alone beside stock Rasa."""

from __future__ import annotations

import asyncio
import math
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from dev.bench import bots, ledger, load, people
from dev.bench.load import Spread
from dev.bench.report import Report, Table, milliseconds
from dev.bench.stock import train
from dev.stack import Stack

RATES = (5, 10, 20, 40)  # messages per second
SECONDS = 20
PEOPLE = 60
FLOOD = 400  # messages, all due within their first moments
FLOOD_RATE = 1000


def run(stack: Stack, folder: Path, seed: int) -> Report:
    """Measures both; `folder` keeps stock Rasa's model."""
    report = Report("throughput", "Messages per second and latency")
    train(folder)
    _whole_path(stack, report, seed)
    bots.compare(stack, folder, report)
    return report


@dataclass(frozen=True)
class Level:
    """One load. Rates are per second, latencies in seconds: `acknowledged` to the 200, `answered` to the provider."""

    offered: float
    answered_per_second: float
    acknowledged: Spread
    answered: Spread
    unanswered: int
    processor_seconds: dict[str, float]  # per message, by part of the copy


def _whole_path(stack: Stack, report: Report, seed: int) -> None:
    # A bot that just started is busy with the meanings of the articles: half of a core, for half a minute.
    stack.until(stack.articles_known, 120, pause=0.5)
    levels = [_level(stack, rate, rate * SECONDS, seed + rate) for rate in RATES]
    levels.append(_level(stack, FLOOD_RATE, FLOOD, seed))
    rows = [
        [
            _load_name(level),
            f"{level.answered_per_second:.1f}",
            *map(milliseconds, (level.acknowledged.p50, level.acknowledged.p99)),
            *map(milliseconds, (level.answered.p50, level.answered.p95, level.answered.p99)),
            str(level.unanswered),
        ]
        for level in levels
    ]
    columns = ["offered", "answered/s", "ack p50", "ack p99", "answer p50", "p95", "p99 (ms)", "open"]
    report.tables.append(
        Table("Signed SMS webhook to the answer at the provider (three signed receipts follow each)", columns, rows)
    )
    report.tables.append(_processor_table(levels))
    report.figures["sms"] = [asdict(level) for level in levels]
    report.promise(
        "Everything sent was answered",
        f"{sum(level.unanswered for level in levels)} left open",
        not any(level.unanswered for level in levels),
    )


def _level(stack: Stack, rate: float, count: int, seed: int) -> Level:
    everybody = people.people(stack, "sms", PEOPLE, seed)
    messages = people.conversations(everybody, count, seed)

    async def send_all() -> None:
        async with people.Providers(stack) as providers:
            await load.open_loop(lambda number, due: providers.send(messages[number], due), count, rate)

    before = {**stack.processor_seconds(), "senders": time.process_time()}
    asyncio.run(send_all())
    sent = time.process_time()
    stack.until(lambda: ledger.settled(stack), 120, pause=0.5)
    after = {**stack.processor_seconds(), "senders": sent}
    fates = ledger.read(stack, messages).fates
    answered = [fate.answered_at for fate in fates if fate.answered_at]
    first = min(message.due for message in messages)
    return Level(
        rate,
        len(answered) / (max(answered, default=math.inf) - first),
        Spread.of([message.waited for message in messages if message.acknowledged]),
        Spread.of([fate.answered_at - fate.message.due for fate in fates if fate.answered_at]),
        count - len(answered),
        {name: (after[name] - before.get(name, 0.0)) / count for name in after},
    )


def _processor_table(levels: list[Level]) -> Table:
    """The busiest parts first; the fakes and the senders beside them stand for the outside. Unlike latency this hardly
    depends on what else the machine does.
    """
    parts = sorted(levels[-1].processor_seconds, key=lambda name: -levels[-1].processor_seconds[name])
    rows = [[name, *(f"{level.processor_seconds[name] * 1000:.1f}" for level in levels)] for name in parts]
    rows.append(["all", *(f"{sum(level.processor_seconds.values()) * 1000:.1f}" for level in levels)])
    return Table("Processor time per message, receipts included (ms)", ["part", *map(_load_name, levels)], rows)


def _load_name(level: Level) -> str:
    return "at once" if level.offered == FLOOD_RATE else f"{level.offered:.0f}/s"
