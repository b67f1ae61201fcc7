"""What is to be done at a time: rows, looked through every two seconds. Nothing waits as a countdown in a queue.

A job is planned in the transaction that makes it necessary. It is claimed before it is done: of two schedulers one
gets it, and what a killed process had claimed is done again when the claim has run out. So it may be done twice, and
every handler bears that. What failed is tried again, ever less often; what has outlived its time is dropped.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import cast

from sqlalchemy import Table, bindparam, delete, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from backend.database import Database, insert_or_ignore
from backend.models import DueJob, utcnow

log = logging.getLogger(__name__)

Handler = Callable[[str, dt.datetime], None]

CLAIM = dt.timedelta(seconds=120)
TRY_AGAIN_SOONEST, TRY_AGAIN_LATEST = dt.timedelta(seconds=5), dt.timedelta(minutes=10)
# One run ends after this; the next one goes on.
RUN_SECONDS = 20.0

_TABLE = cast("Table", DueJob.__table__)
_PLANNED = select(_TABLE.c.id).where(_TABLE.c.job == bindparam("job"), _TABLE.c.due_at == bindparam("due_at")).limit(1)


@dataclass(frozen=True)
class Regular:
    """A job that is done again and again: at every full `period` since 1970, in UTC."""

    job: str
    period: dt.timedelta


def plan(session: Session, job: str, subject: str, due_at: dt.datetime, expires_at: dt.datetime | None = None) -> None:
    """Has a job done at an aware time; done late is better than not at all until `expires_at`.

    In the caller's transaction. The same job for the same subject and time again changes nothing.
    """
    values = {
        "job": job,
        "subject": subject,
        "due_at": due_at,
        "not_before": due_at,
        "expires_at": expires_at,
        "created_at": utcnow(),
        "state": "waiting",
        "attempts": 0,
    }
    insert_or_ignore(session, _TABLE, [values])


def drop(session: Session, job: str, subject: str) -> None:
    """Nobody needs a job for a subject any more, at whatever time; in the caller's transaction."""
    session.execute(
        update(_TABLE)
        .where(_TABLE.c.job == job, _TABLE.c.subject == subject, _TABLE.c.state == "waiting")
        .values(state="dropped", ended_at=utcnow())
    )


class Due:
    """Does what is due. Any number of processes may call it at once."""

    def __init__(self, db: Database, handlers: Mapping[str, Handler], regular: tuple[Regular, ...] = ()) -> None:
        self._db = db
        self._handlers = handlers
        self._regular = regular

    def run(self) -> int:
        """Does what is due, the longest due first; how many jobs were done.

        A job that fails is tried again later and keeps no other from being done. Raises OperationalError.
        """
        self._plan_regular()
        end = time.monotonic() + RUN_SECONDS
        done = 0
        while time.monotonic() < end and (claimed := self._claim()) is not None:
            done += self._do(claimed)
        return done

    def forget_before(self, moment: dt.datetime) -> int:
        """Deletes what ended before an aware time; how many."""
        with self._db.write() as session:
            gone = session.execute(delete(_TABLE).where(_TABLE.c.state != "waiting", _TABLE.c.ended_at < moment))
            return int(gone.rowcount)  # type: ignore[attr-defined]

    def _plan_regular(self) -> None:
        now = utcnow()
        times = {each: _full(now, each.period) for each in self._regular}
        with self._db.read() as session:  # not to take the write lock only to learn that all are planned
            known = [each for each, at in times.items() if session.scalar(_PLANNED, {"job": each.job, "due_at": at})]
        if missing := times.keys() - set(known):
            with self._db.write() as session:
                for each in missing:
                    plan(session, each.job, "", times[each], expires_at=times[each] + each.period)

    def _claim(self) -> DueJob | None:
        """The job that is due longest, ours to do for the time of the claim."""
        now = utcnow()
        waiting = (_TABLE.c.state == "waiting", _TABLE.c.not_before <= now)
        longest_due = select(_TABLE.c.id).where(*waiting).order_by(_TABLE.c.not_before, _TABLE.c.id).limit(1)
        with self._db.read() as session:
            if session.scalar(longest_due) is None:
                return None
        with self._db.write() as session:
            claimed = session.scalar(
                update(_TABLE)
                .where(_TABLE.c.id == longest_due.with_for_update(skip_locked=True).scalar_subquery(), *waiting)
                .values(not_before=now + CLAIM, attempts=_TABLE.c.attempts + 1)
                .returning(_TABLE.c.id)
            )
            return session.get(DueJob, claimed) if claimed is not None else None

    def _do(self, row: DueJob) -> int:
        now = utcnow()
        if row.expires_at is not None and row.expires_at <= now:
            log.warning("due_dropped", extra={"job": row.job, "subject": row.subject})
            self._end(row, "dropped")
            return 0
        try:
            self._handlers[row.job](row.subject, row.due_at)
        except OperationalError:
            raise  # the database is away or busy: the claim runs out, and the next run finds the job
        except Exception as problem:
            log.exception("due_failed", extra={"job": row.job, "subject": row.subject})
            self._try_again(row, type(problem).__name__)
            return 0
        self._end(row, "done")
        return 1

    def _end(self, row: DueJob, state: str) -> None:
        with self._db.write() as session:
            session.execute(
                update(_TABLE)
                .where(_TABLE.c.id == row.id, _TABLE.c.state == "waiting")
                .values(state=state, ended_at=utcnow(), error=None)
            )

    def _try_again(self, row: DueJob, error: str) -> None:
        wait = min(TRY_AGAIN_SOONEST * 2 ** min(row.attempts - 1, 10), TRY_AGAIN_LATEST)
        with self._db.write() as session:
            session.execute(
                update(_TABLE)
                .where(_TABLE.c.id == row.id, _TABLE.c.state == "waiting")
                .values(not_before=utcnow() + wait, error=error[:80])
            )


def _full(now: dt.datetime, period: dt.timedelta) -> dt.datetime:
    """The last full period before a time."""
    begin = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    return begin + (now - begin) // period * period
