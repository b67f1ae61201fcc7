"""How far our conversions between datums are from those of two other packages, over the whole city.

Needs no running copy. prcoords inverts every direction by iteration. eviltransform computes on another ellipsoid axis,
inverts GCJ-02 by bisection to a tenth of a metre (`gcj2wgs_exact`) and BD-09 in closed form, a fifth of a metre off.
Its `bd2wgs` goes by the rough inverse of GCJ-02, which is three metres off, so its two better steps are taken instead.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Iterator

import eviltransform
import prcoords

from backend import city_pack
from backend.config import PROJECT_ROOT
from backend.geo import Bounds, Datum, Point, convert
from dev.bench.report import Report, Table

POINTS = 10_000
METRES = 1.0
PACK = PROJECT_ROOT / "data" / "qinhuangdao"
WGS84, GCJ02, BD09 = Datum.WGS84, Datum.GCJ02, Datum.BD09

Oracle = Callable[[float, float], tuple[float, float]]
DIRECTIONS = ((WGS84, GCJ02), (GCJ02, WGS84), (GCJ02, BD09), (BD09, GCJ02), (WGS84, BD09), (BD09, WGS84))
ORACLES: dict[str, dict[tuple[Datum, Datum], Oracle]] = {
    "prcoords": {
        (WGS84, GCJ02): lambda lat, lon: prcoords.wgs_gcj((lat, lon)),
        (GCJ02, WGS84): lambda lat, lon: prcoords.gcj_wgs_bored((lat, lon)),
        (GCJ02, BD09): lambda lat, lon: prcoords.gcj_bd((lat, lon)),
        (BD09, GCJ02): lambda lat, lon: prcoords.bd_gcj_bored((lat, lon)),
        (WGS84, BD09): lambda lat, lon: prcoords.wgs_bd((lat, lon)),
        (BD09, WGS84): lambda lat, lon: prcoords.bd_wgs_bored((lat, lon)),
    },
    "eviltransform": {
        (WGS84, GCJ02): eviltransform.wgs2gcj,
        (GCJ02, WGS84): eviltransform.gcj2wgs_exact,
        (GCJ02, BD09): eviltransform.gcj2bd,
        (BD09, GCJ02): eviltransform.bd2gcj,
        (WGS84, BD09): eviltransform.wgs2bd,
        (BD09, WGS84): lambda lat, lon: eviltransform.gcj2wgs_exact(*eviltransform.bd2gcj(lat, lon)),
    },
}
# No degree of latitude or longitude is longer on the WGS-84 ellipsoid, so what is computed with it errs upwards.
_METRES_PER_DEGREE = 111_700.0


def city_bounds() -> Bounds:
    """The box the city lies in."""
    return city_pack.load_basics(PACK).city.bounds


def all_over(bounds: Bounds, datum: Datum, count: int, seed: int) -> Iterator[Point]:
    """Points anywhere in a box."""
    rng = random.Random(seed)
    for _ in range(count):
        yield Point(rng.uniform(*bounds.lat), rng.uniform(*bounds.lon), datum)


def deviation_m(point: Point, datum: Datum, oracle: str) -> float:
    """Metres between our conversion of a point and the oracle's, at most."""
    ours = convert(point, datum)
    lat, lon = ORACLES[oracle][point.datum, datum](point.lat, point.lon)
    return math.hypot(ours.lat - lat, ours.lon - lon) * _METRES_PER_DEGREE


def run(seed: int) -> Report:
    """Measures every direction against both oracles."""
    bounds = city_bounds()
    report = Report("datums", f"Datums: {POINTS:,} points over the city, every direction, two oracles")
    rows, worst = [], 0.0
    for here, there in DIRECTIONS:
        cells = [f"{here} to {there}"]
        for oracle in ORACLES:
            metres = sorted(deviation_m(point, there, oracle) for point in all_over(bounds, here, POINTS, seed))
            p99, most = metres[len(metres) * 99 // 100], metres[-1]
            report.figures[f"{here} to {there}, {oracle}"] = {"p99_metres": p99, "max_metres": most}
            cells += [f"{p99:.4f}", f"{most:.4f}"]
            worst = max(worst, most)
        rows.append(cells)
    columns = ["direction", *(f"{oracle}, {what}" for oracle in ORACLES for what in ("p99", "max"))]
    report.tables.append(Table("Metres from the oracle", columns, rows))
    start = time.thread_time()
    for point in all_over(bounds, BD09, POINTS, seed):
        convert(point, WGS84)
    each = (time.thread_time() - start) / POINTS
    report.figures["seconds_bd09_to_wgs84"] = each
    report.notes.append(
        f"the longest way, BD-09 to WGS-84, takes {each * 1e6:.0f} µs of CPU time, making the point included"
    )
    report.promise("Within a metre of both oracles", f"{worst:.3f} m at most", worst < METRES)
    return report
