"""The supervisor of a development copy: restarts what dies, leaves nothing behind, refuses in one sentence."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from dev.supervision import Supervisor
from tests.dev.waiting import until

STAND_IN = Path(__file__).parent / "stand_in.py"


def free_ports() -> int:
    """The first of five free ports in a row."""
    for first in range(18000 + os.getpid() % 1000 * 10, 60000, 10):
        try:
            for port in range(first, first + 5):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", port))
            return first
        except OSError:
            continue
    raise AssertionError("no free ports")


class Copy:
    """A development copy made of stand-ins."""

    def __init__(self, folder: Path) -> None:
        self.var_dir = folder / "var"
        self.port = free_ports()
        self.process: subprocess.Popen[str]

    def start(self, stand_ins: str) -> subprocess.Popen[str]:
        env = {
            **os.environ,
            "STAND_INS": stand_ins,
            "PORT": str(self.port),
            "VAR_DIR": str(self.var_dir),
            "PYTHONUNBUFFERED": "1",
        }
        return subprocess.Popen(
            [sys.executable, str(STAND_IN), "copy"],
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def start_and_wait(self, stand_ins: str) -> None:
        self.process = self.start(stand_ins)
        assert self.process.stdout
        for line in self.process.stdout:
            if "is ready" in line:
                break
        else:
            raise AssertionError(self.process.stderr and self.process.stderr.read())
        assert until(lambda: all(part.state == "RUNNING" for part in self.supervisor.parts()))

    @property
    def supervisor(self) -> Supervisor:
        return Supervisor(self.var_dir)

    def pid_of(self, name: str) -> int:
        return next((part.pid for part in self.supervisor.parts() if part.name == name and part.state == "RUNNING"), 0)

    def supervisord(self) -> int:
        return int((self.var_dir / "run" / "supervisord.pid").read_text())

    def living(self) -> list[str]:
        """Command lines of every process of this copy that is alive, wherever it hangs in the tree."""
        found = []
        for process in psutil.process_iter():
            try:
                mine = process.environ().get("VAR_DIR") == str(self.var_dir)
                if mine and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(" ".join(process.cmdline()))
            except psutil.Error:
                continue
        return found

    def clean(self) -> None:
        for process in psutil.process_iter():
            try:
                if process.environ().get("VAR_DIR") == str(self.var_dir):
                    process.kill()
            except psutil.Error:
                continue


@pytest.fixture
def copy(tmp_path: Path) -> Iterator[Copy]:
    copy = Copy(tmp_path)
    yield copy
    copy.clean()


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_stopping_leaves_no_process(copy: Copy, signum: int) -> None:
    copy.start_and_wait("web,worker,stubborn")
    copy.process.send_signal(signum)
    assert copy.process.wait(30) == 0
    assert copy.living() == []


def test_killed_process_comes_back_each_time(copy: Copy) -> None:
    copy.start_and_wait("web,worker")
    for _ in range(3):
        pid = copy.pid_of("web")
        os.kill(pid, signal.SIGKILL)
        assert until(lambda old=pid: copy.pid_of("web") not in (0, old), 5)


def test_orphans_of_a_killed_process_are_reaped(copy: Copy) -> None:
    copy.start_and_wait("web,worker")
    leader = psutil.Process(copy.pid_of("worker"))
    (child,) = leader.children()
    leader.kill()
    child.kill()
    assert until(lambda: not child.is_running(), 10)
    assert until(lambda: copy.pid_of("worker") not in (0, leader.pid), 5)


def test_killed_supervisor_takes_all_with_it(copy: Copy) -> None:
    copy.start_and_wait("web,worker,stubborn")
    os.kill(copy.supervisord(), signal.SIGKILL)
    assert copy.process.wait(30) == 1
    assert copy.process.stderr
    assert copy.process.stderr.read().count("\n") == 1
    assert copy.living() == []


def test_killed_run_takes_all_with_it(copy: Copy) -> None:
    copy.start_and_wait("web,worker")
    copy.process.kill()
    assert until(lambda: copy.living() == [], 30), copy.living()


def test_process_that_cannot_start_is_named_with_its_last_line(copy: Copy) -> None:
    copy.process = copy.start("web,failing")
    assert copy.process.stdout
    line = next(line for line in copy.process.stdout if "failing ends" in line)
    assert "the wrong setting is FOO" in line
    assert "failing.log" in line


def test_second_copy_in_the_same_folder_is_refused(copy: Copy) -> None:
    copy.start_and_wait("web")
    copy.port += 5
    out, err = copy.start("web").communicate(timeout=30)
    assert "is running" in err
    assert "VAR_DIR=" in err
    assert err.count("\n") == 1
    assert out == ""


def test_taken_port_is_refused(copy: Copy) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", copy.port + 1))
        taken.listen()
        process = copy.start("web")
        _, err = process.communicate(timeout=30)
    assert process.returncode == 1
    assert f"Port {copy.port + 1} (BOT_PORT) is taken" in err
    assert "PORT=" in err
    assert err.count("\n") == 1


def test_logs_are_kept_by_name(copy: Copy) -> None:
    copy.start_and_wait("web,chatty")
    log = copy.var_dir / "log" / "chatty.log"
    assert until(lambda: log.is_file() and "问候 %(greeting)s" in log.read_text(encoding="utf-8"))
