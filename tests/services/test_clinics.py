"""From a complaint to the nearest hospital that has the department and is open: in both languages, from a location, a
landmark, a district and from nothing.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from backend.channels.segments import segments
from backend.geo import Datum, Point
from backend.models import Place
from backend.services.answers.asking import Answered
from backend.services.replies import Reply
from backend.wording import t
from bot.gazetteer import LiveGazetteer
from tests.factories import PlaceRow, stored
from tests.services.test_conversation import Talk
from tests.support.container import Parts

GEZIWO = "attraction:geziwo"
# The same spot in Haigang District, as WeChat gives it and as a GPS receiver does.
HERE = Point(39.9354, 119.6005, Datum.GCJ02)
HERE_WGS = Point(39.93418, 119.59452, Datum.WGS84)


class Typed(Talk):
    """A conversation in typed words: the names are found as the bot finds them."""

    def __init__(self, parts: Parts, lang: str = "zh") -> None:
        super().__init__(parts, lang)
        self.names = names_of(parts)

    def type(self, text: str, intent: str = "find_clinic", **changed: Any) -> Answered:
        mentions = self.names.find(text)
        named: dict[str, list[str]] = {}
        for mention in mentions:
            named.setdefault(mention.type, []).append(mention.id)
        spans = {(mention.start, mention.end) for mention in mentions}
        bare = len(spans) == 1 and not any(c.isalnum() for a, b in spans for c in text[:a] + text[b:])
        return self.say(intent, text, **{"named": named, "bare": bare, **changed})


_NAMES: dict[int, LiveGazetteer] = {}


def names_of(parts: Parts) -> LiveGazetteer:
    """The names of a city as its version has them: to take them up is the longest part of a test."""
    snapshot = parts.gazetteer.snapshot()
    content = hash(repr(snapshot))
    if content not in _NAMES:
        _NAMES[content] = LiveGazetteer()
        _NAMES[content].swap(snapshot)
    return _NAMES[content]


def one(answered: Answered) -> Reply:
    [reply] = answered.replies
    return reply


def clinic(**changed: Any) -> Place:
    """A clinic near HERE with a department of dentistry, open as a sight is: daily from 8 to 17."""
    values = {
        "id": "clinic:made_up",
        "kind": "clinic",
        "category": "category:hospital",
        "district": "district:130302",
        "departments": ["department:dentistry"],
        "lat": 39.9364,
        "lon": 119.6005,
        "datum": "GCJ-02",
    }
    return PlaceRow(**{**values, **changed})


@pytest.mark.parametrize(
    ("lang", "text", "department"),
    [
        ("zh", "孩子发烧", "儿科"),
        ("zh", "孩子发烧38度5", "儿科"),
        ("zh", "牙疼挂什么科", "口腔科"),
        ("en", "toothache", "dentistry"),
        ("en", "which department for a rash", "dermatology"),
        ("en", "my son has a fever", "pediatrics"),
    ],
)
class TestFromNothing:
    def test_it_says_the_department_and_asks_where(self, city: Parts, lang: str, text: str, department: str) -> None:
        talk = Typed(city, lang)
        asked = one(talk.type(text))
        assert asked.code == "ask_where"
        assert department in asked.headline
        assert asked.headline.endswith(("我找最近的。", "I will find the nearest."))
        assert "120" in asked.lines[0]
        said = one(talk.say("share_location", "", location=HERE))
        assert said.code == "find_clinic"
        assert department in said.headline
        assert said.cards

    def test_it_never_diagnoses_and_says_so(self, city: Parts, lang: str, text: str, department: str) -> None:
        talk = Typed(city, lang)
        for reply in (one(talk.type(text)), one(talk.say("share_location", "", location=HERE))):
            assert t(lang, "clinics-not-diagnosis") in reply.lines
            assert reply.caution == t(lang, "clinics-caution", medical="120")
            assert reply.caution in city.twilio.render(reply)


@pytest.mark.parametrize("intent", ["fallback", "out_of_scope", "place_details", "find_nearby", "attraction_search"])
@pytest.mark.parametrize(("lang", "text"), [("zh", "孩子发烧38度5"), ("zh", "牙疼"), ("en", "toothache")])
def test_a_bare_complaint_is_answered_whatever_it_was_read_as(city: Parts, intent: str, lang: str, text: str) -> None:
    assert one(Typed(city, lang).type(text, intent)).code == "ask_where"


@pytest.mark.parametrize(
    ("intent", "text", "code"),
    [
        ("place_price", "晕船的话鸽子窝公园门票退吗", "place_price"),
        ("hotline", "牙疼打什么电话", "hotline"),
        ("greet", "你好", "greet"),
        ("attraction_search", "温泉", "attraction_search"),
        ("place_details", "怀孕能去鸽子窝公园吗", "place_details"),
    ],
)
def test_a_question_of_its_own_is_not_taken_for_a_complaint(city: Parts, intent: str, text: str, code: str) -> None:
    assert one(Typed(city).type(text, intent)).code == code


class TestWhere:
    def test_from_a_location_the_nearest_first(self, city: Parts) -> None:
        for here in (HERE, HERE_WGS):
            said = one(Typed(city).type("孩子发烧了", location=here))
            assert "秦皇岛市第一医院" in said.headline
            assert "儿科" in said.headline
            assert segments(city.twilio.render(said)) == 1

    @pytest.mark.parametrize("text", ["我在鸽子窝公园，牙疼", "牙疼，鸽子窝公园附近哪能看"])
    def test_from_a_landmark(self, city: Parts, text: str) -> None:
        said = one(Typed(city).type(text))
        assert said.code == "find_clinic"
        assert "离鸽子窝公园最近" in said.headline

    @pytest.mark.parametrize(
        ("answer", "intent"),
        [
            ("鸽子窝公园", "place_details"),
            ("鸽子窝公园附近", "find_nearby"),
            ("我在鸽子窝公园这边", "place_details"),
        ],
    )
    def test_a_landmark_answers_the_question_where(self, city: Parts, answer: str, intent: str) -> None:
        talk = Typed(city)
        talk.type("我孩子咳嗽", "fallback")
        said = one(talk.type(answer, intent))
        assert "孩子咳嗽看儿科" in said.headline
        assert "离鸽子窝公园最近" in said.headline

    def test_a_district_does_too(self, city: Parts) -> None:
        talk = Typed(city)
        talk.type("拉肚子")
        said = one(talk.type("北戴河", "attraction_search"))
        assert said.code == "find_clinic"
        assert "北戴河区" in said.headline

    def test_a_complaint_in_english_from_a_landmark(self, city: Parts) -> None:
        said = one(Typed(city, "en").type("toothache, I'm at Pigeon Nest Park"))
        assert "Nearest to Pigeon Nest Park" in said.headline or "nearest to Pigeon Nest Park" in said.headline

    def test_the_complaint_outlives_an_interruption(self, city: Parts) -> None:
        talk = Typed(city)
        talk.type("孩子发烧")
        between = talk.type("鸽子窝公园几点关门", "place_hours")
        assert t("zh", "still-ask-where") in between.replies[-1].lines
        assert "儿科" in one(talk.say("share_location", "", location=HERE)).headline

    def test_another_complaint_takes_the_place_of_the_first(self, city: Parts) -> None:
        talk = Typed(city)
        talk.type("牙疼挂什么科")
        assert "看消化内科" in one(talk.type("那拉肚子呢")).headline

    def test_never_mind(self, city: Parts) -> None:
        talk = Typed(city)
        talk.type("牙疼")
        assert talk.say("cancel", "算了").pending is None
        assert "口腔科" not in talk.text("share_location", "", location=HERE)


class TestOpen:
    def test_open_before_nearer(self, own_city: Parts) -> None:
        nearer = clinic(id="clinic:shut", name_zh="近处门诊", opening_hours="Mo-Su 18:00-20:00")
        open_now = clinic(id="clinic:open", name_zh="远处医院", lat=39.9564, opening_hours="Mo-Su 08:00-17:30")
        with own_city.db.write() as session:
            stored(session, nearer, open_now)
        said = one(Typed(own_city).type("牙疼", location=HERE))
        assert said.headline.startswith("牙疼看口腔科。最近的：远处医院")
        assert said.headline.endswith("开诊到17:30。")
        assert [card.title for card in said.cards] == ["远处医院", "近处门诊"]
        assert len(said.headline) <= 70

    def test_in_english(self, own_city: Parts) -> None:
        with own_city.db.write() as session:
            stored(session, clinic(name_en="Bay Dental Hospital"))
        said = one(Typed(own_city, "en").type("toothache", location=HERE))
        assert said.headline.startswith("Toothache: dentistry. Nearest: Bay Dental Hospital")
        assert said.headline.endswith("open until 17:00.")
        assert segments(own_city.twilio.render(said)) == 1

    def test_the_way_to_what_is_open_has_an_end(self, own_city: Parts) -> None:
        far = clinic(id="clinic:far", name_zh="远方医院", lat=40.4)
        near = clinic(id="clinic:near", name_zh="近处医院", opening_hours="")
        with own_city.db.write() as session:
            stored(session, far, near)
        assert "近处医院" in one(Typed(own_city).type("牙疼", location=HERE)).headline

    def test_unknown_hours_are_said_to_be_unknown(self, own_city: Parts) -> None:
        with own_city.db.write() as session:
            stored(session, clinic(opening_hours=""))
        said = one(Typed(own_city).type("牙疼", location=HERE))
        assert "开诊时间未核实" in said.headline
        assert "去前先打电话：0335-4041591" in said.lines

    def test_what_staff_closed_comes_last(self, own_city: Parts) -> None:
        day = dt.date(2025, 7, 16)
        with own_city.db.write() as session:
            stored(
                session,
                clinic(id="clinic:a", name_zh="甲医院", closed_from=day, closed_to=day),
                clinic(id="clinic:b", name_zh="乙医院", lat=39.99, opening_hours=""),
            )
        assert "乙医院" in one(Typed(own_city).type("牙疼", location=HERE)).headline

    def test_closed_now_says_when_it_opens(self, own_city: Parts) -> None:
        with own_city.db.write() as session:
            stored(session, clinic(opening_hours="Mo-Su 13:00-17:00"))
        assert "现在休息，今天13:00开" in one(Typed(own_city).type("牙疼", location=HERE)).headline

    def test_at_night_the_emergency_department_is_named(self, city: Parts) -> None:
        talk = Typed(city)
        assert t("zh", "clinics-night") not in one(talk.type("拉肚子", location=HERE)).lines
        talk.now = talk.now.replace(hour=23)
        assert t("zh", "clinics-night") in one(talk.type("孩子发烧", location=HERE)).lines


class TestHonesty:
    def test_no_listed_department_is_said_and_a_general_hospital_stands_in(self, city: Parts) -> None:
        said = one(Typed(city).type("牙疼", location=HERE))
        assert "没有医院写明设此科" in said.headline
        assert "综合医院：秦皇岛市第一医院" in said.headline

    def test_what_is_only_likely_is_said_to_be_likely(self, own_city: Parts) -> None:
        with own_city.db.write() as session:
            likely = {"departments_likely": ["department:dentistry"]}
            stored(session, clinic(departments=[], extra=likely, opening_hours=""))
        lines = one(Typed(own_city).type("牙疼", location=HERE)).lines
        assert t("zh", "clinics-likely", department="口腔科") in lines

    def test_hospitals_without_a_position_are_named(self, city: Parts) -> None:
        lines = one(Typed(city).type("晒伤了", location=HERE)).lines
        assert any("东方皮肤病医院" in line and "位置未核实" in line for line in lines)

    def test_what_to_bring_is_there_for_residents_and_foreigners(self, city: Parts) -> None:
        zh = one(Typed(city).type("牙疼", location=HERE)).lines
        en = one(Typed(city, "en").type("toothache", location=HERE)).lines
        assert any("身份证" in line and "护照" in line and "医保" in line for line in zh)
        assert any("passport" in line and "insurance" in line for line in en)

    def test_first_aid_is_said_where_the_table_has_it(self, city: Parts) -> None:
        assert any(line.startswith("先这样做：马上用流动的凉水冲") for line in one(Typed(city).type("烫伤了")).lines)


class TestEmergency:
    @pytest.mark.parametrize(
        ("lang", "text"),
        [
            ("zh", "胸口疼挂什么科"),
            ("zh", "嘴歪了 说话不清楚"),
            ("en", "pain in my chest"),
            ("en", "my dad's face is drooping"),
        ],
    )
    def test_the_number_comes_first_then_the_nearest_emergency_department(
        self, city: Parts, lang: str, text: str
    ) -> None:
        said = one(Typed(city, lang).type(text, location=HERE))
        assert said.code == "emergency"
        assert "120" in said.headline
        assert said.lines[0].startswith(t(lang, "clinics-er", name="\0", distance="", detail="").split("\0")[0])
        assert t(lang, "clinics-not-diagnosis") in said.lines
        assert "120" in city.twilio.render(said)

    def test_without_a_location_it_asks_and_then_names_it(self, city: Parts) -> None:
        talk = Typed(city)
        asked = one(talk.type("胸口疼", "fallback"))
        assert (asked.code, asked.lines[0]) == ("emergency", t("zh", "clinics-er-ask"))
        assert "120" in asked.headline
        said = one(talk.say("share_location", "", location=HERE))
        assert said.code == "emergency"
        assert "秦皇岛市第一医院" in said.lines[0]

    def test_a_likely_emergency_department_is_said_to_be_likely(self, city: Parts) -> None:
        changli = Point(39.7175, 119.17, Datum.BD09)
        said = one(Typed(city).type("胸口疼", location=changli))
        assert "秦皇岛市第二医院" in said.lines[0]
        assert "可能" in said.lines[0]

    def test_in_danger_of_oneself_the_support_line_is_there(self, city: Parts) -> None:
        said = one(Typed(city).type("活着没意思", "fallback"))
        assert (said.code, "120" in said.headline) == ("emergency", True)
        assert any("12356" in line for line in said.lines)

    @pytest.mark.parametrize(
        ("lang", "text", "department"),
        [("zh", "被礁石划破了脚底", "外科"), ("en", "lost a filling while eating", "dentistry")],
    )
    def test_what_was_only_read_as_one_gets_the_number_and_its_department(
        self, city: Parts, lang: str, text: str, department: str
    ) -> None:
        talk = Typed(city, lang)
        asked = one(talk.type(text, "emergency"))
        assert asked.headline.startswith(t(lang, "clinics-urgent", medical="120", headline=""))
        assert department in asked.headline
        assert department in one(talk.say("share_location", "", location=HERE)).headline

    def test_a_cry_without_a_complaint_is_answered_as_before(self, city: Parts) -> None:
        said = one(Typed(city).type("出大事了快来", "emergency"))
        assert (said.code, "120" in said.headline) == ("emergency", True)
