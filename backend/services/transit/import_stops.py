"""stops.txt: stops, stations, entrances and what lies between."""

from __future__ import annotations

from dataclasses import replace

from backend.geo import Datum, Point
from backend.services.transit.feed import PLATFORM, STATION, Stop
from backend.services.transit.reading import Source
from backend.services.transit.tables import Table
from backend.services.transit.validation import Report

_TYPES = range(5)  # 0 stop, 1 station, 2 entrance, 3 generic node, 4 boarding area
_BOARDING_AREA = 4
_OPTIONAL = ("stop_code", "stop_name", "stop_lat", "stop_lon", "location_type", "parent_station", "zone_id")


def read_stops(source: Source, report: Report) -> tuple[list[Stop], dict[str, int]]:
    """The stops with their parents resolved, and their index by id."""
    table = Table(source, "stops.txt", report, ("stop_id",), _OPTIONAL)
    stops: list[Stop] = []
    parents: list[str] = []
    lines: list[int] = []
    index: dict[str, int] = {}
    for line, (id_, code, name, lat, lon, type_, parent, zone) in table:
        if not table.needs(line, "stop_id", id_):
            continue
        if id_ in index:
            table.error(line, "stop_id", f"“{id_}” stands in line {lines[index[id_]]} already: each stop needs its own")
            continue
        kind = table.choice(line, "location_type", type_, _TYPES, PLATFORM)
        point = None
        if kind <= 2:
            table.needs(line, "stop_name", name)
        if kind <= 2 or lat or lon:
            point = _point(table, line, lat, lon)
        index[id_] = len(stops)
        lines.append(line)
        parents.append(parent)
        stops.append(Stop(id_, name, code=code, point=point, location_type=kind, zone=zone))
    if not stops and report.ok:
        table.error(1, "", "names no stop")
    return _with_parents(table, stops, parents, lines, index), index


def _point(table: Table, line: int, lat: str, lon: str) -> Point | None:
    given = table.degrees(line, "stop_lat", lat, 90), table.degrees(line, "stop_lon", lon, 180)
    if given[0] is None or given[1] is None:
        return None
    if abs(given[0]) < 1 and abs(given[1]) < 1:
        table.error(line, "stop_lat", "the position is near 0, 0 in the Atlantic: it seems not to be filled in")
    return Point(given[0], given[1], Datum.WGS84)


def _with_parents(
    table: Table, stops: list[Stop], parents: list[str], lines: list[int], index: dict[str, int]
) -> list[Stop]:
    known = [index.get(parent, -1) if parent else -1 for parent in parents]
    for at, stop in enumerate(stops):
        line, parent = lines[at], parents[at]
        if not parent:
            if stop.location_type not in (PLATFORM, STATION):
                table.error(line, "parent_station", "is empty: entrances, nodes and boarding areas belong to a station")
        elif known[at] < 0:
            table.error(line, "parent_station", f"“{parent}” is not a stop_id of stops.txt")
        elif _goes_in_a_circle(at, known):
            table.error(line, "parent_station", f"“{parent}” leads back to “{stop.id}”: a station has no parent")
        elif stop.location_type == STATION:
            table.error(line, "parent_station", f"a station has no parent, and “{stop.id}” is one: leave it empty")
        else:
            wanted = PLATFORM if stop.location_type == _BOARDING_AREA else STATION
            if stops[known[at]].location_type != wanted:
                what = "a stop (location_type 0)" if wanted == PLATFORM else "a station (location_type 1)"
                table.error(line, "parent_station", f"“{parent}” is not {what}")
    return [replace(stop, parent=parent) for stop, parent in zip(stops, known, strict=True)]


def _goes_in_a_circle(start: int, parents: list[int]) -> bool:
    seen = {start}
    at = parents[start]
    while at >= 0:
        if at == start:
            return True
        if at in seen:
            return False  # a circle further up, which is told where it is
        seen.add(at)
        at = parents[at]
    return False
