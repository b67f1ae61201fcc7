"""The supervisor of a development copy (https://supervisord.org): configured from the Procfiles, and how to ask it.

It restarts whatever ends, without a limit; one that ends within a second of its start waits a second longer each time.
Every process leads a process group of its own and dies with supervisord (dev/guarded.py). `broker` and `fakes` are a
supervisor group of their own that stops last, so that the others can still hand back their work.
"""

from __future__ import annotations

import hashlib
import http.client
import shlex
import sys
import tempfile
import xmlrpc.client
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from honcho.environ import parse_procfile
from supervisor.xmlrpc import SupervisorTransport

from dev.env import PROJECT_ROOT

# These read the database, so they start once it is migrated; the bot's imports go on meanwhile.
AFTER_MIGRATION = ("web", "worker", "sender", "notices", "beat")
_BASE = ("broker", "fakes")
_STOP_SECONDS = 15  # then SIGKILL; a task soft-stops in less


@dataclass(frozen=True)
class Part:
    """One process as supervisord sees it."""

    name: str
    state: str  # https://supervisord.org/subprocess.html#process-states
    pid: int
    started: int  # Unix time


def commands(root: Path = PROJECT_ROOT) -> dict[str, str]:
    """Name and shell command of every process of a development copy, from Procfile and Procfile.dev."""
    found: dict[str, str] = {}
    for name in ("Procfile", "Procfile.dev"):
        found.update(parse_procfile((root / name).read_text(encoding="utf-8")).processes)
    return found


def socket_path(var_dir: Path) -> Path:
    """Where supervisord is asked: a short path, since a socket's path may have 107 bytes at most (Linux unix(7))."""
    return Path(tempfile.gettempdir()) / f"concierge-{hashlib.sha256(str(var_dir).encode()).hexdigest()[:12]}.sock"


def write_config(var_dir: Path, programs: Mapping[str, str], python: str = sys.executable) -> Path:
    """Writes supervisord's configuration and returns its path. It holds no secrets: those come by the environment."""
    (var_dir / "run").mkdir(parents=True, exist_ok=True)
    logs = var_dir / "log"
    logs.mkdir(parents=True, exist_ok=True)
    sections: dict[str, dict[str, Any]] = {
        "supervisord": {
            "logfile": logs / "supervisord.log",
            "logfile_maxbytes": "2MB",
            "logfile_backups": 1,
            "pidfile": var_dir / "run" / "supervisord.pid",
            "nodaemon": "true",
            "silent": "true",
        },
        "unix_http_server": {"file": socket_path(var_dir), "chmod": "0700"},
        "rpcinterface:supervisor": {
            "supervisor.rpcinterface_factory": "supervisor.rpcinterface:make_main_rpcinterface",
        },
    }
    for group, priority in (("base", 10), ("app", 20)):
        members = [name for name in programs if (name in _BASE) == (group == "base")]
        if members:
            sections[f"group:{group}"] = {"programs": ",".join(members), "priority": priority}
    for name, command in programs.items():
        sections[f"program:{name}"] = {
            "command": shlex.join([python, str(PROJECT_ROOT / "dev" / "guarded.py"), "KILL", "/bin/sh", "-c", command]),
            "directory": PROJECT_ROOT,
            "autostart": str(name not in AFTER_MIGRATION).lower(),
            "autorestart": "true",
            "startsecs": 1,
            "startretries": 1_000_000,
            "stopasgroup": "true",
            "killasgroup": "true",
            "stopwaitsecs": _STOP_SECONDS,
            "redirect_stderr": "true",
            "stdout_logfile": logs / f"{name}.log",
            "stdout_logfile_maxbytes": "5MB",
            "stdout_logfile_backups": 2,
        }
    lines = []
    for section, options in sections.items():
        lines.append(f"[{section}]")
        lines += [f"{key} = {str(value).replace('%', '%%')}" for key, value in options.items()]
        lines.append("")
    path = var_dir / "run" / "supervisord.conf"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


class Supervisor:
    """Asks a running supervisord through its socket (https://supervisord.org/api.html)."""

    def __init__(self, var_dir: Path) -> None:
        self._url = f"unix://{socket_path(var_dir)}"

    def _call(self, method: str, *arguments: Any) -> Any:
        # A new connection each time: a kept one is of no use after supervisord was away.
        transport = SupervisorTransport(None, None, self._url)
        with xmlrpc.client.ServerProxy("http://localhost", transport=transport) as server:
            return getattr(server.supervisor, method)(*arguments)

    def parts(self) -> list[Part]:
        """All processes; an empty list while supervisord does not answer."""
        try:
            found = self._call("getAllProcessInfo")
        except (OSError, http.client.HTTPException, xmlrpc.client.Error):
            return []
        return [Part(each["name"], each["statename"], each["pid"], each["start"]) for each in found]

    def start(self, name: str) -> None:
        """Starts a process that was not started by itself."""
        self._call("startProcess", _full_name(name), False)

    def stop(self, name: str) -> None:
        """Stops a process and keeps it stopped until `start`; returns when it is gone."""
        self._call("stopProcess", _full_name(name))


def _full_name(name: str) -> str:
    return f"{'base' if name in _BASE else 'app'}:{name}"
