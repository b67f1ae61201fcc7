"""Runs the tests on SQLite and on PostgreSQL side by side: each waits for processes and browsers half of its time.

    python -m dev.both_databases LEFT_OUT... [-- ARGUMENT...]

PostgreSQL does without the tests that ask for no database, and without LEFT_OUT: folders and files below tests/ in
which nothing depends on its kind.
What follows `--` goes to both pytests. The lines of SQLite's run are seen as they come, PostgreSQL's when it has ended.
The exit code is that of the first run that failed.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence

PYTEST = [sys.executable, "-m", "pytest"]
# What pytest returns where the arguments select no test: true of one database's part, it is no failure.
NO_TESTS = 5


def main(arguments: Sequence[str]) -> int:
    """Returns the exit code."""
    cut = arguments.index("--") if "--" in arguments else len(arguments)
    left_out, passed_on = arguments[:cut], arguments[cut + 1 :]
    with tempfile.TemporaryFile() as output, tempfile.TemporaryDirectory() as cache:
        sqlite = subprocess.Popen([*PYTEST, *passed_on])
        postgresql = subprocess.Popen(
            # An own cache: two runs must not write the same one.
            [
                *(*PYTEST, "--with-database", *passed_on, *(f"--ignore=tests/{each}" for each in left_out)),
                *("-o", f"cache_dir={cache}"),
            ],
            env={**os.environ, "TEST_DATABASE": "postgresql"},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        # Ctrl-C reaches the runs themselves, and a second one would cut their cleaning up short: only wait for them.
        signal.signal(signal.SIGINT, lambda *_: None)
        signal.signal(signal.SIGTERM, lambda *_: _interrupt(sqlite, postgresql))
        on_sqlite = sqlite.wait()
        print("\nOn PostgreSQL, beside it:", flush=True)
        on_postgresql = postgresql.wait()
        output.seek(0)
        sys.stdout.buffer.write(output.read())
        sys.stdout.flush()
    return next((code for code in (on_sqlite, on_postgresql) if code not in (0, NO_TESTS)), on_sqlite)


def _interrupt(*runs: subprocess.Popen[bytes]) -> None:
    for run in runs:
        run.send_signal(signal.SIGINT)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
