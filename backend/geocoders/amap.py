"""AMap's geocoding service (高德地理编码), which geopy does not have."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from geopy.exc import GeocoderAuthenticationFailure, GeocoderQuotaExceeded, GeocoderServiceError
from geopy.geocoders.base import DEFAULT_SENTINEL, Geocoder
from geopy.location import Location
from geopy.point import Point as GeopyPoint


class AMap(Geocoder):
    """Speaks GCJ-02: the locations are as AMap gives them (https://lbs.amap.com/api/webservice/guide/api/georegeo)."""

    def __init__(
        self,
        api_key: str,
        *,
        timeout: Any = DEFAULT_SENTINEL,
        user_agent: str | None = None,
        adapter_factory: Any = None,
    ) -> None:
        super().__init__(timeout=timeout, user_agent=user_agent, adapter_factory=adapter_factory)
        self._key = api_key

    def geocode(
        self, query: str, *, exactly_one: bool = True, timeout: Any = DEFAULT_SENTINEL, city: str = ""
    ) -> Location | list[Location] | None:
        """Locations of an address, within `city` (its Chinese name) where one is given."""
        params = {"key": self._key, "address": query, "output": "JSON", **({"city": city} if city else {})}

        def read(page: dict[str, Any]) -> Location | list[Location] | None:
            _check(page)
            found = [_location(each["formatted_address"], each["location"], each) for each in page["geocodes"]]
            return (found[0] if exactly_one else found) if found else None

        return self._call_geocoder(
            f"https://restapi.amap.com/v3/geocode/geo?{urlencode(params)}", read, timeout=timeout
        )

    def reverse(
        self, query: GeopyPoint, *, exactly_one: bool = True, timeout: Any = DEFAULT_SENTINEL
    ) -> Location | list[Location] | None:
        """The address at a point in GCJ-02."""
        where = self._coerce_point_to_string(query, "%(lon)s,%(lat)s")
        params = {"key": self._key, "location": where, "output": "JSON"}

        def read(page: dict[str, Any]) -> Location | list[Location] | None:
            _check(page)
            address = page["regeocode"]["formatted_address"]
            if not address:  # AMap gives an empty list for nothing
                return None
            location = _location(address, where, page["regeocode"])
            return location if exactly_one else [location]

        url = f"https://restapi.amap.com/v3/geocode/regeo?{urlencode(params)}"
        return self._call_geocoder(url, read, timeout=timeout)


def _location(address: str, where: str, raw: dict[str, Any]) -> Location:
    lon, lat = (float(number) for number in where.split(","))
    return Location(address, GeopyPoint(lat, lon), raw)


def _check(page: dict[str, Any]) -> None:
    """Raises geopy's exception for an answer that says it is none (AMap, "错误码说明")."""
    if page["status"] == "1":
        return
    code, info = page.get("infocode", ""), page.get("info", "")
    if code in ("10001", "10002", "10005", "10009"):
        raise GeocoderAuthenticationFailure(info)
    if code in ("10003", "10004", "10019", "10020", "10021", "10044"):
        raise GeocoderQuotaExceeded(info)
    raise GeocoderServiceError(info)
