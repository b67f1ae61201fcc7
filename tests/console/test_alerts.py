"""The pages of alerts: nothing goes out without a second look, and what goes out is CAP that others can read."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from flask import Flask

from backend.models import Alert, AuditEntry, Event
from backend.services.cap import read
from tests.support.console import Clerk, add_staff
from tests.support.subscribers import Subscriber, follow

NEW = "/staff/alerts/new"
FIELDS = {
    "kind": "wind",
    "severity": "Severe",
    "urgency": "Expected",
    "certainty": "Likely",
    "headline_zh": "北戴河区大风橙色预警",
    "headline_en": "Orange gale warning for Beidaihe",
    "instruction_zh": "请勿下海。",
    "districts": "district:130304",
}


@pytest.fixture
def manager(site: Flask, own_city: Any) -> Clerk:
    return Clerk(site, add_staff(site, own_city, "manager", "wang"))


def until(own_city: Any, hours: float = 6) -> str:
    at = dt.datetime.now(own_city.time_zone) + dt.timedelta(hours=hours)
    return at.strftime("%Y-%m-%dT%H:%M")


def fill(clerk: Clerk, own_city: Any, path: str = NEW, **fields: Any) -> Any:
    """Fills the form in; with `confirmed` the button of the second look, if there is one, is pressed too."""
    confirmed = fields.pop("confirmed", "")
    given = {"csrf_token": clerk.token(path), **FIELDS, "expires": until(own_city), **fields}
    answer = clerk.client.post(path, data=given)
    agreed = re.findall(r'name="confirmed" value="([^"]+)"', answer.text)
    if not confirmed or not agreed:
        return answer
    return clerk.client.post(path, data={**given, "confirmed": agreed[0]}, follow_redirects=True)


def test_nothing_goes_out_before_the_second_look(manager: Clerk, own_city: Any) -> None:
    Subscriber(own_city).wants("wind")
    page = fill(manager, own_city).text
    for said in ("请再核对一遍", "将通知1位市民或游客", "请勿下海。", "北戴河区"):
        assert said in page
    assert own_city.rows(Alert) == []
    fill(manager, own_city, confirmed="yes")
    row = own_city.row(Alert)
    assert (row.state, row.kind, row.author, row.reach[0]["named"]) == ("current", "wind", "wang", ["district:130304"])
    message = read(row.xml.encode())
    assert [(info.language, info.headline) for info in message.infos] == [
        ("zh-CN", "北戴河区大风橙色预警"),
        ("en-GB", "Orange gale warning for Beidaihe"),
    ]
    assert message.sender == "concierge@city.example.org"
    assert [entry.action for entry in own_city.rows(AuditEntry) if entry.object_id.startswith("alert:")] == [
        "alert.alert"
    ]
    assert "北戴河区大风橙色预警" in manager.get("/staff/alerts").text


def test_what_was_changed_after_the_look_is_looked_at_again(manager: Clerk, own_city: Any) -> None:
    [agreed] = re.findall(r'name="confirmed" value="([^"]+)"', fill(manager, own_city).text)
    given = {"csrf_token": manager.token(NEW), **FIELDS, "expires": until(own_city), "confirmed": agreed}
    page = manager.client.post(NEW, data={**given, "headline_zh": "北戴河区大风红色预警"}).text
    assert "预览之后又有改动" in page
    assert "<strong>北戴河区大风红色预警</strong>" in page
    assert own_city.rows(Alert) == []


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"headline_zh": ""}, "必须填"),
        ({"headline_zh": "风" * 41}, "太长"),
        ({"districts": []}, "请选择区县"),
        ({"expires": ""}, "必须填"),
        ({"expires": "2020-01-01T00:00"}, "要晚于现在"),
        ({"expires": "2090-01-01T00:00"}, "要晚于现在"),
        ({"lat": "39.8"}, "要一起填"),
        ({"lat": "39.8", "lon": "119.5"}, "要一起填"),
        ({"lat": "139.8", "lon": "119.5", "radius_km": "3"}, None),
        ({"lat": "39.8", "lon": "119.5", "radius_km": "999"}, "500公里"),
        ({"severity": "Red"}, ""),
    ],
)
def test_what_cannot_be_is_refused_by_field(
    manager: Clerk, own_city: Any, fields: dict[str, Any], said: str | None
) -> None:
    answer = fill(manager, own_city, confirmed="yes", **fields)
    if said is not None:
        assert answer.status_code == 422
        assert said in answer.text
        assert own_city.rows(Alert) == []
    else:
        assert answer.status_code in (200, 422)


def test_a_circle_is_stored_in_wgs84(manager: Clerk, own_city: Any) -> None:
    fields = {"districts": [], "lat": "39.8266", "lon": "119.5143", "datum": "GCJ-02", "radius_km": "3"}
    fill(manager, own_city, confirmed="yes", **fields)
    [circle] = read(own_city.row(Alert).xml.encode()).infos[0].areas[0].circles
    assert circle.radius_km == 3
    assert 0.003 < 119.5143 - circle.centre.lon < 0.01
    assert own_city.row(Alert).reach[0]["reached"] == ["district:130304"]


def test_update_and_all_clear(manager: Clerk, own_city: Any) -> None:
    person = Subscriber(own_city).wants("alerts")
    fill(manager, own_city, confirmed="yes")
    follow(own_city)
    first = own_city.row(Alert)
    path = f"/staff/alerts/{first.id}/update"
    assert "北戴河区大风橙色预警" in manager.get(path).text
    fill(manager, own_city, path, headline_zh="北戴河区大风红色预警", severity="Extreme", confirmed="yes")
    follow(own_city)
    assert manager.get(path).status_code == 404, "it holds no more"
    second = next(row for row in own_city.alerts.listed() if row.state == "current")
    assert "北戴河区大风红色预警" in manager.get(f"/staff/alerts/{second.id}/clear").text
    manager.press(f"/staff/alerts/{second.id}/clear")
    assert own_city.alerts.current(dt.datetime.now(dt.UTC)) == []
    again = manager.client.get(manager.press(f"/staff/alerts/{second.id}/clear").location, follow_redirects=True)
    assert "已经失效" in again.text
    types = [event.type for event in own_city.rows(Event) if event.type.startswith("alert.")]
    assert types == ["alert.raised", "alert.updated", "alert.cleared"]
    assert person.told() == ["alert", "alert_update"]


def test_who_may_not_raise_sees_them_all_the_same(clerk: Clerk, manager: Clerk, own_city: Any) -> None:
    fill(manager, own_city, confirmed="yes")
    page = clerk.get("/staff/alerts").text
    assert "北戴河区大风橙色预警" in page
    assert NEW not in page
    assert clerk.get(NEW).status_code == 403
    assert clerk.press(f"/staff/alerts/{own_city.row(Alert).id}/clear").status_code == 403
