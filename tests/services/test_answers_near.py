"""What is near and open, as people ask for it; later pages keep their distances; how hospitals are counted."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from backend.channels.segments import segments
from backend.geo import Datum, Point, distance_m
from backend.models import Place
from backend.services.answers import facts
from backend.services.answers.asking import Asking
from backend.services.answers.open_at import open_at, say_when
from backend.services.opening import open_state
from backend.services.places import Wanted, position
from backend.services.values import find_times
from backend.wording import t
from tests.factories import PlaceRow, stored
from tests.services.test_conversation import Talk
from tests.support.container import Parts

HERE = Point(39.5000, 119.0000, Datum.WGS84)  # far from every place of the city pack
GEZIWO = "attraction:geziwo"


def asking(parts: Parts, text: str, lang: str = "zh", hour: int = 12) -> Asking:
    now = dt.datetime(2025, 7, 16, hour, 0, tzinfo=parts.time_zone)
    return Asking(
        intent="find_nearby", text=text, lang=lang, now=now, city=parts.city_words, times=find_times(text, now)
    )


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("附近现在开着的景点", (16, 12)),
        ("还开门的医院有吗", (16, 12)),
        ("附近还有没关门的吗", (16, 12)),
        ("what is open now near me", (16, 12)),
        ("anything still open?", (16, 12)),
        ("Which beach is OPEN nearby", (16, 12)),
        ("附近晚上8点的诊所", (16, 20)),
        ("a clinic near me at 8pm", (16, 20)),
        ("clinic open at 9 am", (17, 9)),
        ("明天早上9点开门的医院", (17, 9)),
        ("明天开门的医院", (17, 12)),
        ("今晚还营业的", (16, 20)),
        ("附近24小时的医院", (17, 3)),
        ("a 24 hour clinic", (17, 3)),
        ("open 24/7 nearby", (17, 3)),
        ("附近有什么好玩的", None),
        ("明天附近有什么好玩的", None),
        ("附近有露天的吗", None),
        ("an open-air place near here", None),
        ("附近不开放的景点", None),
        ("附近哪里有还开车能到的", None),
    ],
)
def test_when_it_must_be_open(city: Parts, text: str, moment: tuple[int, int] | None) -> None:
    said = open_at(asking(city, text))
    assert (None if said is None else (said.day, said.hour)) == moment


def test_the_moment_in_words(city: Parts) -> None:
    for lang, words in (("zh", ["现在", "晚上8:00", "明天（7月17日 周四）上午9:00"]), ("en", ["now", "at 8:00 pm"])):
        one = asking(city, "", lang)
        moments = [one.now, one.now.replace(hour=20), one.now.replace(day=17, hour=9)]
        assert [say_when(moment, one) for moment in moments][: len(words)] == words


@pytest.fixture
def street(own_city: Parts) -> Parts:
    """Ten places on a street to the north, a hundred metres apart: open, shut, unknown, open at night."""
    hours = ["", "Mo-Su 18:00-02:00", "Mo-Su 08:00-17:00", "", "Mo-Su 08:00-17:30", "24/7", *["Mo-Su 08:00-17:00"] * 8]
    with own_city.db.write() as session:
        rows = [
            PlaceRow(id=f"attraction:s{number}", lat=39.5 + (number + 1) / 1000, lon=119.0, opening_hours=text)
            for number, text in enumerate(hours)
        ]
        stored(session, *rows)
    return own_city


def ask(parts: Parts, text: str, lang: str = "zh", talk: Talk | None = None, **changed: Any) -> tuple[Talk, Any]:
    talk = talk or Talk(parts, lang)
    answered = talk.say(changed.pop("intent", "find_nearby"), text, location=HERE, **changed)
    return talk, answered.replies[0]


def names(reply: Any) -> list[str]:
    return [card.place.id.removeprefix("attraction:") for card in reply.cards]


class TestOpen:
    def test_open_ones_first_by_distance(self, street: Parts) -> None:
        _, said = ask(street, "附近现在开着的景点")
        assert names(said) == ["s2", "s4", "s5", "s6", "s7"]
        assert said.headline.startswith(f"{t('zh', 'word-your-location')}附近现在开着的，最近是")
        assert "约330米" in said.headline
        assert [line.rsplit("、")[-1] for line in said.lines[:3]] == ["开到17:00", "开到17:30", "全天开放"]
        assert t("zh", "straight-line") in said.lines

    def test_unknown_hours_come_after_and_say_so(self, street: Parts) -> None:
        talk, said = ask(street, "open now near me", "en")
        pages = names(said)
        for _ in range(2):
            _, said = ask(street, "more", talk=talk, intent="more")
            pages += names(said)
        assert pages[:2] == ["s2", "s4"]
        assert pages[-2:] == ["s0", "s3"]
        assert "s1" not in pages, "shut at noon"
        assert "hours not confirmed" in said.lines[-2]

    def test_at_a_time(self, street: Parts) -> None:
        _, said = ask(street, "附近晚上8点还开着的")
        assert names(said)[:2] == ["s1", "s5"]
        assert "晚上8:00" in said.headline
        assert "开到02:00" in said.lines[0]

    def test_where_nothing_is_known_to_be_open_it_is_not_guessed(self, street: Parts) -> None:
        with street.db.write() as session:
            for place in session.query(Place).where(Place.id.startswith("attraction:s")):
                if place.opening_hours:
                    place.status = "suspended"
        _, said = ask(street, "what's open now near me", "en")
        assert said.headline.startswith("None near your location is known to be open now.")
        assert names(said) == ["s0", "s3"]

    def test_where_all_is_shut_it_says_so_and_when_it_opens(self, street: Parts) -> None:
        with street.db.write() as session:
            for place in session.query(Place).where(Place.deleted_at.is_(None)):
                place.opening_hours = "Mo-Su 18:00-20:00"
                place.status = "open"
        _, said = ask(street, "附近现在开着的")
        assert said.headline == t("zh", "nearest-none-open", where="您的位置", when="现在")
        assert names(said) == ["s0", "s1", "s2", "s3", "s4"]
        assert "18:00开" in said.lines[0]

    def test_of_hospitals_none_is_called_open_whose_hours_nobody_knows(self, city: Parts) -> None:
        talk = Talk(city)
        said = talk.say("find_clinic", "鸽子窝公园附近现在开门的医院", GEZIWO, "category:hospital").replies[0]
        assert "没有查到现在确定开着的" in said.headline
        assert said.code == "find_clinic"
        assert "120" in "".join(said.lines)

    @pytest.mark.parametrize("lang", ["zh", "en"])
    @pytest.mark.parametrize("text", ["现在开着的", "open now", "明天晚上8点开着的", "24小时"])
    def test_every_headline_fits_a_short_message(self, city: Parts, lang: str, text: str) -> None:
        for place in city.places.by_ids([GEZIWO, "attraction:laolongtou"]):
            said = Talk(city, lang).say("find_nearby", text, place.id).replies[0]
            assert segments(said.headline) == 1, said.headline


def test_open_in_the_city_is_what_each_place_says_of_itself(city: Parts) -> None:
    """At every hour of a week: what the index remembers for many places together is true of each."""
    here, wanted = Point(39.93, 119.6, Datum.WGS84), Wanted()
    around = city.places.nearest(here, wanted)
    for hour in range(0, 7 * 24, 3):
        at = dt.datetime(2026, 10, 1, tzinfo=city.time_zone) + dt.timedelta(hours=hour)
        found = city.places.nearest_open(here, wanted, at, limit=len(around))
        kinds = {near.place.id: open_state(near.place, at).kind for near in around}
        assert [near.place.id for near in found.open] == [id_ for id_, kind in kinds.items() if kind == "open"]
        assert [near.place.id for near in found.unknown] == [id_ for id_, kind in kinds.items() if kind == "unknown"]


class TestPages:
    def test_the_second_page_keeps_its_distances(self, street: Parts) -> None:
        talk, said = ask(street, "附近有什么")
        _, said = ask(street, "还有呢", talk=talk, intent="more")
        assert said.code == "more"
        for place_id, line in zip(names(said), said.lines, strict=False):
            place = street.places.get(f"attraction:{place_id}")
            point = position(place) if place else None
            assert point is not None
            assert facts.distance(distance_m(HERE, point), "zh") in line
        assert t("zh", "straight-line") in said.lines

    def test_even_with_a_question_between_and_a_place_gone(self, street: Parts) -> None:
        talk, _ = ask(street, "附近有什么")
        talk.say("place_hours", "第二个几点开门")
        with street.db.write() as session:
            session.get_one(Place, "attraction:s9").deleted_at = dt.datetime.now(dt.UTC)
        _, said = ask(street, "还有呢", talk=talk, intent="more")
        assert "米" in said.lines[0]
        _, said = ask(street, "还有呢", talk=talk, intent="more")
        assert "公里" in said.lines[-2]

    def test_from_a_place_in_talk(self, city: Parts) -> None:
        talk = Talk(city)
        talk.say("find_nearby", "鸽子窝公园附近有什么", GEZIWO)
        said = talk.say("more", "还有呢").replies[0]
        assert all("公里" in line or "米" in line for line in said.lines[:3])

    def test_the_persons_position_is_not_remembered(self, street: Parts) -> None:
        talk, _ = ask(street, "附近有什么")
        assert talk.last is not None
        assert "39.5" not in str(talk.last.asked)
        said = talk.say("more", "还有呢").replies[0]
        assert not any("米" in line for line in said.lines)

    def test_a_list_by_kind_has_no_distances(self, city: Parts) -> None:
        talk = Talk(city)
        talk.say("find_nearby", "鸽子窝公园附近有什么", GEZIWO)
        talk.say("attraction_search", "秦皇岛有什么好玩的")
        said = talk.say("more", "还有呢").replies[0]
        assert not any("约" in line for line in said.lines)

    def test_asking_again_keeps_working(self, street: Parts) -> None:
        talk, first = ask(street, "附近现在开着的景点")
        again = talk.say("repeat", "再说一遍", location=HERE).replies[0]
        assert replace(again, code=first.code) == first


class TestHospitals:
    @pytest.mark.parametrize(
        ("lang", "text", "start"),
        [("zh", "海港区有哪些医院", "海港区医院共"), ("en", "hospitals in Haigang", "Hospitals in Haigang")],
    )
    def test_they_are_named_once(self, city: Parts, lang: str, text: str, start: str) -> None:
        said = Talk(city, lang).say("find_clinic", text, "category:hospital", "district:130302").replies[0]
        assert said.headline.startswith(start)
        assert "“" not in said.headline
        assert "(hospital)" not in said.headline
