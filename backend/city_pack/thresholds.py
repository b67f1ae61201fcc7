"""Limits of readings: from a document that fits its schema to records, with the checks the schema cannot make."""

from __future__ import annotations

from backend.city_pack.checks import Checks
from backend.city_pack.documents import Document, FieldPath
from backend.city_pack.errors import PackError
from backend.city_pack.model import Threshold


def thresholds_of(document: Document, errors: list[PackError]) -> list[Threshold]:
    """The limits of `thresholds.yml`; adds an error for an id given twice and for a limit that would never be over."""
    checks = Checks(document, errors)
    found = []
    for index, raw in enumerate(document.value["thresholds"]):
        path: FieldPath = ("thresholds", index)
        checks.once((*path, "id"), raw["id"])
        threshold = Threshold(line=checks.line(path), **{**raw, "one_of": tuple(raw.get("one_of", ()))})
        if not _can_clear(threshold):
            message = f"a value of {threshold.clears_at} is still beyond the limit; write one on its safe side"
            checks.problem((*path, "clears_at"), message)
        found.append(threshold)
    return found


def _can_clear(threshold: Threshold) -> bool:
    back = threshold.clears_at
    if back is None:
        return True
    if threshold.above is not None:
        return back < threshold.above
    return threshold.below is None or back > threshold.below
