"""A staff edit is in the next answer, on every channel, without training."""

from __future__ import annotations

import datetime as dt
import re
import secrets

import pytest
import requests

from backend.services.content import Editor
from tests.support.stack import Stack

CHANNELS = ["sms", "wechat", "web"]
CLERK = Editor("王编辑")


@pytest.mark.parametrize("channel", CHANNELS)
def test_changed_price(stack: Stack, channel: str) -> None:
    price = f"{100 + secrets.randbelow(800)}元"
    phone = stack.phone(channel)
    assert price not in phone.ask("联峰山公园门票多少钱").text
    stack.container.content.edit("attraction:lianfengshan", None, {"price_text_zh": price}, CLERK)
    assert price in phone.ask("联峰山公园门票多少钱").text


@pytest.mark.parametrize("channel", CHANNELS)
def test_new_alias_is_recognised(stack: Stack, channel: str) -> None:
    alias = f"观海石{secrets.choice('甲乙丙丁戊己庚辛')}{secrets.choice('子丑寅卯辰巳午未')}"
    place = stack.container.content.get("attraction:laohushi")
    stack.container.content.edit(place.id, place.version, {"aliases": [*place.aliases, alias]}, CLERK)
    answer = stack.phone(channel).ask(f"{alias}几点开门").text
    assert "老虎石" in answer
    assert "07:00-22:00" in answer


@pytest.mark.parametrize("channel", CHANNELS)
def test_new_place_is_recognised(stack: Stack, channel: str) -> None:
    slug = f"lantern_{secrets.token_hex(4)}"
    name = f"灯影巷{secrets.choice('一二三四五六七八九十')}{secrets.choice('东西南北')}院"
    facts = {
        "name_zh": name,
        "name_en": f"Lantern Yard {slug}",
        "district": "district:130304",
        "price_text_zh": "12元",
        "hours_text_zh": "09:30-21:15",
        "opening_hours": "09:30-21:15",
        "lat": 39.83,
        "lon": 119.49,
        "datum": "GCJ-02",
    }
    stack.container.content.create("attraction", slug, facts, CLERK)
    phone = stack.phone(channel)
    hours = phone.ask(f"{name}几点开门").text
    assert name in hours
    assert "09:30-21:15" in hours
    assert "12元" in phone.ask("门票多少").text


@pytest.mark.parametrize("channel", CHANNELS)
def test_closed_today(stack: Stack, channel: str) -> None:
    today = dt.datetime.now(stack.container.time_zone).date()
    place = "attraction:wildlife_park"
    phone = stack.phone(channel)
    name = stack.container.content.get(place).name_zh
    assert "今天不开放" not in phone.ask(f"{name}几点开门").text
    stack.container.content.close(place, today, today, ("大风", "strong wind"), CLERK)
    try:
        answer = phone.ask(f"{name}几点开门").text
        assert answer.startswith(f"{name}：今天不开放：大风。")
    finally:
        stack.container.content.reopen(place, CLERK)
    assert "今天不开放" not in phone.ask(f"{name}几点开门").text


class Console:
    """A clerk's browser, without the browser: forms as the pages give them."""

    def __init__(self, stack: Stack) -> None:
        self._url = stack.url
        self._http = requests.Session()
        self._http.headers["Referer"] = stack.url
        login = self.post(
            "/staff/login",
            self.form("/staff/login")
            | {"email": stack.env["DEV_STAFF_EMAIL"], "password": stack.env["DEV_STAFF_PASSWORD"]},
        )
        assert login.status_code == 200, login.text
        assert login.url.rstrip("/").endswith("/staff"), login.url

    def form(self, path: str, name: str = "csrf_token") -> dict[str, str]:
        """The hidden fields a page's forms carry."""
        page = self._http.get(self._url + path, timeout=10)
        assert page.status_code == 200, f"{path}: {page.status_code}"
        found = {}
        for tag in re.findall(r"<input[^>]*>", page.text):
            attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
            if attributes.get("type") == "hidden" and "name" in attributes:
                found[attributes["name"]] = attributes.get("value", "")
        assert name in found, f"{path} has no {name}"
        return found

    def post(self, path: str, data: dict[str, str]) -> requests.Response:
        """Sends a form and follows where it leads."""
        return self._http.post(self._url + path, data=data, timeout=10)
