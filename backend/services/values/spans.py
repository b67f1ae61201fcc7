"""Days and runs of days, as the words of a person mean them."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass

_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Span:
    """A day, or the days `first` to `last`. Both are None where the words name a day nobody here can know."""

    first: dt.date | None
    last: dt.date | None = None
    approximate: bool = False


UNKNOWN = Span(None, None, approximate=True)


def plus(day: dt.date, days: int) -> dt.date:
    """The day so many days later."""
    return day + days * _DAY


def monday(day: dt.date) -> dt.date:
    """The Monday of the day's calendar week (Monday to Sunday)."""
    return plus(day, -day.weekday())


def coming(weekday: int, base: dt.date) -> dt.date:
    """The next such weekday, `base` itself included."""
    return plus(base, (weekday - base.weekday()) % 7)


def from_now_on(first: dt.date, last: dt.date, today: dt.date, approximate: bool = False) -> Span:
    """The days from first to last without those already over, where today is one of them."""
    return Span(today if first < today <= last else first, last, approximate)


def add_months(year: int, month: int, count: int) -> tuple[int, int]:
    """Year and month so many months later."""
    index = year * 12 + month - 1 + count
    return index // 12, index % 12 + 1


def month_end(year: int, month: int) -> dt.date:
    """The last day of the month."""
    return dt.date(year, month, calendar.monthrange(year, month)[1])


def month_day(month: int, day: int, base: dt.date, year: int | None = None) -> Span:
    """That day of the year; without a year the next one, `base` included. A day that does not exist is unknown."""
    if year is not None:
        return Span(dt.date(year, month, day)) if _exists(year, month, day) else UNKNOWN
    # Eight years, for 29 February around a year like 2100.
    for candidate in range(base.year, base.year + 9):
        if _exists(candidate, month, day) and dt.date(candidate, month, day) >= base:
            return Span(dt.date(candidate, month, day))
    return UNKNOWN


def day_number(day: int, base: dt.date) -> Span:
    """The next day with that number, `base` included: the 3rd said on the 5th is next month's."""
    for count in range(3):
        year, month = add_months(base.year, base.month, count)
        if _exists(year, month, day) and dt.date(year, month, day) >= base:
            return Span(dt.date(year, month, day))
    return UNKNOWN


def whole_month(year: int, month: int, today: dt.date, part: str = "") -> Span:
    """The days of a month; `part` is "early" (1 to 10), "mid" (11 to 20), "late" (from 21) or "end" (the last week)."""
    last = month_end(year, month)
    if not part:
        return from_now_on(dt.date(year, month, 1), last, today)
    days = {"early": (1, 10), "mid": (11, 20), "late": (21, last.day), "end": (last.day - 6, last.day)}[part]
    return from_now_on(last.replace(day=days[0]), last.replace(day=days[1]), today, approximate=True)


def named_month(month: int, base: dt.date, part: str = "", year: int | None = None) -> Span:
    """The next month of that name that is not over, or its part."""
    if not 1 <= month <= 12:
        return UNKNOWN
    if year is not None:
        return whole_month(year, month, base, part)
    span = whole_month(base.year, month, base, part)
    return span if span.last is not None and span.last >= base else whole_month(base.year + 1, month, base, part)


def relative_month(count: int, today: dt.date, part: str = "") -> Span:
    """This month (0), the next (1) and so on, or its part."""
    return whole_month(*add_months(today.year, today.month, count), today, part)


def weekend(monday_before: dt.date, today: dt.date) -> Span:
    """Saturday and Sunday of the week that begins on that Monday."""
    return from_now_on(plus(monday_before, 5), plus(monday_before, 6), today)


def _exists(year: int, month: int, day: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]
