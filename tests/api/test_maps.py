"""The addresses of the maps: what they give, what they refuse, how they are kept."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient

from backend.app import create_app
from backend.services.maps import Maps, Tiles
from backend.services.maps.svg import STYLE_HASH
from tests.factories import PlaceRow, stored
from tests.support.container import Parts

A, B = "attraction:a", "beach:b"


@pytest.fixture
def maps(parts: Parts, client: FlaskClient) -> FlaskClient:
    with parts.db.write() as session:
        stored(
            session,
            PlaceRow.build(id=A, name_zh="甲台", name_en="Tower A"),
            PlaceRow.build(id=B, kind="beach", name_zh="乙滩", name_en="Beach B", lat=39.85, lon=119.5, datum="GCJ-02"),
            PlaceRow.build(id="attraction:nowhere", lat=None, lon=None),
            PlaceRow.build(id="attraction:unsure", datum="unknown"),
        )
    return client


def test_a_place(maps: FlaskClient) -> None:
    response = maps.get(f"/maps/places/{A}.svg?lang=en")
    assert response.status_code == 200
    assert response.content_type == "image/svg+xml; charset=utf-8"
    assert "Where Tower A is" in response.text
    assert "甲台的位置" in maps.get(f"/maps/places/{A}.svg").text
    assert "甲台的位置" in maps.get(f"/maps/places/{A}.svg?lang=xx").text
    ElementTree.fromstring(response.text)


def test_a_route(maps: FlaskClient) -> None:
    response = maps.get(f"/maps/route.svg?stops={A},{B}&lang=zh&first=3")
    assert response.status_code == 200
    assert "甲台、乙滩" in response.text
    assert ">3</" in response.text and ">4</" in response.text


def test_a_picture_that_has_not_changed_is_not_sent_again(maps: FlaskClient, parts: Parts) -> None:
    path = f"/maps/places/{A}.svg"
    first = maps.get(path)
    assert "max-age=" in first.headers["Cache-Control"]
    again = maps.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    with parts.db.write() as session:
        place = session.get(type(parts.places.get(A)), A)
        place.name_zh, place.version = "丙台", 2
    assert maps.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_opened_by_itself_it_runs_and_loads_nothing(maps: FlaskClient) -> None:
    policy = maps.get(f"/maps/places/{A}.svg").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert STYLE_HASH in policy
    assert "img-src" not in policy and "unsafe" not in policy


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/maps/places/attraction:gone.svg", 404),
        ("/maps/places/attraction:nowhere.svg", 404),
        ("/maps/places/attraction:unsure.svg", 404),
        ("/maps/places/..%2f..%2fetc.svg", 404),
        ("/maps/places/.svg", 404),
        ("/maps/places/a'--.svg", 404),
        ("/maps/route.svg", 400),
        ("/maps/route.svg?stops=", 400),
        (f"/maps/route.svg?stops={A},", 400),
        (f"/maps/route.svg?stops={A},<script>", 400),
        ("/maps/route.svg?stops=" + ",".join([A] * 13), 400),
        (f"/maps/route.svg?stops={A}&first=0", 400),
        (f"/maps/route.svg?stops={A}&first=x", 400),
        (f"/maps/route.svg?stops={A}&first=٣", 400),
        (f"/maps/route.svg?stops={A},attraction:gone", 404),
        (f"/maps/route.svg?stops={A},attraction:unsure", 404),
        (f"/maps/route.svg?stops=attraction:nowhere,{A}", 404),
    ],
)
def test_what_cannot_be_drawn_is_refused(maps: FlaskClient, path: str, status: int) -> None:
    assert maps.get(path).status_code == status


def test_tiles_are_let_through_only_where_they_are_set_up(maps: FlaskClient, parts: Parts) -> None:
    tiles = Tiles.of("https://tiles.example.org/{z}/{x}/{y}.png", "© Somebody")
    parts.__dict__["maps"] = Maps(parts.maps._coast, tiles)
    app: Flask = create_app(parts)
    response = app.test_client().get(f"/maps/places/{A}.svg")
    assert "img-src https://tiles.example.org;" in response.headers["Content-Security-Policy"]
    assert "https://tiles.example.org/" in response.text
