"""Alerts asked for, listed and ended by talking, in both languages."""

from __future__ import annotations

import pytest

from tests.services.bookings.things import people
from tests.services.talking import Talk
from tests.support.container import Clock, Parts

BEIDAIHE, LAOHUSHI, GEZIWO = "district:130304", "beach:laohushi", "attraction:geziwo"


@pytest.fixture
def zh(own_city: Parts, clock: Clock) -> Talk:
    return Talk(own_city, clock, people(own_city, 1)[0])


@pytest.fixture
def en(own_city: Parts, clock: Clock) -> Talk:
    return Talk(own_city, clock, people(own_city, 1, "en")[0], "en")


def running(talk: Talk) -> list[tuple[str, list[str]]]:
    return [(one.topic, sorted(one.params.values())) for one in talk.parts.subscriptions.of_contact(talk.contact)]


@pytest.mark.parametrize(
    ("text", "named", "topic"),
    [
        ("有大风时提醒我", [], ("wind", ["*"])),
        ("北戴河刮大风告诉我", [BEIDAIHE], ("wind", [BEIDAIHE])),
        ("老虎石挂红旗了告诉我", [LAOHUSHI], ("beach_flag", [LAOHUSHI])),
        ("浪大的时候发短信给我", [], ("sea", ["*"])),
        ("PM2.5高了告诉我", [], ("air_quality", ["*", "moderate"])),
        ("台风来了一定告诉我", [], ("alerts", ["*"])),
        ("鸽子窝关门的话通知我", [GEZIWO], ("closure", [GEZIWO])),
        ("订阅北戴河的消息", [BEIDAIHE], ("alerts", [BEIDAIHE])),
    ],
)
def test_begun_in_chinese(zh: Talk, text: str, named: list[str], topic: tuple[str, list[str]]) -> None:
    assert zh.say("subscribe", text, *named).code == "subscribed"
    assert running(zh) == [topic]


@pytest.mark.parametrize(
    ("text", "named", "topic"),
    [
        ("tell me when beach flags are red", [], "beach_flag"),
        ("warn me if there's strong wind", [], "wind"),
        ("text me when Pigeon Nest closes", [GEZIWO], "closure"),
        ("send me typhoon warnings", [], "alerts"),
        ("alert me to bad air", [], "air_quality"),
    ],
)
def test_begun_in_english(en: Talk, text: str, named: list[str], topic: str) -> None:
    reply = en.say("subscribe", text, *named)
    assert reply.headline.startswith("Done: ")
    assert [one for one, _ in running(en)] == [topic]


def test_the_same_turn_begins_it_once(zh: Talk) -> None:
    first = zh.say("subscribe", "有大风时提醒我")
    assert zh.again().headline == first.headline
    assert len(running(zh)) == 1


def test_what_is_not_said_is_asked_and_picked_by_number(en: Talk) -> None:
    assert en.say("subscribe", "sign me up").code == "subscribe_what"
    assert en.say("x", "2").headline.startswith("Done: wind alerts")
    assert en.say("subscribe", "tell me when it closes").headline.startswith("Which sight")


def test_listed_and_one_of_them_ended(zh: Talk) -> None:
    assert zh.say("my_subscriptions", "我订了哪些提醒").headline == "您现在没有订提醒。"
    zh.say("subscribe", "有大风时提醒我")
    assert zh.say("my_subscriptions", "我订了哪些提醒").headline == "您订了大风提醒。"
    zh.say("subscribe", "老虎石挂红旗了告诉我", LAOHUSHI)
    reply = zh.say("my_subscriptions", "我订了哪些提醒")
    assert reply.headline == "您订了2个提醒："
    assert reply.lines[1].startswith("2. 浴场旗语提醒（老虎石")
    assert "浴场旗语" in zh.say("unsubscribe", "取消第二个提醒").headline
    assert [topic for topic, _ in running(zh)] == ["wind"]


def test_ended_by_its_words(en: Talk) -> None:
    en.say("subscribe", "warn me if there's strong wind")
    en.say("subscribe", "alert me to bad air")
    reply = en.say("unsubscribe", "stop the wind alerts")
    assert (reply.headline, reply.lines) == ("Ended: wind alerts. No more of these.", ["Still on: air alerts"])
    assert en.say("unsubscribe", "no more warnings about waves").headline == "You had no sea alerts."


def test_unsubscribe_from_alerts_ends_them_all(en: Talk) -> None:
    en.say("subscribe", "warn me if there's strong wind")
    en.say("subscribe", "alert me to bad air")
    assert en.say("unsubscribe", "unsubscribe from alerts").headline.startswith("Ended: wind alerts")
    assert running(en) == []
    assert en.again().headline == "You have no alerts now."
