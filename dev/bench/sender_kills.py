"""A broadcast whose sender is killed ten times, and whose broker is killed with all its data."""

from __future__ import annotations

import random
import shutil
import time

from dev.bench import crowd
from dev.bench.report import Report, Table
from dev.stack import Stack

RECIPIENTS, KILLS = 2000, 10
BROKER_LIMIT_SECONDS = 30.0


def run(stack: Stack, seed: int) -> Report:
    """Kills, waits and counts."""
    report = Report("sender_kills", f"A broadcast to {RECIPIENTS} while its sender is killed {KILLS} times")
    crowd.settle(stack)
    numbers = crowd.gather(stack, RECIPIENTS, f"+4418{seed % 100:02d}")
    generator = random.Random(f"{seed}-sender")
    watch = crowd.Watch(stack, crowd.start(stack, "bench"))
    in_flight, sent = 0, 0
    for _ in range(KILLS):
        # In the middle of its work: a kill of a process that only begins would prove nothing.
        watch.until_sent(30, least=sent + 20)
        time.sleep(generator.uniform(0.0, 0.3))
        stack.until(lambda: stack.signal("notices"), 30)
        counts = watch.look().counts
        in_flight += counts["sending"]
        sent = sum(counts[state] for state in ("sent", "delivered"))
    at_broker = len(crowd.taken(stack, numbers, crowd.TEXT["text_zh"]).at)
    broker_at = time.time()
    _lose_broker(stack)
    finished = watch.until_sent(120)
    took = crowd.taken(stack, numbers, crowd.TEXT["text_zh"])
    after = [at for at in took.at if at > broker_at + 1.0]
    back = after[0] - broker_at if after else float("nan")
    counts = watch.look().counts
    report.tables.append(
        Table(
            "What became of it",
            ["", "recipients"],
            [
                *([state, str(count)] for state, count in counts.items()),
                ["taken by the provider", str(len(took.at))],
                ["in flight at the kills", str(in_flight)],
                ["taken twice", str(len(took.doubled))],
                ["taken before the broker was lost", str(at_broker)],
            ],
        )
    )
    lost = took.missing
    report.promise("Nothing lost", f"{len(lost)} of {RECIPIENTS} got nothing", finished and not lost)
    report.promise(
        "Doubles only among sends in flight, each of them listed",
        f"{len(took.doubled)} doubled, {len(took.unlisted)} of them not listed",
        not took.unlisted and len(took.doubled) <= in_flight,
    )
    report.promise(
        f"The broker killed and its data deleted: it goes on within {BROKER_LIMIT_SECONDS:.0f} s",
        f"{back:.1f} s",
        back <= BROKER_LIMIT_SECONDS or at_broker == RECIPIENTS,
    )
    report.promise(
        "Progress adds up to the recipients at every moment",
        f"{len(watch.inexact)} of {len(watch.seen)} looks did not",
        not watch.inexact,
    )
    report.figures = {
        "counts": dict(counts),
        "doubled": len(took.doubled),
        "in_flight": in_flight,
        "missing": len(lost),
        "broker_seconds": back,
    }
    return report


def _lose_broker(stack: Stack) -> None:
    stack.hold_back("broker")
    shutil.rmtree(stack.var_dir / "valkey", ignore_errors=True)
    (stack.var_dir / "valkey").mkdir(exist_ok=True)
    stack.let_go("broker")
