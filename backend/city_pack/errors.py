"""How a broken city pack is reported: every problem at once, each with file, line and field."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class PackError:
    """One problem in a pack file.

    `file` is relative to the pack's folder, `line` counts from 1 (0: the file as a whole), `field` is the column name
    or the dotted path in a YAML or JSON file (empty: the row or file as a whole). `message` says what is wrong and
    how to mend it.
    """

    file: str
    line: int
    field: str
    message: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where}: {self.field}: {self.message}" if self.field else f"{where}: {self.message}"


class InvalidPack(Exception):
    """The pack has problems; `errors` holds all of them, ordered by file and line. Nothing of the pack was loaded."""

    def __init__(self, errors: Sequence[PackError]) -> None:
        self.errors = tuple(sorted(errors))
        super().__init__("\n".join(str(error) for error in self.errors))
