"""`Idempotency-Key`: the same request again gets the same answer (draft-ietf-httpapi-idempotency-key-header-07).

A key is claimed before the work and keeps the answer after it. What was claimed by a process that was killed may be
claimed anew when the claim has run out; the work itself must then find what was done already (a hold by its key).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Table, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from backend.database import Database
from backend.models import IdempotencyKey, utcnow

# How long an answer is kept, and how long a request may be in flight: twice the longest wait for a lock.
KEPT = dt.timedelta(hours=24)
CLAIM = dt.timedelta(seconds=15)
FORGET = "idempotency.forget"
_TABLE = cast("Table", IdempotencyKey.__table__)
# Built once for each kind of database.
_NEW = {
    name: dialect.insert(_TABLE).on_conflict_do_nothing().returning(_TABLE.c.id)
    for name, dialect in (("postgresql", postgresql), ("sqlite", sqlite))
}


class KeyReused(Exception):
    """The key belongs to another request."""


class InFlight(Exception):
    """The same request is being worked on. `seconds`: by then it is answered or may be tried anew."""

    def __init__(self, seconds: int) -> None:
        super().__init__()
        self.seconds = seconds


@dataclass(frozen=True)
class Answer:
    """What a request was answered."""

    status: int
    body: dict[str, Any]


class Idempotency:
    """Keys and their answers, by owner."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def begin(self, owner: str, key: str, request_sha256: str, foreseen: Answer | None = None) -> Answer | None:
        """Claims a key; the answer where the request was answered before. Raises KeyReused, InFlight.

        `foreseen`: the answer, where it is known without any work. A new key keeps and gives it at once.
        """
        now = utcnow()
        fresh = {
            "request_sha256": request_sha256,
            "status": foreseen.status if foreseen else None,
            "answer": foreseen.body if foreseen else None,
            "in_flight_until": now + CLAIM,
            "created_at": now,
        }
        own = (_TABLE.c.owner == owner, _TABLE.c.key == key)
        with self._db.write() as session:
            # Asked back, not counted: psycopg's count of rows is not sure to be there.
            new = _NEW[session.get_bind().dialect.name]
            if session.connection().execute(new, {"owner": owner, "key": key, **fresh}).scalar() is not None:
                return foreseen
            row = session.scalars(select(IdempotencyKey).where(*own).with_for_update()).one()
            if row.created_at > now - KEPT:
                if row.request_sha256 != request_sha256:
                    raise KeyReused
                if row.status is not None:
                    return Answer(row.status, row.answer or {})
                if row.in_flight_until > now:
                    raise InFlight(max(1, round((row.in_flight_until - now).total_seconds())))
            session.execute(update(_TABLE).where(*own).values(**fresh))
            return foreseen

    def finish(self, owner: str, key: str, answer: Answer) -> None:
        """Keeps the answer for who asks again."""
        with self._db.write() as session:
            session.execute(
                update(_TABLE)
                .where(_TABLE.c.owner == owner, _TABLE.c.key == key)
                .values(status=answer.status, answer=answer.body)
            )

    def abandon(self, owner: str, key: str) -> None:
        """Gives a claim back: the request was not answered, and may be sent again."""
        with self._db.write() as session:
            session.execute(
                delete(_TABLE).where(_TABLE.c.owner == owner, _TABLE.c.key == key, _TABLE.c.status.is_(None))
            )

    def forget(self, _subject: str, _due_at: dt.datetime) -> None:
        """Deletes what nobody will ask for again; the due job `idempotency.forget`."""
        with self._db.write() as session:
            session.execute(delete(_TABLE).where(_TABLE.c.created_at < utcnow() - KEPT))
