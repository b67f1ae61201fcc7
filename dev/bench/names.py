"""Finding names among a hundred thousand: time to take them up, memory, time for one message.

Needs no running copy: it measures `bot/gazetteer.py` in a process of the bot's own Python, which is this file again
(`python -m dev.bench.names SEED`).
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import random
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from dev.bench.own_process import measured
from dev.bench.report import Report, Table, megabytes
from dev.env import PROJECT_ROOT

NAMES = 100_000
MATCH_SECONDS, MEMORY_BYTES = 0.001, 250 * 2**20
LENGTHS = (30, 200)
MESSAGES, ROUNDS = 400, 3
_PYTHON = PROJECT_ROOT / "bot" / ".venv" / "bin" / "python"
# The characters of GB 2312's first level, which nearly all names are made of.
_HAN = [bytes((row, cell)).decode("gb2312", "ignore") for row in range(0xB0, 0xD8) for cell in range(0xA1, 0xFF)]
_DISTRICTS = ("海港区", "山海关", "北戴河", "抚宁", "昌黎", "卢龙", "青龙", "")
_KINDS = {
    "公园": "Park",
    "医院": "Hospital",
    "博物馆": "Museum",
    "浴场": "Bathing Beach",
    "景区": "Scenic Area",
    "山": "Mountain",
    "汽车站": "Bus Station",
    "": "",
}
_TALK = {
    "zh": "请问今天下午去那里玩要多少钱可以带孩子吗附近有没有停车的地方几点关门下雨天还开放吗谢谢你了"
    "我们一家五口明天早上到想先问清楚路线和时间如果人太多就换一天再来也可以请您帮忙看看哪天人少一些",
    "en": "hello could you tell me how to get there by bus and when it opens today since we are five people with two "
    "kids and would like to know the price of a ticket for the whole family ",
}


def run(seed: int) -> Report:
    """Measures in a process of its own and judges."""
    figures = measured("names", seed, python=_PYTHON)
    report = Report("names", f"Names: {figures['names']:,} of them", figures=figures)
    report.tables.append(
        Table(
            "Taking up the names",
            ["", "value"],
            [
                ["seconds", f"{figures['swap_seconds']:.1f}"],
                ["memory kept, MB", megabytes(figures["memory_bytes"])],
                ["longest wait of another thread meanwhile, ms", f"{figures['longest_wait_seconds'] * 1000:.0f}"],
                ["the first swap of a small city, ms", f"{figures['first_swap_seconds'] * 1000:.0f}"],
            ],
        )
    )
    rows = [
        [f"{kind}, {length} characters", *(f"{spread[name] * 1e6:.0f}" for name in ("p50", "p99", "max"))]
        for kind, by_length in figures["match"].items()
        for length, spread in by_length.items()
    ]
    report.tables.append(Table("Finding names in one message (µs of CPU time)", ["message", "p50", "p99", "max"], rows))
    report.tables.append(
        Table(
            "Names found as they were typed",
            ["typed", "share"],
            [[how, f"{share:.0%}"] for how, share in figures["found"].items()],
        )
    )
    slowest = max(spread["p50"] for by_length in figures["match"].values() for spread in by_length.values())
    report.promise(
        "A message of 200 characters in < 1 ms (median)", f"{slowest * 1000:.2f} ms at most", slowest < MATCH_SECONDS
    )
    memory = figures["memory_bytes"]
    report.promise("The names in < 250 MB", f"{megabytes(memory)} MB", memory < MEMORY_BYTES)
    return report


# What follows runs in the bot's process.


def _measure(seed: int) -> dict[str, Any]:
    # Not a plain import: nothing here may import the bot, and nothing does but the process that stands for the bot.
    gazetteer = importlib.import_module("bot.gazetteer")
    rng = random.Random(seed)
    entries = _entries(rng)
    small = {"version": 1, "entries": entries[:1000]}
    live = gazetteer.LiveGazetteer()
    first = _timed(lambda: live.swap(small))
    live = gazetteer.LiveGazetteer()
    gc.collect()
    before = _resident()
    seconds, wait = _swap_beside_others(live, {"version": 1, "entries": entries})
    gc.collect()
    kept = _resident() - before
    kinds = [(kind, length) for kind in ("zh", "en", "zh+en") for length in LENGTHS]
    texts = {(kind, length): [_message(rng, entries, kind, length) for _ in range(MESSAGES)] for kind, length in kinds}
    best = {each: [float("inf")] * MESSAGES for each in kinds}
    # Each message once a round, so that nothing of it is at hand; the best of the rounds, as other work comes between.
    for _ in range(ROUNDS):
        for each in kinds:
            best[each] = [
                min(known, _timed(partial(live.find, text)))
                for known, text in zip(best[each], texts[each], strict=True)
            ]
    match: dict[str, dict[str, dict[str, float]]] = {}
    for kind, length in kinds:
        match.setdefault(kind, {})[str(length)] = _spread(best[kind, length])
    return {
        "names": sum(len(entry["names"]) for entry in entries),
        "swap_seconds": seconds,
        "longest_wait_seconds": wait,
        "first_swap_seconds": first,
        "memory_bytes": kept,
        "match": match,
        "found": _found(rng, live, entries),
    }


def _entries(rng: random.Random) -> list[dict[str, Any]]:
    """Records with a Chinese and an English name each, all different, as alike as those of a real city."""
    spoken = importlib.import_module("bot.sounds").spoken
    han = [char for char in _HAN if char]
    entries: list[dict[str, Any]] = []
    seen: set[str] = set()
    while len(entries) < NAMES // 2:
        own = "".join(rng.choices(han, k=rng.choice((2, 2, 3, 3, 3, 4))))
        kind = rng.choice(list(_KINDS))
        name = rng.choice(_DISTRICTS) + own + kind
        if len(name) < 3 or name in seen:
            continue
        english = f"{''.join(map(spoken, own)).title()} {_KINDS[kind]}".strip()
        if english.lower() in seen:
            english = f"{english} No. {len(entries)}"
        seen.update((name, english.lower()))
        entries.append({"id": f"attraction:{len(entries)}", "type": "attraction", "names": [name, english]})
    return entries


def _slip(rng: random.Random, name: str) -> str:
    at = rng.randrange(1, len(name) - 1)
    return rng.choice((name[:at] + name[at + 1 :], name[:at] + name[at + 1] + name[at] + name[at + 2 :]))


def _message(rng: random.Random, entries: list[dict[str, Any]], kind: str, length: int) -> str:
    """Talk with two or three names in two hundred characters; every second name has a slip."""
    text = ""
    while len(text) < length:
        lang = rng.choice(kind.split("+"))
        name = rng.choice(entries)["names"][lang == "en"]
        talk = _TALK[lang]
        at = rng.randrange(20)
        space = " " if lang == "en" else ""
        text += space + (_slip(rng, name) if rng.random() < 0.5 else name) + space + talk[at : at + 70]
    return text[:length]


def _found(rng: random.Random, live: Any, entries: list[dict[str, Any]]) -> dict[str, float]:
    """How many of 500 names are found when they are typed so."""
    sounds = importlib.import_module("bot.sounds")
    alike: dict[str, list[str]] = {}
    for char in filter(None, _HAN):
        alike.setdefault(sounds.spoken(char), []).append(char)

    def homophone(name: str) -> str:
        at = rng.randrange(len(name))
        return name[:at] + rng.choice(alike.get(sounds.spoken(name[at]), [name[at]])) + name[at + 1 :]

    ways: dict[str, Callable[[dict[str, Any]], str]] = {
        "exactly": lambda entry: entry["names"][0],
        "in pinyin": lambda entry: " ".join(map(sounds.spoken, entry["names"][0])),
        "with a character that sounds the same": lambda entry: homophone(entry["names"][0]),
        "with a slip in Chinese": lambda entry: _slip(rng, entry["names"][0]),
        "with a slip in English": lambda entry: _slip(rng, entry["names"][1]),
    }
    shares = {}
    for how, way in ways.items():
        some = rng.sample(entries, 500)
        hits = sum(any(mention.id == entry["id"] for mention in live.find(way(entry))) for entry in some)
        shares[how] = hits / len(some)
    return shares


def _swap_beside_others(live: Any, snapshot: dict[str, Any]) -> tuple[float, float]:
    """Seconds of the swap, and the longest that a thread which only wants to go on every millisecond had to wait."""
    over = threading.Event()
    longest = 0.0

    def swap() -> None:
        live.swap(snapshot)
        over.set()

    start = last = time.perf_counter()
    threading.Thread(target=swap).start()
    while not over.wait(0.001):
        now = time.perf_counter()
        longest, last = max(longest, now - last), now
    return time.perf_counter() - start, longest


def _timed(call: Callable[[], Any]) -> float:
    """Seconds of this thread: what else the machine does meanwhile does not count."""
    start = time.thread_time()
    call()
    return time.thread_time() - start


def _spread(seconds: list[float]) -> dict[str, float]:
    ordered = sorted(seconds)
    return {"p50": ordered[len(ordered) // 2], "p99": ordered[len(ordered) * 99 // 100], "max": ordered[-1]}


def _resident() -> int:
    """Bytes of this process in memory (Linux)."""
    with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    json.dump(_measure(int(sys.argv[1])), sys.stdout)
