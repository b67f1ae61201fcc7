"""Plans in a conversation, on the loaded city, in both languages."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from backend.services.answers.asking import Answered, Asking
from backend.services.answers.conversation import answer
from backend.services.replies import Reply
from backend.services.values import find_times
from tests.support.container import Parts

SCHEMA = Draft202012Validator(
    json.loads((Path(__file__).resolve().parents[2] / "data" / "schemas" / "reply.json").read_text(encoding="utf-8"))
)
FAMILY, HIKING, MUSEUM = "tag:family", "tag:hiking", "category:museum"
BEIDAIHE, SHANHAIGUAN = "district:130304", "district:130303"


class Talk:
    """One conversation: keeps between turns what the bot's slots keep, as JSON does."""

    def __init__(self, parts: Parts, lang: str = "zh") -> None:
        self.parts, self.lang = parts, lang
        self.now = dt.datetime(2026, 7, 15, 8, 0, tzinfo=parts.time_zone)
        self.last = Answered([])

    def say(self, intent: str, text: str, /, **names: str) -> Answered:
        """`names` are words of the text with the record they name, `_` for a blank; `change` is that of a button."""
        change = names.pop("change", None)
        found = [(text.lower().index(word.replace("_", " ")), record) for word, record in names.items()]
        named: dict[str, list[str]] = {"change": [change]} if change else {}
        for _, record in found:
            named.setdefault(record.partition(":")[0], []).append(record)
        last = self.last
        asking = Asking(
            intent=intent,
            text=text,
            lang=self.lang,
            now=self.now,
            city=self.parts.desk.city,
            named=named,
            positions=sorted(found),
            focus=last.focus,
            results=last.results,
            offset=last.offset,
            pending=last.pending,
            asked=json.loads(json.dumps(last.asked)) if last.asked else None,
            times=find_times(text, self.now),
            time_text=text,
        )
        answered = answer(self.parts.desk, asking)
        for reply in answered.replies:
            assert list(SCHEMA.iter_errors(reply.to_dict())) == []
            assert Reply.from_dict(json.loads(json.dumps(reply.to_dict()))) == reply
        self.last = replace(answered, focus=answered.focus or last.focus)
        return answered

    def headline(self, *given: Any, **names: str) -> str:
        return self.say(*given, **names).replies[0].headline


@pytest.fixture
def talk(city: Parts) -> Talk:
    return Talk(city)


def stops(answered: Answered) -> list[str]:
    return [card.place.id for reply in answered.replies for card in reply.cards if card.place]


def test_a_plan_is_answered_as_text_cards_and_map(talk: Talk) -> None:
    answered = talk.say("day_plan", "明天带孩子在北戴河玩一天", 孩子=FAMILY, 北戴河=BEIDAIHE)
    (reply,) = answered.replies
    assert reply.headline.startswith("明天北戴河区一日：")
    assert "→" in reply.headline and "小时" in reply.headline
    assert len(reply.headline) <= 70
    assert any(line.endswith("吃午饭") for line in reply.lines)
    assert any("2026" in line and line.startswith("资料时间") for line in reply.lines)
    way, *cards = reply.cards
    assert way.image is not None and way.image.url.startswith("/maps/route.svg?stops=attraction:")
    assert [card.title.partition(".")[0] for card in cards] == [str(n + 1) for n in range(len(cards))]
    for card in cards:
        assert card.place is not None and card.source is not None and card.image is not None
        assert card.place.id in way.image.url
        assert any(line.startswith("理由：") for line in card.lines)
        assert any(line.startswith("安排：") for line in card.lines)
    assert reply.source is not None and reply.source.as_of
    assert "换一批" in [choice.title for choice in reply.choices]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_headline_alone_is_of_use_by_sms(city: Parts, lang: str) -> None:
    talk = Talk(city, lang)
    for area in (BEIDAIHE, SHANHAIGUAN, "district:130302", "district:130372", ""):
        text = "plan a whole day x" if lang == "en" else "玩一整天x"
        (reply,) = talk.say("day_plan", text, **({"x": area} if area else {})).replies
        rendered = city.twilio.render(reply)
        assert rendered.startswith(reply.headline.replace("→", ">") if lang == "en" else reply.headline)
        units = 160 if lang == "en" else 70
        assert len(reply.headline) <= units


def test_two_changes_in_chinese(talk: Talk) -> None:
    before = talk.say("day_plan", "在山海关玩一天，想爬山", 山海关=SHANHAIGUAN, 爬山=HIKING)
    assert any("tag:hiking" in place.tags for place in talk.parts.places.by_ids(stops(before)))
    first = talk.say("plan_change", "不要爬山", 爬山=HIKING)
    assert not any("tag:hiking" in place.tags for place in talk.parts.places.by_ids(stops(first)))
    second = talk.say("plan_change", "换成下午")
    assert "下午" in second.replies[0].headline
    assert not any("tag:hiking" in place.tags for place in talk.parts.places.by_ids(stops(second)))
    assert all(line[:2] >= "13" for line in second.replies[0].lines if line[2:3] == ":")


def test_two_changes_in_english(city: Parts) -> None:
    talk = Talk(city, "en")
    before = talk.say("day_plan", "half a day in shanhaiguan", shanhaiguan=SHANHAIGUAN)
    assert before.replies[0].headline.startswith("Shanhaiguan District, today, half day: ")
    dropped = stops(before)[1]
    first = talk.say("plan_change", "drop the second stop")
    assert dropped not in stops(first)
    second = talk.say("plan_change", "start at 10")
    assert dropped not in stops(second)
    assert second.replies[0].lines[0].startswith("10:")


@pytest.mark.parametrize("intent", ["plan_change", "correction", "fallback"])
def test_a_change_works_whatever_it_was_read_as(talk: Talk, intent: str) -> None:
    talk.say("day_plan", "明天在北戴河玩一天", 北戴河=BEIDAIHE)
    assert "下午" in talk.headline(intent, "换成下午")


@pytest.mark.parametrize(
    ("intent", "text", "names"),
    [
        ("more", "换一批", {}),
        ("choose_from_list", "第二个换掉", {}),
        ("attraction_search", "不要博物馆", {"博物馆": MUSEUM}),
    ],
)
def test_what_plainly_changes_the_plan_does(talk: Talk, intent: str, text: str, names: dict[str, str]) -> None:
    talk.say("day_plan", "玩一天")
    assert talk.say(intent, text, **names).replies[0].code == "day_plan"


def test_other_questions_are_not_taken_for_changes(talk: Talk) -> None:
    second = stops(talk.say("day_plan", "玩一天"))[1]
    asked = talk.say("place_hours", "第二个几点开门")
    assert (asked.replies[0].code, asked.focus) == ("place_hours", second)
    assert talk.say("attraction_search", "有哪些博物馆", 博物馆=MUSEUM).replies[0].code == "attraction_search"


def test_the_plan_outlives_questions_about_its_stops(talk: Talk) -> None:
    talk.say("day_plan", "明天在北戴河玩一天", 北戴河=BEIDAIHE)
    talk.say("place_hours", "第一个几点开门")
    talk.say("thanks", "谢谢")
    assert "北戴河区下午" in talk.headline("plan_change", "换成下午")
    talk.say("memory_forget", "忘掉")
    assert talk.say("plan_change", "换成上午").replies[0].code == "plan_none"


def test_a_change_without_a_plan_asks_what_for(talk: Talk) -> None:
    (reply,) = talk.say("plan_change", "换成下午").replies
    assert reply.code == "plan_none"
    assert {choice.intent for choice in reply.choices} == {"day_plan"}
    taken = talk.say("day_plan", "day_plan", change=reply.choices[0].entities["change"])
    assert "一日" in taken.replies[0].headline


def test_the_buttons_do_what_they_say(talk: Talk) -> None:
    said = talk.say("day_plan", "山海关爬山一天", 山海关=SHANHAIGUAN, 爬山=HIKING)
    before = stops(said)
    for choice in said.replies[0].choices:
        fresh = Talk(talk.parts)
        fresh.last = said
        changed = fresh.say(choice.intent, choice.intent, change=choice.entities["change"])
        assert changed.replies[0].code in ("day_plan", "plan_impossible"), choice
        assert stops(changed) != before, choice


def test_what_cannot_be_changed_leaves_the_plan(talk: Talk) -> None:
    before = stops(talk.say("day_plan", "明天在北戴河玩一天", 北戴河=BEIDAIHE))
    assert talk.say("plan_change", "啦啦啦").replies[0].code == "plan_unclear"
    (reply,) = talk.say("plan_change", "换成青龙县", 青龙=("district:999999")).replies
    assert reply.code == "plan_impossible"
    assert "刚才的行程还留着。" in reply.lines
    assert stops(talk.say("repeat", "再说一遍")) == before


def test_said_again_it_is_the_same_plan(talk: Talk) -> None:
    before = talk.say("day_plan", "明天玩一天")
    again = talk.say("repeat", "再说一遍")
    assert stops(again) == stops(before)
    assert "下午" in talk.headline("plan_change", "换成下午")


def test_the_budget_of_two_days_is_for_both(talk: Talk) -> None:
    for budget in (300, 200):
        asked = talk.say("day_plan", f"周末两天一共{budget}元").asked
        assert asked is not None
        assert asked["plan"]["cost"] <= budget


def test_two_days_are_two_plans(talk: Talk) -> None:
    answered = talk.say("day_plan", "周末两天")
    assert len(answered.replies) == 2
    found = stops(answered)
    assert len(found) == len(set(found))
    assert [reply.headline[:5] for reply in answered.replies] == ["7月18日", "7月19日"]
    assert answered.replies[1].cards[1].title.startswith(f"{len(answered.replies[0].cards)}. ")


def test_what_cannot_be_kept_is_said(talk: Talk) -> None:
    (reply,) = talk.say("day_plan", "玩一天，要去西港花园", 西港花园="attraction:xigang").replies
    assert "西港花园的位置还没有核实，没有排进去。" in reply.lines
    talk.now = talk.now.replace(hour=22)
    (late,) = talk.say("day_plan", "今天去北戴河玩", 北戴河=BEIDAIHE).replies
    assert late.headline.startswith("明天")
    assert "当天来不及了，排在了后一天。" in late.lines


def test_memory_stays_small(talk: Talk) -> None:
    talk.say("day_plan", "两天" + "长" * 400)
    for _ in range(30):
        talk.say("plan_change", "换一批")
        talk.say("plan_change", "第一站不去了")
    assert talk.last.asked is not None
    assert len(json.dumps(talk.last.asked["plan"])) < 2000
