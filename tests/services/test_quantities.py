"""Units and ranges of what stations report, and what a reading of the sea says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from backend.services.bathing_water import sea_state, speaks_against
from backend.services.quantities import QUANTITIES, InvalidReading, quantity

SCHEMAS = Path(__file__).resolve().parents[2] / "data" / "schemas"


@pytest.mark.parametrize(
    ("name", "value", "unit", "stored"),
    [
        ("pm2_5_1h", 35, "ug/m3", 35),
        ("pm2_5_1h", 0.035, "mg/m3", 35),
        ("co_1h", 800, "µg/m³", 0.8),
        ("wave_height", 40, "cm", 0.4),
        ("sea_temperature", -1.8, "℃", -1.8),
        ("faecal_coliforms", 200, "CFU/100mL", 2000),
        ("visitor_count", 0, "count", 0),
        ("beach_flag", "double_red", "flag", "double_red"),
        ("bathing_water_class", "poor", "class", "poor"),
    ],
)
def test_a_value_is_stored_in_the_canonical_unit(name: str, value: float | str, unit: str, stored: object) -> None:
    assert quantity(name).read(value, unit) == stored


@pytest.mark.parametrize(
    ("name", "value", "unit", "wrong", "message"),
    [
        ("pm2_5_1h", 35, "ppm", "unit", "taken in ug/m3"),
        ("sea_temperature", 75, "F", "unit", "degC"),
        ("sea_temperature", 99.9, "degC", "value", "-2.5 to 40 degC"),
        ("pm10_1h", 9999, "ug/m3", "value", "0 to 5000 ug/m3"),
        ("wave_height", -0.1, "m", "value", "beyond"),
        ("wave_height", "high", "m", "value", "is a number"),
        ("visitor_count", 1.5, "count", "value", "whole number"),
        ("beach_flag", "blue", "flag", "value", "red_yellow, green"),
        ("beach_flag", 2, "flag", "value", "one of"),
        ("beach_flag", "red", "class", "unit", "flag"),
    ],
)
def test_what_cannot_be_is_refused_with_what_could(
    name: str, value: float | str, unit: str, wrong: str, message: str
) -> None:
    with pytest.raises(InvalidReading) as caught:
        quantity(name).read(value, unit)
    assert caught.value.field == wrong
    assert message in str(caught.value)


def test_an_unknown_quantity_is_named_with_those_there_are() -> None:
    with pytest.raises(InvalidReading, match="'noise' is not known; known are pm2_5_1h"):
        quantity("noise")


def test_the_pack_may_name_just_these() -> None:
    common = json.loads((SCHEMAS / "common.schema.json").read_text(encoding="utf-8"))
    assert set(common["$defs"]["quantity"]["enum"]) == set(QUANTITIES)
    limits = json.loads((SCHEMAS / "thresholds.schema.json").read_text(encoding="utf-8"))
    values = limits["properties"]["thresholds"]["items"]["properties"]["one_of"]["items"]["enum"]
    assert set(values) == {value for one in QUANTITIES.values() for value in one.categories}


@pytest.mark.parametrize(
    ("height", "figure"),
    [(0, 0), (0.05, 1), (0.1, 1), (0.11, 2), (0.5, 2), (1.25, 3), (1.26, 4), (2.5, 4), (4, 5), (6, 6), (9, 7), (14, 8),
     (14.1, 9)],
)  # fmt: skip
def test_the_state_of_the_sea_by_wmo_code_table_3700(height: float, figure: int) -> None:
    assert sea_state(height) == figure


def test_what_speaks_against_bathing() -> None:
    against = [
        (name, value)
        for name, one in QUANTITIES.items()
        for value in one.categories
        if speaks_against(name, value) == "no"
    ]
    assert against == [
        ("beach_flag", "red"),
        ("beach_flag", "double_red"),
        ("bathing_water_class", "poor"),
        ("swimming_suitability", "unsuitable"),
    ]
    assert speaks_against("faecal_coliforms", 2000.0) == "none"
    assert speaks_against("faecal_coliforms", 2001.0) == "no"
    assert speaks_against("beach_flag", "yellow") == speaks_against("beach_flag", "purple") == "caution"
    assert speaks_against("wave_height", 9.0) == "none", "a limit of the city's, in its pack"
