"""A feed with what answering takes: patterns, footpaths, timetables of days, what is found by id or name."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from backend.services.transit.feed import PLATFORM, STATION, Feed, Ints
from backend.services.transit.patterns import Patterns, find_patterns
from backend.services.transit.timetable import Changes, Timetable, build_timetable, service_days
from backend.services.transit.timetable_cache import TimetableCache
from backend.services.transit.walking import Around, Footpaths, footpaths, mirrored

LINE, STOP = "bus_line", "bus_stop"
_PLAIN_ID = re.compile(r"^[a-z0-9_.-]{1,40}$")


class Network:
    """One version of a feed. Threads share it: what is built on demand depends on the feed alone."""

    def __init__(self, feed: Feed, feed_id: int = 0) -> None:
        self.feed = feed
        self.feed_id = feed_id
        self.zone = ZoneInfo(feed.about.timezone)
        self.line_keys = _keys(LINE, (route.id for route in feed.routes))
        self.stop_keys = _keys(STOP, (stop.id for stop in feed.stops))
        self._timetables = TimetableCache(lambda: dt.datetime.now(self.zone).date())

    @cached_property
    def lines(self) -> dict[str, int]:
        """Routes by record id (`bus_line:34`)."""
        return {key: at for at, key in enumerate(self.line_keys)}

    @cached_property
    def stops(self) -> dict[str, int]:
        """Stops by record id (`bus_stop:…`)."""
        return {key: at for at, key in enumerate(self.stop_keys)}

    @cached_property
    def patterns(self) -> Patterns:
        """The patterns of the feed."""
        return find_patterns(self.feed)

    @cached_property
    def around(self) -> Around:
        """Finds stops by distance."""
        return Around(self.feed.stops)

    @cached_property
    def paths(self) -> Footpaths:
        """Where one can change."""
        return footpaths(self.feed.stops, self.feed.transfers, self.around)

    @cached_property
    def paths_back(self) -> Footpaths:
        """The same for a search from the end."""
        return mirrored(self.paths)

    @cached_property
    def metres_a_second(self) -> float | None:
        """The fastest that anything moves from stop to stop, in a straight line; None where positions or times leave it
        open (a stop without a position, two stops in no time).
        """
        feed = self.feed
        if any(stop.point is None for stop in feed.stops if stop.location_type == PLATFORM):
            return None
        stops = feed.stop_times.stop
        hop = np.ones(max(len(stops) - 1, 0), bool)
        hop[feed.trips.first[1:-1] - 1] = False  # from the end of a trip to the beginning of the next
        metres = self.around.metres(stops[:-1][hop], stops[1:][hop])
        seconds = (feed.stop_times.arrival[1:] - feed.stop_times.departure[:-1])[hop]
        walks = [(one, other, took) for one, ways in enumerate(self.paths) for other, took in ways if one != other]
        if walks:
            ends = np.array(walks, np.int32)
            metres = np.concatenate([metres, self.around.metres(ends[:, 0], ends[:, 1])])
            seconds = np.concatenate([seconds, ends[:, 2]])
        return _fastest(metres, seconds)

    def _with_changes(self, changes: Changes) -> float | None:
        """The same with live changes: a bus that is late catches up, faster than any is scheduled."""
        speed = self.metres_a_second
        for (trip, _), change in changes.items():
            if speed is None:
                return None
            if change.arrivals is None or change.departures is None or len(change.arrivals) < 2:
                continue
            begin, end = int(self.feed.trips.first[trip]), int(self.feed.trips.first[trip + 1])
            stops = self.feed.stop_times.stop[begin:end]
            metres = self.around.metres(stops[:-1], stops[1:])
            if (metres > 0).any():
                of_trip = _fastest(metres, change.arrivals[1:] - change.departures[:-1])
                speed = max(speed, of_trip) if of_trip is not None else None
        return speed

    def seconds_left(self, ends: Mapping[int, int], timetable: Timetable) -> list[int] | None:
        """For each stop a time in which nobody gets from there to one of some stops and on to the end, by a timetable
        of this network; None where no such bound is known.
        """
        speed = timetable.metres_a_second
        if speed is None or not ends:
            return None
        every = np.arange(len(self.feed.stops))
        least = np.full(len(every), np.inf)
        for stop, seconds in ends.items():
            away = self.around.metres(every, np.full(len(every), stop))
            least = np.minimum(least, away / speed + seconds)
        # A second less, for what is rounded on the way. Stations and entrances have no place here and count as near.
        return np.maximum(np.nan_to_num(least) - 1, 0).astype(np.int32).tolist()

    @cached_property
    def inexact_trips(self) -> frozenset[int]:
        """Trips that run about every so many minutes: their times are those of one run that may not happen."""
        return frozenset(trip for trip, _, _, _, exact in self.feed.frequencies.tolist() if not exact)

    @cached_property
    def platforms(self) -> dict[int, tuple[int, ...]]:
        """The stops that a stop or station stands for."""
        below: dict[int, list[int]] = {}
        for at, stop in enumerate(self.feed.stops):
            if stop.location_type == PLATFORM and stop.parent >= 0:
                below.setdefault(stop.parent, []).append(at)
        return {
            at: tuple(below.get(at, ())) if stop.location_type == STATION else (at,)
            for at, stop in enumerate(self.feed.stops)
            if stop.location_type in (PLATFORM, STATION)
        }

    def timetable(self, day: dt.date, backwards: bool, changes: Changes, version: int) -> Timetable:
        """The timetable of a day with the live changes of a version; those of today, tomorrow and the last few others
        asked for are kept.
        """
        reach = service_days(self.feed, day)
        if not any(changed in reach for _, changed in changes):  # so that a far day is not built anew with each poll
            changes, version = {}, 0
        return self._timetable(day, backwards, changes, version)

    def _timetable(self, day: dt.date, backwards: bool, changes: Changes, version: int) -> Timetable:
        def build() -> Timetable:
            if backwards:
                return self._timetable(day, False, changes, version).backward()
            speed = self._with_changes(changes)
            return build_timetable(self.feed, self.patterns, day, self.zone, changes, speed)

        return self._timetables.get((day, backwards), version, build)


def _fastest(metres: npt.NDArray[np.float64], seconds: Ints) -> float | None:
    """The fastest of some ways in metres a second; None where one of them takes no time, or none leads anywhere."""
    moves = metres > 0
    if not moves.any() or (seconds[moves] <= 0).any():
        return None
    return float((metres[moves] / seconds[moves]).max())


def _keys(kind: str, ids: Iterable[str]) -> tuple[str, ...]:
    """Record ids that fit everywhere an id goes (gazetteer, choices, addresses), each once."""
    keys: dict[str, None] = {}
    for id_ in ids:
        plain = id_.lower()
        if not _PLAIN_ID.match(plain) or f"{kind}:{plain}" in keys:
            plain = "x" + hashlib.sha256(id_.encode()).hexdigest()[:16]
        keys[f"{kind}:{plain}"] = None
    return tuple(keys)
