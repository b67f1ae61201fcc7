"""Our own geocoder and the outside ones keep to one interface, geopy's: the same tests run over all of them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import geopy
import pytest
from geopy.location import Location

from backend.geo import Datum, Point, convert, distance_m
from backend.geocoders.outside import PROVIDERS, OutsideGeocoder
from backend.geocoders.pack import PackGeocoder
from backend.services.geocoding import Landmark, PlaceFinder
from tests.geocoders.providers import ELSEWHERE, PARK, FakeHttp
from tests.support.container import Parts

TWO = enumerate((PARK[1], ELSEWHERE[1]))


@pytest.fixture(params=["pack", *PROVIDERS])
def geocoder(request: pytest.FixtureRequest, city: Parts) -> Any:
    if request.param == "pack":
        return PackGeocoder(city.finder)
    return OutsideGeocoder(
        request.param,
        city="秦皇岛市",
        bounds=city.basics.city.bounds,
        key="right",
        per_second=1_000,
        user_agent="tests",
        adapter_factory=FakeHttp(request.param),
    )


def wgs84(location: Location) -> Point:
    return Point(location.latitude, location.longitude, Datum.WGS84)


def test_a_place_is_found_in_wgs84_whatever_the_provider_speaks(geocoder: Any) -> None:
    name, point = PARK
    found = geocoder.geocode(name)
    assert isinstance(found, Location)
    assert isinstance(found.address, str) and found.address
    assert distance_m(wgs84(found), point) < 1
    assert {"id", "datum", "kind", "confidence"} <= found.raw.keys()


def test_all_that_is_found_comes_as_a_list(geocoder: Any) -> None:
    found = geocoder.geocode(PARK[0], exactly_one=False)
    assert [type(one) for one in found] == [Location]
    assert geocoder.geocode(PARK[0]) == found[0]


def test_nothing_is_none(geocoder: Any) -> None:
    for exactly_one in (True, False):
        assert geocoder.geocode("没有这个地方啊", exactly_one=exactly_one) is None


def test_another_city_is_none(geocoder: Any) -> None:
    assert geocoder.geocode(ELSEWHERE[0]) is None


@pytest.mark.parametrize("as_geopy", [True, False])
def test_a_point_has_an_address_whatever_its_datum(geocoder: Any, as_geopy: bool) -> None:
    name, point = PARK
    there = convert(point, Datum.WGS84)
    query = geopy.Point(there.lat, there.lon) if as_geopy else convert(point, Datum.BD09)
    found = geocoder.reverse(query)
    assert isinstance(found, Location)
    assert found.address == name
    assert distance_m(wgs84(found), point) < 1
    assert geocoder.reverse(query, exactly_one=False) == [found]


def test_a_point_in_the_sea_has_none(geocoder: Any) -> None:
    assert geocoder.reverse(Point(39.4, 119.9, Datum.WGS84)) is None


@pytest.mark.parametrize("query", [(39.8, 119.5), [39.8, 119.5], "39.8, 119.5"])
def test_bare_numbers_are_refused(geocoder: Any, query: Any) -> None:
    with pytest.raises(TypeError, match="datum"):
        geocoder.reverse(query)


def test_a_time_limit_may_be_given(geocoder: Any) -> None:
    assert geocoder.geocode(PARK[0], timeout=1) is not None


def test_unsure_is_said_in_the_confidence(city: Parts) -> None:
    geocoder = PackGeocoder(city.finder)
    sure = geocoder.geocode("鸽子窝公园")
    assert isinstance(sure, Location) and sure.raw == {
        "id": "attraction:geziwo",
        "datum": "GCJ-02",
        "kind": "attraction",
        "confidence": "high",
        "approximate": False,
    }
    towers = [Landmark(f"attraction:{n}", "attraction", "观海楼", "", ("观海楼",), point) for n, point in TWO]
    finder = PlaceFinder([SimpleNamespace(landmarks=lambda: towers)])
    several = PackGeocoder(finder).geocode("观海楼", exactly_one=False)
    assert isinstance(several, list)
    assert [one.raw["confidence"] for one in several] == ["low", "low"]
    english = geocoder.geocode("Pigeon Nest Park", language="en")
    assert isinstance(english, Location) and english.address == "Pigeon Nest Park"
