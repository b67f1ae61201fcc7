"""The next days of an opening-hours expression, spelled out, so that a clerk sees what the machine understood."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from backend.services.opening import parsed


@dataclass(frozen=True)
class Span:
    """Open from `start` to `end`, aware, in the city's zone; the end may be past midnight.

    `certain` is False for hours the expression itself calls unknown.
    """

    start: dt.datetime
    end: dt.datetime
    certain: bool = True


@dataclass
class Day:
    """One day of the calendar with the spans that begin on it; none means closed. `all_day` is around the clock."""

    date: dt.date
    spans: list[Span] = field(default_factory=list)
    all_day: bool = False


def next_days(expression: str, today: dt.date, zone: ZoneInfo, count: int = 7) -> list[Day] | None:
    """The `count` days from `today` on, as the library computes them with the country's holidays; None for a bad
    expression.
    """
    hours = parsed(expression, zone)
    if hours is None:
        return None
    days = {today + dt.timedelta(days=number): Day(today + dt.timedelta(days=number)) for number in range(count)}
    begin = dt.datetime.combine(today, dt.time.min, zone)
    # A day more, so that the last evening shows its true end.
    for start, end, state, _comments in hours.intervals(begin, begin + dt.timedelta(days=count + 1)):
        if str(state) not in ("open", "unknown"):
            continue
        _enter(days, Span(start, end or begin + dt.timedelta(days=count + 1), str(state) == "open"))
    return list(days.values())


def _enter(days: dict[dt.date, Day], span: Span) -> None:
    for day in days.values():
        midnight = dt.datetime.combine(day.date, dt.time.min, span.start.tzinfo)
        if span.certain and span.start <= midnight and span.end >= midnight + dt.timedelta(days=1):
            day.all_day = True
        elif span.start.date() == day.date:
            # What begins today and lasts for days is shown up to the end of the night; the next days show the rest.
            night_over = midnight + dt.timedelta(days=1, hours=12)
            end = span.end if span.end <= night_over else midnight + dt.timedelta(days=1)
            day.spans.append(Span(span.start, end, span.certain))
        elif span.start < midnight < span.end and span.end - span.start > dt.timedelta(hours=24):
            day.spans.append(Span(midnight, min(span.end, midnight + dt.timedelta(days=1)), span.certain))
