"""Stations and limits of readings in a pack: optional, and checked as everything else is."""

from __future__ import annotations

from backend.city_pack import Threshold, load
from tests.city_pack.conftest import BAYTOWN, QINHUANGDAO, Draft

STATIONS = (
    "id,name_zh,name_en,place,district,quantities,lat,lon,datum,datum_basis,coord_confidence,notes,source,source_kind,"
    "confidence,as_of\n"
    "cape,海角监测点,Cape station,beach:cape,900001,wave_height;beach_flag,,,,,,,town council,government,high,2025\n"
)
LIMITS = """thresholds:
  - id: waves
    quantity: wave_height
    above: 1.5
    clears_at: 1.2
    severity: danger
    text_zh: 浪大
    text_en: high waves
    basis: town council
"""


def with_stations(draft: Draft) -> Draft:
    (draft.folder / "stations.csv").write_text(STATIONS, encoding="utf-8")
    (draft.folder / "thresholds.yml").write_text(LIMITS, encoding="utf-8")
    return draft


def test_a_city_may_measure_nothing() -> None:
    pack = load(BAYTOWN)
    assert (pack.stations, pack.thresholds) == ((), ())


def test_stations_and_limits_are_read(draft: Draft) -> None:
    pack = load(with_stations(draft).folder)
    [station] = pack.stations
    assert (station.id, station.place, station.quantities, station.point) == (
        "station:cape",
        "beach:cape",
        ("wave_height", "beach_flag"),
        None,
    )
    assert pack.thresholds == (
        Threshold("waves", "wave_height", "danger", "浪大", "high waves", "town council", 2, above=1.5, clears_at=1.2),
    )


def test_a_station_of_no_place_or_of_no_known_quantity_is_refused(draft: Draft) -> None:
    with_stations(draft).set_cell("stations.csv", "cape", "place", "beach:nowhere")
    assert "“beach:nowhere” is not a known place" in draft.only_error().message
    draft.set_cell("stations.csv", "cape", "place", "beach:cape")
    draft.set_cell("stations.csv", "cape", "quantities", "noise")
    assert "use one of: pm2_5_1h" in draft.only_error().message


def test_a_limit_that_would_never_be_over_is_refused(draft: Draft) -> None:
    line = with_stations(draft).replace("thresholds.yml", "clears_at: 1.2", "clears_at: 1.5")
    error = draft.only_error()
    assert (error.file, error.line, error.field) == ("thresholds.yml", line, "thresholds.0.clears_at")
    assert "still beyond the limit" in error.message


def test_a_limit_needs_one_kind_of_limit_and_its_own_id(draft: Draft) -> None:
    with_stations(draft).replace("thresholds.yml", "    clears_at: 1.2\n", "")
    assert draft.only_error().file == "thresholds.yml"
    (draft.folder / "thresholds.yml").write_text(LIMITS + LIMITS.partition("\n")[2], encoding="utf-8")
    assert "stands in line 2 already" in draft.only_error().message


def test_the_limits_of_the_city_say_where_they_come_from() -> None:
    pack = load(QINHUANGDAO)
    assert len(pack.stations) == 22
    assert all(threshold.basis for threshold in pack.thresholds)
    assert {threshold.severity for threshold in pack.thresholds} == {"danger", "warning"}
