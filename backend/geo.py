"""Points that carry their datum, conversion between datums, and distances that never mix them.

Chinese map services publish shifted positions: GCJ-02 (Amap, Tencent, WeChat) lies some 500 m off WGS-84, and BD-09
(Baidu) lies up to 1.3 km off. Neither has a published definition; the formulas below are the public approximation
known from the open-source projects eviltransform (https://github.com/googollee/eviltransform) and coordtransform
(https://github.com/wandergis/coordtransform). Forward conversion is exact with respect to those formulas, the way
back is iterated to below a centimetre.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any


class Datum(StrEnum):
    """The reference a pair of coordinates is given in."""

    WGS84 = "WGS-84"
    GCJ02 = "GCJ-02"
    BD09 = "BD-09"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Point:
    """A position: `lat` and `lon` in decimal degrees, north and east positive, valid in `datum` only.

    Raises ValueError for values that cannot be degrees (not finite, or out of range; swapped values mostly are).
    """

    lat: float
    lon: float
    datum: Datum

    def __post_init__(self) -> None:
        if not (math.isfinite(self.lat) and -90 <= self.lat <= 90):
            raise ValueError(f"latitude {self.lat} is not within -90..90")
        if not (math.isfinite(self.lon) and -180 <= self.lon <= 180):
            raise ValueError(f"longitude {self.lon} is not within -180..180")


@dataclass(frozen=True, slots=True)
class Bounds:
    """A box in degrees, `(lowest, highest)` each way. It has no datum: it is meant to be drawn so wide that the shift
    between datums (below 0.02 degrees in China) does not matter. It catches swapped and mistyped coordinates.
    """

    lat: tuple[float, float]
    lon: tuple[float, float]

    def contains(self, point: Point) -> bool:
        """Whether the point lies within, its edges included, whatever its datum."""
        return self.lat[0] <= point.lat <= self.lat[1] and self.lon[0] <= point.lon <= self.lon[1]


class UnknownDatumError(ValueError):
    """A position without a known datum was asked for a conversion or a distance."""


# Krasovsky 1940 ellipsoid, on which the GCJ-02 shift is computed (eviltransform).
_SEMI_MAJOR_M = 6378245.0
_ECCENTRICITY_SQ = 0.00669342162296594323
_BD_X_PI = math.pi * 3000.0 / 180.0
# Box outside which the map services do not shift (eviltransform). It is rougher than the border, as in the services
# themselves.
_CHINA_LAT = (0.8293, 55.8271)
_CHINA_LON = (72.004, 137.8347)
_INVERSE_STEPS = 20
_INVERSE_DEGREES = 1e-8  # about a millimetre


def convert(point: Point, datum: Datum) -> Point:
    """Give the same place in another datum.

    Points outside the box of China keep their numbers, since no shift is applied there. Accuracy: a few metres, that
    of the public formulas. Raises UnknownDatumError when either side is `Datum.UNKNOWN`.
    """
    if Datum.UNKNOWN in (point.datum, datum):
        raise UnknownDatumError(f"cannot convert from {point.datum} to {datum}: the datum is not known")
    if point.datum is datum:
        return point
    if not _in_china(point.lat, point.lon):
        return Point(point.lat, point.lon, datum)
    lat, lon = point.lat, point.lon
    if point.datum is Datum.BD09:
        lat, lon = _bd_to_gcj(lat, lon)
    elif point.datum is Datum.WGS84:
        lat, lon = _wgs_to_gcj(lat, lon)
    # lat, lon are GCJ-02 here: every way leads through it.
    if datum is Datum.WGS84:
        lat, lon = _gcj_to_wgs(lat, lon)
    elif datum is Datum.BD09:
        lat, lon = _gcj_to_bd(lat, lon)
    return Point(lat, lon, datum)


def distance_m(a: Point, b: Point) -> float:
    """Geodesic distance in metres on the WGS-84 ellipsoid, in a straight line.

    To a tenth of a millimetre. Both points are brought to WGS-84 first. Raises UnknownDatumError when a datum is
    unknown, because the answer could be more than a kilometre off.
    """
    a, b = convert(a, Datum.WGS84), convert(b, Datum.WGS84)
    return measured_m(math.dist(cartesian(a), cartesian(b)), a, b)


def measured_m(chord: float, a: Point, b: Point) -> float:
    """`distance_m` of two points in WGS-84 whose `cartesian` coordinates lie `chord` metres apart.

    For who has the chord at hand: near by it is all that is needed. The arc of a circle is longer than its chord by
    chord³ / 24 radius², to this order, and the surface is nowhere curved so differently from a sphere that this would
    be off by a tenth of a millimetre within 20 km; geopy, which sums series, takes fifty times as long.
    """
    if chord < _NEAR_M:
        return chord + chord**3 / (24.0 * _MEAN_RADIUS_M**2)
    return float(_ellipsoid().measure((a.lat, a.lon), (b.lat, b.lon))) * 1000.0


@cache
def _ellipsoid() -> Any:
    """Measures in kilometres. One for all: the series it sums take as long to set up as a distance."""
    # Here, not above: the package brings an HTTP stack with it, and a killed process is back sooner without.
    from geopy.distance import geodesic

    return geodesic()


# WGS-84 (NIMA TR8350.2): semi-major axis in metres and first eccentricity squared.
_WGS84_A_M = 6378137.0
_WGS84_E2 = 6.69437999014e-3
_MEAN_RADIUS_M = 6371008.8  # of WGS-84, (2a + b) / 3
_NEAR_M = 20_000.0
# By so much, in metres, a straight line through the ground may seem longer than the way above it: more than the
# rounding of coordinates of 6,400 km, and of geopy (15 nm).
ROUNDING_M = 1e-6


def cartesian(point: Point) -> tuple[float, float, float]:
    """Earth-centred coordinates x, y, z in metres of a point on the surface of the WGS-84 ellipsoid.

    The straight line between two such points runs below the ground: it is never longer than `distance_m`, and quick to
    compute. Raises UnknownDatumError when the datum is unknown.
    """
    point = convert(point, Datum.WGS84)
    phi, lam = math.radians(point.lat), math.radians(point.lon)
    radius = _WGS84_A_M / math.sqrt(1.0 - _WGS84_E2 * math.sin(phi) ** 2)
    across = radius * math.cos(phi)
    return across * math.cos(lam), across * math.sin(lam), radius * (1.0 - _WGS84_E2) * math.sin(phi)


def middle(points: Sequence[Point]) -> Point:
    """The mean of points a few kilometres apart, in WGS-84.

    Raises ValueError without points and UnknownDatumError when a datum is unknown.
    """
    if not points:
        raise ValueError("there is no middle of no points")
    known = [convert(point, Datum.WGS84) for point in points]
    count = len(known)
    return Point(sum(point.lat for point in known) / count, sum(point.lon for point in known) / count, Datum.WGS84)


def _in_china(lat: float, lon: float) -> bool:
    return _CHINA_LAT[0] <= lat <= _CHINA_LAT[1] and _CHINA_LON[0] <= lon <= _CHINA_LON[1]


def _shift(lat: float, lon: float) -> tuple[float, float]:
    """Offset of GCJ-02 from WGS-84 in degrees at a WGS-84 position (formula and constants: eviltransform)."""
    x, y = lon - 105.0, lat - 35.0
    root = math.sqrt(abs(x))
    wave = 20.0 * math.sin(6.0 * x * math.pi) + 20.0 * math.sin(2.0 * x * math.pi)
    d_lat = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    d_lon = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    d_lat += (wave + 20.0 * math.sin(y * math.pi) + 40.0 * math.sin(y / 3.0 * math.pi)) * 2.0 / 3.0
    d_lat += (160.0 * math.sin(y / 12.0 * math.pi) + 320.0 * math.sin(y * math.pi / 30.0)) * 2.0 / 3.0
    d_lon += (wave + 20.0 * math.sin(x * math.pi) + 40.0 * math.sin(x / 3.0 * math.pi)) * 2.0 / 3.0
    d_lon += (150.0 * math.sin(x / 12.0 * math.pi) + 300.0 * math.sin(x / 30.0 * math.pi)) * 2.0 / 3.0

    phi = math.radians(lat)
    magic = 1.0 - _ECCENTRICITY_SQ * math.sin(phi) ** 2
    root_magic = math.sqrt(magic)
    d_lat = math.degrees(d_lat / (_SEMI_MAJOR_M * (1.0 - _ECCENTRICITY_SQ)) * (magic * root_magic))
    d_lon = math.degrees(d_lon / (_SEMI_MAJOR_M / root_magic * math.cos(phi)))
    return d_lat, d_lon


def _wgs_to_gcj(lat: float, lon: float) -> tuple[float, float]:
    d_lat, d_lon = _shift(lat, lon)
    return lat + d_lat, lon + d_lon


def _gcj_to_wgs(lat: float, lon: float) -> tuple[float, float]:
    """Invert the shift by fixed-point iteration; the shift changes so slowly that three or four steps are enough."""
    wgs_lat, wgs_lon = lat, lon
    for _ in range(_INVERSE_STEPS):
        d_lat, d_lon = _shift(wgs_lat, wgs_lon)
        next_lat, next_lon = lat - d_lat, lon - d_lon
        moved = max(abs(next_lat - wgs_lat), abs(next_lon - wgs_lon))
        wgs_lat, wgs_lon = next_lat, next_lon
        if moved < _INVERSE_DEGREES:
            break
    return wgs_lat, wgs_lon


def _gcj_to_bd(lat: float, lon: float) -> tuple[float, float]:
    z = math.hypot(lon, lat) + 0.00002 * math.sin(lat * _BD_X_PI)
    theta = math.atan2(lat, lon) + 0.000003 * math.cos(lon * _BD_X_PI)
    return z * math.sin(theta) + 0.006, z * math.cos(theta) + 0.0065


def _bd_to_gcj(lat: float, lon: float) -> tuple[float, float]:
    """Invert by iteration too: the usual closed form is half a metre off."""
    gcj_lat, gcj_lon = lat - 0.006, lon - 0.0065
    for _ in range(_INVERSE_STEPS):
        bd_lat, bd_lon = _gcj_to_bd(gcj_lat, gcj_lon)
        gcj_lat, gcj_lon = gcj_lat - (bd_lat - lat), gcj_lon - (bd_lon - lon)
        if max(abs(bd_lat - lat), abs(bd_lon - lon)) < _INVERSE_DEGREES:
            break
    return gcj_lat, gcj_lon
