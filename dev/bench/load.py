"""Load that does not flatter: open-loop at a fixed rate, closed-loop with a number of clients, percentiles.

Open-loop means that a message is due at its time whether or not the ones before it were answered, and that its latency
counts from when it was due. A client that waits for a slow server would otherwise leave out just the slow moments.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Spread:
    """Latencies in seconds; percentiles by nearest rank, so each is a latency that did occur."""

    count: int
    p50: float
    p95: float
    p99: float
    max: float

    @classmethod
    def of(cls, latencies: Sequence[float]) -> Spread:
        """The spread of some latencies; all NaN where there are none."""
        ordered = sorted(latencies)
        if not ordered:
            return cls(0, math.nan, math.nan, math.nan, math.nan)

        def rank(percent: float) -> float:
            return ordered[math.ceil(percent / 100 * len(ordered)) - 1]

        return cls(len(ordered), rank(50), rank(95), rank(99), ordered[-1])


async def open_loop(send: Callable[[int, float], Coroutine[Any, Any, None]], count: int, rate: float) -> None:
    """Calls `send(number, due)` at a fixed rate per second and returns when all are done; `due` is Unix time."""
    start = time.time() + 0.1
    tasks: list[asyncio.Task[None]] = []
    for number in range(count):
        due = start + number / rate
        await asyncio.sleep(max(0.0, due - time.time()))
        tasks.append(asyncio.create_task(send(number, due)))
    await asyncio.gather(*tasks)


async def closed_loop(send: Callable[[int], Awaitable[None]], clients: int, seconds: float) -> float:
    """Each client calls `send(number)` again as soon as the last call is done; returns calls per second."""
    numbers = iter(range(10**9))
    end = time.perf_counter() + seconds
    done = 0

    async def client() -> None:
        nonlocal done
        while time.perf_counter() < end:
            await send(next(numbers))
            done += 1

    start = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(clients)))
    return done / (time.perf_counter() - start)
