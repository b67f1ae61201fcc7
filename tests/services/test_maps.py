"""Maps are true to scale, legible, harmless and always the same."""

from __future__ import annotations

import math
import re
from itertools import combinations
from xml.etree import ElementTree

import pytest
from geographiclib.geodesic import Geodesic
from hypothesis import given
from hypothesis import strategies as st

from backend import city_pack
from backend.city_pack import Coast
from backend.geo import Datum, Point, convert
from backend.models import Place
from backend.services.maps import PLACE_SIZE, ROUTE_SIZE, Maps, Tiles
from backend.services.maps.labels import Box, apart, place_label, shortened, text_width
from backend.services.maps.svg import STYLE, STYLE_HASH
from backend.services.maps.tiles import corner
from backend.services.maps.view import View, clipped, view_of
from backend.services.pack_loading import _place
from backend.services.places import position
from tests.city_pack.conftest import BAYTOWN, QINHUANGDAO
from tests.factories import PlaceRow
from tests.support.container import city_pack_once

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "<script>alert(1)</script>\"'&]]>\x00\x0b\ud800 --> 望海楼"


def place(lat: float, lon: float, datum: str = "WGS-84", **changes: object) -> Place:
    return PlaceRow.build(lat=lat, lon=lon, datum=datum, extra={}, coord_confidence="high", **changes)


@pytest.fixture(scope="module")
def drawn() -> Maps:
    return Maps(city_pack.load_coast(QINHUANGDAO))


@pytest.fixture(scope="module")
def sights() -> list[Place]:
    rows = [Place(**_place(one)) for one in city_pack_once().places if one.kind in ("attraction", "beach", "hub")]
    return [row for row in rows if position(row) is not None and not row.extra.get("same_as")]


def parsed(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)


def spots(svg: str, kind: str = "at") -> list[tuple[float, float]]:
    """Where the circles of a class are, in the order drawn."""
    return [
        (float(circle.attrib["cx"]), float(circle.attrib["cy"]))
        for circle in parsed(svg).iter(f"{SVG}circle")
        if circle.attrib["class"] == kind
    ]


def texts(svg: str, kind: str) -> list[str]:
    return [one.text or "" for one in parsed(svg).iter(f"{SVG}text") if kind in one.attrib["class"].split()]


def scale_of(svg: str) -> float:
    """Metres per pixel, read off the scale bar as a person would."""
    root = parsed(svg)
    bar = next(path.attrib["d"] for path in root.iter(f"{SVG}path") if path.attrib["class"] == "scale")
    said = next(note for note in texts(svg, "note") if re.fullmatch(r"[\d.]+(米|公里)", note))
    metres = float(re.sub(r"[^\d.]", "", said)) * (1000 if said.endswith("公里") else 1)
    found = re.search(r"h([\d.]+)v", bar)
    assert found is not None
    return metres / float(found[1])


def test_positions_are_those_of_the_geodesic_to_a_pixel(drawn: Maps) -> None:
    """Distance and bearing on the ellipsoid, as another library has them, against pixels and the scale bar."""
    stops = [place(39.82, 119.50), place(39.836, 119.527), place(39.805, 119.48), place(39.84, 119.47)]
    svg = drawn.route_map(stops, "zh")
    at, scale = spots(svg), scale_of(svg)
    for (one, (x, y)), (other, (to_x, to_y)) in combinations(zip(stops, at, strict=True), 2):
        assert one.lat is not None and one.lon is not None and other.lat is not None and other.lon is not None
        line = Geodesic.WGS84.Inverse(one.lat, one.lon, other.lat, other.lon)
        bearing = math.radians(line["azi1"])
        assert to_x - x == pytest.approx(line["s12"] * math.sin(bearing) / scale, abs=1.5)
        assert y - to_y == pytest.approx(line["s12"] * math.cos(bearing) / scale, abs=1.5)


def test_positions_are_those_of_web_mercator(drawn: Maps) -> None:
    """The textbook formula of EPSG:3857, on a map so large that the flat earth is no longer flat."""

    def project(lat: float, lon: float) -> tuple[float, float]:
        return math.radians(lon), math.log(math.tan(math.pi / 4 + math.radians(lat) / 2))

    stops = [place(39.4, 119.0), place(40.5, 119.9), place(39.9, 119.6)]
    at = spots(drawn.route_map(stops, "zh"))
    flat = [project(stop.lat or 0, stop.lon or 0) for stop in stops]
    zoom = (at[1][0] - at[0][0]) / (flat[1][0] - flat[0][0])
    for (x, y), (east, north) in zip(at, flat, strict=True):
        assert x - at[0][0] == pytest.approx((east - flat[0][0]) * zoom, abs=0.3)
        assert at[0][1] - y == pytest.approx((north - flat[0][1]) * zoom, abs=0.3)


def test_every_datum_is_drawn_at_the_same_spot(drawn: Maps) -> None:
    here, there = Point(39.83, 119.52, Datum.WGS84), Point(39.91, 119.6, Datum.WGS84)
    pictures = []
    for datum in (Datum.WGS84, Datum.GCJ02, Datum.BD09):
        a, b = convert(here, datum), convert(there, datum)
        rows = [place(a.lat, a.lon, str(datum), name_zh="甲"), place(b.lat, b.lon, str(datum), name_zh="乙")]
        pictures.append(spots(drawn.route_map(rows, "zh")))
    for other in pictures[1:]:
        for (x, y), (was_x, was_y) in zip(other, pictures[0], strict=True):
            assert math.hypot(x - was_x, y - was_y) <= 0.15
    # Taken for WGS-84 the shift would show.
    gcj = convert(here, Datum.GCJ02)
    wrong = spots(drawn.route_map([place(gcj.lat, gcj.lon), place(39.91, 119.6)], "zh"))
    assert math.dist(wrong[0], pictures[0][0]) > 2


def test_a_position_nobody_knows_is_not_drawn(drawn: Maps) -> None:
    for unknown in (place(39.8, 119.5, "unknown"), PlaceRow.build(lat=None, lon=None, extra={})):
        with pytest.raises(ValueError, match="not known"):
            drawn.place_map(unknown, [], "zh")
        with pytest.raises(ValueError, match="not known"):
            drawn.route_map([place(39.8, 119.5), unknown], "zh")
    with pytest.raises(ValueError, match="at least one point"):
        drawn.route_map([], "zh")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_hostile_names_are_text(drawn: Maps, lang: str) -> None:
    row = place(39.83, 119.52, name_zh=HOSTILE, name_en=HOSTILE, as_of="<b>2026</b>")
    other = place(39.831, 119.53, name_zh=HOSTILE, name_en=HOSTILE)
    for svg in (drawn.place_map(row, [other], lang), drawn.route_map([row, other], lang)):
        root = parsed(svg)
        assert {one.tag.removeprefix(SVG) for one in root.iter()} <= {
            "svg", "title", "desc", "style", "rect", "path", "circle", "text", "g", "polyline",
        }  # fmt: skip
        assert "<script" not in svg
        assert svg.encode("utf-8")


def test_what_a_screen_reader_gets(drawn: Maps, sights: list[Place]) -> None:
    stops = [one for one in sights if one.id in ("attraction:geziwo", "attraction:laohushi")]
    root = parsed(drawn.route_map(stops, "en"))
    assert (root.attrib["role"], root.attrib["aria-labelledby"]) == ("img", "t d")
    title, desc = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None and desc is not None
    assert title.text == "Map of 2 stops"
    assert "Pigeon Nest Park, Tiger Stone Sea Park" in (desc.text or "")


def test_numbers_go_on_where_the_day_before_ended(drawn: Maps, sights: list[Place]) -> None:
    assert texts(drawn.route_map(sights[:3], "zh", first=4), "number") == ["4", "5", "6"]


def test_a_rough_position_is_said_and_drawn_as_such(drawn: Maps) -> None:
    rough = place(39.83, 119.52, name_zh="甲地")
    rough.coord_confidence = "low"
    svg = drawn.place_map(rough, [], "zh")
    assert len(spots(svg, "rough")) == 1
    assert texts(svg, "name") == ["甲地 (位置大约)"]
    assert spots(drawn.place_map(place(39.83, 119.52), [], "zh"), "rough") == []


def test_datum_source_and_age_are_named(drawn: Maps) -> None:
    svg = drawn.place_map(place(39.83, 119.52, as_of="2025"), [], "zh")
    note = next(one for one in texts(svg, "note") if "WGS-84" in one)
    assert "2025" in note and "可信度高" in note and "GSHHG" in note


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_place_can_be_drawn_small_and_legible(drawn: Maps, sights: list[Place], lang: str) -> None:
    for row in sights:
        svg = drawn.place_map(row, sights, lang)
        assert len(svg.encode()) < 30_000
        assert svg == drawn.place_map(row, sights, lang)
        root = parsed(svg)
        boxes = [box_of(one) for one in root.iter(f"{SVG}text") if one.attrib["class"] in ("name", "near")]
        assert all(box.inside((PLACE_SIZE[0] + 2, PLACE_SIZE[1] + 2)) for box in boxes)
        for one, other in combinations(boxes, 2):
            assert one.overlap(other) <= 4, (row.id, texts(svg, "near"))


def box_of(element: ElementTree.Element) -> Box:
    """What a text covers, measured anew from the picture."""
    font = 12 if element.attrib["class"] == "name" else 10
    width = text_width(element.text or "", font)
    x, y = float(element.attrib["x"]), float(element.attrib["y"])
    left = {"start": x, "middle": x - width / 2, "end": x - width}[element.attrib["text-anchor"]]
    return Box(left, y - font * 0.85, left + width, y + font * 0.2)


def test_stops_on_top_of_each_other_are_drawn_apart(drawn: Maps) -> None:
    stops = [place(39.83 + n / 1e6, 119.52, name_zh=f"第{n}站点") for n in range(5)]
    svg = drawn.route_map(stops, "zh")
    pins = spots(svg, "pin")
    assert all(math.dist(one, other) >= 19 for one, other in combinations(pins, 2))
    assert len(spots(svg, "at")) == len(texts(svg, "number")) == len(texts(svg, "name")) == 5
    names = [box_of(one) for one in parsed(svg).iter(f"{SVG}text") if one.attrib["class"] == "name"]
    for one, other in combinations(names, 2):
        assert one.overlap(other) <= 4
    for box in names:
        for x, y in pins:
            assert box.overlap(Box(x - 9, y - 9, x + 9, y + 9)) <= 12


@given(
    st.lists(
        st.tuples(st.floats(20, 300, allow_nan=False), st.floats(20, 220, allow_nan=False)), min_size=1, max_size=5
    )
)
def test_pins_are_always_apart_and_inside(points: list[tuple[float, float]]) -> None:
    moved = apart(points, 20, ROUTE_SIZE, 13)
    assert all(13 <= x <= ROUTE_SIZE[0] - 13 and 13 <= y <= ROUTE_SIZE[1] - 13 for x, y in moved)
    assert all(math.dist(one, other) >= 18.5 for one, other in combinations(moved, 2))
    assert moved == apart(points, 20, ROUTE_SIZE, 13)


def test_a_name_has_room_or_is_left_out() -> None:
    free = place_label("望海台", (100, 90), 6, 10, [], PLACE_SIZE, needed=False)
    assert free is not None and free.anchor == "start"
    full = [Box(0, 0, *PLACE_SIZE)]
    assert place_label("望海台", (100, 90), 6, 10, full, PLACE_SIZE, needed=False) is None
    assert place_label("望海台", (100, 90), 6, 10, full, PLACE_SIZE, needed=True) is not None
    assert shortened("古城民俗博物馆(大院)", 12, 100) == "古城民俗博物馆"
    assert shortened("Seaview Tower of the Old Town", 12, 120) == "Seaview Tower…"
    assert len(shortened("望" * 40, 12, 100)) == 8


def test_the_sea_is_where_the_sea_is(drawn: Maps, sights: list[Place]) -> None:
    coast = city_pack.load_coast(QINHUANGDAO)
    view = view_of([Point(39.85, 119.6, Datum.WGS84)], (400, 400), 0, 100)
    (ring,) = [[view.pixel(point) for point in ring] for ring in coast.rings]
    assert in_ring(view.pixel(Point(39.75, 119.7, Datum.WGS84)), ring), "off Beidaihe"
    assert not in_ring(view.pixel(Point(39.94, 119.60, Datum.WGS84)), ring), "the middle of the city"
    assert not in_ring(view.pixel(Point(40.01, 119.75, Datum.WGS84)), ring), "Shanhaiguan"
    shore = clipped(ring, view.size)
    assert all(-4.01 <= x <= 404.01 and -4.01 <= y <= 404.01 for x, y in shore)


def in_ring(at: tuple[float, float], ring: list[tuple[float, float]]) -> bool:
    """Whether a point lies within a polygon: a ray from it crosses the border an odd number of times."""
    inside = False
    for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True):
        if (y1 > at[1]) != (y2 > at[1]) and at[0] < (x2 - x1) * (at[1] - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside


def test_a_city_without_a_coast_has_maps_too() -> None:
    assert city_pack.load_coast(BAYTOWN) == Coast()
    svg = Maps(Coast()).place_map(place(39.83, 119.52), [], "zh")
    assert 'class="sea"' not in svg
    assert "GSHHG" not in svg


def test_tiles_lie_where_they_belong() -> None:
    tiles = Tiles.of("https://tiles.example.org/{z}/{x}/{y}.png", "© Somebody")
    assert tiles is not None
    assert tiles.origin == "https://tiles.example.org"
    view = View(Point(39.83, 119.52, Datum.WGS84), 10.0, (320, 180))
    found = list(tiles.under(view))
    assert found
    for url, x, y, side in found:
        zoom, column, row = (int(part) for part in re.findall(r"\d+", url))
        at = view.pixel(corner(zoom, column, row))
        assert at == (pytest.approx(x, abs=0.01), pytest.approx(y, abs=0.01))
        assert 180 <= side <= 363
    assert min(x for _, x, _, _ in found) <= 0 and max(x + side for _, x, _, side in found) >= 320
    svg = Maps(Coast(), tiles).place_map(place(39.83, 119.52), [], "zh")
    assert "© Somebody" in svg
    assert len(list(parsed(svg).iter(f"{SVG}image"))) == len(found)
    assert Tiles.of("", "") is None


def test_nothing_is_loaded_or_run(drawn: Maps, sights: list[Place]) -> None:
    svg = drawn.route_map(sights[:5], "zh", near=sights)
    assert re.findall(r"(?:href|src|url\(|@import|on[a-z]+=)", svg.replace(STYLE, "")) == []
    assert STYLE_HASH.startswith("sha256-")
    assert svg.count(STYLE) == 1
