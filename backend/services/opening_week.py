"""The next days of an opening-hours expression, spelled out, so that a clerk sees what the machine understood."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from backend.services.city_calendar import CityCalendar, DayInfo, calendar_of
from backend.services.opening_days import DayHours, Doubt, day_hours
from backend.services.opening_rules import follows_sun, rules_of


@dataclass(frozen=True)
class Span:
    """Open from `start` to `end`, aware, in the city's zone; the end may be past midnight.

    `certain` is False for hours the expression itself calls unknown, and for those of a holiday it says nothing of.
    """

    start: dt.datetime
    end: dt.datetime
    certain: bool = True
    comment: str = ""


@dataclass(frozen=True)
class Day:
    """One day of the calendar with the spans that begin on it; none means closed. `all_day` is around the clock.

    `info` says what the day is, `doubt` why its hours may be others.
    """

    date: dt.date
    info: DayInfo
    spans: tuple[Span, ...] = ()
    all_day: bool = False
    doubt: Doubt | None = None

    @property
    def certain(self) -> bool:
        """Whether all of it is."""
        return self.doubt is None and all(span.certain for span in self.spans)


def next_days(
    expression: str, today: dt.date, zone: ZoneInfo, count: int = 7, calendar: CityCalendar | None = None
) -> list[Day] | None:
    """The `count` days from `today` on, as `open_state` reads them; None for a bad expression.

    The sun is taken at the middle of the city.
    """
    calendar = calendar or calendar_of(zone)
    rules = rules_of(expression, zone, calendar.centre if follows_sun(expression) else None)
    if rules is None:
        return None
    dates = [today + dt.timedelta(days=number) for number in range(count)]
    return [spelled_out(date, day_hours(rules, date, calendar), calendar) for date in dates]


def spelled_out(date: dt.date, hours: DayHours, calendar: CityCalendar) -> Day:
    """A day's hours with what the day is."""
    spans = tuple(
        Span(span.start, span.end, span.state == "open", span.comment) for span in hours.spans if span.state != "closed"
    )
    all_day = any(span.certain and span.end - span.start >= dt.timedelta(days=1) for span in spans)
    return Day(date, calendar.day(date), () if all_day else spans, all_day, hours.doubt)
