"""What a benchmark found: tables, promises kept or broken, and the same as JSON and as Markdown."""

from __future__ import annotations

import datetime as dt
import json
import os
import platform
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from dev.env import PROJECT_ROOT


@dataclass(frozen=True)
class Table:
    """Rows of cells as they are printed."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]

    def text(self) -> str:
        """For a terminal: first column to the left, figures to the right."""
        widths = [max(len(row[at]) for row in (self.columns, *self.rows)) for at in range(len(self.columns))]
        lines = [
            "  ".join(
                cell.ljust(width) if at == 0 else cell.rjust(width)
                for at, (cell, width) in enumerate(zip(row, widths, strict=True))
            ).rstrip()
            for row in (self.columns, *self.rows)
        ]
        lines.insert(1, "-" * len(lines[0]))
        return f"{self.title}\n" + "\n".join(f"  {line}" for line in lines)

    def markdown(self) -> str:
        """For a page."""
        head = [" | ".join(self.columns), " | ".join(["---"] + ["--:"] * (len(self.columns) - 1))]
        lines = [*head, *(" | ".join(row) for row in self.rows)]
        return f"**{self.title}**\n\n" + "\n".join(f"| {line} |" for line in lines)


@dataclass(frozen=True)
class Promise:
    """One thing the product promises, with the figure that was measured."""

    text: str
    measured: str
    kept: bool

    def line(self) -> str:
        """One line for people."""
        return f"{'kept  ' if self.kept else 'BROKEN'}  {self.text}: {self.measured}"


@dataclass
class Report:
    """The outcome of one benchmark. `figures` is for machines: plain numbers, seconds and bytes."""

    name: str
    title: str
    ratios: list[str] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    promises: list[Promise] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    figures: dict[str, Any] = field(default_factory=dict)

    @property
    def kept(self) -> bool:
        """Whether all promises were kept."""
        return all(promise.kept for promise in self.promises)

    def promise(self, text: str, measured: str, kept: bool) -> None:
        """Adds a promise."""
        self.promises.append(Promise(text, measured, kept))

    def text(self) -> str:
        """For a terminal."""
        parts = [f"== {self.title}", *self.ratios, *(table.text() for table in self.tables)]
        parts += [promise.line() for promise in self.promises]
        return "\n".join(parts + [f"({note})" for note in self.notes])

    def markdown(self) -> str:
        """For a page: ratios first, since they travel between machines and figures do not."""
        parts = ["\n".join(f"* {ratio}" for ratio in self.ratios)]
        parts += ["\n".join(f"* {promise.line()}" for promise in self.promises)]
        parts += [table.markdown() for table in self.tables]
        parts += ["\n".join(f"* {note}" for note in self.notes)]
        return "\n\n".join(part for part in parts if part)

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "name": self.name,
            "kept": self.kept,
            "promises": [asdict(promise) for promise in self.promises],
            "figures": self.figures,
        }


def circumstances() -> dict[str, Any]:
    """When, on what and under what load it was measured; nothing that tells one machine from another."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=PROJECT_ROOT, capture_output=True, text=True, check=False
    ).stdout.strip()
    return {
        "at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "commit": commit,
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        "python": platform.python_version(),
    }


def write_json(path: Path, reports: Iterable[Report], given: dict[str, Any]) -> None:
    """Writes all reports as one JSON document."""
    path.parent.mkdir(parents=True, exist_ok=True)
    document = {"circumstances": given, "benchmarks": {report.name: report.to_dict() for report in reports}}
    path.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def milliseconds(seconds: float) -> str:
    """`0.0123` as `12`."""
    return f"{seconds * 1000:.0f}"


def megabytes(count: float) -> str:
    """Bytes as MB of 2**20."""
    return f"{count / 2**20:.0f}"
