"""The audit trail: each entry carries the hash of the one before, so a removed or changed entry breaks the chain."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from backend.database import Database
from backend.models import AuditEntry, utcnow

GENESIS = "0" * 64
CHAIN_LOCK = 0x41554449  # any number, the same for every writer


def record_audit(session: Session, actor: str, action: str, object_id: str, detail: dict[str, Any]) -> None:
    """Adds an entry to the running write. Writers take turns until their commit, so no two follow the same entry."""
    if session.get_bind().dialect.name == "postgresql":  # on SQLite every write takes turns
        session.execute(select(func.pg_advisory_xact_lock(CHAIN_LOCK)))
    last = session.scalars(select(AuditEntry.hash).order_by(AuditEntry.id.desc()).limit(1)).first()
    entry = AuditEntry(
        at=utcnow(),
        actor=actor,
        action=action,
        object_id=object_id,
        detail=detail,
        previous_hash=last or GENESIS,
        hash="",
    )
    entry.hash = entry_hash(entry)
    session.add(entry)
    session.flush()


def entry_hash(entry: AuditEntry) -> str:
    """SHA-256 over the entry's content and the hash before it."""
    content = [entry.at.isoformat(), entry.actor, entry.action, entry.object_id, entry.detail, entry.previous_hash]
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def first_broken(session: Session) -> int | None:
    """The id of the first entry that does not fit the chain; None when all do."""
    previous = GENESIS
    for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.id)):
        if entry.previous_hash != previous or entry.hash != entry_hash(entry):
            return entry.id
        previous = entry.hash
    return None


def read_audit(db: Database, text: str, page: int, per_page: int) -> tuple[list[AuditEntry], int]:
    """Entries whose actor, action or object holds the text, newest first: `(entries of the page, count)`."""
    query = select(AuditEntry)
    if text:
        columns = (AuditEntry.actor, AuditEntry.action, AuditEntry.object_id)
        query = query.where(or_(*(column.icontains(text, autoescape=True) for column in columns)))
    with db.read() as session:
        total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
        rows = query.order_by(AuditEntry.id.desc()).offset((page - 1) * per_page).limit(per_page)
        return list(session.scalars(rows)), total


def chain_state(db: Database) -> int | None:
    """`first_broken` of the whole trail."""
    with db.read() as session:
        return first_broken(session)
