"""Switchable faults of one provider: how it misbehaves, for whom, and how often."""

from __future__ import annotations

import errno
import socket
import struct
import time
from collections import deque
from collections.abc import Iterator
from threading import Condition
from typing import Any, Literal

from flask import Response, request

Mode = Literal["ok", "429", "500", "hang", "reset", "slow"]
MODES = frozenset({"ok", "429", "500", "hang", "reset", "slow"})


class Faults:
    """State set through `POST /_control`; every field has the value of a healthy provider by default.

    mode      ok | 429 | 500 | hang | reset | slow, and for WeChat also an error code such as "45015"
    times     the mode ends by itself after so many requests (None: it stays)
    accepted  with hang and reset: the message was accepted before the answer was lost
    latency   seconds added to every answer
    rate      requests per second that are taken; the rest is answered 429 (None: no limit)
    """

    def __init__(self, extra_modes: frozenset[str] = frozenset()) -> None:
        self._modes = MODES | extra_modes
        self._changed = Condition()
        self.reset()

    def reset(self) -> None:
        """Back to a healthy provider; answers that hang are let go."""
        with self._changed:
            self.mode = "ok"
            self.times: int | None = None
            self.accepted = False
            self.latency = 0.0
            self.rate: float | None = None
            self.hang_seconds = 30.0
            self._taken: deque[float] = deque()
            self._changed.notify_all()

    def update(self, values: dict[str, Any]) -> None:
        """Apply the known keys of a control request. Raises ValueError naming what is wrong with it."""
        mode = values.get("mode", self.mode)
        if mode not in self._modes:
            raise ValueError(f"mode must be one of {', '.join(sorted(self._modes))}")
        numbers = {key: float(values[key]) for key in ("latency", "hang_seconds") if key in values}
        if any(not 0 <= number <= 120 for number in numbers.values()):
            raise ValueError("latency and hang_seconds are seconds between 0 and 120")
        with self._changed:
            self.mode = mode
            if "mode" in values:
                self.times = None
                self.accepted = False
            if values.get("times") is not None:
                self.times = int(values["times"])
            self.accepted = bool(values.get("accepted", self.accepted))
            self.latency = numbers.get("latency", self.latency)
            self.hang_seconds = numbers.get("hang_seconds", self.hang_seconds)
            if "rate" in values:
                self.rate = None if values["rate"] is None else float(values["rate"])
            self._changed.notify_all()

    def take(self) -> str:
        """The mode that applies to this request; counts it against `times` and `rate`, and serves the latency."""
        with self._changed:
            mode = self.mode
            if mode != "ok" and self.times is not None:
                self.times -= 1
                if self.times <= 0:
                    self.mode, self.times = "ok", None
            if self.rate is not None and mode == "ok":
                now = time.monotonic()
                while self._taken and self._taken[0] <= now - 1.0:
                    self._taken.popleft()
                if len(self._taken) >= self.rate:
                    mode = "429"
                else:
                    self._taken.append(now)
            latency = self.latency or (2.0 if mode == "slow" else 0.0)
        if latency:
            time.sleep(latency)
        return "ok" if mode == "slow" else mode

    def hang(self) -> None:
        """Hold the caller's connection without an answer until the time is over or the faults change."""
        with self._changed:
            self._changed.wait(self.hang_seconds)

    def state(self) -> dict[str, Any]:
        """What is switched on, for `GET /_control`."""
        return {
            "mode": self.mode,
            "times": self.times,
            "accepted": self.accepted,
            "latency": self.latency,
            "rate": self.rate,
            "hang_seconds": self.hang_seconds,
        }


def connection_reset() -> Response:
    """An answer that never comes: the peer sees its connection reset (RST), as when a load balancer dies."""
    raw = request.environ.get("gunicorn.socket") or request.environ.get("werkzeug.socket")
    if isinstance(raw, socket.socket):
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        # The server shall not wait for another request on this connection: it closes, and closing resets.
        raw.shutdown(socket.SHUT_RD)

    def body() -> Iterator[bytes]:
        raise ConnectionResetError(errno.ECONNRESET, "fault switched on")
        yield b""

    return Response(body(), direct_passthrough=True)
