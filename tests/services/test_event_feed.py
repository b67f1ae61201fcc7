"""The order of the public events: none is missed and none moves, whoever commits first."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from backend.database import record_event
from backend.models import Event
from backend.models.events import PUBLIC_TYPES
from tests.support.container import Parts
from tests.support.database import POSTGRESQL


def raised(parts: Parts, name: str, type_: str = "alert.raised") -> None:
    with parts.db.write() as session:
        record_event(session, type_, f"alert/{name}")


def read_on(parts: Parts, number: int = 0) -> list[tuple[int | None, str]]:
    return [(event.number, event.subject.removeprefix("alert/")) for event in parts.event_feed.after(number, 100)]


def test_events_keep_their_numbers(parts: Parts) -> None:
    for name in "abc":
        raised(parts, name)
    assert read_on(parts) == [(1, "a"), (2, "b"), (3, "c")]
    raised(parts, "d")
    assert read_on(parts, 2) == [(3, "c"), (4, "d")]
    assert parts.event_feed.last() == 4


def test_what_is_not_public_has_none(parts: Parts) -> None:
    raised(parts, "x", "message.received")
    raised(parts, "y", "notice.created")
    assert read_on(parts) == []
    assert {event.number for event in parts.rows(Event)} == {None}


def test_by_type(parts: Parts) -> None:
    raised(parts, "a")
    raised(parts, "b", "alert.cleared")
    assert [event.subject for event in parts.event_feed.after(0, 9, ["alert.cleared"])] == ["alert/b"]


def test_more_than_are_numbered_at_once(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.services.event_feed.AT_ONCE", 2)
    for number in range(5):
        raised(parts, str(number))
    assert [number for number, _ in read_on(parts)] == [1, 2, 3, 4, 5]


def test_one_that_is_committed_late_is_not_missed(parts: Parts) -> None:
    """The first writes its row, and so has the lower id, but commits after the second was read. SQLite has one writer
    at a time: there the second waits, and the first is read first.
    """
    read_early: list[tuple[int | None, str]] = []

    def second() -> None:
        raised(parts, "second")
        read_early.extend(read_on(parts))

    thread = threading.Thread(target=second)
    with parts.db.write() as first:
        record_event(first, "alert.raised", "alert/first")
        thread.start()
        if POSTGRESQL:
            thread.join()
            assert read_early == [(1, "second")]
    thread.join()
    assert sorted({*read_early, *read_on(parts, len(read_early))}) == list(
        enumerate(("second", "first") if POSTGRESQL else ("first", "second"), start=1)
    )


def test_many_who_number_at_once_give_each_number_once(parts: Parts) -> None:
    errors: list[Any] = []

    def write_and_read(name: str) -> None:
        try:
            for at in range(10):
                raised(parts, f"{name}{at}")
                parts.event_feed.give_numbers()
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=write_and_read, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    found = read_on(parts)
    assert [number for number, _ in found] == list(range(1, 41))
    assert len({name for _, name in found}) == 40
    for name in "abcd":
        own = [subject for _, subject in found if subject.startswith(name)]
        assert own == sorted(own), "each writer's events stand in the order it committed them"


def test_public_types_hold_nothing_of_people() -> None:
    assert not [type_ for type_ in PUBLIC_TYPES if type_.partition(".")[0] in ("message", "notice", "booking", "turn")]
