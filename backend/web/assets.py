"""Static files under a path that carries their content's hash: browsers keep them for ever and never show an old one.

The hash stands in the path, not in a query: modules import each other by relative path and inherit it.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from flask import Response, abort, send_from_directory

FOLDER = Path(__file__).parent / "static"
ONE_YEAR = 31_536_000


def version() -> str:
    """A short hash over the names and contents of all static files."""
    digest = hashlib.sha256()
    for file in sorted(path for path in FOLDER.rglob("*") if path.is_file()):
        digest.update(str(file.relative_to(FOLDER)).encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def send(current: str, asked: str, name: str) -> Response:
    """One file. Under another version it is not kept: during a roll-out a page may be older than its files."""
    if Path(name).suffix not in {".js", ".css", ".svg", ".png", ".webmanifest"}:
        abort(404)
    response = send_from_directory(FOLDER, name)
    fresh = asked == current
    response.headers["Cache-Control"] = f"public, max-age={ONE_YEAR}, immutable" if fresh else "no-cache"
    return response
