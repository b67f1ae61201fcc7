"""Locks the dependencies: every requirements.in becomes a requirements.txt with exact versions and hashes.

Versions that are locked already stay unless the .in file forbids them; `UPGRADE=1 make lock` takes the newest.
"""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from dev.env import PROJECT_ROOT, development_env
from dev.setup import Progress, Runner, SetupError, explain, find_uv, tool_environment

# In this order: the second is locked against the first.
LOCKS = [
    ("requirements.in", "requirements.txt", "3.12"),
    ("requirements-dev.in", "requirements-dev.txt", "3.12"),
    ("bot/requirements.in", "bot/requirements.txt", "3.10"),
    ("dev/uv.in", "dev/uv.txt", "3.8"),
]


def main() -> int:
    """Returns the exit code."""
    progress = Progress()
    environ = tool_environment(dict(os.environ))
    runner = Runner(Path(development_env()["VAR_DIR"]) / "log" / "setup.log", environ)
    try:
        uv = find_uv(runner, progress)
        for source, lock, version in LOCKS:
            with progress.step(f"{lock} (Python {version})"):
                command = [uv, "pip", "compile", "--quiet", "--generate-hashes", "--python-version", version]
                command += ["--custom-compile-command", "make lock", source, "-o", lock]
                if os.environ.get("UPGRADE"):
                    command.append("--upgrade")
                done = runner.run(command)
                if done.returncode != 0:
                    raise SetupError(explain(done.stdout, f"{source} could not be locked", source, runner.log))
    except SetupError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"Locked; read the change with: git -C {PROJECT_ROOT} diff -- '*requirements*.txt' dev/uv.txt")
    return 0


if __name__ == "__main__":
    sys.exit(main())
