"""GTFS-Realtime: alerts and trip updates as the operators publish them, laid over the timetable.

Follows https://gtfs.org/documentation/realtime/reference/. Vehicle positions and added trips are not used.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from google.protobuf.message import DecodeError
from google.transit import gtfs_realtime_pb2 as pb
from sqlalchemy import select

from backend.database import Database
from backend.models import TransitRealtime, utcnow
from backend.services.transit.feed import Feed
from backend.services.transit.network import Network
from backend.services.transit.timetable import Change
from backend.services.transit.trip_updates import read_trip_update

log = logging.getLogger(__name__)

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

    @property
    def addresses(self) -> int:
        """How many addresses there are to fetch."""
        return len(self._urls)

    def poll(self, fetch: Fetch) -> int:
        """Fetches every address and stores what is a GTFS-Realtime message; gives how many were. One that fails leaves
        what was fetched before, until it is stale.
        """
        stored = 0
        for number, url in enumerate(self._urls, 1):
            try:
                data = fetch(url)
                message = _read(data)
                fetched_at = utcnow()
                if message.header.timestamp:
                    fetched_at = min(fetched_at, dt.datetime.fromtimestamp(message.header.timestamp, dt.UTC))
            except (OSError, DecodeError, ValueError, OverflowError) as error:
                # Not the address, nor words that may repeat it: it may hold a key.
                log.warning("realtime_not_fetched", extra={"number": number, "reason": type(error).__name__})
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
            query = select(TransitRealtime.data, TransitRealtime.fetched_at).where(TransitRealtime.id.in_(ids))
            rows = [(data, fetched_at) for data, fetched_at in session.execute(query.order_by(TransitRealtime.id))]
        live = read_live(network, rows, version=hash(key) or 1) if rows else Live()
        self._kept = (key, live)
        return live


def _read(data: bytes) -> pb.FeedMessage:
    if len(data) > MAX_BYTES:
        raise ValueError("the message is too large")
    message = pb.FeedMessage()
    message.ParseFromString(data)
    return message


def read_live(network: Network, messages: Iterable[tuple[bytes, dt.datetime]], version: int) -> Live:
    """Alerts and changes out of messages and the moments they are of; what names unknown lines, stops or trips is left
    out.
    """
    feed = network.feed
    lines = {route.id: at for at, route in enumerate(feed.routes)}
    stops = {stop.id: at for at, stop in enumerate(feed.stops)}
    trips = {id_: at for at, id_ in enumerate(feed.trips.ids)}
    alerts: list[Alert] = []
    changes: dict[tuple[int, dt.date], Change] = {}
    for data, sent in messages:
        for entity in _read(data).entity:
            if entity.HasField("alert") and (alert := _alert(entity.alert, feed, lines, stops)) is not None:
                alerts.append(alert)
            trip = trips.get(entity.trip_update.trip.trip_id) if entity.HasField("trip_update") else None
            # A time that is none (milliseconds, the year 1) spoils its own trip and no other.
            with contextlib.suppress(ValueError, OverflowError, OSError):
                if trip is not None and (told := read_trip_update(network, trip, entity.trip_update, stops, sent)):
                    changes[trip, told[0]] = _joined(changes.get((trip, told[0])), told[1])
    return Live(version, tuple(alerts), changes)


def _joined(known: Change | None, told: Change) -> Change:
    """Runs of one trip are cancelled one by one; of all else the last that is told counts."""
    if known is None or not (known.cancelled_starts and told.cancelled_starts):
        return told
    return replace(told, cancelled_starts=known.cancelled_starts | told.cancelled_starts)


def _alert(alert: pb.Alert, feed: Feed, lines: dict[str, int], stops: dict[str, int]) -> Alert | None:
    about_lines: set[int] = set()
    about_stops: set[int] = set()
    narrowed = False
    for one in alert.informed_entity:
        if one.stop_id:  # with a line as well: the stop is the narrower of the two
            about_stops |= {stops[one.stop_id]} if one.stop_id in stops else set()
        elif one.route_id:
            about_lines |= {lines[one.route_id]} if one.route_id in lines else set()
        elif not one.HasField("trip"):
            found = _lines_of(feed, one)
            if len(found) == len(feed.routes):
                continue  # the whole network
            about_lines |= found
        narrowed = True
    header = _texts(alert.header_text)
    if not header or (narrowed and not about_lines and not about_stops):
        return None
    periods = tuple((period.start, period.end or 1 << 62) for period in alert.active_period)
    return Alert(header, _texts(alert.description_text), frozenset(about_lines), frozenset(about_stops), periods)


def _lines_of(feed: Feed, selector: pb.EntitySelector) -> set[int]:
    """The lines of an agency and of a kind, where the selector names them."""
    return {
        at
        for at, route in enumerate(feed.routes)
        if (not selector.agency_id or route.agency == selector.agency_id)
        and (not selector.HasField("route_type") or route.type == selector.route_type)
    }


def _texts(translated: pb.TranslatedString) -> dict[str, str]:
    found = {one.language[:2].lower(): one.text for one in translated.translation}
    if not found:
        return {}
    any_ = next(iter(found.values()))
    return {lang: found.get(lang) or found.get("") or any_ for lang in ("zh", "en")}
