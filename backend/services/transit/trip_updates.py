"""One trip update of GTFS-Realtime: of which service day it is, and the times that follow from it.

Follows https://gtfs.org/documentation/realtime/reference/#message-tripupdate.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
from google.transit import gtfs_realtime_pb2 as pb

from backend.services.transit.feed import Ints
from backend.services.transit.network import Network
from backend.services.transit.service_days import DAY_SECONDS, seconds_of
from backend.services.transit.timetable import Change

# Nobody announces a bus this late or early: the number is of another unit, or the time of another day.
_MOST_SECONDS = DAY_SECONDS // 2
_CANCELLED = (pb.TripDescriptor.CANCELED, pb.TripDescriptor.DELETED)
# Trips beside the schedule: what is told of them says nothing of the scheduled trip whose id they bear.
_BESIDE = (
    pb.TripDescriptor.ADDED,
    pb.TripDescriptor.UNSCHEDULED,
    pb.TripDescriptor.DUPLICATED,
    pb.TripDescriptor.NEW,
)
_Told = list[tuple[int, pb.TripUpdate.StopTimeUpdate]]


@dataclass(frozen=True)
class _Calls:
    """The calls of a trip as scheduled, in order; times in seconds of the service day. `sequence` may be empty."""

    stop: list[int]
    arrival: Ints
    departure: Ints
    sequence: list[int]


def read_trip_update(
    network: Network, trip: int, update: pb.TripUpdate, stops: dict[str, int], sent: dt.datetime
) -> tuple[dt.date, Change] | None:
    """The service day that a trip update is on, and what changes; None where the trip runs on no day it may mean.

    `stops` gives the index of a stop_id, `sent` is the moment of the message. Raises ValueError or OverflowError for
    times that cannot be.
    """
    feed = network.feed
    relationship = update.trip.schedule_relationship
    if relationship in _BESIDE:
        return None
    span = slice(int(feed.trips.first[trip]), int(feed.trips.first[trip + 1]))
    times = feed.stop_times
    calls = _Calls(times.stop[span].tolist(), times.arrival[span], times.departure[span], times.sequence[span].tolist())
    if not calls.stop:
        return None
    cancelled = relationship in _CANCELLED
    # Of a trip that does not run no time counts, least of all one that cannot be.
    told = [] if cancelled else _told(update, calls, stops)
    given = update.trip.start_date
    day = _date(given) if given else _nearest_day(network, trip, calls, told, sent)
    if day is None:
        return None
    if trip in feed.frequencies[:, 0] and update.trip.start_time:
        # One run of many. Its delay is not used: only whole trips have times of their own.
        start = _seconds(update.trip.start_time)
        return (day, Change(cancelled_starts=frozenset({start}))) if cancelled else None
    if cancelled:
        return day, Change(cancelled=True)
    return day, _change(calls, update.delay, told, day, network.zone)


def _date(text: str) -> dt.date:
    if len(text) != 8 or not (text.isascii() and text.isdigit()):
        raise ValueError(f"{text!r} is not a date such as 20260715")
    return dt.date(int(text[:4]), int(text[4:6]), int(text[6:]))


def _seconds(text: str) -> int:
    hours, minutes, seconds = (int(part) for part in text.split(":"))
    return hours * 3600 + minutes * 60 + seconds


def _told(update: pb.TripUpdate, calls: _Calls, stops: dict[str, int]) -> _Told:
    """What is told of each call, by its position in the trip; they come in the order of the trip."""
    found: _Told = []
    begin = 0
    for told in update.stop_time_update:
        position = _position(told, calls, stops, begin)
        if position is not None:
            found.append((position, told))
            begin = position + 1
    return found


def _position(told: pb.TripUpdate.StopTimeUpdate, calls: _Calls, stops: dict[str, int], begin: int) -> int | None:
    """Which call is meant. The sequence decides between two calls at a stop; where it contradicts the stop (numbers of
    another version of the feed), the stop does.
    """
    rest = range(begin, len(calls.stop))
    stop = stops.get(told.stop_id)
    at_stop = [at for at in rest if calls.stop[at] == stop]
    if told.HasField("stop_sequence") and calls.sequence:
        of_number = [at for at in rest if calls.sequence[at] == told.stop_sequence]
        exact = of_number if stop is None else [at for at in of_number if at in at_stop]
        at_stop = exact or at_stop
    return at_stop[0] if at_stop else None


def _nearest_day(network: Network, trip: int, calls: _Calls, told: _Told, sent: dt.datetime) -> dt.date | None:
    """The service day on which the schedule of a trip is nearest to the times told, or where none is told to the moment
    of the message; None where the trip runs on none of those around.
    """
    service = network.feed.services[network.feed.trips.service[trip]]
    first, last = int(calls.departure[0]), int(calls.arrival[-1])
    moment, begins, ends = sent, first, last
    for at, one in told:
        if one.arrival.time or one.departure.time:
            moment = dt.datetime.fromtimestamp(one.arrival.time or one.departure.time, dt.UTC)
            begins, ends = int(calls.arrival[at]), int(calls.departure[at])
            break
    around = moment.astimezone(network.zone).date()
    days = [around + dt.timedelta(days=step) for step in range(-(last // DAY_SECONDS) - 1, 2)]

    def away(day: dt.date) -> int:
        seconds = seconds_of(moment, day, network.zone)
        return max(begins - seconds, seconds - ends, 0)

    return min((day for day in days if service.runs_on(day)), key=away, default=None)


def _change(calls: _Calls, delay: int, told: _Told, day: dt.date, zone: ZoneInfo) -> Change:
    """New times: a delay holds until the next stop that is told of, and where there is NO_DATA the schedule does."""
    late = np.zeros((len(calls.stop), 2), np.int64)
    late[:] = _possible(delay)
    skipped: set[int] = set()
    for at, one in told:
        if one.schedule_relationship == pb.TripUpdate.StopTimeUpdate.SKIPPED:
            skipped.add(at)
        elif one.schedule_relationship == pb.TripUpdate.StopTimeUpdate.NO_DATA:
            late[at:] = 0
        else:
            came = _delay(one.arrival, int(calls.arrival[at]), day, zone)
            left = _delay(one.departure, int(calls.departure[at]), day, zone)
            came, left = (left if came is None else came), (came if left is None else left)
            if came is not None and left is not None:
                late[at] = came, left
                late[at + 1 :] = left
    both = np.column_stack([calls.arrival, calls.departure]) + late
    # Whatever was told: no vehicle leaves a stop before it came, or comes to the next before it left.
    both = np.maximum.accumulate(both.reshape(-1)).reshape(-1, 2)
    return Change(both[:, 0].astype(np.int32), both[:, 1].astype(np.int32), frozenset(skipped))


def _delay(event: pb.TripUpdate.StopTimeEvent, scheduled: int, day: dt.date, zone: ZoneInfo) -> int | None:
    if event.time:
        moment = dt.datetime.fromtimestamp(event.time, dt.UTC)
        return _possible(seconds_of(moment, day, zone) - scheduled)
    return _possible(event.delay) if event.HasField("delay") else None


def _possible(seconds: int) -> int:
    if abs(seconds) > _MOST_SECONDS:
        raise ValueError(f"{seconds} seconds late")
    return seconds
