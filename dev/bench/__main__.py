"""`python -m dev.bench [NAMES…] [--json FILE]`: measures, prints tables, writes JSON.

The exit code is 1 when a promise is broken. Without names: throughput, long_talk, edit, holding, kills. All but `start`
share one copy of the product; each finds it ready. `names`, `datums`, `places`, `transit`,
`bookings` and `reminders` need none.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Callable
from pathlib import Path

from dev.bench import (
    bookings,
    broadcast,
    datums,
    edit,
    holding,
    kills,
    long_talk,
    names,
    places,
    reminders,
    sender_kills,
    start,
    throughput,
    transit,
)
from dev.bench.page import ON_POSTGRESQL, write_pages
from dev.bench.report import Report, circumstances, write_json
from dev.env import PROJECT_ROOT
from dev.stack import Stack, StackError

USUAL = ("throughput", "long_talk", "edit", "holding", "kills")
WITHOUT_COPY = {"bookings", "names", "datums", "places", "reminders", "transit"}
PUBLISHED = PROJECT_ROOT / "docs" / "bench"
# The feed of the fake providers keeps everything a run sends.
# Broadcasts go out at any hour, and to the same people more often than in life.
SETTINGS = {
    "FAKES_FEED_SIZE": "400000",
    "FAKES_MESSAGE_LIMIT": "100000",
    "NOTICE_QUIET_HOURS": "00:00-00:00",
    "NOTICE_CAP_PER_DAY": "1000",
    "NOTICE_BULK_CAP_PER_DAY": "1000",
}


def main(arguments: list[str]) -> int:
    """Returns 0 when every promise was kept, 1 when one was broken, 2 when it could not be measured."""
    parser = argparse.ArgumentParser(prog="python -m dev.bench", description=__doc__)
    without = ", ".join(sorted(WITHOUT_COPY))
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(USUAL)}, {without}, start")
    parser.add_argument("--json", type=Path, help="where the figures go (VAR_DIR/bench/latest.json)")
    parser.add_argument("--seed", type=int, default=1, help="of people, messages and kills")
    parser.add_argument("--publish", action="store_true", help="write docs/bench/ as well")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite", help="of the copy (sqlite)")
    given = parser.parse_args(arguments)
    with contextlib.ExitStack() as running:
        return _run(parser, given, running)


def _run(parser: argparse.ArgumentParser, given: argparse.Namespace, running: contextlib.ExitStack) -> int:
    folder = Path(os.environ.get("VAR_DIR") or PROJECT_ROOT / "var").resolve() / "bench"
    # Beside a copy that is running on the usual ports.
    stack = Stack(
        folder / "copy",
        int(os.environ.get("PORT") or 8000) + 300,
        models=folder.parent / "models",
        settings=SETTINGS | _database(given.database, running),
    )
    benchmarks: dict[str, Callable[[], Report]] = {
        "throughput": lambda: throughput.run(stack, folder, given.seed),
        "long_talk": lambda: long_talk.run(stack, given.seed + 3000),
        "edit": lambda: edit.run(stack, given.seed),
        "holding": lambda: holding.run(stack, given.seed + 1000),  # other people than in the others
        "kills": lambda: kills.run(stack, given.seed),
        "broadcast": lambda: broadcast.run(stack, given.seed),
        "alert": lambda: broadcast.run_alert(stack, given.seed + 1),
        "sender_kills": lambda: sender_kills.run(stack, given.seed + 2),
        "names": lambda: names.run(given.seed),
        "datums": lambda: datums.run(given.seed),
        "places": lambda: places.run(folder, int(os.environ.get("PORT") or 8000) + 350, given.seed),
        "transit": lambda: transit.run(given.seed),
        "bookings": lambda: bookings.run(folder, int(os.environ.get("PORT") or 8000) + 360),
        "reminders": lambda: reminders.run(folder),
        "start": lambda: start.run(stack, folder, given.seed),
    }
    chosen = set(given.names or USUAL)
    unknown = chosen - set(benchmarks)
    if unknown:
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}: choose of {', '.join(benchmarks)}")
    at = circumstances()
    reports = []
    try:
        with contextlib.nullcontext() if chosen <= WITHOUT_COPY else stack:
            for name in sorted(chosen, key=list(benchmarks).index):  # `start` stops the copy, so it comes last
                reports.append(benchmarks[name]())
                if given.database == "postgresql":
                    reports[-1].name += ON_POSTGRESQL
                    reports[-1].title += ", on PostgreSQL"
                print(reports[-1].text(), end="\n\n", flush=True)
    except StackError as error:
        print(error, file=sys.stderr)
        return 2
    file = given.json or folder / "latest.json"
    write_json(file, reports, at)
    print(f"figures: {file}")
    if given.publish:
        write_pages(PUBLISHED, reports, at)
    return 0 if all(report.kept for report in reports) else 1


def _database(kind: str, running: contextlib.ExitStack) -> dict[str, str]:
    """The setting that gives the copy its database; for PostgreSQL a server that runs until the stack ends."""
    if kind == "sqlite":
        return {}
    from tests.support.postgres import new_database, postgres_server

    return {"DATABASE_URL": running.enter_context(new_database(running.enter_context(postgres_server())))}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
