"""Live changes of public transport."""

from __future__ import annotations

import contextlib

from redis.exceptions import LockError

from backend.celery_app import app
from backend.transit_feeds import DEADLINE_SECONDS
from backend.wiring import container

LOCK = "concierge:transit:poll"
# Beyond the deadlines of all addresses: what storing may take.
_TO_SPARE_SECONDS = 30.0


@app.task(name="transit.poll_realtime")
def poll_realtime() -> None:
    """Fetches the GTFS-Realtime feeds; does nothing where none is configured, or while another worker is at it.

    The lock of a worker that was killed runs out by itself.
    """
    parts = container()
    addresses = parts.transit_realtime.addresses
    if not addresses:
        return
    longest = addresses * DEADLINE_SECONDS + _TO_SPARE_SECONDS
    lock = parts.redis.lock(LOCK, timeout=longest, blocking=False)
    if not lock.acquire():
        return
    try:
        parts.transit_realtime.poll(parts.fetch_realtime)
    finally:
        with contextlib.suppress(LockError):  # it ran out meanwhile, and another may have it
            lock.release()
