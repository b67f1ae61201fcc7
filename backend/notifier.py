"""Wakes those who wait for an answer: a worker's commit reaches the web process at once, through Redis
publish/subscribe.

Only a hint, as every queue here: who waits looks at the rows, and looks again now and then should the hint be lost.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import TypeVar

import redis

log = logging.getLogger(__name__)

CHANNEL = "concierge:answered"
LOOK_AGAIN_SECONDS = 1.0
LOOK_AGAIN_WITHOUT_REDIS_SECONDS = 0.2
Found = TypeVar("Found")


class Notifier:
    """Publishes and waits, by conversation."""

    def __init__(self, client: redis.Redis) -> None:
        self._client = client
        self._changed = threading.Condition()
        self._stamps: dict[int, int] = {}
        self._waiting: dict[int, int] = {}
        self._listening = False
        self._thread: threading.Thread | None = None
        self._start_lock = threading.Lock()

    def publish(self, conversation_id: int) -> None:
        """Says that a conversation has something new. Raises redis.RedisError."""
        self._client.publish(CHANNEL, conversation_id)

    def wait(self, conversation_id: int, look: Callable[[], Found | None], seconds: float) -> Found | None:
        """What `look` finds, as soon as it finds something; None after `seconds`."""
        self._ensure_listening()
        deadline = time.monotonic() + seconds
        with self._changed:
            self._waiting[conversation_id] = self._waiting.get(conversation_id, 0) + 1
            stamp = self._stamps.get(conversation_id, 0)
        try:
            while True:
                found = look()
                left = deadline - time.monotonic()
                if found is not None or left <= 0:
                    return found
                pause = LOOK_AGAIN_SECONDS if self._listening else LOOK_AGAIN_WITHOUT_REDIS_SECONDS
                with self._changed:
                    self._changed.wait_for(partial(self._moved, conversation_id, stamp), timeout=min(left, pause))
                    stamp = self._stamps.get(conversation_id, 0)
        finally:
            with self._changed:
                self._waiting[conversation_id] -= 1
                if not self._waiting[conversation_id]:
                    del self._waiting[conversation_id]
                    self._stamps.pop(conversation_id, None)

    def _moved(self, conversation_id: int, since: int) -> bool:
        return self._stamps.get(conversation_id, 0) != since

    def _ensure_listening(self) -> None:
        if self._thread is not None and self._thread.is_alive():
            return
        with self._start_lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._listen, name="notifier", daemon=True)
                self._thread.start()

    def _listen(self) -> None:
        while True:
            try:
                with self._client.pubsub(ignore_subscribe_messages=True) as pubsub:  # type: ignore[no-untyped-call]
                    pubsub.subscribe(CHANNEL)
                    self._listening = True
                    while True:
                        message = pubsub.get_message(timeout=5.0)
                        if message is not None:
                            self._wake(int(message["data"]))
            except (redis.RedisError, OSError, ValueError) as error:
                if self._listening:
                    log.warning("notifier_lost", extra={"reason": type(error).__name__})
                self._listening = False
                time.sleep(0.5)

    def _wake(self, conversation_id: int) -> None:
        with self._changed:
            if conversation_id in self._waiting:
                self._stamps[conversation_id] = self._stamps.get(conversation_id, 0) + 1
                self._changed.notify_all()
