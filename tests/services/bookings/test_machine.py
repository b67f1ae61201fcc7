"""Bookings against a plain model, in any order of verbs.

Every test run goes through a part of it, and more than ten thousand steps on both databases take some minutes:
`BOOKING_LIVES=220 make test ARGS="-s tests/services/bookings/test_machine.py"`.
"""

from __future__ import annotations

import copy
import datetime as dt
import os
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import select

from backend.models import Booking, Notice, Slot, WaitingEntry
from backend.services.booking_views import Refused
from tests.services.bookings.model import Model
from tests.services.bookings.things import bookable, people, slot
from tests.support.container import Clock, Parts
from tests.support.database import empty

LIVES = int(os.environ.get("BOOKING_LIVES", "25"))
CAPACITY = [3, 4, 6]
PERSONS = 5
persons, slots = st.integers(0, PERSONS - 1), st.integers(0, len(CAPACITY) - 1)
sizes = st.sampled_from([1, 1, 2, 2, 3, 4, 7])
numbers = st.integers(0, 10_000)


class Machine(RuleBasedStateMachine):
    parts: Parts
    clock: Clock
    steps = 0

    def __init__(self) -> None:
        super().__init__()
        empty(self.parts.db.engine)
        self.clock.offset = dt.timedelta()
        bookable(self.parts)
        begin = self.clock.now() + dt.timedelta(days=10)
        self.slots = [slot(self.parts, begin + dt.timedelta(hours=n), each) for n, each in enumerate(CAPACITY)]
        self.people = people(self.parts, PERSONS)
        self.model = Model(CAPACITY)
        self.keys: list[tuple[int, int, int, str]] = []

    def both(self, real: Callable[[], Any], modelled: Callable[[Model], Any]) -> Any:
        """Does the same to both; a refusal must be the same and have changed nothing."""
        after = copy.deepcopy(self.model)
        expected = modelled(after)
        try:
            given = real()
        except Refused as refusal:
            assert refusal.code == expected
            return None
        assert not isinstance(expected, str), f"should have been refused: {expected}"
        self.model = after
        return given

    @rule(person=persons, at=slots, size=sizes)
    def hold(self, person: int, at: int, size: int) -> None:
        key = f"key-{len(self.keys)}"
        view = self.both(
            lambda: self.parts.bookings.hold(self.people[person], self.slots[at], {"adult": size}, key),
            lambda model: model.hold(person, at, size),
        )
        if view is not None:
            self.keys.append((person, at, size, key))
            assert view.size == size

    @precondition(lambda self: self.keys)
    @rule(number=numbers)
    def hold_again(self, number: int) -> None:
        person, at, size, key = self.keys[number % len(self.keys)]
        view = self.parts.bookings.hold(self.people[person], self.slots[at], {"adult": size}, key)
        assert view.size == size

    @precondition(lambda self: self.model.bookings)
    @rule(number=numbers)
    def confirm(self, number: int) -> None:
        number, person, code = self.booking(number)
        self.both(lambda: self.parts.bookings.confirm(person, code), lambda model: model.confirm(number))

    @precondition(lambda self: self.model.bookings)
    @rule(number=numbers)
    def cancel(self, number: int) -> None:
        number, person, code = self.booking(number)
        self.both(lambda: self.parts.bookings.cancel(person, code), lambda model: model.cancel(number))

    @precondition(lambda self: self.model.bookings)
    @rule(number=numbers, at=slots)
    def move(self, number: int, at: int) -> None:
        number, person, code = self.booking(number)
        self.both(lambda: self.parts.bookings.move(person, code, self.slots[at]), lambda model: model.move(number, at))

    @rule(person=persons, at=slots, size=sizes)
    def wait(self, person: int, at: int, size: int) -> None:
        self.both(
            lambda: self.parts.waiting.wait(self.people[person], self.slots[at], {"adult": size}),
            lambda model: model.wait(person, at, size),
        )

    @rule(person=persons, at=slots)
    def leave(self, person: int, at: int) -> None:
        left = self.parts.waiting.leave(self.people[person], self.slots[at])
        assert left == self.model.leave(person, at)

    @rule(minutes=st.sampled_from([4, 16, 31]))
    def time_passes(self, minutes: int) -> None:
        self.clock.advance(minutes=minutes)
        self.model.now += minutes

    @rule()
    def what_is_due_is_done(self) -> None:
        self.parts.due.run()
        for at in range(len(CAPACITY)):
            self.model.settle(at)

    @precondition(lambda self: len(self.model.closed) < len(CAPACITY) - 1)
    @rule(at=slots, dice=st.integers(0, 7))
    def close(self, at: int, dice: int) -> None:
        if dice == 0:  # seldom: on what is closed little happens
            self.parts.slot_keeping.close_slot(self.slots[at], "clerk")
            self.model.close(at)

    @invariant()
    def all_is_as_in_the_model(self) -> None:
        type(self).steps += 1
        model = self.model
        with self.parts.db.read() as session:
            taken = list(session.scalars(select(Slot.taken).order_by(Slot.id)))
            rows = session.execute(select(Booking.slot_id, Booking.size, Booking.state).order_by(Booking.id)).all()
            entries = session.execute(select(WaitingEntry.size, WaitingEntry.state).order_by(WaitingEntry.id)).all()
            told = Counter(session.scalars(select(Notice.template).where(Notice.template != "booking_reminder")))
        assert taken == [model.taken(at) for at in range(len(CAPACITY))]
        assert all(count <= most for count, most in zip(taken, CAPACITY, strict=True))
        assert [tuple(row) for row in rows] == [(self.slots[b.slot], b.size, b.state) for b in model.bookings]
        assert [tuple(row) for row in entries] == [(each.size, each.state) for each in model.entries]
        assert told == Counter({key: count for key, count in model.told.items() if count})

    def booking(self, number: int) -> tuple[int, str, str]:
        """The number, the person and the code of one of the bookings."""
        number %= len(self.model.bookings)
        with self.parts.db.read() as session:
            codes = session.scalars(select(Booking.code).order_by(Booking.id)).all()
        return number, self.people[self.model.bookings[number].person], codes[number]


@pytest.mark.timeout(10 * LIVES + 60)
def test_bookings_agree_with_the_model(parts: Parts, clock: Clock) -> None:
    machine = type("BookingMachine", (Machine,), {"parts": parts, "clock": clock})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=LIVES,
            stateful_step_count=50,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
    print(f"{machine.steps} steps in {LIVES} lives")  # type: ignore[attr-defined]
    assert machine.steps > 40 * LIVES  # type: ignore[attr-defined]
