"""Does all the set-up: uv, both environments, the model, the database. Standard library only, any Python from 3.8 on.

    python3 dev/setup.py run     what `make run` needs   (app and bot environments, model; ports must be free)
    python3 dev/setup.py test    what `make test` needs  (the same with the test tools)
    python3 dev/setup.py all     the test tools, the model and a migrated, seeded database
    python3 dev/setup.py train   the model anew, whether its sources changed or not
    python3 dev/setup.py app     the app environment alone

Every step looks first whether it is done already. What fails is said in one sentence on stderr with its remedy, the
full output is kept in VAR_DIR/log/setup.log, and the exit code is not 0.
"""

import concurrent.futures
import contextlib
import fcntl
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Callable, Dict, Iterator, List, Optional, Sequence, Set

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from dev.env import PROJECT_ROOT, EnvError, development_env, taken_port

HEARTBEAT_SECONDS = 15
STAMP = ".concierge-stamp.json"

# What uv and pip say when the index cannot be reached, a lock file is wrong, or an interpreter is missing.
_NO_NETWORK = re.compile(
    r"error sending request|dns error|failed to fetch|could not connect|connection refused|connect error|timed out|"
    r"temporary failure in name resolution|network is unreachable|failed to establish a new connection|proxyerror|"
    r"no matching distribution found for uv",
    re.IGNORECASE,
)
_HASHES = re.compile(
    r"hash mismatch|do not match the hashes|in `?--require-hashes`? mode|hashes are required", re.IGNORECASE
)
_BROKEN_LOCK = re.compile(
    r"couldn't parse|expected .* found|unexpected|no solution found|because .* was not found", re.IGNORECASE
)
_NO_PYTHON = re.compile(r"no interpreter found|no download found|not installed", re.IGNORECASE)
_NO_SPACE = re.compile(r"no space left on device", re.IGNORECASE)


class SetupError(Exception):
    """The set-up cannot go on; the message is one sentence with the remedy."""


class Progress:
    """Short lines with the seconds since the start; reminds of what is still going on."""

    def __init__(self) -> None:
        self._start = time.monotonic()
        self._doing: Set[str] = set()
        self._lock = threading.Lock()
        self.worked = False

    def say(self, text: str) -> None:
        """Prints one line."""
        with self._lock:
            print(f"[{time.monotonic() - self._start:4.0f} s] {text}", flush=True)

    @contextlib.contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Says when a piece of work begins, goes on, and is done."""
        self.worked = True
        self.say(f"{name} …")
        done = threading.Event()

        def remind() -> None:
            while not done.wait(HEARTBEAT_SECONDS):
                self.say(f"{name}: still working")

        reminder = threading.Thread(target=remind, daemon=True)
        reminder.start()
        try:
            yield
        finally:
            done.set()
            reminder.join()
        self.say(f"{name}: done")


class Runner:
    """Runs commands with their output in the log, and ends them all when the set-up is interrupted."""

    def __init__(self, log: Path, environ: Dict[str, str]) -> None:
        log.parent.mkdir(parents=True, exist_ok=True)
        self.log = log
        self.environ = environ
        self._processes: Set[subprocess.Popen[str]] = set()

    def run(
        self, command: Sequence[str], environ: Optional[Dict[str, str]] = None
    ) -> "subprocess.CompletedProcess[str]":
        """Runs a command in the project's folder; returns it with its output (both streams) in `stdout`."""
        process = subprocess.Popen(
            list(command),
            cwd=str(PROJECT_ROOT),
            env=self.environ if environ is None else environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            universal_newlines=True,
            errors="replace",
            start_new_session=True,  # so that stop() reaches its children too
        )
        self._processes.add(process)
        output: List[str] = []
        try:
            assert process.stdout is not None
            for line in process.stdout:
                output.append(line)
        finally:
            process.wait()
            self._processes.discard(process)
            with self.log.open("a", encoding="utf-8") as log:
                log.write(f"$ {' '.join(command)}\n{''.join(output)}(exit code {process.returncode})\n")
        return subprocess.CompletedProcess(list(command), process.returncode, "".join(output), None)

    def stop(self) -> None:
        """Ends what still runs."""
        for process in list(self._processes):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)


def _checksum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _first_error(output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    for line in lines:
        if re.match(r"error|ERROR|×|fatal", line):
            return line.rstrip(".")
    return lines[-1].rstrip(".") if lines else "no output"


def explain(output: str, what: str, lock: str, log: Path) -> str:
    """One sentence with the remedy for a failed installation; `output` is what uv or pip printed."""
    see = f"(full output: {log})"
    if _NO_SPACE.search(output):
        return f"{what}: the disk is full; make about 4 GB of room and run this again {see}."
    if _HASHES.search(output):
        return (
            f"{what}: a package lacks the checksum recorded in {lock}; if you changed the file, run `make lock`, "
            f"otherwise get the committed one back with `git checkout {lock}` {see}."
        )
    if _NO_NETWORK.search(output):
        return f"{what}: the package index cannot be reached; check the network or the proxy and run this again {see}."
    if _BROKEN_LOCK.search(output):
        return f"{what}: {lock} is broken; get it back with `git checkout {lock}` or run `make lock` {see}."
    return f"{what}: {_first_error(output)} {see}."


def find_uv(runner: Runner, progress: Progress) -> str:
    """The path of uv: the machine's, or ours under var/tools, installed from PyPI when it is missing."""
    found = shutil.which("uv", path=runner.environ.get("PATH"))
    if found and runner.run([found, "--version"]).returncode == 0:
        return found
    folder = PROJECT_ROOT / "var" / "tools" / "uv"
    own = folder / "bin" / "uv"
    if own.is_file() and runner.run([str(own), "--version"]).returncode == 0:
        return str(own)
    with progress.step("uv (installs the environments)"):
        shutil.rmtree(str(folder), ignore_errors=True)
        made = runner.run([sys.executable, "-m", "venv", str(folder)])
        if made.returncode != 0:
            raise SetupError(
                f"{sys.executable} cannot make environments (venv or ensurepip is missing): install it "
                "(Debian and Ubuntu: `sudo apt-get install python3-venv`) or install uv, then run this again."
            )
        pip = [
            str(folder / "bin" / "python"),
            "-m",
            "pip",
            "install",
            "--quiet",
            "--require-hashes",
            "-r",
            "dev/uv.txt",
        ]
        installed = runner.run(pip)
        if installed.returncode != 0:
            raise SetupError(explain(installed.stdout, "uv could not be installed", "dev/uv.txt", runner.log))
    return str(own)


def ensure_environment(
    uv: str, runner: Runner, progress: Progress, name: str, folder: Path, locks: Sequence[str]
) -> None:
    """Makes the environment `folder` and brings it to the state of its lock files.

    `locks` names files of which each holds all of the one before; an environment synchronised with the last is good for
    all of them. Python's version is the first in the `.python-version` beside the environment (pyenv reads them all).
    """
    version = (folder.parent / ".python-version").read_text(encoding="ascii").split()[0]
    python = folder / "bin" / "python"
    stamp = folder / STAMP
    have = _read_stamp(stamp)
    current = python.exists() and have.get("python") == version
    if current and all(have["locks"].get(lock) == _checksum(PROJECT_ROOT / lock) for lock in locks):
        return
    # Keep the test tools where they were installed before.
    locks = [*locks, *(lock for lock in have["locks"] if lock not in locks and (PROJECT_ROOT / lock).is_file())]
    lock = locks[-1]
    usable = python.exists() and _has_version(runner, python, version)
    with progress.step(f"{name} environment (Python {version}, {lock})"):
        if not usable:
            shutil.rmtree(str(folder), ignore_errors=True)
            made = runner.run([uv, "venv", "--quiet", "--no-project", "--python", version, str(folder)])
            if made.returncode != 0:
                raise SetupError(_explain_python(made.stdout, version, uv, name, runner.log))
        with contextlib.suppress(FileNotFoundError):
            stamp.unlink()
        synced = runner.run([uv, "pip", "sync", "--require-hashes", "--python", str(python), lock])
        if synced.returncode != 0:
            raise SetupError(explain(synced.stdout, f"The {name} environment could not be installed", lock, runner.log))
        done = {"python": version, "locks": {each: _checksum(PROJECT_ROOT / each) for each in locks}}
        stamp.write_text(json.dumps(done, indent=1), encoding="utf-8")


def _has_version(runner: Runner, python: Path, version: str) -> bool:
    asked = runner.run([str(python), "-c", "import sys; print('%d.%d.%d' % sys.version_info[:3])"])
    return asked.returncode == 0 and (asked.stdout.strip() + ".").startswith(version + ".")


def _read_stamp(stamp: Path) -> dict:
    with contextlib.suppress(OSError, ValueError):
        found = json.loads(stamp.read_text(encoding="utf-8"))
        if isinstance(found, dict) and isinstance(found.get("locks"), dict):
            return found
    return {"locks": {}}


def _explain_python(output: str, version: str, uv: str, name: str, log: Path) -> str:
    if _NO_PYTHON.search(output):
        return (
            f"Python {version} is missing (the {name} needs it): install it with `pyenv install {version}`, "
            f"`{uv} python install {version}` or your system's packages, then run this again."
        )
    return explain(output, f"The {name} environment could not be made", "its .python-version", log)


def ensure_model(runner: Runner, progress: Progress, environ: Dict[str, str], again: bool = False) -> None:
    """Trains the bot's model when there is none for the present sources, or in any case (`again`)."""
    python = str(PROJECT_ROOT / "bot" / ".venv" / "bin" / "python")
    if not again and runner.run([python, "-m", "bot.model", "check"], environ).returncode == 0:
        return
    with progress.step("bot model (training)"):
        trained = runner.run([python, "-m", "bot.model", "train"], environ)
        if trained.returncode != 0:
            raise SetupError(f"{_last_line(trained.stdout)} (full output: {runner.log}).")


def ensure_database(runner: Runner, progress: Progress, environ: Dict[str, str]) -> None:
    """Migrates and seeds the database of this copy; both may run again and again."""
    python = str(PROJECT_ROOT / ".venv" / "bin" / "python")
    with progress.step("database (migrate, seed)"):
        done = runner.run([python, "-m", "dev.database"], environ)
        if done.returncode != 0:
            why = _last_line(done.stdout)
            raise SetupError(f"The database could not be migrated and seeded: {why} (full output: {runner.log}).")


def _last_line(output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return lines[-1].rstrip(".") if lines else "no output"


def tool_environment(environ: Dict[str, str]) -> Dict[str, str]:
    """For uv and pip: no environment of the caller's, an interpreter that is already there."""
    tools = {
        key: value
        for key, value in environ.items()
        if key not in ("VIRTUAL_ENV", "CONDA_PREFIX", "PYTHONPATH", "PYTHONHOME")
    }
    tools.setdefault("UV_PYTHON_PREFERENCE", "system")
    tools.setdefault("UV_PYTHON_DOWNLOADS", "never")
    tools.setdefault("UV_HTTP_TIMEOUT", "120")
    return tools


@contextlib.contextmanager
def _one_at_a_time(progress: Progress) -> Iterator[None]:
    """Two set-ups in one tree wait for each other."""
    folder = PROJECT_ROOT / "var" / "tools"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "setup.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress.say("another set-up of this tree is running: waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _together(jobs: Sequence[Callable[[], None]], runner: Runner) -> None:
    """Does the jobs side by side; the first error ends them all."""
    with concurrent.futures.ThreadPoolExecutor(len(jobs)) as pool:
        futures = [pool.submit(job) for job in jobs]
        try:
            for future in concurrent.futures.as_completed(futures):
                future.result()
        except BaseException:
            runner.stop()
            raise


def set_up(purpose: str, runner: Runner, progress: Progress, environ: Dict[str, str]) -> None:
    """Everything `make <purpose>` needs. Raises SetupError."""
    uv = find_uv(runner, progress)
    app_locks = ["requirements.txt"]
    if purpose in ("test", "all"):
        app_locks.append("requirements-dev.txt")

    def app() -> None:
        ensure_environment(uv, runner, progress, "app", PROJECT_ROOT / ".venv", app_locks)
        if purpose == "all":
            ensure_database(runner, progress, environ)

    def bot() -> None:
        ensure_environment(uv, runner, progress, "bot", PROJECT_ROOT / "bot" / ".venv", ["bot/requirements.txt"])
        ensure_model(runner, progress, environ, again=purpose == "train")

    _together({"app": [app], "train": [bot]}.get(purpose, [app, bot]), runner)


def main(arguments: Sequence[str]) -> int:
    """Returns the exit code."""
    purpose = arguments[0] if arguments else "all"
    if purpose not in ("run", "test", "all", "train", "app"):
        print("Say what to set up: run, test, all, train or app.", file=sys.stderr)
        return 2
    progress = Progress()
    runner = None
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        environ = development_env()
        if purpose == "run":
            taken = taken_port(environ)
            if taken:
                raise SetupError(taken)
        log = Path(environ["VAR_DIR"]) / "log" / "setup.log"
        runner = Runner(log, tool_environment(dict(os.environ)))
        log.write_text("", encoding="utf-8")
        with _one_at_a_time(progress):
            set_up(purpose, runner, progress, environ)
    except (SetupError, EnvError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        if runner:
            runner.stop()
        print("Set-up interrupted; run it again to go on.", file=sys.stderr)
        return 130
    except OSError as error:
        print(
            f"The set-up could not use {error.filename or 'a file'}: {error.strerror}; check its permissions.",
            file=sys.stderr,
        )
        return 1
    if progress.worked:
        progress.say("set-up complete")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
