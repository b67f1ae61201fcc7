"""The bot alone beside stock Rasa, by turns: messages per second, latency, memory."""

from __future__ import annotations

import asyncio
import datetime as dt
import itertools
import random
import statistics
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
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
from dev.eval import testset
from dev.stack import Stack

CLIENTS = (1, 8)
# `talk`: the lines of a conversation, over and over, which the n-grams read. `mix`: the messages of the test set, those
# of strangers too, each asked once, so that nothing is known already.
LOADS = ("talk", "mix")
ROUNDS = 3
ROUND_SECONDS = 6.0
# What one bot process owes, beside stock Rasa on the same machine in the same run.
FASTER = {"talk": 7.0, "mix": 4.0}
SLOWEST = 0.25

# A message and the name of the conversation it belongs to; the answer's latency is measured around it.
Ask = Callable[[str, str, str], Awaitable[None]]
Key = tuple[str, str, int]  # bot, load, clients


def compare(stack: Stack, folder: Path, report: Report) -> None:
    """Adds the comparison to the report; `folder` keeps stock Rasa's model."""
    with StockRasa(stack, folder, int(stack.env["PORT"]) + 20) as stock:
        rates, latencies = asyncio.run(_by_turns(stack, stock))
        sizes = {"ours": memory.of(stack.processes()["bot"]), "stock": memory.of([psutil.Process(stock.pid)])}
    rows = []
    for kind in LOADS:
        for clients in CLIENTS:
            per_second = {name: statistics.median(rates[name, kind, clients]) for name in sizes}
            spreads = {name: Spread.of(latencies[name, kind, clients]) for name in sizes}
            for name, spread in spreads.items():
                cells = [f"{per_second[name]:.0f}", *map(milliseconds, (spread.p50, spread.p95, spread.p99))]
                rows.append([f"{name}, {kind}, clients: {clients}", *cells, megabytes(sizes[name].resident)])
            faster = per_second["ours"] / per_second["stock"]
            slower = spreads["ours"].p95 / spreads["stock"].p95
            report.ratios.append(
                f"bot alone, {kind}, clients {clients}: {faster:.1f} times stock Rasa's messages per second, "
                f"p95 latency {slower:.2f} of stock Rasa's"
            )
            if clients == max(CLIENTS):
                wanted = FASTER[kind]
                report.promise(
                    f"Bot, {kind}: ≥ {wanted:.0f} × stock Rasa's messages/s", f"{faster:.1f}", faster >= wanted
                )
                report.promise(f"Bot, {kind}: p95 ≤ {SLOWEST} of stock Rasa's", f"{slower:.2f}", slower <= SLOWEST)
    share = sizes["ours"].resident / sizes["stock"].resident
    report.ratios.append(f"bot alone: {share:.2f} of stock Rasa's resident memory")
    resident = sizes["ours"].resident / 1e6
    report.promise("Bot resident ≤ 800 MB", f"{resident:.0f} MB", resident <= 800)
    columns = ["bot alone", "messages/s", "p50", "p95", "p99 (ms)", "resident MB"]
    report.tables.append(Table("The bot over its own channel beside stock Rasa's REST channel", columns, rows))
    report.notes.append(
        f"bots: {ROUNDS} rounds of {ROUND_SECONDS:.0f} s by turns, median; talk: one conversation over and over; mix: "
        "the test set, each message once; stock Rasa: suggested pipeline with DIET, same training data, domain, rules "
        "and action server, no machine-learned policy"
    )
    report.figures["bots"] = {
        name: {
            "resident_bytes": size.resident,
            "per_second": {f"{kind} {clients}": rates[name, kind, clients] for kind in LOADS for clients in CLIENTS},
            "latency": {
                f"{kind} {clients}": asdict(Spread.of(latencies[name, kind, clients]))
                for kind in LOADS
                for clients in CLIENTS
            },
        }
        for name, size in sizes.items()
    }


Measured = dict[Key, list[float]]


async def _by_turns(stack: Stack, stock: StockRasa) -> tuple[Measured, Measured]:
    """Messages per second of each round and all latencies."""
    rates: Measured = {}
    latencies: Measured = {}
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60)) as http:
        bots = {"ours": _ours(stack, http), "stock": _stock(stock, http)}
        # Each bot is given the same messages; each message to each bot once.
        unasked = {name: _shuffled() for name in bots}
        for ask in bots.values():
            for conversation, lang, texts in itertools.islice(_talk("warm-up"), 4):
                for text in texts:
                    await ask(conversation, lang, text)
        for turn in range(ROUNDS):
            for kind in LOADS:
                for clients in CLIENTS:
                    for name, ask in bots.items():
                        taken: list[float] = []
                        source = _talk(f"{turn}-{clients}") if kind == "talk" else unasked[name]
                        start = time.perf_counter()
                        await load.closed_loop(_caller(ask, source, taken), clients, ROUND_SECONDS)
                        rates.setdefault((name, kind, clients), []).append(len(taken) / (time.perf_counter() - start))
                        latencies.setdefault((name, kind, clients), []).extend(taken)
    return rates, latencies


Conversations = Iterator[tuple[str, str, Sequence[str]]]  # name, language, messages


def _caller(ask: Ask, source: Conversations, taken: list[float]) -> Callable[[int], Awaitable[None]]:
    async def call(_number: int) -> None:
        conversation, lang, texts = next(source)
        for text in texts:
            start = time.perf_counter()
            await ask(conversation, lang, text)
            taken.append(time.perf_counter() - start)

    return call


def _talk(run: str) -> Conversations:
    for number in itertools.count():
        lang = ("zh", "en")[number % 2]
        yield f"{run}-{number}", lang, CONVERSATION[lang]


def _shuffled() -> Conversations:
    """The test set in an order of its own; from the second time on with the number in front, so that none is known."""
    cases = [case for lang in ("zh", "en") for case in testset.utterances(lang)] + testset.out_of_scope()
    random.Random(1).shuffle(cases)
    for time_around in itertools.count():
        for number, case in enumerate(cases):
            text = f"{case.text} {time_around}" if time_around else case.text
            yield f"mix-{time_around}-{number}", case.lang, [text]


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat()


def _ours(stack: Stack, http: aiohttp.ClientSession) -> Ask:
    url = f"{stack.env['BOT_URLS']}/webhooks/concierge/turn"
    headers = {"Authorization": f"Bearer {stack.env['BOT_TOKEN']}"}
    version = stack.container.gazetteer.version()
    states: dict[str, dict[str, Any] | None] = {}
    numbers = itertools.count()

    async def ask(conversation: str, lang: str, text: str) -> None:
        turn: dict[str, Any] = {"turn_id": f"{conversation}-{next(numbers)}", "conversation_id": conversation}
        turn |= {"lang": lang, "text": text, "intent": None, "location": None, "state": states.get(conversation)}
        turn |= {"gazetteer_version": version, "now": _now()}
        async with http.post(url, json=turn, headers=headers) as response:
            answer = await response.json()
        if response.status != 200 or not answer["replies"]:
            raise RuntimeError(f"our bot did not answer {text!r}: {response.status} {answer}")
        states[conversation] = answer["state"]

    return ask


def _stock(stock: StockRasa, http: aiohttp.ClientSession) -> Ask:
    numbers = itertools.count()

    async def ask(conversation: str, lang: str, text: str) -> None:
        # What our actions read of a turn; the REST channel passes it on.
        given = {"turn_id": f"{conversation}-{next(numbers)}", "lang": lang, "location": None, "now": _now()}
        body = {"sender": conversation, "message": text, "metadata": given}
        async with http.post(f"{stock.url}/webhook", json=body) as response:
            answer = await response.json()
        if not answer:
            raise RuntimeError(f"stock Rasa did not answer {text!r}")

    return ask
