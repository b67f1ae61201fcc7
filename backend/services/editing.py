"""Staff edits of records, whatever their kind.

One call is one transaction: the row, its revision, the audit entry, the version the bot follows, the event.
"""

from __future__ import annotations

import re
import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend.database import Database, record_event
from backend.models import Edited, Revision, utcnow
from backend.services import gazetteer
from backend.services.audit import record_audit
from backend.services.content_rules import InvalidEdit
from backend.services.pack_loading import NAME_FIELDS, PACK_AUTHOR, record_data

_SLUG = re.compile(r"[a-z0-9][a-z0-9_]{0,59}")


class EditConflict(Exception):
    """Somebody else saved the record since this person opened it."""


class NoSuchRecord(LookupError):
    """There is no record with this id."""


@dataclass(frozen=True)
class Editor:
    """Who edits: the name that stands in the history, and the account that stands in the audit trail."""

    name: str
    account: str = ""


class Records[Record: Edited](ABC):
    """Searches, edits and remembers the records of one kind for the staff console."""

    model: type[Record]
    word: ClassVar[str]  # of the audit trail and the events: "place" in place.edited
    sorted_by: ClassVar[str]  # the column the list is chosen and ordered by
    editable: ClassVar[frozenset[str]]
    # Facts whose editing means that somebody has looked at them.
    vouching: ClassVar[frozenset[str]]
    # What restoring an older version leaves as it is.
    not_restored: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, db: Database) -> None:
        self._db = db

    def find(
        self, text: str = "", kind: str = "", page: int = 1, per_page: int = 30, deleted: bool = False
    ) -> tuple[list[Record], int]:
        """Records one of whose names, or whose id, holds the text: `(records of the page, count)`.

        What staff changed last comes first, then the rest by kind and id. Compared here and not in SQL: names
        are compared as the bot compares them (NFKC, lower case), aliases included.
        """
        column = getattr(self.model, self.sorted_by)
        query = select(self.model).where(
            self.model.deleted_at.is_not(None) if deleted else self.model.deleted_at.is_(None)
        )
        if kind:
            query = query.where(column == kind)
        with self._db.read() as session:
            records = sorted(session.scalars(query), key=self._latest_first)
        wanted = plain(text)
        if wanted:
            records = [record for record in records if any(wanted in plain(name) for name in self._called(record))]
        start = (max(page, 1) - 1) * per_page
        return records[start : start + per_page], len(records)

    def get(self, record_id: str) -> Record:
        """The record, deleted or not. Raises NoSuchRecord."""
        with self._db.read() as session:
            return self._get(session, record_id)

    def history(self, record_id: str) -> list[Revision]:
        """Revisions of a record, newest first. The oldest is the record as the city pack had it."""
        with self._db.read() as session:
            return list(
                session.scalars(
                    select(Revision).where(Revision.record_id == record_id).order_by(Revision.version.desc())
                ).all()
            )

    def edit(
        self,
        record_id: str,
        version: int | None,
        changes: dict[str, Any],
        editor: Editor,
        comment: str = "",
        vouch: bool = True,
    ) -> Record:
        """Saves changed fields; live in every channel with the next message.

        `version` is the one the editor saw; None overwrites whatever is there. `vouch` says that the editor checked the
        facts: it sets who checked them, today's date and high confidence, unless the edit itself says
        otherwise. Raises NoSuchRecord, EditConflict when `version` is no longer the record's, InvalidEdit when a value
        breaks a rule.
        """
        return self._change(record_id, version, changes, editor, comment, "edited", vouch)

    def delete(self, record_id: str, version: int, editor: Editor, comment: str = "") -> Record:
        """Takes a record out of every answer; it stays and can be restored. Raises NoSuchRecord, EditConflict."""
        return self._change(record_id, version, {"deleted_at": utcnow()}, editor, comment, "deleted", False)

    def undelete(self, record_id: str, editor: Editor) -> Record:
        """Brings a deleted record back as it was. Raises NoSuchRecord."""
        return self._change(record_id, None, {"deleted_at": None}, editor, "", "restored", False)

    def restore(self, record_id: str, version: int, wanted: int, editor: Editor, comment: str = "") -> Record:
        """Brings back the facts of revision `wanted` as a new version; of a place, a closure in force stays in force.

        Raises NoSuchRecord (also for an unknown revision), EditConflict, InvalidEdit where an old value is no longer
        allowed.
        """
        with self._db.read() as session:
            revision = session.scalars(
                select(Revision).where(Revision.record_id == record_id, Revision.version == wanted)
            ).one_or_none()
        if revision is None:
            raise NoSuchRecord(f"{record_id} version {wanted}")
        facts = self.editable - self.not_restored
        changes = {name: revision.data[name] for name in facts if name in revision.data}
        return self._change(record_id, version, {**changes, "deleted_at": None}, editor, comment, "restored", False)

    def _add(
        self,
        kind: str,
        slug: str,
        values: dict[str, Any],
        facts: dict[str, Any],
        editor: Editor,
        then: Callable[[Session, Record], None] = lambda session, record: None,
    ) -> Record:
        """A new record `kind:slug`; an empty slug is made from the English name. `values` are those that `facts`
        does not give, `then` is done in the same transaction. Raises InvalidEdit.
        """
        problems = dict.fromkeys(set(facts) - self.editable, "edit-unknown-field")
        if slug and not _SLUG.fullmatch(slug):
            problems["slug"] = "edit-bad-slug"
        if problems:
            raise InvalidEdit(problems)
        try:
            with self._db.write() as session:
                record_id = f"{kind}:{slug or self._free_slug(session, kind, facts)}"
                given: dict[str, Any] = {"id": record_id, "version": 0, "confidence": "high", **values, **facts}
                record = self.model(**given)
                session.add(record)
                with session.no_autoflush:
                    self._check(session, record)
                session.flush()
                session.refresh(record)
                self._save(session, record, sorted(facts), editor, "", "created", True)
                then(session, record)
                return record
        except IntegrityError as error:
            raise InvalidEdit({"slug": "edit-slug-taken"}) from error

    def _change(
        self,
        record_id: str,
        version: int | None,
        changes: dict[str, Any],
        editor: Editor,
        comment: str,
        action: str,
        vouch: bool,
    ) -> Record:
        unknown = set(changes) - self.editable
        if unknown:
            raise InvalidEdit(dict.fromkeys(unknown, "edit-unknown-field"))
        try:
            with self._db.write() as session:
                record = self._get(session, record_id, lock=True)
                if version is not None and record.version != version:
                    raise EditConflict
                changed = sorted(name for name, value in changes.items() if getattr(record, name) != value)
                if not changed:
                    return record
                self._remember(session, record)
                with session.no_autoflush:
                    for name in changed:
                        setattr(record, name, changes[name])
                    self._check(session, record)
                self._save(session, record, changed, editor, comment, action, vouch)
                return record
        except IntegrityError as error:  # the revision of this version was written by another at the same moment
            raise EditConflict from error

    def _get(self, session: Session, record_id: str, lock: bool = False) -> Record:
        record = session.get(self.model, record_id, with_for_update=lock)
        if record is None:
            raise NoSuchRecord(record_id)
        return record

    def _remember(self, session: Session, record: Record) -> None:
        """Before the first edit, the record as the pack had it becomes a revision, to compare with and go back to."""
        known = select(Revision.id).where(Revision.record_id == record.id, Revision.version == record.version)
        if session.scalars(known).first() is None:
            session.add(
                Revision(
                    record_id=record.id,
                    version=record.version,
                    data=record_data(record),
                    author=PACK_AUTHOR,
                    created_at=record.updated_at,
                )
            )

    def _save(
        self,
        session: Session,
        record: Record,
        changed: list[str],
        editor: Editor,
        comment: str,
        action: str,
        vouch: bool,
    ) -> None:
        now = utcnow()
        record.version += 1
        record.updated_at = now
        if vouch and self.vouching & set(changed):
            record.checked_at, record.checked_by = now, editor.name
            if "as_of" not in changed:
                record.as_of = now.date().isoformat()
            if "confidence" not in changed:
                record.confidence = "high"
            self._vouched(record, set(changed))
        session.flush()
        session.add(
            Revision(
                record_id=record.id,
                version=record.version,
                data=record_data(record),
                changed=changed,
                author=editor.name,
                comment=comment,
            )
        )
        detail = {"changed": changed, "version": record.version, "comment": comment}
        record_audit(session, actor_of(editor), f"{self.word}.{action}", record.id, detail)
        version = gazetteer.raise_version(session) if NAME_FIELDS & set(changed) or "deleted_at" in changed else None
        detail = {"version": record.version, "gazetteer": version, "changed": changed}
        record_event(session, "content.changed", f"{self.word}/{record.id}", detail)

    def _check(self, session: Session, record: Record) -> None:
        problems = self._problems(session, record)
        if problems:
            raise InvalidEdit(problems)

    def _latest_first(self, record: Record) -> tuple[bool, float, str, str]:
        untouched = record.version == 1
        return (
            untouched,
            0.0 if untouched else -record.updated_at.timestamp(),
            getattr(record, self.sorted_by),
            record.id,
        )

    def _free_slug(self, session: Session, kind: str, facts: dict[str, Any]) -> str:
        """An id nobody has, from the English name where there is one."""
        name = unicodedata.normalize("NFKD", self._english(facts))
        ascii_name = name.encode("ascii", "ignore").decode().lower()
        base = re.sub(r"[^a-z0-9]+", "_", ascii_name).strip("_")[:50] or self.word
        taken = set(session.scalars(select(self.model.id).where(self.model.id.startswith(f"{kind}:{base}"))))
        number, slug = 1, base
        while f"{kind}:{slug}" in taken:
            number += 1
            slug = f"{base}_{number}"
        return slug

    # what a kind of record has of its own

    @abstractmethod
    def _problems(self, session: Session, record: Record) -> dict[str, str]:
        """Every rule the record breaks, by field."""

    @abstractmethod
    def _called(self, record: Record) -> list[str]:
        """What the record is found by."""

    @abstractmethod
    def _english(self, facts: dict[str, Any]) -> str:
        """The English name of a record to be."""

    def _vouched(self, record: Record, changed: set[str]) -> None:  # noqa: B027 (places alone have more)
        """Raises what else an editor vouches for by these changes."""


def plain(text: str) -> str:
    """The form in which texts are compared."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


def actor_of(editor: Editor) -> str:
    """The editor as the audit trail names them."""
    return (editor.account or editor.name)[:80]
