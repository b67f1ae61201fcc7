"""The names of the city as one versioned snapshot, for the bot. `data/schemas/gazetteer.json` is its contract."""

from __future__ import annotations

import threading
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend.database import Database
from backend.models import Article, ContentVersion, Division, Hotline, Place, Term, TransitFeed
from backend.services.transit.names import gazetteer_entries

VERSION_ROW = 1
_VERSION = select(ContentVersion.gazetteer).where(ContentVersion.id == VERSION_ROW)


def raise_version(session: Session) -> int:
    """The next version, within the running write; the row's lock makes edits of names take turns."""
    changed = session.execute(
        update(ContentVersion)
        .where(ContentVersion.id == VERSION_ROW)
        .values(gazetteer=ContentVersion.gazetteer + 1)
        .returning(ContentVersion.gazetteer)
    ).scalar_one_or_none()
    if changed is None:
        session.add(ContentVersion(id=VERSION_ROW, gazetteer=1))
        session.flush()
        return 1
    return changed


class Gazetteer:
    """Reads the current version and its snapshot; the last snapshot is kept in memory."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._lock = threading.Lock()
        self._last: dict[str, Any] | None = None

    def version(self) -> int:
        """The version of the names now in the database."""
        # Every turn asks: without a session, which takes longer than the question.
        with self._db.engine.connect() as connection:
            return connection.scalar(_VERSION) or 0

    def snapshot(self) -> dict[str, Any]:
        """All names, of one version: both are read in one transaction."""
        with self._lock:
            current = self.version()
            if self._last is not None and self._last["version"] == current:
                return self._last
            with self._db.read() as session:
                version = session.scalar(_VERSION) or 0
                self._last = {"version": version, "entries": _entries(session), "articles": _articles(session)}
            return self._last


def record_exists(db: Database, record_id: str) -> bool:
    """Whether a place, a district or a line or stop of public transport has this id."""
    with db.read() as session:
        place = session.get(Place, record_id)
        if place is not None:
            return place.deleted_at is None
        if session.get(Division, record_id) is not None:
            return True
        transit = session.scalar(select(TransitFeed.names).where(TransitFeed.state == "active"))
    return any(entry["id"] == record_id for entry in transit or [])


def _entries(session: Session) -> list[dict[str, Any]]:
    entries = []
    places = select(Place.id, Place.kind, Place.name_zh, Place.name_en, Place.aliases).where(Place.deleted_at.is_(None))
    for place in session.execute(places):
        entries.append({"id": place.id, "type": place.kind, "names": _names(place)})
    hotlines = select(Hotline.id, Hotline.name_zh, Hotline.name_en, Hotline.aliases, Hotline.phone)
    for hotline in session.execute(hotlines):
        names = _names(hotline) + [number for number in [hotline.phone] if number]
        entries.append({"id": hotline.id, "type": "hotline", "names": names})
    # The city itself counts as a district to be recognised; as a filter it means nothing.
    for division in session.execute(select(Division).where(Division.level.in_(("city", "county")))).scalars():
        entries.append({"id": division.id, "type": "district", "names": _names(division)})
    for term in session.execute(select(Term)).scalars():
        if term.type in ("category", "tag", "department", "symptom"):
            entries.append({"id": term.id, "type": term.type, "names": _names(term)})
    taken = frozenset(name.lower() for entry in entries for name in entry["names"])
    transit = session.scalar(select(TransitFeed.names).where(TransitFeed.state == "active"))
    return [*entries, *gazetteer_entries(transit or [], taken)]


def _articles(session: Session) -> list[dict[str, Any]]:
    """What is answered from a document, with the ways to ask for it."""
    query = select(Article.id, Article.title_zh, Article.title_en, Article.questions_zh, Article.questions_en)
    return [
        {
            "id": id_,
            "questions": list(dict.fromkeys(text for text in (title_zh, *zh, title_en, *en) if text)),
        }
        for id_, title_zh, title_en, zh, en in session.execute(
            query.where(Article.deleted_at.is_(None)).order_by(Article.id)
        )
    ]


def _names(record: Any) -> list[str]:
    return list(dict.fromkeys(name for name in (record.name_zh, record.name_en, *record.aliases) if name))
