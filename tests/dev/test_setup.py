"""The set-up on a small project: does what is missing, does it once, and says each failure in one sentence.

uv is the real one; packages come from a folder of wheels, so that nothing leaves the machine.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from dev.setup import Progress, Runner, SetupError, explain, find_uv
from tests.dev.waiting import until

ROOT = Path(__file__).resolve().parent.parent.parent
VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"


def uv_folder() -> str:
    """Where uv is: on PATH or where the set-up put it."""
    found = shutil.which("uv")
    return str(Path(found).parent) if found else str(ROOT / "var" / "tools" / "uv" / "bin")


def make_wheel(folder: Path, name: str, version: str) -> str:
    """Writes a wheel with one empty module (PEP 427); returns its sha256."""
    info = f"{name}-{version}.dist-info"
    files = {
        f"{name}.py": "",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = ""
    for path, text in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
        record += f"{path},sha256={digest},{len(text)}\n"
    files[f"{info}/RECORD"] = record + f"{info}/RECORD,,\n"
    wheel = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
    return hashlib.sha256(wheel.read_bytes()).hexdigest()


class Project:
    """A project with the real set-up, one small package and a bot that needs no training."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "project"
        self.wheels = folder / "wheels"
        self.wheels.mkdir()
        (self.root / "bot").mkdir(parents=True)
        shutil.copytree(ROOT / "dev", self.root / "dev", ignore=shutil.ignore_patterns("__pycache__", "fakes", "bench"))
        self.hashes = {version: make_wheel(self.wheels, "gulls", version) for version in ("1.0", "2.0")}
        for name in (".python-version", "bot/.python-version"):
            (self.root / name).write_text(f"{VERSION}\n")
        for name in ("requirements.txt", "requirements-dev.txt", "bot/requirements.txt"):
            self.lock(name, "1.0")
        self.model("print('there is one')")
        (folder / "uv.toml").write_text(f'no-index = true\nfind-links = ["{self.wheels}"]\n')
        self.env = {
            "PATH": f"{uv_folder()}:{sys.base_prefix}/bin:/usr/bin:/bin",
            "HOME": str(folder),
            "PORT": "19400",
            "UV_CACHE_DIR": str(folder / "cache"),
            "UV_CONFIG_FILE": str(folder / "uv.toml"),
        }

    def lock(self, name: str, version: str, checksum: str = "") -> None:
        (self.root / name).write_text(f"gulls=={version} --hash=sha256:{checksum or self.hashes[version]}\n")

    def model(self, code: str) -> None:
        (self.root / "bot" / "model.py").write_text(f"import sys\n{code}\n")

    def set_up(self, purpose: str = "run") -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-I", str(self.root / "dev" / "setup.py"), purpose]
        return subprocess.run(command, cwd=self.root, env=self.env, capture_output=True, text=True, check=False)

    def living(self) -> list[str]:
        """Command lines of every process with this project's home."""
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                mine = process.environ().get("HOME") == self.env["HOME"]
                if mine and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(" ".join(process.cmdline()))
        return found

    def installed(self) -> str:
        python = self.root / ".venv" / "bin" / "python"
        code = "import importlib.metadata as m; print(m.version('gulls'))"
        return subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout.strip()

    def refusal(self, purpose: str = "run") -> str:
        """The one sentence a failing set-up says."""
        done = self.set_up(purpose)
        assert done.returncode == 1, done
        assert done.stderr.count("\n") == 1, done.stderr
        assert "Traceback" not in done.stdout + done.stderr
        return done.stderr


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def test_first_run_installs_and_says_so_the_second_has_nothing_to_do(project: Project) -> None:
    first = project.set_up()
    assert first.returncode == 0, first.stderr
    assert "app environment" in first.stdout
    assert "set-up complete" in first.stdout
    assert project.installed() == "1.0"
    second = project.set_up()
    assert (second.returncode, second.stdout, second.stderr) == (0, "", "")


def test_changed_lock_is_installed(project: Project) -> None:
    project.set_up()
    project.lock("requirements.txt", "2.0")
    assert project.set_up().returncode == 0
    assert project.installed() == "2.0"


def test_test_tools_stay_when_the_app_is_run(project: Project) -> None:
    make_wheel(project.wheels, "terns", "1.0")
    checksum = hashlib.sha256((project.wheels / "terns-1.0-py3-none-any.whl").read_bytes()).hexdigest()
    with (project.root / "requirements-dev.txt").open("a") as lock:
        lock.write(f"terns==1.0 --hash=sha256:{checksum}\n")
    assert project.set_up("test").returncode == 0
    assert project.set_up("run").stdout == ""
    # A changed runtime lock brings the test tools along instead of removing them.
    project.lock("requirements.txt", "2.0")
    project.lock("requirements-dev.txt", "2.0")
    with (project.root / "requirements-dev.txt").open("a") as lock:
        lock.write(f"terns==1.0 --hash=sha256:{checksum}\n")
    assert project.set_up("run").returncode == 0
    python = project.root / ".venv" / "bin" / "python"
    assert subprocess.run([python, "-c", "import gulls, terns"], check=False).returncode == 0


def test_interrupted_installation_is_repaired(project: Project) -> None:
    project.set_up()
    (project.root / ".venv" / ".concierge-stamp.json").unlink()
    shutil.rmtree(next((project.root / ".venv").glob("lib/python*/site-packages/gulls-1.0.dist-info")))
    assert project.set_up().returncode == 0
    assert project.installed() == "1.0"


def test_missing_python_is_named_with_how_to_get_it(project: Project) -> None:
    (project.root / "bot" / ".python-version").write_text("3.99\n")
    said = project.refusal()
    assert "Python 3.99 is missing (the bot needs it)" in said
    assert "pyenv install 3.99" in said


def test_wrong_checksum_is_refused(project: Project) -> None:
    project.lock("requirements.txt", "1.0", "0" * 64)
    said = project.refusal()
    assert "checksum recorded in requirements.txt" in said
    assert "git checkout requirements.txt" in said
    log = project.root / "var" / "log" / "setup.log"
    assert str(log) in said
    assert "gulls" in log.read_text()


def test_lock_without_hashes_is_refused(project: Project) -> None:
    (project.root / "requirements.txt").write_text("gulls==1.0\n")
    assert "requirements.txt" in project.refusal()


def test_broken_lock_is_refused(project: Project) -> None:
    (project.root / "requirements.txt").write_text("gulls==1.0 --hash=sha256:\n<<<<<<< ours\n")
    said = project.refusal()
    assert "requirements.txt is broken" in said
    assert "make lock" in said


def test_missing_lock_is_refused(project: Project) -> None:
    (project.root / "requirements.txt").unlink()
    assert "requirements.txt" in project.refusal()


def test_no_network_is_said(project: Project) -> None:
    with socket.socket() as closed:  # bound, not listening: connections are refused
        closed.bind(("127.0.0.1", 0))
        index = f"http://127.0.0.1:{closed.getsockname()[1]}/simple"
        Path(project.env["UV_CONFIG_FILE"]).write_text(f'index-url = "{index}"\n')
        project.env["UV_HTTP_RETRIES"] = "0"
        said = project.refusal()
    assert "the package index cannot be reached" in said
    assert "check the network or the proxy" in said


def test_taken_port_is_said_before_anything_is_installed(project: Project) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        project.env["PORT"] = str(taken.getsockname()[1])
        said = project.refusal()
    assert f"Port {project.env['PORT']} (PORT) is taken" in said
    assert not (project.root / ".venv").exists()


def test_port_that_is_no_number_is_said(project: Project) -> None:
    project.env["PORT"] = "eight"
    assert "PORT=eight is not a port" in project.refusal()


def test_model_that_cannot_be_trained_is_said(project: Project) -> None:
    project.model("print('bot/config.yml: no pipeline'); sys.exit(1)")
    assert "bot/config.yml: no pipeline" in project.refusal()


def test_missing_venv_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dev.setup.PROJECT_ROOT", tmp_path)
    bare = tmp_path / "python3"
    bare.write_text("#!/bin/sh\necho 'No module named venv' >&2; exit 1\n")
    bare.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(bare))
    runner = Runner(tmp_path / "setup.log", {"PATH": str(tmp_path)})
    with pytest.raises(SetupError, match=r"venv or ensurepip is missing.*python3-venv"):
        find_uv(runner, Progress())


OUTPUTS: list[tuple[str, Callable[[str], bool]]] = [
    ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.", lambda said: "checksum" in said),
    ("error: No space left on device (os error 28)", lambda said: "disk is full" in said),
    ("Temporary failure in name resolution", lambda said: "check the network" in said),
    ("error: something nobody foresaw", lambda said: "something nobody foresaw" in said),
]


@pytest.mark.parametrize(("output", "fits"), OUTPUTS)
def test_other_failures_are_explained(output: str, fits: Callable[[str], bool], tmp_path: Path) -> None:
    said = explain(output, "It could not be installed", "requirements.txt", tmp_path / "setup.log")
    assert fits(said)
    assert "\n" not in said


@pytest.mark.parametrize("purpose", ["", "nonsense"])
def test_unknown_python_or_purpose(purpose: str, project: Project) -> None:
    if purpose:
        assert project.set_up(purpose).returncode == 2
        return
    make = shutil.which("make")
    assert make
    done = subprocess.run(
        [make, "--no-print-directory", "-C", str(ROOT), "run", "PYTHON=python3-that-is-not-there"],
        env={**os.environ, "VAR_DIR": str(project.root / "var")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "install Python 3.8 or newer" in done.stderr


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_set_up_leaves_no_process(signum: int, project: Project) -> None:
    project.set_up("app")
    project.model(
        "if sys.argv[1] == 'check': sys.exit(1)\n"
        "import subprocess\n"
        "subprocess.run([sys.executable, '-c', 'import time; time.sleep(300)'])"
    )
    command = [sys.executable, "-I", str(project.root / "dev" / "setup.py"), "run"]
    process = subprocess.Popen(
        command,
        cwd=project.root,
        env=project.env,
        stderr=subprocess.PIPE,
        text=True,
        # Where the tests themselves run in the background of a shell, they have been told to ignore Ctrl-C.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    assert until(lambda: any("sleep(300)" in line for line in project.living()))
    process.send_signal(signum)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 130
    assert said == "Set-up interrupted; run it again to go on.\n"
    assert until(lambda: project.living() == [])
