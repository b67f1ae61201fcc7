"""The holidays of China by name: their day, and the days off around it.

Days off come from `chinese_calendar`, which holds what the State Council announced, year by year. It tells neither
which of them is the festival itself nor anything of a year not announced yet; so the lunar festivals stand here.
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

from backend.services.values.spans import UNKNOWN, Span, from_now_on, plus

# Spring Festival, Dragon Boat, Mid-Autumn: https://www.hko.gov.hk/en/gts/time/conversion.htm . Checked by computing the
# new moons (Meeus, ch. 49) in China's time. Programs with a coarser moon are a day off in 2027 and 2030.
_LUNAR = {
    2024: ((2, 10), (6, 10), (9, 17)),
    2025: ((1, 29), (5, 31), (10, 6)),
    2026: ((2, 17), (6, 19), (9, 25)),
    2027: ((2, 6), (6, 9), (9, 15)),
    2028: ((1, 26), (5, 28), (10, 3)),
    2029: ((2, 13), (6, 16), (9, 22)),
    2030: ((2, 3), (6, 5), (9, 12)),
    2031: ((1, 23), (6, 24), (10, 1)),
    2032: ((2, 11), (6, 12), (9, 19)),
}
_LUNAR_NAMES = {"spring": 0, "dragon": 1, "autumn": 2}
_FIXED = {
    "new_year": (1, 1), "labour": (5, 1), "children": (6, 1), "national": (10, 1),
    "christmas_eve": (12, 24), "christmas": (12, 25), "new_years_eve": (12, 31),
}  # fmt: skip
_AFTER_SPRING = {"eve": -1, "lantern": 14}

# The names of chinese_calendar, and the days off the law gives in any year as offsets from the festival
# (Regulation on Public Holidays as of 2025): all we may say of a year that is not announced.
_DAYS_OFF = {
    "new_year": ("New Year's Day", 0, 0),
    "spring": ("Spring Festival", -1, 2),
    "qingming": ("Tomb-sweeping Day", 0, 0),
    "labour": ("Labour Day", 0, 1),
    "dragon": ("Dragon Boat Festival", 0, 0),
    "autumn": ("Mid-autumn Festival", 0, 0),
    "national": ("National Day", 0, 2),
}


def festival(name: str, year: int) -> dt.date | None:
    """The day of a festival; None beyond the years we know."""
    if name in _FIXED:
        return dt.date(year, *_FIXED[name])
    if name in _AFTER_SPRING:
        spring = festival("spring", year)
        return plus(spring, _AFTER_SPRING[name]) if spring else None
    if name == "qingming":
        return _qingming(year)
    days = _LUNAR.get(year)
    return dt.date(year, *days[_LUNAR_NAMES[name]]) if days else None


def holiday(name: str, today: dt.date, base: dt.date, year: int | None = None, days_off: bool = False) -> Span:
    """The festival, or the days off around it; without a year the next one that is not over at `base`.

    While the days off last, the name means those that are left of them.
    """
    for candidate in _years(base, year):
        day = festival(name, candidate)
        if day is None:
            break
        first, last, certain = _days_off(name, day)
        if year is None and last < base:
            continue
        if days_off or day < today <= last:
            return from_now_on(first, last, today, approximate=not certain)
        return Span(day)
    return UNKNOWN


def holiday_day(name: str, offset: int, today: dt.date, year: int | None = None) -> Span:
    """A day counted from the festival: 1 is the day after it. Never one that is over, unless the year is said."""
    for candidate in _years(today, year):
        day = festival(name, candidate)
        if day is None:
            break
        if year is not None or plus(day, offset) >= today:
            return Span(plus(day, offset))
    return UNKNOWN


def legal_holidays(year: int) -> dict[dt.date, str]:
    """The days the law itself makes public holidays, with their names as in `chinese_calendar`: true also of a year
    whose arrangement is not announced. Lunar festivals are missing beyond the years we know.

    Source: Regulation on Public Holidays for National Annual Festivals and Memorial Days, as of 1 January 2025.
    """
    found: dict[dt.date, str] = {}
    for name, (english, before, after) in _DAYS_OFF.items():
        day = festival(name, year)
        if day is not None:
            found |= {plus(day, offset): english for offset in range(before, after + 1)}
    return found


def school_summer(base: dt.date, year: int | None = None) -> Span:
    """July and August; the exact days differ by school."""
    for candidate in _years(base, year):
        first, last = dt.date(candidate, 7, 1), dt.date(candidate, 8, 31)
        if year is not None or last >= base:
            return from_now_on(first, last, base, approximate=True)
    return UNKNOWN


def _years(base: dt.date, year: int | None) -> tuple[int, ...]:
    return (base.year, base.year + 1) if year is None else (year,)


@lru_cache(maxsize=64)
def _days_off(name: str, day: dt.date) -> tuple[dt.date, dt.date, bool]:
    """The first and the last day off around the festival, and whether they are announced."""
    if name not in _DAYS_OFF:
        return day, day, True
    # Its tables take longer to import than everything else here.
    from chinese_calendar import holidays, workdays  # type: ignore[import-untyped]

    english, before, after = _DAYS_OFF[name]
    run = [off for off, called in holidays.items() if called == english and abs((off - day).days) <= 15]
    if not run:
        return plus(day, before), plus(day, after), False
    first, last = min(*run, day), max(*run, day)
    # A weekend that touches them is off as well, and not always in the tables.
    while plus(first, -1).weekday() >= 5 and plus(first, -1) not in workdays:
        first = plus(first, -1)
    while plus(last, 1).weekday() >= 5 and plus(last, 1) not in workdays:
        last = plus(last, 1)
    return first, last, True


@lru_cache(maxsize=64)
def _qingming(year: int) -> dt.date | None:
    from chinese_calendar import get_solar_terms

    if not 1900 <= year <= 2100:
        return None
    return next(
        (day for day, term in get_solar_terms(dt.date(year, 4, 3), dt.date(year, 4, 6)) if term == "清明"), None
    )
