"""Conversion between datums against two packages that other people wrote, over the whole city; points and bounds.

Which functions of the oracles are compared, and how precise their inverses are: dev/bench/datums.py.
"""

from __future__ import annotations

import random

import eviltransform
import pytest

from backend.geo import Bounds, Datum, Point, UnknownDatumError, convert, distance_m, middle
from dev.bench.datums import DIRECTIONS, METRES, ORACLES, POINTS, all_over, city_bounds, deviation_m

WGS84, GCJ02, BD09 = Datum.WGS84, Datum.GCJ02, Datum.BD09


@pytest.mark.parametrize("oracle", ORACLES)
@pytest.mark.parametrize(("here", "there"), DIRECTIONS)
def test_conversion_agrees_with_the_oracle_within_a_metre(oracle: str, here: Datum, there: Datum) -> None:
    points = all_over(city_bounds(), here, POINTS, seed=20261122)
    assert max(deviation_m(point, there, oracle) for point in points) < METRES


def test_a_metre_is_measured_as_at_least_a_metre(monkeypatch: pytest.MonkeyPatch) -> None:
    point = Point(39.9, 119.5, WGS84)
    moved = Point(39.9, 119.5 + 1e-4, WGS84)
    monkeypatch.setitem(ORACLES["prcoords"], (WGS84, GCJ02), lambda lat, lon: eviltransform.wgs2gcj(lat, lon + 1e-4))
    assert deviation_m(point, GCJ02, "prcoords") >= distance_m(point, moved) > 8


@pytest.mark.parametrize("datum", [GCJ02, BD09])
def test_points_outside_china_keep_their_numbers_as_with_the_oracle(datum: Datum) -> None:
    rng = random.Random(7)
    for _ in range(1_000):
        pair = (rng.uniform(-90, 90), rng.uniform(-180, 72))
        assert convert(Point(*pair, WGS84), datum) == Point(*pair, datum)
        assert convert(Point(*pair, datum), WGS84) == Point(*pair, WGS84)
        assert eviltransform.wgs2gcj(*pair) == pair


def test_a_point_of_another_datum_is_another_point() -> None:
    assert Point(39.83, 119.52, WGS84) != Point(39.83, 119.52, GCJ02)
    assert len({Point(39.83, 119.52, datum) for datum in (WGS84, GCJ02, BD09)}) == 3


def test_the_middle_lies_between_points_of_any_datum() -> None:
    west, east = Point(39.83, 119.50, WGS84), Point(39.83, 119.54, WGS84)
    found = middle([convert(west, BD09), convert(east, GCJ02)])
    assert distance_m(found, Point(39.83, 119.52, WGS84)) < 0.01
    assert middle([convert(west, GCJ02)]).datum is WGS84


def test_there_is_no_middle_of_nothing_or_of_the_unknown() -> None:
    with pytest.raises(ValueError, match="no points"):
        middle([])
    with pytest.raises(UnknownDatumError):
        middle([Point(39.8, 119.5, Datum.UNKNOWN)])


@pytest.mark.parametrize("datum", list(Datum))
def test_bounds_hold_their_edges_and_nothing_beyond(datum: Datum) -> None:
    bounds = Bounds((39.0, 40.0), (118.0, 120.0))
    assert bounds.contains(Point(39.0, 120.0, datum))
    assert not bounds.contains(Point(38.99, 119.0, datum))
    assert not bounds.contains(Point(39.5, 120.01, datum))
