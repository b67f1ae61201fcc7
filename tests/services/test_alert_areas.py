"""Points in polygons, against shapely."""

from __future__ import annotations

import pytest
import shapely
from hypothesis import assume, given
from hypothesis import strategies as st

from backend.geo import Datum, Point
from backend.services.alert_areas import in_polygon, in_shapes
from backend.services.cap import Area, Polygon

STEPS = st.integers(-8, 8)


def polygon(*corners: tuple[float, float]) -> Polygon:
    points = tuple(Point(lat, lon, Datum.WGS84) for lat, lon in corners)
    return Polygon((*points, points[0]))


@given(st.lists(st.tuples(STEPS, STEPS), min_size=3, max_size=8, unique=True), STEPS, STEPS)
def test_as_shapely_says(corners: list[tuple[int, int]], lat: int, lon: int) -> None:
    """On a coarse grid, where points lie on edges and corners all the time."""
    theirs = shapely.Polygon([(corner[1], corner[0]) for corner in corners])
    assume(theirs.is_valid)
    assert in_polygon(polygon(*corners), Point(lat, lon, Datum.WGS84)) == theirs.covers(shapely.Point(lon, lat))


@pytest.mark.parametrize(("lon", "inside"), [(179.5, True), (-179.5, True), (178, False), (-178, False), (0, False)])
def test_across_the_antimeridian(lon: float, inside: bool) -> None:
    shape = polygon((-1, 179), (-1, -179), (1, -179), (1, 179))
    assert in_polygon(shape, Point(0, lon, Datum.WGS84)) is inside


def test_a_point_of_unknown_datum_is_nowhere() -> None:
    shape = Area("x", polygons=(polygon((39, 119), (39, 120), (40, 120), (40, 119)),))
    assert in_shapes(shape, Point(39.5, 119.5, Datum.WGS84))
    assert not in_shapes(shape, Point(39.5, 119.5, Datum.UNKNOWN))
