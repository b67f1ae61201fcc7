"""Which part of the earth a picture shows, and where on it a point lies.

Mercator on the sphere of the web maps (EPSG:3857), scaled to be true at the middle of the picture: shapes are right,
tiles fit under it, and within a city a metre is a metre to 0.3 % (the ellipsoid) plus what latitude adds towards the
edges.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from backend.geo import Datum, Point, convert

EARTH_RADIUS_M = 6_378_137.0  # of EPSG:3857

Pixel = tuple[float, float]
Size = tuple[int, int]


@dataclass(frozen=True)
class View:
    """A picture of `size` pixels around `centre` (WGS-84); `scale` is metres per pixel at the centre."""

    centre: Point
    scale: float
    size: Size

    def pixel(self, point: Point) -> Pixel:
        """Where a point of any known datum lies in the picture, x to the right and y down. Raises UnknownDatumError."""
        wgs = convert(point, Datum.WGS84)
        factor = EARTH_RADIUS_M * math.cos(math.radians(self.centre.lat)) / self.scale
        x = factor * math.radians(wgs.lon - self.centre.lon)
        y = factor * (mercator_y(wgs) - mercator_y(self.centre))
        return self.size[0] / 2 + x, self.size[1] / 2 - y


def mercator_y(wgs: Point) -> float:
    """The northing of a WGS-84 point on a sphere of radius one."""
    return math.asinh(math.tan(math.radians(wgs.lat)))


def view_of(points: Sequence[Point], size: Size, margin: int, finest: float) -> View:
    """The view that shows all points at least `margin` pixels from the edge, no finer than `finest` metres per pixel.

    Raises ValueError without points and UnknownDatumError for one without a datum.
    """
    if not points:
        raise ValueError("a map needs at least one point")
    wgs = [convert(point, Datum.WGS84) for point in points]
    lats, lons = [point.lat for point in wgs], [point.lon for point in wgs]
    centre = Point((min(lats) + max(lats)) / 2, (min(lons) + max(lons)) / 2, Datum.WGS84)
    metre = View(centre, 1.0, (0, 0))
    low, top = Point(min(lats), min(lons), Datum.WGS84), Point(max(lats), max(lons), Datum.WGS84)
    west_south, east_north = metre.pixel(low), metre.pixel(top)
    wide, high = east_north[0] - west_south[0], west_south[1] - east_north[1]
    room = max(1, size[0] - 2 * margin), max(1, size[1] - 2 * margin)
    # Mercator stretches the north more than the south: the middle of the northings is the middle of the picture.
    middle = math.degrees(math.atan(math.sinh((mercator_y(low) + mercator_y(top)) / 2)))
    stretched = math.cos(math.radians(middle)) / math.cos(math.radians(centre.lat))
    scale = max(finest, wide * stretched / room[0], high * stretched / room[1])
    return View(Point(middle, centre.lon, Datum.WGS84), scale, size)


def clipped(ring: Sequence[Pixel], size: Size, slack: float = 4.0) -> list[Pixel]:
    """The part of a closed ring within the picture and a little beyond (Sutherland and Hodgman 1974). Where the ring
    leaves and comes back, the edge of the picture joins both: good for filling.
    """
    kept = list(ring)
    for axis in (0, 1):
        for limit, inwards in ((-slack, 1), (size[axis] + slack, -1)):
            before, kept = kept, []
            for index, point in enumerate(before):
                last = before[index - 1]
                inside = (point[axis] - limit) * inwards >= 0
                if inside != ((last[axis] - limit) * inwards >= 0):
                    kept.append(_crossing(last, point, axis, limit))
                if inside:
                    kept.append(point)
    return kept


def thinned(ring: Sequence[Pixel], step: float = 0.7) -> list[Pixel]:
    """The ring without points that are nearer to the one before than anybody sees."""
    kept: list[Pixel] = []
    for point in ring:
        if not kept or math.dist(kept[-1], point) >= step:
            kept.append(point)
    return kept


def _crossing(a: Pixel, b: Pixel, axis: int, limit: float) -> Pixel:
    """Where the line from a to b crosses x (axis 0) or y (axis 1) = `limit`."""
    other = 1 - axis
    at = a[other] + (b[other] - a[other]) * (limit - a[axis]) / (b[axis] - a[axis])
    return (limit, at) if axis == 0 else (at, limit)
