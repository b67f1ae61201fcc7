"""The lines that a city pack knows (`bus_lines.json`) as a partial feed of our own.

What the pack does not say is not made up: no departure times, no positions but those of places of the same name, no
order of stops where none is given. Sequences become trips of a service that never runs, with running times that are
marked as estimates.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from backend.city_pack.model import CityPack, Place
from backend.geo import Datum, Point, convert, distance_m
from backend.services.transit.feed import ESTIMATED, About, Feed, Ints, Route, Stop, StopTimes, Trips
from backend.services.transit.service_days import Service

# From stop to stop where no distance is known: some 500 m at 18 km/h with the halt, what city buses do in daytime.
SECONDS_A_STOP = 90
_METRES_A_SECOND, _DETOUR = 5.0, 1.3
_KINDS_FIRST = {"hub": 0, "attraction": 1, "beach": 2, "clinic": 3}
_SECOND_NAME = re.compile(r"^(?P<name>[^(（\[]+)(?:[(（](?P<second>[^)）]+)[)）])?(?:\[(?P<street>[^\]]+)\])?$")
_STATUS_RANK = ("low", "medium", "high")


def partial_feed(pack: CityPack) -> Feed:
    """The lines of a pack. Their age and confidence stand with each line (`Route.as_of`, `Route.confidence`)."""
    network = pack.buses.raw
    names = _StopNames(pack.buses.stop_aliases_zh)
    places = _places_by_name(pack.places)
    stops: dict[str, Stop] = {}
    index: dict[str, int] = {}

    def stop_of(written: str) -> int:
        name = names.chosen(written)
        if name not in index:
            index[name] = len(stops)
            stops[name] = _stop(name, names.others(name), places)
        return index[name]

    routes: list[Route] = []
    trips: list[tuple[int, int]] = []  # route, headsign
    headsigns: dict[str, int] = {"": 0}
    sequences: list[list[int]] = []
    served: list[tuple[int, int]] = []
    for raw in network["lines"]:
        route = len(routes)
        routes.append(_route(raw))
        for sequence in raw["sequences"]:
            trips.append((route, headsigns.setdefault(sequence["to_zh"], len(headsigns))))
            sequences.append([stop_of(name) for name in sequence["stops_zh"]])
        ordered = {stop for (of, _), stops_of in zip(trips, sequences, strict=True) if of == route for stop in stops_of}
        others = [*raw["known_stops_unordered_zh"], raw["terminal_a_zh"], raw["terminal_b_zh"]]
        served += [(route, at) for at in dict.fromkeys(map(stop_of, filter(None, others))) if at not in ordered]
    every_stop = _one_english_name_each(stops.values(), places)
    return Feed(
        about=About(
            name=pack.city.name_zh,
            timezone=pack.city.time_zone,
            source=", ".join(dict.fromkeys(source for raw in network["lines"] for source in raw["sources"]))[:300],
            lang="zh",
            as_of=pack.city.compiled_on,
            confidence=min((route.confidence for route in routes), key=_STATUS_RANK.index, default="low"),
            partial=True,
        ),
        agencies=(),
        stops=every_stop,
        routes=tuple(routes),
        services=(Service("not-known"),),
        trips=_trips(trips, tuple(headsigns), sequences),
        stop_times=_stop_times(sequences, every_stop),
        served=np.array(served, np.int32).reshape(-1, 2),
    )


class _StopNames:
    """Spellings of one stop become one name; a second name in round brackets stays as another name of it."""

    def __init__(self, aliases: Iterable[Iterable[str]]) -> None:
        self._chosen: dict[str, str] = {}
        self._others: dict[str, dict[str, None]] = {}
        for group in aliases:
            first, *rest = group
            for written in (first, *rest):
                self._chosen[written] = _plain(first)
            for written in (first, *rest):
                self._note(_plain(first), written)

    def chosen(self, written: str) -> str:
        """The name a stop goes by."""
        name = self._chosen.get(written) or self._chosen.get(_plain(written)) or _plain(written)
        self._note(name, written)
        return name

    def others(self, name: str) -> tuple[str, ...]:
        """Its other names."""
        return tuple(self._others.get(name, ()))

    def _note(self, name: str, written: str) -> None:
        found = _SECOND_NAME.match(written)
        # A short word in brackets ("main road", "driving school") is a remark, not a name.
        second = found["second"] or "" if found else ""
        parts = (found["name"].strip(), second if len(second) > 2 else "") if found else (written,)
        for part in parts:
            if part and part != name:
                self._others.setdefault(name, {})[part] = None


def _plain(written: str) -> str:
    found = _SECOND_NAME.match(written)
    return found["name"].strip() if found else written


def _places_by_name(places: Iterable[Place]) -> dict[str, Place]:
    """Places with a position by each of their names; a hub before a sight before a hospital."""
    found: dict[str, Place] = {}
    for place in sorted(places, key=lambda one: _KINDS_FIRST[one.kind]):
        if place.point is not None and place.point.datum is not Datum.UNKNOWN and place.coord_confidence != "low":
            for name in (place.name_zh, *place.aliases):
                found.setdefault(name, place)
    return found


def _stop(name: str, aliases: tuple[str, ...], places: Mapping[str, Place]) -> Stop:
    place = next((places[one] for one in (name, *aliases) if one in places), None)
    point: Point | None = convert(place.point, Datum.WGS84) if place and place.point else None
    digest = hashlib.sha256(name.encode()).hexdigest()[:10]
    return Stop(f"s{digest}", name, name_en=place.name_en if place else "", point=point, aliases=aliases)


def _one_english_name_each(stops: Iterable[Stop], places: Mapping[str, Place]) -> tuple[Stop, ...]:
    """Of the stops at one place only the one named as it is has its English name: two must not read the same."""
    every = list(stops)
    owner: dict[str, str] = {}
    for stop in every:
        place = places.get(stop.name)
        if stop.name_en and (stop.name_en not in owner or (place and place.name_zh == stop.name)):
            owner[stop.name_en] = stop.id
    return tuple(stop if owner.get(stop.name_en) == stop.id else replace(stop, name_en="") for stop in every)


def _route(raw: Mapping[str, Any]) -> Route:
    fare = raw["fare"] or {}
    return Route(
        id=raw["id"],
        short_name=raw["name_zh"],
        name_en=raw["name_en"],
        aliases=tuple(raw["aliases"]),
        terminals=(raw["terminal_a_zh"], raw["terminal_b_zh"]),
        first_last=tuple((raw["first_last"] or {}).items()),
        season=raw["season"],
        fare_zh=fare.get("text_zh", ""),
        fare=fare.get("amount_cny"),
        as_of=raw["as_of"],
        source="; ".join(raw["sources"]),
        confidence=raw["confidence"],
    )


def _trips(trips: list[tuple[int, int]], headsigns: tuple[str, ...], sequences: list[list[int]]) -> Trips:
    count = len(trips)
    first = np.concatenate([[0], np.cumsum([len(one) for one in sequences])]).astype(np.int32)
    return Trips(
        ids=tuple(f"sequence-{at}" for at in range(count)),
        route=np.array([route for route, _ in trips], np.int32),
        service=np.zeros(count, np.int32),
        direction=np.full(count, -1, np.int32),
        headsign=np.array([sign for _, sign in trips], np.int32),
        headsigns=headsigns,
        first=first,
    )


def _stop_times(sequences: list[list[int]], stops: tuple[Stop, ...]) -> StopTimes:
    times: list[int] = []
    for sequence in sequences:
        at = 0
        for position, stop in enumerate(sequence):
            if position:
                at += _running_seconds(stops[sequence[position - 1]], stops[stop])
            times.append(at)
    stop_of: Ints = np.array([stop for sequence in sequences for stop in sequence], np.int32)
    seconds = np.array(times, np.int32)
    return StopTimes(stop_of, seconds, seconds.copy(), np.full(len(seconds), ESTIMATED, np.uint8))


def _running_seconds(one: Stop, other: Stop) -> int:
    if one.point is None or other.point is None:
        return SECONDS_A_STOP
    return max(SECONDS_A_STOP, round(distance_m(one.point, other.point) * _DETOUR / _METRES_A_SECOND))
