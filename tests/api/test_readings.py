"""The readings API: who may send, what is refused and how it is named, what anyone may read."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from backend.models import Event, Reading, Station
from tests.api.conftest import Person
from tests.factories import StationRow, stored
from tests.support.container import Clock, Parts

URL = "/api/v1/readings"
LAOHUSHI = "station:laohushi"


class Sender:
    """A station with its token."""

    def __init__(self, parts: Parts, client: FlaskClient, clock: Clock) -> None:
        with parts.db.write() as session:
            stored(session, StationRow(id=LAOHUSHI, place_id="beach:laohushi", name_zh="老虎石监测点"))
        self.client, self.clock = client, clock
        self.headers = {"Authorization": f"Bearer {parts.readings.issue_token(LAOHUSHI)}"}

    def at(self, minutes_ago: float) -> str:
        return (self.clock.now() - dt.timedelta(minutes=minutes_ago)).isoformat()

    def wave(self, value: Any = 0.4, minutes_ago: float = 5, **more: Any) -> dict[str, Any]:
        return {
            "quantity": "wave_height",
            "value": value,
            "unit": "m",
            "observed_at": self.at(minutes_ago),
            **more,
        }

    def send(self, *readings: Any, **headers: str) -> TestResponse:
        return self.client.post(URL, json={"readings": list(readings)}, headers={**self.headers, **headers})


@pytest.fixture
def sender(parts: Parts, client: FlaskClient, clock: Clock) -> Sender:
    return Sender(parts, client, clock)


class TestSending:
    def test_a_batch_is_stored_once(self, parts: Parts, sender: Sender) -> None:
        batch = [sender.wave(), sender.wave("green", quantity="beach_flag", unit="flag"), sender.wave(1, 10)]
        first = sender.send(*batch)
        assert (first.status_code, first.json) == (200, {"added": 3, "corrected": 0, "unchanged": 0})
        again = sender.send(*batch)
        assert (again.status_code, again.json) == (200, {"added": 0, "corrected": 0, "unchanged": 3})
        assert len(parts.rows(Reading)) == 3

    def test_a_bad_reading_is_named_with_what_is_accepted_and_nothing_is_stored(
        self, parts: Parts, sender: Sender
    ) -> None:
        answer = sender.send(
            sender.wave(),
            sender.wave(unit="ft"),
            sender.wave(minutes_ago=-30),
            sender.wave(99),
            **{"Accept-Language": "en"},
        )
        assert answer.status_code == 400
        error = answer.json["error"]
        assert error["code"] == "invalid_readings"
        assert error["message"].startswith("None of these readings was stored")
        wrong = error["fields"]["json"]["readings"]
        assert list(wrong) == ["1", "2", "3"]
        assert "m or cm" in wrong["1"]["unit"][0]
        assert "in the future" in wrong["2"]["observed_at"][0]
        assert "0 to 20 m" in wrong["3"]["value"][0]
        assert parts.rows(Reading) == parts.rows(Event) == []

    @pytest.mark.parametrize(
        "change",
        [
            {"observed_at": "2026-07-16T11:50:00"},
            {"observed_at": 1752637800},
            {"observed_at": "yesterday"},
            {"value": None},
            {"value": True},
            {"value": [1]},
            {"unit": ""},
            {"quality": "fine"},
            {"colour": "red"},
            {"quantity": "x" * 33},
        ],
    )
    def test_a_body_that_is_none_is_refused(self, parts: Parts, sender: Sender, change: dict[str, Any]) -> None:
        answer = sender.send({**sender.wave(), **change})
        assert (answer.status_code, answer.json["error"]["code"]) == (400, "invalid_body")
        assert answer.json["error"]["fields"]
        assert parts.rows(Reading) == []

    def test_a_number_that_is_none_is_refused(self, parts: Parts, sender: Sender) -> None:
        for number in ("NaN", "Infinity", "1e999"):
            body = (
                f'{{"readings": [{{"quantity": "wave_height", "value": {number}, "unit": "m", '
                f'"observed_at": "{sender.at(1)}"}}]}}'
            )
            answer = sender.client.post(URL, data=body, headers={**sender.headers, "Content-Type": "application/json"})
            assert answer.status_code == 400, number
        assert parts.rows(Reading) == []

    def test_there_is_a_most_and_a_least(self, sender: Sender) -> None:
        assert sender.send().status_code == 400
        assert sender.send(*[sender.wave(minutes_ago=number) for number in range(501)]).status_code == 400
        assert sender.send(*[sender.wave(minutes_ago=number) for number in range(500)]).json["added"] == 500

    def test_only_a_station_may_send(self, parts: Parts, sender: Sender, person: Person) -> None:
        with parts.db.write() as session:
            stored(session, StationRow(id="station:off", enabled=False))
        off = parts.readings.issue_token("station:off")
        for token in ("", "Bearer", "Bearer x", f"Bearer {off}", f"Bearer {person.token}", "Bearer é", "Basic eDp4"):
            answer = sender.client.post(URL, json={"readings": [sender.wave()]}, headers={"Authorization": token})
            assert (answer.status_code, answer.json["error"]["code"]) == (401, "station_unauthorized"), token
        assert person._client.get("/api/v1/chat/messages", headers=sender.headers).status_code == 401
        assert parts.rows(Reading) == []


class TestReading:
    def test_anyone_reads_the_latest_with_station_and_age(self, sender: Sender) -> None:
        sender.send(sender.wave(0.4, 5), sender.wave(0.5, 9))
        answer = sender.client.get(f"{URL}/latest?place=beach:laohushi")
        [one] = answer.json["readings"]
        at = dt.datetime.fromisoformat(one.pop("observed_at"))
        assert dt.datetime.fromisoformat(one.pop("stale_at")) - at == dt.timedelta(hours=3)
        assert one["station"].pop("name_en").startswith("Station ")
        assert one == {
            "station": {
                "id": LAOHUSHI,
                "name_zh": "老虎石监测点",
                "place": "beach:laohushi",
                "lat": None,
                "lon": None,
                "datum": None,
            },
            "quantity": "wave_height",
            "value": 0.4,
            "unit": "m",
            "quality": "raw",
        }
        assert sender.client.get(f"{URL}/latest?station=station:none").json == {"readings": []}
        assert len(sender.client.get(f"{URL}/latest").json["readings"]) == 1

    def test_a_position_comes_with_its_datum_or_not_at_all(self, parts: Parts, sender: Sender) -> None:
        sender.send(sender.wave())
        for datum, known in (("GCJ-02", True), ("unknown", False)):
            with parts.db.write() as session:
                station = session.get_one(Station, LAOHUSHI)
                station.lat, station.lon, station.datum = 39.8, 119.5, datum
            shown = sender.client.get(f"{URL}/latest").json["readings"][0]["station"]
            assert (shown["lat"], shown["datum"]) == ((39.8, datum) if known else (None, None))

    def test_a_series_latest_first_within_a_time(self, sender: Sender) -> None:
        sender.send(*[sender.wave(number / 10, number) for number in range(1, 7)])
        query = {"place": "beach:laohushi", "quantity": "wave_height", "from": sender.at(5.5), "limit": "2"}
        page = sender.client.get(URL, query_string=query).json
        assert [one["value"] for one in page["readings"]] == [0.1, 0.2]
        assert page["truncated"] is True
        rest = sender.client.get(
            URL, query_string={**query, "to": page["readings"][-1]["observed_at"], "limit": "9"}
        ).json
        assert [one["value"] for one in rest["readings"]] == [0.3, 0.4, 0.5]
        assert rest["truncated"] is False

    @pytest.mark.parametrize(
        "query",
        ["", "quantity=wave_height", "place=beach", "station=station:x&limit=0", "station=station:x&limit=1001",
         "station=station:x&from=2026", "station=station:x&to=2026-07-16T11:50:00", "place=beach:x&colour=red"],
    )  # fmt: skip
    def test_a_query_that_makes_no_sense_is_refused(self, client: FlaskClient, query: str) -> None:
        answer = client.get(f"{URL}?{query}")
        assert (answer.status_code, answer.json["error"]["code"]) == (400, "invalid_body")
        assert answer.json["error"]["fields"]

    @pytest.mark.parametrize("path", [f"{URL}/latest", f"{URL}?place=beach:laohushi"])
    def test_what_has_not_changed_is_not_sent_again(self, sender: Sender, path: str) -> None:
        sender.send(sender.wave())
        known = {"If-None-Match": sender.client.get(path).headers["ETag"]}
        again = sender.client.get(path, headers=known)
        assert (again.status_code, again.data) == (304, b"")
        sender.send(sender.wave(0.9, 1))
        assert sender.client.get(path, headers=known).status_code == 200


def test_the_document_shows_how_to_send(client: FlaskClient) -> None:
    document = client.get("/api/openapi.json").json
    post = document["paths"][URL]["post"]
    assert post["security"] == [{"StationToken": []}]
    assert "a beach" in post["requestBody"]["content"]["application/json"]["examples"]
    names = {parameter["name"] for parameter in document["paths"][URL]["get"]["parameters"]}
    assert names == {"place", "station", "quantity", "from", "to", "limit"}
    assert "security" not in document["paths"][URL]["get"]
