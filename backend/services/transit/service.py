"""What answers and the API ask about public transport."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from backend.services.transit import journeys
from backend.services.transit.journeys import End, Journey
from backend.services.transit.network import Network
from backend.services.transit.realtime import Alert, Live, Realtime
from backend.services.transit.store import Feeds

# Journeys are looked up from yesterday (its last buses run after midnight) to so many days ahead: a timetable is built
# for each day, and nobody plans a bus ride for a day further off.
DAYS_BACK, DAYS_AHEAD = 1, 60


class DayOutOfRange(ValueError):
    """No journeys are looked up for a day; they are from `first` to `last`, both included."""

    def __init__(self, first: dt.date, last: dt.date) -> None:
        super().__init__(f"journeys are looked up from {first} to {last}")
        self.first = first
        self.last = last


def check_day(network: Network, day: dt.date, now: dt.datetime) -> None:
    """Raises DayOutOfRange for a day in the feed's time zone that is too far from the aware moment `now`."""
    today = now.astimezone(network.zone).date()
    first, last = today - dt.timedelta(days=DAYS_BACK), today + dt.timedelta(days=DAYS_AHEAD)
    if not first <= day <= last:
        raise DayOutOfRange(first, last)


class Transit:
    """The active feed with what is known about now."""

    def __init__(self, feeds: Feeds, realtime: Realtime) -> None:
        self.feeds = feeds
        self.realtime = realtime

    def network(self) -> Network | None:
        """The active feed; None where none was ever loaded. Take it once for one answer: it may be swapped any time."""
        return self.feeds.current()

    def journeys(
        self, network: Network, origin: End, destination: End, when: dt.datetime, arrive_by: bool, now: dt.datetime
    ) -> list[Journey]:
        """Journeys by the timetable with the delays known at `now`; see `journeys.plan`. Times are aware.

        Raises DayOutOfRange.
        """
        check_day(network, when.astimezone(network.zone).date(), now)
        live = self.realtime.now(network, now)
        return journeys.plan(network, origin, destination, when, arrive_by, live.changes, live.version)

    def last_journey(
        self, network: Network, origin: End, destination: End, day: dt.date, now: dt.datetime
    ) -> Journey | None:
        """The last journey of a service day; see `journeys.last_departure`. Raises DayOutOfRange."""
        check_day(network, day, now)
        live = self.realtime.now(network, now)
        return journeys.last_departure(network, origin, destination, day, live.changes, live.version)

    def alerts(
        self, network: Network, now: dt.datetime, lines: Iterable[int] = (), stops: Iterable[int] = ()
    ) -> list[Alert]:
        """The notices in force on some lines and stops, and those on the whole network."""
        live: Live = self.realtime.now(network, now)
        about_lines, about_stops = frozenset(lines), frozenset(stops)
        return [
            alert
            for alert in live.alerts
            if alert.holds(now)
            and ((not alert.lines and not alert.stops) or alert.lines & about_lines or alert.stops & about_stops)
        ]
