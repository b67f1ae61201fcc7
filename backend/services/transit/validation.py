"""What is wrong with a feed: file, line, field, and how to mend it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

Severity = Literal["error", "warning"]
# A broken file breaks every row: after so many the rest are counted only.
MAX_KEPT = 200


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding. `line` counts from 1, with the header; 0 where the file as a whole is meant."""

    file: str
    line: int
    field: str
    message: str
    severity: Severity = "error"

    def text(self) -> str:
        """One line for people: `stops.txt:17: stop_lat: …`."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        named = f"{self.field}: " if self.field else ""
        return f"{place}: {self.severity}: {named}{self.message}"


class InvalidFeed(ValueError):
    """A feed was refused; `report` says why."""

    def __init__(self, report: Report) -> None:
        super().__init__(report.text())
        self.report = report


@dataclass
class Report:
    """All findings on one feed, in the order they were made; a feed with an error is refused."""

    problems: list[Problem] = field(default_factory=list)
    counted: Counter[str] = field(default_factory=Counter)

    def error(self, file: str, line: int, field: str, message: str) -> None:
        """Adds a finding for which the feed is refused."""
        self._add(Problem(file, line, field, message, "error"))

    def warning(self, file: str, line: int, field: str, message: str) -> None:
        """Adds a finding that the feed is taken in with."""
        self._add(Problem(file, line, field, message, "warning"))

    def _add(self, problem: Problem) -> None:
        self.counted[problem.severity] += 1
        if self.counted[problem.severity] <= MAX_KEPT:
            self.problems.append(problem)

    @property
    def errors(self) -> list[Problem]:
        """What the feed is refused for."""
        return [problem for problem in self.problems if problem.severity == "error"]

    @property
    def warnings(self) -> list[Problem]:
        """What staff should look at."""
        return [problem for problem in self.problems if problem.severity == "warning"]

    @property
    def ok(self) -> bool:
        """Whether the feed may be taken in."""
        return not self.counted["error"]

    def refuse(self) -> None:
        """Raises InvalidFeed when there is an error."""
        if not self.ok:
            raise InvalidFeed(self)

    def text(self) -> str:
        """The findings one a line, with how many there are."""
        lines = [problem.text() for problem in self.problems]
        for severity, count in self.counted.items():
            if count > MAX_KEPT:
                lines.append(f"… and {count - MAX_KEPT} more {severity}s")
        errors, warnings = self.counted["error"], self.counted["warning"]
        return "\n".join([*lines, f"{errors} errors, {warnings} warnings"])
