"""How the questions of several features live in one conversation: what waits, what is in talk, and help before all."""

from __future__ import annotations

from typing import Any

import pytest

from backend.geo import Datum, Point
from backend.services.answers.conversation import ANSWERS
from tests.services.test_conversation import Talk
from tests.support.container import Parts

GEZIWO, LAOLONGTOU, STATION, LAOHUSHI = "attraction:geziwo", "attraction:laolongtou", "hub:rail_qhd", "beach:laohushi"
CHEST_PAIN, STROKE, TOOTHACHE = "symptom:chest_pain", "symptom:stroke_signs", "symptom:toothache"


@pytest.fixture
def talk(city: Parts) -> Talk:
    """A conversation that begins."""
    return Talk(city)


def planned(talk: Talk) -> list[str]:
    """A plan for two days in talk; its stops."""
    talk.say("day_plan", "玩两天怎么安排")
    assert talk.last is not None
    return talk.last.results


class TestHelpComesFirst:
    @pytest.mark.parametrize("intent", sorted(ANSWERS))
    def test_whatever_the_message_was_read_as(self, talk: Talk, intent: str) -> None:
        answered = talk.say(intent, "我妈胸闷喘不上气", CHEST_PAIN)
        assert (answered.replies[0].code, "120" in answered.replies[0].headline) == ("emergency", True)

    @pytest.mark.parametrize("waiting", ["journey", "last_bus", "find_clinic", "find_nearby", "place_hours"])
    def test_whatever_we_had_asked(self, talk: Talk, waiting: str) -> None:
        talk.say(waiting, "怎么走", LAOLONGTOU) if waiting == "journey" else talk.say(waiting, "最近的")
        answered = talk.say("place_details", "胸闷", CHEST_PAIN, bare=True)
        assert answered.replies[0].code == "emergency"

    def test_whatever_plan_is_in_talk(self, talk: Talk) -> None:
        planned(talk)
        assert "120" in talk.say("fallback", "奶奶嘴歪了", STROKE).replies[0].headline

    def test_a_hospital_named_beside_it_changes_nothing(self, talk: Talk) -> None:
        answered = talk.say("place_details", "嘴歪了，第一医院", STROKE, "clinic:qhd_first")
        assert answered.replies[0].code == "emergency"

    def test_a_complaint_that_is_no_emergency_passes_a_waiting_journey(self, talk: Talk) -> None:
        talk.say("journey", "怎么去老龙头", LAOLONGTOU)
        assert "口腔科" in talk.text("place_details", "牙疼", TOOTHACHE, bare=True)

    def test_a_number_alone_is_no_start_of_a_way(self, talk: Talk) -> None:
        talk.say("journey", "怎么去老龙头", LAOLONGTOU)
        assert "120" in talk.text("hotline", "120", "hotline:ambulance", bare=True)

    def test_seasick_is_a_wish_for_a_plan(self, talk: Talk) -> None:
        planned(talk)
        said = talk.say("plan_change", "不要坐船，我晕船", "tag:boat", "symptom:motion_sickness")
        assert said.replies[0].code.startswith("plan") or said.replies[0].code == "day_plan"


class TestAfterTheAmbulancesNumber:
    """The backend's own words gave the number; the bot hears of the conversation with the next message."""

    def test_where_somebody_is_asks_for_the_nearest_emergency_room(self, talk: Talk) -> None:
        told = talk.say("place_details", "我们在老虎石海滩", LAOHUSHI, after_help=True)
        assert told.replies[0].code == "find_clinic"
        assert told.results and told.results[0].startswith("clinic:")
        assert "120" in " ".join(told.replies[0].lines)

    def test_so_does_a_position(self, talk: Talk) -> None:
        told = talk.say(
            "share_location", "share_location", location=Point(39.818, 119.487, Datum.WGS84), after_help=True
        )
        assert told.replies[0].code == "find_clinic"

    def test_so_does_the_choice_which_asks_where_one_is(self, talk: Talk) -> None:
        assert talk.say("find_clinic", "find_clinic", "department:emergency").replies[0].code == "ask_where"
        told = talk.say("place_details", "老虎石", LAOHUSHI, bare=True)
        assert told.replies[0].code == "find_clinic"

    def test_what_was_asked_before_waits_no_longer(self, talk: Talk) -> None:
        talk.say("find_clinic", "牙疼", TOOTHACHE)
        assert "口腔科" in talk.text("place_details", "我在老虎石", LAOHUSHI, after_help=False)

    def test_any_other_question_is_answered(self, talk: Talk) -> None:
        assert talk.say("place_hours", "老虎石几点开门", LAOHUSHI, after_help=True).replies[0].code == "place_hours"

    def test_it_is_of_the_nearest_that_one_asks_further(self, talk: Talk) -> None:
        nearest = talk.say("share_location", "我在老虎石", LAOHUSHI, after_help=True).results[0]
        assert talk.say("place_phone", "电话多少").focus == nearest


class TestWhereIHurt:
    def test_the_place_in_the_words_counts_before_the_place_in_talk(self, talk: Talk) -> None:
        talk.say("place_price", "鸽子窝门票", GEZIWO)
        talk.say("find_clinic", "牙疼", TOOTHACHE)
        told = talk.text("share_location", "我在文化路这儿")
        assert "鸽子窝" not in told
        assert "文化路" in told

    def test_a_place_in_talk_that_nobody_said_one_is_at_is_not_asked_from(self, talk: Talk) -> None:
        talk.say("place_price", "鸽子窝门票", GEZIWO)
        assert "您在哪儿" in talk.text("find_clinic", "牙疼怎么办", TOOTHACHE)

    def test_near_it_means_the_place_in_talk(self, talk: Talk) -> None:
        talk.say("place_price", "鸽子窝门票", GEZIWO)
        assert "鸽子窝公园" in talk.text("find_clinic", "这附近哪里能看牙疼", TOOTHACHE)

    def test_a_street_alone_answers_where(self, talk: Talk) -> None:
        talk.say("find_clinic", "牙疼", TOOTHACHE)
        told = talk.text("place_details", "文化路")
        assert "口腔科" in told
        assert "文化路" in told


class TestWays:
    def test_to_one_of_the_list(self, talk: Talk) -> None:
        shown = talk.say("find_nearby", "鸽子窝附近有什么", GEZIWO).results
        answered = talk.say("journey", "第二个怎么去")
        assert answered.focus == shown[1]

    def test_a_stop_alone_is_where_one_starts(self, talk: Talk) -> None:
        talk.say("journey", "怎么去老龙头", LAOLONGTOU)
        stop = talk.desk.transit.network().stop_keys[0]
        answered = talk.say("bus_stop", "站", stop, bare=True)
        assert answered.replies[0].code.startswith("journey")

    def test_a_stop_whose_name_is_an_ordinary_word(self, talk: Talk) -> None:
        lines = talk.text("bus_stop", "白塔岭有哪些公交", named={"unknown_name": ["白塔岭"]})
        assert "34路" in lines
        talk.say("journey", "怎么去鸽子窝", GEZIWO)
        way = talk.say("place_details", "白塔岭", named={"unknown_name": ["白塔岭"]}, bare=True)
        assert way.replies[0].code == "journey"

    def test_a_line_alone_is_whose_last_bus_was_asked_for(self, talk: Talk) -> None:
        assert "ask_line" in talk.text("last_bus", "末班车几点")
        assert talk.say("bus_line", "33路", "bus_line:33", bare=True).replies[0].code == "last_bus"

    def test_the_line_stays_in_talk(self, talk: Talk) -> None:
        talk.say("bus_line", "33路经过哪里", "bus_line:33")
        for intent, text in (("bus_line", "票价多少"), ("last_bus", "末班几点"), ("repeat", "再说一遍")):
            told = talk.text(intent, text)
            assert "33路" in told, text

    def test_a_number_nobody_knows_is_not_the_line_in_talk(self, talk: Talk) -> None:
        talk.say("bus_line", "33路经过哪里", "bus_line:33")
        assert "33路" not in talk.text("bus_line", "999路呢")

    @pytest.mark.parametrize("lang", ["zh", "en"])
    def test_where_somebody_is_stands_in_no_link(self, city: Parts, lang: str) -> None:
        here = Point(39.93456, 119.58765, Datum.WGS84)
        for target in (LAOLONGTOU, GEZIWO, "attraction:zushan"):
            told = Talk(city, lang).say("journey", "怎么去", target, location=here)
            written = repr([reply.to_dict() for reply in told.replies])
            assert "119.58" not in written, written
            assert "119.59" not in written, written  # as GCJ-02 has it
            assert told.replies[0].cards[0].links

    def test_an_unknown_place_is_not_the_one_in_talk(self, talk: Talk) -> None:
        talk.say("place_details", "鸽子窝", GEZIWO)
        for intent in ("journey", "sea_state", "beach_crowd", "bus_stop"):
            told = talk.text(intent, "黄鹤楼呢怎么样", named={"unknown_name": ["黄鹤楼"]})
            assert "黄鹤楼" in told, intent
            assert "鸽子窝" not in told.replace("鸽子窝公园”", "").replace("比如“从鸽子窝", ""), intent


class TestTheCityIsNoDistrict:
    @pytest.mark.parametrize("intent", ["air_quality", "sea_state", "beach_crowd"])
    def test_readings_of_the_city(self, talk: Talk, intent: str) -> None:
        alone = talk.text(intent, "现在怎么样")
        assert talk.text(intent, "秦皇岛现在怎么样", named={"district": ["division:130300"]}) == alone


class TestLists:
    def test_the_stops_of_a_long_plan_are_numbered_through(self, talk: Talk) -> None:
        stops = planned(talk)
        assert len(stops) > 5
        assert talk.say("place_hours", "第二个几点开门").focus == stops[1]

    def test_a_correction_keeps_the_distances_of_the_list(self, talk: Talk) -> None:
        talk.say("find_nearby", "鸽子窝附近有什么好玩的", GEZIWO)
        talk.say("place_hours", "第二个几点开门")
        talk.say("correction", "不是第二个，是第一个")
        told = talk.text("more", "还有呢")
        assert "公里" in told or "米" in told

    def test_hospitals_after_a_cry_for_help_are_not_measured_from_the_sight(self, talk: Talk) -> None:
        talk.say("find_nearby", "鸽子窝附近有什么好玩的", GEZIWO)
        here: dict[str, Any] = {"location": Point(39.9445, 119.6003, Datum.WGS84)}
        asked = talk.say("emergency", "牙疼死了", TOOTHACHE, **here)
        assert asked.results
        assert (talk.last.asked or {}).get("around") is None

    def test_a_search_of_its_own_is_no_change_of_the_plan(self, talk: Talk) -> None:
        planned(talk)
        answered = talk.say("find_nearby", "附近有人少一点的海滩吗", "category:beach")
        assert answered.replies[0].code not in ("day_plan", "plan")
