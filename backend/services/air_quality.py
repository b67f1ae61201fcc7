"""The national air quality index (AQI) from concentrations.

HJ 633—2026 (Technical specifications on ambient air quality index) has replaced HJ 633—2012 from 1 March 2026 on; it
lowered the concentrations of PM2.5 and PM10 at an index of 100 and derives the hourly report of both from the mean of
one hour. Which of the two holds is a question of the date, so both are here.

Break points: HJ 633—2026 table 3 and HJ 633—2012 table 1. Index: formula (1), rounded up to a whole number. AQI and
primary pollutant: the largest index; where it is above 50, whatever has it is primary. Bands and advice: HJ 633—2026
table 1, HJ 633—2012 table 2. Missing pollutants: HJ 633—2026, 5.3.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from types import MappingProxyType
from typing import Literal

Report = Literal["hourly", "daily"]
BAND_NAMES = ("excellent", "good", "light", "moderate", "heavy", "severe")  # 优 良 轻度 中度 重度 严重污染
POLLUTANTS = ("pm2_5", "pm10", "o3", "no2", "so2", "co")
_INDEX = (0, 50, 100, 150, 200, 300, 400, 500)
_BAND_ENDS = (50, 100, 150, 200, 300)

# ug/m3, CO mg/m3. A row that is shorter than _INDEX ends where the standard's column ends.
_SAME_IN_BOTH: dict[str, tuple[float, ...]] = {
    "so2_24h": (0, 50, 150, 475, 800, 1600, 2100, 2620),
    "so2_1h": (0, 150, 500, 650, 800),
    "no2_24h": (0, 40, 80, 180, 280, 565, 750, 940),
    "no2_1h": (0, 100, 200, 700, 1200, 2340, 3090, 3840),
    "co_24h": (0, 2, 4, 14, 24, 36, 48, 60),
    "co_1h": (0, 5, 10, 35, 60, 90, 120, 150),
    "o3_1h": (0, 160, 200, 300, 400, 800, 1000, 1200),
    "o3_8h": (0, 100, 160, 215, 265, 800),
}
_PM10_2012 = (0, 50, 150, 250, 350, 420, 500, 600)
_PM2_5_2012 = (0, 35, 75, 115, 150, 250, 350, 500)
_PM10_2026 = (0, 50, 120, 250, 350, 420, 500, 600)
_PM2_5_2026 = (0, 35, 60, 115, 150, 250, 350, 500)


@dataclass(frozen=True)
class Standard:
    """One edition: break points by quantity, which quantities each report is made of, and what an index is above the
    end of a short column (None: the standard gives none and the other mean of the pollutant counts).
    """

    name: str
    break_points: Mapping[str, tuple[float, ...]]
    hourly: tuple[str, ...]
    daily: tuple[str, ...]
    beyond: Mapping[str, int | None]


HJ_633_2012 = Standard(
    "HJ 633-2012",
    MappingProxyType({**_SAME_IN_BOTH, "pm10_24h": _PM10_2012, "pm2_5_24h": _PM2_5_2012}),
    hourly=("pm2_5_24h", "pm10_24h", "o3_1h", "no2_1h", "so2_1h", "co_1h"),
    daily=("pm2_5_24h", "pm10_24h", "o3_8h", "no2_24h", "so2_24h", "co_24h"),
    beyond=MappingProxyType({"so2_1h": None, "o3_8h": None}),  # table 1, notes 2 and 3
)
HJ_633_2026 = Standard(
    "HJ 633-2026",
    MappingProxyType(
        {
            **_SAME_IN_BOTH,
            "pm10_24h": _PM10_2026,
            "pm10_1h": _PM10_2026,
            "pm2_5_24h": _PM2_5_2026,
            "pm2_5_1h": _PM2_5_2026,
        }
    ),
    hourly=("pm2_5_1h", "pm10_1h", "o3_1h", "no2_1h", "so2_1h", "co_1h"),
    daily=("pm2_5_24h", "pm10_24h", "o3_8h", "no2_24h", "so2_24h", "co_24h"),
    beyond=MappingProxyType({"so2_1h": 200, "o3_8h": 300}),  # table 3, notes
)
# In force from the first moment of the day in China (UTC+8), whatever zone the reader is in.
_SINCE_2026 = dt.datetime(2026, 2, 28, 16, tzinfo=dt.UTC)


def standard_at(time: dt.datetime) -> Standard:
    """The edition in force at an aware time."""
    return HJ_633_2026 if time >= _SINCE_2026 else HJ_633_2012


@dataclass(frozen=True)
class Aqi:
    """The index of one report: `value`, `band` (one of BAND_NAMES), the `primary` pollutants (none up to 50), the index
    of each quantity it is made of, and the pollutants of which nothing is known.

    `publishable` is False where a pollutant is missing and the others stay at 100 or below: the missing one might be
    the worst (HJ 633—2026, 5.3). Then `value` is only the largest of those known.
    """

    value: int
    band: str
    primary: tuple[str, ...]
    indices: Mapping[str, int]
    missing: tuple[str, ...]
    standard: str

    @property
    def publishable(self) -> bool:
        """Whether the index may be given as that of the air."""
        return not self.missing or self.value > 100


def band(value: int) -> str:
    """The band of an index, one of BAND_NAMES."""
    return BAND_NAMES[sum(value > end for end in _BAND_ENDS)]


def sub_index(name: str, concentration: float, standard: Standard = HJ_633_2026) -> int | None:
    """The index (IAQI) of one quantity such as `pm2_5_24h`, from ug/m3 (CO: mg/m3).

    The concentration is first rounded as GB/T 8170 does, half to even: to whole ug/m3, CO to a tenth of a mg/m3. None
    where the standard has no column for the quantity or gives no index at this concentration. Raises ValueError for
    what is no concentration.
    """
    if not math.isfinite(concentration) or concentration < 0:
        raise ValueError(f"{concentration} is not a concentration")
    points = standard.break_points.get(name)
    if points is None:
        return None
    step = Decimal("0.1") if name.startswith("co_") else Decimal(1)
    value = Decimal(str(concentration)).quantize(step, ROUND_HALF_EVEN)
    if value > Decimal(str(points[-1])):
        return standard.beyond.get(name, _INDEX[-1])
    for (low, index_low), (high, index_high) in zip(
        zip(points, _INDEX, strict=False), zip(points[1:], _INDEX[1:], strict=False), strict=False
    ):
        if value <= Decimal(str(high)):
            share = (value - Decimal(str(low))) / (Decimal(str(high)) - Decimal(str(low)))
            return math.ceil((index_high - index_low) * share + index_low)
    raise AssertionError("the last break point was compared above")


def air_quality_index(
    concentrations: Mapping[str, float], report: Report, standard: Standard = HJ_633_2026
) -> Aqi | None:
    """The AQI from concentrations by quantity (ug/m3, CO mg/m3); quantities the report is not made of are passed over.

    None where none of its quantities is known. Raises ValueError for what is no concentration.
    """
    names = standard.hourly if report == "hourly" else standard.daily
    indices: dict[str, int] = {}
    for name in names:
        index = sub_index(name, concentrations[name], standard) if name in concentrations else None
        if index is not None:
            indices[name] = index
    if not indices:
        return None
    value = max(indices.values())
    return Aqi(
        value=value,
        band=band(value),
        primary=tuple(_pollutant(name) for name, index in indices.items() if index == value) if value > 50 else (),
        indices=MappingProxyType(indices),
        missing=tuple(_pollutant(name) for name in names if name not in indices),
        standard=standard.name,
    )


def _pollutant(name: str) -> str:
    return name.rpartition("_")[0]
