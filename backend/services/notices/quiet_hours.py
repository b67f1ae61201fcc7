"""The hours of a city in which nobody is told anything but what saves lives."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class QuietHours:
    """From `begin` to `end` by the city's clock, over midnight where `end` is earlier; none where they are equal."""

    zone: ZoneInfo
    begin: dt.time
    end: dt.time

    @classmethod
    def of(cls, text: str, zone: ZoneInfo) -> QuietHours:
        """Reads `22:00-07:00`; an empty text means none. Raises ValueError."""
        if not text:
            return cls(zone, dt.time(), dt.time())
        begin, _, end = text.partition("-")
        return cls(zone, dt.time.fromisoformat(begin.strip()), dt.time.fromisoformat(end.strip()))

    def at(self, moment: dt.datetime) -> bool:
        """Whether an aware moment is in them."""
        clock = moment.astimezone(self.zone).time()
        if self.begin <= self.end:
            return self.begin <= clock < self.end
        return clock >= self.begin or clock < self.end

    def awake(self, moment: dt.datetime) -> dt.datetime:
        """An aware moment itself or, where it is in the quiet hours, their end; aware, UTC."""
        if not self.at(moment):
            return moment
        here = moment.astimezone(self.zone)
        end = dt.datetime.combine(here.date(), self.end, self.zone)
        if end <= here:
            end = dt.datetime.combine(here.date() + dt.timedelta(days=1), self.end, self.zone)
        return end.astimezone(dt.UTC)

    def midnight(self, moment: dt.datetime) -> dt.datetime:
        """The beginning of the city's day that an aware moment is in; aware."""
        day = moment.astimezone(self.zone).date()
        return dt.datetime.combine(day, dt.time(), self.zone)
