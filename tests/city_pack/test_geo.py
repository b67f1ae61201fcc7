"""Points, conversion, distance. The known pairs come from the gathered facts, computed by another implementation."""

from __future__ import annotations

import itertools
import math

import pytest

from backend.geo import Datum, Point, UnknownDatumError, convert, distance_m

# published point, the same in GCJ-02, the same in WGS-84
KNOWN = [
    (Point(39.836216, 119.526688, Datum.GCJ02), (39.836216, 119.526688), (39.835008, 119.520749)),  # a park
    (Point(39.968241, 119.797255, Datum.GCJ02), (39.968241, 119.797255), (39.966982, 119.791442)),
    (Point(40.226, 119.5628, Datum.GCJ02), (40.226000, 119.562800), (40.224841, 119.556935)),
    (Point(39.944451, 119.607654, Datum.BD09), (39.938617, 119.601118), (39.937509, 119.595347)),  # a hospital
    (Point(39.97155, 119.598879, Datum.BD09), (39.965834, 119.592278), (39.964724, 119.586498)),  # a station
    (Point(40.006794, 119.773746, Datum.BD09), (40.000455, 119.767341), (39.999161, 119.761454)),
    (Point(39.66639, 119.05889, Datum.WGS84), (39.667797, 119.065174), (39.666390, 119.058890)),  # the airport
]


@pytest.mark.parametrize(("point", "gcj02", "wgs84"), KNOWN)
def test_conversion_agrees_with_known_pairs_within_metres(point: Point, gcj02: tuple, wgs84: tuple) -> None:
    for datum, (lat, lon) in ((Datum.GCJ02, gcj02), (Datum.WGS84, wgs84)):
        converted = convert(point, datum)
        assert converted.datum is datum
        assert distance_m(converted, Point(lat, lon, datum)) < 4


@pytest.mark.parametrize("point", [known[0] for known in KNOWN] + [Point(31.2304, 121.4737, Datum.WGS84)])
@pytest.mark.parametrize("way", list(itertools.permutations([Datum.WGS84, Datum.GCJ02, Datum.BD09])))
def test_a_round_trip_comes_home(point: Point, way: tuple[Datum, ...]) -> None:
    there = point
    for datum in (*way, point.datum):
        there = convert(there, datum)
    assert there.datum is point.datum
    assert math.isclose(there.lat, point.lat, abs_tol=1e-6)
    assert math.isclose(there.lon, point.lon, abs_tol=1e-6)


def test_ignoring_the_datum_would_be_wrong_by_hundreds_of_metres() -> None:
    baidu = Point(39.944451, 119.607654, Datum.BD09)
    mistaken = Point(baidu.lat, baidu.lon, Datum.WGS84)
    assert 900 < distance_m(baidu, mistaken) < 1_500


def test_distance_does_not_depend_on_the_datum_of_either_point() -> None:
    a, b = Point(39.836216, 119.526688, Datum.GCJ02), Point(39.944451, 119.607654, Datum.BD09)
    distances = [distance_m(convert(a, x), convert(b, y)) for x in list(Datum)[:3] for y in list(Datum)[:3]]
    assert max(distances) - min(distances) < 0.1
    assert distance_m(a, b) == pytest.approx(distance_m(b, a))
    assert distance_m(a, a) == 0


def test_distance_is_geodesic_metres() -> None:
    # one degree of latitude at 40 degrees north on the WGS-84 ellipsoid is 111.035 km
    north, south = Point(40.5, -100, Datum.WGS84), Point(39.5, -100, Datum.WGS84)
    assert distance_m(north, south) == pytest.approx(111_035, abs=20)


@pytest.mark.parametrize("place", [(51.5074, -0.1278), (-36.85, 174.76), (35.0, 140.0), (0.5, 100.0)])
def test_outside_china_nothing_is_shifted(place: tuple[float, float]) -> None:
    for datum in (Datum.GCJ02, Datum.BD09):
        assert convert(Point(*place, Datum.WGS84), datum) == Point(*place, datum)


def test_an_unknown_datum_is_refused() -> None:
    unknown, known = Point(39.6, 119.3, Datum.UNKNOWN), Point(39.7, 119.4, Datum.WGS84)
    for call in (
        lambda: convert(unknown, Datum.WGS84),
        lambda: convert(known, Datum.UNKNOWN),
        lambda: convert(unknown, Datum.UNKNOWN),
        lambda: distance_m(unknown, known),
        lambda: distance_m(known, unknown),
        lambda: distance_m(unknown, unknown),
    ):
        with pytest.raises(UnknownDatumError):
            call()


@pytest.mark.parametrize(("lat", "lon"), [(119.5, 39.8), (-91, 0), (0, 181), (math.nan, 0), (0, math.inf)])
def test_a_point_that_cannot_be_is_refused(lat: float, lon: float) -> None:
    with pytest.raises(ValueError):
        Point(lat, lon, Datum.WGS84)


def test_datums_read_as_in_the_files() -> None:
    assert [datum.value for datum in Datum] == ["WGS-84", "GCJ-02", "BD-09", "unknown"]
    assert Datum("GCJ-02") is Datum.GCJ02
