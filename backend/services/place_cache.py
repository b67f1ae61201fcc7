"""The places of the database kept in memory, as of now.

Each question first asks for the number of the last change, one look into an index however many places there are. Where
it moved, only what changed since is read: numbers are given in the order of the commits (migration 0005), so nothing
that is visible has been missed, whoever changed it and in whatever process.
"""

from __future__ import annotations

import contextlib
import gc
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.database import Database
from backend.models import Place, PlaceChange
from backend.services.place_index import PlaceIndex

_NUMBER = select(func.coalesce(func.max(PlaceChange.number), 0))
_CHUNK = 2_000
# From so many places on the collector's rounds through them would hold up answers, by a second for 100,000.
_MANY = 10_000
# Fields with few different values: a hundred thousand copies of "district:130304" would be eight megabytes.
_REPEATED = (
    "kind", "district", "category", "opening_hours", "hours_text_zh", "hours_text_en", "hours_confidence", "source",
    "confidence", "as_of", "checked_by", "rating", "level_zh", "level_en", "status", "datum", "coord_confidence",
    "price_text_zh", "price_text_en", "last_entry_zh", "last_entry_en",
)  # fmt: skip


@dataclass(frozen=True)
class KnownPlaces:
    """All places as they were after the change with this number; the ids and facts may be read by any thread."""

    number: int
    index: PlaceIndex


class PlaceCache:
    """Keeps the places of one process. Nobody may change the places given out."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._lock = threading.Lock()
        self._known: KnownPlaces | None = None

    def now(self) -> KnownPlaces:
        """The places as of now. Threads that meet a change wait for the one that reads it."""
        # Every question asks: without a session, which takes longer than the question.
        with self._db.engine.connect() as connection:
            number = connection.scalar(_NUMBER) or 0
        known = self._known
        if known is not None and known.number == number:
            return known
        with self._lock, self._db.read(in_chunks=True) as session:
            # Asked again: another thread may have read more in the meantime than this one had seen.
            number = session.scalar(_NUMBER) or 0
            known = self._known
            if known is None or known.number > number:  # a number that fell: the database is another one
                known = KnownPlaces(number, _all(session))
            elif known.number < number:
                known = KnownPlaces(number, _since(session, known))
            self._known = known
            return known


def _all(session: Session) -> PlaceIndex:
    query = select(Place).where(Place.deleted_at.is_(None)).order_by(Place.id)
    with _collector_paused():
        places = session.scalars(query.execution_options(yield_per=_CHUNK))
        index = PlaceIndex().changed({place.id: _shared(place) for place in places})
        if len(index.by_id) >= _MANY:
            gc.freeze()
        return index


def _since(session: Session, known: KnownPlaces) -> PlaceIndex:
    query = (
        select(PlaceChange.place_id, Place)
        .outerjoin(Place, Place.id == PlaceChange.place_id)
        .where(PlaceChange.number > known.number)
    )
    changes = {
        place_id: None if place is None or place.deleted_at is not None else _shared(place)
        for place_id, place in session.execute(query)
    }
    return known.index.changed(changes)


def _shared(place: Place) -> Place:
    """The place with one copy in memory of what many places have alike."""
    facts = place.__dict__
    for name in _REPEATED:
        facts[name] = sys.intern(facts[name])
    for name in ("tags", "departments", "bus_lines"):
        facts[name] = [sys.intern(word) for word in facts[name]]
    return place


@contextlib.contextmanager
def _collector_paused() -> Iterator[None]:
    """Nothing that is read here is garbage, and looking through it again and again takes half as long as reading it."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
