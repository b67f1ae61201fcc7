"""Reminders and lapsing holds by two schedulers whose clocks jump and who are killed: each thing is done once.

Needs no running copy. `python -m dev.bench.reminders URL SEED` is one of the schedulers, until it is killed.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from dev.bench.report import Report, Table
from dev.env import PROJECT_ROOT, development_env
from dev.stack import Stack

BOOKED, HELD, KILLS, SCHEDULERS = 300, 300, 10, 2
# The reminders are due two hours from now, so nobody's clock may be right. The last is where all end up.
JUMPS_HOURS = (-5.0, -1.0, 0.0, 1.9, 2.5, 4.0)
DAY = dt.timedelta(hours=24)
_GIVE_UP_SECONDS = 180.0


def run(folder: Path) -> Report:
    """Both databases."""
    from tests.support.postgres import new_database, postgres_server

    report = Report("reminders", f"{BOOKED} reminders and {HELD} lapsing holds, {SCHEDULERS} schedulers, {KILLS} kills")
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    with tempfile.TemporaryDirectory(dir=folder) as own:
        rows.append(_database(report, "SQLite", f"sqlite:///{own}/reminders.sqlite3", Path(own)))
        with postgres_server() as server, new_database(server) as url:
            rows.append(_database(report, "PostgreSQL", url, Path(own)))
    columns = ["database", "reminders", "told twice", "holds released", "released twice", "kills", "seconds"]
    report.tables.append(Table("What became of them", columns, rows))
    report.notes.append(f"before each look a scheduler sets its clock by one of {JUMPS_HOURS} hours")
    return report


def _database(report: Report, name: str, url: str, folder: Path) -> list[str]:
    from backend.cli import migrate_database

    migrate_database(url)
    parts = _container(url, folder)
    _prepare(parts)
    begin, killed = time.monotonic(), 0
    generator = random.Random(name)
    schedulers = [_scheduler(url, folder, number) for number in range(SCHEDULERS)]
    try:
        while killed < KILLS:
            reached = _done(parts)
            # In the middle of its work: a kill of a process that only begins would prove nothing.
            if not Stack.until(lambda seen=reached: _done(parts) > seen + 5, 60.0):  # type: ignore[misc]
                break
            victim = generator.randrange(SCHEDULERS)
            schedulers[victim].kill()
            schedulers[victim].wait()
            schedulers[victim] = _scheduler(url, folder, SCHEDULERS + killed)
            killed += 1
        Stack.until(lambda: _done(parts) >= BOOKED + HELD, _GIVE_UP_SECONDS)
    finally:
        for each in schedulers:
            each.kill()
            each.wait()
    reminded, released = _reminded(parts), _released(parts)
    parts.db.engine.dispose()
    twice, again = _repeated(reminded), _repeated(released)
    report.promise(
        f"{name}: each of {BOOKED} reminded once",
        f"{len(reminded)} reminded, {twice} twice, {killed} kills",
        (len(reminded), twice, killed) == (BOOKED, 0, KILLS),
    )
    report.promise(
        f"{name}: each of {HELD} holds released once",
        f"{len(released)} released, {again} twice",
        (len(released), again) == (HELD, 0),
    )
    report.figures[name] = {"reminded": len(reminded), "released": len(released), "kills": killed}
    seconds = f"{time.monotonic() - begin:.0f}"
    return [name, str(len(reminded)), str(twice), str(len(released)), str(again), str(killed), seconds]


def _repeated(counted: Counter[Any]) -> int:
    return sum(count > 1 for count in counted.values())


def _container(url: str, folder: Path) -> Any:
    from backend.config import Settings
    from backend.wiring import Container

    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    env = development_env({**kept, "VAR_DIR": str(folder), "DATABASE_URL": url, "NOTICE_QUIET_HOURS": ""}, folder)
    fields = {name: env[name.upper()] for name in Settings.model_fields if env.get(name.upper()) is not None}
    parts = Container(Settings.model_validate(fields))
    parts.db.after_commit = None  # nobody has to be woken: the schedulers look by themselves
    return parts


def _prepare(parts: Any) -> None:
    """Bookings whose reminders are due in two hours, and holds that lapse in a quarter of one."""
    from backend.models import Bookable, Slot, utcnow

    begin = utcnow().replace(microsecond=0) + DAY + dt.timedelta(hours=2, minutes=1)
    with parts.db.write() as session:
        bookable = Bookable(
            id="bookable:bench", kind="entry", name_zh="望海台", name_en="Tower", prices={"adult": 2500},
            ahead_days=14, lead_minutes=30, cancel_minutes=120, most_people=1,
        )  # fmt: skip
        slots = [
            Slot(bookable_id=bookable.id, starts_at=at, ends_at=at + dt.timedelta(hours=1), capacity=BOOKED + HELD)
            for at in (begin, begin + dt.timedelta(hours=1))
        ]
        session.add_all([bookable, *slots])
        session.flush()
        booked, held = (slot.id for slot in slots)
    for number in range(BOOKED + HELD):
        _, contact_id = parts.inbound.open_web_session("zh")
        view = parts.bookings.hold(contact_id, booked if number < BOOKED else held, {"adult": 1}, "bench")
        if number < BOOKED:
            parts.bookings.confirm(contact_id, view.code, answered=True)


def _done(parts: Any) -> int:
    return _reminded(parts).total() + _released(parts).total()


def _reminded(parts: Any) -> Counter[str]:
    """How many messages each reminder became, by notice."""
    from sqlalchemy import select

    from backend.models import Notice, OutboundMessage

    sent = select(OutboundMessage.notice_id).join(Notice, Notice.id == OutboundMessage.notice_id)
    with parts.db.read() as session:
        return Counter(session.scalars(sent.where(Notice.template == "booking_reminder")))


def _released(parts: Any) -> Counter[str]:
    """How often each hold was released, by booking."""
    from sqlalchemy import select

    from backend.models import Event

    with parts.db.read() as session:
        return Counter(session.scalars(select(Event.subject).where(Event.type == "booking.released")))


def _scheduler(url: str, folder: Path, seed: int) -> subprocess.Popen[bytes]:
    with (folder / "schedulers.log").open("ab") as log:
        command = [sys.executable, "-m", "dev.bench.reminders", url, str(folder), str(seed)]
        return subprocess.Popen(command, cwd=PROJECT_ROOT, stdout=log, stderr=log)


def _schedule(url: str, folder: Path, seed: int) -> None:
    """Does what is due for ever, a little at a time, by a clock that jumps."""
    import backend.models
    import backend.models.base

    generator = random.Random(seed)
    right, jump = backend.models.utcnow, dt.timedelta()

    def now() -> dt.datetime:
        return right() + jump

    # Before anything takes its own name for it.
    backend.models.utcnow = backend.models.base.utcnow = now
    parts = _container(url, folder)
    from sqlalchemy.exc import OperationalError

    while True:
        jump = dt.timedelta(hours=generator.choice(JUMPS_HOURS))
        with contextlib.suppress(OperationalError):
            parts.due.run()
            parts.placing.place(limit=10)


if __name__ == "__main__":
    _schedule(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
