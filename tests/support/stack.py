"""The whole product as `make run` starts it, on ports and in a folder of its own, for tests from end to end."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests

from backend.config import Settings
from backend.wiring import Container
from dev.env import PROJECT_ROOT, development_env, taken_port
from dev.supervision import Supervisor
from tests.support.phones import Phone, SmsPhone, WebPhone, WeChatPhone
from tests.support.postgres import new_database, postgres_server
from tests.support.waiting import wait_for

PORTS = range(9000, 9200, 5)
# Shorter than in the product, so that the tests of a stopped bot and of killed senders are.
TIMES = {
    "HOLDING_AFTER_SECONDS": "3",
    "BOT_TIMEOUT_SECONDS": "4",
    "TURN_LEASE_SECONDS": "10",
    "PROVIDER_TIMEOUT_SECONDS": "4",
    "SEND_CLAIM_SECONDS": "6",
}
START_SECONDS = 300
BACK_SECONDS = 120


class Stack:
    """A running copy. Use it through the `stack` fixture."""

    def __init__(self, folder: Path, database_url: str = "") -> None:
        self.folder = folder
        self.env = _environment(folder, database_url)
        self.var_dir = Path(self.env["VAR_DIR"])
        self.url = self.env["PUBLIC_BASE_URL"]
        self.fakes = self.env["FAKES_URL"]
        self.numbers: list[str] = []
        self._process: subprocess.Popen[bytes] | None = None

    # Starting and stopping.

    def start(self) -> None:
        """Starts all processes and returns when /readyz is green. Fails with the end of the logs of what is not."""
        models = _trained_models()
        self.var_dir.mkdir(parents=True, exist_ok=True)
        (self.var_dir / "models").symlink_to(models, target_is_directory=True)
        # Made once: the vectors of the articles' questions take half a minute.
        embeddings = models.parent / "embeddings"
        embeddings.mkdir(exist_ok=True)
        (self.var_dir / "embeddings").symlink_to(embeddings, target_is_directory=True)
        command = [sys.executable, "dev/guarded.py", "TERM", sys.executable, "-m", "dev.run"]
        with (self.folder / "run.out").open("wb") as output:
            self._process = subprocess.Popen(
                command, cwd=PROJECT_ROOT, env=self.env, stdin=subprocess.DEVNULL, stdout=output, stderr=output
            )
        try:
            wait_for(self._up_or_over, START_SECONDS, "/readyz is green")
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.report()}") from None

    def _up_or_over(self) -> bool:
        assert self._process is not None
        if self._process.poll() is not None:
            raise AssertionError(f"the copy ended with code {self._process.returncode}")
        return all(state == "ok" for state in self.parts().values())

    def stop(self) -> None:
        """Ends the copy as Ctrl-C does. Fails when a process is left, which is then killed."""
        if "container" in self.__dict__:
            self.container.db.engine.dispose()
        if self._process is not None:
            self._process.terminate()
            self._process.wait(90)
        left = self._living()
        for process in left:
            with contextlib.suppress(psutil.Error):
                process.kill()
        assert left == [], "processes were left behind"

    def _living(self) -> list[psutil.Process]:
        """Every process of this copy that is alive, wherever it hangs in the tree."""
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                mine = process.environ().get("VAR_DIR") == str(self.var_dir)
                if mine and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
        return found

    # Looking.

    def parts(self) -> dict[str, str]:
        """Every part's state as /readyz names it; `{"web": …}` where nobody answers."""
        try:
            return dict(requests.get(f"{self.url}/readyz", timeout=10).json()["parts"])
        except (requests.RequestException, ValueError, KeyError) as error:
            return {"web": type(error).__name__}

    def wait_ready(self) -> None:
        """Returns when every part is ready."""
        wait_for(
            lambda: all(state == "ok" for state in self.parts().values()), BACK_SECONDS, f"ready again: {self.parts()}"
        )

    def log(self, name: str) -> str:
        """The whole log of a process."""
        path = self.var_dir / "log" / f"{name}.log"
        return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""

    def log_entries(self, name: str, event: str) -> list[dict[str, Any]]:
        """The JSON lines of a process's log that tell of an event."""
        entries = []
        for line in self.log(name).splitlines():
            with contextlib.suppress(ValueError):
                entry = json.loads(line)
                if isinstance(entry, dict) and entry.get("event") == event:
                    entries.append(entry)
        return entries

    def report(self) -> str:
        """What the copy said, which parts are not ready, and the last lines of every process that is not quiet."""
        texts = {"run": (self.folder / "run.out").read_text(encoding="utf-8", errors="replace")}
        states = {part.name: part.state for part in Supervisor(self.var_dir).parts()}
        parts = self.parts()
        failing = {name for name, state in parts.items() if state != "ok"}
        failing |= {name for name, state in states.items() if state != "RUNNING"}
        for name in [*sorted(failing), "migrate", "seed", "supervisord"]:
            texts[name] = self.log(name)
        tails = [f"--- {name}\n" + "\n".join(text.splitlines()[-15:]) for name, text in texts.items() if text]
        return "\n".join([f"parts: {parts}", f"processes: {states}", *tails])

    # Doing harm.

    def pid(self, name: str) -> int:
        """The pid of a running process; 0 while it does not run."""
        parts = Supervisor(self.var_dir).parts()
        return next((part.pid for part in parts if part.name == name and part.state == "RUNNING"), 0)

    def signal(self, name: str, signum: int) -> int:
        """Sends a signal to a process and all it started; its pid."""
        pid = wait_for(lambda: self.pid(name), BACK_SECONDS, f"{name} runs")
        os.killpg(pid, signum)
        return pid

    def kill(self, name: str) -> int:
        """Kills a process with -9; the pid it had."""
        return self.signal(name, signal.SIGKILL)

    @contextlib.contextmanager
    def paused(self, name: str) -> Iterator[None]:
        """A process that is there and does nothing."""
        self.signal(name, signal.SIGSTOP)
        try:
            yield
        finally:
            self.signal(name, signal.SIGCONT)

    def wait_restarted(self, name: str, old_pid: int) -> int:
        """The new pid of a process that was killed."""
        return wait_for(
            lambda: pid if (pid := self.pid(name)) != old_pid else 0, BACK_SECONDS, f"{name} is started again"
        )

    def control(self, **order: Any) -> None:
        """Makes a fake provider misbehave; see `POST /_control` in dev/fakes/app.py."""
        requests.post(f"{self.fakes}/_control", json=order, timeout=10).raise_for_status()

    # Taking part.

    @cached_property
    def container(self) -> Container:
        """The product's services in this process, on the copy's database and broker."""
        known = {name.lower(): value for name, value in self.env.items() if name.lower() in Settings.model_fields}
        return Container(Settings(**known))  # type: ignore[arg-type]

    def phone(self, channel: str, lang: str | None = None) -> Phone:
        """A new person on a channel: sms, wechat or web."""
        if channel == "sms":
            return self.sms()
        return self.wechat() if channel == "wechat" else self.web(lang)

    def sms(self) -> SmsPhone:
        """A new phone number."""
        number = f"+1555{secrets.randbelow(10**7):07d}"
        self.numbers.append(number)
        return SmsPhone(self.fakes, number)

    def wechat(self) -> WeChatPhone:
        """A new follower."""
        return WeChatPhone(self.fakes, f"oTest{secrets.token_hex(11)}")

    def web(self, lang: str | None = None) -> WebPhone:
        """A new session of the web chat."""
        return WebPhone(self.url, lang)


def _environment(folder: Path, database_url: str) -> dict[str, str]:
    """Every setting, so that none comes from the shell or from the project's `.env`."""
    kept = ("PATH", "HOME", "LANG", "TZ", "TMPDIR", "USER")
    environ = {name: os.environ[name] for name in kept if name in os.environ}
    environ |= {"APP_ENV": "development", "VAR_DIR": str(folder / "var"), "DATABASE_URL": database_url, **TIMES}
    for port in PORTS:
        env = development_env({**environ, "PORT": str(port)}, root=folder)
        if not taken_port(env):
            return env
    raise AssertionError(f"no five free ports from {PORTS.start} to {PORTS.stop}")


def _trained_models() -> Path:
    """The working copy's folder of models, with one for the present sources; it is trained when there is none."""
    python = PROJECT_ROOT / "bot" / ".venv" / "bin" / "python"
    var_dir = PROJECT_ROOT / "var"
    for verb in ("check", "train"):
        done = subprocess.run(
            [python, "-m", "bot.model", verb],
            cwd=PROJECT_ROOT,
            env={**os.environ, "VAR_DIR": str(var_dir)},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode == 0:
            return var_dir / "models"
    raise AssertionError(f"the bot's model could not be trained:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")


@contextlib.contextmanager
def running_stack(database: str) -> Iterator[Stack]:
    """A copy on `sqlite` or `postgresql`, stopped again at the end."""
    with contextlib.ExitStack() as cleanup:
        folder = Path(cleanup.enter_context(tempfile.TemporaryDirectory(prefix="stack-", ignore_cleanup_errors=True)))
        url = ""
        if database == "postgresql":
            url = cleanup.enter_context(new_database(cleanup.enter_context(postgres_server())))
        stack = Stack(folder, url)
        try:
            stack.start()
            yield stack
        finally:
            stack.stop()


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """One copy for all tests of a run. At its end no log may hold a number of anybody who wrote."""
    with running_stack(os.environ.get("TEST_DATABASE", "sqlite")) as running:
        yield running
        logs = {path.name: path.read_text("utf-8", "replace") for path in (running.var_dir / "log").iterdir()}
        told = {name for name, text in logs.items() if any(number[1:] in text for number in running.numbers)}
        assert told == set(), "phone numbers stand in these logs"
