"""Another planner to compare with: Dijkstra over every event of three days, written without a look at the product's.

A state is a moment at a stop together with how one came there, since after a walk one may not walk again.
"""

from __future__ import annotations

import datetime as dt
import heapq
from collections import defaultdict
from collections.abc import Mapping

from backend.services.transit.feed import NO_DROP_OFF, NO_PICKUP, Feed

Ways = Mapping[int, Mapping[int, int]]  # from stop, to stop, seconds; to itself: a change


class BruteForce:
    """Every run of a feed around a day as a list of calls (stop, arrival, departure, may board, may alight)."""

    def __init__(self, feed: Feed, day: dt.date, ways: Ways) -> None:
        self.ways = ways
        self.runs: list[list[tuple[int, int, int, bool, bool]]] = []
        headways = defaultdict(list)
        for trip, start, end, headway, _ in feed.frequencies.tolist():
            headways[trip] += list(range(start, end, headway))
        for step in (-2, -1, 0, 1):
            running = [service.runs_on(day + dt.timedelta(days=step)) for service in feed.services]
            for trip in range(len(feed.trips)):
                if not running[feed.trips.service[trip]]:
                    continue
                calls = range(int(feed.trips.first[trip]), int(feed.trips.first[trip + 1]))
                times = feed.stop_times
                leaves = int(times.departure[calls[0]])
                for start in headways.get(trip, [leaves]):
                    shift = step * 86_400 + start - leaves
                    self.runs.append(
                        [
                            (
                                int(times.stop[at]),
                                int(times.arrival[at]) + shift,
                                int(times.departure[at]) + shift,
                                not times.flags[at] & NO_PICKUP,
                                not times.flags[at] & NO_DROP_OFF,
                            )
                            for at in calls
                        ]
                    )
        # As the product: from the beginning of the day before on.
        self.runs = [run for run in self.runs if run[-1][1] >= -86_400]
        self.boarding: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
        for number, run in enumerate(self.runs):
            for position, (stop, _, departure, may_board, _) in enumerate(run):
                if may_board:
                    self.boarding[stop].append((departure, number, position))

    def earliest(self, sources: Mapping[int, int], targets: Mapping[int, int]) -> int | None:
        """The earliest arrival with at least one ride."""
        best = None
        seen: set[tuple[int, int]] = set()  # calls of runs one can be on board at
        queue = [(time, stop) for stop, time in sources.items()]
        heapq.heapify(queue)
        while queue:
            time, stop = heapq.heappop(queue)
            if best is not None and time >= best:
                break
            for departure, number, position in self.boarding[stop]:
                if departure < time or (number, position) in seen:
                    continue
                run = self.runs[number]
                for at in range(position + 1, len(run)):
                    seen.add((number, at - 1))
                    where, arrival, _, _, may_alight = run[at]
                    if not may_alight:
                        continue
                    if where in targets and (best is None or arrival + targets[where] < best):
                        best = arrival + targets[where]
                    for other, seconds in self.ways.get(where, {}).items():
                        heapq.heappush(queue, (arrival + seconds, other))
        return best

    def latest(self, sources: Mapping[int, int], targets: Mapping[int, int], by: int) -> int | None:
        """The latest departure for an arrival by some moment, found by trying every departure there is, latest first.

        `sources` are seconds of walking to a stop.
        """
        moments = {departure - walk for stop, walk in sources.items() for departure, _, _ in self.boarding[stop]}
        for moment in sorted(moments, reverse=True):
            if moment > by:
                continue
            arrival = self.earliest({stop: moment + walk for stop, walk in sources.items()}, targets)
            if arrival is not None and arrival <= by:
                return moment
        return None
