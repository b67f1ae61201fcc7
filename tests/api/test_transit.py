"""Lines, stops and journeys over the API: of the city's partial feed, and of an imported one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient

import backend.api.transit
from backend.limits import limiter
from backend.services.transit.importing import import_feed
from tests.services.transit import feeds
from tests.support.container import Parts
from tests.support.web import web_app


@pytest.fixture
def client(own_city: Parts) -> Iterator[FlaskClient]:
    app = web_app(own_city)
    limiter.enabled = False
    yield app.test_client()
    limiter.enabled = True


@pytest.fixture(autouse=True)
def _july(monkeypatch: pytest.MonkeyPatch) -> None:
    morning = dt.datetime(2026, 7, 15, 7, tzinfo=ZoneInfo("Asia/Shanghai"))
    monkeypatch.setattr(backend.api.transit, "_now", lambda: morning)


@pytest.fixture
def timed(own_city: Parts, tmp_path: Path) -> None:
    own_city.transit_feeds.swap(import_feed(feeds.folder(tmp_path / "feed")), "x" * 64, "test")


def test_the_lines_of_the_city(client: FlaskClient) -> None:
    body = client.get("/api/v1/lines").json
    assert body["feed"]["partial"] is True
    numbers = [line["name_zh"] for line in body["lines"]]
    assert numbers[:3] == ["1路", "2路", "3路"]
    [line] = client.get("/api/v1/lines?q=34").json["lines"]
    assert line["id"] == "bus_line:34"
    whole = client.get(f"/api/v1/lines/{line['id']}").json
    assert whole["fare_cny"] == 2
    assert whole["source"]["confidence"] in ("high", "medium", "low")
    assert "2016" in whole["source"]["as_of"]
    assert [stop["name_zh"] for stop in whole["directions"][0]["stops"]][-1] == "秦皇岛火车站"
    assert "鸽子窝公园" in [stop["name_zh"] for stop in whole["unordered_stops"]]
    assert whole["directions"][0]["first"] is None


def test_stops_by_name_and_around_a_point(client: FlaskClient, timed: None) -> None:
    [stop] = client.get("/api/v1/stops?q=山海").json["stops"]
    assert stop["lines"] == [{"id": "bus_line:r2", "name_zh": "2路", "name_en": "Bus 2"}]
    assert client.get(f"/api/v1/stops/{stop['id']}").json["point"]["datum"] == "WGS-84"
    near = client.get("/api/v1/stops?lat=39.9001&lon=119.5301&datum=WGS-84").json["stops"]
    assert [one["name_zh"] for one in near] == ["中山路", "中山路东"]
    assert near[0]["metres"] < near[1]["metres"]
    assert client.get("/api/v1/stops?lat=10&lon=10&datum=WGS-84").json["stops"] == []


def test_a_journey_by_the_timetable(client: FlaskClient, timed: None) -> None:
    query: dict[str, Any] = {"from": "bus_stop:west", "to": "bus_stop:hill", "depart_at": "2026-07-15T07:30:00+08:00"}
    [journey] = client.get("/api/v1/journeys", query_string=query).json["journeys"]
    assert (journey["rides"], journey["departs"], journey["arrives"]) == (
        2,
        "2026-07-15T08:00:00+08:00",
        "2026-07-15T08:40:00+08:00",
    )
    assert [leg["line"] and leg["line"]["name_zh"] for leg in journey["legs"]] == ["1路", None, "2路"]
    query = {"from": "39.9,119.5,WGS-84", "to": "39.9,119.56,WGS-84", "arrive_by": "2026-07-15T09:30:00+08:00"}
    [journey] = client.get("/api/v1/journeys", query_string=query).json["journeys"]
    assert journey["departs"] == "2026-07-15T09:00:00+08:00"


def test_a_way_without_a_timetable_tells_no_time(client: FlaskClient) -> None:
    query = {"from": "hub:rail_qhd", "to": "attraction:geziwo", "depart_at": "2026-07-15T07:30:00+08:00"}
    body = client.get("/api/v1/journeys", query_string=query).json
    assert body["journeys"][0]["legs"][0]["line"]["id"] == "bus_line:34"
    assert body["journeys"][0]["departs"] is None
    assert body["links"][0]["url"].startswith("https://uri.amap.com/navigation?from=119.59")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/journeys?from=hub:rail_qhd", 400),
        ("/api/v1/journeys?from=hub:rail_qhd&to=attraction:nowhere", 404),
        ("/api/v1/journeys?from=91,119,WGS-84&to=hub:rail_qhd", 400),
        ("/api/v1/journeys?from=39.9,119.5&to=hub:rail_qhd", 400),
        ("/api/v1/journeys?from=hub:rail_qhd&to=hub:rail_bdh&depart_at=2026-07-15T07:30:00", 400),
        (
            "/api/v1/journeys?from=hub:rail_qhd&to=hub:rail_bdh&depart_at=2026-07-15T07:30:00Z&arrive_by=2026-07-15T08:30:00Z",
            400,
        ),
        ("/api/v1/stops?lat=39.9&lon=119.5", 400),
        ("/api/v1/stops?colour=red", 400),
        ("/api/v1/lines/bus_line:none", 404),
        ("/api/v1/stops/bus_stop:none", 404),
    ],
)
def test_what_is_wrong_is_refused(client: FlaskClient, path: str, status: int) -> None:
    response = client.get(path)
    assert response.status_code == status, response.json
    assert response.json["error"]["message"]


@pytest.mark.parametrize(("field", "day"), [("depart_at", "2026-07-13"), ("arrive_by", "2026-09-14")])
@pytest.mark.parametrize("imported", [True, False])
def test_a_far_day_is_refused_with_the_days_there_are(
    client: FlaskClient, request: pytest.FixtureRequest, imported: bool, field: str, day: str
) -> None:
    if imported:
        request.getfixturevalue("timed")
    query = {"from": "hub:rail_qhd", "to": "hub:rail_bdh", field: f"{day}T08:00:00+08:00"}
    for lang, said in (
        ("zh", "只能查2026-07-14至2026-09-13的班次。"),
        ("en", "Buses can be looked up from 2026-07-14 to 2026-09-13 only."),
    ):
        response = client.get("/api/v1/journeys", query_string=query, headers={"Accept-Language": lang})
        assert response.status_code == 400
        assert response.json["error"]["fields"] == {"query": {field: [said]}}


def test_the_first_and_the_last_day_there_are(client: FlaskClient, timed: None) -> None:
    for day in ("2026-07-14", "2026-09-13"):
        query = {"from": "bus_stop:west", "to": "bus_stop:east", "depart_at": f"{day}T08:30:00+08:00"}
        [journey] = client.get("/api/v1/journeys", query_string=query).json["journeys"]
        assert journey["departs"] == f"{day}T09:00:00+08:00"


def test_a_plus_that_became_a_space_is_meant_as_a_plus(client: FlaskClient, timed: None) -> None:
    path = "/api/v1/journeys?from=bus_stop:west&to=bus_stop:east&depart_at=2026-07-15T08:30:00+08:00"
    assert client.get(path).json["journeys"][0]["departs"] == "2026-07-15T09:00:00+08:00"
    assert client.get(path.replace("2026-07-15T08:30:00+08:00", "1784075400")).status_code == 400


def test_nobody_rides_to_where_they_are(client: FlaskClient, timed: None) -> None:
    path = "/api/v1/journeys?from=bus_stop:west&to=bus_stop:west"
    assert [journey["rides"] for journey in client.get(path).json["journeys"]] == [0]


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        (
            "journeys?from=91,119,WGS-84&to=hub:rail_qhd",
            {"query": {"from": ["The latitude or longitude is out of range."]}},
        ),
        ("journeys?from=hub:rail_qhd&to=attraction:none", {"query": {"to": ["There is no such place or stop."]}}),
        ("stops?lat=39.9&lon=119.5", {"query": {"request": ["Give lat, lon and datum together, or none of them."]}}),
        ("lines/bus_line:none", None),
    ],
)
def test_an_error_says_which_field_in_the_language(client: FlaskClient, path: str, fields: Any) -> None:
    error = client.get(f"/api/v1/{path}", headers={"Accept-Language": "en"}).json["error"]
    assert error.get("fields") == fields
    assert error["message"].isascii() or "fields" in error["message"]


def test_what_has_not_changed_is_not_sent_again(client: FlaskClient) -> None:
    first = client.get("/api/v1/lines")
    assert first.headers["ETag"]
    again = client.get("/api/v1/lines", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert "max-age=60" in again.headers["Cache-Control"]
    query = {"from": "hub:rail_qhd", "to": "attraction:geziwo"}
    assert "no-cache" in client.get("/api/v1/journeys", query_string=query).headers["Cache-Control"]


def test_without_any_feed_there_are_the_links_alone(parts: Parts, app: Any) -> None:
    client = app.test_client()
    assert client.get("/api/v1/lines").json == {"lines": [], "feed": None}
    assert client.get("/api/v1/lines/bus_line:1").status_code == 404
    body = client.get("/api/v1/journeys?from=39.9,119.5,WGS-84&to=39.8,119.6,GCJ-02").json
    assert (body["journeys"], body["feed"], len(body["links"])) == ([], None, 3)
