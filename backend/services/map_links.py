"""Links that open a map app at a point, or on the way by bus from one point to another.

Each app reads coordinates in a datum of its own, so the datum is chosen here:

* AMap: GCJ-02, `coordinate=gaode` says so (AMap open platform, "URI API": https://lbs.amap.com/api/uri-api/).
* Baidu: BD-09, `coord_type=bd09ll` says so; `src` is required (https://lbsyun.baidu.com, "URI API", "Web").
* Apple: GCJ-02 in mainland China. The parameters are documented (Apple, "Map Links"), their datum is not; but its map
  of the mainland is drawn from AutoNavi's data, on which points that are not shifted show up displaced.
* Google: GCJ-02 in mainland China. The parameters are documented (Google, "Maps URLs"), their datum is not; but its
  road map of the mainland is shifted and pins are not, so only a shifted pin stands on its street. On the satellite
  picture, which is not shifted, it stands some 500 m off.
* `geo:`: WGS-84 by definition (RFC 5870, section 3.4.2). `?q=…(label)` is Android's addition, ignored elsewhere.

Outside China GCJ-02 and WGS-84 are the same numbers, so the same links are right there.
"""

from __future__ import annotations

from urllib.parse import quote, urlencode

from backend.geo import Datum, Point, convert
from backend.services.replies import Link
from backend.wording import t

# Who calls, for the map services' statistics; Baidu wants the form webapp.company.app.
_AMAP_SOURCE = "concierge"
_BAIDU_SOURCE = "webapp.concierge.concierge"
# Which apps people of a language have, the likeliest first: a channel that has room for one link shows the first.
_APPS = {"zh": ("amap", "baidu", "apple", "geo"), "en": ("amap", "apple", "google", "geo")}
_ROUTE_APPS = {"zh": ("amap", "baidu", "apple"), "en": ("amap", "apple", "google")}


def links(point: Point, name: str, lang: str, local_name: str = "") -> list[Link]:
    """Links that open the map apps of a language's speakers at a point.

    `name` is in the person's language; `local_name`, where given, is what Chinese apps are told. Raises
    UnknownDatumError for a point of unknown datum.
    """
    local = local_name or name
    urls = {
        "amap": lambda: amap(point, local),
        "baidu": lambda: baidu(point, local),
        "apple": lambda: apple(point, name),
        "google": lambda: google(point),
        "geo": lambda: geo(point, name),
    }
    return [Link(t(lang, f"map-{app}"), urls[app]()) for app in _APPS.get(lang, _APPS["en"])]


def route_links(start: Point | None, start_name: str, end: Point, end_name: str, lang: str, city: str) -> list[Link]:
    """Links that open the way by bus and on foot from one point to another; without a start from where the device is,
    in the apps that can.

    `city` is the city's local name, which Baidu wants with a search for buses. Raises UnknownDatumError.
    """
    urls = {
        "amap": amap_route(start, start_name, end, end_name),
        "apple": apple_route(start, end),
        "google": google_route(start, end),
    }
    if start is not None:
        urls["baidu"] = baidu_route(start, start_name, end, end_name, city)
    apps = [app for app in _ROUTE_APPS.get(lang, _ROUTE_APPS["en"]) if app in urls]
    return [Link(t(lang, f"map-route-{app}"), urls[app]) for app in apps]


def search_link(name: str, lang: str) -> Link:
    """A link that looks a name up in AMap, where we know no point."""
    return Link(t(lang, "map-search"), _url("https://uri.amap.com/search", {"keyword": name, "src": _AMAP_SOURCE}))


def amap(point: Point, name: str) -> str:
    """A marker in AMap. On a phone the app is opened where there is one (`callnative`)."""
    query = {
        "position": _lon_lat(point, Datum.GCJ02),
        "name": name,
        "coordinate": "gaode",
        "src": _AMAP_SOURCE,
        "callnative": "1",
    }
    return _url("https://uri.amap.com/marker", query)


def amap_route(start: Point | None, start_name: str, end: Point, end_name: str) -> str:
    """The way by bus in AMap."""
    begin = {"from": f"{_lon_lat(start, Datum.GCJ02)},{_no_comma(start_name)}"} if start is not None else {}
    query = {
        **begin,
        "to": f"{_lon_lat(end, Datum.GCJ02)},{_no_comma(end_name)}",
        "mode": "bus",
        "coordinate": "gaode",
        "src": _AMAP_SOURCE,
        "callnative": "1",
    }
    return _url("https://uri.amap.com/navigation", query)


def baidu(point: Point, name: str) -> str:
    """A marker in Baidu Maps."""
    query = {
        "location": _lat_lon(point, Datum.BD09),
        "title": name,
        "content": name,
        "coord_type": "bd09ll",
        "output": "html",
        "src": _BAIDU_SOURCE,
    }
    return _url("https://api.map.baidu.com/marker", query)


def baidu_route(start: Point, start_name: str, end: Point, end_name: str, city: str) -> str:
    """The way by bus in Baidu Maps."""
    query = {
        "origin": f"latlng:{_lat_lon(start, Datum.BD09)}|name:{start_name.replace('|', ' ')}",
        "destination": f"latlng:{_lat_lon(end, Datum.BD09)}|name:{end_name.replace('|', ' ')}",
        "mode": "transit",
        "region": city,
        "coord_type": "bd09ll",
        "output": "html",
        "src": _BAIDU_SOURCE,
    }
    return _url("https://api.map.baidu.com/direction", query)


def apple(point: Point, name: str) -> str:
    """A pin in Apple Maps."""
    return _url("https://maps.apple.com/", {"ll": _lat_lon(point, Datum.GCJ02), "q": name})


def apple_route(start: Point | None, end: Point) -> str:
    """The way by bus (`dirflg=r`) in Apple Maps."""
    begin = {"saddr": _lat_lon(start, Datum.GCJ02)} if start is not None else {}
    return _url("https://maps.apple.com/", {**begin, "daddr": _lat_lon(end, Datum.GCJ02), "dirflg": "r"})


def google(point: Point) -> str:
    """A pin in Google Maps; it takes coordinates or a name, not both."""
    return _url("https://www.google.com/maps/search/", {"api": "1", "query": _lat_lon(point, Datum.GCJ02)})


def google_route(start: Point | None, end: Point) -> str:
    """The way by bus in Google Maps."""
    begin = {"origin": _lat_lon(start, Datum.GCJ02)} if start is not None else {}
    query = {
        "api": "1",
        **begin,
        "destination": _lat_lon(end, Datum.GCJ02),
        "travelmode": "transit",
    }
    return _url("https://www.google.com/maps/dir/", query)


def geo(point: Point, name: str) -> str:
    """A `geo:` URI for whatever map app the device has."""
    pair = _lat_lon(point, Datum.WGS84)
    # Brackets end the label on Android.
    label = quote(name.replace("(", " ").replace(")", " ").strip(), safe="")
    return f"geo:{pair}?q={pair}({label})"


def _lat_lon(point: Point, datum: Datum) -> str:
    there = convert(point, datum)
    return f"{there.lat:.6f},{there.lon:.6f}"


def _lon_lat(point: Point, datum: Datum) -> str:
    there = convert(point, datum)
    return f"{there.lon:.6f},{there.lat:.6f}"


def _no_comma(name: str) -> str:
    """A comma would end the name."""
    return name.replace(",", " ")


def _url(base: str, query: dict[str, str]) -> str:
    # Commas and colons as they are: the examples of all services have them so.
    return f"{base}?{urlencode(query, safe=',:', quote_via=quote)}"
