"""What a record must look like to be saved: the rules of staff edits, each with the wording id of what is wrong.
Those of all records, and those of places.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import opening_hours

from backend.geo import Bounds, Datum, Point
from backend.models import Edited, Place

KINDS = ("attraction", "beach", "clinic", "hub")
STATUSES = ("open", "seasonal", "suspended", "closed", "unknown")
CONFIDENCES = ("high", "medium", "low")
RATINGS = ("", "A", "AA", "AAA", "AAAA", "AAAAA")
CLOSURE = frozenset({"closed_from", "closed_to", "closed_reason_zh", "closed_reason_en"})
EDITABLE = CLOSURE | {
    "name_zh", "name_en", "aliases", "district", "category", "tags", "departments", "summary_zh", "summary_en",
    "address_zh", "address_en", "phones", "website", "opening_hours", "hours_text_zh", "hours_text_en",
    "last_entry_zh", "last_entry_en", "price_text_zh", "price_text_en", "price_notes_zh", "price_notes_en",
    "notes_zh", "notes_en", "rating", "bus_lines", "status", "lat", "lon", "datum", "confidence", "as_of", "source",
    "deleted_at",
}  # fmt: skip
# Facts whose editing means that somebody has looked at them; a mere "closed today" does not vouch for the rest.
VOUCHING = EDITABLE - CLOSURE - {"status", "deleted_at"}

# What stands in the headline or in a line of an answer must fit there (data/schemas/reply.json), its label included.
MAX_TEXT = 500
MAX_HEADLINE_TEXT = 200
MAX_ALIASES = 60
_MAX_LENGTH = {
    "name_zh": 120,
    "name_en": 160,
    "website": 160,
    **{
        f"{fact}_{lang}": MAX_HEADLINE_TEXT
        for fact in ("hours_text", "price_text", "address", "closed_reason")
        for lang in ("zh", "en")
    },
}
MAX_PHONES = 8
_PHONE = re.compile(r"(?=.{3,20}$)[0-9]+(-[0-9]+)*")
_DATE = re.compile(r"(\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?)?")
_HOST = re.compile(r"(https?://)?[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+(:\d+)?(/[^\s<>\"']*)?")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class InvalidEdit(ValueError):
    """The edit breaks a rule. `problems` maps a field to the wording id of what is wrong with it."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__(", ".join(f"{name}: {problem}" for name, problem in problems.items()))
        self.problems = problems


def problems_of(place: Place, terms: Iterable[str], districts: Iterable[str], bounds: Bounds | None) -> dict[str, str]:
    """Every rule the place breaks, by field; `terms` and `districts` are the ids the city knows."""
    return {
        **common_problems(place, EDITABLE, _MAX_LENGTH),
        **_names(place),
        **_choices(place, set(terms), set(districts)),
        **_formats(place),
        **_point(place, bounds),
    }


def common_problems(record: Edited, editable: Iterable[str], max_length: Mapping[str, int]) -> dict[str, str]:
    """The rules that every kind of record has: for its texts, for its date and its confidence."""
    problems = {}
    for name in editable:
        value: Any = getattr(record, name)
        texts = value if isinstance(value, list) else [value]
        if any(isinstance(text, str) and _CONTROL.search(text) for text in texts):
            problems[name] = "edit-control-character"
        elif isinstance(value, str) and len(value) > max_length.get(name, MAX_TEXT):
            problems[name] = "edit-too-long"
    if record.confidence not in CONFIDENCES:
        problems["confidence"] = "edit-choose"
    if not _DATE.fullmatch(record.as_of or ""):
        problems["as_of"] = "edit-bad-as-of"
    return problems


def _names(place: Place) -> dict[str, str]:
    problems = {}
    if not (place.name_zh or "").strip():
        problems["name_zh"] = "edit-required"
    for field, names in (("name_zh", [place.name_zh]), ("name_en", [place.name_en]), ("aliases", place.aliases or [])):
        # The bot looks names up in every message: a single character would be found everywhere.
        if any(name and len(name.strip()) < 2 for name in names):
            problems[field] = "edit-name-too-short"
        elif any(name and "\n" in name for name in names):
            problems[field] = "edit-one-line"
        elif any(name and len(name) > 160 for name in names):
            problems[field] = "edit-name-too-long"
    if len(place.aliases or []) > MAX_ALIASES:
        problems["aliases"] = "edit-too-many"
    return problems


def _choices(place: Place, terms: set[str], districts: set[str]) -> dict[str, str]:
    allowed: tuple[tuple[str, list[str], set[str]], ...] = (
        ("status", [place.status], set(STATUSES)),
        ("rating", [place.rating or ""], set(RATINGS)),
        ("datum", [place.datum], {str(datum) for datum in Datum}),
        ("category", [place.category or ""], terms | {""}),
        ("district", [place.district or ""], districts | {""}),
        ("tags", place.tags or [], terms),
        ("departments", place.departments or [], terms),
    )
    return {name: "edit-choose" for name, chosen, known in allowed if not set(chosen) <= known}


def _formats(place: Place) -> dict[str, str]:
    problems = {}
    if place.opening_hours and not opening_hours.validate(place.opening_hours):
        problems["opening_hours"] = "edit-bad-opening-hours"
    phones = place.phones or []
    if len(phones) > MAX_PHONES or any(not _PHONE.fullmatch(phone) for phone in phones):
        problems["phones"] = "edit-bad-phone"
    if place.website and not _HOST.fullmatch(place.website):
        problems["website"] = "edit-bad-website"
    if place.closed_from and place.closed_to and place.closed_to < place.closed_from:
        problems["closed_to"] = "edit-dates-swapped"
    return problems


def _point(place: Place, bounds: Bounds | None) -> dict[str, str]:
    if place.lat is None and place.lon is None:
        return {}
    if place.lat is None or place.lon is None:
        return {"lat" if place.lat is None else "lon": "edit-half-point"}
    try:
        Point(place.lat, place.lon, Datum.UNKNOWN)
    except ValueError:
        return {"lat": "edit-bad-point"}
    if bounds is None:
        return {}
    outside = (("lat", place.lat, bounds.lat), ("lon", place.lon, bounds.lon))
    return {name: "edit-far-away" for name, degrees, (low, high) in outside if not low <= degrees <= high}
