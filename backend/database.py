"""One database: engine, the read and the write transaction, and what happens after a commit."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, cast

from sqlalchemy import Connection, Engine, Table, create_engine, event, insert, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DisconnectionError, OperationalError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry

from backend.models.events import PUBLIC_TYPES, Event

_INSERT_EVENT = insert(cast("Table", Event.__table__))
AfterCommit = Callable[[list[Event]], None]
# For how long anybody waits for a lock before the write fails.
LOCK_SECONDS = 5
# A connection that was used so short a time ago is not tried before its next use.
IDLE_SECONDS = 1.0


def make_engine(url: str) -> Engine:
    """An engine for SQLite (WAL, durable) or PostgreSQL; both wait at most five seconds for a lock or a connection.

    Connections are kept: to open one takes longer than most requests, and a rush opened them over and over.

    Errors do not name the values of a statement: those are people's words and places, and errors are logged.
    """
    if url.startswith("sqlite"):
        engine = create_engine(
            url,
            connect_args={"timeout": LOCK_SECONDS, "check_same_thread": False},
            pool_size=80,
            max_overflow=0,
            hide_parameters=True,
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    engine = create_engine(
        url,
        pool_size=16,
        max_overflow=0,
        pool_timeout=5,
        hide_parameters=True,
        connect_args={
            "connect_timeout": 3,
            "options": "-c statement_timeout=5000 -c lock_timeout=5000 -c timezone=UTC",
        },
    )
    event.listen(engine, "checkin", _note_use)
    event.listen(engine, "checkout", _try_idle)
    return engine


def _note_use(_connection: DBAPIConnection | None, record: ConnectionPoolEntry) -> None:
    record.info["used_at"] = time.monotonic()


def _try_idle(connection: DBAPIConnection, record: ConnectionPoolEntry, _proxy: Any) -> None:
    """Tries a connection that lay idle, for the server may have gone meanwhile; as the pool's own pre-ping does, which
    asks before every use.
    """
    if time.monotonic() - record.info.get("used_at", 0.0) < IDLE_SECONDS:
        return
    try:
        connection.cursor().execute("SELECT 1")
        connection.rollback()
    except Exception as error:
        raise DisconnectionError from error


def _prepare_sqlite(connection: DBAPIConnection, _record: Any) -> None:
    assert isinstance(connection, sqlite3.Connection)
    connection.isolation_level = None  # we say BEGIN ourselves, see _begin_sqlite
    for pragma in ("journal_mode=WAL", "synchronous=FULL", f"busy_timeout={LOCK_SECONDS * 1000}", "foreign_keys=ON"):
        try:
            connection.execute(f"PRAGMA {pragma}")
        except sqlite3.Error as error:  # here SQLAlchemy does not wrap what the driver raises
            raise OperationalError(f"PRAGMA {pragma}", None, error) from error


def _begin_sqlite(connection: Any) -> None:
    if not connection.get_execution_options().get("writes"):
        connection.exec_driver_sql("BEGIN DEFERRED")
        return
    # A write takes the lock at once: a read that later turns into a write would fail instead of waiting. It is asked
    # for every millisecond: SQLite's own wait sleeps up to a tenth of a second whether or not the lock is free again.
    raw = connection.connection.dbapi_connection
    deadline = time.monotonic() + LOCK_SECONDS
    try:
        raw.execute("PRAGMA busy_timeout=0")
        while True:
            try:
                raw.execute("BEGIN IMMEDIATE")
                break
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                    raise
            time.sleep(0.001)
    except sqlite3.Error as error:
        raise OperationalError("BEGIN IMMEDIATE", None, error) from error
    finally:
        with contextlib.suppress(sqlite3.Error):  # what is wrong with the connection was raised above
            raw.execute(f"PRAGMA busy_timeout={LOCK_SECONDS * 1000}")


class Database:
    """Gives out sessions. `write` commits and then hands the recorded events on; a failure there is the sweeper's to
    heal.
    """

    def __init__(self, engine: Engine, after_commit: AfterCommit | None = None) -> None:
        self.engine = engine
        self.after_commit = after_commit
        # On PostgreSQL each statement sees what is committed anyway (READ COMMITTED): a transaction around reads would
        # only be two more ways to the server and back.
        sqlite_ = engine.dialect.name == "sqlite"
        self._reading = engine if sqlite_ else engine.execution_options(isolation_level="AUTOCOMMIT")
        self._read_sessions = sessionmaker(self._reading, expire_on_commit=False)
        self._chunk_sessions = sessionmaker(engine, expire_on_commit=False)
        self._write_sessions = sessionmaker(engine.execution_options(writes=True), expire_on_commit=False)
        # SQLite has one writer. The threads of a process take turns before they ask for its lock, so that who has it
        # is not held up by the others of its process, and only one of each process asks.
        self._writer = threading.RLock() if engine.dialect.name == "sqlite" else None

    @contextmanager
    def read(self, in_chunks: bool = False) -> Iterator[Session]:
        """A session for reading; nothing it holds is written. `in_chunks`: for statements with `yield_per`, which
        PostgreSQL answers inside of transactions only.
        """
        with (self._chunk_sessions if in_chunks else self._read_sessions)() as session:
            yield session

    @contextmanager
    def look(self) -> Iterator[Connection]:
        """As `read`, for columns: without a session, which takes longer than a short question does."""
        with self._reading.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session whose work is committed as one when the block ends without an exception."""
        with self._write_sessions() as session:
            with self._turn(), session.begin():
                yield session
            events = session.info.get("events", [])
        if events and self.after_commit is not None:
            self.after_commit(events)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if self._writer is None:
            yield
            return
        if not self._writer.acquire(timeout=LOCK_SECONDS):
            raise OperationalError("BEGIN IMMEDIATE", None, TimeoutError("another writer of this process did not end"))
        try:
            yield
        finally:
            self._writer.release()

    def ping(self) -> None:
        """Raises when the database does not answer."""
        with self.engine.connect() as connection:
            connection.execute(text("SELECT 1"))


def record_event(session: Session, type_: str, subject: str, data: dict[str, Any] | None = None) -> None:
    """Adds an event to the running write; it is stored with it and handed on after the commit."""
    row = Event(type=type_, subject=subject, data=data or {})
    # Not through the session, which takes ten times as long for a row that nobody changes again.
    values = {"type": type_, "subject": subject, "data": row.data, "public": type_ in PUBLIC_TYPES}
    session.execute(_INSERT_EVENT, values)
    session.info.setdefault("events", []).append(row)


def insert_or_ignore(session: Session, table: Table, rows: list[dict[str, Any]]) -> int:
    """Inserts rows of values into a table and passes over those that break one of its unique constraints; how many are
    new.
    """
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    statement = dialect.insert(table).values(rows).on_conflict_do_nothing()
    # Without the option PostgreSQL's driver is asked for the rows in a way that gives no count.
    result = session.execute(statement, execution_options={"preserve_rowcount": True})
    return int(result.rowcount)  # type: ignore[attr-defined]
