"""Stands in for the product's processes, so that the supervisor is tested in seconds.

`stand_in.py copy` runs a development copy whose processes are these stand-ins; the others are what it runs.
"""

import os
import signal
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))


class _Ready(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


def web() -> None:
    HTTPServer(("127.0.0.1", int(os.environ["PORT"])), _Ready).serve_forever()


def worker() -> None:
    """A process with a child."""
    os.fork()
    while True:
        time.sleep(60)


def stubborn() -> None:
    """A process with a child that ignores SIGTERM."""
    if os.fork() == 0:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    while True:
        time.sleep(60)


def chatty() -> None:
    print("问候 %(greeting)s", flush=True)
    worker()


def failing() -> None:
    print("the wrong setting is FOO")
    sys.exit(3)


def copy() -> None:
    from dev import run
    from dev.supervision import Supervisor

    me = f"exec '{sys.executable}' '{__file__}'"
    programs = {name: f"{me} {name}" for name in os.environ["STAND_INS"].split(",")}

    def start_all(self: run.Run) -> None:
        for name in run.AFTER_MIGRATION:
            if name in programs:
                Supervisor(self.var_dir).start(name)

    run.commands = lambda: programs
    run.Run.prepare_database = start_all
    sys.exit(run.main())


if __name__ == "__main__":
    globals()[sys.argv[1]]()
