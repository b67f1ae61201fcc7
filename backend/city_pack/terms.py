"""From the validated `terms.yml` to the vocabulary, with the checks between its terms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from backend.city_pack.documents import Document
from backend.city_pack.errors import PackError
from backend.city_pack.model import Term, TermKind

_LISTS: tuple[tuple[str, TermKind], ...] = (
    ("categories", "category"),
    ("tags", "tag"),
    ("departments", "department"),
    ("specialties", "specialty"),
)


def terms_of(document: Document, errors: list[PackError]) -> list[Term]:
    """The terms; adds an error for ids and names that stand twice and for parents and departments that are none."""
    terms = [
        _term(kind, raw, document.line((section, index)))
        for section, kind in _LISTS
        for index, raw in enumerate(document.value[section])
    ]
    errors.extend(
        PackError(document.file, term.line, f"{term.id}.{field}", message) for term, field, message in _wrong(terms)
    )
    return terms


def _wrong(terms: Iterable[Term]) -> Iterable[tuple[Term, str, str]]:
    """The terms that cannot stay, each with the field and what is wrong with it."""
    ids = {(term.kind, term.id) for term in terms}
    seen: dict[tuple[TermKind, str, str], Term] = {}
    for term in terms:
        for field, word in [("id", term.id), *(("aliases", name.casefold()) for name in term.names)]:
            first = seen.setdefault((term.kind, field, word), term)
            if first is not term:
                owner = f"the {term.kind} “{first.id}” (line {first.line})"
                yield term, field, f"“{word}” belongs to {owner} already; keep it in one of them"
        if term.parent is not None and ((term.kind, term.parent) not in ids or term.parent == term.id):
            yield term, "parent", f"“{term.parent}” is not another {term.kind}"
        for department in term.departments:
            if ("department", department) not in ids:
                yield term, "departments", f"“{department}” is not the id of a department"


def _term(kind: TermKind, raw: Mapping[str, Any], line: int) -> Term:
    return Term(
        id=raw["id"],
        kind=kind,
        zh=raw["zh"],
        en=raw["en"],
        aliases=tuple(raw.get("aliases", ())),
        values=tuple(raw.get("values", ())),
        parent=raw.get("parent"),
        departments=tuple(raw.get("departments", ())),
        line=line,
    )
