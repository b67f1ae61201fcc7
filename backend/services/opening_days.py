"""The hours of one day of the city's calendar: which rules of an expression a holiday or a make-up workday calls for.

Decided here, since the OSM syntax leaves it open (docs/adr/0009-opening-hours.md):

* A public holiday follows the rules for PH. Where an expression names no PH, the day may be kept as its weekday says or
  as a Sunday: where the two agree that is the answer, where they do not the hours are unknown.
* A make-up workday is read as most of Monday to Friday are, never as the Saturday or Sunday it falls on.
* A day nobody knows the kind of is read as its weekday, with a doubt where another reading would change its hours.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise
from typing import Literal, NamedTuple

from backend.services.city_calendar import CityCalendar
from backend.services.opening_rules import Reading, Rules, Span, SpanState

# Why hours are not certain: the holiday's own hours are not told; the year's arrangement is not announced; the country
# has no table of holidays; the hours depend on school holidays; the working days differ among each other; the rule
# names no closing time ("17:00+"); the position of the sun is not known; the expression itself says unknown.
Doubt = Literal[
    "holiday", "unannounced", "no_calendar", "school_holidays", "makeup_workday", "open_end", "no_position", "unknown"
]
_SUNDAY = 6


class DayHours(NamedTuple):
    """The hours that begin on a day, and a doubt that concerns all of it."""

    spans: tuple[Span, ...]
    doubt: Doubt | None = None


@lru_cache(maxsize=20_000)
def day_hours(rules: Rules, date: dt.date, calendar: CityCalendar) -> DayHours:
    """The hours that begin on a day, in the city's time zone."""
    spans, doubt = (
        _by_calendar(rules, date, calendar) if rules.by_weekday else (rules.spans(date, rules.everything), None)
    )
    if rules.open_end and spans:
        doubt = doubt or "open_end"
    if rules.follows_sun and not rules.has_position and spans:
        doubt = doubt or "no_position"
    return DayHours(spans, doubt)


def _by_calendar(rules: Rules, date: dt.date, calendar: CityCalendar) -> tuple[tuple[Span, ...], Doubt | None]:
    def public(day: dt.date) -> bool:
        return calendar.day(day).kind == "public_holiday"

    def is_date(day: dt.date) -> bool:
        return day == date or public(day)

    def read(weekday: int, holiday: bool = False, school: bool = False) -> tuple[Span, ...]:
        reading = Reading(date, weekday, is_date if holiday else public, school)
        return rules.spans(date, rules.vector(reading))

    kind = calendar.day(date).kind
    own = date.weekday()
    if not rules.readable:
        return read(own), None if kind in ("workday", "weekend") and calendar.considers_holidays else _doubt(kind)
    if kind == "makeup_workday":
        weekday, alike = _working_day(rules, date, public)
        spans = read(weekday)
        doubt: Doubt | None = None if alike or spans == read(own) else "makeup_workday"
    elif kind == "public_holiday" and not rules.names_public:
        spans, doubt = _where_they_agree(read(own), read(_SUNDAY)), None
    else:
        spans, doubt = read(own), None
        if kind == "unannounced" or not calendar.considers_holidays:
            others = [read(own, holiday=True) if rules.names_public else read(_SUNDAY)]
            if kind == "unannounced" and own >= 5:
                others.append(read(_working_day(rules, date, public)[0]))
            if any(other != spans for other in others):
                doubt = _doubt(kind)
    if rules.names_school and read(own, school=True) != read(own):
        doubt = doubt or "school_holidays"
    return spans, doubt


def _doubt(kind: str) -> Doubt:
    if kind == "unannounced":
        return "unannounced"
    return "holiday" if kind == "public_holiday" else "makeup_workday" if kind == "makeup_workday" else "no_calendar"


def _working_day(rules: Rules, date: dt.date, public: Callable[[dt.date], bool]) -> tuple[int, bool]:
    """The weekday that stands for the working days of an expression, and whether all five of them are alike.

    The most frequent counts: "We off" says nothing of a Saturday that is worked.
    """
    vectors = [rules.vector(Reading(date, weekday, public)) for weekday in range(5)]
    (most, times), *_ = Counter(vectors).most_common()
    return vectors.index(most), times == 5


def _where_they_agree(one: tuple[Span, ...], other: tuple[Span, ...]) -> tuple[Span, ...]:
    """The hours both readings give; what only one of them gives is unknown."""
    if one == other:
        return one
    edges = sorted({edge for span in (*one, *other) for edge in (span.start, span.end)})
    found: list[Span] = []
    for start, end in pairwise(edges):
        first, second = _at(one, start), _at(other, start)
        if first != second:
            first = ("unknown", "", "holiday")
        if found and found[-1].end == start and found[-1][2:] == first:
            found[-1] = found[-1]._replace(end=end)
        elif first[0] != "closed":
            found.append(Span(start, end, *first))
    return tuple(found)


def _at(spans: tuple[Span, ...], time: dt.datetime) -> tuple[SpanState, str, str]:
    """State, comment and doubt at a moment."""
    return next((span[2:] for span in spans if span.start <= time < span.end), ("closed", "", ""))
