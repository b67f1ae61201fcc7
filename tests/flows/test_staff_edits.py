"""A staff edit is in the next answer, on every channel, without training."""

from __future__ import annotations

import datetime as dt
import secrets

import pytest
from playwright.sync_api import Browser, expect

from backend.services.content import Editor
from tests.support.stack import Stack

CHANNELS = ["sms", "wechat", "web"]
# Names that no other channel's test gives: places of one name would rightly be asked about.
THIS = {"sms": "东", "wechat": "西", "web": "南"}
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
    alias = f"观海石{THIS[channel]}角"
    place = stack.container.content.get("attraction:laohushi")
    stack.container.content.edit(place.id, place.version, {"aliases": [*place.aliases, alias]}, CLERK)
    answer = stack.phone(channel).ask(f"{alias}几点开门").text
    assert "老虎石" in answer
    assert "07:00-22:00" in answer


@pytest.mark.parametrize("channel", CHANNELS)
def test_new_place_is_recognised(stack: Stack, channel: str) -> None:
    slug = f"lantern_{secrets.token_hex(4)}"
    name = f"灯影巷{THIS[channel]}院"
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


@pytest.mark.browser
def test_price_saved_in_the_console_is_in_the_next_answer(stack: Stack, browser: Browser) -> None:
    price = f"{100 + secrets.randbelow(800)}元"
    place = "attraction:biluota"
    phone = stack.sms()
    assert price not in phone.ask("碧螺塔门票多少钱").text
    context = browser.new_context(base_url=stack.url, locale="zh-CN")
    try:
        page = context.new_page()
        page.goto(f"/staff/places/{place}")
        page.locator("[name=email]").fill(stack.env["DEV_STAFF_EMAIL"])
        page.locator("[name=password]").fill(stack.env["DEV_STAFF_PASSWORD"])
        page.locator("form:has([name=password]) button").click()
        expect(page.locator("h1")).to_contain_text("碧螺塔")
        page.locator("#group-prices").evaluate("group => group.open = true")
        page.locator("[name=price_text_zh]").fill(price)
        page.locator(".save-bar button").click()
        expect(page.locator(".preview")).to_contain_text(price)
    finally:
        context.close()
    assert price in phone.ask("碧螺塔门票多少钱").text
    history = stack.container.content.history(place)
    assert history[0].changed == ["price_text_zh"]
