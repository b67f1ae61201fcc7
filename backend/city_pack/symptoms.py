"""From the validated `symptoms.yml` to its table: names written out in full, references checked."""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Mapping
from typing import Any

from backend.city_pack.checks import Checks
from backend.city_pack.documents import Document, FieldPath
from backend.city_pack.errors import PackError
from backend.city_pack.model import Symptom, SymptomTable

_MOST_NAMES = 1000


def table_of(
    document: Document, departments: Collection[str] | None, groups: Collection[str] | None, errors: list[PackError]
) -> SymptomTable:
    """The table of a document that fits its schema.

    `departments` and `groups` are what may be referred to, None where they are not known and so not checked. Problems
    are added to `errors`: unknown departments, signs and groups, ids and names that stand twice, a complaint without
    either an emergency or warning signs.
    """
    value = document.value
    checks = Checks(document, errors)
    children = value["children"]
    checks.known(("children", "department"), children["department"], departments, "the id of a department in terms.yml")
    symptoms = []
    for index, raw in enumerate(value["symptoms"]):
        path: FieldPath = ("symptoms", index)
        checks.once((*path, "id"), raw["id"])
        for number, department in enumerate(raw["departments"]):
            checks.known((*path, "departments", number), department, departments, "the id of a department in terms.yml")
        for number, sign in enumerate(raw.get("emergency_if", ())):
            checks.known((*path, "emergency_if", number), sign, value["signs"], "one of the `signs` of this file")
        if "emergency" in raw:
            checks.known((*path, "emergency"), raw["emergency"], groups, "the id of a group in emergency.yml")
        elif "emergency_if" not in raw:
            checks.problem((*path, "emergency_if"), "name the warning signs, or the emergency that it always is")
        symptoms.append(_symptom(raw, value, checks, path))
    return SymptomTable(
        symptoms=tuple(symptoms),
        child_words=tuple(word.casefold() for word in (*children["words_zh"], *children["words_en"])),
        child_department=f"department:{children['department']}",
        reviewed_by=value["reviewed_by"],
        as_of=value["as_of"],
    )


def _symptom(raw: Mapping[str, Any], value: Mapping[str, Any], checks: Checks, path: FieldPath) -> Symptom:
    names = [raw["zh"], raw["en"]]
    for field in ("names_zh", "names_en"):
        for number, name in enumerate(raw[field]):
            written = _written_out(name, value["shorthand"])
            if len(written) > _MOST_NAMES:
                checks.problem((*path, field, number), f"“{name}” stands for {len(written)} names; use fewer signs")
            names += written
    for name in dict.fromkeys(name.casefold() for name in names):
        checks.once(path, name, "name")
    signs = [value["signs"][sign] for sign in raw.get("emergency_if", ()) if sign in value["signs"]]
    return Symptom(
        id=f"symptom:{raw['id']}",
        zh=raw["zh"],
        en=raw["en"],
        names=tuple(dict.fromkeys(names)),
        patterns=tuple(re.compile(pattern, re.IGNORECASE) for pattern in raw.get("patterns", ())),
        departments=tuple(f"department:{department}" for department in raw["departments"]),
        child=raw.get("child", False),
        emergency=raw.get("emergency"),
        warnings_zh=tuple(sign["zh"] for sign in signs),
        warnings_en=tuple(sign["en"] for sign in signs),
        first_aid_zh=raw.get("first_aid_zh"),
        first_aid_en=raw.get("first_aid_en"),
        source=raw["source"],
        confidence=raw["confidence"],
        line=checks.line(path),
    )


def _written_out(name: str, shorthand: Mapping[str, list[str]]) -> list[str]:
    """Every name that one with signs stands for; a sign that stands for nothing leaves no second space."""
    written = ("".join(parts) for parts in itertools.product(*(shorthand.get(char, [char]) for char in name)))
    return [" ".join(text.split()) for text in written]
