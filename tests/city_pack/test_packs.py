"""The two packs of this repository: everything is there, in its place, and nothing in the code knows the city."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import opening_hours
import pytest

from backend.city_pack import CityPack, Place, load
from backend.geo import Datum, Point, distance_m
from tests.city_pack.conftest import BAYTOWN, QINHUANGDAO

CODE = Path(__file__).resolve().parents[2] / "backend"


@pytest.fixture(scope="module")
def qhd() -> CityPack:
    return load(QINHUANGDAO)


@pytest.fixture(scope="module")
def places(qhd: CityPack) -> dict[str, Place]:
    return {place.id: place for place in qhd.places}


def test_every_row_is_there(qhd: CityPack) -> None:
    assert Counter(place.kind for place in qhd.places) == {"attraction": 96, "clinic": 36, "beach": 22, "hub": 13}
    assert Counter(hotline.kind for hotline in qhd.hotlines) == {"hotline": 22, "office": 20, "info": 1}
    assert Counter(division.level for division in qhd.divisions) == {"city": 1, "county": 9, "township": 102}
    assert len(qhd.aqi_stations) == 6
    assert len(qhd.buses.lines) == 30
    sequences = [sequence for line in qhd.buses.lines for sequence in line.raw["sequences"]]
    assert len(sequences) == 15
    assert sum(len(sequence["stops_zh"]) for sequence in sequences) == 242


def test_every_published_position_is_there(qhd: CityPack) -> None:
    positions = Counter(place.kind for place in qhd.places if place.point)
    assert positions == {"attraction": 52, "clinic": 7, "hub": 6, "beach": 6}
    assert sum(station.point is not None for station in qhd.aqi_stations) == 5


def test_positions_keep_the_datum_they_were_published_in(places: dict[str, Place]) -> None:
    assert places["attraction:geziwo"].point == Point(39.836216, 119.526688, Datum.GCJ02)
    assert places["clinic:qhd_first"].point == Point(39.944451, 119.607654, Datum.BD09)
    assert places["clinic:qhd_first"].datum_basis == "inferred"
    assert places["hub:air_bpe"].point == Point(39.66639, 119.05889, Datum.WGS84)
    aranya = places["attraction:aranya"]
    assert aranya.point is not None
    assert (aranya.point.datum, aranya.coord_confidence) == (Datum.UNKNOWN, "low")
    assert places["attraction:daihe_park"].datum_basis == "inferred_rounded"


def test_the_first_hospital_lies_near_the_station_whatever_the_datum(places: dict[str, Place]) -> None:
    hospital, station = places["clinic:qhd_first"].point, places["hub:rail_qhd"].point
    assert hospital is not None and station is not None
    assert 2_500 < distance_m(hospital, station) < 3_500


def test_the_districts_are_those_visitors_know(qhd: CityPack) -> None:
    names = "海港区 山海关区 北戴河区 抚宁区 青龙满族自治县 昌黎县 卢龙县 秦皇岛经济技术开发区 北戴河新区"
    assert {district.name_zh for district in qhd.districts} == set(names.split())
    assert "district:130304" in {district.district_id for district in qhd.districts}


def test_one_attraction_in_full(places: dict[str, Place]) -> None:
    park = places["attraction:geziwo"]
    assert (park.name_zh, park.name_en, park.category, park.district) == (
        "鸽子窝公园",
        "Pigeon Nest Park",
        "beach",
        "130304",
    )
    assert park.rating == "AAAA"
    assert park.tags == ("sunrise", "birdwatching", "wetland", "beachcombing", "photography")
    assert park.tags_text == ("看日出", "观鸟", "湿地", "赶海", "摄影")
    assert park.hours_text_zh == "旺季(5-9月)约03:00-18:00; 淡季(10-4月)08:00-18:00"
    assert (park.opening_hours, park.hours_confidence) == ("May-Sep 03:00-18:00; Oct-Apr 08:00-18:00", "low")
    assert (park.price_text_zh, park.price_text_en) == ("旺季25元；淡季5元", "Peak season CNY 25; low season CNY 5")
    assert park.bus_lines == ("34", "37")
    assert (park.confidence, park.as_of, park.source_kind) == ("medium", "2026-09", "public")
    assert {"鸽子窝", "Pigeon Nest", "Geziwo"} <= set(park.names)


def test_a_guess_stays_a_guess(places: dict[str, Place]) -> None:
    guessed = [place for place in places.values() if place.er_24h]
    assert len(guessed) == 4
    assert all(place.er_24h == "likely" and "not checked" in (place.er_basis or "") for place in guessed)
    assert all(place.opening_hours is None for place in places.values() if place.kind == "clinic")


def test_traps_of_the_sources(places: dict[str, Place], qhd: CityPack) -> None:
    assert places["attraction:feicuidao"].status == "closed"
    assert places["attraction:tianmahu"].status == "suspended"
    assert places["attraction:tianmahu"].price_text_zh is None
    assert places["attraction:guailou"].phones == ()
    assert places["attraction:xigang"].point is None
    assert places["clinic:gangkou_hospital"].phones == ()
    assert places["clinic:qhd_tcm"].coord_confidence == "low"
    assert places["hub:air_shp"].status == "closed"
    assert places["hub:rail_ndh"].codes == ()
    station = next(station for station in qhd.aqi_stations if station.code == "3132A")
    assert station.point is None


def test_a_specialty_makes_departments_likely_but_does_not_list_them(places: dict[str, Place]) -> None:
    psychiatric = places["clinic:jiulongshan"]
    assert (psychiatric.departments, psychiatric.departments_likely) == ((), ("psychiatry",))
    first = places["clinic:qhd_first"]
    assert {"pediatrics", "gynaecology", "obstetrics", "emergency"} <= set(first.departments)


def test_what_a_visitor_reads_is_there_in_both_languages(qhd: CityPack) -> None:
    stems = ("summary", "address", "hours_text", "last_entry", "price_text", "price_notes", "notes", "level")
    for place in qhd.places:
        for stem in stems:
            zh, en = getattr(place, f"{stem}_zh"), getattr(place, f"{stem}_en")
            assert (zh is None) == (en is None), (place.id, stem)
        if place.kind in ("attraction", "beach"):
            assert place.summary_zh and place.summary_en, place.id


def test_articles_are_there_in_both_languages(qhd: CityPack) -> None:
    assert len(qhd.articles) >= 60
    for article in qhd.articles:
        assert len(article.questions_zh) >= 3 and len(article.questions_en) >= 3, article.id
        for text in (article.title_en, *article.questions_en):
            assert not any("\u4e00" <= character <= "\u9fff" for character in text), (article.id, text)


def test_english_is_not_chinese(qhd: CityPack) -> None:
    """English texts may quote a Chinese name in brackets or quotation marks, for showing to a driver; no more."""
    for place in qhd.places:
        for stem in ("summary_en", "address_en", "hours_text_en", "price_text_en", "name_en"):
            text = getattr(place, stem) or ""
            assert not any("\u4e00" <= character <= "\u9fff" for character in text), (place.id, stem)


def test_every_opening_hours_parses_in_the_time_zone_of_the_city(qhd: CityPack) -> None:
    given = [record for record in (*qhd.places, *qhd.hotlines) if record.opening_hours]
    assert len(given) > 60
    for record in given:
        assert opening_hours.OpeningHours(record.opening_hours, country=qhd.city.country)


def test_no_alias_is_a_word_of_ordinary_sentences(qhd: CityPack) -> None:
    english = "park beach museum hospital clinic station temple garden market island spring"
    chinese = "公园 海滩 医院 博物馆 车站 温泉 市场 海边 海滨 滑沙 沙雕 浴场 景区 大海"
    common = {*english.split(), *chinese.split(), "110", "119", "120"}
    for record in (*qhd.places, *qhd.hotlines):
        assert not common & {name.casefold() for name in record.names}, record.id


def test_no_place_takes_the_name_of_a_district(qhd: CityPack) -> None:
    """“北戴河有什么好玩的” asks about the district, not about the coast that bears its name."""
    districts = {name.casefold() for district in qhd.districts for name in district.names}
    for place in qhd.places:
        assert not districts & {name.casefold() for name in place.names}, place.id


@pytest.mark.parametrize(
    ("name", "record"),
    [
        ("鸽子窝", "attraction:geziwo"),
        ("pigeon's nest park", "attraction:geziwo"),
        ("old dragon head", "attraction:laolongtou"),
        ("Laolongtou", "attraction:laolongtou"),
        ("动物园", "attraction:wildlife_park"),
        ("zoo", "attraction:wildlife_park"),
        ("第一医院", "clinic:qhd_first"),
        ("一院", "clinic:qhd_first"),
        ("first hospital", "clinic:qhd_first"),
        ("火车站", "hub:rail_qhd"),
        ("train station", "hub:rail_qhd"),
        ("Tiger Stone Beach", "beach:laohushi"),
    ],
)
def test_people_find_a_place_by_the_name_they_use(qhd: CityPack, name: str, record: str) -> None:
    found = {place.id for place in qhd.places if name.casefold() in {known.casefold() for known in place.names}}
    assert found == {record}


@pytest.mark.parametrize(
    ("kind", "word", "term"),
    [
        ("tag", "带娃", "family"),
        ("tag", "family-friendly", "family"),
        ("tag", "爬长城", "great_wall"),
        ("category", "art gallery", "museum"),
        ("department", "toothache", "dentistry"),
        ("department", "孩子发烧", "pediatrics"),
        ("department", "拉肚子", "gastroenterology"),
    ],
)
def test_people_find_a_term_by_the_word_they_use(qhd: CityPack, kind: str, word: str, term: str) -> None:
    found = [item.id for item in qhd.terms if item.kind == kind and word in item.names]
    assert found == [term]


def test_a_second_record_of_one_place_points_to_the_first(places: dict[str, Place]) -> None:
    pairs = {place.id: place.same_as for place in places.values() if place.same_as}
    assert pairs["beach:laohushi"] == "attraction:laohushi"
    assert len(pairs) == 6


def test_the_tables_hold_no_computed_columns() -> None:
    for path in QINHUANGDAO.glob("*.csv"):
        header = next(csv.reader([path.read_text(encoding="utf-8").splitlines()[0]]))
        assert not [column for column in header if column.endswith(("_gcj02", "_wgs84"))], path.name


def test_a_city_is_a_folder() -> None:
    town = load(BAYTOWN)
    assert (town.city.id, town.city.time_zone, town.city.service_line) == ("baytown", "Pacific/Auckland", "help")
    lighthouse = town.places[0]
    assert lighthouse.id == "attraction:lighthouse"
    assert lighthouse.tags == ("seaside", "free")
    assert lighthouse.bus_lines == ("1", "2N")
    assert town.emergency.groups[0].hotlines == ("hotline:help",)
    assert {term.id: term.parent for term in town.terms if term.parent} == {"wharf": "station"}
    assert town.buses.stop_aliases_zh == (("码头", "轮渡码头"),)
    assert town.aqi_stations == ()
    assert [(article.id, article.as_of) for article in town.articles] == [("article:ferry_bike", "2026-01")]


def test_loading_twice_gives_the_same(qhd: CityPack) -> None:
    again = load(str(QINHUANGDAO))
    assert again.places == qhd.places
    assert again.hotlines == qhd.hotlines


def test_nothing_in_this_package_knows_the_city() -> None:
    for path in (CODE / "geo.py", *(CODE / "city_pack").glob("*.py")):
        text = path.read_text(encoding="utf-8").replace("`data/qinhuangdao`", "")
        assert "qinhuangdao" not in text.casefold() and "秦皇岛" not in text, path.name


def test_the_signs_in_the_name_of_a_complaint_stand_for_words() -> None:
    cough = load(BAYTOWN).symptoms.symptoms[0]
    assert cough.names == ("咳嗽", "cough", "咳痛", "咳好痛", "干咳", "coughing")
    assert cough.warnings_en == ("trouble breathing",)
