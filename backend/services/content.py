"""Staff edits of places.

One call is one transaction: the row, its revision, the audit entry, the version the bot follows, the event.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend.database import Database, record_event
from backend.models import Division, Place, Revision, Term, utcnow
from backend.services import gazetteer
from backend.services.audit import record_audit
from backend.services.content_rules import CLOSURE, EDITABLE, KINDS, VOUCHING, Bounds, InvalidEdit, problems_of
from backend.services.pack_loading import NAME_FIELDS, PACK_AUTHOR, place_data

__all__ = ["Content", "EditConflict", "Editor", "InvalidEdit", "NoSuchPlace", "closed_on"]

_SLUG = re.compile(r"[a-z0-9][a-z0-9_]{0,59}")
_HOURS = frozenset({"opening_hours", "hours_text_zh", "hours_text_en"})


class EditConflict(Exception):
    """Somebody else saved the place since this person opened it."""


class NoSuchPlace(LookupError):
    """There is no place with this id."""


@dataclass(frozen=True)
class Editor:
    """Who edits: the name that stands in the history, and the account that stands in the audit trail."""

    name: str
    account: str = ""


class Content:
    """Searches, edits and remembers places for the staff console."""

    def __init__(self, db: Database, bounds: Bounds | None = None) -> None:
        self._db = db
        self._bounds = bounds

    def find(
        self, text: str = "", kind: str = "", page: int = 1, per_page: int = 30, deleted: bool = False
    ) -> tuple[list[Place], int]:
        """Places one of whose names, or whose id, holds the text: `(places of the page, count)`.

        What staff changed last comes first, then the rest by kind and id. Compared here and not in SQL: names
        are compared as the bot compares them (NFKC, lower case), aliases included.
        """
        query = select(Place).where(Place.deleted_at.is_not(None) if deleted else Place.deleted_at.is_(None))
        if kind:
            query = query.where(Place.kind == kind)
        with self._db.read() as session:
            places = sorted(session.scalars(query), key=_latest_first)
        wanted = _plain(text)
        if wanted:
            places = [place for place in places if any(wanted in _plain(name) for name in _called(place))]
        start = (max(page, 1) - 1) * per_page
        return places[start : start + per_page], len(places)

    def get(self, place_id: str) -> Place:
        """The place, deleted or not. Raises NoSuchPlace."""
        with self._db.read() as session:
            return self._get(session, place_id)

    def history(self, place_id: str) -> list[Revision]:
        """Revisions of a place, newest first. The oldest is the record as the city pack had it."""
        with self._db.read() as session:
            return list(
                session.scalars(
                    select(Revision).where(Revision.record_id == place_id).order_by(Revision.version.desc())
                ).all()
            )

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

    def edit(
        self,
        place_id: str,
        version: int | None,
        changes: dict[str, Any],
        editor: Editor,
        comment: str = "",
        vouch: bool = True,
    ) -> Place:
        """Saves changed fields; live in every channel with the next message.

        `version` is the one the editor saw; None overwrites whatever is there. `vouch` says that the editor checked the
        facts: it sets who checked them, today's date and high confidence, unless the edit itself says
        otherwise. Raises NoSuchPlace, EditConflict when `version` is no longer the place's, InvalidEdit when a value
        breaks a rule.
        """
        return self._change(place_id, version, changes, editor, comment, "place.edited", vouch)

    def close(
        self, place_id: str, first: dt.date, last: dt.date | None, reason: tuple[str, str], editor: Editor
    ) -> Place:
        """Closes a place from `first` to `last`, days of the city's calendar, both included.

        `last` None is until further notice. `reason` is Chinese and English, either may be empty.
        Raises NoSuchPlace, InvalidEdit.
        """
        changes = {
            "closed_from": first,
            "closed_to": last,
            "closed_reason_zh": reason[0],
            "closed_reason_en": reason[1],
        }
        return self._change(place_id, None, changes, editor, "", "place.closed", False)

    def reopen(self, place_id: str, editor: Editor) -> Place:
        """Takes back what `close` did. Raises NoSuchPlace."""
        changes = {"closed_from": None, "closed_to": None, "closed_reason_zh": "", "closed_reason_en": ""}
        return self._change(place_id, None, changes, editor, "", "place.reopened", False)

    def delete(self, place_id: str, version: int, editor: Editor, comment: str = "") -> Place:
        """Takes a place out of every answer; the record stays and can be restored. Raises NoSuchPlace, EditConflict."""
        return self._change(place_id, version, {"deleted_at": utcnow()}, editor, comment, "place.deleted", False)

    def undelete(self, place_id: str, editor: Editor) -> Place:
        """Brings a deleted place back as it was. Raises NoSuchPlace."""
        return self._change(place_id, None, {"deleted_at": None}, editor, "", "place.restored", False)

    def restore(self, place_id: str, version: int, wanted: int, editor: Editor, comment: str = "") -> Place:
        """Brings back the facts of revision `wanted` as a new version; a closure in force stays in force.

        Raises NoSuchPlace (also for an unknown revision), EditConflict, InvalidEdit where an old value is no longer
        allowed.
        """
        with self._db.read() as session:
            revision = session.scalars(
                select(Revision).where(Revision.record_id == place_id, Revision.version == wanted)
            ).one_or_none()
        if revision is None:
            raise NoSuchPlace(f"{place_id} version {wanted}")
        changes = {name: revision.data[name] for name in EDITABLE - CLOSURE if name in revision.data}
        return self._change(
            place_id, version, {**changes, "deleted_at": None}, editor, comment, "place.restored", False
        )

    def create(self, kind: str, slug: str, facts: dict[str, Any], editor: Editor) -> Place:
        """A new place, answerable with the next message; an empty slug is made from the English name.

        Raises InvalidEdit.
        """
        problems = dict.fromkeys(set(facts) - EDITABLE, "edit-unknown-field")
        if kind not in KINDS:
            problems["kind"] = "edit-choose"
        if slug and not _SLUG.fullmatch(slug):
            problems["slug"] = "edit-bad-slug"
        if problems:
            raise InvalidEdit(problems)
        try:
            with self._db.write() as session:
                values = {"status": "open", "confidence": "high", "datum": "unknown", **facts}
                place = Place(id=f"{kind}:{slug or _free_slug(session, kind, facts)}", kind=kind, version=0, **values)
                session.add(place)
                with session.no_autoflush:
                    self._check(session, place)
                session.flush()
                session.refresh(place)
                self._save(session, place, sorted(facts), editor, "", "place.created", True)
                return place
        except IntegrityError as error:
            raise InvalidEdit({"slug": "edit-slug-taken"}) from error

    def _change(
        self,
        place_id: str,
        version: int | None,
        changes: dict[str, Any],
        editor: Editor,
        comment: str,
        action: str,
        vouch: bool,
    ) -> Place:
        unknown = set(changes) - EDITABLE
        if unknown:
            raise InvalidEdit(dict.fromkeys(unknown, "edit-unknown-field"))
        try:
            with self._db.write() as session:
                place = self._get(session, place_id, lock=True)
                if version is not None and place.version != version:
                    raise EditConflict
                changed = sorted(name for name, value in changes.items() if getattr(place, name) != value)
                if not changed:
                    return place
                self._remember(session, place)
                with session.no_autoflush:
                    for name in changed:
                        setattr(place, name, changes[name])
                    self._check(session, place)
                self._save(session, place, changed, editor, comment, action, vouch)
                return place
        except IntegrityError as error:  # the revision of this version was written by another at the same moment
            raise EditConflict from error

    def _get(self, session: Session, place_id: str, lock: bool = False) -> Place:
        place = session.get(Place, place_id, with_for_update=lock)
        if place is None:
            raise NoSuchPlace(place_id)
        return place

    def _remember(self, session: Session, place: Place) -> None:
        """Before the first edit, the record as the pack had it becomes a revision, to compare with and go back to."""
        known = select(Revision.id).where(Revision.record_id == place.id, Revision.version == place.version)
        if session.scalars(known).first() is None:
            session.add(
                Revision(
                    record_id=place.id,
                    version=place.version,
                    data=place_data(place),
                    author=PACK_AUTHOR,
                    created_at=place.updated_at,
                )
            )

    def _save(
        self, session: Session, place: Place, changed: list[str], editor: Editor, comment: str, action: str, vouch: bool
    ) -> None:
        now = utcnow()
        place.version += 1
        place.updated_at = now
        if vouch and VOUCHING & set(changed):
            place.checked_at, place.checked_by = now, editor.name
            if "as_of" not in changed:
                place.as_of = now.date().isoformat()
            if "confidence" not in changed:
                place.confidence = "high"
            if _HOURS & set(changed):
                place.hours_confidence = place.confidence
            if {"lat", "lon", "datum"} & set(changed):
                place.coord_confidence = place.confidence
        session.flush()
        session.add(
            Revision(
                record_id=place.id,
                version=place.version,
                data=place_data(place),
                changed=changed,
                author=editor.name,
                comment=comment,
            )
        )
        actor = (editor.account or editor.name)[:80]
        record_audit(
            session, actor, action, place.id, {"changed": changed, "version": place.version, "comment": comment}
        )
        version = gazetteer.raise_version(session) if NAME_FIELDS & set(changed) or "deleted_at" in changed else None
        record_event(session, "content.changed", f"place/{place.id}", {"version": place.version, "gazetteer": version})

    def _check(self, session: Session, place: Place) -> None:
        problems = problems_of(
            place,
            session.scalars(select(Term.id)),
            session.scalars(select(Division.id).where(Division.id.startswith("district:"))),
            self._bounds,
        )
        if problems:
            raise InvalidEdit(problems)


def closed_on(place: Place, day: dt.date) -> bool:
    """Whether staff have closed the place on a day of the city's calendar, both ends included."""
    if place.closed_from is None and place.closed_to is None:
        return False
    return (place.closed_from or dt.date.min) <= day <= (place.closed_to or dt.date.max)


def _latest_first(place: Place) -> tuple[bool, float, str, str]:
    untouched = place.version == 1
    return (untouched, 0.0 if untouched else -place.updated_at.timestamp(), place.kind, place.id)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().strip()


def _called(place: Place) -> list[str]:
    return [place.id, place.name_zh, place.name_en, *place.aliases]


def _free_slug(session: Session, kind: str, facts: dict[str, Any]) -> str:
    """An id nobody has, from the English name where there is one."""
    ascii_name = (
        unicodedata.normalize("NFKD", str(facts.get("name_en") or "")).encode("ascii", "ignore").decode().lower()
    )
    base = re.sub(r"[^a-z0-9]+", "_", ascii_name).strip("_")[:50] or "place"
    taken = set(session.scalars(select(Place.id).where(Place.id.startswith(f"{kind}:{base}"))))
    number, slug = 1, base
    while f"{kind}:{slug}" in taken:
        number += 1
        slug = f"{base}_{number}"
    return slug
