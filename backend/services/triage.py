"""From complaints to a department, by the reviewed table of the city pack. It never diagnoses: it only says who sees
such a complaint, and which signs call for the ambulance.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from backend.city_pack.emergency import GAP
from backend.city_pack.model import Symptom, SymptomTable

EMERGENCY = "department:emergency"
# Ages that go to the department for children: below fifteen, as most Chinese hospitals have it.
_YOUNG = re.compile(
    r"(?<!\d)(?:[1-9]|1[0-4])\s*(?:岁|周岁)|(?<![十\d])[一两二三四五六七八九]岁|(?:\d|[一两二三四五六七八九十])个月(?:大|的?宝|的?娃|的?孩)"
    r"|\b(?:[1-9]|1[0-4])[ -]?(?:years?|yrs?)[ -]?old\b|\b(?:[1-9]|1[0-4]) ?y/?o\b"
    r"|\b\d+[ -]?(?:months?|weeks?)[ -]?old\b"
)
# A complaint is short; the end of a longer text is not searched, so that hostile input costs no time.
_LONGEST = 500
_MOST_DEPARTMENTS = 3
_MOST_WARNINGS = 4


@dataclass(frozen=True)
class Advice:
    """What the table says on the complaints of one message.

    `symptoms` are those of an emergency first, then as said. `departments` are ids, the first choice first.
    `emergencies` are ids of groups of the emergency lexicon; empty where none of the complaints is one. `child` says
    that a child is ill, that this changes the department, and that the words of the complaints do not say it.
    """

    symptoms: tuple[Symptom, ...]
    departments: tuple[str, ...]
    emergencies: tuple[str, ...]
    child: bool

    def titles(self, lang: str) -> list[str]:
        """The complaints in words, at most two, for a headline; one that another says too is left out."""
        words = [symptom.zh if lang == "zh" else symptom.en for symptom in self.symptoms]
        return [word for word in words if not any(word != other and word in other for other in words)][:2]

    def warnings(self, lang: str) -> list[str]:
        """The signs that call for the ambulance, without repeats: the first ones of each complaint."""
        of_each = [symptom.warnings_zh if lang == "zh" else symptom.warnings_en for symptom in self.symptoms]
        in_turn = [signs[at] for at in range(max(map(len, of_each), default=0)) for signs in of_each if at < len(signs)]
        return list(dict.fromkeys(in_turn))[:_MOST_WARNINGS]

    def first_aid(self, lang: str) -> str:
        """What to do first, for the most urgent complaint; empty where the table says nothing."""
        first = self.symptoms[0]
        return (first.first_aid_zh if lang == "zh" else first.first_aid_en) or ""


class Triage:
    """The table, ready to be asked."""

    def __init__(self, table: SymptomTable) -> None:
        self._by_id = {symptom.id: symptom for symptom in table.symptoms}
        self._child_department = table.child_department
        words = "|".join(
            re.escape(word) if not word.isascii() else rf"\b{re.escape(word)}\b" for word in table.child_words
        )
        self._child = re.compile(words) if words else None

    def said_in(self, serious: str, named: Sequence[str]) -> list[str]:
        """Those of the complaints `named` in a message that count: one that calls for the ambulance must still be said
        where figures of speech were cut out (`serious`), or be said there in words its names do not have.
        """
        text = serious.casefold()
        return [id_ for id_ in named if self._counts(self._by_id.get(id_), text)]

    def _counts(self, symptom: Symptom | None, text: str) -> bool:
        if symptom is None or symptom.emergency is None or GAP not in text:
            return symptom is not None
        names = (symptom.zh, symptom.en, *symptom.names)
        return any(name.casefold() in text for name in names) or any(p.search(text) for p in symptom.patterns)

    def find(self, text: str, named: Sequence[str]) -> list[str]:
        """The complaints of a message: those `named` in it, and what the patterns find beside.

        Beside a complaint that is named only an emergency counts: the names say it better.
        """
        plain = unicodedata.normalize("NFKC", text[:_LONGEST]).replace("\u2019", "'")
        found = [symptom for symptom in self._by_id.values() if any(p.search(plain) for p in symptom.patterns)]
        return list(dict.fromkeys([*named, *(symptom.id for symptom in found if symptom.emergency or not named)]))

    def advise(self, symptom_ids: Sequence[str], departments: Collection[str], text: str) -> Advice | None:
        """What the table says; None where it knows none of the complaints.

        `departments` are ids of those the person asked for: one that none of the complaints would lead to is a wish
        and stands instead of the table's. `text` is what was typed: it tells of a child.
        """
        found = [self._by_id[symptom_id] for symptom_id in symptom_ids if symptom_id in self._by_id]
        if not found:
            return None
        found.sort(key=lambda symptom: symptom.emergency is None)
        listed = {department for symptom in found for department in symptom.departments}
        is_child = self._tells_of_child(text.casefold())
        usual_for_child = self._child_department if is_child else ""
        wished = [department for department in departments if department not in {*listed, usual_for_child}]
        usual = [department for symptom in found for department in _usual(symptom, usual_for_child)]
        # The words of some complaints say that it is a child's.
        said = any(symptom.departments[0] == self._child_department for symptom in found)
        return Advice(
            symptoms=tuple(found),
            departments=tuple(dict.fromkeys(wished or usual))[:_MOST_DEPARTMENTS],
            emergencies=tuple(dict.fromkeys(symptom.emergency for symptom in found if symptom.emergency)),
            child=is_child and not wished and not said and any(symptom.child for symptom in found),
        )

    def _tells_of_child(self, text: str) -> bool:
        return _YOUNG.search(text) is not None or (self._child is not None and self._child.search(text) is not None)


def _usual(symptom: Symptom, child_department: str) -> tuple[str, ...]:
    """The departments of a complaint; for a child, the one for children and emergency where the table has it."""
    if not (child_department and symptom.child):
        return symptom.departments
    return (child_department, *(department for department in symptom.departments if department == EMERGENCY))
