"""All runs around one day, laid out for the search: by pattern, ordered, none overtaking another.

A run is a trip on a service day, or one of the runs of a trip with a frequency. Times are seconds after the start of
the day asked about: those of the days before reach into it (25:10 is ten past one), those of the day after follow. Who
wants to arrive early in the morning may have to leave the evening before, so that the whole day before is there too.
"""

from __future__ import annotations

import datetime as dt
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from backend.services.transit.feed import Feed, Ints
from backend.services.transit.patterns import Pattern, Patterns
from backend.services.transit.service_days import DAY_SECONDS, day_start


@dataclass(frozen=True)
class Change:
    """What is different about a trip on a day: new times of its stops, or that it does not run, or passes stops.

    `arrivals` and `departures` are seconds of the service day by position in the trip. Of a trip that runs again and
    again (frequencies.txt), the runs that begin at the `cancelled_starts`, seconds of the service day, do not.
    """

    arrivals: Ints | None = None
    departures: Ints | None = None
    skipped: frozenset[int] = frozenset()
    cancelled: bool = False
    cancelled_starts: frozenset[int] = frozenset()


# By trip index and service day.
Changes = Mapping[tuple[int, dt.date], Change]


@dataclass(frozen=True)
class Row:
    """The runs of a pattern that do not overtake each other. `arrival[i * count + run]` is that at its i-th stop."""

    pattern: Pattern
    count: int
    arrival: array[int]
    departure: array[int]
    trips: tuple[int, ...]
    offsets: tuple[int, ...]  # of the service day and, with a frequency, of the run


@dataclass(frozen=True)
class Timetable:
    """The rows, and for each stop the rows that call there with the position in each.

    `metres_a_second` is the fastest that anything moves that day, see `Network.metres_a_second`.
    """

    day: dt.date
    rows: tuple[Row, ...]
    at_stop: tuple[tuple[tuple[int, int], ...], ...]
    backwards: bool = False
    metres_a_second: float | None = None

    def backward(self) -> Timetable:
        """The same seen from the end: stops in reverse, times negated, so that arriving by is departing at."""
        rows = tuple(_backward(row) for row in self.rows)
        at_stop = _at_stop(rows, len(self.at_stop))
        return Timetable(self.day, rows, at_stop, not self.backwards, self.metres_a_second)


@dataclass
class _Runs:
    """Runs collected day by day."""

    trips: list[Ints] = field(default_factory=list)
    offsets: list[Ints] = field(default_factory=list)

    def add(self, trips: Ints, offset: int | Ints) -> None:
        self.trips.append(trips)
        self.offsets.append(np.broadcast_to(np.asarray(offset, np.int32), trips.shape))


def service_days(feed: Feed, day: dt.date) -> list[dt.date]:
    """The service days whose runs the timetable of a day holds: the day before, what reaches into that, the day itself
    and the day after.
    """
    longest = int(feed.stop_times.arrival.max(initial=0))
    return [day + dt.timedelta(days=step) for step in range(-(longest // DAY_SECONDS + 1), 2)]


def build_timetable(
    feed: Feed, patterns: Patterns, day: dt.date, zone: ZoneInfo, changes: Changes, metres_a_second: float | None = None
) -> Timetable:
    """The timetable of a day, with the day before, what reaches into that, and the day after."""
    begin = day_start(day, zone)
    runs, rows = _Runs(), []
    by_trip = _by_trip(feed.frequencies)
    for service_day in service_days(feed, day):
        offset = round((day_start(service_day, zone) - begin).total_seconds())
        active = np.array([service.runs_on(service_day) for service in feed.services], bool)
        trips = np.flatnonzero(active[feed.trips.service] & (patterns.of_trip >= 0)).astype(np.int32)
        # What was over before the day before began is of no use.
        last = feed.stop_times.arrival[feed.trips.first[trips + 1] - 1]
        for at in np.flatnonzero([int(trip) in by_trip for trip in trips]) if by_trip else ():
            trip = int(trips[at])
            change = changes.get((trip, service_day))
            if change is not None and change.cancelled:
                continue
            starts = np.concatenate([np.arange(*span, dtype=np.int32) for span in by_trip[trip]])
            if change is not None and change.cancelled_starts:
                starts = starts[~np.isin(starts, list(change.cancelled_starts))]
            shift = starts - feed.stop_times.departure[feed.trips.first[trip]] + offset
            shift = shift[last[at] + shift >= -DAY_SECONDS]
            runs.add(np.full(len(shift), trip, np.int32), shift)
        plain = np.array([int(trip) not in by_trip for trip in trips], bool) if by_trip else np.ones(len(trips), bool)
        changed = np.array([(int(trip), service_day) in changes for trip in trips], bool) if changes else ~plain & False
        runs.add(trips[plain & ~changed & (last + offset >= -DAY_SECONDS)], offset)
        for trip in trips[plain & changed].tolist():
            rows += _changed_row(feed, patterns, trip, offset, changes[trip, service_day])
    rows = [*_rows(feed, patterns, runs), *rows]
    return Timetable(day, tuple(rows), _at_stop(tuple(rows), len(feed.stops)), False, metres_a_second)


def _by_trip(frequencies: Ints) -> dict[int, list[tuple[int, int, int]]]:
    found: dict[int, list[tuple[int, int, int]]] = {}
    for trip, start, end, headway, _ in frequencies.tolist():
        found.setdefault(trip, []).append((start, end, headway))
    return found


def _rows(feed: Feed, patterns: Patterns, runs: _Runs) -> Iterator[Row]:
    trips = np.concatenate(runs.trips) if runs.trips else np.zeros(0, np.int32)
    if not len(trips):
        return
    offsets = np.concatenate(runs.offsets)
    first = feed.trips.first[trips]
    leaves = feed.stop_times.departure[first] + offsets
    pattern_of = patterns.of_trip[trips]
    order = np.lexsort((leaves, pattern_of))
    trips, offsets, first, pattern_of = trips[order], offsets[order], first[order], pattern_of[order]
    cuts = np.flatnonzero(np.diff(pattern_of)) + 1
    for begin, end in zip([0, *cuts.tolist()], [*cuts.tolist(), len(trips)], strict=True):
        pattern = patterns.patterns[pattern_of[begin]]
        at = first[begin:end, None] + np.arange(len(pattern.stops), dtype=np.int32)
        shift = offsets[begin:end, None]
        arrivals, departures = feed.stop_times.arrival[at] + shift, feed.stop_times.departure[at] + shift
        for some in _not_overtaking(arrivals, departures):
            yield _row(pattern, arrivals[some], departures[some], trips[begin:end][some], offsets[begin:end][some])


def _not_overtaking(arrivals: Ints, departures: Ints) -> list[npt.NDArray[np.int64]]:
    """The runs in as few groups as it takes for each to be later than the one before at every stop."""
    everyone = np.arange(len(arrivals))
    if len(arrivals) < 2 or not ((np.diff(arrivals, axis=0) < 0).any() or (np.diff(departures, axis=0) < 0).any()):
        return [everyone]
    groups: list[list[int]] = []
    for run in everyone.tolist():
        for group in groups:
            last = group[-1]
            if (arrivals[run] >= arrivals[last]).all() and (departures[run] >= departures[last]).all():
                group.append(run)
                break
        else:
            groups.append([run])
    return [np.array(group) for group in groups]


def _row(pattern: Pattern, arrivals: Ints, departures: Ints, trips: Ints, offsets: Ints) -> Row:
    return Row(
        pattern,
        len(trips),
        array("i", np.ascontiguousarray(arrivals.T, np.int32).tobytes()),
        array("i", np.ascontiguousarray(departures.T, np.int32).tobytes()),
        tuple(trips.tolist()),
        tuple(offsets.tolist()),
    )


def _changed_row(feed: Feed, patterns: Patterns, trip: int, offset: int, change: Change) -> list[Row]:
    if change.cancelled:
        return []
    pattern = patterns.patterns[patterns.of_trip[trip]]
    span = slice(int(feed.trips.first[trip]), int(feed.trips.first[trip + 1]))
    arrivals = feed.stop_times.arrival[span] if change.arrivals is None else change.arrivals
    departures = feed.stop_times.departure[span] if change.departures is None else change.departures
    if change.skipped:
        stays = [at not in change.skipped for at in range(len(pattern.stops))]
        pattern = Pattern(
            pattern.stops,
            tuple(may and stay for may, stay in zip(pattern.may_board, stays, strict=True)),
            tuple(may and stay for may, stay in zip(pattern.may_alight, stays, strict=True)),
        )
    one = np.array([trip], np.int32)
    return [_row(pattern, arrivals[None] + offset, departures[None] + offset, one, np.array([offset], np.int32))]


def _at_stop(rows: tuple[Row, ...], stops: int) -> tuple[tuple[tuple[int, int], ...], ...]:
    found: list[list[tuple[int, int]]] = [[] for _ in range(stops)]
    for number, row in enumerate(rows):
        for position, stop in enumerate(row.pattern.stops):
            found[stop].append((number, position))
    return tuple(map(tuple, found))


def _backward(row: Row) -> Row:
    shape = (len(row.pattern.stops), row.count)
    arrivals = np.frombuffer(row.arrival, np.int32).reshape(shape)
    departures = np.frombuffer(row.departure, np.int32).reshape(shape)
    pattern = Pattern(row.pattern.stops[::-1], row.pattern.may_alight[::-1], row.pattern.may_board[::-1])
    flipped = (-departures[::-1, ::-1]).T, (-arrivals[::-1, ::-1]).T
    return _row(pattern, *flipped, np.array(row.trips[::-1]), np.array(row.offsets[::-1]))
