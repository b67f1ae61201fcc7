"""`make run` after the set-up: all processes under one supervisor, until Ctrl-C.

Starts everything at once, migrates and seeds meanwhile, says what comes up, prints the addresses when `/readyz` is
green, and stops everything it started, also what the supervisor left behind.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import FrameType
from typing import NoReturn

from dev.database import is_prepared
from dev.env import PROJECT_ROOT, EnvError, development_env, taken_port
from dev.supervision import AFTER_MIGRATION, Part, Supervisor, commands, write_config

_PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h
_POLL_SECONDS = 0.5
_REMIND_SECONDS = 20
_STOP_SECONDS = 60


class RunError(Exception):
    """The copy cannot run; the message is one sentence with the remedy."""


class StopRequest(Exception):
    """Somebody asked to stop."""


def _on_signal(signum: int, frame: FrameType | None) -> None:
    raise StopRequest


@contextlib.contextmanager
def _alone(var_dir: Path) -> Iterator[None]:
    """Holds VAR_DIR, so that two copies never share a database by mistake."""
    (var_dir / "run").mkdir(parents=True, exist_ok=True)
    with (var_dir / "run" / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RunError(
                f"A copy is running with {var_dir} already: stop it, or start this one with its own "
                "`PORT=8100 VAR_DIR=var2 make run`."
            ) from None
        yield


class Run:
    """One run of all processes."""

    def __init__(self, env: Mapping[str, str], programs: Mapping[str, str] | None = None) -> None:
        self.env = dict(env)
        self.var_dir = Path(env["VAR_DIR"])
        self.programs = dict(programs or commands())
        self._began = time.monotonic()
        self._supervisor = Supervisor(self.var_dir)
        self._process: subprocess.Popen[bytes] | None = None
        self._known: dict[str, Part] = {}
        self._up: set[str] = set()

    def say(self, text: str) -> None:
        """Prints one line with the seconds since the start."""
        print(f"[{time.monotonic() - self._began:4.0f} s] {text}", flush=True)

    def start(self) -> None:
        """Starts the supervisor in a session of its own, so that Ctrl-C reaches it through us alone."""
        _adopt_orphans()
        config = write_config(self.var_dir, self.programs)
        guard = [sys.executable, str(PROJECT_ROOT / "dev" / "guarded.py"), "TERM"]
        command = [*guard, sys.executable, "-m", "supervisor.supervisord", "-c", str(config)]
        with (self.var_dir / "log" / "supervisord.out").open("wb") as output:
            self._process = subprocess.Popen(
                command,
                cwd=PROJECT_ROOT,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        while not self._supervisor.parts():
            self.watch()
            time.sleep(0.05)
        self.say(f"starting {', '.join(self.programs)} (logs: {self.var_dir / 'log'})")

    def serve(self) -> NoReturn:
        """Starts all, says when it is ready, and watches over it. Ends by StopRequest or RunError only."""
        self.start()
        self.prepare_database()
        self.wait_until_ready()
        self.print_addresses()
        while True:
            self.watch()
            _reap_orphans(self._process)
            time.sleep(1)

    def prepare_database(self) -> None:
        """Migrates and seeds where needed, then starts the processes that read the database. Raises RunError."""
        if not is_prepared(self.env):
            self._migrate_and_seed()
            self.say("database is migrated and seeded")
        for name in AFTER_MIGRATION:
            if name in self.programs:
                self._supervisor.start(name)

    def _migrate_and_seed(self) -> None:
        log = self.var_dir / "log" / "database.log"
        with log.open("wb") as output:
            command = [sys.executable, "-m", "dev.database"]
            process = subprocess.Popen(command, cwd=PROJECT_ROOT, env=self.env, stdout=output, stderr=output)
        while process.poll() is None:
            self.watch()
            time.sleep(_POLL_SECONDS)
        if process.returncode != 0:
            raise RunError(f"The database could not be migrated and seeded: {_last_line(log)} (full output: {log}).")

    def wait_until_ready(self) -> None:
        """Returns when /readyz is green; meanwhile says what came up and what does not."""
        remind_at = time.monotonic() + _REMIND_SECONDS
        while True:
            self.watch()
            ready, waiting_for = self._readiness()
            if ready:
                return
            if time.monotonic() > remind_at:
                remind_at += _REMIND_SECONDS
                self.say(f"waiting for {waiting_for}")
            time.sleep(_POLL_SECONDS)

    def watch(self) -> None:
        """Says which processes came and went since the last look. Raises RunError when the supervisor is gone."""
        assert self._process is not None
        if self._process.poll() is not None:
            why = _last_line(self.var_dir / "log" / "supervisord.out")
            raise RunError(f"The supervisor ended ({why}); everything was stopped, start again with `make run`.")
        for part in self._supervisor.parts():
            before = self._known.get(part.name)
            if part.state == "RUNNING" and (before is None or before.pid != part.pid or before.state != "RUNNING"):
                again = part.name in self._up
                self._up.add(part.name)
                self.say(f"{part.name} {'started again' if again else 'started'} (pid {part.pid})")
            elif part.state == "BACKOFF" and (before is None or before.state != "BACKOFF"):
                log = self.var_dir / "log" / f"{part.name}.log"
                self.say(f"{part.name} ends right after its start and is tried again: {_last_line(log)} ({log})")
            if part.state != "STARTING":
                self._known[part.name] = part

    def _readiness(self) -> tuple[bool, str]:
        url = f"http://127.0.0.1:{self.env['PORT']}/readyz"
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                return answer.status == 200, ""
        except urllib.error.HTTPError as error:
            return False, _parts_not_ready(error.read())
        except OSError:
            down = [name for name in self.programs if self._known.get(name, Part(name, "", 0, 0)).state != "RUNNING"]
            return False, ", ".join(down) or "web"

    def print_addresses(self) -> None:
        """Prints where everything is, and the login of this development copy."""
        base = f"http://127.0.0.1:{self.env['PORT']}"
        print(
            f"\n  秦皇岛城市管家 · QHD Concierge is ready ({time.monotonic() - self._began:.0f} s)\n\n"
            f"  chat       {base}/\n"
            f"  staff      {base}/staff   {self.env['DEV_STAFF_EMAIL']}  {self.env['DEV_STAFF_PASSWORD']}\n"
            f"  simulator  {base}/simulator\n"
            f"  API        {base}/api/docs\n\n"
            "  Ctrl-C stops everything; `make logs` follows the logs.\n",
            flush=True,
        )

    def stop(self) -> None:
        """Stops the supervisor and with it everything; what is left after a minute is killed."""
        process = self._process
        if process is None:
            return
        for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(signum, signal.SIG_IGN)
        if process.poll() is None:
            self.say("stopping")
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_STOP_SECONDS)
        _kill_children()
        self.say("stopped")


def _last_line(path: Path) -> str:
    with contextlib.suppress(OSError):
        lines = [line for line in path.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
        if lines:
            return lines[-1].strip().rstrip(".")[:300]
    return "no output"


def _parts_not_ready(body: bytes) -> str:
    """Names the parts that a /readyz answer calls anything but ok."""
    with contextlib.suppress(ValueError, AttributeError, KeyError, TypeError):
        parts = json.loads(body)["parts"]
        return ", ".join(name for name, state in parts.items() if state != "ok")
    return "an answer from /readyz"


def _adopt_orphans() -> None:
    """Makes this process the parent of whatever its descendants leave behind (Linux), so that stop() finds it."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _children(zombies: bool = False) -> list[int]:
    """Pids of this process's living (or dead, not yet reaped) children, orphans included (Linux, proc(5), stat)."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, IndexError, ValueError):
            after_name = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
            if int(after_name[1]) == os.getpid() and (after_name[0] == "Z") == zombies:
                found.append(int(stat.parent.name))
    return found


def _reap_orphans(supervisor: subprocess.Popen[bytes] | None) -> None:
    """Lets go of what was left to us and has ended; the supervisor's own end is for its Popen to see."""
    for pid in _children(zombies=True):
        if supervisor is None or pid != supervisor.pid:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)


def _kill_children() -> None:
    """Kills every child, and theirs as they are handed to us, until none is left."""
    while children := _children():
        for pid in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)


def main() -> int:
    """Returns 0 after Ctrl-C or SIGTERM, 1 when the copy could not run."""
    try:
        env = development_env()
        with _alone(Path(env["VAR_DIR"])):
            taken = taken_port(env)
            if taken:
                raise RunError(taken)
            for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(signum, _on_signal)
            run = Run(env)
            try:
                run.serve()
            finally:
                run.stop()
    except StopRequest:
        return 0
    except (RunError, EnvError) as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
