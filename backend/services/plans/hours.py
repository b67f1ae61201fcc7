"""When a place can be visited on a day: the spans for which it is open or not known to be shut."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from backend.models import Place
from backend.services.city_calendar import CityCalendar
from backend.services.opening import open_state

Hours = Literal["open", "unknown"]
STEP = dt.timedelta(minutes=5)


@dataclass(frozen=True)
class OpenSpan:
    """From `begin` until `end` (aware, in the city's time zone) the hours are `kind` throughout."""

    begin: dt.datetime
    end: dt.datetime
    kind: Hours


def open_spans(
    place: Place, begin: dt.datetime, end: dt.datetime, calendar: CityCalendar | None = None
) -> tuple[OpenSpan, ...]:
    """The spans within [begin, end] in which the place is open, or its hours are not known; shut times are left out.

    `begin` and `end` are aware, in the city's time zone, on one day.
    """
    spans: list[OpenSpan] = []
    moment = begin
    while moment < end:
        state = open_state(place, moment, calendar)
        later = moment + STEP
        if state.kind in ("open", "closed"):
            # Known until it changes; for good where nothing says that it does.
            later = max(state.until, moment + dt.timedelta(minutes=1)) if state.until is not None else end
        later = min(later, end)
        if state.kind == "open" or state.kind == "unknown":
            _add(spans, OpenSpan(moment, later, state.kind))
        moment = later
    return tuple(spans)


def _add(spans: list[OpenSpan], span: OpenSpan) -> None:
    if spans and spans[-1].end == span.begin and spans[-1].kind == span.kind:
        span = OpenSpan(spans.pop().begin, span.end, span.kind)
    spans.append(span)
