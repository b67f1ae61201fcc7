"""Where "near" starts in a conversation, and the one question that is asked when the words leave it open."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from backend.geo import Datum, Point, distance_m
from backend.services.answers.asking import Answered, Asking
from backend.services.answers.conversation import answer
from backend.services.answers.whereabouts import Origin, Question, where
from backend.services.places import position
from backend.services.replies import Choice, Reply
from tests.factories import PlaceRow, stored
from tests.support.container import Parts

SCHEMA = Draft202012Validator(
    json.loads((Path(__file__).resolve().parents[2] / "data" / "schemas" / "reply.json").read_text(encoding="utf-8"))
)
SHARED = Point(39.91, 119.59, Datum.GCJ02)
GEZIWO = "attraction:geziwo"


def asking(parts: Parts, text: str, intent: str = "find_nearby", lang: str = "zh", **fields: Any) -> Asking:
    now = dt.datetime(2025, 7, 16, 12, 0, tzinfo=parts.time_zone)
    return Asking(intent=intent, text=text, lang=lang, now=now, city=parts.city_words, **fields)


def said(answered: Answered) -> Reply:
    [reply] = answered.replies
    assert list(SCHEMA.iter_errors(reply.to_dict())) == []
    return reply


def take(parts: Parts, choice: Choice, before: Answered, lang: str = "zh") -> Answered:
    """What the bot would ask when the person takes a choice."""
    named = {kind: [value] for kind, value in choice.entities.items()}
    question = asking(parts, "", choice.intent, lang, named=named, pending=before.pending, focus=before.focus)
    return answer(parts.desk, question)


class TestOrigin:
    def test_the_place_named_comes_first(self, city: Parts) -> None:
        named = {"attraction": [GEZIWO]}
        origin = where(city.desk, asking(city, "鸽子窝附近", named=named, location=SHARED, focus="attraction:laohushi"))
        place = city.places.get(GEZIWO)
        assert place is not None
        assert origin == Origin(position(place), place.name_zh, place)

    @pytest.mark.parametrize(
        ("text", "label"), [("文化路附近有什么", "文化路"), ("我在文化路258号旁边", "秦皇岛市第一医院")]
    )
    def test_the_words_come_before_the_shared_location(self, city: Parts, text: str, label: str) -> None:
        origin = where(city.desk, asking(city, text, location=SHARED))
        assert isinstance(origin, Origin)
        assert origin.label == label

    @pytest.mark.parametrize("text", ["我附近有什么好玩的", "附近有医院吗", "what is near me"])
    def test_the_shared_location_is_where_the_person_is(self, city: Parts, text: str) -> None:
        origin = where(city.desk, asking(city, text, location=SHARED))
        assert isinstance(origin, Origin)
        assert (origin.point, origin.place, origin.approximate) == (SHARED, None, False)

    def test_the_place_in_talk_is_meant_by_nearby(self, city: Parts) -> None:
        origin = where(city.desk, asking(city, "附近有什么", location=SHARED, focus=GEZIWO))
        assert isinstance(origin, Origin) and origin.place is not None
        assert origin.place.id == GEZIWO
        mine = where(city.desk, asking(city, "我附近有什么", location=SHARED, focus=GEZIWO))
        assert isinstance(mine, Origin) and mine.point == SHARED

    def test_nothing_tells(self, city: Parts) -> None:
        assert where(city.desk, asking(city, "附近有医院吗")) is None

    def test_a_name_we_do_not_know_is_not_taken_for_the_shared_location(self, city: Parts) -> None:
        question = asking(city, "外滩附近有什么", location=SHARED, named={"unknown_name": ["外滩"]})
        assert where(city.desk, question) is None

    def test_a_name_the_bot_does_not_know_may_be_a_street(self, city: Parts) -> None:
        origin = where(city.desk, asking(city, "文化路", named={"unknown_name": ["文化路"]}))
        assert isinstance(origin, Origin) and origin.approximate


class TestAnswer:
    def test_a_rough_position_is_said(self, city: Parts) -> None:
        reply = said(answer(city.desk, asking(city, "文化路附近有医院吗", "find_clinic")))
        assert reply.code == "find_clinic"
        assert "文化路" in reply.headline
        assert any("大致位置" in line for line in reply.lines)
        exact = said(answer(city.desk, asking(city, "文化路258号附近有什么好玩的")))
        assert not any("大致位置" in line for line in exact.lines)

    def test_in_english(self, city: Parts) -> None:
        reply = said(answer(city.desk, asking(city, "what can I see near Lianfeng Road", lang="en")))
        assert "Lianfeng Road" in reply.headline
        assert any("roughly" in line for line in reply.lines)


class TestQuestion:
    @pytest.fixture
    def towers(self, own_city: Parts) -> Parts:
        east, west = (
            PlaceRow(
                id=f"attraction:tower_{side}",
                name_zh=f"听涛小筑{zh}馆",
                name_en=f"Surf Cottage {side}",
                lon=lon,
                lat=39.83,
            )
            for side, zh, lon in (("east", "东", 119.52), ("west", "西", 119.40))
        )
        with own_city.db.write() as session:
            stored(session, east, west)
        return own_city

    @pytest.mark.parametrize(
        ("text", "lang", "intent"),
        [("听涛小筑附近有医院吗", "zh", "find_clinic"), ("what is near the surf cottage", "en", "find_nearby")],
    )
    def test_one_question_and_its_answer_goes_on(self, towers: Parts, text: str, lang: str, intent: str) -> None:
        question = asking(towers, text, intent, lang)
        origin = where(towers.desk, question)
        assert isinstance(origin, Question) and len(origin.candidates) == 2
        asked = answer(towers.desk, question)
        reply = said(asked)
        assert reply.code == "ask_where_which"
        assert len(reply.choices) == len(reply.lines) == 2
        chosen = next(choice for choice in reply.choices if choice.entities == {"attraction": "attraction:tower_west"})
        answered = take(towers, chosen, asked, lang)
        assert said(answered).code == intent
        assert "听涛小筑西馆" in said(answered).headline or "Surf Cottage west" in said(answered).headline

    def test_a_slip_is_asked_about_by_name(self, towers: Parts) -> None:
        with towers.db.write() as session:
            stored(session, PlaceRow(id="attraction:pavilion", name_zh="望岳长亭", name_en="", lon=119.6))
        asked = answer(towers.desk, asking(towers, "望岳长停附近"))
        reply = said(asked)
        assert "望岳长亭" in reply.headline
        assert reply.lines == []
        assert said(take(towers, reply.choices[0], asked)).headline.startswith("望岳长亭")

    def test_a_street_among_the_choices_is_taken_by_its_name(self, towers: Parts) -> None:
        rows = (
            PlaceRow(id="attraction:on_a", address_zh="北戴河区听涛胡同7号", lon=119.30),
            PlaceRow(id="attraction:name_a", name_zh="听涛胡同口", lon=119.60),
        )
        with towers.db.write() as session:
            stored(session, *rows)
        asked = answer(towers.desk, asking(towers, "听涛胡附近"))
        choices = said(asked).choices
        street = next(choice for choice in choices if choice.entities == {"unknown_name": "听涛胡同"})
        answered = take(towers, street, asked)
        assert said(answered).code == "find_nearby"
        assert "听涛胡同" in said(answered).headline

    def test_what_was_asked_is_kept_while_we_ask(self, towers: Parts) -> None:
        named = {"department": ["department:pediatrics"]}
        asked = answer(towers.desk, asking(towers, "听涛小筑附近哪里有儿科", "find_clinic", named=named))
        assert asked.pending is not None
        assert (asked.pending["intent"], asked.pending["named"]) == ("find_clinic", named)


def test_the_middle_of_a_district_is_among_its_places(city: Parts) -> None:
    origin = where(city.desk, asking(city, "我在北戴河区"))
    assert isinstance(origin, Origin) and origin.approximate
    near = [place for place in city.places.every() if place.district == "district:130304" and position(place)]
    assert min(distance_m(origin.point, point) for place in near if (point := position(place))) < 3_000


class TestAPlaceWithoutAPosition:
    def test_is_about_where_its_street_or_its_district_is(self, own_city: Parts) -> None:
        with own_city.db.write() as session:
            stored(
                session,
                PlaceRow(id="attraction:on_street", name_zh="听涛书屋", lat=None, address_zh="海港区文化路9号"),
                PlaceRow(id="attraction:in_district", name_zh="听涛夜市", lat=None, district="district:130304"),
                PlaceRow(id="attraction:nowhere", name_zh="听涛茶馆", lat=None, district=""),
            )
        labels = {}
        for name in ("on_street", "in_district", "nowhere"):
            found = where(own_city.desk, asking(own_city, "附近", named={"attraction": [f"attraction:{name}"]}))
            labels[name] = (found.label, found.approximate) if isinstance(found, Origin) else found
        assert labels == {"on_street": ("听涛书屋", True), "in_district": ("听涛夜市", True), "nowhere": None}
        hurt = {"attraction": ["attraction:in_district"], "symptom": ["symptom:toothache"]}
        answered = answer(own_city.desk, asking(own_city, "我在听涛夜市，牙疼", "find_clinic", named=hurt))
        assert any("大致位置" in line for line in said(answered).lines)
