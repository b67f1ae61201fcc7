"""trips.txt, stop_times.txt and frequencies.txt: the bulk of a feed."""

from __future__ import annotations

from array import array

import numpy as np

from backend.services.transit.feed import (
    ARRANGED,
    ESTIMATED,
    NO_DROP_OFF,
    NO_PICKUP,
    PLATFORM,
    Ints,
    Stop,
    StopTimes,
    Trips,
)
from backend.services.transit.reading import Source
from backend.services.transit.tables import Table, parse_time
from backend.services.transit.validation import Report

_UNKNOWN = -1
_PICKUP = {"": 0, "0": 0, "1": NO_PICKUP, "2": ARRANGED, "3": ARRANGED}
_DROP_OFF = {"": 0, "0": 0, "1": NO_DROP_OFF, "2": ARRANGED, "3": ARRANGED}
_TIMEPOINT = {"": 0, "0": ESTIMATED, "1": 0}
# A feed that runs a trip every second is a slip, and would fill the memory.
MAX_RUNS_OF_A_TRIP = 2_000


def read_trips(
    source: Source, report: Report, route_index: dict[str, int], service_index: dict[str, int]
) -> tuple[Trips, dict[str, int]]:
    """The trips, without their stop times yet, and their index by id."""
    columns = ("route_id", "service_id", "trip_id")
    table = Table(source, "trips.txt", report, columns, ("trip_headsign", "direction_id"))
    index: dict[str, int] = {}
    lines: list[int] = []
    routes, services, directions, signs = array("i"), array("i"), array("i"), array("i")
    headsigns: dict[str, int] = {"": 0}
    for line, (route, service, id_, headsign, direction) in table:
        if not table.needs(line, "trip_id", id_):
            continue
        if id_ in index:
            table.error(line, "trip_id", f"“{id_}” stands in line {lines[index[id_]]} already: each trip needs its own")
            continue
        if route not in route_index:
            table.error(line, "route_id", f"“{route}” is not a route_id of routes.txt")
        if service not in service_index:
            table.error(line, "service_id", f"“{service}” is in neither calendar.txt nor calendar_dates.txt")
        index[id_] = len(index)
        lines.append(line)
        routes.append(route_index.get(route, _UNKNOWN))
        services.append(service_index.get(service, _UNKNOWN))
        directions.append(table.choice(line, "direction_id", direction, (0, 1), None) if direction else _UNKNOWN)
        signs.append(headsigns.setdefault(headsign, len(headsigns)))
    if not index and report.ok:
        table.error(1, "", "names no trip")
    first = np.zeros(len(index) + 1, np.int32)
    trips = Trips(
        ids=tuple(index),
        route=np.array(routes, np.int32),
        service=np.array(services, np.int32),
        direction=np.array(directions, np.int32),
        headsign=np.array(signs, np.int32),
        headsigns=tuple(headsigns),
        first=first,
    )
    return trips, index


def read_stop_times(
    source: Source,
    report: Report,
    trips: Trips,
    trip_index: dict[str, int],
    stops: list[Stop],
    stop_index: dict[str, int],
) -> tuple[Trips, StopTimes]:
    """The stop times in the order of trip and stop_sequence, times between timepoints interpolated."""
    columns = ("trip_id", "stop_id", "stop_sequence")
    optional = ("arrival_time", "departure_time", "pickup_type", "drop_off_type", "timepoint")
    table = Table(source, "stop_times.txt", report, columns, optional)
    trip_of, stop_of, order, arrive, depart, flag, lines = (array("i") for _ in range(7))
    times: dict[str, int | None] = {"": _UNKNOWN}
    flexible = 0
    for line, (trip, stop, sequence, arrival, departure, pickup, drop_off, timepoint) in table:
        at = trip_index.get(trip, _UNKNOWN)
        if at < 0:
            table.error(line, "trip_id", f"“{trip}” is not a trip_id of trips.txt")
            continue
        where = stop_index.get(stop, _UNKNOWN)
        if where < 0:
            if not stop:
                flexible = flexible or line  # a location group or an area, of GTFS-Flex
            else:
                table.error(line, "stop_id", f"“{stop}” is not a stop_id of stops.txt")
            continue
        if stops[where].location_type != PLATFORM:
            table.error(
                line, "stop_id", f"“{stop}” is a station or entrance: trips call at its stops (location_type 0)"
            )
        if not (sequence.isascii() and sequence.isdigit() and len(sequence) < 10):
            table.error(line, "stop_sequence", f"“{sequence}” is not a whole number of 0 or more")
            continue
        came, left = (
            _time(table, line, "arrival_time", arrival, times),
            _time(table, line, "departure_time", departure, times),
        )
        came, left = (left if came == _UNKNOWN else came), (came if left == _UNKNOWN else left)
        if left < came:
            table.error(line, "departure_time", f"{departure} is before the arrival at {arrival}")
        trip_of.append(at)
        stop_of.append(where)
        order.append(int(sequence))
        arrive.append(came)
        depart.append(left)
        lines.append(line)
        flag.append(
            _flag(table, line, "pickup_type", pickup, _PICKUP)
            | _flag(table, line, "drop_off_type", drop_off, _DROP_OFF)
            | _flag(table, line, "timepoint", timepoint, _TIMEPOINT)
        )
    if flexible:
        table.warning(flexible, "stop_id", "rows without a stop (on-demand areas) are not used here")
    if not trip_of and report.ok:
        table.error(1, "", "names no stop time")
    report.refuse()
    by_trip = np.array(trip_of, np.int32)
    sequences = np.array(order, np.int32)
    # Most feeds are in order already, and then the sort is quick.
    sort = np.lexsort((sequences, by_trip))
    columns_sorted = [np.array(values, np.int32)[sort] for values in (stop_of, arrive, depart, flag, lines)]
    stop_at, arrivals, departures, flags, at_line = columns_sorted
    by_trip, sequences = by_trip[sort], sequences[sort]
    first = np.zeros(len(trips) + 1, np.int32)
    np.cumsum(np.bincount(by_trip, minlength=len(trips)), out=first[1:])
    _check_order(table, by_trip, sequences, at_line)
    _check_ends(table, first, arrivals, at_line)
    report.refuse()
    _interpolate(first, arrivals, departures, flags)
    _check_times(table, by_trip, arrivals, departures, at_line)
    short = int(np.count_nonzero(np.diff(first) < 2))
    if short:
        report.warning("trips.txt", 0, "", f"{short} trips have fewer than two stop times and are of no use")
    done = StopTimes(stop_at, arrivals, departures, flags.astype(np.uint8), sequences)
    return Trips(trips.ids, trips.route, trips.service, trips.direction, trips.headsign, trips.headsigns, first), done


def _time(table: Table, line: int, field: str, value: str, known: dict[str, int | None]) -> int:
    """A time in seconds; -1 where it is empty or wrong. The same few times stand in most rows."""
    if value in known:
        seconds = known[value]
    else:
        seconds = known[value] = parse_time(value)
    if seconds is None:
        table.time(line, field, value)
        return _UNKNOWN
    return seconds


def _flag(table: Table, line: int, field: str, value: str, known: dict[str, int]) -> int:
    if value in known:
        return known[value]
    table.error(line, field, f"“{value}” is not allowed: write {', '.join(key for key in known if key)} or nothing")
    return 0


def _check_order(table: Table, by_trip: Ints, sequences: Ints, lines: Ints) -> None:
    twice = np.flatnonzero((np.diff(by_trip) == 0) & (np.diff(sequences) == 0))
    for at in twice[:50]:
        other, line = sorted((int(lines[at]), int(lines[at + 1])))
        table.error(line, "stop_sequence", f"{sequences[at]} stands in line {other} already for the same trip")


def _check_ends(table: Table, first: Ints, arrivals: Ints, lines: Ints) -> None:
    """The first and the last stop of a trip need their times."""
    some = np.diff(first) > 0
    ends = np.unique(np.concatenate([first[:-1][some], first[1:][some] - 1]))
    for at in ends[arrivals[ends] < 0][:50]:
        table.error(int(lines[at]), "arrival_time", "is empty: the first and the last stop of a trip need their times")


def _interpolate(first: Ints, arrivals: Ints, departures: Ints, flags: Ints) -> None:
    """Fills times between timepoints evenly, as the reference leaves to us, and marks them as estimated."""
    empty = np.flatnonzero(arrivals < 0)
    if not len(empty):
        return
    given = np.flatnonzero(arrivals >= 0)
    flags[empty] |= ESTIMATED
    # Every trip begins and ends with a time, so the neighbours with one are of the same trip.
    after = np.searchsorted(given, empty)
    left, right = given[after - 1], given[after]
    share = (empty - left) / (right - left)
    filled = departures[left] + share * (arrivals[right] - departures[left])
    arrivals[empty] = departures[empty] = np.rint(filled).astype(np.int32)


def _check_times(table: Table, by_trip: Ints, arrivals: Ints, departures: Ints, lines: Ints) -> None:
    back = np.flatnonzero((np.diff(by_trip) == 0) & (arrivals[1:] < departures[:-1]))
    for at in back[:50]:
        line = int(lines[at + 1])
        table.error(line, "arrival_time", f"is before the departure from the stop before it (line {int(lines[at])})")


def read_frequencies(source: Source, report: Report, trip_index: dict[str, int]) -> Ints:
    """Rows of trip, start, end, headway in seconds and whether the times are exact."""
    rows: list[tuple[int, int, int, int, int]] = []
    if "frequencies.txt" not in source:
        return np.zeros((0, 5), np.int32)
    columns = ("trip_id", "start_time", "end_time", "headway_secs")
    table = Table(source, "frequencies.txt", report, columns, ("exact_times",))
    until: dict[str, list[tuple[int, int, int]]] = {}
    for line, (trip, first, last, headway, exact) in table:
        if trip not in trip_index:
            table.error(line, "trip_id", f"“{trip}” is not a trip_id of trips.txt")
            continue
        start, end = table.time(line, "start_time", first), table.time(line, "end_time", last)
        every = table.whole(line, "headway_secs", headway, 1)
        kind = table.choice(line, "exact_times", exact, (0, 1), 0)
        if start is None or end is None or every is None:
            continue
        if end <= start:
            table.error(line, "end_time", f"{last} is not after start_time {first}")
        if (end - start) // every > MAX_RUNS_OF_A_TRIP:
            table.error(line, "headway_secs", f"{every} gives more than {MAX_RUNS_OF_A_TRIP} runs: is it in seconds?")
            continue
        for other_start, other_end, other_line in until.setdefault(trip, []):
            if start < other_end and other_start < end:
                table.error(line, "start_time", f"the times overlap with those in line {other_line}")
        until[trip].append((start, end, line))
        rows.append((trip_index[trip], start, end, every, kind))
    return np.array(rows, np.int32).reshape(-1, 5)
