"""The nearest open of a hundred thousand places: in process, over HTTP, and after an edit.

Needs no running copy: it makes a city of its own, measures in a process of its own, which is this file again
(`python -m dev.bench.places SEED URL`), and asks one web process over loopback.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import gc
import http.client
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from dev.bench import big_city
from dev.bench.own_process import measured
from dev.bench.report import Report, Table, megabytes
from dev.env import PROJECT_ROOT, development_env
from dev.stack import Stack, answers

IN_PROCESS_SECONDS, HTTP_SECONDS = 0.005, 0.030
# As many as a page of the chat holds, and as many as the API gives where nobody says how many.
LIMITS = (5, 10)
# The API takes 600 questions a minute from one address.
QUESTIONS, REQUESTS, EDITS = 2_000, 500, 20
_ZONE = ZoneInfo("Asia/Shanghai")
# What people ask for, by how often.
_ASKED: tuple[tuple[int, dict[str, str]], ...] = (
    (40, {"kind": "clinic"}),
    (25, {"kind": "attraction,beach"}),
    (10, {"kind": "attraction", "tag": "tag:family"}),
    (10, {"kind": "clinic", "department": "department:pediatrics"}),
    (5, {"kind": "hub"}),
    (5, {"kind": "clinic", "district": "district:130304"}),
    (5, {}),
)
_NIGHT, _DAY = (23, 0, 1, 2, 3, 4, 5, 6), tuple(range(7, 23))
_START_SECONDS = 120.0


def run(folder: Path, port: int, seed: int) -> Report:
    """Makes the city, measures and judges. The web process listens on `port`, its broker on the next."""
    from backend.cli import migrate_database
    from backend.database import Database, make_engine

    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as own:
        url = f"sqlite:///{own}/places.sqlite3"
        migrate_database(url)
        db = Database(make_engine(url))
        big_city.load(db, seed)
        figures = measured("places", seed, url)
        with _web(Path(own), url, port):
            figures["http"] = _over_http(db, port, seed)
        db.engine.dispose()
    return _report(figures)


def _report(figures: dict[str, Any]) -> Report:
    report = Report("places", f"Places: {figures['places']:,} of them", figures=figures)
    rows = [
        [what, *(f"{spread[name] * 1000:.1f}" for name in ("p50", "p95", "p99", "max"))]
        for what, spread in (
            *((f"in process, {limit} wanted", figures["nearest"][str(limit)]) for limit in LIMITS),
            ("in process, 5 wanted, at night", figures["night"]),
            ("over HTTP, 10 wanted", figures["http"]["nearest"]),
            ("any place by id, over HTTP", figures["http"]["one"]),
        )
    ]
    columns = ["question", "p50", "p95", "p99", "max"]
    report.tables.append(Table("The nearest that are open (ms; in process: of CPU time)", columns, rows))
    edit, web = figures["edit"], figures["http"]
    report.tables.append(
        Table(
            "Keeping them",
            ["", "value"],
            [
                ["reading them all at the start, seconds", f"{figures['read_seconds']:.1f}"],
                ["memory kept by a process, MB", megabytes(figures["memory_bytes"])],
                ["of it for the index alone, MB", megabytes(figures["index_bytes"])],
                ["whether anything changed, ms a question", f"{figures['check']['p50'] * 1000:.2f}"],
                ["the first question after an edit, ms (p50 / max)", _pair(edit)],
                ["the same over HTTP, ms (p50 / max)", _pair(web["edit"])],
            ],
        )
    )
    p95 = figures["nearest"][str(LIMITS[0])]["p95"]
    report.promise("The nearest open in ≤ 5 ms in process (p95)", f"{p95 * 1000:.1f} ms", p95 <= IN_PROCESS_SECONDS)
    p95 = web["nearest"]["p95"]
    report.promise("The nearest open in ≤ 30 ms over HTTP (p95)", f"{p95 * 1000:.1f} ms", p95 <= HTTP_SECONDS)
    shown = web["edits_shown"]
    report.promise("Every edit is in the next answer", f"{shown} of {EDITS}", shown == EDITS)
    report.notes.append(
        "questions come in the order of a day, 7 to 23 o'clock and one in ten at night, from where the places are; "
        "over HTTP one process asks one web process, one question after the other"
    )
    return report


def _pair(spread: dict[str, float]) -> str:
    return f"{spread['p50'] * 1000:.0f} / {spread['max'] * 1000:.0f}"


def _moments(rng: random.Random, count: int, hours: tuple[int, ...] = ()) -> list[dt.datetime]:
    """When people ask, one after the other as the day goes on: from 7 to 23 o'clock and one in ten at night."""
    day = dt.datetime(2026, 11, 23, tzinfo=_ZONE)
    chosen = [rng.choice(hours or (_NIGHT if rng.random() < 0.1 else _DAY)) for _ in range(count)]
    return sorted(day.replace(hour=hour, minute=rng.randrange(60), second=rng.randrange(60)) for hour in chosen)


def _question(rng: random.Random, at: dt.datetime) -> dict[str, str]:
    """What somebody asks somewhere at a time, as parameters of the API."""
    [asked] = rng.choices([what for _, what in _ASKED], [often for often, _ in _ASKED])
    lat, lon = big_city.spot(rng)
    where = {"lat": f"{lat:.6f}", "lon": f"{lon:.6f}", "datum": rng.choice(("WGS-84", "GCJ-02"))}
    return {**asked, **where, "open_at": at.isoformat()}


@contextlib.contextmanager
def _web(folder: Path, url: str, port: int) -> Iterator[None]:
    """One web process as the Procfile starts it, and its broker."""
    env = development_env(
        {
            **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
            "VAR_DIR": str(folder / "var"),
            "PORT": str(port),
            "BROKER_PORT": str(port + 1),
            "DATABASE_URL": url,
        },
        folder,
    )
    (folder / "var").mkdir(exist_ok=True)
    broker = [sys.executable, "-m", "dev.broker", "--port", str(port + 1), "--bind", "127.0.0.1", "--save", ""]
    web = [sys.executable, "-m", "gunicorn", "-c", "backend/gunicorn.conf.py", "backend.wsgi:app"]
    with (folder / "web.log").open("wb") as log, contextlib.ExitStack() as closing:
        for command in ([*broker, "--dir", str(folder / "broker")], web):
            process = subprocess.Popen(command, cwd=PROJECT_ROOT, env=env, stdout=log, stderr=log)
            closing.callback(_end, process)
        if not Stack.until(lambda: answers(f"http://127.0.0.1:{port}/healthz"), _START_SECONDS):
            shutil.copy(folder / "web.log", folder.parent / "places-web.log")
            raise RuntimeError(f"The web process did not come: see {folder.parent / 'places-web.log'}")
        yield


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _over_http(db: Any, port: int, seed: int) -> dict[str, Any]:
    from backend.models import Place

    rng = random.Random(seed + 1)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)

    def get(path: str) -> Any:
        connection.request("GET", path)
        response = connection.getresponse()
        data = response.read()
        if response.status != 200:
            raise RuntimeError(f"{path}: {response.status} {data[:300]!r}")
        return json.loads(data)

    def nearest(at: dt.datetime) -> float:
        path = f"/api/v1/places/near?{urlencode(_question(rng, at))}"
        return _wall(lambda: get(path))

    moments = _moments(rng, REQUESTS)
    first = nearest(moments[0])
    taken = [nearest(at) for at in moments]
    known = [place["id"] for place in get("/api/v1/places?limit=200")["places"]]
    one = [_wall(lambda: get(f"/api/v1/places/{rng.choice(known)}")) for _ in range(100)]
    edits, shown = [], 0
    for number in range(EDITS):
        place_id = rng.choice(known)
        with db.write() as session:
            session.get_one(Place, place_id).website = f"{number}.example.org"
        start = time.perf_counter()
        shown += get(f"/api/v1/places/{place_id}")["website"] == f"{number}.example.org"
        edits.append(time.perf_counter() - start)
    connection.close()
    return {
        "first_seconds": first,
        "nearest": _spread(taken),
        "one": _spread(one),
        "edit": _spread(edits),
        "edits_shown": shown,
    }


def _wall(call: Callable[[], Any]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def _spread(seconds: list[float]) -> dict[str, float]:
    ordered = sorted(seconds)
    count = len(ordered)
    shares = {"p50": 50, "p95": 95, "p99": 99}
    return {**{name: ordered[count * share // 100] for name, share in shares.items()}, "max": ordered[-1]}


# What follows runs in the process that is measured.


def _measure(seed: int, url: str) -> dict[str, Any]:
    from backend.database import Database, make_engine
    from backend.geo import Datum, Point, distance_m
    from backend.models import Place
    from backend.services.place_index import PlaceIndex, Wanted
    from backend.services.places import Places

    rng = random.Random(seed)
    db = Database(make_engine(url))
    places = Places(db)
    here = Point(39.9, 119.5, Datum.WGS84)
    distance_m(here, here)  # imports what it needs
    gc.collect()
    before = _resident()
    start = time.thread_time()
    places.state()
    read = time.thread_time() - start
    memory = _resident() - before
    known = places.search(Wanted())
    before = _resident()
    index = PlaceIndex().changed({place.id: place for place in known})
    index_bytes = _resident() - before
    del index

    def nearest(limit: int, at: dt.datetime) -> float:
        asked = _question(rng, at)
        wanted = Wanted(
            kinds=tuple(asked["kind"].split(",")) if "kind" in asked else (),
            tags=(asked["tag"],) if "tag" in asked else (),
            districts=(asked["district"],) if "district" in asked else (),
            departments=(asked["department"],) if "department" in asked else (),
        )
        origin = Point(float(asked["lat"]), float(asked["lon"]), Datum(asked["datum"]))
        return _timed(lambda: places.nearest_open(origin, wanted, at, limit=limit))

    figures: dict[str, Any] = {
        "places": len(known),
        "read_seconds": read,
        "memory_bytes": memory,
        "index_bytes": index_bytes,
        "nearest": {str(limit): _spread([nearest(limit, at) for at in _moments(rng, QUESTIONS)]) for limit in LIMITS},
        "night": _spread([nearest(LIMITS[0], at) for at in _moments(rng, QUESTIONS // 4, _NIGHT)]),
        "check": _spread([_timed(places.state) for _ in range(QUESTIONS)]),
    }
    edits = []
    for number in range(EDITS):
        place = rng.choice(known)
        with db.write() as session:
            session.get_one(Place, place.id).website = f"{number}.example.org"
        edits.append(_timed(lambda place_id=place.id: places.get(place_id)))  # type: ignore[misc]
        found = places.get(place.id)
        assert found is not None
        assert found.website == f"{number}.example.org"
    figures["edit"] = _spread(edits)
    return figures


def _timed(call: Callable[[], Any]) -> float:
    """Seconds of this thread: what else the machine does meanwhile does not count."""
    start = time.thread_time()
    call()
    return time.thread_time() - start


def _resident() -> int:
    """Bytes of this process in memory (Linux)."""
    with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    json.dump(_measure(int(sys.argv[1]), sys.argv[2]), sys.stdout)
