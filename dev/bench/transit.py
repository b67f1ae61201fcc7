"""Public transport of a made-up city of 5,000 stops and 500,000 stop times: import, journeys, memory.

Needs no running copy. The measuring is done in a process of its own, which is this file again (`python -m
dev.bench.transit SEED`), so that its memory is that of the feed and of what answers from it.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from dev.bench import synthetic_city
from dev.bench.own_process import measured
from dev.bench.report import Report, Table, megabytes
from dev.env import PROJECT_ROOT

IMPORT_SECONDS, JOURNEY_SECONDS, RESIDENT_BYTES = 60.0, 0.150, 500 * 2**20
QUERIES = 400
_DAY = dt.date(2026, 11, 23)


def run(seed: int) -> Report:
    """Measures in a process of its own and judges."""
    figures = measured("transit", seed)
    title = f"Public transport: {figures['stops']:,} stops, {figures['stop_times']:,} stop times"
    report = Report("transit", title, figures=figures)
    rows = [
        ["import of the zip, s", f"{figures['import_seconds']:.1f}"],
        ["packing and unpacking, s", f"{figures['pack_seconds']:.1f}"],
        ["stored, MB", megabytes(figures["stored_bytes"])],
        ["first question of a day, ms", f"{figures['first_seconds'] * 1000:.0f}"],
        ["resident after all questions, MB", megabytes(figures["resident_bytes"])],
        ["resident at its highest, with the import, MB", megabytes(figures["peak_bytes"])],
        ["questions with a journey", f"{figures['found']:.0%}"],
    ]
    report.tables.append(Table("The feed", ["", "value"], rows))
    spreads = [
        [kind, *(f"{figures[kind][name] * 1000:.0f}" for name in ("p50", "p95", "max"))]
        for kind in ("depart_at", "arrive_by")
    ]
    report.tables.append(Table("One journey (ms)", ["", "p50", "p95", "max"], spreads))
    slowest = max(figures[kind]["p95"] for kind in ("depart_at", "arrive_by"))
    report.promise(
        "Import in ≤ 60 s", f"{figures['import_seconds']:.1f} s", figures["import_seconds"] <= IMPORT_SECONDS
    )
    report.promise("A journey in ≤ 150 ms (p95)", f"{slowest * 1000:.0f} ms", slowest <= JOURNEY_SECONDS)
    peak = figures["peak_bytes"]
    report.promise("Resident ≤ 500 MB", f"{megabytes(peak)} MB", peak <= RESIDENT_BYTES)
    return report


def _measure(seed: int) -> dict[str, Any]:
    # Here, not above: whoever asks for another benchmark need not load numpy.
    from backend.geo import Datum, Point
    from backend.services.transit.importing import import_feed
    from backend.services.transit.journeys import end_at, plan
    from backend.services.transit.network import Network
    from backend.services.transit.packing import pack, unpack

    rng = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "city.zip"
        subprocess.run(
            [sys.executable, "-c", f"from dev.bench import synthetic_city as c; from pathlib import Path; "
             f"c.write(Path({str(path)!r}), {seed})"],
            cwd=PROJECT_ROOT, check=True,
        )  # fmt: skip
        start = time.perf_counter()
        feed = import_feed(path)
        import_seconds = time.perf_counter() - start
    start = time.perf_counter()
    data = pack(feed)
    network = Network(unpack(data))
    pack_seconds = time.perf_counter() - start
    counts = {"stops": len(feed.stops), "stop_times": len(feed.stop_times), "trips": len(feed.trips)}
    del feed

    def somewhere() -> Point:
        return Point(rng.uniform(*synthetic_city.LATS), rng.uniform(*synthetic_city.LONS), Datum.WGS84)

    taken: dict[str, list[float]] = {"depart_at": [], "arrive_by": []}
    found, first = 0, 0.0
    for number in range(2 * QUERIES + 1):
        when = dt.datetime.combine(_DAY, dt.time(rng.randrange(6, 22), rng.randrange(60)), network.zone)
        start = time.perf_counter()
        journeys = plan(
            network, end_at(network, somewhere()), end_at(network, somewhere()), when, arrive_by=number % 2 == 1
        )
        seconds = time.perf_counter() - start
        if not number:
            first = seconds  # which lays out the timetable of the day
            continue
        found += bool(journeys)
        taken["arrive_by" if number % 2 else "depart_at"].append(seconds)
    return {
        **counts,
        "import_seconds": import_seconds,
        "pack_seconds": pack_seconds,
        "stored_bytes": len(data),
        "first_seconds": first,
        "resident_bytes": _resident(),
        "peak_bytes": _peak(),
        "found": found / (2 * QUERIES),
        **{kind: _spread(seconds) for kind, seconds in taken.items()},
    }


def _spread(seconds: list[float]) -> dict[str, float]:
    ordered = sorted(seconds)
    return {"p50": ordered[len(ordered) // 2], "p95": ordered[len(ordered) * 95 // 100], "max": ordered[-1]}


def _resident() -> int:
    """Bytes of this process in memory (Linux)."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _peak() -> int:
    """The most it ever was (Linux)."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM"))


if __name__ == "__main__":
    json.dump(_measure(int(sys.argv[1])), sys.stdout)
