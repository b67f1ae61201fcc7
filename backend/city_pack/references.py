"""What the words and codes in a row may refer to, and the check that they do.

A property marked `x-ref` in its schema names one of the targets below. Its values are looked up there and replaced by
ids.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from backend.city_pack.errors import PackError
from backend.city_pack.model import Term
from backend.city_pack.schemas import FileSchema

_ADVICE = {
    "tag": "add it to the `values` of a tag in terms.yml, or use a word that is there",
    "department": "add it to the `values` of a department in terms.yml, or use a word that is there",
    "specialty": "use the id of a specialty in terms.yml",
    "category": "use the id of a category in terms.yml",
    "division": "use the code of a row in divisions.csv",
    "place": "use the id of a place with its kind, as in beach:name",
    "bus_line": "use the id of a line in bus_lines.json",
}


@dataclass(slots=True)
class References:
    """For each target, what may be written and the ids it stands for; a target that is not known is not checked."""

    known: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=dict)

    def add_terms(self, terms: Iterable[Term]) -> None:
        """Categories and specialties are written as ids; tags and departments as ids or as one of their values."""
        for kind in ("category", "tag", "department", "specialty"):
            self.known[kind] = {}
        for term in terms:
            table = self.known[term.kind]
            words = (term.id, term.zh, *term.values) if term.kind in ("tag", "department") else (term.id,)
            for word in dict.fromkeys(words):
                table[word] = (*table.get(word, ()), term.id)

    def add_ids(self, target: str, ids: Iterable[str]) -> None:
        """Things written as themselves."""
        self.known[target] = {item: (item,) for item in ids}

    def ids(self, target: str, words: Iterable[str]) -> tuple[str, ...]:
        """The ids behind known words, in order, without repeats."""
        table = self.known.get(target, {})
        return tuple(dict.fromkeys(item for word in words for item in table.get(word, ())))

    def check_row(
        self, file: str, line: int, schema: FileSchema, values: Mapping[str, Any], errors: list[PackError]
    ) -> None:
        """Add an error for each value that refers to nothing."""
        for column, value in values.items():
            target = schema.property(column).get("x-ref")
            if target in self.known:
                words = value if isinstance(value, list) else [value]
                for word in words:
                    if word not in self.known[target]:
                        message = f"“{word}” is not a known {target.replace('_', ' ')}; {_ADVICE[target]}"
                        errors.append(PackError(file, line, column, message))
