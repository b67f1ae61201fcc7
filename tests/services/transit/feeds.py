"""Small GTFS feeds, written as their files."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

AGENCY = "agency_id,agency_name,agency_url,agency_timezone\nA,Bay Buses,https://example.org,Asia/Shanghai\n"
STOPS = """stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station
west,西站,39.9000,119.5000,,
mid,中山路,39.9000,119.5300,,
mid2,中山路东,39.9000,119.5330,,
east,东站,39.9000,119.5600,,
hill,山海亭,39.9300,119.5600,,
"""
ROUTES = """route_id,agency_id,route_short_name,route_long_name,route_type
R1,A,1,,3
R2,A,2,,3
"""
CALENDAR = """service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date
DAY,1,1,1,1,1,1,1,20260101,20261231
WORK,1,1,1,1,1,0,0,20260101,20261231
"""
TRIPS = """route_id,service_id,trip_id,trip_headsign,direction_id
R1,DAY,a1,东站,0
R1,DAY,a2,东站,0
R1,DAY,a3,东站,0
R1,DAY,b1,西站,1
R1,DAY,b2,西站,1
R2,WORK,c1,山海亭,0
R2,WORK,c2,山海亭,0
R2,WORK,d1,中山路东,1
"""
STOP_TIMES = """trip_id,arrival_time,departure_time,stop_id,stop_sequence
a1,08:00:00,08:00:00,west,1
a1,08:10:00,08:10:00,mid,2
a1,08:20:00,08:20:00,east,3
a2,09:00:00,09:00:00,west,1
a2,09:10:00,09:10:00,mid,2
a2,09:20:00,09:20:00,east,3
a3,24:50:00,24:50:00,west,1
a3,25:00:00,25:00:00,mid,2
a3,25:10:00,25:10:00,east,3
b1,08:30:00,08:30:00,east,1
b1,08:40:00,08:41:00,mid,2
b1,08:50:00,08:50:00,west,3
b2,22:30:00,22:30:00,east,1
b2,22:40:00,22:40:00,mid,2
b2,22:50:00,22:50:00,west,3
c1,08:20:00,08:20:00,mid2,1
c1,08:40:00,08:40:00,hill,2
c2,09:20:00,09:20:00,mid2,1
c2,09:40:00,09:40:00,hill,2
d1,22:00:00,22:00:00,hill,1
d1,22:20:00,22:20:00,mid2,2
"""
FILES = {
    "agency.txt": AGENCY,
    "stops.txt": STOPS,
    "routes.txt": ROUTES,
    "calendar.txt": CALENDAR,
    "trips.txt": TRIPS,
    "stop_times.txt": STOP_TIMES,
}


def folder(path: Path, changed: Mapping[str, str | bytes | None] | None = None) -> Path:
    """The feed in a folder; `changed` replaces files, adds some, or with None leaves one out."""
    path.mkdir(parents=True, exist_ok=True)
    for name, text in {**FILES, **(changed or {})}.items():
        if text is not None:
            (path / name).write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def zipped(path: Path, changed: Mapping[str, str | bytes | None] | None = None) -> Path:
    """The feed as a zip file."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in {**FILES, **(changed or {})}.items():
            if text is not None:
                file.writestr(name, text)
    return path


def with_line(text: str, line: int, new: str) -> str:
    """A file with one of its lines (counted from 1) replaced."""
    lines = text.split("\n")
    lines[line - 1] = new
    return "\n".join(lines)


def with_more(text: str, *lines: str) -> str:
    """A file with lines added at its end."""
    return text + "".join(f"{line}\n" for line in lines)
