"""Subscriptions of the person behind a session."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from backend.models import Division, Subscription
from tests.api.conftest import Person
from tests.factories import stored
from tests.support.container import Parts

URL = "/api/v1/subscriptions"


@pytest.fixture(autouse=True)
def _district(parts: Parts) -> None:
    with parts.db.write() as session:
        stored(session, Division(id="district:130304", level="county", name_zh="北戴河区", name_en="Beidaihe"))


def test_begun_listed_and_ended(client: FlaskClient, person: Person) -> None:
    wanted = {"topic": "alerts", "params": {"district": "district:130304"}}
    begun: Any = client.post(URL, json=wanted, headers=person.headers(**{"Accept-Language": "en"}))
    assert begun.status_code == 201
    assert (begun.json["name"], begun.json["params"]) == ("warnings", {"district": "district:130304"})
    client.post(URL, json={"topic": "wind"}, headers=person.headers())
    listed: Any = client.get(URL, headers=person.headers()).json
    assert [one["topic"] for one in listed["subscriptions"]] == ["alerts", "wind"]
    assert client.delete(f"{URL}/{begun.json['id']}", headers=person.headers()).status_code == 200
    assert client.delete(f"{URL}/{begun.json['id']}", headers=person.headers()).status_code == 404
    assert client.delete(URL, headers=person.headers()).json == {"ended": 1}
    assert client.get(URL, headers=person.headers()).json == {"subscriptions": []}


def test_a_repeated_request_begins_one(parts: Parts, client: FlaskClient, person: Person) -> None:
    headers = person.headers(**{"Idempotency-Key": "a"})
    ids = {client.post(URL, json={"topic": "wind"}, headers=headers).json["id"] for _ in range(3)}  # type: ignore[index]
    assert len(ids) == len(parts.rows(Subscription)) == 1


@pytest.mark.parametrize(
    "body",
    [{}, {"topic": "weather"}, {"topic": "alerts", "params": {"district": "district:1"}}, {"topic": "closure"},
     {"topic": "wind", "params": {"colour": "red"}}, {"topic": "wind", "more": 1}],
)  # fmt: skip
def test_what_nobody_offers_is_refused(parts: Parts, client: FlaskClient, person: Person, body: Any) -> None:
    answer: Any = client.post(URL, json=body, headers=person.headers())
    assert (answer.status_code, answer.json["error"]["code"]) == (400, "invalid_body")
    assert answer.json["error"]["fields"]
    assert parts.rows(Subscription) == []


def test_everybody_ends_their_own(client: FlaskClient, parts: Parts, person: Person) -> None:
    other = Person(client, parts)
    id_ = client.post(URL, json={"topic": "wind"}, headers=person.headers()).json["id"]  # type: ignore[index]
    assert client.delete(f"{URL}/{id_}", headers=other.headers()).status_code == 404
    assert client.delete(URL, headers=other.headers()).json == {"ended": 0}
    assert client.get(URL).status_code == 401
