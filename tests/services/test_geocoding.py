"""Finding a place from words: how people say where they are, in both languages, over the city's own places."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from backend.geo import Datum, Point, convert, distance_m
from backend.models import Place
from backend.services.geocoding import CityLandmarks, Found, Landmark, NotFound, PlaceFinder, Unsure, place_words
from backend.services.geocoding.phrases import bare_words
from backend.services.geocoding.streets import Door, doors_in
from backend.services.places import position
from tests.factories import PlaceRow, stored
from tests.support.container import Parts

HERE = Point(39.83, 119.52, Datum.WGS84)


def landmark(id: str, *names: str, point: Point | None = HERE, **fields: Any) -> Landmark:
    kind = id.partition(":")[0]
    return Landmark(id, kind, names[0], next(filter(str.isascii, names), ""), names, point, **fields)


class Made:
    """A source whose landmarks a test may change."""

    def __init__(self, *landmarks: Landmark) -> None:
        self.all = landmarks

    def landmarks(self) -> tuple[Landmark, ...]:
        return self.all


def east(metres: float, point: Point = HERE) -> Point:
    return Point(point.lat, point.lon + metres / 85_600, point.datum)


class TestCity:
    @pytest.mark.parametrize(
        ("text", "record"),
        [
            ("near the first hospital", "clinic:qhd_first"),
            ("我在老虎石旁边", "attraction:laohushi"),
            ("around Beidaihe station", "hub:rail_bdh"),
            ("鸽子窝附近", "attraction:geziwo"),
            ("鸽子窝附近有什么好吃的吗？", "attraction:geziwo"),
            ("离山海关火车站最近的医院是哪个", "hub:rail_shg"),
            ("我们现在住在碧螺塔那边，附近有药店吗", "attraction:biluota"),
            ("我现在在秦皇岛火车站，怎么去鸽子窝", "hub:rail_qhd"),
            ("从山海关站出发去老龙头", "hub:rail_shg"),
            ("I'm staying near Tiger Stone, any pharmacy?", "attraction:laohushi"),
            ("what is close to the Shanhaiguan railway station", "hub:rail_shg"),
            ("from Beidaihe Station to Pigeon Nest Park", "hub:rail_bdh"),
            ("第一医院", "clinic:qhd_first"),
            ("文化路258号", "clinic:qhd_first"),
            ("我在海港区文化路258号附近", "clinic:qhd_first"),
            ("near 258 Wenhua Road", "clinic:qhd_first"),
            ("pigon nest park", "attraction:geziwo"),
            ("ＧＥＺＩＷＯ　ＰＡＲＫ", "attraction:geziwo"),
        ],
    )
    def test_what_people_say(self, city: Parts, text: str, record: str) -> None:
        found = city.finder.find(text)
        assert isinstance(found, Found), found
        assert (found.record_id, found.approximate) == (record, False)
        place = city.places.get(record)
        assert place is not None
        assert found.point == position(place)

    @pytest.mark.parametrize(
        ("text", "record"),
        [
            ("文化路附近有药店吗", "street:文化路"),
            ("near Lianfeng Road", "street:联峰路"),
            ("北戴河附近有什么", "district:130304"),
            ("I am in Shanhaiguan District", "district:130303"),
            ("我在北戴河里尔酒店附近", "district:130304"),
        ],
    )
    def test_streets_and_districts_are_known_roughly(self, city: Parts, text: str, record: str) -> None:
        found = city.finder.find(text)
        assert isinstance(found, Found), found
        assert (found.record_id, found.approximate) == (record, True)

    @pytest.mark.parametrize(
        "text",
        [
            "附近有医院吗", "我附近有什么好玩的", "hospital near me", "is there a beach near here?",
            "公园附近有停车场吗", "学校附近有药店吗", "near my hotel", "我家附近", "离我最近的医院", "医院",
            "near a park", "今天天气怎么样", "", "。", "你好", "near Tiananmen Square", "外滩附近", "加油站附近",
        ],
    )  # fmt: skip
    def test_what_names_no_place_of_ours(self, city: Parts, text: str) -> None:
        found = city.finder.find(text)
        assert isinstance(found, NotFound), found
        assert found.record_id == ""

    def test_a_place_known_without_its_position_is_named_and_not_guessed(self, city: Parts) -> None:
        found = city.finder.find("我住刘庄这边", "zh")
        assert isinstance(found, NotFound)
        assert (found.record_id, found.label) == ("attraction:liuzhuang_market", "刘庄夜市")

    def test_the_label_is_in_the_language_of_the_person(self, city: Parts) -> None:
        zh, en = city.finder.find("鸽子窝附近", "zh"), city.finder.find("鸽子窝附近", "en")
        assert isinstance(zh, Found) and isinstance(en, Found)
        assert (zh.label, en.label) == ("鸽子窝公园", "Pigeon Nest Park")

    def test_every_place_is_found_by_its_own_names(self, city: Parts) -> None:
        """By each name: the place itself, one beside it, or a question that offers it."""
        wrong = []
        for place in city.places.every():
            at = position(place)
            if at is None or place.status == "closed":
                continue
            for name in (place.name_zh, place.name_en):
                found = city.finder.locate([name])
                offered = found.candidates if isinstance(found, Unsure) else (found,)
                near = [one for one in offered if isinstance(one, Found) and distance_m(one.point, at) <= 300]
                same = [one for one in offered if getattr(one, "record_id", "") == place.extra.get("same_as")]
                if name and not near and not same:
                    wrong.append((name, found))
        assert wrong == []


def test_an_edit_is_found_at_once(own_city: Parts) -> None:
    assert isinstance(own_city.finder.find("听涛小筑附近"), NotFound)
    with own_city.db.write() as session:
        stored(session, PlaceRow(id="attraction:made", name_zh="听涛小筑", address_zh="北戴河区望海胡同7号"))
    found = own_city.finder.find("听涛小筑附近")
    assert isinstance(found, Found) and found.record_id == "attraction:made"
    street = own_city.finder.find("我在望海胡同")
    assert isinstance(street, Found) and (street.record_id, street.approximate) == ("street:望海胡同", True)
    with own_city.db.write() as session:
        place = session.get(Place, "attraction:made")
        assert place is not None
        place.aliases = ["小亭台楼阁"]
        place.version += 1
    assert isinstance(own_city.finder.find("小亭台楼阁附近"), Found)


class TestWhichIsMeant:
    def test_two_of_one_name_are_asked_about(self) -> None:
        far = east(5_000)
        finder = PlaceFinder([Made(landmark("attraction:a", "观海楼"), landmark("attraction:b", "观海楼", point=far))])
        found = finder.find("观海楼附近")
        assert isinstance(found, Unsure)
        assert [one.record_id for one in found.candidates] == ["attraction:a", "attraction:b"]
        assert found.words == "观海楼"

    def test_records_of_one_place_are_no_question(self) -> None:
        twin = landmark("beach:b", "观海楼", point=east(5_000), same_as="attraction:a")
        found = PlaceFinder([Made(twin, landmark("attraction:a", "观海楼"))]).find("观海楼附近")
        assert isinstance(found, Found) and found.record_id == "attraction:a"

    @pytest.mark.parametrize(("metres", "asks"), [(290, False), (310, True)])
    def test_neighbours_are_no_question(self, metres: float, asks: bool) -> None:
        other = landmark("attraction:b", "观海楼", point=convert(east(metres), Datum.BD09))
        found = PlaceFinder([Made(landmark("attraction:a", "观海楼"), other)]).find("观海楼附近")
        assert isinstance(found, Unsure) is asks

    def test_four_are_offered_at_most(self) -> None:
        many = [landmark(f"attraction:{n}", f"观海楼{n}号店", point=east(n * 1_000)) for n in range(9)]
        found = PlaceFinder([Made(*many)]).find("观海楼附近")
        assert isinstance(found, Unsure) and len(found.candidates) == 4

    def test_a_slip_in_a_short_name_is_asked_about(self) -> None:
        found = PlaceFinder([Made(landmark("attraction:a", "望海长亭"))]).find("望海长停附近")
        assert isinstance(found, Unsure)
        assert [one.label for one in found.candidates] == ["望海长亭"]

    def test_words_for_a_kind_of_place_name_none(self) -> None:
        source = Made(landmark("attraction:a", "东山公园"), landmark("attraction:b", "西山公园", point=east(9_000)))
        assert isinstance(PlaceFinder([source], lambda: ["城市公园"]).find("城市公园附近"), NotFound)

    def test_a_place_counts_before_the_district_it_is_named_with(self) -> None:
        source = Made(landmark("district:1", "东城新区", approximate=True), landmark("attraction:a", "观海楼"))
        found = PlaceFinder([source]).find("我在东城新区观海楼旁边")
        assert isinstance(found, Found) and found.record_id == "attraction:a"

    def test_stops_plug_in_as_another_source(self) -> None:
        stops = Made(landmark("stop:1", "人民公园", "People's Park", point=east(2_000)))
        finder = PlaceFinder([Made(landmark("attraction:a", "观海楼")), stops])
        found = finder.find("我在人民公园站附近")
        assert isinstance(found, Found) and (found.record_id, found.kind) == ("stop:1", "stop")
        stops.all = ()
        assert isinstance(finder.find("我在人民公园站附近"), NotFound)

    def test_the_nearest_landmark_is_a_place(self) -> None:
        source = Made(
            landmark("street:x", "海滨路", point=east(10), approximate=True),
            landmark("attraction:a", "观海楼", point=east(100)),
            landmark("attraction:b", "听涛阁", point=None),
        )
        nearest = PlaceFinder([source]).nearest(HERE)
        assert nearest is not None
        assert nearest[0].id == "attraction:a"
        assert nearest[1] == pytest.approx(100, abs=1)
        assert PlaceFinder([Made()]).nearest(HERE) is None


class TestOutside:
    class Recorded:
        def __init__(self, answer: Any) -> None:
            self.answer, self.asked = answer, []

        def geocode(self, query: str, *, exactly_one: bool = True) -> Any:
            self.asked.append(query)
            return self.answer

    LOCATION = SimpleNamespace(latitude=39.8, longitude=119.5, address="里尔酒店")

    def test_ours_are_never_asked_for_elsewhere(self, city: Parts) -> None:
        outside = self.Recorded(self.LOCATION)
        finder = PlaceFinder([CityLandmarks(city.places)], city.places.vocabulary, outside)
        for text in ("鸽子窝附近", "文化路附近", "附近有医院吗", "我住刘庄这边"):
            finder.find(text)
        assert outside.asked == []

    def test_others_are_asked_for_by_their_name_alone(self) -> None:
        outside = self.Recorded(self.LOCATION)
        found = PlaceFinder([Made()], outside=outside).find("你好，我叫王芳，住在里尔酒店附近，哪里有药店")
        assert outside.asked == ["里尔酒店"]
        assert isinstance(found, Found)
        assert (found.point, found.record_id, found.approximate) == (Point(39.8, 119.5, Datum.WGS84), "", True)

    def test_a_hotel_named_with_its_district_is_asked_for_before_the_district_will_do(self, city: Parts) -> None:
        sources = [CityLandmarks(city.places)]
        known = PlaceFinder(sources, city.places.vocabulary, self.Recorded(self.LOCATION)).find("北戴河里尔酒店附近")
        unknown = PlaceFinder(sources, city.places.vocabulary, self.Recorded(None)).find("北戴河里尔酒店附近")
        assert isinstance(known, Found) and known.record_id == ""
        assert isinstance(unknown, Found) and unknown.record_id == "district:130304"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("我在老虎石旁边", ["老虎石"]),
        ("请问离第一医院最近的药店在哪儿", ["第一医院"]),
        ("我们刚到北戴河站，想吃海鲜", ["北戴河站"]),
        ("near the old lighthouse and the pier", ["old lighthouse"]),
        ("What's near Pigeon Nest Park?", ["pigeon nest park"]),
        ("is there anything near me", []),
        ("附近", []),
        ("酒店附近", []),
        ("鸽子窝几点开门", []),
    ],
)
def test_what_a_message_frames_as_a_place(text: str, words: list[str]) -> None:
    assert place_words(text) == words


@pytest.mark.parametrize(
    ("text", "words"), [("老虎石", "老虎石"), ("在文化路258号。", "文化路258号"), ("附近有医院吗", ""), ("near me", "")]
)
def test_a_bare_name(text: str, words: str) -> None:
    assert bare_words(text) == words


@pytest.mark.parametrize(
    ("address", "doors"),
    [
        ("海港区文化路258号", [Door("文化路", "258")]),
        ("258 Wenhua Road, Haigang District", [Door("Wenhua Road", "258")]),
        ("北戴河区联峰路与剑秋路交叉口", [Door("联峰路"), Door("剑秋路")]),
        ("Corner of Lianfeng Road and Jianqiu Road", [Door("Lianfeng Road"), Door("Jianqiu Road")]),
        ("海港区河北大街西段521号", [Door("河北大街", "521")]),
        ("海港区东港路33号", [Door("东港路", "33")]),
        ("石塘路16号（近联峰路）", [Door("石塘路", "16"), Door("联峰路")]),
        ("昌黎县城北昌抚公路西侧", []),
        ("四道桥汽车站附近", []),
        ("102国道附近", []),
        ("", []),
    ],
)
def test_streets_and_numbers_of_an_address(address: str, doors: list[Door]) -> None:
    assert doors_in(address) == doors
