"""The search against another planner: the same arrivals and the same departures on random feeds."""

from __future__ import annotations

import datetime as dt
import random

import numpy as np
import pytest

from backend.geo import Datum, Point
from backend.services.transit.feed import (
    NO_DROP_OFF,
    NO_PICKUP,
    About,
    Feed,
    Route,
    Stop,
    StopTimes,
    Trips,
)
from backend.services.transit.journeys import End, Journey, plan
from backend.services.transit.network import Network
from backend.services.transit.service_days import Service, seconds_of
from tests.services.transit.brute_force import BruteForce

DAY = dt.date(2026, 7, 15)  # a Wednesday
FEEDS, QUERIES = 20, 50


def random_feed(rng: random.Random) -> Feed:
    """A town with everything that makes searching hard: loops, overtaking, nights, weekdays, frequencies, transfers."""
    stops = tuple(
        Stop(f"s{at}", f"站{at}", point=Point(39.9 + rng.random() * 0.03, 119.5 + rng.random() * 0.04, Datum.WGS84))
        for at in range(rng.randrange(8, 25))
    )
    services = (
        Service("all", 0b1111111, dt.date(2026, 1, 1), dt.date(2026, 12, 31)),
        Service("work", 0b0011111, dt.date(2026, 1, 1), dt.date(2026, 12, 31), removed=frozenset({DAY})),
        Service("once", added=frozenset({DAY - dt.timedelta(days=1), DAY})),
    )
    trips: list[tuple[int, int]] = []
    calls: list[list[tuple[int, int, int, int]]] = []
    for route in range(rng.randrange(3, 8)):
        way = [rng.randrange(len(stops)) for _ in range(rng.randrange(2, 9))]
        for _ in range(rng.randrange(2, 12)):
            at = rng.randrange(0, 27 * 3600) // 60 * 60
            trip = []
            for stop in way:
                left = at + rng.choice((0, 0, 60))
                trip.append((stop, at, left, rng.choice((0, 0, 0, 0, 0, NO_PICKUP, NO_DROP_OFF))))
                at = left + rng.randrange(1, 15) * 60
            trips.append((route, rng.randrange(len(services))))
            calls.append(trip)
    frequencies = [
        (trip, 7 * 3600, 7 * 3600 + rng.randrange(1, 5) * 3600, rng.choice((600, 1260)), rng.randrange(2))
        for trip in rng.sample(range(len(trips)), 2)
    ]
    transfers = [
        (rng.randrange(len(stops)), rng.randrange(len(stops)), kind, rng.choice((0, 200, 600)))
        for kind in (0, 1, 2, 2, 3, 3)
    ]
    flat = np.array([call for trip in calls for call in trip], np.int32)
    count = len(trips)
    return Feed(
        About("random", "Asia/Shanghai"),
        (),
        stops,
        tuple(Route(f"r{at}", str(at)) for at in range(10)),
        services,
        Trips(
            tuple(f"t{at}" for at in range(count)),
            np.array([route for route, _ in trips], np.int32),
            np.array([service for _, service in trips], np.int32),
            np.full(count, -1, np.int32),
            np.zeros(count, np.int32),
            ("",),
            np.concatenate([[0], np.cumsum([len(trip) for trip in calls])]).astype(np.int32),
        ),
        StopTimes(flat[:, 0].copy(), flat[:, 1].copy(), flat[:, 2].copy(), flat[:, 3].astype(np.uint8)),
        frequencies=np.array(frequencies, np.int32),
        transfers=np.array(transfers, np.int32),
    )


def ends(rng: random.Random, feed: Feed) -> tuple[End, End]:
    """Two or three stops each, none shared, with some way to walk."""
    chosen = rng.sample(range(len(feed.stops)), 5)
    walks = {stop: rng.randrange(0, 600) for stop in chosen}
    return End({stop: walks[stop] for stop in chosen[:2]}), End({stop: walks[stop] for stop in chosen[2:]})


def possible(network: Network, journey: Journey) -> None:
    """A journey can be made: its legs join, and each ride is one of the feed's runs."""
    for one, after in zip(journey.legs, journey.legs[1:], strict=False):
        assert one.to_stop == after.from_stop
        assert one.end <= after.start
    for leg in journey.legs:
        assert leg.start <= leg.end
        if not leg.walks:
            first, last = network.feed.trips.first[leg.trip], network.feed.trips.first[leg.trip + 1]
            calls = network.feed.stop_times.stop[first:last].tolist()
            assert leg.from_stop in calls
            assert leg.to_stop in calls


@pytest.mark.parametrize("seed", range(FEEDS))
def test_the_same_times_as_the_other_planner(seed: int) -> None:
    rng = random.Random(seed)
    feed = random_feed(rng)
    network = Network(feed)
    other = BruteForce(feed, DAY, {stop: dict(ways) for stop, ways in enumerate(network.paths)})
    found = 0
    for _ in range(QUERIES):
        origin, destination = ends(rng, feed)
        clock = rng.randrange(0, 24 * 3600)
        when = dt.datetime.combine(DAY, dt.time(), network.zone) + dt.timedelta(seconds=clock)
        journeys = plan(network, origin, destination, when, max_rides=20)
        sources = {stop: clock + walk for stop, walk in origin.stops.items()}
        expected = other.earliest(sources, destination.stops)
        arrivals = [seconds_of(journey.end, DAY, network.zone) for journey in journeys]
        assert (min(arrivals) if arrivals else None) == expected
        assert arrivals == sorted(arrivals, reverse=True)
        assert [journey.rides for journey in journeys] == sorted({journey.rides for journey in journeys})
        assert all(journey.start >= when for journey in journeys)
        for journey in journeys:
            # Of all ways that arrive then with so few rides, one that leaves last.
            same = plan(network, origin, destination, journey.end, arrive_by=True, max_rides=journey.rides)
            assert max(one.start for one in same) == journey.start

        back = plan(network, origin, destination, when, arrive_by=True, max_rides=20)
        latest = other.latest(origin.stops, destination.stops, clock)
        departures = [seconds_of(journey.start, DAY, network.zone) for journey in back]
        assert (max(departures) if departures else None) == latest
        assert all(journey.end <= when for journey in back)
        for journey in back:
            same = plan(network, origin, destination, journey.start, max_rides=journey.rides)
            assert min(one.end for one in same) == journey.end
        for journey in (*journeys, *back):
            possible(network, journey)
        found += bool(journeys)
    assert found > QUERIES // 4
