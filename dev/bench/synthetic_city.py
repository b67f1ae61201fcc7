"""A made-up city as a GTFS zip: two stops at every crossing of a grid of streets, lines along them, a whole day."""

from __future__ import annotations

import io
import random
import zipfile
from pathlib import Path

SIDE = 50  # crossings; with a stop on either side of the street: 5,000 stops
SPACING = 0.0045  # degrees of latitude, some 500 m
LAT, LON, STREET = 39.80, 119.40, 0.0003
LATS = (LAT, LAT + (SIDE - 1) * SPACING)
LONS = (LON, LON + (SIDE - 1) * SPACING * 1.3)
LINES, STOPS_OF_A_LINE = 250, 40
STOP_TIMES = 500_000
FIRST_SECOND, LAST_SECOND = 5 * 3600, 24 * 3600 + 1800

Crossing = tuple[int, int]


def write(path: Path, seed: int) -> None:
    """Writes the feed: 250 lines there and back, half a million stop times, some past midnight, two services."""
    rng = random.Random(seed)
    trips, times = io.StringIO(), io.StringIO()
    trips.write("route_id,service_id,trip_id,direction_id,trip_headsign\n")
    times.write("trip_id,arrival_time,departure_time,stop_id,stop_sequence\n")
    routes = ["route_id,agency_id,route_short_name,route_long_name,route_type"]
    runs = STOP_TIMES // (LINES * 2 * STOPS_OF_A_LINE)
    for line in range(LINES):
        routes.append(f"R{line},A,{line + 1},,3")
        way = _way(rng)
        for direction, crossings in enumerate((way, way[::-1])):
            for run in range(runs):
                trip = f"{line}-{direction}-{run}"
                trips.write(f"R{line},{'ALL' if run % 4 else 'WEEK'},{trip},{direction},终点{line}\n")
                at = FIRST_SECOND + (LAST_SECOND - FIRST_SECOND) * run // runs + rng.randrange(300)
                for sequence, (column, row) in enumerate(crossings):
                    clock = f"{at // 3600:02}:{at // 60 % 60:02}:{at % 60:02}"
                    times.write(f"{trip},{clock},{clock},S{column}_{row}_{direction},{sequence}\n")
                    at += rng.randrange(70, 150)
    stops = ["stop_id,stop_name,stop_lat,stop_lon"]
    for column in range(SIDE):
        for row in range(SIDE):
            for side in (0, 1):
                lat, lon = LAT + row * SPACING + side * STREET, LON + column * SPACING * 1.3 + side * STREET
                stops.append(f"S{column}_{row}_{side},路口{column}-{row},{lat:.6f},{lon:.6f}")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(
            "agency.txt",
            "agency_id,agency_name,agency_url,agency_timezone\nA,Made-up Buses,https://example.org,Asia/Shanghai\n",
        )
        file.writestr("stops.txt", "\n".join(stops) + "\n")
        file.writestr("routes.txt", "\n".join(routes) + "\n")
        file.writestr(
            "calendar.txt",
            "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
            "ALL,1,1,1,1,1,1,1,20260101,20271231\nWEEK,1,1,1,1,1,0,0,20260101,20271231\n",
        )
        file.writestr("trips.txt", trips.getvalue())
        file.writestr("stop_times.txt", times.getvalue())


def _way(rng: random.Random) -> list[Crossing]:
    """Along streets: straight on mostly, a turn now and then, no crossing twice."""
    while True:
        column, row = rng.randrange(SIDE), rng.randrange(SIDE)
        step = rng.choice([(1, 0), (-1, 0), (0, 1), (0, -1)])
        way = [(column, row)]
        while len(way) < STOPS_OF_A_LINE:
            if rng.random() < 0.12:
                step = rng.choice([(step[1], step[0]), (-step[1], -step[0])])
            column, row = column + step[0], row + step[1]
            if not (0 <= column < SIDE and 0 <= row < SIDE) or (column, row) in way:
                break
            way.append((column, row))
        else:
            return way
