"""Versions of the feed in the database: one is active; every process loads it and follows when it changes."""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from backend.database import Database, record_event
from backend.models import TransitFeed
from backend.services import gazetteer
from backend.services.audit import record_audit
from backend.services.transit.feed import Feed
from backend.services.transit.names import names_of
from backend.services.transit.network import Network
from backend.services.transit.packing import UnknownForm, pack, unpack

log = logging.getLogger(__name__)

IMPORTED, FROM_PACK = "gtfs", "pack"
# How many versions stay to look back at.
KEPT = 3
_ACTIVE_ID = select(TransitFeed.id).where(TransitFeed.state == "active")
_WARNINGS_KEPT = 100


def checksum(path: Path) -> str:
    """SHA-256 of a file, or of the names and contents of a folder's files."""
    digest = hashlib.sha256()
    for file in sorted(path.iterdir()) if path.is_dir() else [path]:
        if file.is_file():
            digest.update(file.name.encode() if path.is_dir() else b"")
            with file.open("rb") as stream:
                while block := stream.read(1 << 20):
                    digest.update(block)
    return digest.hexdigest()


class Feeds:
    """Gives out the active feed, kept in memory; each question first asks whether it is still the active one."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._lock = threading.Lock()
        self._network: Network | None = None

    def current(self) -> Network | None:
        """The active feed with its indexes, None where there is none yet.

        One that cannot be read (written by a newer version) leaves the one before in use.
        """
        with self._db.engine.connect() as connection:
            active = connection.scalar(_ACTIVE_ID)
        if active is None:
            return None
        if self._network is None or self._network.feed_id != active:
            with self._lock:
                if self._network is None or self._network.feed_id != active:
                    self._load(active)
        return self._network

    def _load(self, feed_id: int) -> None:
        with self._db.read() as session:
            data = session.scalar(select(TransitFeed.data).where(TransitFeed.id == feed_id))
        if data is None:
            return  # replaced in this moment
        try:
            self._network = Network(unpack(data), feed_id)
        except UnknownForm as error:
            log.error("transit_feed_unreadable", extra={"feed_id": feed_id, "why": str(error)})

    def swap(self, feed: Feed, sha256: str, author: str, warnings: Sequence[str] = ()) -> int:
        """Makes an imported feed the active one, in one commit; gives its id. The same file again changes nothing."""
        with self._db.write() as session:
            return _swap(session, feed, IMPORTED, sha256, author, warnings)[0]

    def versions(self) -> list[TransitFeed]:
        """The versions that are kept, newest first."""
        with self._db.read() as session:
            return list(session.scalars(select(TransitFeed).order_by(TransitFeed.id.desc())))


def keep_pack_feed(session: Session, feed: Feed, author: str) -> bool:
    """Within a running write: makes the pack's own feed the active one, unless an imported one is. True if it did."""
    origin = session.scalar(select(TransitFeed.origin).where(TransitFeed.state == "active"))
    if origin == IMPORTED:
        return False
    sha256 = hashlib.sha256(pack(feed)).hexdigest()
    return _swap(session, feed, FROM_PACK, sha256, author, ())[1]


def _swap(
    session: Session, feed: Feed, origin: str, sha256: str, author: str, warnings: Sequence[str]
) -> tuple[int, bool]:
    if (same := _same_active(session, origin, sha256)) is not None:
        return same, False
    gazetteer.raise_version(session)  # its lock makes two imports take turns
    session.execute(update(TransitFeed).where(TransitFeed.state == "active").values(state="replaced"))
    counts = {
        "stops": len(feed.stops),
        "lines": len(feed.routes),
        "trips": len(feed.trips),
        "stop_times": len(feed.stop_times),
    }
    row = TransitFeed(
        origin=origin,
        name=feed.about.name,
        sha256=sha256,
        as_of=feed.about.as_of,
        ends_on=feed.about.end,
        imported_by=author,
        counts=counts,
        warnings=list(warnings[:_WARNINGS_KEPT]),
        names=names_of(Network(feed)),
        data=pack(feed),
    )
    session.add(row)
    session.flush()
    old = select(TransitFeed.id).order_by(TransitFeed.id.desc()).offset(KEPT)
    session.execute(delete(TransitFeed).where(TransitFeed.id.in_(list(session.scalars(old)))))
    record_audit(session, author, "transit.swapped", f"transit_feed/{row.id}", {"origin": origin, **counts})
    record_event(session, "content.changed", f"transit_feed/{row.id}", {"by": author})
    return row.id, True


def _same_active(session: Session, origin: str, sha256: str) -> int | None:
    query = _ACTIVE_ID.where(TransitFeed.origin == origin, TransitFeed.sha256 == sha256)
    return session.scalar(query)
