"""How far it is from one place to the next and how long it takes, estimated from the straight line."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from backend.city_pack.plan_rules import TravelRules
from backend.geo import Datum, Point, convert

# Mean radius of the earth (IUGG). Within a city the sphere is less than half a per cent off the ellipsoid, far less
# than the detour is; the geodesic would take most of a plan's time.
_EARTH_M = 6_371_009.0
_ROUND_TO = 5


@dataclass(frozen=True)
class Leg:
    """A way: estimated metres, minutes (a multiple of five, rounded up), on foot or by bus or taxi."""

    metres: int
    minutes: int
    mode: Literal["walk", "ride"]


class Travel:
    """Estimates ways by the rules of a city; `walk_up_to_metres` where people walk less than usual."""

    def __init__(self, rules: TravelRules, walk_up_to_metres: int | None = None) -> None:
        self._rules = rules
        self._walk_up_to = min(rules.walk_up_to_metres, walk_up_to_metres or rules.walk_up_to_metres)
        self._known: dict[tuple[Point, Point], Leg] = {}

    def leg(self, a: Point, b: Point) -> Leg:
        """The way between two points in WGS-84. Raises ValueError for another datum."""
        known = self._known.get((a, b))
        if known is None:
            known = self._known[a, b] = self._estimate(straight_metres(a, b) * self._rules.detour)
        return known

    def _estimate(self, metres: float) -> Leg:
        if metres <= self._walk_up_to:
            return Leg(round(metres), _rounded(metres / self._rules.walk_metres_per_minute), "walk")
        metres_per_minute = self._rules.ride_kilometres_per_hour * 1000 / 60
        return Leg(round(metres), _rounded(self._rules.ride_wait_minutes + metres / metres_per_minute), "ride")


def wgs84(point: Point) -> Point:
    """The point in WGS-84. Raises UnknownDatumError."""
    return convert(point, Datum.WGS84)


def straight_metres(a: Point, b: Point) -> float:
    """Metres in a straight line between two points in WGS-84 (haversine). Raises ValueError for another datum."""
    if a.datum is not Datum.WGS84 or b.datum is not Datum.WGS84:
        raise ValueError("distances of a plan are taken between points in WGS-84")
    phi_a, phi_b = math.radians(a.lat), math.radians(b.lat)
    sin_lat = math.sin((phi_b - phi_a) / 2)
    sin_lon = math.sin(math.radians(b.lon - a.lon) / 2)
    root = math.sqrt(sin_lat * sin_lat + math.cos(phi_a) * math.cos(phi_b) * sin_lon * sin_lon)
    return 2 * _EARTH_M * math.asin(min(1.0, root))


def _rounded(minutes: float) -> int:
    return math.ceil(minutes / _ROUND_TO) * _ROUND_TO
