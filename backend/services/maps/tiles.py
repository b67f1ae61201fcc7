"""Raster tiles of somebody else behind our maps, where the operator has set them up."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from backend.geo import Datum, Point
from backend.services.maps.view import EARTH_RADIUS_M, View, mercator_y

_TILE = 256
_FINEST_ZOOM = 18
_MOST = 24


@dataclass(frozen=True)
class Tiles:
    """A template with {z}, {x} and {y} of tiles in Web Mercator on WGS-84, and the words its licence asks for."""

    url: str
    attribution: str

    @classmethod
    def of(cls, url: str, attribution: str) -> Tiles | None:
        """Tiles as set up; None where they are not."""
        return cls(url, attribution) if url else None

    @property
    def origin(self) -> str:
        """Scheme and host, as a content security policy names them."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"

    def under(self, view: View) -> Iterator[tuple[str, float, float, float]]:
        """The tiles that lie under a view: address, x and y of the upper left corner and side, in pixels."""
        world = 2 * math.pi * EARTH_RADIUS_M * math.cos(math.radians(view.centre.lat)) / view.scale
        zoom = max(0, min(_FINEST_ZOOM, round(math.log2(world / _TILE))))
        count = 2**zoom
        side = world / count
        left = (view.centre.lon + 180) / 360 * world - view.size[0] / 2
        top = (1 - mercator_y(view.centre) / math.pi) / 2 * world - view.size[1] / 2
        columns = range(math.floor(left / side), math.floor((left + view.size[0]) / side) + 1)
        rows = range(math.floor(top / side), math.floor((top + view.size[1]) / side) + 1)
        found = [(column, row) for row in rows for column in columns if 0 <= row < count]
        for column, row in found[:_MOST]:
            url = self.url.replace("{z}", str(zoom)).replace("{x}", str(column % count)).replace("{y}", str(row))
            yield url, column * side - left, row * side - top, side


def corner(zoom: int, column: int, row: int) -> Point:
    """The north-west corner of a tile (OpenStreetMap's numbering)."""
    lat = math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * row / 2**zoom))))
    return Point(lat, column / 2**zoom * 360 - 180, Datum.WGS84)
