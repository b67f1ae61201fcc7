"""Whether a place is open, from its OSM opening hours, its status and what staff have closed. One function for every
channel.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from babel.core import get_global
from opening_hours import OpeningHours, ParserError, UnknownCountryError  # type: ignore[attr-defined]

from backend.models import Place
from backend.services.content import closed_on

OpenKind = Literal["open", "closed", "closed_by_staff", "out_of_service", "unknown"]


@dataclass(frozen=True)
class OpenState:
    """`until` is when the state ends, `next_open` when a closed place opens; both in the city's time zone, None where
    not known.
    """

    kind: OpenKind
    until: dt.datetime | None = None
    next_open: dt.datetime | None = None


@lru_cache(maxsize=4096)
def parsed(expression: str, zone: ZoneInfo) -> OpeningHours | None:
    """The expression with the public holidays of the zone's country; None for a bad expression.

    Where the library has no holidays of that country, rules for public holidays do not apply.
    """
    country = get_global("zone_territories").get(zone.key)
    for place in (country, None):
        try:
            return OpeningHours(expression, timezone=zone, country=place)
        except ParserError:
            return None
        except UnknownCountryError:
            continue
    return None


def open_state(place: Place, now: dt.datetime) -> OpenState:
    """The state of a place at `now`, which must be aware and in the city's time zone. Never guesses: no hours, no
    statement.
    """
    if closed_on(place, now.date()):
        return OpenState("closed_by_staff")
    if place.status in ("closed", "suspended"):
        return OpenState("out_of_service")
    if not isinstance(now.tzinfo, ZoneInfo):
        raise ValueError("the time must be in the city's time zone")
    hours = parsed(place.opening_hours, now.tzinfo) if place.opening_hours else None
    if hours is None or hours.is_unknown(now):
        return OpenState("unknown")
    change = hours.next_change(now)
    if hours.is_open(now):
        return OpenState("open", until=change)
    return OpenState("closed", until=change, next_open=change if change and hours.is_open(change) else None)
