"""Where an alert holds: its shapes in WGS-84 and the city's districts that it names or reaches."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from backend.geo import Datum, Point, UnknownDatumError, convert, distance_m
from backend.models import Division, Place
from backend.services.cap import Area, Circle, Info, Named, Polygon
from backend.services.place_index import position

# Stands for the whole city in the list of districts.
CITY = "city"
# Name of the codes of administrative divisions (GB/T 2260) in messages of ours.
GB_CODES = "GB/T 2260"
# Codes of these systems are not divisions of China, whatever their digits.
_FOREIGN_CODES = frozenset({"SAME", "UGC", "FIPS6", "FIPS", "CLC", "EMMA_ID", "NUTS", "WARNCELLID"})


@dataclass(frozen=True)
class Ground:
    """What areas are looked up in: the city and its districts, and the places with their positions."""

    divisions: Sequence[Division]
    places: Sequence[Place]

    def reach_of(self, info: Info) -> dict[str, list[str]]:
        """Ids of the districts an <info> names (`CITY` where it names the whole city) and of those its shapes reach.

        It names one by its code or, where an area has neither codes we know nor shapes, in the words of its areaDesc.
        A shape reaches a district when one of its places lies within: we do not know the boundaries.
        """
        named: set[str] = set()
        for area in info.areas:
            codes = {id_ for code in area.geocodes if (id_ := self._by_code(code)) is not None}
            if not codes and not area.polygons and not area.circles:
                codes = self._by_name(area.description)
            named |= codes
        reached = {place.district for place in self.places if place.district and self._within(info, place)}
        return {"named": sorted(named), "reached": sorted(reached)}

    def _within(self, info: Info, place: Place) -> bool:
        point = position(place)
        return point is not None and any(in_shapes(area, point) for area in info.areas)

    def _by_code(self, code: Named) -> str | None:
        """As the codes are written: 130304, or longer with zeros at the end."""
        if code.name.strip().upper() in _FOREIGN_CODES or not re.fullmatch(r"\d{6}(0{3}|0{6})?", code.value.strip()):
            return None
        wanted = code.value.strip()[:6]
        for division in self.divisions:
            if division.id.partition(":")[2] == wanted:
                return CITY if division.level == "city" else division.id
        return None

    def _by_name(self, words: str) -> set[str]:
        """Districts by their full names; the city alone where no district of it is named."""
        named = {
            division.id: division.level
            for division in self.divisions
            if division.name_zh in words or (division.name_en and _has_word(words, division.name_en))
        }
        districts = {id_ for id_, level in named.items() if level == "county"}
        return districts or ({CITY} if "city" in named.values() else set())


def _has_word(words: str, name: str) -> bool:
    return re.search(rf"\b{re.escape(name)}\b", words, re.IGNORECASE) is not None


def in_shapes(area: Area, point: Point) -> bool:
    """Whether a point lies within one of an area's shapes, their edges included. False where its datum is unknown."""
    try:
        there = convert(point, Datum.WGS84)
    except UnknownDatumError:
        return False
    return any(_in_circle(circle, there) for circle in area.circles) or any(
        in_polygon(polygon, there) for polygon in area.polygons
    )


def _in_circle(circle: Circle, point: Point) -> bool:
    return distance_m(circle.centre, point) <= circle.radius_km * 1000


def in_polygon(polygon: Polygon, point: Point) -> bool:
    """Whether a point lies within a polygon or on its edge; both are in WGS-84, edges are straight in degrees.

    Counts the edges that a line to the east crosses. A polygon across the antimeridian is taken the short way round.
    """
    lons = [corner.lon for corner in polygon.points]
    wraps = max(lons) - min(lons) > 180
    at = _unwrapped(point.lon) if wraps else point.lon
    corners = [(corner.lat, _unwrapped(corner.lon) if wraps else corner.lon) for corner in polygon.points]
    inside = False
    for (lat_a, lon_a), (lat_b, lon_b) in pairwise(corners):
        cross = (lon_b - lon_a) * (point.lat - lat_a) - (lat_b - lat_a) * (at - lon_a)
        between = min(lat_a, lat_b) <= point.lat <= max(lat_a, lat_b) and min(lon_a, lon_b) <= at <= max(lon_a, lon_b)
        if cross == 0 and between:
            return True
        if (lat_a > point.lat) != (lat_b > point.lat):
            crossing = lon_a + (point.lat - lat_a) * (lon_b - lon_a) / (lat_b - lat_a)
            inside ^= at < crossing
    return inside


def _unwrapped(lon: float) -> float:
    return lon + 360 if lon < 0 else lon


def city_codes(divisions: Iterable[Division], districts: Iterable[str]) -> tuple[tuple[Named, ...], list[Division]]:
    """The codes of districts by id, or of the city where `CITY` is among them, and their rows. What nobody knows is
    left out.
    """
    wanted = set(districts)
    rows = [
        division for division in divisions if division.id in wanted or (CITY in wanted and division.level == "city")
    ]
    if CITY in wanted:
        rows = [division for division in rows if division.level == "city"]
    return tuple(Named(GB_CODES, division.id.partition(":")[2]) for division in rows), rows
