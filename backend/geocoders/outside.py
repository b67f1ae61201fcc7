"""An outside provider behind geopy's interface: in WGS-84, within the city, kept for a while, never an error."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cachetools import TTLCache
from geopy.exc import (
    GeocoderAuthenticationFailure,
    GeocoderQuotaExceeded,
    GeocoderTimedOut,
    GeocoderUnavailable,
)
from geopy.extra.rate_limiter import RateLimiter
from geopy.geocoders import get_geocoder_for_service
from geopy.geocoders.base import DEFAULT_SENTINEL
from geopy.location import Location
from geopy.point import Point as GeopyPoint

from backend.geo import Bounds, Datum, Point, convert
from backend.geocoders.amap import AMap
from backend.geocoders.pack import point_of

log = logging.getLogger(__name__)

KEPT, KEPT_SECONDS = 2_000, 24 * 3600
# After these nobody else asks the provider for so long: the next question would only wait, or cost quota, in vain.
# An answer without sense is not among them; Baidu says "internal server error" for "nothing found".
TIRING = (GeocoderTimedOut, GeocoderUnavailable, GeocoderQuotaExceeded, GeocoderAuthenticationFailure, OSError)
REST_SECONDS = 30.0
# Who may wait for their turn with the provider at once; others do without it.
WAITING = 2


@dataclass(frozen=True)
class Provider:
    """How a provider is reached through geopy, and which datum it speaks."""

    service: str  # geopy's name of it
    datum: Datum
    needs_key: bool
    # The arguments of one question: (words, the city's name, its bounds).
    question: Callable[[str, str, Bounds], tuple[str, dict[str, Any]]]


PROVIDERS = {
    # OpenStreetMap is WGS-84. https://operations.osmfoundation.org/policies/nominatim/: one request a second.
    "nominatim": Provider(
        "nominatim",
        Datum.WGS84,
        False,
        lambda words, city, bounds: (
            words,
            {"exactly_one": False, "limit": 4, "bounded": True, "viewbox": _corners(bounds)},
        ),
    ),
    # BD-09 unless asked otherwise (ret_coordtype, which geopy does not send). One result; geopy reads no more.
    "baidu": Provider("baiduv3", Datum.BD09, True, lambda words, city, bounds: (f"{city}{words}", {})),
    "amap": Provider(
        "amap", Datum.GCJ02, True, lambda words, city, bounds: (words, {"exactly_one": False, "city": city})
    ),
}


class OutsideGeocoder:
    """Asks one provider. Whatever goes wrong there is "not found" here, and is logged without the words asked for."""

    def __init__(
        self,
        name: str,
        *,
        city: str,
        bounds: Bounds,
        key: str = "",
        timeout: float = 2.0,
        per_second: float = 1.0,
        user_agent: str = "",
        adapter_factory: Any = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`city` is its local name, `timeout` in seconds, `per_second` the provider's limit for this process.

        Raises KeyError for an unknown provider and geopy.exc.ConfigurationError for one that is not set up.
        """
        self._provider = PROVIDERS[name]
        self._name, self._city, self._bounds, self._clock = name, city, bounds, clock
        arguments = {"timeout": timeout, "user_agent": user_agent or None, "adapter_factory": adapter_factory}
        if self._provider.needs_key:
            arguments["api_key"] = key
        made = AMap if name == "amap" else get_geocoder_for_service(self._provider.service)
        geocoder = made(**arguments)
        self._geocode = self._limited(geocoder.geocode, per_second)
        self._reverse = self._limited(geocoder.reverse, per_second)
        self._kept: TTLCache[tuple[Any, ...], list[Location]] = TTLCache(KEPT, KEPT_SECONDS, timer=clock)
        self._lock = threading.Lock()
        self._places = threading.BoundedSemaphore(WAITING)
        self._rests_until = 0.0

    def geocode(
        self, query: str, *, exactly_one: bool = True, timeout: Any = DEFAULT_SENTINEL
    ) -> Location | list[Location] | None:
        """Locations within the city, in WGS-84; None where there are none, or the provider cannot tell now."""
        words, arguments = self._provider.question(query.strip(), self._city, self._bounds)
        return _given(self._ask(("geocode", words), lambda: self._geocode(words, **arguments)), exactly_one)

    def reverse(
        self, query: Point | GeopyPoint, *, exactly_one: bool = True, timeout: Any = DEFAULT_SENTINEL
    ) -> Location | list[Location] | None:
        """The address at a point, in WGS-84; None as above. Raises TypeError for bare numbers, which have no datum."""
        there = convert(point_of(query), self._provider.datum)
        where = GeopyPoint(round(there.lat, 6), round(there.lon, 6))
        return _given(self._ask(("reverse", tuple(where)), lambda: self._reverse(where)), exactly_one)

    def _ask(self, key: tuple[Any, ...], call: Callable[[], Any]) -> list[Location]:
        with self._lock:
            kept = self._kept.get(key)  # it may run out between two looks
            if kept is not None:
                return kept
            if self._clock() < self._rests_until:
                return []
        if not self._places.acquire(blocking=False):
            return []
        try:
            answer = call()
            found = [] if answer is None else answer if isinstance(answer, list) else [answer]
            locations = [ours for each in found if (ours := self._ours(each)) is not None]
        except Exception as error:  # a provider may answer anything, and none of it may cost a person their answer
            log.warning("geocoder %s failed: %s", self._name, type(error).__name__)
            if isinstance(error, TIRING):
                with self._lock:
                    self._rests_until = self._clock() + REST_SECONDS
            return []
        finally:
            self._places.release()
        with self._lock:
            self._kept[key] = locations
        return locations

    def _ours(self, location: Location) -> Location | None:
        """A location as we give it: WGS-84, within the city."""
        there = Point(location.latitude, location.longitude, self._provider.datum)
        point = convert(there, Datum.WGS84)
        if not self._bounds.contains(point):
            return None
        address = location.address
        # geopy gives Baidu's addresses as bytes.
        text = address.decode() if isinstance(address, bytes) else address
        return Location(
            text,
            GeopyPoint(point.lat, point.lon),
            {"id": "", "datum": str(there.datum), "kind": self._name, "confidence": "low", "answer": location.raw},
        )

    @staticmethod
    def _limited(call: Callable[..., Any], per_second: float) -> RateLimiter:
        delay = 1 / per_second
        # It would log the words of the person with an error, so it is not to swallow any.
        return RateLimiter(
            call, min_delay_seconds=delay, max_retries=0, error_wait_seconds=delay, swallow_exceptions=False
        )


def _corners(bounds: Bounds) -> list[GeopyPoint]:
    return [GeopyPoint(bounds.lat[0], bounds.lon[0]), GeopyPoint(bounds.lat[1], bounds.lon[1])]


def _given(locations: list[Location], exactly_one: bool) -> Location | list[Location] | None:
    if not locations:
        return None
    return locations[0] if exactly_one else list(locations)
