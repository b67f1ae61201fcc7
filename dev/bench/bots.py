"""The bot alone beside stock Rasa, by turns: messages per second, latency, memory."""

from __future__ import annotations

import asyncio
import datetime as dt
import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import aiohttp
import psutil

from dev.bench import load, memory
from dev.bench.load import Spread
from dev.bench.people import CONVERSATION
from dev.bench.report import Report, Table, megabytes, milliseconds
from dev.bench.stock import StockRasa
from dev.stack import Stack

CLIENTS = (1, 8)
ROUNDS = 3
ROUND_SECONDS = 6.0

# Has one conversation under a name and adds the latency of each of its lines.
Converse = Callable[[str, list[float]], Awaitable[None]]


def compare(stack: Stack, folder: Path, report: Report) -> None:
    """Adds the comparison to the report; `folder` keeps stock Rasa's model."""
    with StockRasa(stack, folder, int(stack.env["PORT"]) + 20) as stock:
        rates, latencies = asyncio.run(_by_turns(stack, stock))
        sizes = {"ours": memory.of(stack.processes()["bot"]), "stock": memory.of([psutil.Process(stock.pid)])}
    rows = []
    for clients in CLIENTS:
        per_second = {name: statistics.median(rates[name, clients]) for name in sizes}
        spreads = {name: Spread.of(latencies[name, clients]) for name in sizes}
        for name, spread in spreads.items():
            cells = [f"{per_second[name]:.0f}", *map(milliseconds, (spread.p50, spread.p95, spread.p99))]
            rows.append([f"{name}, clients: {clients}", *cells, megabytes(sizes[name].resident)])
        report.ratios.append(
            f"bot alone, clients {clients}: {per_second['ours'] / per_second['stock']:.1f} times stock Rasa's messages "
            f"per second, p95 latency {spreads['ours'].p95 / spreads['stock'].p95:.2f} of stock Rasa's"
        )
    share = sizes["ours"].resident / sizes["stock"].resident
    report.ratios.append(f"bot alone: {share:.2f} of stock Rasa's resident memory")
    columns = ["bot alone", "messages/s", "p50", "p95", "p99 (ms)", "resident MB"]
    report.tables.append(Table("The bot over its own channel beside stock Rasa's REST channel", columns, rows))
    report.notes.append(
        f"bots: {ROUNDS} rounds of {ROUND_SECONDS:.0f} s by turns, median; stock Rasa: suggested pipeline with DIET, "
        "same training data, domain, rules and action server, no machine-learned policy"
    )
    report.figures["bots"] = {
        name: {
            "resident_bytes": size.resident,
            "per_second": {str(clients): rates[name, clients] for clients in CLIENTS},
            "latency": {str(clients): asdict(Spread.of(latencies[name, clients])) for clients in CLIENTS},
        }
        for name, size in sizes.items()
    }


Measured = dict[tuple[str, int], list[float]]


async def _by_turns(stack: Stack, stock: StockRasa) -> tuple[Measured, Measured]:
    """Messages per second of each round and all latencies, by bot and number of clients."""
    rates: Measured = {}
    latencies: Measured = {}
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60)) as http:
        bots = {"ours": _ours(stack, http), "stock": _stock(stock, http)}
        for name, converse in bots.items():
            for number in range(4):
                await converse(f"warm-up-{name}-{number}", [])
        for turn in range(ROUNDS):
            for clients in CLIENTS:
                for name, converse in bots.items():
                    taken: list[float] = []
                    start = time.perf_counter()
                    await load.closed_loop(_caller(converse, f"{turn}-{clients}", taken), clients, ROUND_SECONDS)
                    rates.setdefault((name, clients), []).append(len(taken) / (time.perf_counter() - start))
                    latencies.setdefault((name, clients), []).extend(taken)
    return rates, latencies


def _caller(converse: Converse, run: str, taken: list[float]) -> Callable[[int], Awaitable[None]]:
    return lambda number: converse(f"{run}-{number}", taken)


def _lines(name: str) -> tuple[str, tuple[str, ...]]:
    lang = ("zh", "en")[sum(name.encode()) % 2]
    return lang, CONVERSATION[lang]


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat()


def _ours(stack: Stack, http: aiohttp.ClientSession) -> Converse:
    url = f"{stack.env['BOT_URLS']}/webhooks/concierge/turn"
    headers = {"Authorization": f"Bearer {stack.env['BOT_TOKEN']}"}
    version = stack.container.gazetteer.version()

    async def converse(name: str, latencies: list[float]) -> None:
        lang, lines = _lines(name)
        state: dict[str, Any] | None = None
        for at, text in enumerate(lines):
            turn: dict[str, Any] = {"turn_id": f"{name}-{at}", "conversation_id": name, "lang": lang, "text": text}
            turn |= {"intent": None, "location": None, "state": state, "gazetteer_version": version, "now": _now()}
            start = time.perf_counter()
            async with http.post(url, json=turn, headers=headers) as response:
                answer = await response.json()
            if response.status != 200 or not answer["replies"]:
                raise RuntimeError(f"our bot did not answer {text!r}: {response.status} {answer}")
            latencies.append(time.perf_counter() - start)
            state = answer["state"]

    return converse


def _stock(stock: StockRasa, http: aiohttp.ClientSession) -> Converse:
    async def converse(name: str, latencies: list[float]) -> None:
        lang, lines = _lines(name)
        for at, text in enumerate(lines):
            # What our actions read of a turn; the REST channel passes it on.
            given = {"turn_id": f"{name}-{at}", "lang": lang, "location": None, "now": _now()}
            body = {"sender": name, "message": text, "metadata": given}
            start = time.perf_counter()
            async with http.post(f"{stock.url}/webhook", json=body) as response:
                answer = await response.json()
            if not answer:
                raise RuntimeError(f"stock Rasa did not answer {text!r}")
            latencies.append(time.perf_counter() - start)

    return converse
