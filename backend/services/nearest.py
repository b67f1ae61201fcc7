"""The nearest places by true distance, and of them those that are open at a time."""

from __future__ import annotations

import datetime as dt
import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from backend.geo import ROUNDING_M, Datum, Point, convert, measured_m
from backend.models import Place
from backend.services.city_calendar import CityCalendar
from backend.services.opening import open_state
from backend.services.place_index import Entry, PlaceIndex, Wanted, fits, outward

# What people walk rather than ride, as a straight line: about twenty minutes.
WALKING_METRES = 1_500.0
# Streets are longer than the straight line; the usual factor of pedestrian networks is 1.2 to 1.5. An estimate, and to
# be called so wherever it is shown.
WALKING_DETOUR = 1.3
WALKING_METRES_PER_MINUTE = 75.0


@dataclass(frozen=True)
class Near:
    """A place and its distance in metres, straight line on the WGS-84 ellipsoid."""

    place: Place
    metres: float

    @property
    def key(self) -> tuple[float, str]:
        """What near places are ordered by: the distance, then the id."""
        return (self.metres, self.place.id)


@dataclass(frozen=True)
class OpenNear:
    """What is open, nearest first, and what may be: places on the way to the last of them whose hours are not known."""

    open: list[Near] = field(default_factory=list)
    unknown: list[Near] = field(default_factory=list)


def walking_minutes(metres: float) -> int:
    """About how many minutes a walk takes whose straight line is so long. An estimate: no streets are known here."""
    return max(1, round(metres * WALKING_DETOUR / WALKING_METRES_PER_MINUTE))


def outward_from(
    index: PlaceIndex,
    origin: Point,
    wanted: Wanted,
    *,
    within_m: float | None = None,
    after: tuple[float, str] | None = None,
    accepts: Callable[[Entry], bool] = lambda entry: True,
) -> Iterator[Near]:
    """Places that fit and are accepted, in the exact order of `distance_m` and then of their ids.

    `within_m` is in metres, straight line; `after` the `key` of the place to go on behind. `accepts` is asked of one
    place after the other, roughly nearest first, and of no more than needed. Raises UnknownDatumError when the datum
    of `origin` is unknown.
    """
    origin = convert(origin, Datum.WGS84)
    # Measured and waiting until nothing nearer can come.
    measured: list[tuple[tuple[float, str], Near]] = []
    facets, rest = index.fitting(wanted)
    all_fit = rest == Wanted()
    for chord, entry in outward(facets, origin):
        while measured and measured[0][0][0] < chord - ROUNDING_M:
            yield heapq.heappop(measured)[1]
        if within_m is not None and chord - ROUNDING_M > within_m:
            break
        if entry.point is None or not (all_fit or fits(entry.place, rest)):
            continue
        key = (measured_m(chord, origin, entry.point), entry.id)
        if (within_m is None or key[0] <= within_m) and (after is None or key > after) and accepts(entry):
            heapq.heappush(measured, (key, Near(entry.place, key[0])))
    while measured:
        yield heapq.heappop(measured)[1]


def open_from(
    index: PlaceIndex,
    origin: Point,
    wanted: Wanted,
    at: dt.datetime,
    *,
    limit: int,
    within_m: float | None = None,
    after: tuple[float, str] | None = None,
    calendar: CityCalendar | None = None,
) -> OpenNear:
    """The nearest `limit` places that are open at `at`, which must be aware and in the city's time zone.

    Places whose hours are not known are never open; those that lie nearer than the last open one (all of them where
    fewer than `limit` are open) are told apart, at most `limit` of them. Raises as `outward_from` and `open_state`.
    """
    found = OpenNear()
    unknown: set[str] = set()

    def accepts(entry: Entry) -> bool:
        kind = _kind(entry, at, calendar)
        if kind == "unknown" and len(unknown) < limit:
            unknown.add(entry.id)
            return True
        return kind == "open"

    for near in outward_from(index, origin, wanted, within_m=within_m, after=after, accepts=accepts):
        if near.place.id in unknown:
            found.unknown.append(near)
            continue
        found.open.append(near)
        if len(found.open) == limit:
            break
    return found


def _kind(entry: Entry, at: dt.datetime, calendar: CityCalendar | None) -> str:
    """The kind of `open_state`, which is not asked again before what it said can change.

    Only what the hours decide is remembered, to the end of the day at most: staff close a place for whole days.
    """
    known = entry.opening.known
    if known is not None and known[0] <= at < known[1] and known[3] is calendar:
        return known[2]
    state = open_state(entry.place, at, calendar)
    if state.kind in ("open", "closed"):
        tomorrow = dt.datetime.combine(at.date() + dt.timedelta(days=1), dt.time(), at.tzinfo)
        entry.opening.known = (at, min(state.until, tomorrow) if state.until else tomorrow, state.kind, calendar)
    return state.kind
