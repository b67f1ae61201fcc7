"""A whole copy of the product on ports and a folder of its own, for benchmarks and end-to-end tests.

Started as `make run` starts it (dev/run.py under its supervisor), against the fake providers and never against anything
else: whatever the project's `.env` says about databases or providers does not count here.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import psutil

from dev.env import PROJECT_ROOT, development_env, taken_port
from dev.supervision import Part, Supervisor

if TYPE_CHECKING:
    from backend.wiring import Container

BOT_PYTHON = PROJECT_ROOT / "bot" / ".venv" / "bin" / "python"
_START_SECONDS = 240.0
_STOP_SECONDS = 60.0
# What a process needs from the caller's environment; everything else is the copy's own.
_INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TZ")


class StackError(Exception):
    """The copy did not start or a part of it did not come; the message says where its logs are."""


class Stack:
    """One copy. Use as a context manager: it starts, it is ready, it leaves nothing running.

    `var_dir` holds all its state and is emptied first; `models` is the folder trained models are taken from and put
    into (default: the project's own, so that a copy need not train). `settings` go on top of the environment.
    """

    def __init__(
        self, var_dir: Path, port: int, *, models: Path | None = None, settings: dict[str, str] | None = None
    ) -> None:
        self.var_dir = var_dir.resolve()
        self.models = (models or PROJECT_ROOT / "var" / "models").resolve()
        self._given = {"VAR_DIR": str(self.var_dir), "PORT": str(port), **(settings or {})}
        self.env: dict[str, str] = {}
        self._supervisor = Supervisor(self.var_dir)
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """Base URL of the web process."""
        return self.env["PUBLIC_BASE_URL"]

    @property
    def fakes_url(self) -> str:
        """Base URL of the fake providers."""
        return self.env["FAKES_URL"]

    @cached_property
    def container(self) -> Container:
        """The services of this copy, built in the calling process: the same database, the same broker."""
        from backend.config import Settings
        from backend.wiring import Container

        names = Settings.model_fields
        values = {key.lower(): value for key, value in self.env.items() if key.lower() in names}
        return Container(Settings.model_validate(values))

    def start(self) -> None:
        """Empties the folder, starts everything and returns when /readyz is green. Raises StackError."""
        shutil.rmtree(self.var_dir, ignore_errors=True)
        self.var_dir.mkdir(parents=True)
        inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
        with tempfile.TemporaryDirectory() as nowhere:  # no .env of the project is read
            self.env = development_env({**inherited, **self._given}, Path(nowhere))
        taken = taken_port(self.env)
        if taken:
            raise StackError(taken)
        self._have_model()
        self.start_again()

    def start_again(self) -> None:
        """Starts a stopped copy with the state it has. Raises StackError."""
        with (self.var_dir / "run.out").open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, str(PROJECT_ROOT / "dev" / "guarded.py"), "TERM", sys.executable, "-m", "dev.run"],
                cwd=PROJECT_ROOT,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        if not self.until(self.ready, _START_SECONDS):
            tail = (self.var_dir / "run.out").read_text(encoding="utf-8", errors="replace")[-1000:]
            raise StackError(f"The copy in {self.var_dir} did not get ready:\n{tail}")

    def stop(self) -> None:
        """Stops everything; what is left after a minute is killed with the supervisor."""
        process, self._process = self._process, None
        if process is None or process.poll() is not None:
            return
        process.terminate()
        try:
            process.wait(_STOP_SECONDS + 15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def ready(self) -> bool:
        """Whether /readyz is green. Raises StackError when the copy ended."""
        if self._process is not None and self._process.poll() is not None:
            tail = (self.var_dir / "run.out").read_text(encoding="utf-8", errors="replace")[-1000:]
            raise StackError(f"The copy in {self.var_dir} ended:\n{tail}")
        return answers(f"{self.url}/readyz")

    def bot_ready(self) -> bool:
        """Whether the bot answers."""
        return answers(f"{self.env['BOT_URLS']}/webhooks/concierge/")

    def articles_known(self) -> bool:
        """Whether the bot, given the names, knows the meanings of all articles; until then a bot that just started is
        busy with them.
        """
        self.container.dialogue.push_gazetteer()
        with urllib.request.urlopen(f"{self.env['BOT_URLS']}/webhooks/concierge/", timeout=5) as answer:  # noqa: S310
            health = json.load(answer)
        return bool(health["articles_version"] == self.container.gazetteer.version())

    def part(self, name: str) -> Part:
        """The process `name` of the Procfile, as the supervisor sees it. Raises StackError when there is none."""
        for part in self._supervisor.parts():
            if part.name == name:
                return part
        raise StackError(f"The supervisor has no {name}.")

    def signal(self, name: str, signum: int = signal.SIGKILL) -> bool:
        """Sends a signal to a part with all its children; False when it was not running."""
        part = self.part(name)
        if part.state not in ("RUNNING", "STARTING") or not part.pid:
            return False
        with contextlib.suppress(ProcessLookupError):
            os.killpg(part.pid, signum)
            return True
        return False

    def hold_back(self, name: str) -> None:
        """Keeps a part from being started again."""
        self._supervisor.stop(name)

    def let_go(self, name: str) -> None:
        """Starts a part that was held back."""
        self._supervisor.start(name)

    def processes(self) -> dict[str, list[psutil.Process]]:
        """Every process of the copy by the part it belongs to; the supervisor itself under `supervisor`."""
        found: dict[str, list[psutil.Process]] = {}
        for part in self._supervisor.parts():
            if part.pid:
                with contextlib.suppress(psutil.NoSuchProcess):
                    leader = psutil.Process(part.pid)
                    found[part.name] = [leader, *leader.children(recursive=True)]
        if self._process is not None:
            run = psutil.Process(self._process.pid)
            known = {process.pid for processes in found.values() for process in processes}
            found["supervisor"] = [run, *(child for child in run.children(recursive=True) if child.pid not in known)]
        return found

    def processor_seconds(self) -> dict[str, float]:
        """Processor time used so far by each part, user and system, in seconds."""
        return {
            name: sum(sum(process.cpu_times()[:2]) for process in processes)
            for name, processes in self.processes().items()
        }

    @staticmethod
    def until(condition: Callable[[], bool], seconds: float, pause: float = 0.1) -> bool:
        """Whether the condition came true in time; looks again after each pause."""
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                return False
            time.sleep(pause)
        return True

    def _have_model(self) -> None:
        """Makes the models' folder this copy's, and trains when it has none for the present sources."""
        self.models.mkdir(parents=True, exist_ok=True)
        (self.var_dir / "models").symlink_to(self.models)
        # Made once: the vectors of the articles' questions take half a minute of a processor that others need.
        embeddings = self.models.parent / "embeddings"
        embeddings.mkdir(exist_ok=True)
        (self.var_dir / "embeddings").symlink_to(embeddings)
        for step in ("check", "train", "check"):
            command = [str(BOT_PYTHON), "-m", "bot.model", step]
            done = subprocess.run(
                command, cwd=PROJECT_ROOT, env=self.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
            )
            if done.returncode == 0 and step == "check":
                return
        raise StackError(f"The model could not be trained:\n{done.stdout.decode('utf-8', 'replace')[-1000:]}")


def answers(url: str, seconds: float = 5.0) -> bool:
    """Whether a GET of the URL gives 200."""
    try:
        with urllib.request.urlopen(url, timeout=seconds) as response:  # noqa: S310
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False
