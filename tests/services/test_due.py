"""What is done at a time: once over any number of schedulers, whatever the clock does."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from sqlalchemy.exc import OperationalError

from backend.models import DueJob
from backend.services.due import CLAIM, Due, Regular, drop, plan
from tests.support.container import Clock, Parts

MINUTE = dt.timedelta(minutes=1)


class Recorder:
    """A handler that remembers, and fails as often as it is told to."""

    def __init__(self, *failures: Exception) -> None:
        self.done: list[str] = []
        self.failures = list(failures)

    def __call__(self, subject: str, due_at: dt.datetime) -> None:
        if self.failures:
            raise self.failures.pop(0)
        self.done.append(subject)


def planned(parts: Parts, *subjects: str, at: dt.datetime, expires_at: dt.datetime | None = None) -> None:
    with parts.db.write() as session:
        for subject in subjects:
            plan(session, "work", subject, at, expires_at)


def states(parts: Parts) -> list[tuple[str, str]]:
    return [(row.subject, row.state) for row in parts.rows(DueJob)]


def test_what_is_due_is_done_once_and_what_is_not_waits(parts: Parts, clock: Clock) -> None:
    work = Recorder()
    due = Due(parts.db, {"work": work})
    planned(parts, "a", at=clock.now() - MINUTE)
    planned(parts, "b", at=clock.now() + 5 * MINUTE)
    assert (due.run(), due.run(), work.done) == (1, 0, ["a"])
    clock.advance(minutes=6)
    assert (due.run(), work.done) == (1, ["a", "b"])
    assert states(parts) == [("a", "done"), ("b", "done")]


def test_the_longest_due_is_done_first(parts: Parts, clock: Clock) -> None:
    work = Recorder()
    planned(parts, "late", at=clock.now() - MINUTE)
    planned(parts, "later", at=clock.now() - 3 * MINUTE)
    Due(parts.db, {"work": work}).run()
    assert work.done == ["later", "late"]


def test_the_same_job_is_planned_once(parts: Parts, clock: Clock) -> None:
    at = clock.now()
    planned(parts, "a", "a", at=at)
    planned(parts, "a", at=at)
    assert states(parts) == [("a", "waiting")]


def test_what_nobody_needs_any_more_is_not_done(parts: Parts, clock: Clock) -> None:
    work = Recorder()
    planned(parts, "a", "b", at=clock.now())
    with parts.db.write() as session:
        drop(session, "work", "a")
    Due(parts.db, {"work": work}).run()
    assert work.done == ["b"]
    assert states(parts) == [("a", "dropped"), ("b", "done")]


def test_what_has_outlived_its_time_is_dropped_not_done_late(parts: Parts, clock: Clock) -> None:
    work = Recorder()
    planned(parts, "a", at=clock.now(), expires_at=clock.now() + MINUTE)
    clock.advance(days=1)
    assert Due(parts.db, {"work": work}).run() == 0
    assert (work.done, states(parts)) == ([], [("a", "dropped")])


def test_a_clock_that_goes_back_does_nothing_twice(parts: Parts, clock: Clock) -> None:
    work = Recorder()
    due = Due(parts.db, {"work": work}, (Regular("work", dt.timedelta(hours=1)),))
    planned(parts, "a", at=clock.now())
    clock.advance(hours=3)
    due.run()
    clock.advance(hours=-3)
    due.run()
    clock.advance(hours=3)
    due.run()
    assert work.done.count("a") == 1
    done = [row.due_at for row in parts.rows(DueJob) if row.subject == ""]
    assert len(done) == len(set(done)) == work.done.count("")


def test_what_fails_is_tried_again_and_holds_up_nothing(parts: Parts, clock: Clock) -> None:
    work, other = Recorder(ValueError("a"), ValueError("b")), Recorder()
    due = Due(parts.db, {"work": work, "other": other})
    planned(parts, "a", at=clock.now() - MINUTE)
    with parts.db.write() as session:
        plan(session, "other", "b", clock.now())
    assert (due.run(), other.done) == (1, ["b"])
    row = parts.rows(DueJob)[0]
    assert (row.state, row.error, row.attempts) == ("waiting", "ValueError", 1)
    clock.advance(seconds=6)
    assert due.run() == 0
    clock.advance(seconds=6)
    assert due.run() == 0  # the wait has doubled
    clock.advance(seconds=6)
    assert (due.run(), work.done) == (1, ["a"])
    assert parts.rows(DueJob)[0].error is None


def test_what_a_killed_process_had_claimed_is_done_when_the_claim_has_run_out(parts: Parts, clock: Clock) -> None:
    work = Recorder(OperationalError("BEGIN", None, OSError()))
    due = Due(parts.db, {"work": work})
    planned(parts, "a", at=clock.now())
    with pytest.raises(OperationalError):
        due.run()
    assert due.run() == 0
    clock.advance(seconds=CLAIM.total_seconds() + 1)
    assert (due.run(), work.done) == (1, ["a"])


def test_two_schedulers_share_the_work(parts: Parts, clock: Clock) -> None:
    work = Recorder()
    subjects = [f"s{number}" for number in range(40)]
    planned(parts, *subjects, at=clock.now() - MINUTE)
    hour = (Regular("work", dt.timedelta(hours=1)),)
    threads = [threading.Thread(target=Due(parts.db, {"work": work}, hour).run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(work.done) == sorted([*subjects, ""])


def test_what_ended_long_ago_is_forgotten(parts: Parts, clock: Clock) -> None:
    due = Due(parts.db, {"work": Recorder()})
    planned(parts, "a", at=clock.now())
    planned(parts, "b", at=clock.now() + dt.timedelta(days=400))
    due.run()
    assert due.forget_before(clock.now() - MINUTE) == 0
    assert due.forget_before(clock.now() + MINUTE) == 1
    assert states(parts) == [("b", "waiting")]


def test_every_job_has_somebody_who_does_it(city: Parts) -> None:
    assert {each.job for each in city.due._regular} <= set(city.due._handlers)
