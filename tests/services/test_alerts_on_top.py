"""Alerts in the chat: above every answer about where they hold, in one line, and above nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from backend.channels.segments import segments
from backend.geo import Datum, Point
from backend.services.answers.asking import Asking
from backend.services.answers.conversation import answer
from backend.services.cap import Area, Circle
from backend.services.replies import Reply
from tests.factories import by_kind
from tests.support.alerts import CITY, WeatherService, info
from tests.support.container import Clock, Parts

GEZIWO = "attraction:geziwo"  # in Beidaihe
SHANHAIGUAN = "attraction:first_pass"
LINE = "【预警】北戴河区大风橙色预警，至"


class Talk:
    """Somebody who asks while a warning is in force."""

    def __init__(self, parts: Parts, clock: Clock) -> None:
        self.parts, self.clock = parts, clock
        self.weather = WeatherService(parts, clock)

    def ask(self, intent: str, *named: str, lang: str = "zh", text: str = "几点开门", **more: Any) -> Reply:
        asking = Asking(
            intent=intent,
            text=text,
            lang=lang,
            now=self.clock.now().astimezone(self.parts.time_zone),
            city=self.parts.city_words,
            **{"named": by_kind(named), **more},
        )
        return answer(self.parts.desk, asking).replies[0]


@pytest.fixture
def talk(own_city: Parts, clock: Clock) -> Talk:
    return Talk(own_city, clock)


@pytest.mark.parametrize("intent", ["place_hours", "place_price", "place_address", "place_details", "sea_state"])
def test_above_every_answer_about_the_place(talk: Talk, intent: str) -> None:
    before = talk.ask(intent, GEZIWO).headline
    talk.weather.send(info(), info("en-GB"))
    alert, _, rest = talk.ask(intent, GEZIWO).headline.partition("\n")
    assert alert.startswith(LINE)
    assert rest == before, "the answer stands whole below it"
    assert talk.ask(intent, GEZIWO, lang="en").headline.startswith("ALERT: Orange gale warning for Beidaihe, until ")


def test_about_the_place_in_talk_and_the_district_asked_about(talk: Talk) -> None:
    talk.weather.send()
    assert talk.ask("place_price", focus=GEZIWO).headline.startswith(LINE)
    assert talk.ask("attraction_search", "district:130304", text="北戴河有什么好玩的").headline.startswith(LINE)
    assert not talk.ask("attraction_search", "district:130303", text="山海关有什么好玩的").headline.startswith(
        "【预警】"
    )
    assert not talk.ask("place_price", focus=SHANHAIGUAN).headline.startswith("【预警】")


@pytest.mark.parametrize("intent", ["greet", "thanks", "help", "emergency", "human", "out_of_scope", "hotline"])
def test_above_no_talk_and_no_emergency(talk: Talk, intent: str) -> None:
    talk.weather.send(info(areas=(Area("全市", geocodes=(CITY,)),)))
    assert "【预警】" not in talk.ask(intent, text="救命" if intent == "emergency" else "你好").plain_text()


def test_of_the_whole_city_above_questions_about_no_place(talk: Talk) -> None:
    talk.weather.send(info(areas=(Area("全市", geocodes=(CITY,)),)))
    assert talk.ask("attraction_search", text="有什么好玩的").headline.startswith(LINE)
    assert talk.ask("place_price", focus=SHANHAIGUAN).headline.startswith(LINE)


def test_where_the_person_is_in_whatever_datum(talk: Talk) -> None:
    here = Point(39.94, 119.60, Datum.WGS84)
    talk.weather.send(info(areas=(Area("x", circles=(Circle(here, 2.0),)),)))
    near = talk.ask("find_nearby", text="附近有什么好玩的", location=here)
    assert near.headline.startswith("【预警】")


def test_that_it_is_in_another_language_is_said(talk: Talk) -> None:
    talk.weather.send(info("en-GB"))
    line = talk.ask("place_hours", GEZIWO).headline.partition("\n")[0]
    assert line.startswith("【预警】（暂无中文）Orange gale warning for Beidaihe，至")
    assert talk.ask("place_hours", GEZIWO, lang="en").headline.startswith("ALERT: Orange gale warning")


def test_a_long_headline_is_said_by_its_event(talk: Talk) -> None:
    talk.weather.send(info(headline="北戴河区气象台于今日上午发布大风橙色预警信号" * 3))
    assert talk.ask("place_hours", GEZIWO).headline.startswith("【预警】大风，至")


def test_of_several_the_gravest_and_their_number(talk: Talk) -> None:
    talk.weather.send(info(headline="暴雨蓝色预警", severity="Minor"))
    talk.weather.send(info(headline="暴雨红色预警", severity="Extreme"))
    talk.weather.send(info(headline="大雾黄色预警", severity="Moderate"))
    line = talk.ask("place_hours", GEZIWO).headline.partition("\n")[0]
    assert line.startswith("【预警】暴雨红色预警，至")
    assert line.endswith("（另有2条预警）")


def test_gone_with_the_very_next_answer(talk: Talk) -> None:
    row = talk.weather.send()
    assert talk.ask("place_hours", GEZIWO).headline.startswith(LINE)
    talk.weather.send(about=row, msg_type="Cancel")
    assert "预警" not in talk.ask("place_hours", GEZIWO).plain_text()


def test_the_line_is_short(talk: Talk) -> None:
    talk.weather.send(info(), info("en-GB"))
    zh = talk.ask("place_hours", GEZIWO).headline.partition("\n")[0]
    en = talk.ask("place_hours", GEZIWO, lang="en").headline.partition("\n")[0]
    assert len(zh) <= 40
    assert segments(en) == 1
    assert len(en) <= 80
