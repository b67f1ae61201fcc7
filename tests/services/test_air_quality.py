"""The air quality index against values worked by hand from the standards' tables, and against another library."""

from __future__ import annotations

import datetime as dt
import math

import pytest
from aqi_hub.aqi_cn.aqi import cal_iaqi_cn
from hypothesis import given
from hypothesis import strategies as st

from backend.services.air_quality import (
    BAND_NAMES,
    HJ_633_2012,
    HJ_633_2026,
    POLLUTANTS,
    air_quality_index,
    band,
    standard_at,
    sub_index,
)
from backend.services.quantities import AIR

INDEX = (0, 50, 100, 150, 200, 300, 400, 500)
# As printed: HJ 633—2026 table 3.
TABLE_2026 = {
    "so2_24h": (0, 50, 150, 475, 800, 1600, 2100, 2620),
    "so2_1h": (0, 150, 500, 650, 800),
    "no2_24h": (0, 40, 80, 180, 280, 565, 750, 940),
    "no2_1h": (0, 100, 200, 700, 1200, 2340, 3090, 3840),
    "co_24h": (0, 2, 4, 14, 24, 36, 48, 60),
    "co_1h": (0, 5, 10, 35, 60, 90, 120, 150),
    "o3_1h": (0, 160, 200, 300, 400, 800, 1000, 1200),
    "o3_8h": (0, 100, 160, 215, 265, 800),
    "pm10_24h": (0, 50, 120, 250, 350, 420, 500, 600),
    "pm10_1h": (0, 50, 120, 250, 350, 420, 500, 600),
    "pm2_5_24h": (0, 35, 60, 115, 150, 250, 350, 500),
    "pm2_5_1h": (0, 35, 60, 115, 150, 250, 350, 500),
}
EDGES = [(name, c, i) for name, row in TABLE_2026.items() for c, i in zip(row, INDEX, strict=False)]


@pytest.mark.parametrize(("name", "concentration", "index"), EDGES)
def test_at_every_break_point_the_index_is_that_of_the_table(name: str, concentration: float, index: int) -> None:
    assert sub_index(name, concentration) == index


@pytest.mark.parametrize(("name", "concentration", "index"), [edge for edge in EDGES if 0 < edge[2] < 500])
def test_just_above_a_break_point_begins_the_next_band(name: str, concentration: float, index: int) -> None:
    just_above = sub_index(name, concentration + (0.1 if name.startswith("co") else 1))
    assert just_above is not None
    if (name, index) in (("so2_1h", 200), ("o3_8h", 300)):
        assert just_above == index  # the column ends here
    else:
        assert just_above > index
        assert band(just_above) == BAND_NAMES[min(INDEX.index(index), 5)]


@pytest.mark.parametrize(
    ("name", "concentration", "index"),
    [
        ("pm2_5_24h", 75, 114),  # 100 + 50 * (75 - 60) / 55 = 113.6
        ("pm2_5_1h", 36, 52),  # 50 + 50 * 1 / 25
        ("pm10_24h", 150, 112),  # 100 + 50 * 30 / 130 = 111.5
        ("no2_1h", 350, 115),  # 100 + 50 * 150 / 500
        ("o3_1h", 161, 52),  # 50 + 50 * 1 / 40 = 51.25
        ("co_24h", 3.1, 78),  # 50 + 50 * 1.1 / 2 = 77.5
        ("so2_1h", 475, 97),  # 50 + 50 * 325 / 350 = 96.4
        ("pm2_5_24h", 501, 500),
        ("so2_1h", 801, 200),
        ("o3_8h", 801, 300),
        # The concentration is rounded first, half to even.
        ("pm2_5_24h", 35.5, 52),
        ("pm2_5_24h", 60.5, 100),
        ("pm2_5_24h", 60.51, 101),
        ("co_1h", 5.04, 50),
        ("co_1h", 5.06, 51),
    ],
)
def test_between_break_points(name: str, concentration: float, index: int) -> None:
    assert sub_index(name, concentration) == index


def test_what_the_edition_of_2012_said_otherwise() -> None:
    assert sub_index("pm2_5_24h", 75, HJ_633_2012) == 100
    assert sub_index("pm10_24h", 150, HJ_633_2012) == 100
    assert sub_index("pm2_5_1h", 30, HJ_633_2012) is None
    assert sub_index("so2_1h", 801, HJ_633_2012) is None
    assert sub_index("o3_8h", 801, HJ_633_2012) is None
    for name, row in TABLE_2026.items():
        if not name.startswith("pm"):
            assert HJ_633_2012.break_points[name] == row


# aqi-hub 0.3.3 has the column of one hour in the place of that of 24 hours for SO2, and counts CO in binary fractions,
# which is one too many where the index comes out whole.
@given(st.sampled_from(sorted(set(TABLE_2026) - {"so2_24h"})), st.integers(0, 4000))
def test_as_another_library_reads_the_standard(name: str, concentration: int) -> None:
    value = concentration / 10 if name.startswith("co") else concentration
    other = cal_iaqi_cn(name.replace("pm2_5", "pm25").upper(), value)
    assert sub_index(name, value) in ((other, other - 1) if name.startswith("co") else (other,))


@pytest.mark.parametrize("value", [-1, math.nan, math.inf])
def test_what_is_no_concentration_has_no_index(value: float) -> None:
    with pytest.raises(ValueError, match="not a concentration"):
        sub_index("pm2_5_24h", value)


def test_bands_end_where_the_standard_ends_them() -> None:
    ends = {0: 0, 50: 0, 51: 1, 100: 1, 101: 2, 150: 2, 151: 3, 200: 3, 201: 4, 300: 4, 301: 5, 500: 5}
    assert {value: BAND_NAMES.index(band(value)) for value in ends} == ends


def test_the_edition_is_a_question_of_the_date_in_china() -> None:
    china = dt.timezone(dt.timedelta(hours=8))
    assert standard_at(dt.datetime(2026, 2, 28, 23, 59, tzinfo=china)) is HJ_633_2012
    assert standard_at(dt.datetime(2026, 3, 1, tzinfo=china)) is HJ_633_2026


CLEAN = {"pm2_5_1h": 20.0, "pm10_1h": 40.0, "o3_1h": 80.0, "no2_1h": 30.0, "so2_1h": 9.0, "co_1h": 0.5}


def test_the_worst_pollutant_makes_the_index() -> None:
    aqi = air_quality_index({**CLEAN, "o3_1h": 250.0, "o3_8h": 10.0}, "hourly")
    assert aqi is not None
    assert (aqi.value, aqi.band, aqi.primary, aqi.missing) == (125, "light", ("o3",), ())
    assert aqi.publishable


def test_up_to_50_nothing_is_primary_and_what_ties_is_primary_together() -> None:
    clean = air_quality_index(CLEAN, "hourly")
    assert clean is not None
    assert (clean.value, clean.band, clean.primary) == (40, "excellent", ())
    tied = air_quality_index({**CLEAN, "pm2_5_1h": 60.0, "pm10_1h": 120.0}, "hourly")
    assert tied is not None
    assert (tied.value, tied.band, tied.primary) == (100, "good", ("pm2_5", "pm10"))


def test_a_missing_pollutant_might_be_the_worst_unless_the_air_is_bad_anyway() -> None:
    some = air_quality_index({"pm2_5_1h": 40.0}, "hourly")
    assert some is not None
    assert (some.value, some.publishable) == (60, False)
    assert set(some.missing) == set(POLLUTANTS) - {"pm2_5"}
    bad = air_quality_index({"pm2_5_1h": 80.0}, "hourly")
    assert bad is not None
    assert (bad.value, bad.publishable) == (119, True)


def test_each_report_is_made_of_its_own_means() -> None:
    daily = air_quality_index({"o3_8h": 160.0, "o3_1h": 1200.0, "pm2_5_24h": 10.0}, "daily")
    assert daily is not None
    assert (daily.value, daily.primary, set(daily.indices)) == (100, ("o3",), {"o3_8h", "pm2_5_24h"})
    assert air_quality_index({"o3_8h": 160.0}, "hourly") is None
    assert air_quality_index({}, "daily") is None


def test_every_quantity_of_the_standard_can_be_reported() -> None:
    assert set(HJ_633_2026.break_points) == set(AIR)
    for standard in (HJ_633_2012, HJ_633_2026):
        assert {*standard.hourly, *standard.daily} <= set(standard.break_points)
