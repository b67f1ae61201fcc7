"""The event feed: public events alone, in their order, from any cursor on."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from flask.testing import FlaskClient

from backend.database import record_event
from tests.api.conftest import Person
from tests.support.container import Parts

URL = "/api/v1/events"


@pytest.fixture
def headers(parts: Parts) -> dict[str, str]:
    return {"Authorization": f"Bearer {parts.clients.issue_token('app', ['events.read'])}"}


def happen(parts: Parts, *names: str, type_: str = "alert.raised") -> None:
    for name in names:
        with parts.db.write() as session:
            record_event(session, type_, f"alert/{name}", {"alert": name})


def test_page_by_page_and_on(parts: Parts, client: FlaskClient, headers: dict[str, str]) -> None:
    happen(parts, "a", "b", "c")
    happen(parts, "x", type_="message.received")
    first: Any = client.get(f"{URL}?limit=2", headers=headers).json
    assert ([event["data"]["alert"] for event in first["events"]], first["more"]) == (["a", "b"], True)
    rest: Any = client.get(f"{URL}?after={first['cursor']}", headers=headers).json
    assert ([event["data"]["alert"] for event in rest["events"]], rest["more"]) == (["c"], False)
    end: Any = client.get(f"{URL}?after={rest['cursor']}", headers=headers).json
    assert (end["events"], end["cursor"]) == ([], rest["cursor"])
    happen(parts, "d")
    later: Any = client.get(f"{URL}?after={end['cursor']}", headers=headers).json
    assert [event["data"]["alert"] for event in later["events"]] == ["d"]
    replay: Any = client.get(f"{URL}?after={first['cursor']}", headers=headers).json
    assert [event["data"]["alert"] for event in replay["events"]] == ["c", "d"]


def test_an_event_is_a_cloud_event(parts: Parts, client: FlaskClient, headers: dict[str, str]) -> None:
    happen(parts, "a")
    [event] = client.get(URL, headers=headers).json["events"]  # type: ignore[index]
    assert (event["specversion"], event["type"], event["subject"]) == ("1.0", "alert.raised", "alert/a")
    assert event["source"] == "https://city.example.org"
    assert dt.datetime.fromisoformat(event["time"]).tzinfo is not None
    assert set(event) == {
        "specversion", "id", "source", "type", "subject", "time", "datacontenttype", "sequence", "data",
    }  # fmt: skip


def test_by_type(parts: Parts, client: FlaskClient, headers: dict[str, str]) -> None:
    happen(parts, "a")
    happen(parts, "b", type_="alert.cleared")
    found: Any = client.get(f"{URL}?types=alert.cleared", headers=headers).json
    assert [event["type"] for event in found["events"]] == ["alert.cleared"]
    assert client.get(f"{URL}?after={found['cursor']}", headers=headers).status_code == 400, "another question"


@pytest.mark.parametrize("query", ["after=x", "limit=0", "limit=501", "types=message.received", "colour=red"])
def test_a_query_that_makes_no_sense_is_refused(client: FlaskClient, headers: dict[str, str], query: str) -> None:
    answer: Any = client.get(f"{URL}?{query}", headers=headers)
    assert (answer.status_code, answer.json["error"]["code"]) == (400, "invalid_body")


def test_only_with_a_token_of_the_scope(parts: Parts, client: FlaskClient, person: Person) -> None:
    writer = parts.clients.issue_token("weather", ["alerts.write"])
    for token, status in (("x", 401), (person.token, 401), (writer, 403)):
        assert client.get(URL, headers={"Authorization": f"Bearer {token}"}).status_code == status
    assert client.get(URL).status_code == 401
