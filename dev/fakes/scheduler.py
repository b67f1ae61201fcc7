"""Runs small jobs later in background threads: delivery callbacks must not hold the answer to the sender."""

from __future__ import annotations

import heapq
import itertools
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Condition, Thread

Job = Callable[[], None]
LOG = logging.getLogger(__name__)


class Scheduler:
    """One clock thread that hands due jobs to a few workers; at most `limit` jobs wait, further ones are dropped."""

    def __init__(self, workers: int = 8, limit: int = 50_000) -> None:
        self._jobs: list[tuple[float, int, Job]] = []
        self._order = itertools.count()
        self._changed = Condition()
        self._limit = limit
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="fakes-callback")
        self._clock: Thread | None = None

    def after(self, seconds: float, job: Job) -> None:
        """Run `job` once, `seconds` from now."""
        with self._changed:
            if self._clock is None:
                # Started with the first job, hence after gunicorn has forked: threads do not survive a fork.
                self._clock = Thread(target=self._run, name="fakes-clock", daemon=True)
                self._clock.start()
            if len(self._jobs) < self._limit:
                heapq.heappush(self._jobs, (time.monotonic() + seconds, next(self._order), job))
                self._changed.notify()

    def clear(self) -> None:
        """Drop the jobs that are still waiting."""
        with self._changed:
            self._jobs.clear()

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._jobs or self._jobs[0][0] > time.monotonic():
                    self._changed.wait(self._jobs[0][0] - time.monotonic() if self._jobs else None)
                _due, _order, job = heapq.heappop(self._jobs)
            self._pool.submit(_guarded, job)


def _guarded(job: Job) -> None:
    try:
        job()
    except Exception:
        LOG.exception("A delivery callback failed")
