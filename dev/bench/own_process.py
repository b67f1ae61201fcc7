"""A measurement in a process of its own: what it holds and loads is its alone."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, cast

from dev.env import PROJECT_ROOT


def measured(
    module: str, *arguments: object, python: Path | str = sys.executable, seconds: float = 1800
) -> dict[str, Any]:
    """The figures that a module of dev/bench prints as JSON. Raises CalledProcessError and TimeoutExpired."""
    done = subprocess.run(
        [str(python), "-m", f"dev.bench.{module}", *map(str, arguments)],
        cwd=PROJECT_ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=seconds,
    )
    return cast("dict[str, Any]", json.loads(done.stdout))
