"""Runs the tests on SQLite and on PostgreSQL side by side: each waits for processes and browsers half of its time.

    python -m dev.both_databases LEFT_OUT... [-- ARGUMENT...]

LEFT_OUT are folders and files below tests/ in which nothing depends on the kind of database: PostgreSQL does without.
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
    beside = [*PYTEST, *passed_on, *(f"--ignore=tests/{each}" for each in left_out)]
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with tempfile.TemporaryFile() as output, tempfile.TemporaryDirectory() as cache:
        postgresql = subprocess.Popen(
            # An own cache: two runs must not write the same one.
            [*beside, "-o", f"cache_dir={cache}"],
            env={**os.environ, "TEST_DATABASE": "postgresql"},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            on_sqlite = subprocess.run([*PYTEST, *passed_on], check=False).returncode
            print("\nOn PostgreSQL, beside it:", flush=True)
            on_postgresql = postgresql.wait()
        except KeyboardInterrupt:
            postgresql.send_signal(signal.SIGINT)  # once more where only this process got it
            return 130
        finally:
            postgresql.wait()
            output.seek(0)
            sys.stdout.buffer.write(output.read())
            sys.stdout.flush()
    return next((code for code in (on_sqlite, on_postgresql) if code not in (0, NO_TESTS)), on_sqlite)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
