"""Migrates and seeds the database of this copy: `python -m dev.database`. Safe to repeat.

The same as the two commands of backend.cli, in one process: its imports take longer than its work.
"""

from __future__ import annotations

from backend.cli import cli


def main() -> None:
    """Ends with exit code 1 and the reason on stderr when one of them fails."""
    for verb in ("migrate", "seed"):
        cli.main(args=[verb], prog_name="python -m backend.cli", standalone_mode=False)


if __name__ == "__main__":
    main()
