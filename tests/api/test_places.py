"""The API of places: filters, pages, what is near and open, what changed, and what nobody need send twice."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, update

import backend.api.places
from backend.api import cursors
from backend.geo import Datum, Point, distance_m
from backend.limits import limiter
from backend.models import Division, Place, Term
from backend.services.content import Editor
from backend.services.places import position
from tests.factories import PlaceRow, stored
from tests.support.container import Parts

CLERK = Editor("李静", "lijing@example.org")
NEAR = "/api/v1/places/near?lat=39.8300&lon=119.5200&datum=WGS-84"
HERE = Point(39.83, 119.52, Datum.WGS84)
HOURS = {"a": "Mo-Su 08:00-17:00", "b": "", "c": "24/7", "d": "Mo-Su 18:00-02:00", "e": "Mo-Su 08:00-12:00"}


@pytest.fixture(autouse=True)
def _noon(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    noon = dt.datetime(2026, 11, 23, 11, 0, tzinfo=parts.time_zone)
    monkeypatch.setattr(backend.api.places, "_now", lambda: noon)


@pytest.fixture(autouse=True)
def _places(parts: Parts) -> None:
    """Five places on the way to the north, a kilometre apart."""
    with parts.db.write() as session:
        stored(
            session,
            Division(id="district:130304", level="county", name_zh="北戴河区"),
            Term(id="category:park", type="category", name_zh="公园", name_en="park"),
            Term(id="category:garden", type="category", name_zh="花园", name_en="garden", parent_id="category:park"),
            *(
                PlaceRow(id=f"attraction:{name}", lat=39.83 + step / 100, opening_hours=hours, aliases=[f"别名{name}"])
                for step, (name, hours) in enumerate(HOURS.items())
            ),
        )


def names(body: Any, key: str = "places") -> list[str]:
    return [place["id"].partition(":")[2] for place in body[key]]


def get(client: FlaskClient, path: str, **headers: str) -> Any:
    response = client.get(path, headers=headers)
    assert response.status_code == 200, response.json
    return response.json


class TestList:
    def test_pages_by_id_to_the_end(self, client: FlaskClient) -> None:
        body = get(client, "/api/v1/places?limit=2")
        seen = names(body)
        while body["next_cursor"]:
            body = get(client, f"/api/v1/places?limit=2&cursor={body['next_cursor']}")
            seen += names(body)
        assert seen == ["a", "b", "c", "d", "e"]

    def test_a_page_stays_right_while_places_come_and_go(self, parts: Parts, client: FlaskClient) -> None:
        body = get(client, "/api/v1/places?limit=2")
        with parts.db.write() as session:
            session.get_one(Place, "attraction:b").deleted_at = dt.datetime.now(dt.UTC)
            stored(session, PlaceRow(id="attraction:aa"))
        assert names(get(client, f"/api/v1/places?limit=2&cursor={body['next_cursor']}")) == ["c", "d"]

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("q=别名C", ["c"]),
            ("q=seaview", ["a", "b", "c", "d", "e"]),
            ("kind=attraction,clinic&q=别名a", ["a"]),
            ("kind=clinic", []),
            ("category=category:park", ["a", "b", "c", "d", "e"]),
            ("category=category:garden", []),
            ("district=district:130304&tag=tag:family", []),
            ("department=department:pediatrics", []),
        ],
    )
    def test_filters(self, client: FlaskClient, query: str, found: list[str]) -> None:
        assert names(get(client, f"/api/v1/places?{query}")) == found

    def test_what_is_below_a_category_belongs_to_it(self, parts: Parts, client: FlaskClient) -> None:
        parts.content.edit("attraction:a", None, {"category": "category:garden"}, CLERK)
        assert names(get(client, "/api/v1/places?category=category:garden")) == ["a"]
        assert len(get(client, "/api/v1/places?category=category:park")["places"]) == 5

    def test_a_record_says_all_that_is_known(self, client: FlaskClient) -> None:
        place = get(client, "/api/v1/places/attraction:a?lang=en")
        assert place["name"].startswith("Seaview")
        assert place["names"]["zh"].startswith("望海台")
        assert place["position"] == {"lat": 39.83, "lon": 119.52, "datum": "WGS-84", "confidence": ""}
        assert place["source"] == {
            "record": "attraction:a", "source": "", "confidence": "high", "as_of": "2025", "checked_by": "",
        }  # fmt: skip
        until = "2026-11-23T17:00:00+08:00"
        assert place["opening"] == {"kind": "open", "until": until, "next_open": None, "certain": True}
        assert place["hours"]["text"] == "daily 8:00-17:00"
        closed = get(client, "/api/v1/places/attraction:d")["opening"]
        assert closed["next_open"] == "2026-11-23T18:00:00+08:00"
        assert get(client, "/api/v1/places/attraction:b")["opening"] == {
            "kind": "unknown", "until": None, "next_open": None, "certain": False,
        }  # fmt: skip

    def test_language_by_header_or_parameter(self, client: FlaskClient) -> None:
        path = "/api/v1/places/attraction:a"
        assert get(client, path)["hours"]["text"] == "每天8:00-17:00"
        assert get(client, path, **{"Accept-Language": "en"})["hours"]["text"] == "daily 8:00-17:00"
        response = client.get(f"{path}?lang=zh", headers={"Accept-Language": "en"})
        assert response.json["hours"]["text"] == "每天8:00-17:00"
        assert response.headers["Content-Language"] == "zh"

    def test_a_place_that_is_not_there(self, parts: Parts, client: FlaskClient) -> None:
        response = client.get("/api/v1/places/attraction:nowhere?lang=en")
        assert (response.status_code, response.json["error"]["code"]) == (404, "no_place")
        assert "no such place" in response.json["error"]["message"]


class TestNear:
    def test_by_true_distance_whatever_the_datum(self, parts: Parts, client: FlaskClient) -> None:
        for datum in ("WGS-84", "GCJ-02", "BD-09"):
            body = get(client, f"/api/v1/places/near?lat=39.83&lon=119.52&datum={datum}")
            assert len(body["places"]) == 5
            for place in body["places"]:
                stored_place = parts.places.get(place["id"])
                point = position(stored_place) if stored_place else None
                assert point is not None
                expected = distance_m(Point(39.83, 119.52, Datum(datum)), point)
                assert abs(place["distance_m"] - expected) <= 0.05
                assert place["distance"] == "straight line"

    def test_without_a_time_all_are_given(self, client: FlaskClient) -> None:
        body = get(client, NEAR)
        assert names(body) == ["a", "b", "c", "d", "e"]
        assert (body["hours_unknown"], body["open_at"], body["next_cursor"]) == ([], None, None)
        assert body["places"][0]["walking_minutes_estimate"] == 1
        assert body["places"][1]["walking_minutes_estimate"] == 19
        assert body["places"][2]["walking_minutes_estimate"] is None

    def test_open_now_is_what_is_known_to_be(self, client: FlaskClient) -> None:
        body = get(client, f"{NEAR}&open=now")
        assert names(body) == ["a", "c", "e"]
        assert names(body, "hours_unknown") == ["b"]

    def test_open_at_a_time_with_its_offset(self, client: FlaskClient) -> None:
        assert names(get(client, f"{NEAR}&open_at=2026-11-23T20:00:00%2B08:00")) == ["c", "d"]
        assert names(get(client, f"{NEAR}&open_at=2026-11-23T12:00:00Z")) == ["c", "d"]
        body = get(client, f"{NEAR}&open_at=2026-11-23T20:00:00+08:00")  # a plus that became a space
        assert names(body) == ["c", "d"]
        assert body["open_at"] == "2026-11-23T20:00:00+08:00"

    def test_within(self, client: FlaskClient) -> None:
        assert names(get(client, f"{NEAR}&within_m=1500")) == ["a", "b"]
        body = get(client, f"{NEAR}&within_m=1500&open=now")
        assert (names(body), names(body, "hours_unknown")) == (["a"], ["b"])

    def test_pages_keep_the_unknown_where_they_belong(self, client: FlaskClient) -> None:
        first = get(client, f"{NEAR}&open=now&limit=1")
        assert (names(first), names(first, "hours_unknown")) == (["a"], [])
        second = get(client, f"{NEAR}&open=now&limit=1&cursor={first['next_cursor']}")
        assert (names(second), names(second, "hours_unknown")) == (["c"], ["b"])
        third = get(client, f"{NEAR}&open=now&limit=1&cursor={second['next_cursor']}")
        assert (names(third), third["next_cursor"]) == (["e"], None)

    def test_an_edit_is_in_the_next_answer(self, parts: Parts, client: FlaskClient) -> None:
        assert "b" not in names(get(client, f"{NEAR}&open=now"))
        hours = {"opening_hours": "24/7", "hours_text_zh": "全天", "hours_text_en": "all day"}
        parts.content.edit("attraction:b", None, hours, CLERK)
        assert names(get(client, f"{NEAR}&open=now")) == ["a", "b", "c", "e"]
        parts.content.close("attraction:a", dt.date(2026, 11, 23), None, ("", ""), CLERK)
        assert names(get(client, f"{NEAR}&open=now")) == ["b", "c", "e"]


class TestRefusals:
    @pytest.mark.parametrize(
        ("path", "field"),
        [
            ("near?lat=39.8&lon=119.5", "datum"),
            ("near?lat=39.8&lon=119.5&datum=WGS84", "datum"),
            ("near?lat=39.8&lon=119.5&datum=unknown", "datum"),
            ("near?lat=119.5&lon=39.8&datum=WGS-84", "lat"),
            ("near?lat=nan&lon=39.8&datum=WGS-84", "lat"),
            ("near?lat=x&lon=39.8&datum=WGS-84", "lat"),
            ("near?lon=39.8&datum=WGS-84", "lat"),
            (f"{NEAR[15:]}&open_at=2026-11-23T20:00:00", "open_at"),
            (f"{NEAR[15:]}&open_at=tonight", "open_at"),
            (f"{NEAR[15:]}&open_at=9999-11-23T20:00:00Z", "open_at"),
            (f"{NEAR[15:]}&open=yes", "open"),
            (f"{NEAR[15:]}&open=now&open_at=2026-11-23T20:00:00Z", "request"),
            (f"{NEAR[15:]}&within_m=0", "within_m"),
            (f"{NEAR[15:]}&limit=201", "limit"),
            (f"{NEAR[15:]}&limit=2.5", "limit"),
            (f"{NEAR[15:]}&cursor=bm9uZQ", "cursor"),
            (f"{NEAR[15:]}&cursor=!", "cursor"),
            (f"{NEAR[15:]}&radius=5", "radius"),
            ("?cursor=WzFd", "cursor"),
            ("?kind=a b", "kind"),
            ("?q=" + "x" * 61, "q"),
            ("?updated_since=2026-11-23", "updated_since"),
            ("/attraction:a?lang=fr", "lang"),
        ],
    )
    def test_name_the_field_and_say_it_in_both_languages(self, client: FlaskClient, path: str, field: str) -> None:
        url = f"/api/v1/places{'/' if path.startswith('near') else ''}{path}"
        said = {}
        for lang in ("zh", "en"):
            response = client.get(url, headers={"Accept-Language": lang})
            assert response.status_code == 400, response.json
            error = response.json["error"]
            assert error["code"] == "invalid_body"
            [said[lang]] = error["fields"]["query"][field]
        assert said["zh"] != said["en"]
        assert any("\u4e00" <= char <= "\u9fff" for char in said["zh"])

    def test_a_cursor_of_another_question(self, client: FlaskClient) -> None:
        cursor = get(client, "/api/v1/places?limit=1")["next_cursor"]
        for path in (f"{NEAR}&cursor={cursor}", f"/api/v1/places?kind=clinic&cursor={cursor}"):
            response = client.get(path)
            assert (response.status_code, "cursor" in response.json["error"]["fields"]["query"]) == (400, True)
        other = get(client, f"{NEAR}&limit=1")["next_cursor"]
        moved = NEAR.replace("39.8300", "39.8400")
        assert client.get(f"{moved}&cursor={other}").status_code == 400
        assert client.get(f"{NEAR}&limit=3&lang=en&cursor={other}").status_code == 200


class TestCopies:
    """A client that keeps a copy."""

    def test_unchanged_is_not_sent_again(self, parts: Parts, client: FlaskClient) -> None:
        for path in ("/api/v1/places", "/api/v1/places/attraction:a", f"{NEAR}&open=now"):
            first = client.get(path)
            etag = first.headers["ETag"]
            assert etag.startswith('"')
            assert first.headers["Cache-Control"] == "public, no-cache"
            assert "Accept-Language" in first.headers["Vary"]
            assert first.headers["Last-Modified"]
            again = client.get(path, headers={"If-None-Match": etag})
            assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", etag)
            assert client.get(path, headers={"If-None-Match": etag, "Accept-Language": "en"}).status_code == 200
            parts.content.edit("attraction:a", None, {"website": f"{len(path)}.example.org"}, CLERK)
            assert client.get(path, headers={"If-None-Match": etag}).status_code == 200

    def test_a_place_that_opens_is_news_though_nobody_edited_it(
        self, parts: Parts, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        etag = client.get("/api/v1/places/attraction:d").headers["ETag"]
        evening = dt.datetime(2026, 11, 23, 18, 0, tzinfo=parts.time_zone)
        monkeypatch.setattr(backend.api.places, "_now", lambda: evening)
        response = client.get("/api/v1/places/attraction:d", headers={"If-None-Match": etag})
        assert response.json["opening"]["kind"] == "open"
        since = response.headers["Last-Modified"]
        assert client.get("/api/v1/places/attraction:d", headers={"If-Modified-Since": since}).status_code == 200

    def test_sync_from_the_first_page_on(self, parts: Parts, client: FlaskClient) -> None:
        copy: dict[str, Any] = {}
        first = body = get(client, "/api/v1/places?limit=2")
        while True:
            copy |= {place["id"]: place for place in body["places"]}
            # Changed on pages that were read already, and on pages to come.
            parts.content.edit("attraction:a", None, {"website": f"{len(copy)}.example.org"}, CLERK)
            parts.content.edit("attraction:e", None, {"website": f"{len(copy)}.example.org"}, CLERK)
            if body["next_cursor"] is None:
                break
            body = get(client, f"/api/v1/places?limit=2&cursor={body['next_cursor']}")
        parts.content.delete("attraction:b", 1, CLERK)
        with parts.db.write() as session:
            session.execute(delete(Place).where(Place.id == "attraction:c"))
            stored(session, PlaceRow(id="attraction:new"))
        cursor = first["sync_cursor"]
        while True:
            body = get(client, f"/api/v1/places?limit=2&cursor={cursor}")
            for place in body["places"]:
                if place["deleted"]:
                    copy.pop(place["id"], None)
                else:
                    copy[place["id"]] = place
            cursor = body["sync_cursor"]
            if body["next_cursor"] is None:
                break
        now = {place["id"]: place for place in get(client, "/api/v1/places")["places"]}
        assert copy == now
        assert set(copy) == {f"attraction:{name}" for name in ("a", "d", "e", "new")}
        assert get(client, f"/api/v1/places?cursor={cursor}")["places"] == []
        parts.content.edit("attraction:d", None, {"website": "d.example.org"}, CLERK)
        assert names(get(client, f"/api/v1/places?cursor={cursor}")) == ["d"]

    def test_since_a_time(self, parts: Parts, client: FlaskClient) -> None:
        assert len(get(client, "/api/v1/places?updated_since=2001-01-01T00:00:00Z")["places"]) == 5
        body = get(client, "/api/v1/places?updated_since=2999-01-01T00:00:00Z")
        assert (body["places"], body["next_cursor"]) == ([], None)
        parts.content.edit("attraction:d", None, {"website": "d.example.org"}, CLERK)
        assert names(get(client, f"/api/v1/places?cursor={body['sync_cursor']}")) == ["d"]

    def test_what_no_longer_fits_is_gone(self, parts: Parts, client: FlaskClient) -> None:
        cursor = get(client, "/api/v1/places?tag=tag:family")["sync_cursor"]
        with parts.db.write() as session:
            session.execute(update(Place).where(Place.id == "attraction:a").values(tags=["tag:family"]))
        path = "/api/v1/places?tag=tag:family&cursor="
        body = get(client, path + cursor)
        assert [(place["id"], place["deleted"]) for place in body["places"]] == [("attraction:a", False)]
        with parts.db.write() as session:
            session.execute(update(Place).where(Place.id == "attraction:a").values(tags=[]))
        body = get(client, path + body["sync_cursor"])
        assert [(place["id"], place["deleted"]) for place in body["places"]] == [("attraction:a", True)]


def test_nobody_may_ask_without_end(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limiter, "enabled", True)
    codes = [client.get("/api/v1/places/attraction:a").status_code for _ in range(601)]
    assert codes == [200] * 600 + [429]


def test_the_document_shows_examples(client: FlaskClient) -> None:
    document = client.get("/api/openapi.json").json
    for path in ("/api/v1/places", "/api/v1/places/near", "/api/v1/places/{place_id}"):
        operation = document["paths"][path]["get"]
        content = operation["responses"]["200"]["content"]["application/json"]
        assert content["example"]
        assert {"304", "400"} <= set(operation["responses"])
    by_name = {each["name"]: each for each in document["paths"]["/api/v1/places/near"]["get"]["parameters"]}
    assert by_name["datum"]["required"]
    assert by_name["lat"]["schema"]["examples"]


class TestExtremes:
    @pytest.mark.parametrize(
        "path",
        [
            "/api/v1/places?updated_since=0001-01-01T00:00:00%2B08:00",
            "/api/v1/readings?station=station:x&from=0001-01-01T00:00:00%2B08:00",
            "/api/v1/journeys?from=hub:a&to=hub:b&depart_at=0001-01-01T00:00:00Z",
            "/api/v1/journeys?from=hub:a&to=hub:b&arrive_by=9999-12-31T23:59:59Z",
        ],
    )
    def test_a_time_at_the_end_of_the_calendar_is_refused(self, client: FlaskClient, path: str) -> None:
        answer = client.get(path)
        assert (answer.status_code, answer.json["error"]["code"]) == (400, "invalid_body"), answer.json

    def test_a_cursor_beyond_what_a_database_counts_is_refused(self, client: FlaskClient) -> None:
        cursor = cursors.encode("sync", [10**30], "{}")
        assert client.get(f"/api/v1/places?cursor={cursor}").status_code == 400
