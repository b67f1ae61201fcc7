"""What stations may report: each quantity with its canonical unit, the units taken in, what is plausible, and for how
long a reading speaks of the present.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from types import MappingProxyType

_HOUR = dt.timedelta(hours=1)
_DAY = dt.timedelta(days=1)
# How far a station's clock may be ahead of ours.
CLOCK_AHEAD = dt.timedelta(minutes=5)


class InvalidReading(ValueError):
    """A reading that cannot be stored. `field` is the one that is wrong, the message says what would be right."""

    def __init__(self, field_name: str, message: str) -> None:
        self.field = field_name
        super().__init__(message)


@dataclass(frozen=True)
class Quantity:
    """One thing that is measured, counted or declared.

    `unit` is the one stored (plain ASCII, so that any keyboard can type it). `factors` holds, for every unit taken in,
    what a value is multiplied by. `low` and `high` are the ends of what an instrument may say, both included; beyond
    them it is broken or shows its "no value" mark. `categories` are the values of what is declared instead of measured.
    A reading is old after `fresh_for` and no longer an answer about now.
    """

    name: str
    unit: str
    fresh_for: dt.timedelta
    low: float = 0.0
    high: float = 0.0
    factors: MappingProxyType[str, float] = field(default_factory=lambda: MappingProxyType({}))
    categories: tuple[str, ...] = ()
    whole: bool = False

    @property
    def units(self) -> tuple[str, ...]:
        """The units taken in, the canonical one first."""
        return (self.unit, *(unit for unit in self.factors if unit != self.unit))

    def read(self, value: float | str, unit: str) -> float | str:
        """The value in the canonical unit, or the category. Raises InvalidReading."""
        if unit not in self.units:
            raise InvalidReading("unit", f"{self.name} is taken in {_or(self.units)}, not in {unit!r}")
        if self.categories:
            if value not in self.categories:
                raise InvalidReading("value", f"{self.name} is one of {_or(self.categories)}")
            return str(value)
        if isinstance(value, str):
            raise InvalidReading("value", f"{self.name} is a number")
        number = round(value * self.factors.get(unit, 1.0), 6)
        if not self.low <= number <= self.high:
            ends = f"{self.low:g} to {self.high:g} {self.unit}"
            raise InvalidReading("value", f"{number:g} {self.unit} is beyond what {self.name} can be: {ends}")
        if self.whole and number != int(number):
            raise InvalidReading("value", f"{self.name} is a whole number")
        return number


def _or(words: tuple[str, ...]) -> str:
    return " or ".join((", ".join(words[:-1]), words[-1]) if len(words) > 1 else words)


_UG, _MG = ("ug/m3", "µg/m3", "µg/m³", "μg/m³"), ("mg/m3", "mg/m³")
_MASS_UG = MappingProxyType({**dict.fromkeys(_UG, 1.0), **dict.fromkeys(_MG, 1000.0)})
_MASS_MG = MappingProxyType({**dict.fromkeys(_MG, 1.0), **dict.fromkeys(_UG, 0.001)})
_METRES = MappingProxyType({"m": 1.0, "cm": 0.01})
_CELSIUS = MappingProxyType({"degC": 1.0, "Cel": 1.0, "°C": 1.0, "℃": 1.0})
_PER_LITRE = MappingProxyType({"1/L": 1.0, "CFU/L": 1.0, "MPN/L": 1.0, "CFU/100mL": 10.0, "MPN/100mL": 10.0})

# Concentrations as HJ 633 counts them: means of an hour, of 24 hours, for ozone of eight hours. The ends are above
# anything the index knows and below the 9999 with which Chinese instruments mark a missing value (CO: 999).
_AIR = (
    *(
        Quantity(f"{pollutant}_{period}", "ug/m3", (3 if period == "1h" else 30) * _HOUR, 0, 5000, _MASS_UG)
        for pollutant in ("pm2_5", "pm10", "so2", "no2")
        for period in ("1h", "24h")
    ),
    Quantity("o3_1h", "ug/m3", 3 * _HOUR, 0, 5000, _MASS_UG),
    Quantity("o3_8h", "ug/m3", 30 * _HOUR, 0, 5000, _MASS_UG),
    Quantity("co_1h", "mg/m3", 3 * _HOUR, 0, 300, _MASS_MG),
    Quantity("co_24h", "mg/m3", 30 * _HOUR, 0, 300, _MASS_MG),
)
_SEA = (
    Quantity("sea_temperature", "degC", 24 * _HOUR, -2.5, 40, _CELSIUS),
    Quantity("wave_height", "m", 3 * _HOUR, 0, 20, _METRES),  # significant wave height
    Quantity(
        "beach_flag",
        "flag",
        6 * _HOUR,
        categories=("red_yellow", "green", "yellow", "red", "double_red", "purple"),
    ),
    # Bathing water is sampled once or twice a week in the season; the class holds until the next report.
    Quantity("faecal_coliforms", "1/L", 8 * _DAY, 0, 10_000_000, _PER_LITRE),
    Quantity("bathing_water_class", "class", 8 * _DAY, categories=("excellent", "good", "fair", "poor")),
    Quantity(
        "swimming_suitability",
        "class",
        8 * _DAY,
        categories=("most_suitable", "suitable", "fairly_suitable", "unsuitable"),
    ),
    Quantity("visitor_count", "count", _HOUR, 0, 200_000, MappingProxyType({"count": 1.0, "1": 1.0}), whole=True),
)
QUANTITIES: MappingProxyType[str, Quantity] = MappingProxyType({one.name: one for one in (*_AIR, *_SEA)})
AIR = tuple(one.name for one in _AIR)
SEA = tuple(one.name for one in _SEA)


def quantity(name: str) -> Quantity:
    """The quantity of this name. Raises InvalidReading for one nobody knows."""
    found = QUANTITIES.get(name)
    if found is None:
        raise InvalidReading("quantity", f"{name!r} is not known; known are {_or(tuple(QUANTITIES))}")
    return found
