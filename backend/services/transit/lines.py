"""Questions on lines and stops: what a line serves and when, which lines serve a stop."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from backend.services.transit.feed import Feed, Route, Stop
from backend.services.transit.network import Network
from backend.services.transit.service_days import moment_of


@dataclass(frozen=True)
class Direction:
    """A line in one direction: its stops in order. `first` and `last` are the departures from its first stop on the day
    asked about; None where they are not known or it does not run.
    """

    route: int
    headsign: str
    stops: tuple[int, ...]
    first: dt.datetime | None = None
    last: dt.datetime | None = None
    runs: int = 0


def name_of_line(route: Route, lang: str) -> str:
    """The name people call a line by: of a feed of our own as it stands, else by its number."""
    if lang == "en" and route.name_en:
        return route.name_en
    short = route.short_name or route.long_name
    if route.short_name and route.short_name.isascii() and route.short_name.isalnum() and route.type in BUS_TYPES:
        return f"{short}路" if lang == "zh" else f"Bus {short}"
    return short


# GTFS route types of buses: the plain one, and the extended bus and trolleybus services.
BUS_TYPES = frozenset({3, 11, *range(200, 210), *range(700, 717), 800})


def name_of_stop(stop: Stop, lang: str) -> str:
    """The name of a stop in a language, the local one where there is none."""
    return stop.name_en if lang == "en" and stop.name_en else stop.name


def directions(network: Network, route: int, day: dt.date | None = None) -> list[Direction]:
    """The ways a line takes, the most used of each direction, with the first and last departure of a day."""
    feed = network.feed
    trips = np.flatnonzero(feed.trips.route == route)
    if not len(trips):
        return []
    used: dict[tuple[int, str], dict[int, list[int]]] = {}
    for trip in trips.tolist():
        pattern = int(network.patterns.of_trip[trip])
        if pattern >= 0:
            key = (int(feed.trips.direction[trip]), feed.trips.headsigns[feed.trips.headsign[trip]])
            used.setdefault(key, {}).setdefault(pattern, []).append(trip)
    found = []
    for (_, headsign), by_pattern in sorted(used.items()):
        pattern = max(by_pattern, key=lambda at: (len(by_pattern[at]), len(network.patterns.patterns[at].stops)))
        stops = network.patterns.patterns[pattern].stops
        here = [
            trip
            for some in by_pattern.values()
            for trip in some
            if _same_terminus(network, _first_stop(feed, trip), stops[0])
        ]
        leaves = _departures(network, here, day) if day else []
        first, last = (leaves[0], leaves[-1]) if leaves else (None, None)
        found.append(Direction(route, headsign, stops, first, last, len(leaves)))
    return _main(found)


def _first_stop(feed: Feed, trip: int) -> int:
    return int(feed.stop_times.stop[feed.trips.first[trip]])


def _same_terminus(network: Network, one: int, other: int) -> bool:
    """Whether two stops are the same or two bays of one terminus: a trip that begins elsewhere on the way is a short
    working, and does not leave from the line's first stop.
    """
    if one == other:
        return True
    first, second = network.feed.stops[one], network.feed.stops[other]
    return first.parent == second.parent if first.parent >= 0 else first.name == second.name


def _main(found: list[Direction]) -> list[Direction]:
    """Without ways that are a part of another one: short workings, with a headsign of their own."""
    longest = sorted(found, key=lambda way: -len(way.stops))
    kept: list[Direction] = []
    for way in longest:
        inside = any(_is_part(way.stops, other.stops) for other in kept)
        if not inside:
            kept.append(way)
    return kept


def _is_part(part: tuple[int, ...], whole: tuple[int, ...]) -> bool:
    rest = iter(whole)
    return all(stop in rest for stop in part)


def _departures(network: Network, trips: list[int], day: dt.date) -> list[dt.datetime]:
    feed = network.feed
    if feed.about.partial:
        return []
    frequent: dict[int, list[tuple[int, int, int]]] = {}
    for trip, start, end, headway, _ in feed.frequencies.tolist():
        frequent.setdefault(trip, []).append((start, end, headway))
    seconds: list[int] = []
    for trip in trips:
        if not feed.services[feed.trips.service[trip]].runs_on(day):
            continue
        if trip in frequent:
            seconds += [at for span in frequent[trip] for at in range(*span)]
        else:
            seconds.append(int(feed.stop_times.departure[feed.trips.first[trip]]))
    return [moment_of(at, day, network.zone) for at in sorted(seconds)]


def stops_of(network: Network, route: int) -> list[int]:
    """Every stop a line is known to serve, in the order of its longest way, then those of unknown order."""
    ordered = dict.fromkeys(stop for way in directions(network, route) for stop in way.stops)
    extra = network.feed.served[network.feed.served[:, 0] == route, 1].tolist()
    return list(dict.fromkeys([*ordered, *extra]))


def unordered(network: Network, route: int) -> list[int]:
    """Stops a line is known to serve, though not where on its way."""
    served = network.feed.served
    return [int(stop) for stop in served[served[:, 0] == route, 1]]


def lines_at(network: Network, stops: Iterable[int]) -> list[int]:
    """Lines that serve one of some stops, in the order of their numbers."""
    by_stop = _lines_by_stop(network)
    found = {
        route for stop in stops for platform in network.platforms.get(stop, (stop,)) for route in by_stop[platform]
    }
    return sorted(found, key=lambda route: line_order(network.feed.routes[route]))


def line_order(route: Route) -> tuple[int, int, str]:
    """Sorts lines as people list them: by number, then the others by name."""
    name = route.short_name or route.long_name
    number = re.match(r"[0-9]{1,9}", name)
    return (0, int(number[0]), name) if number else (1, 0, name)


@lru_cache(maxsize=2)
def _lines_by_stop(network: Network) -> list[set[int]]:
    feed = network.feed
    found: list[set[int]] = [set() for _ in feed.stops]
    for trip, pattern in enumerate(network.patterns.of_trip.tolist()):
        route = int(feed.trips.route[trip])
        if pattern >= 0:
            for stop in network.patterns.patterns[pattern].stops:
                found[stop].add(route)
    for route, stop in feed.served.tolist():
        found[stop].add(route)
    return found
