"""No tracked file names a path of one machine."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
# Home folders and this checkout's own place. Patterns in pieces, or this file would find itself.
PATTERNS = [r"/" + r"home/[a-z]\w*/", r"/" + r"Users/\w+/", r"/" + r"root/", r"[A-Z]:\\" + r"Users"]


def tracked_texts() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def test_no_path_of_one_machine() -> None:
    pattern = re.compile("|".join([*PATTERNS, re.escape(f"{ROOT}/")]).encode())
    found = []
    for path in tracked_texts():
        content = path.read_bytes()
        if b"\0" in content[:1024]:
            continue
        found += [f"{path.relative_to(ROOT)}: {match.group().decode()}" for match in pattern.finditer(content)]
    assert found == []
