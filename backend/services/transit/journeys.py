"""Journeys by the timetable: from here to there, leaving at or arriving by."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from backend.geo import Point, distance_m
from backend.services.transit.fares import Price, price_of
from backend.services.transit.feed import ARRANGED, ESTIMATED
from backend.services.transit.network import Network
from backend.services.transit.raptor import Ride, search, tighten
from backend.services.transit.service_days import moment_of, seconds_of
from backend.services.transit.timetable import Changes, Timetable
from backend.services.transit.walking import TO_STOP_M, Footpaths, walk_seconds

MAX_RIDES = 4
# Up to here walking all the way is one of the answers.
WALK_ALL_THE_WAY_M = 1_500.0
# Four in the morning, as seconds of the service day before: until then it is still "tonight".
NIGHT_ENDS = 28 * 3600


@dataclass(frozen=True)
class End:
    """Where a journey begins or ends: stops with the seconds of walking to each, and the point if there is one."""

    stops: Mapping[int, int]
    point: Point | None = None


@dataclass(frozen=True)
class Leg:
    """A ride on a line, or a walk. `from_stop` and `to_stop` are indices of stops, -1 for the ends of the journey.

    `start` and `end` are aware, in the feed's time zone. `stops` counts those one rides past or gets off at. `exact` is
    False where times are estimated, `arranged` True where one has to call or tell the driver.
    """

    from_stop: int
    to_stop: int
    start: dt.datetime
    end: dt.datetime
    route: int = -1
    trip: int = -1
    headsign: str = ""
    stops: int = 0
    exact: bool = True
    arranged: bool = False

    @property
    def walks(self) -> bool:
        """Whether it is on foot."""
        return self.route < 0


@dataclass(frozen=True)
class Journey:
    """Legs in order. `price` is None where the feed does not give it."""

    legs: tuple[Leg, ...]
    price: Price | None = None
    rides: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "rides", sum(not leg.walks for leg in self.legs))

    @property
    def start(self) -> dt.datetime:
        """When one sets out."""
        return self.legs[0].start

    @property
    def end(self) -> dt.datetime:
        """When one arrives."""
        return self.legs[-1].end


def end_at(network: Network, point: Point, metres: float = TO_STOP_M) -> End:
    """An end anywhere: the stops around it."""
    return End({stop: walk_seconds(away) for stop, away in network.around.near(point, metres)}, point)


def end_of(network: Network, stops: Iterable[int], point: Point | None = None) -> End:
    """An end at stops or stations."""
    return End({platform: 0 for stop in stops for platform in network.platforms.get(stop, ())}, point)


def plan(
    network: Network,
    origin: End,
    destination: End,
    when: dt.datetime,
    arrive_by: bool = False,
    changes: Changes | None = None,
    version: int = 0,
    max_rides: int = MAX_RIDES,
) -> list[Journey]:
    """Journeys leaving at `when` or later, the earliest arrival for each number of rides; with `arrive_by` those that
    arrive by then, the latest departure for each. Fewest rides first. `when` is aware; `version` names the `changes`.
    """
    when = when.astimezone(network.zone)
    day = when.date()
    clock = seconds_of(when, day, network.zone)
    forward = network.timetable(day, False, changes or {}, version)
    backward = network.timetable(day, True, changes or {}, version)
    ahead, back = (forward, network.paths), (backward, network.paths_back)
    if arrive_by:
        found = _both_ways(network, back, ahead, destination, origin, -clock, max_rides)
        found = [tuple(_turned(backward, ride) for ride in reversed(rides)) for rides in found]
    else:
        found = _both_ways(network, ahead, back, origin, destination, clock, max_rides)
    walk = _walk_only(origin, destination, when, arrive_by)
    journeys = [walk] if walk is not None else []
    for rides in found:
        journey = _journey(network, forward, rides, origin, destination)
        if walk is None or (journey.start > walk.start if arrive_by else journey.end < walk.end):
            journeys.append(journey)
    return journeys


def _both_ways(
    network: Network,
    there: tuple[Timetable, Footpaths],
    back: tuple[Timetable, Footpaths],
    first: End,
    last: End,
    start: int,
    max_rides: int,
) -> list[tuple[Ride, ...]]:
    """Searches from one end, then for each way found from the other, for the way that arrives no later and leaves as
    late as can be: what would be waited for on the way is better waited for before it. Rides are in order from `first`.
    """
    timetable, paths = there
    sources = {stop: start + seconds for stop, seconds in first.stops.items()}
    chosen = []
    result = search(timetable, paths, sources, last.stops, max_rides, left=network.seconds_left(last.stops, timetable))
    # Seen from the other end: nobody can board at a stop before one can be there.
    latest = [-time for time in result.reached]
    for found in result.found:
        board = found.rides[0]
        row = timetable.rows[board.row]
        leaves = row.departure[board.board * row.count + board.run] - first.stops[row.pattern.stops[board.board]]
        ends = {stop: seconds - found.arrival for stop, seconds in last.stops.items()}
        later = search(back[0], back[1], ends, first.stops, len(found.rides), -leaves, latest).found
        if later:
            chosen.append(tuple(_turned(back[0], ride) for ride in reversed(later[-1].rides)))
        else:
            chosen.append(tighten(timetable, paths, found.rides))
    return chosen


def _walk_only(origin: End, destination: End, when: dt.datetime, arrive_by: bool) -> Journey | None:
    if origin.point is None or destination.point is None:
        return None
    metres = distance_m(origin.point, destination.point)
    if metres > WALK_ALL_THE_WAY_M:
        return None
    takes = dt.timedelta(seconds=walk_seconds(metres))
    start = when - takes if arrive_by else when
    return Journey((Leg(-1, -1, start, start + takes, exact=False),))


def _turned(timetable: Timetable, ride: Ride) -> Ride:
    """A ride of a timetable as one of the timetable seen from the other end."""
    row = timetable.rows[ride.row]
    last = len(row.pattern.stops) - 1
    return Ride(ride.row, row.count - 1 - ride.run, last - ride.alight, last - ride.board)


def _journey(network: Network, timetable: Timetable, rides: tuple[Ride, ...], origin: End, destination: End) -> Journey:
    legs: list[Leg] = []
    for ride in rides:
        leg = _ride(network, timetable, ride)
        if legs and legs[-1].to_stop != leg.from_stop:
            walk = dict(network.paths[legs[-1].to_stop])[leg.from_stop]
            begins = legs[-1].end
            legs.append(Leg(legs[-1].to_stop, leg.from_stop, begins, begins + dt.timedelta(seconds=walk), exact=False))
        legs.append(leg)
    to_first = dt.timedelta(seconds=origin.stops[legs[0].from_stop])
    from_last = dt.timedelta(seconds=destination.stops[legs[-1].to_stop])
    if to_first:
        legs.insert(0, Leg(-1, legs[0].from_stop, legs[0].start - to_first, legs[0].start, exact=False))
    if from_last:
        legs.append(Leg(legs[-1].to_stop, -1, legs[-1].end, legs[-1].end + from_last, exact=False))
    return Journey(tuple(legs), price_of(network.feed, [leg for leg in legs if not leg.walks]))


def _ride(network: Network, timetable: Timetable, ride: Ride) -> Leg:
    feed, row = network.feed, timetable.rows[ride.row]
    trip = row.trips[ride.run]
    first = int(feed.trips.first[trip])
    flags = [int(feed.stop_times.flags[first + position]) for position in (ride.board, ride.alight)]
    by_frequency = trip in network.inexact_trips
    return Leg(
        from_stop=row.pattern.stops[ride.board],
        to_stop=row.pattern.stops[ride.alight],
        start=moment_of(row.departure[ride.board * row.count + ride.run], timetable.day, network.zone),
        end=moment_of(row.arrival[ride.alight * row.count + ride.run], timetable.day, network.zone),
        route=int(feed.trips.route[trip]),
        trip=trip,
        headsign=feed.trips.headsigns[feed.trips.headsign[trip]],
        stops=ride.alight - ride.board,
        exact=not by_frequency and not any(flag & ESTIMATED for flag in flags),
        arranged=any(flag & ARRANGED for flag in flags),
    )


def last_departure(
    network: Network, origin: End, destination: End, day: dt.date, changes: Changes | None = None, version: int = 0
) -> Journey | None:
    """The journey of a service day that leaves last and still arrives before the night is over. None where there is
    none that day.
    """
    by = moment_of(NIGHT_ENDS, day, network.zone)
    begins = by - dt.timedelta(days=1)
    journeys = plan(network, origin, destination, by, True, changes, version)
    return max((one for one in journeys if one.rides and one.start >= begins), key=lambda one: one.start, default=None)
