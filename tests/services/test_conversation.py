"""What turns are made of beyond a single question, on the loaded city."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from backend.geo import Datum, Point
from backend.services.answers.asking import Answered, Asking
from backend.services.answers.conversation import ANSWERS, answer
from backend.services.answers.ordinals import position_in_list
from backend.services.values import find_times
from tests.factories import by_kind
from tests.support.container import Parts

GEZIWO, LAOLONGTOU, LAOHUSHI = "attraction:geziwo", "attraction:laolongtou", "attraction:laohushi"


class Talk:
    """One conversation: keeps between turns what the bot's slots keep."""

    def __init__(self, parts: Parts, lang: str = "zh") -> None:
        self.desk = parts.desk
        self.lang = lang
        self.now = dt.datetime(2025, 7, 16, 12, 0, tzinfo=parts.time_zone)
        self.last: Answered | None = None

    def say(self, intent: str, text: str, *named: str, **changed: Any) -> Answered:
        last = self.last or Answered([])
        asking = Asking(
            intent=intent,
            text=text,
            lang=self.lang,
            now=self.now,
            city=self.desk.city,
            named=by_kind(named),
            focus=last.focus,
            results=last.results,
            offset=last.offset,
            pending=last.pending,
            asked=last.asked,
            times=find_times(text, self.now),
            time_text=text,
        )
        answered = answer(self.desk, replace(asking, **changed))
        kept = None if answered.forget else answered.focus or last.focus
        self.last = replace(answered, focus=kept)
        return answered

    def text(self, *given: Any, **changed: Any) -> str:
        return " ".join(
            part for reply in self.say(*given, **changed).replies for part in (reply.code, reply.headline, *reply.lines)
        )


@pytest.fixture
def talk(city: Parts) -> Talk:
    """A conversation that begins."""
    return Talk(city)


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("第二个", 2), ("要第三家", 3), ("最后一个在哪", -1), ("the second one", 2), ("option 3 please", 3),
        ("how much is the last one", -1), ("第1个多少钱", 1), ("2nd one", 2),
        ("第一医院在哪", None), ("第三人民医院", None), ("什么时候是末班车", None), ("the last bus", None),
        ("for the first time", None), ("国庆第二天", None), ("the first hospital", None), ("", None),
    ],
)  # fmt: skip
def test_which_of_a_list_is_meant(text: str, position: int | None) -> None:
    assert position_in_list(text) == position


def test_one_of_the_list_shown(talk: Talk) -> None:
    shown = talk.say("attraction_search", "有什么好玩的").results
    assert talk.say("place_price", "第二个多少钱").focus == shown[1]
    assert talk.say("choose_from_list", "最后一个").focus == shown[4]
    talk.say("more", "还有呢")
    assert talk.say("place_hours", "第一个几点开门").focus == shown[5]
    assert "choose_none" in talk.text("choose_from_list", "第九个")


def test_say_it_again(talk: Talk) -> None:
    assert "repeat_none" in talk.text("repeat", "再说一遍")
    first = talk.text("place_hours", "鸽子窝几点开门", GEZIWO)
    assert talk.text("repeat", "再说一遍") == first
    talk.say("thanks", "谢谢")
    assert talk.text("repeat", "再说一遍") == first


def test_a_page_said_again_is_the_same_page(talk: Talk) -> None:
    talk.say("attraction_search", "有什么好玩的")
    second = talk.say("more", "还有呢")
    again = talk.say("repeat", "再说一遍")
    assert [card.title for card in again.replies[0].cards] == [card.title for card in second.replies[0].cards]
    assert again.offset == second.offset


def test_a_correction_of_the_place_and_of_the_day(talk: Talk) -> None:
    assert "明天" in talk.text("place_hours", "明天鸽子窝几点开门", GEZIWO)
    assert "后天" in talk.text("correction", "不是明天，是后天")
    positions = [(2, GEZIWO), (7, LAOLONGTOU)]
    said = talk.text("correction", "不是鸽子窝，是老龙头", GEZIWO, LAOLONGTOU, positions=positions)
    assert "老龙头" in said
    assert "后天" in said
    assert talk.last is not None
    assert talk.last.focus == LAOLONGTOU


def test_a_correction_by_position(talk: Talk) -> None:
    shown = talk.say("attraction_search", "有什么好玩的").results
    talk.say("place_hours", "第二个几点开门")
    assert talk.say("correction", "不对，是第三个").focus == shown[2]


def test_where_to_look_said_as_we_proposed(talk: Talk) -> None:
    talk.say("find_clinic", "附近有儿科吗", "department:paediatrics")
    assert "find_clinic" in talk.text("find_nearby", "鸽子窝公园附近", GEZIWO)


def test_a_correction_of_nothing_asks(talk: Talk) -> None:
    assert "correction_unclear" in talk.text("correction", "不对")


@pytest.mark.parametrize("text", ["那老虎石呢", "老虎石呢？", "what about Tiger Rock", "and Tiger Rock?"])
def test_the_same_question_on_another_place(talk: Talk, text: str) -> None:
    talk.say("place_price", "鸽子窝门票多少", GEZIWO)
    said = talk.text("place_details", text, LAOHUSHI)
    assert "place_price" in said
    assert talk.last is not None
    assert talk.last.focus == LAOHUSHI


@pytest.mark.parametrize("text", ["附近有什么好吃的呢", "我在老虎石呢", "and where is Tiger Rock?", "老虎石怎么去呢"])
def test_a_question_of_its_own_is_not_short(talk: Talk, text: str) -> None:
    talk.say("place_price", "鸽子窝门票多少", GEZIWO)
    assert "place_price" not in talk.text("place_address", text, LAOHUSHI)


def test_the_same_question_on_another_day(talk: Talk) -> None:
    talk.say("place_hours", "鸽子窝几点开门", GEZIWO)
    assert "明天" in talk.text("place_details", "那明天呢")


def test_a_question_of_ours_outlives_an_interruption(talk: Talk) -> None:
    assert "ask_where" in talk.text("find_clinic", "附近有儿科吗", "department:paediatrics")
    assert "您在哪儿" in talk.text("place_hours", "鸽子窝几点关门", GEZIWO)
    here = Point(39.83, 119.52, Datum.GCJ02)
    said = talk.text("share_location", "", location=here)
    assert "find_clinic" in said or "find_nearby" in said


def test_a_question_of_ours_is_dropped_in_the_end(talk: Talk) -> None:
    talk.say("find_nearby", "附近有什么")
    for _ in range(2):
        assert "您在哪儿" in talk.text("place_hours", "鸽子窝几点关门", GEZIWO)
        talk.last = replace(talk.last or Answered([]), focus=None)
    assert "您在哪儿" not in talk.text("place_hours", "鸽子窝几点关门", GEZIWO)


def test_never_mind(talk: Talk) -> None:
    talk.say("find_nearby", "附近有什么")
    assert talk.say("cancel", "算了").pending is None
    assert "您在哪儿" not in talk.text("place_hours", "鸽子窝几点关门", GEZIWO)


def test_what_is_remembered_and_forgotten(talk: Talk) -> None:
    talk.say("place_hours", "鸽子窝几点开门", GEZIWO)
    assert "鸽子窝公园" in talk.text("memory_show", "你记得我什么")
    forgotten = talk.say("memory_forget", "都忘了吧")
    assert (forgotten.forget, forgotten.focus, forgotten.asked, forgotten.results) == (True, None, None, [])
    assert "鸽子窝" not in talk.text("memory_show", "你记得我什么")
    assert "repeat_none" in talk.text("repeat", "再说一遍")


def test_a_person_of_another_language_is_told_so_in_it(city: Parts) -> None:
    said = Talk(city, "en").text("place_hours", "во сколько открывается 鸽子窝", GEZIWO, foreign="ru")
    assert "Pigeon Nest Park" in said
    assert "Я отвечаю по-английски" in said
    assert "鸽子窝公园" in said


def test_did_you_mean(talk: Talk) -> None:
    asked = talk.say("fallback", "医院啥的", ranking=[("find_clinic", 0.4), ("place_hours", 0.3), ("greet", 0.2)])
    assert [choice.intent for choice in asked.replies[0].choices] == ["find_clinic"]
    talk.say("place_details", "鸽子窝", GEZIWO)
    asked = talk.say("fallback", "那个", ranking=[("place_hours", 0.3), ("place_price", 0.3), ("human", 0.05)])
    assert [choice.intent for choice in asked.replies[0].choices] == ["place_hours", "place_price"]


def test_memory_stays_small(talk: Talk) -> None:
    for number in range(30):
        talk.say("place_hours", f"{number}" * 5000, GEZIWO)
        talk.say("repeat", "再说一遍")
    assert talk.last is not None
    assert len(repr(talk.last.asked)) < 2000


@pytest.mark.parametrize("intent", sorted(ANSWERS))
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_everything_can_be_said_after_anything(city: Parts, intent: str, lang: str) -> None:
    for before in sorted(ANSWERS):
        talk = Talk(city, lang)
        talk.say(before, "那第二个呢", GEZIWO)
        assert talk.say(intent, "不是这个，是那个呢").replies


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_answer_on_a_guessed_name_says_so_once(city: Parts, lang: str) -> None:
    talk = Talk(city, lang)
    named = {"attraction": [GEZIWO], "guessed_name": ["鹄子窝公园"]}
    guessed = talk.say("place_price", "鹄子窝公园门票多少", named=named).replies[0].headline
    plain = talk.say("place_price", "鸽子窝公园门票多少", GEZIWO).replies[0].headline
    assert "鹄子窝公园" in guessed
    assert guessed.endswith(plain)
    assert talk.say("repeat", "再说一遍").replies[0].headline == plain


@pytest.mark.parametrize("intent", ["emergency", "human", "cancel", "greet", "memory_forget", "out_of_scope", "help"])
def test_an_answer_that_is_not_about_the_guess_does_not_speak_of_it(city: Parts, intent: str) -> None:
    talk, named = Talk(city), {"attraction": [GEZIWO], "guessed_name": ["鹄子窝"]}
    assert talk.text(intent, "鹄子窝", named=named) == Talk(city).text(intent, "鹄子窝")


def test_the_place_in_talk_is_not_taken_for_a_guessed_district(talk: Talk) -> None:
    talk.say("place_details", "鸽子窝", GEZIWO)
    named = {"district": ["district:130322"], "guessed_name": ["昌里"]}
    assert talk.say("place_price", "昌里公园门票多少", named=named).replies[0].code == "unknown_place"
