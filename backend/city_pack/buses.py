"""From the validated `bus_lines.json` to its records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backend.city_pack.checks import Checks
from backend.city_pack.documents import Document, FieldPath
from backend.city_pack.errors import PackError
from backend.city_pack.model import BusLine, BusNetwork


def network_of(document: Document, errors: list[PackError]) -> BusNetwork:
    """The lines and the spellings of stops; adds an error for a line that stands twice."""
    checks = Checks(document, errors)
    lines = []
    for index, raw in enumerate(document.value["lines"]):
        path: FieldPath = ("lines", index, "id")
        checks.once(path, raw["id"])
        lines.append(_line(raw, checks.line(path)))
    return BusNetwork(tuple(lines), tuple(map(tuple, document.value["stop_aliases_zh"])), document.value)


def _line(raw: Mapping[str, Any], line: int) -> BusLine:
    return BusLine(
        id=f"bus_line:{raw['id']}",
        code=raw["id"],
        name_zh=raw["name_zh"],
        name_en=raw["name_en"],
        aliases=tuple(raw["aliases"]),
        confidence=raw["confidence"],
        as_of=raw["as_of"],
        line=line,
        raw=raw,
    )
