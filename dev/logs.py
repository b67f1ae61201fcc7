"""Follows the logs of all processes, each line with its name in front."""

import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from dev.env import development_env

_COLOURS = (36, 32, 33, 35, 34, 31, 96, 92)  # ANSI foreground colours
_FIRST_BYTES = 2000  # of each log, to begin with


class Tail:
    """What is new in one log, also after it was rotated."""

    def __init__(self, path: Path, from_start: bool) -> None:
        self.path = path
        self._inode = 0
        self._at = 0
        self._rest = b""
        if not from_start:
            status = path.stat()
            self._inode, self._at = status.st_ino, max(0, status.st_size - _FIRST_BYTES)

    def lines(self) -> list[str]:
        """The whole lines written since the last call."""
        try:
            status = self.path.stat()
            if status.st_ino != self._inode or status.st_size < self._at:
                self._inode, self._at = status.st_ino, 0
            with self.path.open("rb") as file:
                file.seek(self._at)
                new = file.read()
        except FileNotFoundError:
            return []
        self._at += len(new)
        *whole, self._rest = (self._rest + new).split(b"\n")
        return [line.decode("utf-8", "replace") for line in whole]


def main() -> int:
    """Runs until Ctrl-C; returns 1 when there is nothing to follow."""
    folder = Path(development_env()["VAR_DIR"]) / "log"
    if not list(folder.glob("*.log")):
        print(f"There are no logs in {folder} yet: start the product with `make run` first.", file=sys.stderr)
        return 1
    tails: dict[str, tuple[Tail, int]] = {}
    first = True
    try:
        while True:
            for path in sorted(folder.glob("*.log")):
                if path.stem not in tails:
                    tails[path.stem] = (Tail(path, from_start=not first), _COLOURS[len(tails) % len(_COLOURS)])
            width = max(len(name) for name in tails)
            for name, (tail, colour) in tails.items():
                label = f"{name:<{width}} |"
                if sys.stdout.isatty():
                    label = f"\033[{colour}m{label}\033[0m"
                for line in tail.lines():
                    print(label, line)
            sys.stdout.flush()
            first = False
            time.sleep(0.3)
    except KeyboardInterrupt:
        return 0
    except BrokenPipeError:  # `make logs | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


if __name__ == "__main__":
    sys.exit(main())
