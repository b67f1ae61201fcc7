"""GTFS-Realtime: alerts and trip updates as the operators publish them, laid over the timetable.

Follows https://gtfs.org/documentation/realtime/reference/. Vehicle positions and added trips are not used.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import numpy as np
from google.protobuf.message import DecodeError
from google.transit import gtfs_realtime_pb2 as pb
from sqlalchemy import select

from backend.database import Database
from backend.models import TransitRealtime, utcnow
from backend.services.transit.feed import Feed
from backend.services.transit.network import Network
from backend.services.transit.service_days import seconds_of
from backend.services.transit.timetable import Change

MAX_BYTES = 16 * 2**20
_STATES = select(TransitRealtime.id, TransitRealtime.fetched_at, TransitRealtime.sha256).order_by(TransitRealtime.id)
# Gives the body at an address; raises OSError when it cannot be had.
Fetch = Callable[[str], bytes]


@dataclass(frozen=True)
class Alert:
    """A notice of the operators: texts by language (`zh`, `en`; the same where only one is given), the lines and stops
    it concerns (indices; none: the whole network).
    """

    header: dict[str, str]
    text: dict[str, str]
    lines: frozenset[int]
    stops: frozenset[int]
    periods: tuple[tuple[int, int], ...]  # Unix seconds

    def holds(self, moment: dt.datetime) -> bool:
        """Whether it is in force at a moment."""
        now = moment.timestamp()
        return not self.periods or any(start <= now < end for start, end in self.periods)


@dataclass(frozen=True)
class Live:
    """What is known about now; `version` changes whenever any of it does."""

    version: int = 0
    alerts: tuple[Alert, ...] = ()
    changes: dict[tuple[int, dt.date], Change] = field(default_factory=dict)


class Realtime:
    """Keeps what was fetched, for all processes; what is older than `stale_after` is not used any more."""

    def __init__(self, db: Database, urls: Sequence[str], stale_after: dt.timedelta) -> None:
        self._db = db
        self._urls = urls
        self._stale_after = stale_after
        self._kept: tuple[object, Live] | None = None

    def poll(self, fetch: Fetch) -> int:
        """Fetches every address and stores what is a GTFS-Realtime message; gives how many were. One that fails leaves
        what was fetched before, until it is stale.
        """
        stored = 0
        for url in self._urls:
            try:
                data = fetch(url)
                message = _read(data)
                fetched_at = utcnow()
                if message.header.timestamp:
                    fetched_at = min(fetched_at, dt.datetime.fromtimestamp(message.header.timestamp, dt.UTC))
            except (OSError, DecodeError, ValueError, OverflowError):
                continue
            row = TransitRealtime(
                id=hashlib.sha256(url.encode()).hexdigest(),
                fetched_at=fetched_at,
                sha256=hashlib.sha256(data).hexdigest(),
                data=data,
            )
            with self._db.write() as session:
                session.merge(row)
            stored += 1
        return stored

    def now(self, network: Network, moment: dt.datetime) -> Live:
        """What holds for a feed at an aware moment."""
        if not self._urls:
            return Live()
        with self._db.read() as session:
            states = [(id_, sha) for id_, at, sha in session.execute(_STATES) if moment - at < self._stale_after]
            key = (network.feed_id, tuple(states))
            if self._kept is not None and self._kept[0] == key:
                return self._kept[1]
            ids = [id_ for id_, _ in states]
            rows = list(session.scalars(select(TransitRealtime.data).where(TransitRealtime.id.in_(ids))))
        live = read_live(network, rows, version=hash(key) or 1) if rows else Live()
        self._kept = (key, live)
        return live


def _read(data: bytes) -> pb.FeedMessage:
    if len(data) > MAX_BYTES:
        raise ValueError("the message is too large")
    message = pb.FeedMessage()
    message.ParseFromString(data)
    return message


def read_live(network: Network, messages: Iterable[bytes], version: int) -> Live:
    """Alerts and changes out of messages; what names unknown lines, stops or trips is left out."""
    feed = network.feed
    lines = {route.id: at for at, route in enumerate(feed.routes)}
    stops = {stop.id: at for at, stop in enumerate(feed.stops)}
    trips = {id_: at for at, id_ in enumerate(feed.trips.ids)}
    alerts: list[Alert] = []
    changes: dict[tuple[int, dt.date], Change] = {}
    for data in messages:
        message = _read(data)
        for entity in message.entity:
            if entity.HasField("alert") and (alert := _alert(entity.alert, lines, stops)) is not None:
                alerts.append(alert)
            if entity.HasField("trip_update") and entity.trip_update.trip.trip_id in trips:
                trip = trips[entity.trip_update.trip.trip_id]
                # A time that is none (milliseconds, the year 1) spoils its own trip and no other.
                with contextlib.suppress(ValueError, OverflowError, OSError):
                    sent = dt.datetime.fromtimestamp(message.header.timestamp, network.zone)
                    day = _day(entity.trip_update.trip.start_date) or sent.date()
                    changes[trip, day] = _change(feed, trip, day, entity.trip_update, stops, network.zone)
    return Live(version, tuple(alerts), changes)


def _alert(alert: pb.Alert, lines: dict[str, int], stops: dict[str, int]) -> Alert | None:
    about_lines = {lines[one.route_id] for one in alert.informed_entity if one.route_id in lines}
    about_stops = {stops[one.stop_id] for one in alert.informed_entity if one.stop_id in stops}
    narrowed = any(one.route_id or one.stop_id or one.HasField("trip") for one in alert.informed_entity)
    header = _texts(alert.header_text)
    if not header or (narrowed and not about_lines and not about_stops):
        return None
    periods = tuple((period.start, period.end or 1 << 62) for period in alert.active_period)
    return Alert(header, _texts(alert.description_text), frozenset(about_lines), frozenset(about_stops), periods)


def _texts(translated: pb.TranslatedString) -> dict[str, str]:
    found = {one.language[:2].lower(): one.text for one in translated.translation}
    if not found:
        return {}
    any_ = next(iter(found.values()))
    return {lang: found.get(lang) or found.get("") or any_ for lang in ("zh", "en")}


def _day(text: str) -> dt.date | None:
    try:
        return dt.datetime.strptime(text, "%Y%m%d").date() if text else None  # noqa: DTZ007 (a day has no zone)
    except ValueError:
        return None


def _change(
    feed: Feed, trip: int, day: dt.date, update: pb.TripUpdate, stops: dict[str, int], zone: ZoneInfo
) -> Change:
    """New times for a trip: a delay holds until the next stop that is told of (reference, TripUpdate)."""
    if update.trip.schedule_relationship in (pb.TripDescriptor.CANCELED, pb.TripDescriptor.DELETED):
        return Change(cancelled=True)
    span = slice(int(feed.trips.first[trip]), int(feed.trips.first[trip + 1]))
    calls = feed.stop_times.stop[span].tolist()
    arrivals, departures = feed.stop_times.arrival[span].copy(), feed.stop_times.departure[span].copy()
    skipped: set[int] = set()
    delay, known_until = update.delay, 0
    arrivals += delay
    departures += delay
    scheduled = feed.stop_times.arrival[span], feed.stop_times.departure[span]
    for told in update.stop_time_update:
        position = next((at for at in range(known_until, len(calls)) if calls[at] == stops.get(told.stop_id)), None)
        if position is None:
            continue
        known_until = position + 1
        if told.schedule_relationship == pb.TripUpdate.StopTimeUpdate.SKIPPED:
            skipped.add(position)
            continue
        if told.schedule_relationship == pb.TripUpdate.StopTimeUpdate.NO_DATA:
            continue
        late = [
            _delay(told.arrival, scheduled[0][position], day, zone),
            _delay(told.departure, scheduled[1][position], day, zone),
        ]
        came = late[0] if late[0] is not None else late[1]
        left = late[1] if late[1] is not None else late[0]
        if came is None or left is None:
            continue
        arrivals[position] = scheduled[0][position] + came
        departures[position] = scheduled[1][position] + left
        arrivals[position + 1 :] = scheduled[0][position + 1 :] + left
        departures[position + 1 :] = scheduled[1][position + 1 :] + left
    # Whatever was told: no vehicle leaves a stop before it came, or comes to the next before it left.
    both = np.maximum.accumulate(np.column_stack([arrivals, departures]).reshape(-1)).reshape(-1, 2)
    return Change(both[:, 0].astype(np.int32), both[:, 1].astype(np.int32), frozenset(skipped))


def _delay(event: pb.TripUpdate.StopTimeEvent, scheduled: int, day: dt.date, zone: ZoneInfo) -> int | None:
    if event.time:
        moment = dt.datetime.fromtimestamp(event.time, dt.UTC)
        return seconds_of(moment, day, zone) - int(scheduled)
    return int(event.delay) if event.HasField("delay") else None
