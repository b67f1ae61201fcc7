"""The signs of life that `/readyz` looks for.

`HEARTBEAT_KEY` is given by scheduler, broker and worker together: the sweeper sets it. `SENDER_KEY` is set by the
sender's event loop, since its queue may be long while all is well.
"""

from __future__ import annotations

import contextlib
from typing import Any

import redis
from celery import bootsteps

HEARTBEAT_KEY = "concierge:heartbeat"
SENDER_KEY = "concierge:heartbeat:sender"
HEARTBEAT_SECONDS = 15


class SenderHeartbeat(bootsteps.StartStopStep):
    """Says every few seconds that the sender's event loop runs."""

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def start(self, consumer: Any) -> None:
        """Begins when the consumer does."""
        if consumer.hostname.startswith("sender@"):
            consumer.timer.call_repeatedly(HEARTBEAT_SECONDS / 3, _beat)
            _beat()


def _beat() -> None:
    from backend.wiring import container  # it imports the Celery application, which imports this module

    with contextlib.suppress(redis.RedisError):  # a sender that lost the broker is not alive
        container().redis.set(SENDER_KEY, "1", ex=HEARTBEAT_SECONDS)
