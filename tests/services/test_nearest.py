"""The nearest places: the same order as measuring every place, whatever the datum, the filter and the page."""

from __future__ import annotations

import datetime as dt
import math
import random
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from geopy.distance import geodesic
from hypothesis import example, given, settings
from hypothesis import strategies as st

from backend.geo import ROUNDING_M, Datum, Point, UnknownDatumError, cartesian, convert, distance_m
from backend.models import Place
from backend.services.nearest import Near, open_from, outward_from, walking_minutes
from backend.services.opening import open_state
from backend.services.place_index import PlaceIndex, Wanted, fits, position
from tests.factories import PlaceRow

ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = dt.datetime(2026, 11, 23, 11, 10, tzinfo=ZONE)
KINDS = ("attraction", "beach", "clinic", "hub")
TAGS = ("tag:family", "tag:free", "tag:indoor")
DEPARTMENTS = ("department:pediatrics", "department:dentistry")
HOURS = ("", "24/7", "Mo-Su 08:00-17:00", "Mo-Su 18:00-02:00", "Mo-Fr 09:00-12:00,13:30-18:00; PH off")
DATUMS = ("WGS-84", "GCJ-02", "BD-09")


def row(**fields: Any) -> Place:
    """A place that was never stored, with what the database would fill in."""
    return PlaceRow(**{"tags": [], "departments": [], "extra": {}, **fields})


def made_up(rng: random.Random, number: int, spread: float = 0.2) -> Place:
    """A place in or about a city; some at the very spot of others, some nobody knows where."""
    lat, lon = 39.9 + rng.uniform(-spread, spread), 119.5 + rng.uniform(-spread, spread)
    if rng.random() < 0.2:
        lat, lon = 39.9, 119.5
    known = rng.random() < 0.95
    return row(
        id=f"made:{number}",
        kind=rng.choice(KINDS),
        category=rng.choice(("category:park", "category:hospital")),
        district=rng.choice(("district:130302", "district:130303", "")),
        tags=rng.sample(TAGS, rng.randrange(3)),
        departments=rng.sample(DEPARTMENTS, rng.randrange(2)),
        extra={"departments_likely": ["department:pediatrics"]} if rng.random() < 0.1 else {},
        opening_hours=rng.choice(HOURS),
        status=rng.choice(("open", "open", "unknown", "suspended", "closed")),
        closed_from=MONDAY.date() if rng.random() < 0.1 else None,
        lat=lat if known else None,
        lon=lon if known else None,
        datum=rng.choice(DATUMS) if known else "unknown",
    )


def index_of(places: list[Place]) -> PlaceIndex:
    return PlaceIndex().changed({place.id: place for place in places})


def by_measuring_all(places: list[Place], origin: Point, wanted: Wanted) -> list[tuple[float, str]]:
    found = []
    for place in places:
        point = position(place)
        if point is not None and place.status != "closed" and fits(place, wanted):
            found.append((distance_m(origin, point), place.id))
    return sorted(found)


def keys(near: list[Near]) -> list[tuple[float, str]]:
    return [one.key for one in near]


def any_of(values: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.one_of(st.just(()), st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True).map(tuple))


WANTED = st.builds(
    Wanted,
    kinds=any_of(KINDS),
    categories=any_of(("category:park", "category:hospital", "category:none")),
    tags=any_of(TAGS),
    districts=any_of(("district:130302", "district:130303")),
    departments=any_of(DEPARTMENTS),
)
ORIGINS = st.builds(
    Point,
    st.floats(-90, 90) | st.floats(39.6, 40.2),
    st.floats(-180, 180) | st.floats(119.2, 119.8),
    st.sampled_from([Datum.WGS84, Datum.GCJ02, Datum.BD09]),
)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), ORIGINS, WANTED, st.none() | st.floats(0, 60_000))
@example(1, Point(39.9, 119.5, Datum.WGS84), Wanted(), 0.0)
@example(1, Point(90.0, 0.0, Datum.WGS84), Wanted(), None)
def test_the_order_is_that_of_measuring_every_place(
    seed: int, origin: Point, wanted: Wanted, within: float | None
) -> None:
    rng = random.Random(seed)
    places = [made_up(rng, number) for number in range(60)]
    found = keys(list(outward_from(index_of(places), origin, wanted, within_m=within)))
    expected = by_measuring_all(places, origin, wanted)
    assert found == [key for key in expected if within is None or key[0] <= within]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.floats(-90, 90), st.floats(-180, 180)), max_size=40), ORIGINS)
def test_anywhere_on_earth(spots: list[tuple[float, float]], origin: Point) -> None:
    places = [row(id=f"made:{number}", lat=lat, lon=lon) for number, (lat, lon) in enumerate(spots)]
    assert keys(list(outward_from(index_of(places), origin, Wanted()))) == by_measuring_all(places, origin, Wanted())


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), WANTED, st.integers(1, 7))
def test_pages_one_after_the_other_are_the_whole(seed: int, wanted: Wanted, size: int) -> None:
    rng = random.Random(seed)
    places = [made_up(rng, number) for number in range(40)]
    index, origin = index_of(places), Point(39.9, 119.5, Datum.GCJ02)
    pages: list[tuple[float, str]] = []
    after = None
    while page := keys(list(islice(outward_from(index, origin, wanted, after=after), size))):
        pages += page
        after = page[-1]
    assert pages == by_measuring_all(places, origin, wanted)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), WANTED, st.integers(0, 23), st.integers(1, 6))
def test_open_are_those_that_are_open_and_unknown_stand_apart(seed: int, wanted: Wanted, hour: int, limit: int) -> None:
    rng = random.Random(seed)
    places = [made_up(rng, number) for number in range(60)]
    by_id = {place.id: place for place in places}
    index, origin, at = index_of(places), Point(39.9, 119.5, Datum.GCJ02), MONDAY.replace(hour=hour)
    around = by_measuring_all(places, origin, wanted)
    kinds = {place_id: open_state(by_id[place_id], at).kind for _, place_id in around}
    is_open = [key for key in around if kinds[key[1]] == "open"]
    unknown = [key for key in around if kinds[key[1]] == "unknown"]
    for _ in range(2):  # the second time much of it is remembered
        found = open_from(index, origin, wanted, at, limit=limit)
        assert keys(found.open) == is_open[:limit]
        end = is_open[limit - 1] if len(is_open) >= limit else (math.inf, "")
        assert keys(found.unknown) == [key for key in unknown if key < end][:limit]
    if len(is_open) > limit:
        second = open_from(index, origin, wanted, at, limit=limit, after=found.open[-1].key)
        assert keys(second.open) == is_open[limit : 2 * limit]


def test_what_was_open_is_asked_anew_when_it_closes_and_on_the_next_day() -> None:
    place = row(opening_hours="Mo-Su 08:00-17:00", closed_from=dt.date(2026, 11, 24), closed_to=None)
    always = row(opening_hours="24/7", closed_from=dt.date(2026, 11, 24), closed_to=None)
    index, origin = index_of([place, always]), Point(39.83, 119.52, Datum.WGS84)

    def opened(at: dt.datetime) -> set[str]:
        return {near.place.id for near in open_from(index, origin, Wanted(), at, limit=5).open}

    at = MONDAY.replace(minute=0)
    assert opened(at.replace(hour=7)) == {always.id}
    assert opened(at.replace(hour=8)) == {place.id, always.id}
    assert opened(at.replace(hour=16, minute=59)) == {place.id, always.id}
    assert opened(at.replace(hour=17)) == {always.id}
    assert opened(at.replace(hour=23)) == {always.id}
    assert opened(at.replace(day=24, hour=0)) == set()
    assert opened(at.replace(hour=12)) == {place.id, always.id}


def test_a_datum_nobody_knows_is_refused() -> None:
    with pytest.raises(UnknownDatumError):
        list(outward_from(index_of([row()]), Point(39.9, 119.5, Datum.UNKNOWN), Wanted()))
    assert index_of([row(datum="unknown")]).by_id


@settings(max_examples=300, deadline=None)
@given(ORIGINS, st.floats(0, 40_000), st.floats(0, 360))
def test_the_distance_is_the_geodesic_one_to_a_tenth_of_a_millimetre(
    origin: Point, metres: float, bearing: float
) -> None:
    """geopy is the oracle."""
    a = convert(origin, Datum.WGS84)
    there = geodesic(meters=metres).destination((a.lat, a.lon), bearing)
    b = Point(there.latitude, max(-180.0, min(180.0, there.longitude)), Datum.WGS84)
    expected = geodesic((a.lat, a.lon), (b.lat, b.lon)).meters
    assert abs(distance_m(a, b) - expected) < 1e-4
    assert math.dist(cartesian(a), cartesian(b)) - ROUNDING_M <= distance_m(a, b)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 15), st.integers(0, 10**6) | st.none()), max_size=40))
def test_an_index_that_was_changed_is_one_made_anew(edits: list[tuple[int, int | None]]) -> None:
    origin = Point(39.9, 119.5, Datum.WGS84)
    now: dict[str, Place] = {}
    index = PlaceIndex()
    for number, seed in edits:
        place = None if seed is None else made_up(random.Random(seed), number)
        before = {place_id: entry.place for place_id, entry in index.by_id.items()}
        former, index = index, index.changed({f"made:{number}": place})
        assert {place_id: entry.place for place_id, entry in former.by_id.items()} == before
        assert keys(list(outward_from(former, origin, Wanted()))) == by_measuring_all(
            list(before.values()), origin, Wanted()
        )
        if place is None:
            now.pop(f"made:{number}", None)
        else:
            now[place.id] = place
    anew = index_of(list(now.values()))
    assert {trait: facet.size for trait, facet in index.facets.items()} == {
        trait: facet.size for trait, facet in anew.facets.items()
    }
    for wanted in (Wanted(), Wanted(kinds=("clinic",)), Wanted(tags=TAGS)):
        assert keys(list(outward_from(index, origin, wanted))) == by_measuring_all(list(now.values()), origin, wanted)
        assert set(index.all_fitting(wanted)) == {place.id for place in now.values() if fits(place, wanted)}


@pytest.mark.parametrize(("metres", "minutes"), [(0, 1), (500, 9), (1500, 26)])
def test_a_walk_is_longer_than_the_straight_line(metres: float, minutes: int) -> None:
    assert walking_minutes(metres) == minutes
