"""The search: RAPTOR (Delling, Pajor, Werneck: Round-Based Public Transit Routing, 2012).

Round k finds for every stop the earliest arrival with k rides. Between two rides one walks once, along a footpath; so
the time of getting off a vehicle is kept apart from that of being at a stop on foot.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from backend.services.transit.timetable import Timetable
from backend.services.transit.walking import Footpaths

_NEVER = 1 << 60


class Ride(NamedTuple):
    """A ride on run `run` of row `row` of a timetable, from its `board`-th to its `alight`-th stop."""

    row: int
    run: int
    board: int
    alight: int


@dataclass(frozen=True, slots=True)
class Found:
    """Rides in order, arriving at the target at `arrival`; between them one changes along footpaths."""

    arrival: int
    rides: tuple[Ride, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """The ways found, and for each stop the earliest time of being there (a huge number where nothing led there before
    the best arrival).
    """

    found: list[Found]
    reached: list[int]


def search(
    timetable: Timetable,
    paths: Footpaths,
    sources: Mapping[int, int],
    targets: Mapping[int, int],
    max_rides: int,
    before: int = _NEVER,
    latest: Sequence[int] | None = None,
    left: Sequence[int] | None = None,
) -> Result:
    """The best ways with one ride or more: each arrives earlier than all with fewer rides.

    `sources` holds the time at which one can be at a stop, `targets` the seconds from a stop to the end. What does not
    arrive earlier than `before` is left out, and so is what would get off at a stop after its time in `latest`. From a
    stop to the end it takes `left` seconds or more: what cannot be in time any more is not followed.
    """
    rows, at_stop = timetable.rows, timetable.at_stop
    at_foot = [_NEVER] * len(at_stop)  # being at a stop, in any round so far
    by_ride = [_NEVER] * len(at_stop)  # getting off there
    for stop, time in sources.items():
        at_foot[stop] = time
    # For each round: how a stop was reached by a ride, and from where on foot (itself: it was got off there).
    ridden: list[dict[int, tuple[int, int, int, int]]] = [{}]
    walked: list[dict[int, int]] = [dict.fromkeys(sources, -1)]
    marked = set(sources)
    bound = before
    left = left if left is not None else [0] * len(at_stop)
    results: list[Found] = []
    while marked and len(ridden) <= max_rides:
        queue: dict[int, int] = {}
        for stop in marked:
            for number, position in at_stop[stop]:
                if queue.get(number, _NEVER) > position:
                    queue[number] = position
        last_round = at_foot[:]
        rides: dict[int, tuple[int, int, int, int]] = {}
        for number, start in queue.items():
            row = rows[number]
            pattern, count, arrival, departure = row.pattern, row.count, row.arrival, row.departure
            may_board, may_alight = pattern.may_board, pattern.may_alight
            run, board, base = count, -1, start * count
            for position in range(start, len(pattern.stops)):
                stop = pattern.stops[position]
                if run < count:
                    time = arrival[base + run]
                    if (
                        time < by_ride[stop]
                        and time + left[stop] < bound
                        and may_alight[position]
                        and (latest is None or time <= latest[stop])
                    ):
                        by_ride[stop] = time
                        rides[stop] = (number, run, board, position)
                        if stop in targets and time + targets[stop] < bound:
                            bound = time + targets[stop]
                ready = last_round[stop]
                if ready < bound and (run == count or ready <= departure[base + run]) and may_board[position]:
                    earlier = bisect_left(departure, ready, base, base + run) - base
                    if earlier < run:
                        run, board = earlier, position
                base += count
        on_foot: dict[int, int] = {}
        for stop in rides:
            time = by_ride[stop]
            for other, seconds in paths[stop]:
                there = time + seconds
                if there >= bound:
                    break  # they are sorted by time
                if there < at_foot[other] and there + left[other] < bound:
                    at_foot[other] = there
                    on_foot[other] = stop
        ridden.append(rides)
        walked.append(on_foot)
        marked = set(on_foot)
        ends = [(by_ride[stop] + targets[stop], stop) for stop in rides.keys() & targets.keys()]
        time, stop = min(ends, default=(_NEVER, -1))
        if time < (results[-1].arrival if results else before):
            results.append(Found(time, _trace(timetable, ridden, walked, stop)))
    return Result(results, at_foot)


def _trace(
    timetable: Timetable,
    ridden: list[dict[int, tuple[int, int, int, int]]],
    walked: list[dict[int, int]],
    stop: int,
) -> tuple[Ride, ...]:
    """The rides that led to getting off at a stop in the last round."""
    rides: list[Ride] = []
    number = len(ridden) - 1
    while True:
        ride = Ride(*ridden[number][stop])
        rides.append(ride)
        start = timetable.rows[ride.row].pattern.stops[ride.board]
        number = next(earlier for earlier in range(number - 1, -1, -1) if start in walked[earlier])
        stop = walked[number][start]
        if number == 0:
            return tuple(reversed(rides))


def tighten(timetable: Timetable, paths: Footpaths, rides: tuple[Ride, ...]) -> tuple[Ride, ...]:
    """The same way with each ride but the last as late as it may be: less waiting on the way, more before it."""
    later = [rides[-1]]
    for ride in reversed(rides[:-1]):
        after = later[0]
        next_row, row = timetable.rows[after.row], timetable.rows[ride.row]
        leaves = next_row.departure[after.board * next_row.count + after.run]
        seconds = dict(paths[row.pattern.stops[ride.alight]])[next_row.pattern.stops[after.board]]
        base = ride.alight * row.count
        run = ride.run
        while run + 1 < row.count and row.arrival[base + run + 1] + seconds <= leaves:
            run += 1
        later.insert(0, Ride(ride.row, run, ride.board, ride.alight))
    return tuple(later)
