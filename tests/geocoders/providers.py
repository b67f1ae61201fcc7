"""Outside providers as their documentation shows their answers, behind geopy's own interface for HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

from geopy.adapters import AdapterHTTPError, BaseSyncAdapter
from geopy.exc import GeocoderTimedOut

from backend.geo import Datum, Point, convert, distance_m

# What every provider knows; the second lies in another city.
PARK = ("鸽子窝公园", Point(39.836216, 119.526688, Datum.GCJ02))
ELSEWHERE = ("天安门", Point(39.908722, 116.397499, Datum.GCJ02))
KNOWN = dict((PARK, ELSEWHERE))


def _named(query: str) -> tuple[str, Point] | None:
    return next(((name, point) for name, point in KNOWN.items() if name in query), None)


def _at(lat: str, lon: str, datum: Datum) -> tuple[str, Point] | None:
    asked = Point(float(lat), float(lon), datum)
    return next(((name, point) for name, point in KNOWN.items() if distance_m(point, asked) < 100), None)


def nominatim(path: str, query: dict[str, str]) -> Any:
    found = _named(query["q"]) if path == "/search" else _at(query["lat"], query["lon"], Datum.WGS84)
    if found is None:
        return [] if path == "/search" else {"error": "Unable to geocode"}
    there = convert(found[1], Datum.WGS84)
    place = {"place_id": 1, "lat": f"{there.lat:.7f}", "lon": f"{there.lon:.7f}", "display_name": found[0]}
    return [place] if path == "/search" else place


def baidu(path: str, query: dict[str, str]) -> Any:
    if path == "/geocoding/v3/":
        found = _named(query["address"])
        if found is None:
            return {"status": 1, "msg": "Internal Service Error:无相关结果", "results": []}
    else:
        found = _at(*query["location"].split(","), Datum.BD09)
        if found is None:
            return {"status": 0, "result": {}}
    there = convert(found[1], Datum.BD09)
    location = {"lng": there.lon, "lat": there.lat}
    return {"status": 0, "result": {"location": location, "level": "旅游景点", "formatted_address": found[0]}}


def amap(path: str, query: dict[str, str]) -> Any:
    answer: dict[str, Any] = {"status": "1", "info": "OK", "infocode": "10000"}
    if query["key"] != "right":
        return {"status": "0", "info": "INVALID_USER_KEY", "infocode": "10001"}
    if path == "/v3/geocode/geo":
        found = _named(query["address"])
        geocodes = []
        if found is not None:
            there = convert(found[1], Datum.GCJ02)
            location = f"{there.lon:.6f},{there.lat:.6f}"
            geocodes = [{"formatted_address": found[0], "location": location, "level": "兴趣点"}]
        return {**answer, "count": str(len(geocodes)), "geocodes": geocodes}
    lon, lat = query["location"].split(",")
    found = _at(lat, lon, Datum.GCJ02)
    return {**answer, "regeocode": {"formatted_address": found[0] if found else []}}


ANSWERS: dict[str, Callable[[str, dict[str, str]], Any]] = {"nominatim": nominatim, "baidu": baidu, "amap": amap}


class FakeHttp:
    """The network as geopy sees it. `asked` holds the queries; `fault` is raised, or given as the answer, instead."""

    def __init__(self, provider: str) -> None:
        self.asked: list[dict[str, str]] = []
        self.timeouts: list[float] = []
        self.agents: list[str] = []
        self.fault: Any = None
        self.provider = provider

    def __call__(self, *, proxies: Any, ssl_context: Any) -> BaseSyncAdapter:
        return _Adapter(self, proxies=proxies, ssl_context=ssl_context)

    def get(self, url: str, timeout: float, headers: dict[str, str]) -> Any:
        parts = urlsplit(url)
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        self.asked.append(query)
        self.timeouts.append(timeout)
        self.agents.append(headers["User-Agent"])
        if isinstance(self.fault, Exception):
            raise self.fault
        return ANSWERS[self.provider](parts.path, query) if self.fault is None else self.fault


class _Adapter(BaseSyncAdapter):
    def __init__(self, http: FakeHttp, *, proxies: Any, ssl_context: Any) -> None:
        super().__init__(proxies=proxies, ssl_context=ssl_context)
        self._http = http

    def get_json(self, url: str, *, timeout: float, headers: dict[str, str]) -> Any:
        return self._http.get(url, timeout, headers)

    def get_text(self, url: str, *, timeout: float, headers: dict[str, str]) -> Any:
        raise AssertionError(f"{url}: every provider is asked for JSON")


FAULTS: dict[str, Any] = {
    "timeout": GeocoderTimedOut("took too long"),
    "refused": OSError("connection refused"),
    "too many": AdapterHTTPError("429", status_code=429, headers={"Retry-After": "60"}, text="slow down"),
    "broken": AdapterHTTPError("500", status_code=500, headers={}, text="oops"),
    "no sense": {"hello": "world"},
    "null": [None],
    "text": "<html>",
}
