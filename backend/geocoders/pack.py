"""Our own places as a geopy geocoder."""

from __future__ import annotations

from typing import Any

from geopy.adapters import BaseSyncAdapter
from geopy.geocoders.base import DEFAULT_SENTINEL, Geocoder
from geopy.location import Location
from geopy.point import Point as GeopyPoint

from backend.geo import Datum, Point, convert
from backend.services.geocoding import Found, NotFound, PlaceFinder, Unsure

# Farther from any place we know, we have no name for where a point is.
REVERSE_METRES = 2_000.0


class _NoNetwork(BaseSyncAdapter):
    """Everything is here: there is nothing to ask."""

    def get_json(self, url: str, *, timeout: float, headers: dict[str, str]) -> Any:
        raise RuntimeError(f"{url}: our own places are asked of nobody")

    def get_text(self, url: str, *, timeout: float, headers: dict[str, str]) -> Any:
        raise RuntimeError(f"{url}: our own places are asked of nobody")


class PackGeocoder(Geocoder):
    """Speaks WGS-84, as geopy does.

    `raw` of a location holds `id` (record id), `datum` (the point was published in), `kind`, `confidence` (high,
    medium, low) and `approximate`.
    """

    def __init__(self, finder: PlaceFinder) -> None:
        super().__init__(adapter_factory=_NoNetwork)
        self._finder = finder

    def geocode(
        self, query: str, *, exactly_one: bool = True, timeout: Any = DEFAULT_SENTINEL, language: str = "zh"
    ) -> Location | list[Location] | None:
        """The place that words name, None where they name none.

        Where they may mean several, `exactly_one=False` gives them all; else it is the likeliest, with the confidence
        "low". `language` (`zh` or `en`) is that of the address; `timeout` means nothing here.
        """
        answer = self._finder.find(query, language)
        if isinstance(answer, NotFound):
            return None
        candidates = answer.candidates if isinstance(answer, Unsure) else (answer,)
        locations = [_location(found, unsure=isinstance(answer, Unsure)) for found in candidates]
        return locations[0] if exactly_one else locations

    def reverse(
        self,
        query: Point | GeopyPoint,
        *,
        exactly_one: bool = True,
        timeout: Any = DEFAULT_SENTINEL,
        language: str = "zh",
    ) -> Location | list[Location] | None:
        """The place nearest to a point, within two kilometres; None where there is none.

        A geopy point is taken for WGS-84. Raises TypeError for bare numbers and text, which have no datum.
        """
        nearest = self._finder.nearest(point_of(query))
        if nearest is None or nearest[1] > REVERSE_METRES:
            return None
        landmark = nearest[0]
        assert landmark.point is not None
        found = Found(landmark.point, landmark.label(language), landmark.id, False, landmark.kind, landmark.confidence)
        location = _location(found, unsure=False)
        return location if exactly_one else [location]


def point_of(query: Point | GeopyPoint) -> Point:
    """A point as geopy's interface is given it. Raises TypeError for anything without a datum."""
    if isinstance(query, Point):
        return query
    if isinstance(query, GeopyPoint):
        return Point(query.latitude, query.longitude, Datum.WGS84)
    raise TypeError(f"{query!r} has no datum: give a backend.geo.Point, or a geopy Point in WGS-84")


def _location(found: Found, unsure: bool) -> Location:
    point = convert(found.point, Datum.WGS84)
    raw = {
        "id": found.record_id,
        "datum": str(found.point.datum),
        "kind": found.kind,
        "confidence": "low" if unsure else found.confidence,
        "approximate": found.approximate,
    }
    return Location(found.label, GeopyPoint(point.lat, point.lon), raw)
