"""Which event wakes which job: the one place where anything is put on a queue, and always after the commit."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

import redis
from celery import Celery
from kombu.exceptions import KombuError, OperationalError

from backend.models.events import Event
from backend.notifier import Notifier

log = logging.getLogger(__name__)

# While the broker is away nobody waits for it: the sweeper wakes the work when it is back.
REST_SECONDS = 3.0


# Whom these concern is told at once; what follows from the others, the sweeper finds soon enough.
_TOLD = ("alert.raised", "alert.updated", "alert.cleared", "reading.threshold_passed", "reading.threshold_cleared")


def conversation_of(event: Event) -> int:
    """The id in a subject `conversation/17`."""
    return int(event.subject.removeprefix("conversation/"))


class Jobs:
    """Hands recorded events on: Celery tasks for the workers, a hint for those who wait in the web process."""

    def __init__(self, celery: Celery, notifier: Notifier) -> None:
        self._celery = celery
        self._notifier = notifier
        self._rest_until = 0.0
        self._lock = threading.Lock()
        self._wakes: dict[str, Callable[[Event], None]] = {
            "message.received": lambda event: self.send("turns.drain", conversation_of(event)),
            "turn.answered": self._answered,
            "turn.held": self._answered,
            "message.queued": lambda event: self.send("outbound.deliver", conversation_of(event)),
            "notice.created": lambda event: self.send("notices.send"),
            "notice.shown": lambda event: self._notifier.publish(conversation_of(event)),
            "content.changed": lambda event: self.send("content.push_gazetteer"),
            **dict.fromkeys(_TOLD, lambda event: self.send("events.follow")),
        }

    def after_commit(self, events: list[Event]) -> None:
        """Never raises: what is committed is committed, and the sweeper finds what was not handed on."""
        told = [event for event in events if event.type == "notice.created"]
        for event in events:
            if event in told[1:]:
                continue  # one look finds them all
            wake = self._wakes.get(event.type)
            if wake is None or time.monotonic() < self._rest_until:
                continue
            try:
                wake(event)
            except (KombuError, OperationalError, redis.RedisError, OSError) as error:
                self._rest_until = time.monotonic() + REST_SECONDS
                log.warning("broker_unreachable", extra={"event": event.type, "reason": type(error).__name__})

    def _answered(self, event: Event) -> None:
        self._notifier.publish(conversation_of(event))
        if event.data.get("deliver_in") is not None:
            self.send("outbound.deliver", conversation_of(event), countdown=event.data["deliver_in"] or None)

    def send(self, task: str, *args: object, countdown: float | None = None) -> None:
        """Puts a task on its queue. Raises when the broker cannot be reached."""
        self._celery.send_task(task, args=args, countdown=countdown, retry=False, ignore_result=True)
