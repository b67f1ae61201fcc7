"""Sea, air and crowds in the chat: what is said of fresh, old and missing readings, and what is never said."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest

from backend.channels.segments import plain_typography, segments
from backend.models import Place, Station
from backend.services.answers.asking import Answered, Asking
from backend.services.answers.conversation import ANSWERS
from backend.services.readings import NewReading
from backend.services.replies import Reply
from backend.services.values import find_times
from tests.factories import by_kind
from tests.support.container import Clock, Parts

TIGER_ROCK = "Laohushi (Tiger Rock) Bathing Beach"
LAOHUSHI, PINGSHUIQIAO = "beach:laohushi", "beach:pingshuiqiao"
UNITS = {"wave_height": "m", "sea_temperature": "degC", "beach_flag": "flag", "bathing_water_class": "class",
         "faecal_coliforms": "1/L", "swimming_suitability": "class", "visitor_count": "count"}  # fmt: skip
AIR = {"pm2_5_1h": 42.0, "pm10_1h": 80.0, "o3_1h": 120.0, "no2_1h": 30.0, "so2_1h": 9.0, "co_1h": 0.5}
# Nothing we say may be read as leave to swim.
LEAVE = re.compile(r"可以(?:下水|游泳|下海)|能下水|放心|安全|you can swim|safe", re.IGNORECASE)
WARNING = re.compile(r"不能保证安全|不等于安全|not that it is safe|do not make it safe")


class Sea:
    """The loaded city with readings, and a person who asks."""

    def __init__(self, parts: Parts, clock: Clock) -> None:
        self.parts = parts
        self.now = clock.now().astimezone(parts.time_zone)

    def report(self, station: str, minutes_ago: float = 10, **values: Any) -> None:
        at = self.now - dt.timedelta(minutes=minutes_ago)
        batch = [
            NewReading(name, value, UNITS.get(name, "mg/m3" if name.startswith("co") else "ug/m3"), at)
            for name, value in values.items()
        ]
        self.parts.readings.store(f"station:{station}", batch)

    def answer(self, intent: str, text: str, *named: str, lang: str = "zh", **more: Any) -> Answered:
        asking = Asking(
            intent=intent,
            text=text,
            lang=lang,
            now=self.now,
            city=self.parts.city_words,
            times=find_times(text, self.now),
            **{"named": by_kind(named), **more},
        )
        answered = ANSWERS[intent](self.parts.desk, asking)
        for reply in answered.replies:
            assert not LEAVE.search(WARNING.sub("", reply.plain_text())), reply.plain_text()
        return answered

    def ask(self, intent: str, text: str, *named: str, **more: Any) -> Reply:
        [reply] = self.answer(intent, text, *named, **more).replies
        return reply


@pytest.fixture
def sea(own_city: Parts, clock: Clock) -> Sea:
    return Sea(own_city, clock)


class TestSea:
    def test_a_red_flag_is_a_clear_no_in_both_languages(self, sea: Sea) -> None:
        sea.report("laohushi", beach_flag="red", wave_height=0.3, sea_temperature=24.1)
        zh = sea.ask("sea_state", "老虎石海水能游泳吗", LAOHUSHI)
        assert zh.headline == "老虎石海水浴场：请不要下水，挂红旗（10分钟前）。"
        assert "浪高0.3米、小浪（10分钟前）" in zh.lines
        assert "红旗表示危险大，请不要下水。" in zh.lines
        assert zh.caution == "读数不能保证安全，能否下水请看现场旗帜、听救生员的。"
        assert zh.source is not None
        assert (zh.source.record, zh.source.source) == ("station:laohushi", "老虎石海水浴场监测点")
        en = sea.ask("sea_state", "is it safe to swim at Tiger Rock today", LAOHUSHI, lang="en")
        assert en.headline == (
            "Laohushi (Tiger Rock) Bathing Beach: do not go in the water, a red flag is up (10 minutes ago)."
        )

    @pytest.mark.parametrize(
        "values",
        [
            {"beach_flag": "double_red"},
            {"bathing_water_class": "poor"},
            {"faecal_coliforms": 2400},
            {"swimming_suitability": "unsuitable"},
            {"wave_height": 2.5},
        ],
    )
    def test_whatever_forbids_it_forbids_it_beside_good_news(self, sea: Sea, values: dict[str, Any]) -> None:
        sea.report("laohushi", **{"beach_flag": "green", "sea_temperature": 24, "wave_height": 0.2, **values})
        assert "请不要下水" in sea.ask("sea_state", "能下海吗", LAOHUSHI).headline
        assert "do not go in" in sea.ask("sea_state", "can we swim", LAOHUSHI, lang="en").headline

    @pytest.mark.parametrize("values", [{"beach_flag": "yellow"}, {"beach_flag": "purple"}, {"wave_height": 1.4}])
    def test_what_asks_for_care(self, sea: Sea, values: dict[str, Any]) -> None:
        sea.report("laohushi", **values)
        assert "小心" in sea.ask("sea_state", "能下海吗", LAOHUSHI).headline
        assert "Take care" in sea.ask("sea_state", "can we swim", LAOHUSHI, lang="en").headline

    def test_a_green_flag_is_no_leave(self, sea: Sea) -> None:
        sea.report("laohushi", beach_flag="green", wave_height=0.3, sea_temperature=24.1, bathing_water_class="good")
        zh = sea.ask("sea_state", "海水能游泳吗", LAOHUSHI)
        assert zh.headline == (
            "老虎石海水浴场：挂绿旗，浪高0.3米、小浪，水温24.1℃（10分钟前）。能否下水看现场旗帜、听救生员的。"
        )
        assert "水质良（10分钟前）" in zh.lines
        assert "绿旗只说明海面平缓，不等于安全。" in zh.lines

    def test_old_readings_are_told_as_old_and_decide_nothing(self, sea: Sea) -> None:
        sea.report("laohushi", minutes_ago=7 * 60, beach_flag="green")
        zh = sea.ask("sea_state", "能游泳吗", LAOHUSHI)
        assert zh.headline == "老虎石海水浴场没有最新读数，最近一次是7小时前：挂绿旗。现在能否下水不好说。"
        assert any("12345" in line for line in zh.lines)
        sea.report("laohushi", minutes_ago=5, sea_temperature=22)
        mixed = sea.ask("sea_state", "能游泳吗", LAOHUSHI)
        assert mixed.headline.startswith("老虎石海水浴场：水温22℃（5分钟前）。")
        assert "挂绿旗（7小时前的旧数据）" in mixed.lines
        sea.report("pingshuiqiao", minutes_ago=9 * 24 * 60, bathing_water_class="poor")
        poor = sea.ask("sea_state", "swim here?", PINGSHUIQIAO, lang="en").headline
        assert poor.startswith("No recent readings for Pingshuiqiao Bathing Beach; the last was 9 days ago")

    def test_without_readings_it_says_so_and_where_to_look(self, sea: Sea) -> None:
        for lang, words in (("zh", "目前没有海况读数"), ("en", "No sea readings")):
            for named in ([LAOHUSHI], []):
                reply = sea.ask("sea_state", "能游泳吗", *named, lang=lang)
                assert (reply.code, words in reply.headline) == ("sea_none", True)
                assert "12345" in reply.lines[0]

    @pytest.mark.parametrize(
        ("text", "lang", "begins"),
        [
            ("水温多少", "zh", "老虎石海水浴场水温24.1℃（10分钟前）。"),
            ("浪大不大", "zh", "老虎石海水浴场浪高0.4米、小浪（10分钟前）。"),
            ("挂什么旗", "zh", "老虎石海水浴场挂绿旗（10分钟前）。"),
            ("水质怎么样", "zh", "老虎石海水浴场没有水质读数。"),
            (
                "what colour is the flag",
                "en",
                "Laohushi (Tiger Rock) Bathing Beach: a green flag is up (10 minutes ago).",
            ),
            ("how warm is the sea", "en", f"{TIGER_ROCK}: water 24.1C (10 minutes ago)."),
        ],
    )
    def test_one_quantity_asked_for_is_answered_first(self, sea: Sea, text: str, lang: str, begins: str) -> None:
        sea.report("laohushi", beach_flag="green", wave_height=0.4, sea_temperature=24.1)
        assert sea.ask("sea_state", text, LAOHUSHI, lang=lang).headline == begins

    def test_who_asks_for_the_temperature_is_told_of_the_red_flag(self, sea: Sea) -> None:
        sea.report("laohushi", beach_flag="red", sea_temperature=24.1)
        assert sea.ask("sea_state", "水温多少", LAOHUSHI).headline == (
            "老虎石海水浴场水温24.1℃（10分钟前）。请不要下水，挂红旗（10分钟前）。"
        )
        assert "请不要下水" in sea.ask("sea_state", "挂什么旗", LAOHUSHI).headline

    def test_the_beach_is_known_by_its_sight_by_the_talk_and_by_its_district(self, sea: Sea) -> None:
        sea.report("laohushi", beach_flag="red")
        for more in ({"named": {"attraction": ["attraction:laohushi"]}}, {"focus": LAOHUSHI},
                     {"named": {"district": ["district:130304"]}}, {}):  # fmt: skip
            answered = sea.answer("sea_state", "能游泳吗", **more)
            assert answered.focus == LAOHUSHI, more
            assert answered.replies[0].headline.startswith("老虎石海水浴场：请不要下水")
        elsewhere = sea.ask("sea_state", "能游泳吗", named={"district": ["district:130322"]})
        assert elsewhere.code == "sea_none"

    def test_what_is_no_beach_of_ours_gets_no_other_beachs_answer(self, sea: Sea) -> None:
        sea.report("laohushi", beach_flag="green")
        assert sea.ask("sea_state", "能游泳吗", "attraction:geziwo").code == "sea_none"
        unknown = sea.ask("sea_state", "能游泳吗", named={"unknown_name": ["月亮湾"]})
        assert (unknown.code, "月亮湾" in unknown.headline) == ("unknown_place", True)

    def test_the_city_as_a_whole_names_first_where_not_to_swim(self, sea: Sea) -> None:
        sea.report("laohushi", beach_flag="green", wave_height=0.4)
        sea.report("pingshuiqiao", beach_flag="red")
        sea.report("jinmeng", minutes_ago=999, beach_flag="green")
        answered = sea.answer("sea_state", "海水能游泳吗")
        [reply] = answered.replies
        assert reply.headline == "2个浴场有最新读数，其中1个请不要下水。"
        assert reply.lines[0].startswith("平水桥浴场：不要下水，挂红旗")
        assert reply.lines[1].startswith("老虎石海水浴场：挂绿旗，浪高0.4米、小浪")
        assert answered.results == [PINGSHUIQIAO, LAOHUSHI]
        assert [choice.payload for choice in reply.choices] == [f"sea_state:{id_}" for id_ in answered.results]

    def test_readings_are_no_forecast(self, sea: Sea) -> None:
        sea.report("laohushi", beach_flag="red")
        reply = sea.ask("sea_state", "明天老虎石能游泳吗", LAOHUSHI)
        assert "没有预报" in reply.headline
        assert reply.lines[0].startswith("老虎石海水浴场：请不要下水")

    def test_a_headline_is_one_text_message(self, sea: Sea) -> None:
        sea.report("laohushi", beach_flag="red", sea_temperature=24.1, wave_height=0.4)
        for lang in ("zh", "en"):
            for text in ("能游泳吗 swim", "水温 temperature"):
                headline = plain_typography(sea.ask("sea_state", text, LAOHUSHI, lang=lang).headline)
                assert segments(headline) == 1, headline


class TestAir:
    def test_the_index_with_band_primary_advice_and_age(self, sea: Sea) -> None:
        sea.report("1042a", **AIR)
        zh = sea.ask("air_quality", "今天空气怎么样")
        assert zh.headline == "秦皇岛空气质量良，AQI 72，首要污染物PM10（10分钟前）。"
        assert zh.lines[0] == "极少数异常敏感的人应减少户外活动。"
        assert "PM2.5 42微克/立方米" in zh.lines[1]
        assert any("HJ 633-2026" in line for line in zh.lines)
        en = sea.ask("air_quality", "how is the air", lang="en")
        assert en.headline == "Air in Qinhuangdao: good, AQI 72, mainly PM10 (10 minutes ago)."

    def test_a_city_is_the_mean_of_its_stations_and_each_is_named(self, sea: Sea) -> None:
        sea.report("1042a", **AIR)
        sea.report("1043a", minutes_ago=65, **{**AIR, "pm2_5_1h": 78.0})
        reply = sea.ask("air_quality", "空气")
        assert reply.headline == "秦皇岛空气质量良，AQI 100，首要污染物PM2.5（65分钟前）。"
        assert [line for line in reply.lines if line.startswith(("北戴河", "第一关"))] == [
            "北戴河环保局：良，AQI 72",
            "第一关：轻度污染，AQI 117",
        ]
        district = sea.ask("air_quality", "空气", named={"district": ["district:130304"]})
        assert "AQI 72" in district.headline
        assert "AQI 72" in sea.ask("air_quality", "老虎石空气", LAOHUSHI).headline

    def test_one_pollutant_asked_for(self, sea: Sea) -> None:
        sea.report("1042a", **AIR)
        reply = sea.ask("air_quality", "PM2.5多少")
        assert reply.headline == "秦皇岛PM2.5 42微克/立方米（10分钟前）。"
        assert reply.lines[0].startswith("秦皇岛空气质量良，AQI 72")

    def test_a_missing_pollutant_leaves_the_air_ungraded_unless_it_is_bad(self, sea: Sea) -> None:
        sea.report("1042a", pm2_5_1h=42)
        reply = sea.ask("air_quality", "空气")
        assert "不好定空气质量等级" in reply.headline
        assert "AQI" not in reply.plain_text()
        sea.report("1042a", minutes_ago=1, pm2_5_1h=180)
        assert "重度污染，AQI 230" in sea.ask("air_quality", "空气").headline

    def test_old_and_missing_readings(self, sea: Sea) -> None:
        none = sea.ask("air_quality", "AQI")
        assert (none.code, none.headline) == ("air_none", "秦皇岛目前没有空气质量读数。")
        assert "12345" in none.lines[0]
        sea.report("1042a", minutes_ago=4 * 60, **AIR)
        old = sea.ask("air_quality", "AQI", lang="en")
        assert old.headline.startswith("No recent air readings for Qinhuangdao; the last were 4 hours ago")
        assert "AQI" not in old.headline

    def test_daily_means_where_there_are_no_hourly_ones(self, sea: Sea) -> None:
        daily = {"pm2_5_24h": 42.0, "pm10_24h": 80.0, "o3_8h": 120.0, "no2_24h": 30.0, "so2_24h": 9.0, "co_24h": 0.5}
        sea.report("1042a", minutes_ago=8 * 60, **daily)
        reply = sea.ask("air_quality", "空气")
        assert reply.headline == "秦皇岛空气质量良，AQI 72，首要污染物PM10（8小时前）。"
        assert any(line.startswith("24小时AQI") for line in reply.lines)
        sea.report("1042a", minutes_ago=5, co_1h=0.4)  # one value of this hour hides nothing
        assert sea.ask("air_quality", "空气").headline.startswith("秦皇岛空气质量良，AQI 72")


class TestCrowd:
    def test_the_emptiest_beach_by_recent_counts(self, sea: Sea) -> None:
        sea.report("laohushi", visitor_count=1200)
        sea.report("pingshuiqiao", minutes_ago=20, visitor_count=130)
        sea.report("jinmeng", minutes_ago=90, visitor_count=1)
        answered = sea.answer("beach_crowd", "which beach is least crowded", lang="en")
        [reply] = answered.replies
        assert reply.headline == "Least crowded now: Pingshuiqiao Bathing Beach, about 130 people (20 minutes ago)."
        assert reply.lines[0].startswith("Laohushi (Tiger Rock) Bathing Beach: about 1200 people")
        assert "only the 2 beaches" in reply.lines[1]
        assert answered.results == [PINGSHUIQIAO, LAOHUSHI]
        assert sea.ask("beach_crowd", "哪个海滩人最多").headline.startswith("现在人最多的是老虎石海水浴场，约1200人")
        in_talk = sea.ask("beach_crowd", "哪里人少", focus=LAOHUSHI)
        assert in_talk.headline.startswith("现在人最少的是平水桥浴场")

    def test_one_beach_fresh_old_and_unknown(self, sea: Sea) -> None:
        assert sea.ask("beach_crowd", "老虎石人多吗", LAOHUSHI).code == "crowd_none"
        sea.report("laohushi", minutes_ago=120, visitor_count=1200)
        old = sea.ask("beach_crowd", "老虎石人多吗", LAOHUSHI).headline
        assert old == "老虎石海水浴场没有最新人数，最近一次是2小时前：约1200人。"
        sea.report("laohushi", minutes_ago=1, visitor_count=800)
        now = sea.ask("beach_crowd", "老虎石人多吗", LAOHUSHI).headline
        assert now == "老虎石海水浴场现在约800人（1分钟前）。"

    def test_without_recent_counts_nothing_is_compared(self, sea: Sea) -> None:
        assert "好说" in sea.ask("beach_crowd", "哪个海滩人少").headline
        sea.report("laohushi", minutes_ago=120, visitor_count=3)
        reply = sea.ask("beach_crowd", "which beach is quiet", lang="en")
        assert reply.headline == "No beach has a recent visitor count, so we cannot say where it is quiet now."


def test_the_pack_has_a_station_for_every_beach_and_air_point(city: Parts) -> None:
    with city.db.read() as session:
        stations = {station.id: station for station in session.query(Station)}
        beaches = {place.id for place in session.query(Place) if place.kind == "beach"}
    assert {station.place_id for station in stations.values() if station.place_id} == beaches
    air = stations["station:1042a"]
    assert ("pm2_5_1h" in air.quantities, air.district, air.datum, air.token_hash) == (
        True,
        "district:130304",
        "unknown",
        None,
    )
    assert len(stations) == len(beaches) + 6
