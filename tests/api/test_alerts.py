"""The alerts API: who may bring alerts in, how a refusal is named, what anyone may read."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from backend.models import Alert, Division, Event
from backend.services.cap import read, write
from tests.api.conftest import Person
from tests.factories import PlaceRow, stored
from tests.support.alerts import WeatherService, info
from tests.support.container import Clock, Parts

URL = "/api/v1/alerts"


class Sender(WeatherService):
    """A weather service with a token."""

    def __init__(self, parts: Parts, client: FlaskClient, clock: Clock) -> None:
        super().__init__(parts, clock)
        self.http = client
        self.headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/cap+xml"}

    def post(self, body: bytes, **headers: str) -> TestResponse:
        return self.http.post(URL, data=body, headers={**self.headers, **headers})


@pytest.fixture
def sender(parts: Parts, client: FlaskClient, clock: Clock) -> Sender:
    with parts.db.write() as session:
        stored(
            session,
            Division(id="district:130304", level="county", name_zh="北戴河区", name_en="Beidaihe District"),
            PlaceRow(id="attraction:tower", district="district:130304"),
        )
    return Sender(parts, client, clock)


class TestBringingIn:
    def test_a_message_is_taken_once(self, parts: Parts, sender: Sender) -> None:
        body = write(sender.message())
        first = sender.post(body)
        assert (first.status_code, first.json["state"], first.json["touches"]) == (201, "current", ["district:130304"])
        again = sender.post(body)
        assert (again.status_code, again.json) == (200, first.json)
        assert [event.type for event in parts.rows(Event)] == ["alert.raised"]

    def test_what_is_wrong_is_named(self, parts: Parts, sender: Sender) -> None:
        body = write(sender.message()).replace(b"Severe", b"Red").replace(b"Immediate", b"now")
        answer = sender.post(body, **{"Accept-Language": "en"})
        assert (answer.status_code, answer.json["error"]["code"]) == (400, "invalid_cap")
        wrong = answer.json["error"]["fields"]["body"]["cap"]
        assert [line.partition(":")[0] for line in wrong] == ["alert/info[1]/urgency", "alert/info[1]/severity"]
        assert "Extreme, Severe, Moderate" in wrong[1]
        assert parts.rows(Alert) == []

    @pytest.mark.parametrize(
        "body",
        [b"", b"{}", b"<a>" * 100_000, b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><alert>&a;</alert>'],
    )
    def test_hostile_xml_is_refused(self, parts: Parts, sender: Sender, body: bytes) -> None:
        answer = sender.post(body)
        assert (answer.status_code, answer.json["error"]["code"]) == (400, "invalid_cap")
        assert parts.rows(Alert) == []

    def test_refusals_have_their_codes(self, sender: Sender, parts: Parts, clock: Clock) -> None:
        sender.post(write(sender.message(identifier="A1")))
        other = WeatherService(parts, clock, "other", senders=("x@example.org",))
        for body, headers, status, code in (
            (sender.message(identifier="A1", note="x"), {}, 409, "alert_identifier_taken"),
            (sender.message(scope="Private", addresses="x"), {}, 400, "alert_not_public"),
            (sender.message(), {"Authorization": f"Bearer {other.token}"}, 403, "alert_sender"),
        ):
            answer = sender.post(write(body), **headers)
            assert (answer.status_code, answer.json["error"]["code"]) == (status, code)

    def test_only_with_a_token_of_the_scope(self, parts: Parts, sender: Sender, person: Person) -> None:
        reader = parts.clients.issue_token("reader", ["events.read"])
        body = write(sender.message())
        for token in ("", "Bearer", "Bearer x", f"Bearer {person.token}", "Basic eDp4", "Bearer é"):
            answer = sender.post(body, Authorization=token)
            assert (answer.status_code, answer.json["error"]["code"]) == (401, "client_unauthorized"), token
        answer = sender.post(body, Authorization=f"Bearer {reader}")
        assert (answer.status_code, answer.json["error"]["code"]) == (403, "client_scope")
        parts.clients.disable("weather")
        assert sender.post(body).status_code == 401
        assert parts.rows(Alert) == []


class TestReading:
    def test_anyone_reads_what_holds_now(self, sender: Sender, clock: Clock) -> None:
        assert sender.http.get(URL).json == {"alerts": []}
        sender.send(info(), info("en-GB", instruction="Stay away from the shore."), hours=1)
        [alert] = sender.http.get(URL).json["alerts"]
        assert (alert["kind"], alert["severity"], alert["districts"]) == ("wind", "Severe", ["district:130304"])
        assert [one["language"] for one in alert["infos"]] == ["zh-CN", "en-GB"]
        assert alert["infos"][1]["instruction"] == "Stay away from the shore."
        assert dt.datetime.fromisoformat(alert["expires_at"]) == sender.at(1)
        assert sender.http.get(f"{URL}/{alert['id']}").json == alert

    def test_as_cap(self, sender: Sender) -> None:
        message = sender.message(info(), info("en-GB"))
        id_ = sender.post(write(message)).json["id"]
        path = sender.http.get(f"{URL}/{id_}").json["cap"]
        answer = sender.http.get(path)
        assert path == f"{URL}/{id_}.cap"
        assert answer.headers["Content-Type"] == "application/cap+xml; charset=utf-8"
        assert read(answer.data) == message
        assert sender.http.get(path, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304

    def test_what_is_a_test_is_nobodys(self, sender: Sender) -> None:
        id_ = sender.post(write(sender.message(status="Test"))).json["id"]
        for path in (f"{URL}/{id_}", f"{URL}/{id_}.cap", f"{URL}/none", f"{URL}/none.cap"):
            assert sender.http.get(path).status_code == 404

    @pytest.mark.parametrize(
        ("query", "count"),
        [("district=district:130304", 1), ("district=district:130302", 0), ("place=attraction:tower", 1),
         ("lat=39.83&lon=119.52&datum=WGS-84", 1), ("lat=10&lon=10&datum=WGS-84", 0)],
    )  # fmt: skip
    def test_by_where(self, sender: Sender, query: str, count: int) -> None:
        sender.send()
        assert len(sender.http.get(f"{URL}?{query}").json["alerts"]) == count

    @pytest.mark.parametrize("query", ["district=x", "lat=1", "lat=1&lon=1", "lat=91&lon=1&datum=WGS-84", "colour=red"])
    def test_a_query_that_makes_no_sense_is_refused(self, client: FlaskClient, query: str) -> None:
        answer: Any = client.get(f"{URL}?{query}")
        assert (answer.status_code, answer.json["error"]["code"]) == (400, "invalid_body")

    def test_a_place_nobody_knows(self, client: FlaskClient) -> None:
        assert client.get(f"{URL}?place=beach:none").status_code == 404
