"""What people read when they ask for buses: of the city's own partial data, and of an imported timetable."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from backend.channels.segments import segments
from backend.geo import Datum, Point
from backend.services.answers.asking import Answered, Asking
from backend.services.answers.conversation import answer
from backend.services.replies import Reply
from backend.services.transit.importing import import_feed
from backend.services.values import find_times
from tests.factories import PlaceRow, stored
from tests.services.transit.feeds import folder
from tests.support.container import Parts

STATION, GEZIWO, BEIDAIHE = "hub:rail_qhd", "attraction:geziwo", "district:130304"


class Talk:
    """A conversation; `names` gives for each name in the text what it was understood as."""

    def __init__(self, parts: Parts, lang: str = "zh", now: dt.datetime = dt.datetime(2026, 7, 15, 9)) -> None:  # noqa: DTZ001
        self.parts, self.lang, self.last = parts, lang, Answered([])
        self.now = now.replace(tzinfo=parts.time_zone)

    def say(self, intent: str, text: str, names: dict[str, str] | None = None, **fields: Any) -> Reply:
        found = sorted((text.find(name), id_) for name, id_ in (names or {}).items())
        named: dict[str, list[str]] = {}
        for _, id_ in found:
            named.setdefault(id_.partition(":")[0], []).append(id_)
        asking = Asking(
            intent=intent,
            text=text,
            lang=self.lang,
            now=self.now,
            city=self.parts.city_words,
            named=named,
            positions=found,
            same_name=[[id_] for _, id_ in found],
            times=find_times(text, self.now),
            focus=self.last.focus,
            pending=self.last.pending,
            asked=self.last.asked,
            **fields,
        )
        answered = answer(self.parts.desk, asking)
        self.last = replace(answered, focus=answered.focus or self.last.focus)
        return answered.replies[0]


class TestPartialData:
    def test_from_a_to_b(self, city: Parts) -> None:
        said = Talk(city).say("journey", "从火车站到鸽子窝怎么坐车", {"火车站": STATION, "鸽子窝": GEZIWO})
        assert said.headline == "秦皇岛站→鸽子窝公园：乘34路到鸽子窝公园。"
        assert "2016-17年" in said.caution
        assert said.source is not None
        assert said.source.record == "bus_line:34"
        link = said.cards[0].links[0].url
        assert link.startswith("https://uri.amap.com/navigation?from=119.59")
        assert segments(city.twilio.render(said)) == 1

    def test_in_english_whichever_comes_first(self, city: Parts) -> None:
        names = {"Pigeon Nest": GEZIWO, "the station": STATION}
        said = Talk(city, "en").say("journey", "how do I get to Pigeon Nest from the station by bus", names)
        assert said.headline.startswith("Qinhuangdao Railway Station to Pigeon Nest Park: take Bus 34")
        assert "please check" in said.caution
        assert segments(city.twilio.render(said)) == 1

    def test_no_clock_time_is_ever_made_up(self, city: Parts) -> None:
        said = Talk(city).say("journey", "明早8点从火车站到鸽子窝", {"火车站": STATION, "鸽子窝": GEZIWO})
        assert ":" not in "".join([said.headline, *said.lines])

    @pytest.mark.parametrize("lang", ["zh", "en"])
    def test_one_end_is_asked_for_and_its_answer_is_the_journey(self, city: Parts, lang: str) -> None:
        talk = Talk(city, lang)
        assert talk.say("journey", "去鸽子窝怎么坐车", {"鸽子窝": GEZIWO}).code == "ask_where"
        said = talk.say("place_details", "火车站", {"火车站": STATION}, bare=True)
        assert said.code == "journey"
        assert "34" in said.headline

    def test_a_shared_location_is_where_one_starts(self, city: Parts) -> None:
        here = Point(39.9659, 119.5922, Datum.GCJ02)
        talk = Talk(city)
        assert "34路" in talk.say("journey", "去鸽子窝怎么坐车", {"鸽子窝": GEZIWO}, location=here).headline
        talk = Talk(city)
        talk.say("journey", "去鸽子窝怎么坐车", {"鸽子窝": GEZIWO})
        assert "34路" in talk.say("share_location", "", location=here).headline

    def test_the_place_in_talk_is_where_one_goes(self, city: Parts) -> None:
        talk = Talk(city)
        talk.say("place_hours", "鸽子窝几点开门", {"鸽子窝": GEZIWO})
        said = talk.say("journey", "从火车站怎么坐车过去", {"火车站": STATION})
        assert said.headline.startswith("秦皇岛站→鸽子窝公园")

    def test_where_we_do_not_know_there_is_a_map(self, city: Parts) -> None:
        said = Talk(city).say("journey", "从火车站到昌黎站", {"火车站": STATION, "昌黎站": "hub:rail_cl"})
        assert said.code == "journey_unknown"
        assert "没有查到" in said.headline
        assert "https://uri.amap.com/navigation?" in said.lines[0]

    def test_a_line(self, city: Parts) -> None:
        talk = Talk(city)
        said = talk.say("bus_line", "34路经过哪里", {"34路": "bus_line:34"})
        assert said.headline.startswith("34路：海滨汽车站—秦皇岛火车站，经")
        assert "2016-17年" in city.twilio.render(said)
        assert "还没有查到" in talk.say("bus_line", "首末班呢", None).headline
        times = Talk(city).say("bus_line", "1路首末班车时间", {"1路": "bus_line:1"})
        assert times.headline == "1路首末班：夏季05:50-19:30；冬季06:00-19:10。"
        assert "2013" in times.caution
        assert "2元" in Talk(city).say("bus_line", "34路多少钱", {"34路": "bus_line:34"}).headline

    def test_a_line_and_a_place(self, city: Parts) -> None:
        names = {"34路": "bus_line:34", "鸽子窝": GEZIWO}
        assert "鸽子窝公园站下车" in Talk(city).say("bus_line", "34路到鸽子窝吗", names).headline
        names = {"1路": "bus_line:1", "鸽子窝": GEZIWO}
        assert "没有停" in Talk(city).say("bus_line", "1路到鸽子窝吗", names).headline

    def test_a_line_nobody_knows(self, city: Parts) -> None:
        assert "999路" in Talk(city).say("bus_line", "999路到哪").headline
        assert Talk(city, "en").say("bus_line", "where does it go").code == "ask_line"

    def test_a_stop_and_a_place(self, city: Parts) -> None:
        network = city.transit.network()
        assert network is not None
        at = next(
            key for key, stop in zip(network.stop_keys, network.feed.stops, strict=True) if stop.name == "人民公园"
        )
        said = Talk(city).say("bus_stop", "人民公园站有哪些公交", {"人民公园站": at})
        assert said.headline == "到人民公园的公交：1路、6路、19路、19路夜班暑期线。"
        said = Talk(city, "en").say("bus_stop", "which bus goes to Pigeon Nest", {"Pigeon Nest": GEZIWO})
        assert "Bus 34" in said.headline
        said = Talk(city, "en").say("bus_stop", "which bus goes to the aquarium", {"aquarium": "tag:aquarium"})
        assert "Bus" in said.headline

    def test_the_last_bus_of_a_journey_and_back(self, city: Parts) -> None:
        talk = Talk(city)
        talk.say("journey", "从火车站到鸽子窝", {"火车站": STATION, "鸽子窝": GEZIWO})
        assert talk.say("last_bus", "末班车几点").headline.startswith("秦皇岛站→鸽子窝公园")
        assert talk.say("last_bus", "回来的末班车呢").headline.startswith("鸽子窝公园→秦皇岛站")
        assert Talk(city).say("last_bus", "末班车几点").code == "ask_line"
        asked = Talk(city, "en").say("last_bus", "last bus back to Beidaihe", {"Beidaihe": BEIDAIHE})
        assert asked.code == "ask_where"


class TestTimetable:
    @pytest.fixture
    def town(self, own_city: Parts, tmp_path: Path) -> Parts:
        own_city.transit_feeds.swap(import_feed(folder(tmp_path / "feed")), "f" * 64, "test")
        points = {"west": (39.9001, 119.5001), "hill": (39.9301, 119.5601), "east": (39.9001, 119.5601)}
        with own_city.db.write() as session:
            for name, (lat, lon) in points.items():
                place = {"name_zh": f"{name}公园", "name_en": f"{name.title()} Park", "lat": lat, "lon": lon}
                stored(session, PlaceRow(id=f"attraction:{name}", **place))
        return own_city

    NAMES = {"西": "attraction:west", "山": "attraction:hill"}  # noqa: RUF012

    def test_a_journey_with_its_times(self, town: Parts) -> None:
        now = dt.datetime(2026, 7, 15, 7, 30)  # noqa: DTZ001
        said = Talk(town, now=now).say("journey", "从西到山", self.NAMES)
        assert said.headline == "west公园→hill公园：08:00乘1路1站到中山路，换2路1站到山海亭，08:40到。"
        assert said.caution == ""
        assert any("步行" in line for line in said.lines)
        english = Talk(town, "en", now=now).say(
            "journey", "from West to Hill", {"West": "attraction:west", "Hill": "attraction:hill"}
        )
        assert "you arrive at 08:40" in english.headline

    def test_arriving_by_and_another_day(self, town: Parts) -> None:
        assert "09:00乘1路" in Talk(town).say("journey", "明天9点45前到，从西到山", self.NAMES).headline
        names = {"西": "attraction:west", "东": "attraction:east"}
        sunday = Talk(town, now=dt.datetime(2026, 7, 18, 9)).say("journey", "明天早上7点从西到东", names)  # noqa: DTZ001
        assert "08:00乘1路" in sunday.headline

    def test_the_last_bus(self, town: Parts) -> None:
        talk = Talk(town)
        talk.say("journey", "从西到山", self.NAMES)
        assert "22:00" in talk.say("last_bus", "回来末班车几点").headline
        said = Talk(town).say("last_bus", "1路末班车几点", {"1路": "bus_line:r1"})
        assert said.headline == "1路末班：开往东站次日00:50；开往西站22:30。"

    @pytest.mark.parametrize("intent", ["journey", "last_bus"])
    def test_a_far_day_is_told_with_the_days_there_are(self, town: Parts, intent: str) -> None:
        said = Talk(town).say(intent, "12月31日从西到山的车", self.NAMES)
        assert (said.code, said.headline) == (
            "journey_unknown", "班次只能查昨天（7月14日 周二）至9月13日 周日的。",
        )  # fmt: skip
        assert segments(town.twilio.render(said)) <= 3
        names = {"West": "attraction:west", "Hill": "attraction:hill"}
        said = Talk(town, "en").say(intent, "bus from West to Hill on 31 December", names)
        assert said.headline == "We can look up buses from yesterday (Tue 14 Jul) to Sun 13 Sep only."

    def test_the_times_of_a_line(self, town: Parts) -> None:
        said = Talk(town).say("bus_line", "1路首末班", {"1路": "bus_line:r1"})
        assert "开往东站08:00–次日00:50" in said.headline
        sunday = Talk(town, now=dt.datetime(2026, 7, 19, 9))  # noqa: DTZ001
        assert "没有班次" in sunday.say("bus_line", "2路几点", {"2路": "bus_line:r2"}).headline
