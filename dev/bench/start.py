"""The first start of a fresh clone, a later start, and the memory of all processes together."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import requests

from dev.bench import ledger, load, memory, people
from dev.bench.report import Report, Table, megabytes
from dev.env import PROJECT_ROOT
from dev.stack import Stack

FIRST_SECONDS, LATER_SECONDS = 180.0, 30.0
MEMORY_BYTES = 1.6e9
MESSAGES, RATE, PEOPLE = 500, 10.0, 50
_GIVE_UP_SECONDS = 900.0
_QUESTION = "鸽子窝公园几点开门"


def run(stack: Stack, folder: Path, seed: int) -> Report:
    """Clones this tree into `folder` and starts it twice with `make run`; then weighs the running copy `stack`."""
    report = Report("start", "Start and memory")
    report.tables.append(_weigh(stack, report, seed))
    stack.stop()
    _time_starts(folder, int(stack.env["PORT"]), report)
    return report


def _weigh(stack: Stack, report: Report, seed: int) -> Table:
    idle = memory.of_stack(stack)
    messages = people.conversations(people.people(stack, "sms", PEOPLE, seed), MESSAGES, seed)

    async def send_all() -> None:
        async with people.Providers(stack) as providers:
            await load.open_loop(lambda number, due: providers.send(messages[number], due), MESSAGES, RATE)

    asyncio.run(send_all())
    stack.until(lambda: ledger.settled(stack), 120, pause=0.5)
    after = memory.of_stack(stack)
    rows = [
        [
            name,
            *(megabytes(part.get(name, memory.Memory(0, 0)).proportional) for part in (idle, after)),
            *(megabytes(part.get(name, memory.Memory(0, 0)).resident) for part in (idle, after)),
        ]
        for name in sorted({*idle, *after})
    ]
    sums = memory.total(idle), memory.total(after)
    rows.append(["all", *(megabytes(each.proportional) for each in sums), *(megabytes(each.resident) for each in sums)])
    report.promise(
        "All processes together ≤ 1.6 GB",
        f"{sums[1].proportional / 1e9:.2f} GB after {MESSAGES} messages",
        sums[1].proportional <= MEMORY_BYTES,
    )
    report.figures["memory_bytes"] = {
        when: {name: vars(part) for name, part in parts.items()} for when, parts in (("idle", idle), ("after", after))
    }
    columns = ["part", "PSS idle", "PSS after", "RSS idle", "RSS after (MB)"]
    return Table(f"Memory, idle and after {MESSAGES} messages", columns, rows)


def _time_starts(folder: Path, port: int, report: Report) -> None:
    clone = folder / "clone"
    shutil.rmtree(clone, ignore_errors=True)
    subprocess.run(["git", "clone", "-q", str(PROJECT_ROOT), str(clone)], check=True)
    try:
        first = _start(clone, port)
        later = _start(clone, port)
    finally:
        shutil.rmtree(clone, ignore_errors=True)
    rows = [["fresh clone, warm package cache", f"{first:.0f}"], ["later", f"{later:.0f}"]]
    report.tables.append(Table("From `make run` to the first answer", ["start", "seconds"], rows))
    report.promise(f"First start ≤ {FIRST_SECONDS:.0f} s", f"{first:.0f} s", first <= FIRST_SECONDS)
    report.promise(f"Later start ≤ {LATER_SECONDS:.0f} s", f"{later:.0f} s", later <= LATER_SECONDS)
    report.figures["first_seconds"], report.figures["later_seconds"] = first, later


def _start(clone: Path, port: int) -> float:
    """Seconds from `make run` to the first right answer; stops it again."""
    environ = {key: value for key, value in os.environ.items() if key not in ("VAR_DIR", "VIRTUAL_ENV", "MAKEFLAGS")}
    environ["PORT"] = str(port)
    start = time.monotonic()
    with (clone.parent / "start.log").open("wb") as output:
        process = subprocess.Popen(
            ["make", "run"],
            cwd=clone,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        token: list[str] = []
        while not _answered(f"http://127.0.0.1:{port}", token):
            if process.poll() is not None or time.monotonic() - start > _GIVE_UP_SECONDS:
                raise RuntimeError(f"`make run` in a fresh clone did not get to an answer: see {output.name}")
            time.sleep(0.2)
        return time.monotonic() - start
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGINT)
            process.wait(120)


def _answered(base: str, token: list[str]) -> bool:
    """Whether the question is answered through the web API. `token` keeps the one session: how many is limited."""
    try:
        if not token:
            token.append(requests.post(f"{base}/api/v1/sessions", timeout=5).json()["token"])
        answer = requests.post(
            f"{base}/api/v1/chat/messages",
            json={"client_message_id": str(time.monotonic_ns()), "text": _QUESTION},
            headers={"Authorization": f"Bearer {token[0]}", "Prefer": "wait=10"},
            timeout=15,
        )
        return answer.status_code == 200 and "鸽子窝" in answer.json()["replies"][0]["text"]
    except (requests.RequestException, KeyError):
        return False
