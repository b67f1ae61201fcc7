"""Everything the providers saw, in order: what the simulator draws and what tests wait for."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Condition
from typing import Any

Event = dict[str, Any]


class Feed:
    """A bounded, thread-safe list of events; the oldest fall out. Sequence numbers start at 1 and never repeat."""

    def __init__(self, size: int) -> None:
        self._events: deque[Event] = deque(maxlen=size)
        self._changed = Condition()
        self._last = 0
        self._counts: Counter[str] = Counter()

    def add(self, provider: str, kind: str, contact: str, **fields: Any) -> Event:
        """Append one event and wake everybody who waits. `at` is UTC, ISO 8601."""
        with self._changed:
            self._last += 1
            event = {
                "seq": self._last,
                "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
                "provider": provider,
                "kind": kind,
                "contact": contact,
                **fields,
            }
            self._events.append(event)
            self._counts[f"{provider}.{kind}"] += 1
            self._changed.notify_all()
            return event

    def since(
        self, seq: int, *, wait: float = 0.0, match: Callable[[Event], bool] = lambda _event: True
    ) -> tuple[list[Event], int]:
        """Events after `seq` that match, and the number to ask with next time; waits up to `wait` seconds for one."""
        deadline = time.monotonic() + wait
        with self._changed:
            if seq > self._last:
                # A client that knew an earlier process: it starts over with this one.
                seq = 0
            while True:
                found = [event for event in self._newer(seq) if match(event)]
                remaining = deadline - time.monotonic()
                if found or remaining <= 0:
                    return found, self._last
                self._changed.wait(remaining)

    def counts(self) -> dict[str, int]:
        """How many events of each `provider.kind` there were, also those that fell out already."""
        with self._changed:
            return dict(self._counts)

    def clear(self) -> None:
        """Forget all events; sequence numbers go on, so that a client's cursor stays valid."""
        with self._changed:
            self._events.clear()
            self._counts.clear()

    def _newer(self, seq: int) -> list[Event]:
        newer: list[Event] = []
        for event in reversed(self._events):
            if event["seq"] <= seq:
                break
            newer.append(event)
        newer.reverse()
        return newer
