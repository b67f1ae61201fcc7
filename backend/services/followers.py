"""Our own readers of the event feed: each does the events of its types in their order, once, whatever is killed.

How far it has come is written in the transaction that does the work. What concerns many people is done a slice of them
at a time, so that no transaction holds others up; a slice that was committed is not done again.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Callable, Mapping

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from backend.database import Database
from backend.models import Event, EventFollower, utcnow
from backend.services.event_feed import EventFeed, next_events

log = logging.getLogger(__name__)

# Does one slice of an event; gives the contact it came to, or None when all is done. `after` is what it gave last time.
Handler = Callable[[Session, Event, str], str | None]
# What is older is not told any more: nobody wants to hear of yesterday's wind.
STALE = dt.timedelta(hours=12)
# An event that fails so often is passed over: what comes after it must not wait for ever.
MAX_ATTEMPTS = 5
RUN_SECONDS = 20.0


class Follower:
    """Follows the feed under a name. Any number of processes may run it at once: they take turns by its row."""

    def __init__(self, db: Database, feed: EventFeed, name: str, handlers: Mapping[str, Handler]) -> None:
        self._db = db
        self._feed = feed
        self._name = name
        self._handlers = handlers

    def run(self) -> int:
        """Does what is new; how many slices. Raises OperationalError."""
        end = time.monotonic() + RUN_SECONDS
        done = 0
        while time.monotonic() < end and self._is_behind():
            try:
                with self._db.write() as session:
                    self._step(session)
            except OperationalError:
                raise  # the database is away or busy: the next run goes on
            except Exception:
                log.exception("follower_failed", extra={"follower": self._name})
                self._failed()
                return done
            done += 1
        return done

    def _is_behind(self) -> bool:
        with self._db.read() as session:
            row = session.get(EventFollower, self._name)
        return bool(self._feed.after(row.number if row else 0, 1, self._handlers))

    def _step(self, session: Session) -> None:
        row = self._row(session)
        events = next_events(session, row.number, 1, self._handlers)
        if not events:
            return  # another process was quicker
        event = events[0]
        assert event.number is not None
        reached = None
        if event.time > utcnow() - STALE:
            reached = self._handlers[event.type](session, event, row.contact_id)
        row.attempts = 0
        row.contact_id = reached or ""
        if reached is None:
            row.number = event.number

    def _failed(self) -> None:
        with self._db.write() as session:
            row = self._row(session)
            row.attempts += 1
            events = next_events(session, row.number, 1, self._handlers)
            if events and row.attempts >= MAX_ATTEMPTS:
                log.error("event_passed_over", extra={"follower": self._name, "event_id": events[0].id})
                assert events[0].number is not None
                row.number, row.contact_id, row.attempts = events[0].number, "", 0

    def _row(self, session: Session) -> EventFollower:
        row = session.get(EventFollower, self._name, with_for_update=True)
        if row is None:
            row = EventFollower(name=self._name, number=0, contact_id="", attempts=0)
            session.add(row)
            session.flush()
        return row
