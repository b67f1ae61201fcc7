"""Links into map apps: each has its point in the datum that its app reads."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from backend.geo import Datum, Point, UnknownDatumError, convert, distance_m
from backend.services import map_links
from backend.services.answers import facts
from backend.services.replies import Link
from tests.factories import PlaceRow

HOSPITAL = Point(39.944451, 119.607654, Datum.BD09)
PARK = Point(39.836216, 119.526688, Datum.GCJ02)
LONDON = Point(51.5074, -0.1278, Datum.WGS84)
NAME = "第一医院, A&B (东门)"


def query(url: str) -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(urlsplit(url).query, strict_parsing=True).items()}


def pair(text: str) -> tuple[float, float]:
    first, second = text.split(",")[:2]
    return float(first), float(second)


def is_at(lat: float, lon: float, datum: Datum, point: Point) -> bool:
    """Within the seventh decimal's tenth of a metre; 0.2 m for the rounding both ways."""
    return distance_m(Point(lat, lon, datum), point) < 0.2


@pytest.mark.parametrize("point", [HOSPITAL, PARK, convert(PARK, Datum.WGS84), LONDON])
class TestMarkers:
    def test_amap(self, point: Point) -> None:
        url = map_links.amap(point, NAME)
        assert url.startswith("https://uri.amap.com/marker?position=")
        asked = query(url)
        lon, lat = pair(asked["position"])
        assert is_at(lat, lon, Datum.GCJ02, point)
        assert (asked["name"], asked["coordinate"]) == (NAME, "gaode")

    def test_baidu(self, point: Point) -> None:
        asked = query(map_links.baidu(point, NAME))
        assert is_at(*pair(asked["location"]), Datum.BD09, point)
        assert (asked["title"], asked["coord_type"], asked["output"]) == (NAME, "bd09ll", "html")
        assert {"content", "src"} <= asked.keys()

    def test_apple(self, point: Point) -> None:
        asked = query(map_links.apple(point, NAME))
        assert is_at(*pair(asked["ll"]), Datum.GCJ02, point)
        assert asked["q"] == NAME

    def test_google(self, point: Point) -> None:
        asked = query(map_links.google(point))
        assert is_at(*pair(asked["query"]), Datum.GCJ02, point)
        assert asked["api"] == "1"

    def test_geo(self, point: Point) -> None:
        found = re.fullmatch(r"geo:([-0-9.,]+)\?q=([-0-9.,]+)\(([^()]*)\)", map_links.geo(point, NAME))
        assert found is not None
        assert found.group(1) == found.group(2)
        assert is_at(*pair(found.group(1)), Datum.WGS84, point)
        assert "第一医院" in unquote(found.group(3))


class TestRoutes:
    def test_amap(self) -> None:
        asked = query(map_links.amap_route(HOSPITAL, NAME, PARK, "公园"))
        for end, point in (("from", HOSPITAL), ("to", PARK)):
            lon, lat = pair(asked[end])
            assert is_at(lat, lon, Datum.GCJ02, point)
            assert asked[end].count(",") == 2
        assert asked["to"].endswith(",公园")
        assert (asked["mode"], asked["coordinate"]) == ("bus", "gaode")

    def test_baidu(self) -> None:
        asked = query(map_links.baidu_route(HOSPITAL, "a|b", PARK, "公园", "秦皇岛市"))
        for end, point in (("origin", HOSPITAL), ("destination", PARK)):
            place, label = asked[end].split("|")
            assert is_at(*pair(place.removeprefix("latlng:")), Datum.BD09, point)
            assert label.startswith("name:")
        assert (asked["mode"], asked["region"], asked["coord_type"]) == ("transit", "秦皇岛市", "bd09ll")

    @pytest.mark.parametrize("route", [map_links.apple_route, map_links.google_route])
    def test_apple_and_google(self, route) -> None:
        asked = query(route(HOSPITAL, PARK))
        assert is_at(*pair(asked.get("saddr") or asked["origin"]), Datum.GCJ02, HOSPITAL)
        assert is_at(*pair(asked.get("daddr") or asked["destination"]), Datum.GCJ02, PARK)
        assert asked.get("dirflg") == "r" or asked["travelmode"] == "transit"


def hosts(links: list[Link]) -> list[str]:
    return [urlsplit(link.url).netloc or "geo" for link in links]


def test_people_get_the_apps_they_have() -> None:
    zh, en = map_links.links(PARK, "公园", "zh"), map_links.links(PARK, "Park", "en", local_name="公园")
    assert hosts(zh) == ["uri.amap.com", "api.map.baidu.com", "maps.apple.com", "geo"]
    assert hosts(en) == ["uri.amap.com", "maps.apple.com", "www.google.com", "geo"]
    assert query(en[0].url)["name"] == "公园"
    assert query(en[1].url)["q"] == "Park"
    assert len({link.title for link in en}) == len(en)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_ways_open_in_the_same_apps(lang: str) -> None:
    routes = map_links.route_links(HOSPITAL, "A", PARK, "B", lang, "秦皇岛市")
    assert hosts(routes) == [host for host in hosts(map_links.links(PARK, "B", lang)) if host != "geo"]
    assert all(link.title for link in routes)


def test_a_point_without_a_datum_opens_nothing() -> None:
    unknown = Point(39.8, 119.5, Datum.UNKNOWN)
    for call in (lambda: map_links.links(unknown, "x", "zh"), lambda: map_links.geo(unknown, "x")):
        with pytest.raises(UnknownDatumError):
            call()
    assert facts.map_links(PlaceRow(datum="unknown"), "zh") == []


def test_cards_link_to_their_place() -> None:
    place = PlaceRow(lat=HOSPITAL.lat, lon=HOSPITAL.lon, datum="BD-09")
    assert is_at(*pair(query(facts.map_links(place, "zh")[1].url)["location"]), Datum.BD09, HOSPITAL)
