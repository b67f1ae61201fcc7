"""Waiting for a condition instead of for a time."""

from __future__ import annotations

import time
from collections.abc import Callable

PAUSE_SECONDS = 0.1


def wait_for[Found](look: Callable[[], Found | None], seconds: float, what: str) -> Found:
    """What `look` gives as soon as it is true. Fails, saying what never came, after `seconds`."""
    end = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > end:
            raise AssertionError(f"did not happen within {seconds:g} s: {what} (last look: {found!r})")
        time.sleep(PAUSE_SECONDS)
