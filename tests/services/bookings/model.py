"""Bookings as a plain model: lists and numbers, no database, no locks. Time is minutes since the beginning."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

HOLD, OFFER, MOST = 15, 30, 6
TAKES = ("held", "confirmed")


@dataclass
class ModelBooking:
    person: int
    slot: int
    size: int
    until: int
    state: str = "held"


@dataclass
class ModelEntry:
    person: int
    slot: int
    size: int
    state: str = "waiting"
    booking: int | None = None


@dataclass
class Model:
    """Verbs give None where they were done, else the code of the refusal. A refused verb has changed nothing."""

    capacity: list[int]
    now: int = 0
    closed: set[int] = field(default_factory=set)
    bookings: list[ModelBooking] = field(default_factory=list)
    entries: list[ModelEntry] = field(default_factory=list)
    told: Counter[str] = field(default_factory=Counter)

    def taken(self, slot: int) -> int:
        return sum(each.size for each in self.bookings if each.slot == slot and each.state in TAKES)

    def hold(self, person: int, slot: int, size: int) -> str | None:
        if problem := self._may_book(person, slot, size):
            return problem
        self.settle(slot)
        if self._somebody_waits(slot) or size > self.capacity[slot] - self.taken(slot):
            return "full"
        self.bookings.append(ModelBooking(person, slot, size, self.now + HOLD))
        return None

    def confirm(self, number: int) -> str | None:
        booking = self.bookings[number]
        if booking.state == "confirmed":
            return None
        if booking.state == "lapsed" or (booking.state == "held" and booking.until <= self.now):
            return "lapsed"
        if booking.state != "held":
            return "ended"
        booking.state = "confirmed"
        self._end_offer(number, "taken")
        self.told["booking_confirmed"] += 1
        return None

    def cancel(self, number: int) -> str | None:
        booking = self.bookings[number]
        if booking.state in ("cancelled", "lapsed"):
            return None
        if booking.state not in TAKES:
            return "ended"
        self.told["booking_cancelled"] += booking.state == "confirmed"
        booking.state = "cancelled"
        self._end_offer(number, "lapsed")
        self._offer(booking.slot)
        return None

    def move(self, number: int, slot: int) -> str | None:
        booking = self.bookings[number]
        if booking.slot == slot:
            return None
        if booking.state != "confirmed":
            return "ended"
        if problem := self._may_book(booking.person, slot, booking.size):
            return problem
        self.settle(slot)
        if self._somebody_waits(slot) or booking.size > self.capacity[slot] - self.taken(slot):
            return "full"
        left, booking.slot = booking.slot, slot
        self.told["booking_moved"] += 1
        self._offer(left)
        return None

    def wait(self, person: int, slot: int, size: int) -> str | None:
        if self._entry(person, slot) is not None:
            return None
        if size > MOST:
            return "too_many"
        if slot in self.closed:
            return "closed"
        self.settle(slot)
        if size <= self.capacity[slot] - self.taken(slot) and not self._somebody_waits(slot):
            return "not_full"
        if size > self.capacity[slot]:
            return "too_many"
        self.entries.append(ModelEntry(person, slot, size))
        return None

    def leave(self, person: int, slot: int) -> bool:
        entry = self._entry(person, slot)
        if entry is None:
            return False
        offered, entry.state = entry.booking, "left"
        if offered is not None:
            self.bookings[offered].state = "cancelled"
        self._offer(slot)
        return True

    def close(self, slot: int) -> None:
        self.closed.add(slot)
        for number, booking in enumerate(self.bookings):
            if booking.slot == slot and booking.state in TAKES:
                self.told["booking_closed"] += booking.state == "confirmed"
                booking.state = "closed"
                self._end_offer(number, "lapsed")
        for entry in self._waiting(slot):
            entry.state = "lapsed"
            self.told["waiting_lapsed"] += 1

    def settle(self, slot: int) -> None:
        """What time has done to a slot."""
        for number, booking in enumerate(self.bookings):
            if booking.slot == slot and booking.state == "held" and booking.until <= self.now:
                booking.state = "lapsed"
                self._end_offer(number, "lapsed")
        self._offer(slot)

    def _may_book(self, person: int, slot: int, size: int) -> str | None:
        if size > MOST:
            return "too_many"
        if slot in self.closed:
            return "closed"
        running = sum(
            each.size
            for each in self.bookings
            if (each.person, each.slot) == (person, slot)
            and (each.state == "confirmed" or (each.state == "held" and each.until > self.now))
        )
        return "too_many" if running + size > MOST else None

    def _offer(self, slot: int) -> None:
        """Who waits longest comes first; while they need more than is free, nobody behind them gets anything."""
        for entry in self._waiting(slot) if slot not in self.closed else []:
            if entry.size > self.capacity[slot] - self.taken(slot):
                return
            entry.state, entry.booking = "offered", len(self.bookings)
            self.bookings.append(ModelBooking(entry.person, slot, entry.size, self.now + OFFER))
            self.told["waiting_offer"] += 1

    def _end_offer(self, number: int, state: str) -> None:
        for entry in self.entries:
            if entry.booking == number and entry.state == "offered":
                entry.state = state

    def _waiting(self, slot: int) -> list[ModelEntry]:
        return [each for each in self.entries if each.slot == slot and each.state == "waiting"]

    def _somebody_waits(self, slot: int) -> bool:
        return bool(self._waiting(slot))

    def _entry(self, person: int, slot: int) -> ModelEntry | None:
        running = (each for each in self.entries if each.state in ("waiting", "offered"))
        return next((each for each in running if (each.person, each.slot) == (person, slot)), None)
