"""Service days: on which a service runs, and when such a day begins."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

DAY_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Service:
    """When trips run: weekdays (bit 0 is Monday) from `start` to `end`, both included, and exceptions to that.

    calendar.txt and calendar_dates.txt; a service may have only exceptions, then `start` and `end` are None.
    """

    id: str
    weekdays: int = 0
    start: dt.date | None = None
    end: dt.date | None = None
    added: frozenset[dt.date] = frozenset()
    removed: frozenset[dt.date] = frozenset()

    def runs_on(self, day: dt.date) -> bool:
        """Whether it runs on a service day."""
        if day in self.added:
            return True
        if day in self.removed or self.start is None or self.end is None:
            return False
        return self.start <= day <= self.end and bool(self.weekdays >> day.weekday() & 1)


def day_start(day: dt.date, zone: ZoneInfo) -> dt.datetime:
    """The moment from which the times of a service day count, in UTC: noon minus twelve hours, which is midnight but on
    days when the clock is changed (GTFS reference, field type Time).
    """
    noon = dt.datetime.combine(day, dt.time(12), zone)
    return noon.astimezone(dt.UTC) - dt.timedelta(hours=12)


def seconds_of(moment: dt.datetime, day: dt.date, zone: ZoneInfo) -> int:
    """An aware moment as seconds of a service day; negative before it begins."""
    return round((moment - day_start(day, zone)).total_seconds())


def moment_of(seconds: int, day: dt.date, zone: ZoneInfo) -> dt.datetime:
    """Seconds of a service day as a moment in `zone`."""
    return (day_start(day, zone) + dt.timedelta(seconds=seconds)).astimezone(zone)
