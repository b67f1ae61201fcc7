"""A feed as bytes and back: a zip of arrays and one JSON document. Nothing in it is ever executed."""

from __future__ import annotations

import datetime as dt
import io
import json
from dataclasses import asdict
from typing import Any

import numpy as np

from backend.geo import Datum, Point
from backend.services.transit.feed import (
    About,
    Agency,
    Fare,
    FareRule,
    Feed,
    Route,
    Stop,
    StopTimes,
    Trips,
)
from backend.services.transit.service_days import Service

# Raised when the form changes: a process that is older than the feed must not misread it.
FORM = 1


class UnknownForm(ValueError):
    """The bytes are not a feed in a form this version reads."""


def pack(feed: Feed) -> bytes:
    """The feed as bytes; the same feed gives the same bytes, for its checksum."""
    words = {
        "form": FORM,
        "about": asdict(feed.about),
        "agencies": [asdict(agency) for agency in feed.agencies],
        "stops": [asdict(stop) for stop in feed.stops],
        "routes": [asdict(route) for route in feed.routes],
        "services": [_service(service) for service in feed.services],
        "fares": [asdict(fare) for fare in feed.fares],
        "trip_ids": feed.trips.ids,
        "headsigns": feed.trips.headsigns,
    }
    text = json.dumps(words, ensure_ascii=False, sort_keys=True).encode()
    arrays: dict[str, Any] = {
        "words": np.frombuffer(text, np.uint8),
        "trips": np.stack([feed.trips.route, feed.trips.service, feed.trips.direction, feed.trips.headsign]),
        "first": feed.trips.first,
        "stop": feed.stop_times.stop,
        "arrival": feed.stop_times.arrival,
        "departure": feed.stop_times.departure,
        "flags": feed.stop_times.flags,
        "sequence": feed.stop_times.sequence,
        "frequencies": feed.frequencies,
        "transfers": feed.transfers,
        "served": feed.served,
    }
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


def unpack(data: bytes) -> Feed:
    """The feed from its bytes. Raises UnknownForm."""
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        words = json.loads(arrays["words"].tobytes())
        if words.get("form") != FORM:
            raise UnknownForm(f"form {words.get('form')} of a stored feed; this version reads {FORM}: import it again")
        trips = arrays["trips"]
        return Feed(
            about=About(**words["about"]),
            agencies=tuple(Agency(**one) for one in words["agencies"]),
            stops=tuple(_stop(one) for one in words["stops"]),
            routes=tuple(_route(one) for one in words["routes"]),
            services=tuple(_read_service(one) for one in words["services"]),
            trips=Trips(
                ids=tuple(words["trip_ids"]),
                route=trips[0],
                service=trips[1],
                direction=trips[2],
                headsign=trips[3],
                headsigns=tuple(words["headsigns"]),
                first=arrays["first"],
            ),
            stop_times=StopTimes(
                arrays["stop"],
                arrays["arrival"],
                arrays["departure"],
                arrays["flags"],
                # Feeds stored by versions before had none.
                arrays["sequence"] if "sequence" in arrays else np.zeros(0, np.int32),
            ),
            frequencies=arrays["frequencies"],
            transfers=arrays["transfers"],
            served=arrays["served"],
            fares=tuple(
                Fare(**{**one, "rules": tuple(FareRule(**rule) for rule in one["rules"])}) for one in words["fares"]
            ),
        )


def _service(service: Service) -> dict[str, Any]:
    return {
        "id": service.id,
        "weekdays": service.weekdays,
        "start": service.start.isoformat() if service.start else None,
        "end": service.end.isoformat() if service.end else None,
        "added": sorted(day.isoformat() for day in service.added),
        "removed": sorted(day.isoformat() for day in service.removed),
    }


def _read_service(data: dict[str, Any]) -> Service:
    return Service(
        data["id"],
        data["weekdays"],
        dt.date.fromisoformat(data["start"]) if data["start"] else None,
        dt.date.fromisoformat(data["end"]) if data["end"] else None,
        frozenset(map(dt.date.fromisoformat, data["added"])),
        frozenset(map(dt.date.fromisoformat, data["removed"])),
    )


def _stop(data: dict[str, Any]) -> Stop:
    point = data["point"]
    known = Point(point["lat"], point["lon"], Datum(point["datum"])) if point else None
    return Stop(**{**data, "point": known, "aliases": tuple(data["aliases"])})


def _route(data: dict[str, Any]) -> Route:
    lists = {"aliases": tuple(data["aliases"]), "terminals": tuple(data["terminals"])}
    return Route(**{**data, **lists, "first_last": tuple(map(tuple, data["first_last"]))})
