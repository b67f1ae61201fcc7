"""The public events in one order that never changes: what other systems, webhooks and our own followers read.

Ids are given when a row is written, and on PostgreSQL a lower one may be committed later: who read up to an id would
miss it. So a public event gets its number after its commit, by whoever looks first; they take turns until their own
commit, and numbers become visible in their order.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from backend.database import Database
from backend.models import Event

NUMBERS_LOCK = 0x4E554D42  # any number, the same for everybody who numbers
AT_ONCE = 500
_WAITING = select(Event.id).where(Event.public, Event.number.is_(None)).order_by(Event.id)


class EventFeed:
    """Numbers public events and gives them out in their order."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def after(self, number: int, limit: int, types: Collection[str] = ()) -> list[Event]:
        """The events behind a number, in their order, of some types only where any are named.

        Who asks again with the number of the last one misses none.
        """
        self.give_numbers()
        with self._db.read() as session:
            return next_events(session, number, limit, types)

    def last(self) -> int:
        """The number of the newest event; 0 where there is none."""
        self.give_numbers()
        with self._db.read() as session:
            return session.scalar(select(func.max(Event.number))) or 0

    def give_numbers(self) -> None:
        """Gives a number to every committed event that has none."""
        while True:
            with self._db.read() as session:  # not to take the write lock only to learn that all have one
                if session.scalar(_WAITING.limit(1)) is None:
                    return
            with self._db.write() as session:
                if session.get_bind().dialect.name == "postgresql":  # on SQLite every write takes turns
                    session.execute(select(func.pg_advisory_xact_lock(NUMBERS_LOCK)))
                number = session.scalar(select(func.max(Event.number))) or 0
                waiting = list(session.scalars(_WAITING.limit(AT_ONCE)))
                numbers = [{"id": id_, "number": number + at} for at, id_ in enumerate(waiting, start=1)]
                if numbers:
                    session.execute(update(Event), numbers)


def next_events(session: Session, number: int, limit: int, types: Collection[str] = ()) -> list[Event]:
    """The numbered events behind a number, in their order."""
    query = select(Event).where(Event.number > number).order_by(Event.number).limit(limit)
    if types:
        query = query.where(Event.type.in_(types))
    return list(session.scalars(query))
