"""Timetables of days, built when first asked for and kept for the next question."""

from __future__ import annotations

import datetime as dt
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future

from backend.services.transit.timetable import Timetable

# A timetable of a large city takes some 10 MB. Beside those of today and tomorrow so many others stay: two days, each
# with its reverse.
FAR_KEPT = 4

Key = tuple[dt.date, bool]  # a day, and whether it is seen from the end


class TimetableCache:
    """Threads share it. Of a day only the newest version is kept; `today` gives the date in the feed's time zone."""

    def __init__(self, today: Callable[[], dt.date]) -> None:
        self._today = today
        self._lock = threading.Lock()
        self._kept: OrderedDict[Key, tuple[int, Timetable]] = OrderedDict()
        self._under_way: dict[tuple[Key, int], Future[Timetable]] = {}

    def get(self, key: Key, version: int, build: Callable[[], Timetable]) -> Timetable:
        """The timetable of a day in a version of the live changes.

        It is built outside the lock: who asks for another day does not wait. Who asks for the same one meanwhile waits
        for the one builder, and gets its result or its exception.
        """
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None and kept[0] == version:
                self._kept.move_to_end(key)
                return kept[1]
            coming = self._under_way.get((key, version))
            ours = coming is None
            if coming is None:
                coming = self._under_way[key, version] = Future()
        if not ours:
            return coming.result()
        try:
            built = build()
        except BaseException as error:
            with self._lock:
                del self._under_way[key, version]
            coming.set_exception(error)
            raise
        with self._lock:
            del self._under_way[key, version]
            self._keep(key, version, built)
        coming.set_result(built)
        return built

    def days(self) -> set[dt.date]:
        """The days of which a timetable is kept."""
        with self._lock:
            return {day for day, _ in self._kept}

    def _keep(self, key: Key, version: int, built: Timetable) -> None:
        """Keeps one; drops those not used for longest, but none of today or tomorrow: nearly all questions are on
        these, and whoever asks for one far day after another must not make the others wait for theirs.
        """
        self._kept[key] = version, built
        self._kept.move_to_end(key)
        today = self._today()
        near = (today, today + dt.timedelta(days=1))
        far = [one for one in self._kept if one[0] not in near]
        for one in far[: max(0, len(far) - FAR_KEPT)]:
            del self._kept[one]
