"""The day a holiday is announced: slots that it does away with are closed, and those booked are told once."""

from __future__ import annotations

import datetime as dt

from backend.models import Booking, Notice, Slot
from backend.services.editing import Editor
from tests.services.bookings.things import ENTRY, bookable, every_day, people
from tests.support.container import Clock, Parts


def test_a_new_holiday_closes_its_slots_and_tells_each_once(parts: Parts, clock: Clock) -> None:
    bookable(parts, schedules=[every_day(holidays="closed")])
    today = clock.now().astimezone(parts.time_zone).date()
    calendar = parts.calendar_days.current()
    day = next(
        each
        for each in (today + dt.timedelta(days=number) for number in range(2, 12))
        if calendar.day(each).kind not in ("public_holiday", "makeup_workday")
    )
    first, other = parts.inventory.slots(ENTRY, day, day)[:2]
    here, abroad, slow = people(parts, 1) + people(parts, 1, "en") + people(parts, 1)
    for person, at in ((here, first), (abroad, other)):
        held = parts.bookings.hold(person, at.slot_id, {"adult": 2}, "k")
        parts.bookings.confirm(person, held.code)
    parts.bookings.hold(slow, first.slot_id, {"adult": 1}, "k")  # only held: there is nothing to tell
    source = "国办发明电〔2026〕99号"
    parts.calendar_days.add(day, day, "public_holiday", ("城庆日", "City Day"), source, Editor("li", "li@example.org"))
    for _ in range(3):
        clock.advance(minutes=11)
        parts.due.run()
    assert [row.state for row in parts.rows(Booking)][:2] == ["closed", "closed"]
    assert [row.contact_id for row in parts.rows(Notice, template="booking_closed")] == [here, abroad]
    closed = parts.rows(Slot, closed_by="calendar")
    assert {row.starts_at.astimezone(parts.time_zone).date() for row in closed} == {day}
    assert {(row.taken, row.reason_zh, row.reason_en) for row in closed} == {(0, "城庆日", "City Day")}
    assert all(offer.closed for offer in parts.inventory.slots(ENTRY, day, day))
