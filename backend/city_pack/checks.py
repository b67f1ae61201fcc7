"""What every document of a pack is checked for: a name stands once, and what is referred to exists."""

from __future__ import annotations

from collections.abc import Collection

from backend.city_pack.documents import Document, FieldPath, dotted
from backend.city_pack.errors import PackError


class Checks:
    """Puts the problems of one document into sentences."""

    def __init__(self, document: Document, errors: list[PackError]) -> None:
        self._document = document
        self._errors = errors
        self._lines: dict[tuple[str, str], int] = {}

    def line(self, path: FieldPath) -> int:
        return self._document.line(path)

    def problem(self, path: FieldPath, message: str) -> None:
        self._errors.append(PackError(self._document.file, self.line(path), dotted(path), message))

    def known(self, path: FieldPath, name: str, allowed: Collection[str] | None, what: str) -> None:
        """What is referred to exists; `allowed` is None where that is not known, and so not checked."""
        if allowed is not None and name not in allowed:
            self.problem(path, f"“{name}” is not {what}")

    def once(self, path: FieldPath, word: str, kind: str = "id") -> None:
        """A word stands only once among those of its kind."""
        line = self.line(path)
        first = self._lines.setdefault((kind, word), line)
        if first != line:
            self.problem(path, f"“{word}” stands in line {first} already; keep it in one of them")
