"""Ways through a feed whose departure times are not known: lines, stops and changes, never a clock time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from backend.services.transit.feed import Feed
from backend.services.transit.network import Network

MAX_RIDES = 3
# What a ride is taken to last when the order of the stops is not known, and what a change costs: for choosing only,
# they are never told.
_UNKNOWN_SECONDS, _CHANGE_SECONDS = 2_400, 900
_ASSUMED_SECONDS = 120


@dataclass(frozen=True)
class PartialRide:
    """A ride on a line. `stops` and `seconds` (an estimate) are None where the order of its stops is not known;
    `assumed` marks a ride against the one direction that is known.
    """

    route: int
    from_stop: int
    to_stop: int
    stops: int | None
    seconds: int | None
    assumed: bool


@dataclass(frozen=True)
class PartialJourney:
    """Rides in order; between them one changes at the stop or walks `walks[i]` seconds. `seconds` is the estimate for
    all rides together, or None.
    """

    rides: tuple[PartialRide, ...]
    walks: tuple[int, ...]

    @property
    def seconds(self) -> int | None:
        """The estimated time on board, None where one of the rides has none."""
        parts = [ride.seconds for ride in self.rides]
        return None if None in parts else sum(part or 0 for part in parts)


def plan_partial(
    network: Network, origins: Mapping[int, int], destinations: Mapping[int, int], max_rides: int = MAX_RIDES
) -> list[PartialJourney]:
    """Ways from one of some stops to one of others, with the fewest rides that lead there, the likeliest first.

    The mappings hold the seconds of walking to or from each stop.
    """
    rides_of = _rides(network)
    # The best way to each stop with k rides: cost, the stop before, the ride, the walk to its first stop.
    best: dict[int, tuple[float, tuple[PartialRide, ...], tuple[int, ...]]] = {
        stop: (seconds, (), ()) for stop, seconds in origins.items()
    }
    for _ in range(max_rides):
        reached: dict[int, tuple[float, tuple[PartialRide, ...], tuple[int, ...]]] = {}
        for stop, (cost, rides, walks) in best.items():
            for board, walk in _on_foot(network, stop) if rides else ((stop, 0),):
                for ride in rides_of.get(board, ()):
                    if any(ride.route == before.route for before in rides):
                        continue
                    price = cost + walk + (_CHANGE_SECONDS if rides else 0) + _cost(ride)
                    if price < reached.get(ride.to_stop, (float("inf"),))[0]:
                        reached[ride.to_stop] = (price, (*rides, ride), (*walks, walk) if rides else walks)
        ends = sorted(
            (reached[stop][0] + seconds, at, reached[stop])
            for at, (stop, seconds) in enumerate(destinations.items())
            if stop in reached
        )
        if ends:
            return _different([PartialJourney(rides, walks) for _, _, (_, rides, walks) in ends], network, destinations)
        best = reached
    return []


def direct(network: Network, origins: Iterable[int], destinations: Iterable[int]) -> list[PartialRide]:
    """Every line that goes from one of some stops to one of others, the surest first."""
    wanted = set(destinations)
    found: dict[int, PartialRide] = {}
    for stop in origins:
        for ride in _rides(network).get(stop, ()):
            if ride.to_stop in wanted and (ride.route not in found or _cost(ride) < _cost(found[ride.route])):
                found[ride.route] = ride
    return sorted(found.values(), key=_cost)


def _different(journeys: list[PartialJourney], network: Network, ends: Mapping[int, int]) -> list[PartialJourney]:
    """One journey for each set of lines; for direct rides every line there is."""
    first = journeys[0]
    if len(first.rides) == 1:
        rides = direct(network, [first.rides[0].from_stop], ends)
        return [PartialJourney((ride,), ()) for ride in rides] or journeys[:1]
    kept = {tuple(ride.route for ride in journey.rides): journey for journey in reversed(journeys)}
    return [journey for journey in journeys if kept[tuple(ride.route for ride in journey.rides)] is journey]


def _cost(ride: PartialRide) -> float:
    if ride.seconds is None:
        return _UNKNOWN_SECONDS
    return ride.seconds + (_ASSUMED_SECONDS if ride.assumed else 0)


def _on_foot(network: Network, stop: int) -> tuple[tuple[int, int], ...]:
    return ((stop, 0), *((other, seconds) for other, seconds in network.paths[stop] if other != stop))


@lru_cache(maxsize=2)
def _rides(network: Network) -> dict[int, tuple[PartialRide, ...]]:
    """Every ride from each stop: along a sequence, against the only one known, or between stops of a line."""
    found: dict[tuple[int, int, int], PartialRide] = {}
    feed = network.feed
    both_ways = _lines_with_both_directions(feed)

    def add(ride: PartialRide) -> None:
        key = (ride.route, ride.from_stop, ride.to_stop)
        if key not in found or _cost(ride) < _cost(found[key]):
            found[key] = ride

    members: dict[int, dict[int, None]] = {}
    for trip in range(len(feed.trips)):
        route = int(feed.trips.route[trip])
        begin, end = int(feed.trips.first[trip]), int(feed.trips.first[trip + 1])
        stops = feed.stop_times.stop[begin:end].tolist()
        times = feed.stop_times.arrival[begin:end].tolist()
        members.setdefault(route, {}).update(dict.fromkeys(stops))
        for i in range(len(stops)):
            for j in range(i + 1, len(stops)):
                seconds = times[j] - times[i]
                add(PartialRide(route, stops[i], stops[j], j - i, seconds, False))
                if route not in both_ways:
                    add(PartialRide(route, stops[j], stops[i], j - i, seconds, True))
    for route, stop in feed.served.tolist():
        members.setdefault(route, {})[stop] = None
    for route, stops_of in members.items():
        for one in stops_of:
            for other in stops_of:
                if one != other and (route, one, other) not in found:
                    add(PartialRide(route, one, other, None, None, False))
    by_stop: dict[int, list[PartialRide]] = {}
    for ride in found.values():
        by_stop.setdefault(ride.from_stop, []).append(ride)
    return {stop: tuple(rides) for stop, rides in by_stop.items()}


def _lines_with_both_directions(feed: Feed) -> set[int]:
    """Lines of which a sequence is known for either direction."""
    signs: dict[int, set[int]] = {}
    for trip in range(len(feed.trips)):
        signs.setdefault(int(feed.trips.route[trip]), set()).add(int(feed.trips.headsign[trip]))
    return {route for route, ends in signs.items() if len(ends) > 1}
