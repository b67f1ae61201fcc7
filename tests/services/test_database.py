"""The write transaction: nobody waits for it for ever."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from backend import database
from tests.support.container import Parts
from tests.support.database import POSTGRESQL


@pytest.mark.skipif(POSTGRESQL, reason="PostgreSQL has many writers; its lock_timeout is set on the connection")
def test_a_writer_that_does_not_end_makes_the_next_one_fail_in_time(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "LOCK_SECONDS", 0.2)
    writing, done = threading.Event(), threading.Event()

    def slow() -> None:
        with parts.db.write() as session:
            session.execute(text("SELECT 1"))
            writing.set()
            done.wait(timeout=30)

    thread = threading.Thread(target=slow)
    thread.start()
    assert writing.wait(timeout=30)
    try:
        with pytest.raises(OperationalError), parts.db.write() as session:
            session.execute(text("SELECT 1"))
    finally:
        done.set()
        thread.join()
    with parts.db.write() as session:
        assert session.execute(text("SELECT 1")).scalar() == 1
