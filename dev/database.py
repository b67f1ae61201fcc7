"""Migrates and seeds the database of this copy: `python -m dev.database`. Safe to repeat.

The two commands of backend.cli in one process: its imports take longer than its work. A SQLite database that
was prepared by this very code from these very data is left alone, which brings a later start up seconds earlier.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import sqlite3
from collections.abc import Mapping
from pathlib import Path

from dev.env import PROJECT_ROOT, development_env

# All that migrating and seeding read.
_SOURCES = ("backend/**/*.py", "data/**/*")
_SQLITE = "sqlite:///"


def _stamp(env: Mapping[str, str]) -> Path:
    return Path(env["VAR_DIR"]) / "run" / "database.json"


def _state(env: Mapping[str, str], root: Path) -> dict[str, str] | None:
    """What the database was or would be prepared from, and its schema's version; None where that cannot be told."""
    path = Path(env["DATABASE_URL"].removeprefix(_SQLITE))
    if not env["DATABASE_URL"].startswith(_SQLITE) or not path.is_file():
        return None
    digest = hashlib.sha256()
    for file in sorted(file for pattern in _SOURCES for file in root.glob(pattern) if file.is_file()):
        digest.update(f"{file.relative_to(root)}\0".encode() + hashlib.sha256(file.read_bytes()).digest())
    with contextlib.closing(sqlite3.connect(path)) as connection, contextlib.suppress(sqlite3.Error):
        version = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        settings = [env["DATABASE_URL"], env.get("CITY_PACK", ""), env["DEV_STAFF_EMAIL"], env["DEV_STAFF_PASSWORD"]]
        digest.update("\0".join(settings).encode())
        return {"sources": digest.hexdigest(), "schema": str(version and version[0])}
    return None


def is_prepared(env: Mapping[str, str], root: Path = PROJECT_ROOT) -> bool:
    """Whether the database was prepared from the present sources and still has the schema it got then."""
    with contextlib.suppress(OSError, ValueError):
        state = _state(env, root)
        return state is not None and json.loads(_stamp(env).read_text(encoding="utf-8")) == state
    return False


def remember_prepared(env: Mapping[str, str], root: Path = PROJECT_ROOT) -> None:
    """Notes what the database was prepared from."""
    state = _state(env, root)
    if state is not None:
        _stamp(env).parent.mkdir(parents=True, exist_ok=True)
        _stamp(env).write_text(json.dumps(state), encoding="utf-8")


def main() -> None:
    """Ends with exit code 1 and the reason on stderr when migrating or seeding fails."""
    from backend.cli import cli  # takes seconds, and only this needs it

    for verb in ("migrate", "seed"):
        cli.main(args=[verb], prog_name="python -m backend.cli", standalone_mode=False)
    remember_prepared(development_env())


if __name__ == "__main__":
    main()
