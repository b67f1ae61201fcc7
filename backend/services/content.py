"""Staff edits of places. One call is one transaction: the row, its revision, the audit entry, the version the bot follows, the event."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

import opening_hours
from sqlalchemy import func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend.database import Database, record_event
from backend.geo import Datum, Point
from backend.models import Division, Place, Revision, Term, utcnow
from backend.services import gazetteer
from backend.services.audit import record_audit
from backend.services.pack_loading import NAME_FIELDS, place_data

KINDS = ("attraction", "beach", "clinic", "hub")
STATUSES = ("open", "seasonal", "suspended", "closed", "unknown")
EDITABLE = frozenset(
    {
        "name_zh", "name_en", "aliases", "district", "category", "tags", "departments", "summary_zh", "summary_en", "address_zh",
        "address_en", "phones", "website", "opening_hours", "hours_text_zh", "hours_text_en", "last_entry_zh", "last_entry_en",
        "price_text_zh", "price_text_en", "price_notes_zh", "price_notes_en", "notes_zh", "notes_en", "rating", "bus_lines", "status",
        "closed_from", "closed_to", "closed_reason_zh", "closed_reason_en", "lat", "lon", "datum", "confidence", "as_of", "source",
        "deleted_at",
    }
)  # fmt: skip
# Facts whose editing means that somebody has looked at them; a mere "closed today" does not vouch for the rest.
_VOUCHING = EDITABLE - {"closed_from", "closed_to", "closed_reason_zh", "closed_reason_en", "status", "deleted_at"}
_PHONE = re.compile(r"[0-9]+(-[0-9]+)*")
_SLUG = re.compile(r"[a-z0-9][a-z0-9_]*")


class InvalidEdit(ValueError):
    """The edit breaks a rule. `problems` maps a field to the wording id of what is wrong with it."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__(", ".join(f"{name}: {problem}" for name, problem in problems.items()))
        self.problems = problems


class EditConflict(Exception):
    """Somebody else saved the place since this person opened it."""


class NoSuchPlace(LookupError):
    """There is no place with this id."""


@dataclass(frozen=True)
class Editor:
    """Who edits: the name that stands in the history."""

    name: str


class Content:
    """Searches, edits and remembers places for the staff console."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def find(self, text: str = "", kind: str = "", page: int = 1, per_page: int = 30) -> tuple[list[Place], int]:
        """Places whose name or id holds the text, newest edit first within a kind: `(page of places, count of all)`."""
        query = select(Place).where(Place.deleted_at.is_(None))
        if kind:
            query = query.where(Place.kind == kind)
        if text:
            pattern = f"%{text.strip()}%"
            query = query.where(or_(Place.name_zh.ilike(pattern), Place.name_en.ilike(pattern), Place.id.ilike(pattern)))
        with self._db.read() as session:
            total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
            rows = session.scalars(
                query.order_by(Place.kind, Place.updated_at.desc(), Place.id).offset((page - 1) * per_page).limit(per_page)
            ).all()
            return list(rows), total

    def get(self, place_id: str) -> Place:
        """Raises NoSuchPlace."""
        with self._db.read() as session:
            return self._get(session, place_id)

    def history(self, place_id: str) -> list[Revision]:
        """Revisions of a place, newest first."""
        with self._db.read() as session:
            return list(
                session.scalars(select(Revision).where(Revision.record_id == place_id).order_by(Revision.version.desc())).all()
            )

    def vocabulary(self) -> dict[str, list[tuple[str, str, str]]]:
        """Districts, categories, tags and departments as `(id, name_zh, name_en)`, for the form's lists."""
        with self._db.read() as session:
            words: dict[str, list[tuple[str, str, str]]] = {"district": []}
            for division in session.scalars(select(Division).where(Division.id.startswith("district:")).order_by(Division.id)):
                words["district"].append((division.id, division.name_zh, division.name_en))
            for term in session.scalars(select(Term).order_by(Term.id)):
                words.setdefault(term.type, []).append((term.id, term.name_zh, term.name_en))
            return words

    def edit(self, place_id: str, version: int, changes: dict[str, Any], editor: Editor, comment: str = "") -> Place:
        """Saves changed fields; live in every channel with the next message.

        Raises NoSuchPlace, EditConflict when `version` is no longer the place's, InvalidEdit when a value breaks a rule.
        """
        unknown = set(changes) - EDITABLE
        if unknown:
            raise InvalidEdit(dict.fromkeys(unknown, "edit-unknown-field"))
        try:
            with self._db.write() as session:
                place = self._get(session, place_id, lock=True)
                if place.version != version:
                    raise EditConflict
                changed = sorted(name for name, value in changes.items() if getattr(place, name) != value)
                if not changed:
                    return place
                for name in changed:
                    setattr(place, name, changes[name])
                self._check(session, place)
                self._save(session, place, changed, editor, comment, "place.edited")
                return place
        except IntegrityError as error:  # the revision of this version was written by another at the same moment
            raise EditConflict from error

    def create(self, kind: str, slug: str, facts: dict[str, Any], editor: Editor) -> Place:
        """A new place, answerable with the next message. Raises InvalidEdit."""
        problems = {name: "edit-unknown-field" for name in set(facts) - EDITABLE}
        if kind not in KINDS:
            problems["kind"] = "edit-choose"
        if not _SLUG.fullmatch(slug):
            problems["slug"] = "edit-bad-slug"
        if problems:
            raise InvalidEdit(problems)
        try:
            with self._db.write() as session:
                place = Place(id=f"{kind}:{slug}", kind=kind, version=0, confidence=facts.pop("confidence", "high"), **facts)
                place.status = place.status or "open"
                session.add(place)
                session.flush()
                session.refresh(place)
                self._check(session, place)
                self._save(session, place, sorted(facts), editor, "", "place.created")
                return place
        except IntegrityError as error:
            raise InvalidEdit({"slug": "edit-slug-taken"}) from error

    def _get(self, session: Session, place_id: str, lock: bool = False) -> Place:
        place = session.get(Place, place_id, with_for_update=lock)
        if place is None:
            raise NoSuchPlace(place_id)
        return place

    def _save(self, session: Session, place: Place, changed: list[str], editor: Editor, comment: str, action: str) -> None:
        now = utcnow()
        place.version += 1
        place.updated_at = now
        if _VOUCHING & set(changed):
            place.checked_at, place.checked_by = now, editor.name
            if "as_of" not in changed:
                place.as_of = now.date().isoformat()
            if "confidence" not in changed:
                place.confidence = "high"
        session.flush()
        session.add(
            Revision(
                record_id=place.id, version=place.version, data=place_data(place), changed=changed, author=editor.name, comment=comment
            )
        )
        record_audit(session, editor.name, action, place.id, {"changed": changed, "version": place.version, "comment": comment})
        version = gazetteer.raise_version(session) if NAME_FIELDS & set(changed) or "deleted_at" in changed else None
        record_event(session, "content.changed", f"place/{place.id}", {"version": place.version, "gazetteer": version})

    def _check(self, session: Session, place: Place) -> None:
        problems: dict[str, str] = {}
        if not (place.name_zh or "").strip():
            problems["name_zh"] = "edit-required"
        names = [place.name_zh, place.name_en, *place.aliases]
        if any(name and len(name.strip()) < 2 for name in names):
            problems["aliases"] = "edit-name-too-short"
        if any(name and len(name) > 160 for name in names):
            problems["aliases"] = "edit-name-too-long"
        if place.status not in STATUSES:
            problems["status"] = "edit-choose"
        if place.confidence not in ("high", "medium", "low"):
            problems["confidence"] = "edit-choose"
        if place.opening_hours and not opening_hours.validate(place.opening_hours):
            problems["opening_hours"] = "edit-bad-opening-hours"
        if any(not _PHONE.fullmatch(phone) for phone in place.phones or []):
            problems["phones"] = "edit-bad-phone"
        if place.closed_from and place.closed_to and place.closed_to < place.closed_from:
            problems["closed_to"] = "edit-dates-swapped"
        problems.update(self._check_point(place))
        problems.update(self._check_terms(session, place))
        if problems:
            raise InvalidEdit(problems)

    def _check_point(self, place: Place) -> dict[str, str]:
        if (place.lat is None) != (place.lon is None):
            return {"lat": "edit-half-point"}
        if place.lat is None or place.lon is None:
            return {}
        try:
            Point(place.lat, place.lon, Datum(place.datum))
        except ValueError:
            return {"lat": "edit-bad-point"}
        return {}

    def _check_terms(self, session: Session, place: Place) -> dict[str, str]:
        wanted = {"category": [place.category] if place.category else [], "tags": place.tags or [], "departments": place.departments or []}
        known = set(session.scalars(select(Term.id)))
        problems = {name: "edit-choose" for name, ids in wanted.items() if not set(ids) <= known}
        if place.district and session.get(Division, place.district) is None:
            problems["district"] = "edit-choose"
        return problems


def closed_on(place: Place, day: dt.date) -> bool:
    """Whether staff have closed the place on a day of the city's calendar, both ends included."""
    if place.closed_from is None and place.closed_to is None:
        return False
    return (place.closed_from or dt.date.min) <= day <= (place.closed_to or dt.date.max)
