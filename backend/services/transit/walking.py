"""Walking: between stops, and between a point and the stops around it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from backend.geo import Datum, Point, convert
from backend.services.transit.feed import PLATFORM, Ints, Stop

# Straight-line metres that are walked between two rides, and to the first or from the last stop.
BETWEEN_STOPS_M, TO_STOP_M = 500.0, 900.0
# 4.5 km/h, and streets are 1.3 times as long as the straight line (Newell 1980; OpenTripPlanner walks at 4.8 km/h).
_METRES_A_SECOND, _DETOUR = 1.25, 1.3
# Getting off one vehicle and on another at the same stop.
CHANGE_SECONDS = 60
_INSIDE_STATION_SECONDS = 120
_NEVER, _MINIMUM = 3, 2  # transfer_type

# WGS-84 ellipsoid.
_AXIS_M, _ECCENTRICITY_SQ = 6_378_137.0, 0.00669437999014

Footpaths = list[tuple[tuple[int, int], ...]]


def walk_seconds(metres: float) -> int:
    """Time for a way of so many metres in a straight line."""
    return math.ceil(metres * _DETOUR / _METRES_A_SECOND)


class Around:
    """Finds stops by distance: their positions on a plane in metres, right to a fraction of a percent over a city."""

    def __init__(self, stops: Sequence[Stop]) -> None:
        self._of = np.array(
            [at for at, stop in enumerate(stops) if stop.point and stop.location_type == PLATFORM], np.int32
        )
        points = [convert(stops[at].point, Datum.WGS84) for at in self._of]  # type: ignore[arg-type]
        lats = np.array([point.lat for point in points])
        lons = np.array([point.lon for point in points])
        self._lat = float(lats.mean()) if len(lats) else 0.0
        sine = math.sin(math.radians(self._lat))
        bend = 1 - _ECCENTRICITY_SQ * sine * sine
        # Metres to a degree along the meridian and along the parallel.
        self._per_lat = math.radians(_AXIS_M * (1 - _ECCENTRICITY_SQ) / bend**1.5)
        self._per_lon = math.radians(_AXIS_M / math.sqrt(bend) * math.cos(math.radians(self._lat)))
        self._x, self._y = lons * self._per_lon, lats * self._per_lat
        # By index of the stop; not a number where it has no position or nothing calls there.
        self._at = np.full((len(stops), 2), np.nan)
        self._at[self._of] = np.column_stack([self._x, self._y])

    def near(self, point: Point, metres: float) -> list[tuple[int, float]]:
        """Stops within so many metres with their distance, nearest first. Raises UnknownDatumError."""
        point = convert(point, Datum.WGS84)
        away = np.hypot(self._x - point.lon * self._per_lon, self._y - point.lat * self._per_lat)
        within = np.flatnonzero(away <= metres)
        within = within[np.argsort(away[within], kind="stable")]
        return [(int(self._of[at]), float(away[at])) for at in within]

    def metres(self, ones: npt.NDArray[Any], others: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
        """Distances of stops from others, pair by pair."""
        apart = self._at[ones] - self._at[others]
        return np.hypot(apart[:, 0], apart[:, 1])

    def pairs(self, metres: float) -> list[tuple[int, int, float]]:
        """Every ordered pair of different stops within so many metres of each other."""
        found: list[tuple[int, int, float]] = []
        order = np.argsort(self._x, kind="stable")
        xs, ys = self._x[order], self._y[order]
        lasts = np.searchsorted(xs, xs + metres, side="right")
        for at in range(len(order)):
            end = int(lasts[at])
            away = np.hypot(xs[at + 1 : end] - xs[at], ys[at + 1 : end] - ys[at])
            for step in np.flatnonzero(away <= metres):
                one, other = int(self._of[order[at]]), int(self._of[order[at + 1 + step]])
                found += [(one, other, float(away[step])), (other, one, float(away[step]))]
        return found


def footpaths(stops: Sequence[Stop], transfers: Ints, around: Around) -> Footpaths:
    """For each stop where one can change to and in how many seconds; among them the stop itself.

    transfers.txt overrules distance: type 2 gives the time, type 3 forbids, and what it lists may be any distance away.
    """
    seconds: list[dict[int, int]] = [{} for _ in stops]
    for at, stop in enumerate(stops):
        if stop.location_type == PLATFORM:
            seconds[at][at] = CHANGE_SECONDS
    for one, other, metres in around.pairs(BETWEEN_STOPS_M):
        seconds[one][other] = max(CHANGE_SECONDS, walk_seconds(metres))
    children: dict[int, list[int]] = {}
    for at, stop in enumerate(stops):
        if stop.parent >= 0 and stop.location_type == PLATFORM:
            children.setdefault(stop.parent, []).append(at)
    for platforms in children.values():
        for one in platforms:
            for other in platforms:
                seconds[one].setdefault(other, _INSIDE_STATION_SECONDS)
    for from_, to, kind, least in transfers.tolist():
        for one in children.get(from_, [from_]):
            for other in children.get(to, [to]):
                if kind == _NEVER:
                    seconds[one].pop(other, None)
                elif kind == _MINIMUM and least >= 0:
                    seconds[one][other] = least
                else:
                    seconds[one].setdefault(other, max(least, _INSIDE_STATION_SECONDS))
    return [tuple(sorted(ways.items(), key=lambda way: way[1])) for ways in seconds]


def mirrored(paths: Footpaths) -> Footpaths:
    """The same ways walked backwards."""
    back: list[list[tuple[int, int]]] = [[] for _ in paths]
    for one, ways in enumerate(paths):
        for other, seconds in ways:
            back[other].append((one, seconds))
    return [tuple(sorted(ways, key=lambda way: way[1])) for ways in back]
