"""Answers from the city's own facts: the conversation of the brief, in both languages, and what must never be said."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from actions.answering import ANSWERS
from backend.channels.segments import plain_typography, segments
from backend.geo import Datum, Point
from backend.models import Hotline, Place
from backend.services import system_replies
from backend.services.answers import place_facts
from backend.services.answers.asking import Answered, Asking
from backend.services.opening import open_state
from backend.services.places import Wanted
from backend.services.replies import Reply
from backend.wording import has, t
from tests.factories import PlaceRow, stored
from tests.support.container import Parts

ROOT = Path(__file__).resolve().parents[2]
GEZIWO = "attraction:geziwo"
BEIDAIHE = "district:130304"
NOON = dt.datetime(2025, 7, 16, 12, 0)  # noqa: DTZ001 (the city's clock; its zone comes from the pack)
LISTS = ("attraction_search", "find_nearby", "find_clinic", "more", "share_location")
HAN = re.compile(r"[\u4e00-\u9fff]")
SCHEMA = Draft202012Validator(json.loads((ROOT / "data" / "schemas" / "reply.json").read_text(encoding="utf-8")))


class Talk:
    """A conversation as the bot would have understood it: each question an intent and the names found in it."""

    def __init__(self, parts: Parts, lang: str = "zh", now: dt.datetime = NOON) -> None:
        self.parts, self.lang = parts, lang
        self.now = now.replace(tzinfo=parts.time_zone)
        self.last = Answered([])

    def ask(self, intent: str, text: str = "", location: Point | None = None, **fields: Any) -> Reply:
        named = {kind: [ids] if isinstance(ids, str) else ids for kind, ids in fields.pop("named", {}).items()}
        asking = Asking(
            intent=intent,
            text=text,
            lang=self.lang,
            city=self.parts.city_words,
            now=self.now,
            named=named,
            location=location,
            focus=self.last.focus,
            results=self.last.results,
            offset=self.last.offset,
            pending=self.last.pending,
            **{"same_name": [[place_id] for ids in named.values() for place_id in ids], **fields},
        )
        answered = ANSWERS[intent](self.parts.desk, asking)
        self.last = replace(answered, focus=answered.focus or self.last.focus)
        [said] = answered.replies
        assert (said.lang, list(SCHEMA.iter_errors(said.to_dict()))) == (
            self.lang if intent != "switch_language" else said.lang,
            [],
        )
        return said


def everything(said: Reply) -> str:
    return "\n".join([said.plain_text(), *(line for card in said.cards for line in [card.title, *card.lines])])


class TestConversation:
    def test_in_chinese(self, city: Parts) -> None:
        talk = Talk(city)
        sights = talk.ask("attraction_search", "秦皇岛有什么好玩的")
        assert len(sights.cards) == len(sights.lines) == 5
        assert [choice.intent for choice in sights.choices] == ["place_details"] * 5 + ["more"]
        hours = talk.ask("place_hours", "鸽子窝公园几点开门", named={"attraction": GEZIWO})
        place = city.places.get(GEZIWO)
        assert place is not None
        assert place.hours_text_zh in hours.headline
        assert (hours.source or hours.cards[0].source).record == GEZIWO  # type: ignore[union-attr]
        price = talk.ask("place_price", "门票多少")
        assert place.name_zh in price.headline
        assert place.price_text_zh in price.headline
        near = talk.ask("find_clinic", "附近有医院吗", named={"category": "category:hospital"})
        assert place.name_zh in near.headline
        assert "公里" in near.headline or "米" in near.headline
        assert "120" in "\n".join(near.lines)

    def test_in_english(self, city: Parts) -> None:
        talk = Talk(city, "en")
        assert len(talk.ask("attraction_search", "what is there to do in Qinhuangdao").cards) == 5
        place = city.places.get(GEZIWO)
        assert place is not None
        assert place.hours_text_en in talk.ask("place_hours", named={"attraction": GEZIWO}).headline
        price = talk.ask("place_price", "how much is it")
        assert place.name_en in price.headline
        assert place.price_text_en in price.headline
        near = talk.ask("find_clinic", "is there a hospital nearby", named={"category": "category:hospital"})
        assert place.name_en in near.headline
        assert re.search(r"\d (k?m)|\d\.\d km|\d m", near.headline)

    def test_more_goes_on_where_the_list_stopped_and_ends(self, city: Parts) -> None:
        talk = Talk(city)
        first = talk.ask("attraction_search")
        seen = [choice.payload for choice in first.choices if choice.intent == "place_details"]
        for _ in range(40):
            page = talk.ask("more")
            if page.code == "more_none":
                break
            seen += [choice.payload for choice in page.choices if choice.intent == "place_details"]
        assert page.code == "more_none"
        assert len(seen) == len(set(seen)) == len(talk.last.results)

    def test_a_question_keeps_the_list_in_talk(self, city: Parts) -> None:
        talk = Talk(city)
        talk.ask("attraction_search")
        results = talk.last.results
        talk.ask("place_hours", named={"attraction": GEZIWO})
        assert talk.last.results == results
        assert talk.ask("more").code == "more"

    def test_a_name_alone_answers_which_place(self, city: Parts) -> None:
        talk = Talk(city)
        assert talk.ask("place_price", "门票多少钱").code == "ask_place"
        said = talk.ask("place_details", "鸽子窝公园", named={"attraction": GEZIWO}, bare=True)
        assert said.code == "place_price"
        assert talk.last.pending is None

    def test_a_name_with_another_question_answers_that(self, city: Parts) -> None:
        talk = Talk(city)
        talk.ask("place_price", "门票多少钱")
        assert talk.ask("place_details", "介绍一下鸽子窝公园", named={"attraction": GEZIWO}).code == "place_details"

    def test_a_shared_location_answers_what_waited_for_it(self, city: Parts) -> None:
        here = Point(39.8266, 119.5143, Datum.GCJ02)
        talk = Talk(city)
        asked = talk.ask("find_clinic", "附近有儿科吗", named={"department": "department:pediatrics"})
        assert asked.code == "ask_where"
        said = talk.ask("share_location", "", location=here)
        assert said.code == "find_clinic"
        assert all(card.place and card.place.id.startswith("clinic:") for card in said.cards)
        assert talk.ask("share_location", location=here).code == "find_nearby"

    def test_near_is_sorted_by_distance_whatever_the_datum(self, city: Parts) -> None:
        for lat, lon, datum in ((39.8266, 119.5143, Datum.GCJ02), (39.8254, 119.5082, Datum.WGS84)):
            near = city.places.nearest(Point(lat, lon, datum), _any())
            assert [one.metres for one in near] == sorted(one.metres for one in near)
            assert near


def _any() -> Wanted:
    return Wanted(kinds=("attraction", "beach"))


class TestHonesty:
    def test_without_hours_it_says_so(self, city: Parts) -> None:
        unknown = [place for place in _places(city) if not place.hours_text_zh]
        assert unknown
        for place in unknown:
            for lang in ("zh", "en"):
                said = Talk(city, lang).ask("place_hours", named={place.kind: place.id})
                name = place.name_zh if lang == "zh" else place.name_en or place.name_zh
                assert t(lang, "hours-unknown", name=name) in [said.headline, *said.lines]
                assert open_state(place, NOON.replace(tzinfo=city.time_zone)).kind in ("unknown", "out_of_service")

    def test_low_confidence_is_never_told_without_its_caution(self, city: Parts) -> None:
        low = [place for place in _places(city) if place.confidence == "low"]
        assert low
        for place in low:
            for intent in place_facts.QUESTIONS:
                said = Talk(city).ask(intent, named={place.kind: place.id})
                assert said.caution, (place.id, intent)
                sent = city.twilio.render(said)
                assert said.caution in sent or t("zh", "caution-short") in sent

    def test_high_confidence_carries_none(self, own_city: Parts) -> None:
        with own_city.db.write() as session:
            stored(session, PlaceRow(id="attraction:sure"))
        said = Talk(own_city).ask("place_hours", named={"attraction": "attraction:sure"})
        assert said.caution == ""

    def test_what_is_closed_today_comes_first(self, own_city: Parts) -> None:
        day = NOON.date()
        with own_city.db.write() as session:
            closed = {"closed_from": day, "closed_to": day, "closed_reason_zh": "大风", "closed_reason_en": "gale"}
            stored(session, PlaceRow(id="attraction:shut", **closed))
        for lang, word in (("zh", "大风"), ("en", "gale")):
            said = Talk(own_city, lang).ask("place_hours", named={"attraction": "attraction:shut"})
            assert word in said.headline
            assert "8:00-17:00" not in said.headline
            assert any("8:00-17:00" in line for line in said.lines)
            again = Talk(own_city, lang, NOON + dt.timedelta(days=1)).ask(
                "place_hours", named={"attraction": "attraction:shut"}
            )
            assert "8:00-17:00" in again.headline

    @pytest.mark.parametrize("intent", ["find_clinic", "find_nearby"])
    def test_the_nearest_is_one_that_is_not_shut_today(self, own_city: Parts, intent: str) -> None:
        here = Point(39.9354, 119.6005, Datum.GCJ02)
        first = Talk(own_city).ask(intent, location=here)
        nearest = first.cards[0].place
        assert nearest is not None
        with own_city.db.write() as session:
            session.get_one(Place, nearest.id).closed_from = NOON.date()
        second = Talk(own_city).ask(intent, location=here)
        assert nearest.name not in second.headline
        assert second.cards[0].place is not None

    @pytest.mark.parametrize("intent", place_facts.QUESTIONS)
    @pytest.mark.parametrize("lang", ["zh", "en"])
    def test_whatever_is_asked_about_a_closed_place_says_so_on_sms_too(
        self, own_city: Parts, intent: str, lang: str
    ) -> None:
        summary = {"summary_zh": "海边的老塔。" * 8, "summary_en": "An old tower by the sea. " * 4}
        with own_city.db.write() as session:
            stored(session, PlaceRow(id="attraction:shut", closed_from=NOON.date(), **summary))
        talk = Talk(own_city, lang)
        said = talk.ask(intent, named={"attraction": "attraction:shut"})
        status = t(lang, "closed-by-staff", reason="none", until="none")
        assert status in said.plain_text()
        assert status in own_city.twilio.render(said)

    @pytest.mark.parametrize(
        ("hour", "kind"), [(7, "closed"), (8, "open"), (12, "open"), (16, "open"), (17, "closed"), (23, "closed")]
    )
    def test_open_or_closed_by_the_clock_of_the_city(self, own_city: Parts, hour: int, kind: str) -> None:
        now = NOON.replace(hour=hour, tzinfo=own_city.time_zone)
        state = open_state(PlaceRow(), now)
        assert state.kind == kind
        if kind == "open":
            assert state.until == now.replace(hour=17)
        else:
            assert state.next_open is not None
            assert (state.next_open.hour, state.next_open > now) == (8, True)

    def test_hours_nobody_can_read_are_unknown(self, own_city: Parts) -> None:
        for text in ("", "summer only?", "Mo-Fr 25:00", "\x00"):
            assert open_state(PlaceRow(opening_hours=text), NOON.replace(tzinfo=own_city.time_zone)).kind == "unknown"

    def test_two_places_of_one_name_are_asked_about(self, own_city: Parts) -> None:
        ids = ["attraction:twin_a", "attraction:twin_b"]
        with own_city.db.write() as session:
            stored(session, *(PlaceRow(id=place_id, name_zh="同名公园", aliases=[]) for place_id in ids))
        talk = Talk(own_city)
        asked = talk.ask("place_price", "同名公园门票", named={"attraction": ids}, same_name=[ids])
        assert asked.code == "ask_which"
        assert [choice.payload for choice in asked.choices] == [f"place_price:{place_id}" for place_id in ids]
        said = talk.ask("place_price", named={"attraction": ids[1]})
        assert (said.code, talk.last.focus) == ("place_price", ids[1])
        assert talk.ask("place_hours", "同名公园几点", named={"attraction": ids}, same_name=[ids]).code == "place_hours"

    def test_a_deleted_place_is_not_spoken_of(self, own_city: Parts) -> None:
        with own_city.db.write() as session:
            session.get_one(Place, GEZIWO).deleted_at = dt.datetime.now(dt.UTC)
        assert Talk(own_city).ask("place_hours", named={"attraction": GEZIWO}).code == "ask_place"
        assert GEZIWO not in [place.id for place in own_city.places.search(_any())]

    def test_pages_skip_what_was_deleted_meanwhile(self, own_city: Parts) -> None:
        talk = Talk(own_city)
        talk.ask("attraction_search")
        with own_city.db.write() as session:
            for place_id in talk.last.results[4:]:
                session.get_one(Place, place_id).deleted_at = dt.datetime.now(dt.UTC)
        assert talk.ask("more").code == "more_none"


@pytest.fixture(scope="module")
def spoken(city: Parts) -> list[tuple[Place, str, str, Reply]]:
    """Every question on every place in both languages."""
    return [
        (place, lang, intent, Talk(city, lang).ask(intent, named={place.kind: place.id}))
        for place in _places(city)
        for lang in ("zh", "en")
        for intent in place_facts.QUESTIONS
    ]


Spoken = list[tuple[Place, str, str, Reply]]


class TestEveryPlace:
    def test_every_question_on_every_place_fits_a_short_message(self, city: Parts, spoken: Spoken, capsys: Any) -> None:
        counted: Counter[int] = Counter()
        for place, lang, intent, said in spoken:
            sent = city.twilio.render(said)
            assert sent.startswith((said.headline, plain_typography(said.headline))), (place.id, lang, intent)
            counted[segments(sent)] += 1
            assert len(city.wechat.render(said).encode()) <= 2048
            assert city.channels["web"].render(said)
        total = sum(counted.values())
        with capsys.disabled():
            shares = ", ".join(f"{count} in {number}" for number, count in sorted(counted.items()))
            print(f"\n{total} answers by SMS, segments: {shares} ({counted[1] / total:.1%} in one)")
        assert max(counted) <= 2
        assert counted[1] / total > 0.9

    def test_english_answers_are_english(self, spoken: Spoken) -> None:
        """Chinese stands in them only on purpose: the name and the address to show to a taxi driver, and the source."""
        found = []
        for place, lang, intent, said in spoken:
            if lang == "zh":
                continue
            on_purpose = {place.name_zh, place.address_zh, t("en", "label-source", text=place.source)}
            lines = [
                *said.plain_text().split("\n"),
                *(line for card in said.cards for line in [card.title, *card.lines]),
            ]
            # Names as they stand on signs, in brackets after the English ones or in quotes.
            foreign = re.compile(r'[(;"] ?[\u4e00-\u9fff][\u4e00-\u9fff0-9()]*')
            lines = [foreign.sub("", line) for line in lines if line not in on_purpose]
            found += [f"{place.id} {intent}: {line}" for line in lines if HAN.search(line) and line not in on_purpose]
        assert found == []

    def test_every_fact_names_its_source(self, spoken: Spoken) -> None:
        for place, _, _, said in spoken:
            assert said.source is not None
            assert said.source.record == place.id
            assert all(card.source for card in said.cards)

    def test_points_keep_their_datum_and_links_are_safe(self, spoken: Spoken) -> None:
        for place, _, intent, said in spoken:
            if intent != "place_details":
                continue
            for card in said.cards:
                if card.place:
                    assert (card.place.lat, card.place.lon, card.place.datum) == (place.lat, place.lon, place.datum)
                assert all(re.match(r"(https://|geo:|tel:)", link.url) for link in card.links)


class TestEveryQuestion:
    @pytest.mark.parametrize("lang", ["zh", "en"])
    @pytest.mark.parametrize("intent", sorted(ANSWERS))
    def test_every_intent_answers_whatever_was_found_in_it(self, city: Parts, intent: str, lang: str) -> None:
        here = Point(39.8266, 119.5143, Datum.GCJ02)
        for named in (
            {},
            {"attraction": GEZIWO},
            {"attraction": "attraction:gone"},
            {"district": BEIDAIHE},
            {"district": ["district:nowhere", "division:x"]},
            {"category": "category:beach"},
            {"category": "category:hospital"},
            {"category": "category:railway_station"},
            {"tag": "tag:family"},
            {"tag": "tag:gone", "district": BEIDAIHE},
            {"department": "department:pediatrics"},
            {"hotline": "hotline:ambulance"},
            {"hotline": "hotline:gone"},
        ):
            for location, text in ((None, ""), (None, "附近"), (here, "near me")) if intent in LISTS else ((None, ""),):
                said = Talk(city, lang).ask(intent, text, location=location, named=named)
                assert said.headline
                assert city.twilio.render(said)
                if lang == "en" and intent != "switch_language":
                    assert not HAN.search(said.headline), said.headline

    def test_every_hotline(self, city: Parts) -> None:
        with city.db.read() as session:
            hotlines = list(session.query(Hotline))
        assert hotlines
        for record in hotlines:
            for lang in ("zh", "en"):
                said = Talk(city, lang).ask("hotline", named={"hotline": record.id})
                if record.phone:
                    assert record.phone in said.headline or record.phone in everything(said)
                if lang == "en":
                    assert not HAN.search(said.headline), said.headline

    @pytest.mark.parametrize(
        ("lang", "text", "then"),
        [
            ("zh", "请说英语", "en"),
            ("zh", "speak English", "en"),
            ("en", "说中文", "zh"),
            ("en", "switch", "zh"),
            ("zh", "切换", "en"),
        ],
    )
    def test_switching_the_language(self, city: Parts, lang: str, text: str, then: str) -> None:
        assert Talk(city, lang).ask("switch_language", text).lang == then


def test_every_wording_id_in_the_code_exists() -> None:
    used = set()
    for file in [*(ROOT / "backend").rglob("*.py"), *(ROOT / "actions").rglob("*.py")]:
        used |= set(
            re.findall(r"""\bt\((?:[^(),"']|\([^()]*\))+,\s*"([a-z0-9-]+)\"""", file.read_text(encoding="utf-8"))
        )
    assert len(used) > 40
    assert {name for name in used if not has(name)} == set()


def test_every_wording_of_system_replies_exists(city: Parts) -> None:
    for lang in ("zh", "en"):
        words = city.city_words
        for said in (
            system_replies.holding(lang, words),
            system_replies.apology(lang, words),
            system_replies.welcome(lang, words),
            system_replies.media_unread(lang),
            system_replies.empty(lang),
            system_replies.stopped(lang),
            system_replies.started(lang),
        ):
            assert list(SCHEMA.iter_errors(said.to_dict())) == []
            assert segments(city.twilio.render(said)) <= 2
        for group in city.pack.emergency.groups:
            assert list(SCHEMA.iter_errors(city.emergency.reply((group,), lang).to_dict())) == []


def _places(parts: Parts) -> list[Place]:
    with parts.db.read() as session:
        return list(session.query(Place).order_by(Place.id))
