"""A public transport feed in memory: the model of GTFS, its bulk in numpy arrays.

Names follow the GTFS reference (https://gtfs.org/documentation/schedule/reference/). Times are seconds after the start
of a service day, which is noon minus twelve hours in the feed's time zone; they may pass 24 hours. Records refer to
each other by their index in the feed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt

from backend.geo import Point
from backend.services.transit.service_days import Service

Ints = npt.NDArray[np.int32]
Confidence = Literal["high", "medium", "low"]

# What the flags of a stop time say.
NO_PICKUP, NO_DROP_OFF, ESTIMATED, ARRANGED = 1, 2, 4, 8
PLATFORM, STATION = 0, 1  # location_type


@dataclass(frozen=True, slots=True)
class Agency:
    """Who runs the lines."""

    id: str
    name: str
    url: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Stop:
    """A stop, a station (`location_type` 1) or another part of a station. A feed of our own may not know the `point`.

    `parent` is the index of the station, or -1. `aliases` are other names of the same stop.
    """

    id: str
    name: str
    name_en: str = ""
    code: str = ""
    point: Point | None = None
    location_type: int = PLATFORM
    parent: int = -1
    zone: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Route:
    """A line. What is not in GTFS (`first_last` by season, `fare_zh`, `as_of` …) comes from a feed of our own.

    `type` is GTFS's route_type (3: bus). `first_last` holds pairs such as ("summer", "05:50-19:30").
    """

    id: str
    short_name: str = ""
    long_name: str = ""
    name_en: str = ""
    type: int = 3
    agency: str = ""
    aliases: tuple[str, ...] = ()
    terminals: tuple[str, str] = ("", "")
    first_last: tuple[tuple[str, str], ...] = ()
    season: str = ""
    fare_zh: str = ""
    fare: float | None = None
    as_of: str = ""
    source: str = ""
    confidence: Confidence = "high"


@dataclass(frozen=True, slots=True)
class FareRule:
    """Where a fare holds; -1 and empty strings mean anywhere."""

    route: int = -1
    origin: str = ""
    destination: str = ""
    contains: str = ""


@dataclass(frozen=True, slots=True)
class Fare:
    """A fare: price in `currency`; `transfers` is how many changes it covers (None: any number)."""

    id: str
    price: float
    currency: str
    transfers: int | None
    rules: tuple[FareRule, ...] = ()


@dataclass(frozen=True, slots=True)
class About:
    """The feed itself. `start` and `end` are the dates it covers, as YYYY-MM-DD or empty; `partial` marks a feed whose
    departure times are not known.
    """

    name: str
    timezone: str
    source: str = ""
    lang: str = ""
    version: str = ""
    as_of: str = ""
    start: str = ""
    end: str = ""
    confidence: Confidence = "high"
    partial: bool = False


@dataclass(frozen=True)
class Trips:
    """Trips by index: `first[i]` to `first[i + 1]` are the stop times of trip `i`, in order."""

    ids: tuple[str, ...]
    route: Ints
    service: Ints
    direction: Ints  # 0, 1, or -1 where it is not said
    headsign: Ints  # index in headsigns
    headsigns: tuple[str, ...]
    first: Ints

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True)
class StopTimes:
    """All stop times, grouped by trip and in order; seconds of the service day. `sequence` is stop_sequence as the feed
    gives it (it may leave numbers out), by which live changes name a call; empty where it is not known.
    """

    stop: Ints
    arrival: Ints
    departure: Ints
    flags: npt.NDArray[np.uint8]
    sequence: Ints = field(default_factory=lambda: np.zeros(0, np.int32))

    def __len__(self) -> int:
        return len(self.stop)


def _empty(columns: int) -> Ints:
    return np.zeros((0, columns), np.int32)


@dataclass(frozen=True)
class Feed:
    """A whole feed. `frequencies` are rows (trip, start, end, headway in seconds, exact); `transfers` are rows (from
    stop, to stop, transfer_type, min_transfer_time or -1); `served` are rows (route, stop) of stops that a line is
    known to serve, though not in which order.
    """

    about: About
    agencies: tuple[Agency, ...]
    stops: tuple[Stop, ...]
    routes: tuple[Route, ...]
    services: tuple[Service, ...]
    trips: Trips
    stop_times: StopTimes
    frequencies: Ints = field(default_factory=lambda: _empty(5))
    transfers: Ints = field(default_factory=lambda: _empty(4))
    served: Ints = field(default_factory=lambda: _empty(2))
    fares: tuple[Fare, ...] = ()
