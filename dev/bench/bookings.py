"""Everybody at once for a few places, through the real HTTP API; and the same while it is killed.

Needs no running copy: web processes and their broker are started on a database of their own, SQLite and PostgreSQL.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from dev.bench.load import Spread
from dev.bench.report import Report, Table
from dev.env import PROJECT_ROOT, development_env
from dev.stack import Stack, answers

PEOPLE, PLACES, LIMIT_SECONDS = 500, 50, 2.0
CLIENTS, SEATS, KILLS = 200, 20, 3
# One for each core, as the README advises.
WEB_PROCESSES = 2
_START_SECONDS, _GIVE_UP_SECONDS = 120.0, 120.0


@dataclass
class Tries:
    """What the clients met. `first` is the code each got, if any."""

    latencies: list[float] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)
    codes: list[str] = field(default_factory=list)
    waiting_list_offered: int = 0
    different_when_repeated: int = 0


def run(folder: Path, port: int) -> Report:
    """Both databases, both rounds. The web process listens on `port`, its broker on the next."""
    from tests.support.postgres import new_database, postgres_server

    report = Report("bookings", f"{PEOPLE} people at once for {PLACES} places")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as own:
        _database(report, Path(own) / "sqlite", f"sqlite:///{own}/bookings.sqlite3", port, "SQLite")
        with postgres_server() as server, new_database(server) as url:
            _database(report, Path(own) / "postgresql", url, port, "PostgreSQL")
    report.notes.append(
        f"{WEB_PROCESSES} web processes; the people are in one process beside it; PostgreSQL does not flush to disk"
    )
    return report


def _database(report: Report, folder: Path, url: str, port: int, name: str) -> None:
    from backend.cli import migrate_database

    folder.mkdir()
    migrate_database(url)
    web = _Web(folder, url, port)
    with web.running():
        slot, tokens = _prepare(web, PLACES, PEOPLE)
        tries = asyncio.run(_rush(web, slot, tokens, 0))
        _judge_rush(report, name, tries, *_counted(web, slot))
        slot, tokens = _prepare(web, SEATS, CLIENTS)
        tries = asyncio.run(_rush(web, slot, tokens, KILLS))
        _judge_kills(report, name, tries, *_counted(web, slot))


def _judge_rush(report: Report, name: str, tries: Tries, taken: int, twice: int) -> None:
    spread, full = Spread.of(tries.latencies), tries.outcomes["409 full"]
    row = [name, *(str(n) for n in (tries.outcomes["201"], full, twice)), *(f"{v:.2f}" for v in _times(spread))]
    columns = ["database", "booked", "told full", "twice", "p50", "p95", "max (s)"]
    report.tables.append(Table(f"{PEOPLE} at once for {PLACES} places, {name}", columns, [row]))
    right = (tries.outcomes["201"], full, taken, twice) == (PLACES, PEOPLE - PLACES, PLACES, 0)
    report.promise(
        f"{name}: {PLACES} booked, {PEOPLE - PLACES} told the truth, none twice",
        f"{dict(tries.outcomes)}, {taken} taken, {twice} twice",
        right,
    )
    report.promise(
        f"{name}: everybody refused is offered the waiting list",
        f"{tries.waiting_list_offered} of {full}",
        tries.waiting_list_offered == full,
    )
    report.promise(f"{name}: p95 ≤ {LIMIT_SECONDS:.0f} s", f"{spread.p95:.2f} s", spread.p95 <= LIMIT_SECONDS)
    report.figures[name] = {"rush": asdict(spread) | dict(tries.outcomes)}


def _judge_kills(report: Report, name: str, tries: Tries, taken: int, twice: int) -> None:
    codes = len(set(tries.codes))
    report.promise(
        f"{name}: {CLIENTS} clients on {SEATS} places, web killed {KILLS} times: no place given twice",
        f"{codes} booked, {taken} taken, {twice} twice, {tries.outcomes['no connection']} tries cut off",
        (codes, taken, twice) == (SEATS, SEATS, 0),
    )
    report.promise(
        f"{name}: the same key gave the same answer",
        f"{tries.different_when_repeated} different",
        not tries.different_when_repeated,
    )
    report.figures[name]["kills"] = dict(tries.outcomes)


def _times(spread: Spread) -> tuple[float, float, float]:
    return spread.p50, spread.p95, spread.max


class _Web:
    """The web processes as the Procfile starts them, and their broker."""

    def __init__(self, folder: Path, url: str, port: int) -> None:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        own = {"VAR_DIR": str(folder), "PORT": str(port), "BROKER_PORT": str(port + 1), "DATABASE_URL": url}
        own["WEB_CONCURRENCY"] = str(WEB_PROCESSES)
        self.env = development_env({**kept, **own}, folder)
        self.url, self._folder = f"http://127.0.0.1:{port}", folder
        self._web: subprocess.Popen[bytes] | None = None

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        with (self._folder / "broker.log").open("wb") as log:
            command = [sys.executable, "-m", "dev.broker", "--port", self.env["BROKER_PORT"], "--bind", "127.0.0.1"]
            command += ["--save", "", "--dir", str(self._folder)]
            broker = subprocess.Popen(command, cwd=PROJECT_ROOT, env=self.env, stdout=log, stderr=log)
            try:
                self.start()
                yield
            finally:
                self.kill()
                broker.terminate()
                broker.wait(30)

    def start(self) -> None:
        command = [sys.executable, "-m", "gunicorn", "-c", "backend/gunicorn.conf.py", "backend.wsgi:app"]
        with (self._folder / "web.log").open("ab") as log:
            self._web = subprocess.Popen(
                command, cwd=PROJECT_ROOT, env=self.env, stdout=log, stderr=log, start_new_session=True
            )
        if not Stack.until(lambda: answers(f"{self.url}/healthz"), _START_SECONDS):
            raise RuntimeError((self._folder / "web.log").read_text(errors="replace")[-1000:])

    def kill(self) -> None:
        """Ends the web processes as a power cut would."""
        if self._web is not None:
            os.killpg(self._web.pid, signal.SIGKILL)
            self._web.wait()
            self._web = None

    def container(self) -> Any:
        from backend.config import Settings
        from backend.wiring import Container

        fields = {name: self.env[name.upper()] for name in Settings.model_fields if self.env.get(name.upper())}
        return Container(Settings.model_validate(fields))


def _prepare(web: _Web, capacity: int, people: int) -> tuple[int, list[str]]:
    """A slot and the tokens of those who want it."""
    from backend.models import Bookable, Slot, utcnow

    parts = web.container()
    begin = utcnow().replace(microsecond=0) + dt.timedelta(days=2)
    with parts.db.write() as session:
        bookable = Bookable(
            id=f"bookable:bench_{capacity}", kind="entry", name_zh="望海台", name_en="Tower", prices={"adult": 2500},
            ahead_days=14, lead_minutes=30, cancel_minutes=120, most_people=1,
        )  # fmt: skip
        slot = Slot(bookable_id=bookable.id, starts_at=begin, ends_at=begin + dt.timedelta(hours=1), capacity=capacity)
        session.add_all([bookable, slot])
        session.flush()
        slot_id = slot.id
    tokens = [parts.inbound.open_web_session("zh")[0] for _ in range(people)]
    parts.db.engine.dispose()
    return slot_id, tokens


async def _rush(web: _Web, slot: int, tokens: list[str], kills: int) -> Tries:
    """All at once. Where there are kills, each client says the same again until it is answered, and once more."""
    tries = Tries()
    timeout = aiohttp.ClientTimeout(total=60)
    async with aiohttp.ClientSession(timeout=timeout, connector=aiohttp.TCPConnector(limit=0)) as http:

        async def client(number: int, token: str) -> None:
            begin = time.perf_counter()
            answer = await _until_answered(http, web, slot, token, number, tries, begin + _GIVE_UP_SECONDS)
            tries.latencies.append(time.perf_counter() - begin)
            if answer is None:
                tries.outcomes["never answered"] += 1
                return
            status, body = answer
            if status == 201:
                tries.codes.append(body["code"])
            error = body.get("error", {})
            tries.outcomes[f"{status} {error['code']}" if error else str(status)] += 1
            tries.waiting_list_offered += bool(error.get("values", {}).get("waiting_list"))
            if kills:
                again = await _until_answered(http, web, slot, token, number, tries, begin + _GIVE_UP_SECONDS)
                tries.different_when_repeated += again != answer

        everybody = [asyncio.create_task(client(number, token)) for number, token in enumerate(tokens)]
        for _ in range(kills):
            await asyncio.sleep(0.25)
            await asyncio.to_thread(web.kill)
            await asyncio.to_thread(web.start)
        await asyncio.gather(*everybody)
    return tries


async def _until_answered(
    http: aiohttp.ClientSession, web: _Web, slot: int, token: str, number: int, tries: Tries, give_up: float
) -> tuple[int, dict[str, Any]] | None:
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": f"bench-{number}"}
    body = {"slot_id": slot, "party": {"adult": 1}}
    while time.perf_counter() < give_up:
        try:
            async with http.post(f"{web.url}/api/v1/bookings", json=body, headers=headers) as response:
                answer = await response.json()
                code = answer.get("error", {}).get("code")
                if response.status < 500 and code != "in_flight":
                    return response.status, answer
                tries.outcomes[f"again after {response.status}"] += 1
        except (aiohttp.ClientError, TimeoutError):
            tries.outcomes["no connection"] += 1
        await asyncio.sleep(0.5)
    return None


def _counted(web: _Web, slot_id: int) -> tuple[int, int]:
    """Places taken, and people who have more than one booking."""
    from sqlalchemy import func, select

    from backend.models import Booking, Slot

    parts = web.container()
    with parts.db.read() as session:
        taken = session.get_one(Slot, slot_id).taken
        rows = session.execute(
            select(Booking.contact_id, func.count()).where(Booking.slot_id == slot_id).group_by(Booking.contact_id)
        ).all()
    parts.db.engine.dispose()
    assert sum(count for _, count in rows) == taken
    return taken, sum(count > 1 for _, count in rows)
