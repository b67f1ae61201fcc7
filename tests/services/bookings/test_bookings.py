"""The life of a booking, its rules, and what people are told."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from typing import Any

import pytest

from backend.models import Booking, BookingGuest, CalendarDay, Notice, ScheduleException, Slot
from backend.services.booking_codes import ALPHABET, grouped, new_code, read_code
from backend.services.bookings import Guest, Refused
from backend.services.notices.quiet_hours import QuietHours
from backend.services.offers import Offers
from backend.services.waiting_list import OFFER
from tests.services.bookings.things import ENTRY, bookable, every_day, people, slot
from tests.support.container import Clock, Parts

TWO = {"adult": 2}
CARD = "11010519491231002X"


def refused(call: Callable[[], Any]) -> str:
    with pytest.raises(Refused) as caught:
        call()
    return caught.value.code


def taken(parts: Parts, slot_id: int) -> int:
    return parts.row(Slot, id=slot_id).taken


def told(parts: Parts, *templates: str) -> list[tuple[str, str]]:
    """Who was told what, of notices that are still to be sent or were."""
    rows = [row for row in parts.rows(Notice) if row.state != "dropped"]
    return [(row.contact_id, row.template) for row in rows if not templates or row.template in templates]


@pytest.fixture
def tomorrow(clock: Clock) -> dt.datetime:
    return clock.now() + dt.timedelta(days=2)


class TestTheUsualWay:
    def test_hold_confirm_arrive(self, parts: Parts, clock: Clock, tomorrow: dt.datetime) -> None:
        bookable(parts)
        at, [person] = slot(parts, tomorrow), people(parts, 1)
        held = parts.bookings.hold(person, at, {"adult": 2, "child": 1}, "turn-1")
        assert (held.state, held.size, held.price_fen, taken(parts, at)) == ("held", 3, 6200, 3)
        booked = parts.bookings.confirm(person, held.code)
        assert (booked.state, booked.held_until) == ("confirmed", None)
        assert told(parts) == [(person, "booking_confirmed"), (person, "booking_reminder")]
        clock.advance(days=2)
        assert parts.slot_keeping.check_in(held.code.lower(), "clerk").state == "arrived"
        assert refused(lambda: parts.slot_keeping.check_in(held.code, "clerk")) == "arrived_already"
        clock.advance(hours=4)
        parts.due.run()
        assert parts.row(Booking).state == "done"

    def test_said_again_it_is_the_same(self, parts: Parts, clock: Clock, tomorrow: dt.datetime) -> None:
        bookable(parts)
        at, [person] = slot(parts, tomorrow), people(parts, 1)
        first = parts.bookings.hold(person, at, TWO, "turn-1")
        assert parts.bookings.hold(person, at, TWO, "turn-1") == first
        booked = parts.bookings.confirm(person, first.code)
        assert parts.bookings.confirm(person, first.code) == booked
        ended = parts.bookings.cancel(person, first.code)
        assert parts.bookings.cancel(person, first.code) == ended
        assert (taken(parts, at), len(parts.rows(Booking))) == (0, 1)
        assert told(parts, "booking_confirmed", "booking_cancelled") == [
            (person, "booking_confirmed"), (person, "booking_cancelled"),
        ]  # fmt: skip

    def test_a_cancelled_booking_is_not_reminded_of(self, parts: Parts, clock: Clock, tomorrow: dt.datetime) -> None:
        bookable(parts)
        at, [person] = slot(parts, tomorrow), people(parts, 1)
        held = parts.bookings.hold(person, at, TWO, "k")
        parts.bookings.confirm(person, held.code)
        parts.bookings.cancel(person, held.code)
        assert told(parts, "booking_reminder") == []

    def test_who_does_not_come_has_missed_it(self, parts: Parts, clock: Clock, tomorrow: dt.datetime) -> None:
        bookable(parts)
        at, [person] = slot(parts, tomorrow), people(parts, 1)
        parts.bookings.confirm(person, parts.bookings.hold(person, at, TWO, "k").code)
        clock.advance(days=2, hours=4)
        parts.due.run()
        assert parts.row(Booking).state == "missed"

    def test_the_price_is_that_of_the_booking(self, parts: Parts, clock: Clock, tomorrow: dt.datetime) -> None:
        bookable(parts)
        at, [person] = slot(parts, tomorrow), people(parts, 1)
        held = parts.bookings.hold(person, at, TWO, "k")
        with parts.db.write() as session:
            session.get_one(Slot, at).bookable.prices = {"adult": 9900}
        assert parts.bookings.confirm(person, held.code).price_fen == 5000


class TestHolds:
    def test_a_hold_nobody_confirms_is_released_by_itself(
        self, parts: Parts, clock: Clock, tomorrow: dt.datetime
    ) -> None:
        bookable(parts)
        at, [person] = slot(parts, tomorrow), people(parts, 1)
        held = parts.bookings.hold(person, at, TWO, "k")
        parts.due.run()
        assert taken(parts, at) == 2
        clock.advance(minutes=16)
        parts.due.run()
        assert (taken(parts, at), parts.row(Booking).state) == (0, "lapsed")
        assert refused(lambda: parts.bookings.confirm(person, held.code)) == "lapsed"

    def test_its_places_are_free_even_before_the_scheduler_looks(
        self, parts: Parts, clock: Clock, tomorrow: dt.datetime
    ) -> None:
        bookable(parts)
        at, [slow, quick] = slot(parts, tomorrow, capacity=2), people(parts, 2)
        held = parts.bookings.hold(slow, at, TWO, "k")
        assert refused(lambda: parts.bookings.hold(quick, at, TWO, "k")) == "full"
        clock.advance(minutes=16)
        assert parts.bookings.hold(quick, at, TWO, "k2").state == "held"
        assert refused(lambda: parts.bookings.confirm(slow, held.code)) == "lapsed"
        assert taken(parts, at) == 2

    def test_a_clock_that_jumps_releases_once(self, parts: Parts, clock: Clock, tomorrow: dt.datetime) -> None:
        bookable(parts)
        at, [person] = slot(parts, tomorrow), people(parts, 1)
        parts.bookings.hold(person, at, TWO, "k")
        for jump in (30, -30, 30):
            clock.advance(minutes=jump)
            parts.due.run()
        assert taken(parts, at) == 0


class TestRules:
    @pytest.mark.parametrize(
        ("changed", "party", "code"),
        [
            ({"state": "paused"}, TWO, "paused"),
            ({}, {"adult": 7}, "too_many"),
            ({}, {}, "nobody"),
            ({}, {"adult": 2, "child": -1}, "nobody"),
            ({}, {"adult": 1, "dog": 1}, "nobody"),
            ({"lead_minutes": 60 * 24 * 3}, TWO, "too_late"),
            ({"ahead_days": 0}, TWO, "too_early"),
        ],
    )
    def test_what_is_not_allowed_takes_nothing(
        self, parts: Parts, clock: Clock, tomorrow: dt.datetime, changed: Any, party: Any, code: str
    ) -> None:
        bookable(parts, **changed)
        at, [person] = slot(parts, tomorrow), people(parts, 1)
        assert refused(lambda: parts.bookings.hold(person, at, party, "k")) == code
        assert (taken(parts, at), parts.rows(Booking)) == (0, [])

    def test_one_person_has_a_limit_over_all_their_bookings(
        self, parts: Parts, clock: Clock, tomorrow: dt.datetime
    ) -> None:
        bookable(parts)
        at, [person] = slot(parts, tomorrow, capacity=20), people(parts, 1)
        parts.bookings.hold(person, at, {"adult": 4}, "a")
        assert refused(lambda: parts.bookings.hold(person, at, {"adult": 3}, "b")) == "too_many"

    def test_a_group_has_all_its_places_or_none(self, parts: Parts, clock: Clock, tomorrow: dt.datetime) -> None:
        bookable(parts)
        at, [one, group] = slot(parts, tomorrow, capacity=4), people(parts, 2)
        parts.bookings.hold(one, at, TWO, "k")
        assert refused(lambda: parts.bookings.hold(group, at, {"adult": 3}, "k")) == "full"
        assert taken(parts, at) == 2

    def test_another_persons_code_is_unknown(self, parts: Parts, clock: Clock, tomorrow: dt.datetime) -> None:
        bookable(parts)
        at, [one, other] = slot(parts, tomorrow), people(parts, 2)
        code = parts.bookings.hold(one, at, TWO, "k").code
        for verb in (parts.bookings.confirm, parts.bookings.cancel, parts.bookings.get):
            assert refused(lambda verb=verb: verb(other, code)) == "unknown_code"

    def test_too_late_to_cancel(self, parts: Parts, clock: Clock, tomorrow: dt.datetime) -> None:
        bookable(parts)
        at, [person] = slot(parts, tomorrow), people(parts, 1)
        code = parts.bookings.confirm(person, parts.bookings.hold(person, at, TWO, "k").code).code
        clock.advance(days=2, hours=-1)
        assert refused(lambda: parts.bookings.cancel(person, code)) == "too_late_to_change"
        assert taken(parts, at) == 2


class TestPapers:
    def test_each_person_names_one_and_it_is_kept_encrypted(
        self, parts: Parts, clock: Clock, tomorrow: dt.datetime
    ) -> None:
        bookable(parts, documents=["id_card", "passport"])
        at, [person] = slot(parts, tomorrow), people(parts, 1)
        code = parts.bookings.hold(person, at, TWO, "k").code
        good = [Guest("王小明", "id_card", CARD), Guest("Ann Lee", "passport", "c01 x00 t47")]
        bad = {
            "guests_missing": good[:1],
            "document_invalid": [good[0], Guest("B", "id_card", "110105194912310021")],
            "document_missing": [good[0], Guest("B", "taiwan_permit", "12345678")],
            "name_missing": [good[0], Guest(" ", "passport", "C01X00T47")],
        }
        for why, guests in bad.items():
            assert refused(lambda guests=guests: parts.bookings.confirm(person, code, guests)) == why
        booked = parts.bookings.confirm(person, code, good)
        assert booked.guests == (("王小明", "id_card", "…002X"), ("Ann Lee", "passport", "…0T47"))
        stored = parts.rows(BookingGuest)[0].document_encrypted
        assert stored is not None and CARD.encode() not in stored
        assert parts.addresses.decrypt(stored) == CARD


class TestMoving:
    def test_all_of_it_or_nothing(self, parts: Parts, clock: Clock, tomorrow: dt.datetime) -> None:
        bookable(parts)
        first, second = slot(parts, tomorrow), slot(parts, tomorrow + dt.timedelta(hours=1), capacity=3)
        [person, other] = people(parts, 2)
        code = parts.bookings.confirm(person, parts.bookings.hold(person, first, TWO, "k").code).code
        parts.bookings.hold(other, second, TWO, "k")
        assert refused(lambda: parts.bookings.move(person, code, second)) == "full"
        assert (taken(parts, first), taken(parts, second)) == (2, 2)
        parts.bookings.cancel(other, parts.bookings.of_contact(other)[0].code)
        moved = parts.bookings.move(person, code, second)
        assert (moved.slot_id, moved.code) == (second, code)
        assert parts.bookings.move(person, code, second) == moved
        assert (taken(parts, first), taken(parts, second)) == (0, 2)
        assert told(parts, "booking_moved") == [(person, "booking_moved")]
        assert [row.not_before for row in parts.rows(Notice, template="booking_reminder", state="queued")] == [
            moved.starts_at - dt.timedelta(hours=24)
        ]

    def test_only_to_the_same_thing(self, parts: Parts, clock: Clock, tomorrow: dt.datetime) -> None:
        bookable(parts)
        bookable(parts, id="bookable:other")
        here, there = slot(parts, tomorrow), slot(parts, tomorrow, of="bookable:other")
        [person] = people(parts, 1)
        code = parts.bookings.confirm(person, parts.bookings.hold(person, here, TWO, "k").code).code
        assert refused(lambda: parts.bookings.move(person, code, there)) == "unknown_slot"


class TestWaiting:
    def test_who_waits_longest_is_offered_what_comes_free(
        self, parts: Parts, clock: Clock, tomorrow: dt.datetime
    ) -> None:
        bookable(parts)
        at, [one, first, second] = slot(parts, tomorrow, capacity=2), people(parts, 3)
        code = parts.bookings.hold(one, at, TWO, "k").code
        assert [parts.waiting.wait(who, at, TWO).before for who in (first, second, first)] == [0, 1, 0]
        parts.bookings.cancel(one, code)
        assert told(parts, "waiting_offer") == [(first, "waiting_offer")]
        [offer] = parts.bookings.of_contact(first)
        assert parts.bookings.confirm(first, offer.code).state == "confirmed"
        assert parts.waiting.waiting(first) == []

    def test_an_offer_nobody_takes_goes_to_the_next(self, parts: Parts, clock: Clock, tomorrow: dt.datetime) -> None:
        bookable(parts)
        at, [one, first, second] = slot(parts, tomorrow, capacity=2), people(parts, 3)
        code = parts.bookings.hold(one, at, TWO, "k").code
        for who in (first, second):
            parts.waiting.wait(who, at, TWO)
        parts.bookings.cancel(one, code)
        clock.advance(minutes=31)
        parts.due.run()
        assert told(parts, "waiting_offer") == [(first, "waiting_offer"), (second, "waiting_offer")]

    def test_single_people_do_not_pass_a_family(self, parts: Parts, clock: Clock, tomorrow: dt.datetime) -> None:
        bookable(parts)
        at, [a, b, family, single, new] = slot(parts, tomorrow, capacity=4), people(parts, 5)
        codes = [parts.bookings.hold(who, at, TWO, "k").code for who in (a, b)]
        parts.waiting.wait(family, at, {"adult": 2, "child": 2})
        parts.waiting.wait(single, at, {"adult": 1})
        parts.bookings.cancel(a, codes[0])
        assert told(parts, "waiting_offer") == []
        assert refused(lambda: parts.bookings.hold(new, at, {"adult": 1}, "k")) == "full"
        [offer] = parts.inventory.slots(
            ENTRY, tomorrow.date() - dt.timedelta(days=1), tomorrow.date() + dt.timedelta(days=1)
        )
        assert offer.left == 0
        parts.bookings.cancel(b, codes[1])
        assert told(parts, "waiting_offer") == [(family, "waiting_offer")]

    def test_but_at_the_last_call_no_place_stays_empty_for_them(
        self, parts: Parts, clock: Clock, tomorrow: dt.datetime
    ) -> None:
        bookable(parts)
        at, [a, b, family, single] = slot(parts, tomorrow, capacity=4), people(parts, 4)
        codes = [parts.bookings.confirm(w, parts.bookings.hold(w, at, TWO, "k").code).code for w in (a, b)]
        parts.waiting.wait(family, at, {"adult": 4})
        parts.waiting.wait(single, at, {"adult": 1})
        parts.bookings.cancel(a, codes[0])
        clock.advance(days=2, hours=-2)
        parts.due.run()
        assert told(parts, "waiting_offer") == [(single, "waiting_offer")]

    def test_an_offer_made_at_night_lasts_until_people_have_read_it(
        self, parts: Parts, clock: Clock, tomorrow: dt.datetime
    ) -> None:
        night = QuietHours.of("22:00-07:00", parts.time_zone)
        parts.offers = Offers(night)  # before anything is built that uses it
        bookable(parts)
        at, [holder, waiting] = slot(parts, tomorrow + dt.timedelta(days=1), 2), people(parts, 2)
        code = parts.bookings.hold(holder, at, TWO, "k").code
        parts.bookings.confirm(holder, code)
        parts.waiting.wait(waiting, at, TWO)
        while not night.at(clock.now()):
            clock.advance(minutes=10)
        parts.bookings.cancel(holder, code)
        [offer] = parts.bookings.of_contact(waiting)
        assert offer.held_until == night.awake(clock.now()) + OFFER
        assert offer.held_until.astimezone(parts.time_zone).time() == dt.time(7, 30)
        [notice] = [row for row in parts.rows(Notice) if row.template == "waiting_offer"]
        assert notice.expires_at == offer.held_until

    def test_nobody_waits_for_what_is_free(self, parts: Parts, clock: Clock, tomorrow: dt.datetime) -> None:
        bookable(parts)
        at, [person] = slot(parts, tomorrow), people(parts, 1)
        assert refused(lambda: parts.waiting.wait(person, at, TWO)) == "not_full"

    def test_who_leaves_the_head_lets_the_others_in(self, parts: Parts, clock: Clock, tomorrow: dt.datetime) -> None:
        bookable(parts)
        at, [a, b, family, single] = slot(parts, tomorrow, capacity=4), people(parts, 4)
        code = parts.bookings.hold(a, at, TWO, "k").code
        parts.bookings.hold(b, at, TWO, "k")
        parts.waiting.wait(family, at, {"adult": 4})
        parts.waiting.wait(single, at, {"adult": 1})
        parts.bookings.cancel(a, code)
        assert parts.waiting.leave(family, at)
        assert told(parts, "waiting_offer") == [(single, "waiting_offer")]
        assert not parts.waiting.leave(family, at)

    def test_the_waiting_ends_with_the_bookings(self, parts: Parts, clock: Clock, tomorrow: dt.datetime) -> None:
        bookable(parts)
        at, [a, first] = slot(parts, tomorrow, capacity=2), people(parts, 2)
        parts.bookings.confirm(a, parts.bookings.hold(a, at, TWO, "k").code)
        parts.waiting.wait(first, at, TWO)
        clock.advance(days=2, minutes=-29)
        parts.due.run()
        assert told(parts, "waiting_lapsed") == [(first, "waiting_lapsed")]


class TestClosing:
    def test_three_hundred_are_told_once_in_their_language(
        self, parts: Parts, clock: Clock, tomorrow: dt.datetime
    ) -> None:
        bookable(parts)
        at = slot(parts, tomorrow, capacity=400)
        everybody = people(parts, 200) + people(parts, 100, "en")
        for person in everybody:
            parts.bookings.confirm(person, parts.bookings.hold(person, at, {"adult": 1}, "k").code)
        assert parts.slot_keeping.close_slot(at, "clerk", "设备检修", "repairs") == 300
        assert parts.slot_keeping.close_slot(at, "clerk") == 0
        assert sorted(told(parts, "booking_closed")) == sorted((person, "booking_closed") for person in everybody)
        assert told(parts, "booking_reminder") == []
        assert (taken(parts, at), {row.state for row in parts.rows(Booking)}) == (0, {"closed"})
        assert refused(lambda: parts.bookings.hold(everybody[0], at, TWO, "new")) == "closed"


def test_many_at_once_for_few_places(parts: Parts, clock: Clock, tomorrow: dt.datetime) -> None:
    bookable(parts)
    at, everybody = slot(parts, tomorrow, capacity=5), people(parts, 24)
    outcomes: list[str] = []

    def book(person: str) -> None:
        try:
            outcomes.append(parts.bookings.hold(person, at, {"adult": 1}, "k").state)
        except Refused as problem:
            outcomes.append(problem.code)

    threads = [threading.Thread(target=book, args=(person,)) for person in everybody]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["full"] * 19 + ["held"] * 5
    assert taken(parts, at) == 5


def test_the_same_request_at_the_same_moment_is_one_hold(parts: Parts, clock: Clock, tomorrow: dt.datetime) -> None:
    bookable(parts)
    at, [person] = slot(parts, tomorrow, capacity=20), people(parts, 1)
    codes: list[str] = []
    threads = [
        threading.Thread(target=lambda: codes.append(parts.bookings.hold(person, at, TWO, "same").code))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(codes), len(set(codes)), taken(parts, at)) == (8, 1, 2)


class TestCodes:
    def test_every_single_slip_and_every_swap_is_found(self) -> None:
        for _ in range(50):
            code = new_code()
            assert read_code(f" {grouped(code).lower()} ") == code
            for at, sign in enumerate(code):
                for other in set(ALPHABET) - {sign}:
                    assert read_code(code[:at] + other + code[at + 1 :]) is None
                if at and code[at - 1] != sign:
                    assert read_code(code[: at - 1] + sign + code[at - 1] + code[at + 1 :]) is None

    @pytest.mark.parametrize("typed", ["", "K7M", "K7M4RXX", "取消一下吧", "K7M-0O1"])
    def test_anything_else_is_none(self, typed: str) -> None:
        assert read_code(typed) is None


class TestInventory:
    """Schedules become slots; the calendar and exceptions may do away with them."""

    def days(self, parts: Parts, clock: Clock, first: int = 0, last: int = 7) -> dict[dt.date, int]:
        today = clock.now().astimezone(parts.time_zone).date()
        offers = parts.inventory.slots(ENTRY, today + dt.timedelta(days=first), today + dt.timedelta(days=last))
        found: dict[dt.date, int] = {}
        for offer in offers:
            if not offer.closed:
                day = offer.starts_at.astimezone(parts.time_zone).date()
                found[day] = found.get(day, 0) + 1
        return found

    def test_days_ahead_have_the_slots_of_their_schedules(self, parts: Parts, clock: Clock) -> None:
        bookable(parts, schedules=[every_day("08:00", "11:00"), every_day("14:00", "15:30")])
        assert set(self.days(parts, clock, 1).values()) == {4}
        assert len(self.days(parts, clock, 1)) == 7
        assert max(self.days(parts, clock, 1, 100)) == clock.now().astimezone(parts.time_zone).date() + dt.timedelta(14)
        assert parts.inventory.extend(ENTRY) == 0

    def test_the_day_of_a_holiday_change_everybody_is_told_once(self, parts: Parts, clock: Clock) -> None:
        days = [0, 1, 2, 3, 4, 5, 6]
        bookable(parts, schedules=[every_day("08:00", "10:00", weekdays=days, holidays="closed", capacity=400)])
        day = clock.now().astimezone(parts.time_zone).date() + dt.timedelta(days=3)
        before = self.days(parts, clock, 1)
        offers = parts.inventory.slots(ENTRY, day, day)
        everybody = people(parts, 3) + people(parts, 2, "en")
        for person in everybody:
            parts.bookings.confirm(person, parts.bookings.hold(person, offers[0].slot_id, TWO, "k").code)
        holiday(parts, day)
        for _ in range(3):
            parts.slot_keeping.follow_schedules("", clock.now())
        after = self.days(parts, clock, 1)
        assert {each for each in before if each not in after} == {day}
        assert sorted(told(parts, "booking_closed")) == sorted((person, "booking_closed") for person in everybody)
        closed = parts.inventory.slots(ENTRY, day, day)
        assert {(each.closed, each.reason_zh) for each in closed} == {(True, "城市日")}

    def test_a_day_taken_off_by_staff(self, parts: Parts, clock: Clock) -> None:
        bookable(parts, schedules=[every_day("08:00", "10:00")])
        day = clock.now().astimezone(parts.time_zone).date() + dt.timedelta(days=3)
        self.days(parts, clock)
        with parts.db.write() as session:
            session.add(ScheduleException(bookable_id=ENTRY, day=day, reason_zh="检修", reason_en="repairs"))
        parts.slot_keeping.follow_schedules("", clock.now())
        assert day not in self.days(parts, clock)

    def test_a_slot_that_staff_added_stays(self, parts: Parts, clock: Clock) -> None:
        bookable(parts, schedules=[every_day("08:00", "10:00")])
        own = slot(parts, clock.now() + dt.timedelta(days=2))
        parts.slot_keeping.follow_schedules("", clock.now())
        assert parts.row(Slot, id=own).closed_at is None

    def test_the_city_has_things_to_book(self, city: Parts) -> None:
        kinds = {each.kind for each in city.pack.bookables}
        assert kinds == {"entry", "appointment", "service", "tour"}


def holiday(parts: Parts, day: dt.date) -> None:
    with parts.db.write() as session:
        session.add(
            CalendarDay(
                date=day, kind="public_holiday", name_zh="城市日", name_en="City day", source="通知", author="clerk"
            )
        )
