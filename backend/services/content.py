"""Staff edits of places: the quick "closed today" and the rules that only places have."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.database import Database
from backend.geo import Bounds
from backend.models import Division, Place, Term
from backend.services.content_rules import CLOSURE, EDITABLE, KINDS, VOUCHING, InvalidEdit, problems_of
from backend.services.editing import EditConflict, Editor, NoSuchRecord, Records

__all__ = ["Content", "EditConflict", "Editor", "InvalidEdit", "NoSuchRecord", "closed_on"]

_HOURS = frozenset({"opening_hours", "hours_text_zh", "hours_text_en"})


class Content(Records[Place]):
    """Searches, edits and remembers places."""

    model = Place
    word = "place"
    sorted_by = "kind"
    editable = EDITABLE
    vouching = VOUCHING
    not_restored = CLOSURE

    def __init__(self, db: Database, bounds: Bounds | None = None) -> None:
        super().__init__(db)
        self._bounds = bounds

    def vocabulary(self) -> dict[str, list[tuple[str, str, str]]]:
        """Districts, categories, tags and departments as `(id, name_zh, name_en)`, for the form's lists."""
        with self._db.read() as session:
            words: dict[str, list[tuple[str, str, str]]] = {"district": []}
            for division in session.scalars(
                select(Division).where(Division.id.startswith("district:")).order_by(Division.id)
            ):
                words["district"].append((division.id, division.name_zh, division.name_en))
            for term in session.scalars(select(Term).order_by(Term.id)):
                words.setdefault(term.type, []).append((term.id, term.name_zh, term.name_en))
            return words

    def close(
        self, place_id: str, first: dt.date, last: dt.date | None, reason: tuple[str, str], editor: Editor
    ) -> Place:
        """Closes a place from `first` to `last`, days of the city's calendar, both included.

        `last` None is until further notice. `reason` is Chinese and English, either may be empty.
        Raises NoSuchRecord, InvalidEdit.
        """
        changes = {
            "closed_from": first,
            "closed_to": last,
            "closed_reason_zh": reason[0],
            "closed_reason_en": reason[1],
        }
        return self._change(place_id, None, changes, editor, "", "closed", False)

    def reopen(self, place_id: str, editor: Editor) -> Place:
        """Takes back what `close` did. Raises NoSuchRecord."""
        changes = {"closed_from": None, "closed_to": None, "closed_reason_zh": "", "closed_reason_en": ""}
        return self._change(place_id, None, changes, editor, "", "reopened", False)

    def create(self, kind: str, slug: str, facts: dict[str, Any], editor: Editor) -> Place:
        """A new place, answerable with the next message; an empty slug is made from the English name.

        Raises InvalidEdit.
        """
        if kind not in KINDS:
            raise InvalidEdit({"kind": "edit-choose"})
        return self._add(kind, slug, {"kind": kind, "status": "open", "datum": "unknown"}, facts, editor)

    def _problems(self, session: Session, record: Place) -> dict[str, str]:
        return problems_of(
            record,
            session.scalars(select(Term.id)),
            session.scalars(select(Division.id).where(Division.id.startswith("district:"))),
            self._bounds,
        )

    def _called(self, record: Place) -> list[str]:
        return [record.id, record.name_zh, record.name_en, *record.aliases]

    def _english(self, facts: dict[str, Any]) -> str:
        return str(facts.get("name_en") or "")

    def _vouched(self, record: Place, changed: set[str]) -> None:
        if _HOURS & changed:
            record.hours_confidence = record.confidence
        if {"lat", "lon", "datum"} & changed:
            record.coord_confidence = record.confidence


def closed_on(place: Place, day: dt.date) -> bool:
    """Whether staff have closed the place on a day of the city's calendar, both ends included."""
    if place.closed_from is None and place.closed_to is None:
        return False
    return (place.closed_from or dt.date.min) <= day <= (place.closed_to or dt.date.max)
