"""Whatever is wrong with a pack, the error names file, line and field and says how to mend it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from backend.city_pack import InvalidPack, PackError, load

ATTRACTIONS = "attractions.csv"

# column of the attraction "lighthouse", a bad value, a part of the message
BAD_CELLS = [
    ("status", "opne", "use one of: open, seasonal"),
    ("confidence", "sure", "use one of: high, medium, low"),
    ("datum", "WGS84", "GCJ-02, BD-09, WGS-84"),
    ("rating", "5A", "AAAAA"),
    ("lat", "north", "not a number"),
    ("lat", "174.7633", "swapped"),
    ("lat", "-41.3", "outside the city"),
    ("lon", "1747.6", "out of range"),
    ("lat", "nan", "not a number"),
    ("lon", "inf", "not a number"),
    ("tags", "海边;会飞", "“会飞” is not a known tag"),
    ("tags", "海边;;免费", "stray semicolon"),
    ("category", "museum", "not a known category"),
    ("district", "900009", "not a known division"),
    ("district", "North District", "code"),
    ("bus_lines", "1;77", "“77” is not a known bus line"),
    ("aliases", "灯", "one character"),
    ("aliases", "白塔;白塔", "twice"),
    ("phones", "call the keeper", "digits and hyphens"),
    ("website", "https://lighthouse.example/", "domain name alone"),
    ("opening_hours", "Mo-Fr 9 to 5", "OSM opening_hours"),
    ("opening_hours", "bad", "OSM opening_hours"),
    ("hours_confidence", "", "must be filled in"),
    ("hours_text_en", "", "must be filled in"),
    ("price_text_zh", "", "must be filled in"),
    ("datum", "", "must be filled in"),
    ("as_of", "spring 2025", "2026-09"),
    ("as_of", "2025-13", "2026-09"),
    ("same_as", "attraction:nowhere", "not another place"),
    ("same_as", "attraction:lighthouse", "not another place"),
    ("id", "Old Lighthouse", "lower-case"),
    ("name_zh", "", "required"),
    ("source", "", "required"),
]


@pytest.mark.parametrize(("column", "value", "message"), BAD_CELLS)
def test_a_bad_cell_is_named(draft, column: str, value: str, message: str) -> None:
    draft.set_cell("beaches.csv", "cape", "same_as", "")
    line = draft.set_cell(ATTRACTIONS, "lighthouse", column, value)
    error = draft.only_error()
    assert (error.file, error.line, error.field) == (ATTRACTIONS, line, column)
    assert message in error.message


def test_a_reference_to_a_broken_row_is_not_a_second_error(draft) -> None:
    draft.set_cell(ATTRACTIONS, "lighthouse", "status", "opne")
    draft.set_cell("divisions.csv", "900001", "confidence", "sure")
    draft.set_cell("hotlines.csv", "help", "confidence", "sure")
    assert [(error.file, error.field) for error in draft.errors()] == [
        (ATTRACTIONS, "status"),
        ("divisions.csv", "confidence"),
        ("hotlines.csv", "confidence"),
    ]


def test_hours_cannot_be_surer_than_their_record(draft) -> None:
    draft.set_cell(ATTRACTIONS, "lighthouse", "confidence", "low")
    error = draft.only_error()
    assert (error.file, error.line, error.field) == (ATTRACTIONS, 2, "hours_confidence")


@pytest.mark.parametrize(
    ("file", "record", "column", "value"),
    [
        ("beaches.csv", "cape", "officially_monitored", "maybe"),
        ("clinics.csv", "town", "departments", "内科;巫医"),
        ("clinics.csv", "town", "specialty", "magic"),
        ("clinics.csv", "town", "er_24h", "yes"),
        ("clinics.csv", "town", "er_basis", ""),
        ("clinics.csv", "town", "coord_confidence", "high"),
        ("hubs.csv", "ferry", "datum_basis", "guessed"),
        ("hotlines.csv", "help", "kind", "telephone"),
        ("hotlines.csv", "hall", "phone", "1 1 1"),
        ("divisions.csv", "900001", "parent_code", "900123"),
        ("divisions.csv", "900001", "level", "borough"),
    ],
)
def test_every_table_is_checked(draft, file: str, record: str, column: str, value: str) -> None:
    line = draft.set_cell(file, record, column, value)
    assert (file, line, column) in {(error.file, error.line, error.field) for error in draft.errors()}


def test_a_hotline_needs_a_number_and_an_office_does_not(draft) -> None:
    draft.set_cell("hotlines.csv", "help", "phone", "")
    errors = [error for error in draft.errors() if error.file == "hotlines.csv"]
    assert [(error.line, error.field) for error in errors] == [(2, "phone")]


def test_a_duplicate_id_names_both_lines(draft) -> None:
    draft.set_cell(ATTRACTIONS, "pier", "id", "lighthouse")
    error = draft.only_error()
    assert (error.file, error.line, error.field) == (ATTRACTIONS, 3, "id")
    assert "line 2" in error.message


def test_a_missing_column_is_named(draft) -> None:
    draft.drop_column(ATTRACTIONS, "price_text_en")
    errors = [error for error in draft.errors() if error.file == ATTRACTIONS]
    assert [(error.line, error.field) for error in errors] == [(1, "price_text_en")]
    assert "missing" in errors[0].message


def test_an_unknown_and_a_repeated_column_are_named(draft) -> None:
    draft.replace(ATTRACTIONS, "id,name_zh", "id,nome_zh")
    fields = {(error.line, error.field) for error in draft.errors() if error.file == ATTRACTIONS}
    assert fields == {(1, "nome_zh"), (1, "name_zh")}
    draft.replace(ATTRACTIONS, "id,nome_zh", "id,name_en")
    assert ("name_en", 1) in {(error.field, error.line) for error in draft.errors() if error.file == ATTRACTIONS}


def test_a_comma_without_quotation_marks_is_found(draft) -> None:
    draft.replace(ATTRACTIONS, '"北区,海角路1号"', "北区,海角路1号")
    errors = [error for error in draft.errors() if error.file == ATTRACTIONS]
    assert [(error.line, error.field) for error in errors] == [(2, "as_of")]
    assert "quotation marks" in errors[0].message


def test_a_short_line_names_the_first_missing_cell(draft) -> None:
    path = draft.folder / "hotlines.csv"
    path.write_text(path.read_text(encoding="utf-8") + "extra,额外,Extra\n", encoding="utf-8")
    error = draft.only_error()
    assert (error.file, error.line, error.field) == ("hotlines.csv", 4, "aliases")


def test_a_record_over_two_lines_is_refused(draft) -> None:
    draft.replace(ATTRACTIONS, "北区的灯塔。", '"北区的\n灯塔。"')
    errors = [error for error in draft.errors() if error.file == ATTRACTIONS]
    assert [(error.line, error.field) for error in errors] == [(2, "id")]


def test_an_open_quotation_mark_is_found(draft) -> None:
    draft.replace(ATTRACTIONS, '"北区,海角路1号"', '"北区,海角路1号')
    errors = [error for error in draft.errors() if error.file == ATTRACTIONS]
    assert errors and errors[0].line == 2


def test_wrong_encoding_names_line_and_column(draft) -> None:
    path = draft.folder / "hotlines.csv"
    text = path.read_text(encoding="utf-8")
    path.write_bytes(text.encode("utf-8").replace("镇政府".encode(), "镇政府".encode("gbk")))
    errors = [error for error in draft.errors() if error.file == "hotlines.csv"]
    assert [(error.line, error.field) for error in errors] == [(3, "name_zh")]
    assert "UTF-8" in errors[0].message


def test_a_byte_order_mark_is_accepted(draft) -> None:
    for path in draft.folder.iterdir():
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert len(load(draft.folder).places) == 5


def test_windows_line_ends_and_blank_lines_are_accepted(draft) -> None:
    path = draft.folder / ATTRACTIONS
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n") + b"\r\n\r\n")
    assert [place.line for place in load(draft.folder).places if place.kind == "attraction"] == [2, 3]


@pytest.mark.parametrize("file", sorted(path.name for path in (Path(__file__).parent / "packs/baytown").iterdir()))
def test_a_missing_or_empty_file_is_named(draft, file: str) -> None:
    (draft.folder / file).write_bytes(b"")
    assert any(error.file == file and error.line == 1 and "empty" in error.message for error in draft.errors())
    (draft.folder / file).unlink()
    assert any(error.file == file and "missing" in error.message for error in draft.errors())


def test_a_missing_folder_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(InvalidPack) as caught:
        load(tmp_path / "atlantis")
    assert len(caught.value.errors) == 1
    assert "no such folder" in str(caught.value)


def test_all_errors_come_at_once_in_order(draft) -> None:
    draft.set_cell(ATTRACTIONS, "lighthouse", "status", "opne")
    draft.set_cell(ATTRACTIONS, "pier", "confidence", "sure")
    draft.set_cell("hotlines.csv", "hall", "kind", "house")
    draft.replace("terms.yml", "parent: station", "parent: harbour")
    found = [(error.file, error.line, error.field) for error in draft.errors()]
    assert found == [
        (ATTRACTIONS, 2, "status"),
        (ATTRACTIONS, 3, "confidence"),
        ("hotlines.csv", 3, "kind"),
        ("terms.yml", 6, "wharf.parent"),
    ]


def test_an_error_reads_as_file_line_field_message() -> None:
    assert str(PackError("a.csv", 3, "lat", "too far")) == "a.csv:3: lat: too far"
    assert str(PackError("a.csv", 3, "", "too far")) == "a.csv:3: too far"
    assert str(PackError("a.csv", 0, "", "gone")) == "a.csv: gone"


class TestTerms:
    def test_a_repeated_id(self, draft) -> None:
        line = draft.replace("terms.yml", "{id: free,", "{id: seaside,")
        errors = [error for error in draft.errors() if error.file == "terms.yml"]
        assert [(error.line, error.field) for error in errors] == [(line, "seaside.id")]

    def test_a_name_in_two_tags(self, draft) -> None:
        line = draft.replace("terms.yml", "aliases: [不要钱]", "aliases: [Seaside]")
        error = draft.only_error()
        assert (error.file, error.line, error.field) == ("terms.yml", line, "free.aliases")
        assert "“seaside”" in error.message

    def test_a_department_that_is_none(self, draft) -> None:
        line = draft.replace("terms.yml", "departments: [surgery]", "departments: [magic]")
        error = draft.only_error()
        assert (error.line, error.field) == (line, "general.departments")

    def test_a_word_yaml_takes_for_something_else(self, draft) -> None:
        line = draft.replace("terms.yml", "aliases: [不要钱]", "aliases: [no]")
        error = draft.only_error()
        assert (error.file, error.line, error.field) == ("terms.yml", line, "tags.1.aliases.0")
        assert "quotation marks" in error.message

    def test_an_unknown_key(self, draft) -> None:
        line = draft.replace("terms.yml", "aliases: [不要钱]", "alias: [不要钱]")
        error = draft.only_error()
        assert (error.line, error.field) == (line, "tags.1.alias")

    def test_a_repeated_key(self, draft) -> None:
        line = draft.replace("terms.yml", "values: [海滨]", "en: coast")
        error = draft.only_error()
        assert (error.file, error.line, error.field) == ("terms.yml", line, "tags.0.en")

    def test_broken_yaml(self, draft) -> None:
        draft.replace("terms.yml", "aliases: [不要钱]}", "aliases: [不要钱}")
        errors = [error for error in draft.errors() if error.file == "terms.yml"]
        assert len(errors) == 1 and errors[0].line > 1

    def test_a_control_character(self, draft) -> None:
        line = draft.replace("terms.yml", "不要钱", "不\x08要钱")
        errors = [error for error in draft.errors() if error.file == "terms.yml"]
        assert [error.line for error in errors] == [line]
        assert "U+0008" in errors[0].message


class TestCity:
    @pytest.mark.parametrize(
        ("old", "new", "field"),
        [
            ('division: "900000"', 'division: "900777"', "division"),
            ("service_line: help", "service_line: hall", "service_line"),
            ("languages: [zh, en]", "languages: [zh, mi]", "languages.1"),
            ('area_code: "099"', "area_code: 077", "area_code"),
            ("datum: WGS-84", "datum: unknown", "map_centre.datum"),
            ("time_zone: Pacific/Auckland", "time_zone: UTC+12", "time_zone"),
        ],
    )
    def test_each_field_is_checked(self, draft, old: str, new: str, field: str) -> None:
        line = draft.replace("city.yml", old, new)
        error = draft.only_error()
        assert (error.file, error.line, error.field) == ("city.yml", line, field)


class TestBusLines:
    def test_a_repeated_line(self, draft) -> None:
        line = draft.replace("bus_lines.json", '"id": "2N"', '"id": "1"')
        errors = [error for error in draft.errors() if error.file == "bus_lines.json"]
        assert [(error.line, error.field) for error in errors] == [(line, "lines.1.id")]

    def test_a_bad_time(self, draft) -> None:
        line = draft.replace("bus_lines.json", "06:00-21:00", "6 to 9")
        errors = [error for error in draft.errors() if error.file == "bus_lines.json"]
        assert [(error.line, error.field) for error in errors] == [(line, "lines.0.first_last.all")]

    def test_json_stays_json(self) -> None:
        for pack in ("tests/city_pack/packs/baytown", "data/qinhuangdao"):
            json.loads((Path(__file__).resolve().parents[2] / pack / "bus_lines.json").read_text(encoding="utf-8"))


class TestArticles:
    @pytest.mark.parametrize(
        ("old", "new", "field"),
        [
            ("title_en: Bicycles on the ferry", "title_en: " + "long " * 20, "articles.0.title_en"),
            ("answer_zh: 可以，平日免费，周末每辆2元。", "answer_zh: " + "长" * 501, "articles.0.answer_zh"),
            ("[自行车能上渡轮吗, 坐船可以带单车吗]", "[自行车能上渡轮吗, 船]", "articles.0.questions_zh.1"),
            ("坐船可以带单车吗", "自行车能上渡轮吗", "articles.0.questions_zh"),
            ("坐船可以带单车吗", "can I take my bicycle on the ferry", "articles.0.questions_en.0"),
            ("confidence: high", "confidence: sure", "articles.0.confidence"),
            ("as_of: 2026-01", "as_of: 2026-01-31", "articles.0.as_of"),
            ("source_url: https://", "source_url: javascript://", "articles.0.source_url"),
            ("topic: transport", "topic: Public transport", "articles.0.topic"),
            ("source: 湾镇渡轮公司", "sauce: 湾镇渡轮公司", "articles.0.source"),
        ],
    )
    def test_each_field_is_checked(self, draft, old: str, new: str, field: str) -> None:
        line = draft.replace("articles.yml", old, new)
        found = {(error.file, error.field): error.line for error in draft.errors()}
        assert {file for file, _ in found} == {"articles.yml"}
        assert abs(found["articles.yml", field] - line) <= 1 or new.startswith("sauce")

    def test_a_repeated_id_names_both_lines(self, draft) -> None:
        path = draft.folder / "articles.yml"
        text = path.read_text(encoding="utf-8")
        second = text.partition("\n")[2].replace("自行车", "滑板").replace("单车", "滑板车").replace("bicycle", "board")
        path.write_text(text + second, encoding="utf-8")
        error = draft.only_error()
        assert (error.file, error.field) == ("articles.yml", "articles.1.id")
        assert "line 2" in error.message


class TestEmergency:
    def test_a_hotline_without_a_number(self, draft) -> None:
        line = draft.replace("emergency.yml", "hotline:help", "hotline:hall")
        error = draft.only_error()
        assert (error.file, error.line, error.field) == ("emergency.yml", line, "groups.0.hotlines.0")

    def test_a_pattern_that_does_not_compile(self, draft) -> None:
        line = draft.replace("emergency.yml", "[救命, 着火了]", "[救命, '(着火']")
        error = draft.only_error()
        assert (error.file, error.line, error.field) == ("emergency.yml", line, "groups.0.patterns_zh.1")

    def test_an_example_that_is_missed(self, draft) -> None:
        line = draft.replace("emergency.yml", "any: [救命啊,", "any: [有人溺水,")
        error = draft.only_error()
        assert (error.file, error.line, error.field) == ("emergency.yml", line, "must_match.any.0")

    def test_an_ordinary_question_that_fires(self, draft) -> None:
        line = draft.replace("emergency.yml", "[救命稻草是什么]", "[救命恩人是谁]")
        error = draft.only_error()
        assert (error.file, error.line, error.field) == ("emergency.yml", line, "must_not_match.0")


class TestSymptoms:
    @pytest.mark.parametrize(
        ("old", "new", "field", "message"),
        [
            (
                "departments: [surgery, internal_medicine]",
                "departments: [surgery, magic]",
                "symptoms.1.departments.1",
                "department",
            ),
            ("emergency: any", "emergency: dragon", "symptoms.1.emergency", "group"),
            ("emergency_if: [breathing]", "emergency_if: [wheezing]", "symptoms.0.emergency_if.0", "signs"),
            ("names_zh: [鲨鱼咬]", "names_zh: [鲨鱼咬, 干咳]", "symptoms.1", "stands in line"),
            (
                "names_en: [bitten by a shark]",
                "names_en: [bitten by a shark]\n    patterns: ['(']",
                "symptoms.1.patterns.0",
                "regex",
            ),
            ("department: internal_medicine", "department: magic", "children.department", "department"),
            ("    first_aid_source: Red Cross\n", "", "symptoms.1.first_aid_source", "filled in"),
            ("    emergency: any\n", "", "symptoms.1.emergency_if", "warning signs"),
            ("id: shark_bite", "id: cough", "symptoms.1.id", "stands in line"),
            ('{"~": ["", 好]}', '{"咳": [好]}', "shorthand", "use one of"),
        ],
    )
    def test_each_field_is_checked(self, draft, old: str, new: str, field: str, message: str) -> None:
        draft.replace("symptoms.yml", old, new)
        errors = [error for error in draft.errors() if error.file == "symptoms.yml"]
        assert field in [error.field for error in errors], errors
        assert any(message in error.message for error in errors)
        assert all(error.line > 1 for error in errors)


@pytest.mark.parametrize(
    ("old", "new", "field", "message"),
    [
        ("tags: {seaside: 45}", "tags: {flying: 45}", "visits.tags.flying", "not the id of a tag"),
        ("categories: {beach: 90}", "categories: {moon: 90}", "visits.categories.moon", "not the id of a category"),
        ('day: {from: "09:00", to: "17:00"}', 'day: {from: "17:00", to: "09:00"}', "windows.day", "not before"),
        ("default: 60", "default: 7", "visits.default", "multiple"),
        ("max_stops: 4", "max_stops: 9", "max_stops", "at most five"),
    ],
)
def test_a_bad_rule_for_plans_is_named(draft, old: str, new: str, field: str, message: str) -> None:
    line = draft.replace("plans.yml", old, new)
    error = draft.only_error()
    assert (error.file, error.line, error.field) == ("plans.yml", line, field)
    assert message in error.message


def test_a_coast_is_checked_where_there_is_one(draft) -> None:
    (draft.folder / "coast.geojson").write_text('{"type": "FeatureCollection", "features": []}', encoding="utf-8")
    assert (draft.only_error().file, draft.only_error().field) == ("coast.geojson", "features")
