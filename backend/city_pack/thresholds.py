"""Limits of readings: from a document that fits its schema to records, with the checks the schema cannot make."""

from __future__ import annotations

from backend.city_pack.documents import Document, dotted
from backend.city_pack.errors import PackError
from backend.city_pack.model import Threshold


def thresholds_of(document: Document, errors: list[PackError]) -> list[Threshold]:
    """The limits of `thresholds.yml`; adds an error for an id given twice and for a limit that would never be over."""
    lines: dict[str, int] = {}
    found = []
    for index, raw in enumerate(document.value["thresholds"]):
        line = document.line(("thresholds", index))
        threshold = Threshold(line=line, **{**raw, "one_of": tuple(raw.get("one_of", ()))})
        if lines.setdefault(threshold.id, line) != line:
            message = f"“{threshold.id}” stands in line {lines[threshold.id]} already"
            errors.append(PackError(document.file, line, dotted(("thresholds", index, "id")), message))
        if not _can_clear(threshold):
            field = ("thresholds", index, "clears_at")
            message = f"a value of {threshold.clears_at} is still beyond the limit; write one on its safe side"
            errors.append(PackError(document.file, document.line(field), dotted(field), message))
        found.append(threshold)
    return found


def _can_clear(threshold: Threshold) -> bool:
    back = threshold.clears_at
    if back is None:
        return True
    if threshold.above is not None:
        return back < threshold.above
    return threshold.below is None or back > threshold.below
