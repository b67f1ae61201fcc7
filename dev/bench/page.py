"""The published page of figures: docs/bench/README.md and the same as JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dev.bench.report import Report, write_json

_HEAD = """\
# Measured

Made by `make bench ARGS="throughput edit holding kills start --publish"`; the same figures as JSON are in
[latest.json](latest.json). Measured {at} at commit `{commit}`, on {cores} cores that also carried the load, the fake
providers and other work (load average {load} when it began). Take the ratios: they travel between machines, figures do
not. Latencies count from when a message was due, whether or not its sender was held up.
"""


def write_page(folder: Path, reports: list[Report], given: dict[str, Any]) -> None:
    """Writes the page anew with these reports."""
    folder.mkdir(parents=True, exist_ok=True)
    parts = [_HEAD.format(**given), *(report.markdown() for report in reports)]
    (folder / "README.md").write_text("\n\n".join(part.strip() for part in parts) + "\n", encoding="utf-8")
    write_json(folder / "latest.json", reports, given)
