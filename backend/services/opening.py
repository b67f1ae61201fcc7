"""Whether a place is open: its OSM opening hours on the city's calendar, its status, what staff have closed. One
function for every channel.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from backend.geo import Datum, Point
from backend.models import Hotline, Place
from backend.services.city_calendar import CityCalendar, calendar_of
from backend.services.content import closed_on
from backend.services.opening_days import DayHours, Doubt, day_hours
from backend.services.opening_rules import HORIZON_DAYS, Rules, Span, follows_sun, rules_of
from backend.services.opening_week import Day, spelled_out

OpenKind = Literal["open", "closed", "closed_by_staff", "out_of_service", "unknown"]


@dataclass(frozen=True, slots=True)
class OpenState:
    """All times are aware and in the city's time zone; None where not known, or not within 400 days.

    `until` is when the state ends; for a closed or unknown one `next_open` is when the place opens for sure, and
    `next_unknown` when before that it may be open. `certain` is False where anything said here is in doubt; `doubt`
    says why and `doubt_day` which day it concerns. `comment` is what the expression adds ("by appointment").
    `approximate`: the sun was taken at the middle of the city.
    """

    kind: OpenKind
    until: dt.datetime | None = None
    next_open: dt.datetime | None = None
    next_unknown: dt.datetime | None = None
    certain: bool = True
    doubt: Doubt | None = None
    doubt_day: dt.date | None = None
    comment: str = ""
    approximate: bool = False


_UNKNOWN = OpenState("unknown", certain=False, doubt="unknown")
_OUT_OF_SERVICE = OpenState("out_of_service")


def open_state(record: Place | Hotline, now: dt.datetime, calendar: CityCalendar | None = None) -> OpenState:
    """The state of a place or hotline at `now`, which must be aware and in the city's time zone. It may be any moment.

    `calendar` is `CalendarDays.current()`; without it days that staff entered are not considered. Never guesses: no
    hours, no statement. Raises ValueError for a time without the city's zone.
    """
    zone = now.tzinfo
    if not isinstance(zone, ZoneInfo):
        raise ValueError("the time must be in the city's time zone")
    closure = None
    if isinstance(record, Place):
        if record.closed_from is not None or record.closed_to is not None:
            closure = (record.closed_from or dt.date.min, record.closed_to or dt.date.max)
        if record.status in ("closed", "suspended"):
            return OpenState("closed_by_staff") if closed_on(record, now.date()) else _OUT_OF_SERVICE
    hours = _hours_of(record, zone, calendar, closure)
    return hours.state(now, calendar or calendar_of(zone))


def hours_on(
    record: Place | Hotline, date: dt.date, zone: ZoneInfo, calendar: CityCalendar | None = None
) -> Day | None:
    """The hours that begin on a day by the expression alone, without closures and status; None where there is none."""
    rules = _hours_of(record, zone, calendar, None).rules
    known = calendar or calendar_of(zone)
    return spelled_out(date, day_hours(rules, date, known), known) if rules else None


class _Piece(NamedTuple):
    """Part of a day in one state."""

    start: dt.datetime
    end: dt.datetime
    state: OpenKind
    comment: str = ""
    doubt: Doubt | None = None


class _Hours:
    """The timeline of an expression with a closure; what was last worked out is kept for as long as it holds."""

    def __init__(
        self, rules: Rules | None, zone: ZoneInfo, closure: tuple[dt.date, dt.date] | None, approximate: bool
    ) -> None:
        self.rules = rules
        self._zone, self._closure, self._approximate = zone, closure, approximate
        self._last: tuple[CityCalendar, dt.datetime, dt.datetime, OpenState] | None = None

    def state(self, now: dt.datetime, calendar: CityCalendar) -> OpenState:
        """As `open_state`."""
        last = self._last
        if last is not None and last[0] is calendar and last[1] <= now < last[2]:
            return last[3]
        if self.rules is None and self._closure is None:
            return _UNKNOWN
        start, end, state = self._work_out(now, calendar)
        self._last = (calendar, start, end, state)
        return state

    def _work_out(self, now: dt.datetime, calendar: CityCalendar) -> tuple[dt.datetime, dt.datetime, OpenState]:
        """The state at `now`, and from when to when it is the same."""
        pieces = self._pieces(now.date(), calendar)
        current = next(piece for piece in pieces if piece.start <= now < piece.end)
        if self.rules is not None and self._closure is None and self.rules.constant(now):
            return current.start, current.end, _made([current], self._approximate)
        doubts = [current]
        until = next_open = next_unknown = None
        for piece in pieces:
            if until is None:
                if piece.state != current.state:
                    until = piece.start
                    # At midnight it is the next day's rule that ends it; and what is unknown next may go on as before.
                    if until.time() == dt.time.min or piece.state == "unknown":
                        doubts.append(piece)
                else:
                    doubts.append(piece)
                    continue
            if current.state == "open":
                break
            doubts.append(piece)
            if piece.state == "open":
                next_open = piece.start
                break
            if piece.state == "unknown" and next_unknown is None:
                next_unknown = piece.start
        state = _made(doubts, self._approximate, until, next_open, next_unknown)
        # Where nothing changes within the horizon, a later day may see something behind it.
        return current.start, until or current.end, state

    def _pieces(self, first: dt.date, calendar: CityCalendar) -> Iterator[_Piece]:
        """The days from `first` on, without gaps."""
        yesterday = self._own(first - dt.timedelta(days=1), calendar)
        for number in range(HORIZON_DAYS):
            date = first + dt.timedelta(days=number)
            midnight = dt.datetime.combine(date, dt.time.min, self._zone)
            end = dt.datetime.combine(date + dt.timedelta(days=1), dt.time.min, self._zone)
            if self._closed(date):
                yesterday = DayHours(())
                yield _Piece(midnight, end, "closed_by_staff")
                continue
            today = self._own(date, calendar)
            # The night before goes on, but what begins today goes before it.
            spans = [*today.spans, *(span for span in yesterday.spans if span.end > midnight)]
            edges = {midnight, end}
            for span in spans:
                edges |= {max(span.start, midnight), min(span.end, end)}
            for start, stop in pairwise(sorted(edges)):
                found = next((span for span in spans if span.start <= start < span.end), None)
                if self.rules is None:
                    yield _Piece(start, stop, "unknown", "", "unknown")
                elif found is None:
                    yield _Piece(start, stop, "closed", "", today.doubt)
                else:
                    whole = today.doubt if found in today.spans else yesterday.doubt
                    yield _Piece(start, stop, found.state, found.comment, _doubt_of(found) or whole)
            yesterday = today

    def _own(self, date: dt.date, calendar: CityCalendar) -> DayHours:
        if self.rules is None or self._closed(date):
            return DayHours(())
        return day_hours(self.rules, date, calendar)

    def _closed(self, date: dt.date) -> bool:
        return self._closure is not None and self._closure[0] <= date <= self._closure[1]


def _made(
    pieces: list[_Piece],
    approximate: bool,
    until: dt.datetime | None = None,
    next_open: dt.datetime | None = None,
    next_unknown: dt.datetime | None = None,
) -> OpenState:
    """The state of the first piece; the first doubt of any piece is that of the whole."""
    current = pieces[0]
    doubtful = next((piece for piece in pieces if piece.doubt), None)
    return OpenState(
        kind=current.state,
        until=until,
        next_open=next_open,
        next_unknown=next_unknown,
        certain=doubtful is None,
        doubt=doubtful.doubt if doubtful else None,
        doubt_day=doubtful.start.date() if doubtful else None,
        comment=current.comment,
        approximate=approximate,
    )


def _doubt_of(span: Span) -> Doubt | None:
    if span.state != "unknown":
        return None
    return "holiday" if span.doubt == "holiday" else "unknown"


def _hours_of(
    record: Place | Hotline, zone: ZoneInfo, calendar: CityCalendar | None, closure: tuple[dt.date, dt.date] | None
) -> _Hours:
    expression = record.opening_hours
    if not expression or not follows_sun(expression):
        return _hours(expression or "", zone, closure)
    if (
        isinstance(record, Place)
        and record.lat is not None
        and record.lon is not None
        and record.datum != Datum.UNKNOWN
    ):
        return _hours(expression, zone, closure, Point(record.lat, record.lon, Datum(record.datum)))
    return _hours(expression, zone, closure, calendar.centre if calendar else None, approximate=True)


@lru_cache(maxsize=4096)
def _hours(
    expression: str,
    zone: ZoneInfo,
    closure: tuple[dt.date, dt.date] | None,
    point: Point | None = None,
    approximate: bool = False,
) -> _Hours:
    return _Hours(rules_of(expression, zone, point) if expression else None, zone, closure, approximate)
