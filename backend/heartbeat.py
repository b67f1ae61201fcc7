"""The signs of life that `/readyz` looks for.

`HEARTBEAT_KEY` is given by scheduler, broker and worker together: the sweeper sets it. `SENDER_KEY` and `NOTICES_KEY`
are set by the event loops of those processes, since their queues may be long while all is well.
"""

from __future__ import annotations

import contextlib
from typing import Any

import redis
from celery import bootsteps

HEARTBEAT_KEY = "concierge:heartbeat"
SENDER_KEY = "concierge:heartbeat:sender"
NOTICES_KEY = "concierge:heartbeat:notices"
HEARTBEAT_SECONDS = 15
# By the name a process goes by in the Procfile, before the "@".
_KEYS = {"sender": SENDER_KEY, "notices": NOTICES_KEY}


class LoopHeartbeat(bootsteps.StartStopStep):
    """Says every few seconds that the event loop of the sender, or of the notices, runs."""

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def start(self, consumer: Any) -> None:
        """Begins when the consumer does."""
        key = _KEYS.get(consumer.hostname.partition("@")[0])
        if key is not None:
            consumer.timer.call_repeatedly(HEARTBEAT_SECONDS / 3, _beat, (key,))
            _beat(key)


def _beat(key: str) -> None:
    from backend.wiring import container  # it imports the Celery application, which imports this module

    with contextlib.suppress(redis.RedisError):  # who lost the broker is not alive
        container().redis.set(key, "1", ex=HEARTBEAT_SECONDS)
