"""The published figures: one page and one JSON file for each benchmark, under docs/bench."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dev.bench.report import Report, write_json

# What the name of a benchmark ends with that was made on it.
ON_POSTGRESQL = "_postgresql"

_HEAD = """\
Made by `make bench ARGS="{names} --publish"`; the same figures as JSON are in [{name}.json]({name}.json).
Measured {at} at commit `{commit}`, on {cores} cores that also carried the load, the fake providers and other work
(load average {load} when it began). Take the ratios: they travel between machines, figures do not. Latencies count
from when a message was due, whether or not its sender was held up.
"""


def write_pages(folder: Path, reports: list[Report], given: dict[str, Any]) -> None:
    """Writes the pages of these reports anew."""
    folder.mkdir(parents=True, exist_ok=True)
    names = " ".join(report.name.removesuffix(ON_POSTGRESQL) for report in reports)
    if any(report.name.endswith(ON_POSTGRESQL) for report in reports):
        names += " --database postgresql"
    for report in reports:
        page = (
            f"# {report.title}\n\n{_HEAD.format(name=report.name, names=names, **given)}\n{report.markdown().strip()}\n"
        )
        (folder / f"{report.name}.md").write_text(page, encoding="utf-8")
        write_json(folder / f"{report.name}.json", [report], given)
