"""Another time, or another number of people, for a booking that was made."""

from __future__ import annotations

from dataclasses import replace

from backend.services.answers import booking_making as making
from backend.services.answers import booking_offers as offers
from backend.services.answers import booking_reading as reading
from backend.services.answers import booking_search as search
from backend.services.answers import booking_words as words
from backend.services.answers.asking import Answered
from backend.services.answers.booking_making import Case
from backend.services.answers.booking_reading import When
from backend.services.answers.booking_talk import Talk
from backend.services.answers.booking_wishes import Wish, changed_by
from backend.services.booking_codes import grouped
from backend.services.booking_views import BookingView, Refused
from backend.services.values import Party


def changed(case: Case, booking: BookingView, said: Wish) -> Answered:
    """The booking with what the message says of another time or number; asks for it where it says nothing.

    Raises Refused.
    """
    asking = case.asking
    party = _party(booking, said, asking.text)
    direction = reading.direction(asking.text)
    if said.when == When() and direction is None:
        if party is None:
            return _ask(case, booking)
        resized = case.desk.party_changes.resize(case.contact, booking.code, words.counted(party), case.key)
        return making.booked_answer(case, resized, said, "booktalk-moved")
    if party is not None:
        booking = case.desk.party_changes.resize(case.contact, booking.code, words.counted(party), case.key)
    return _moved(case, booking, said.when, direction)


def move_to(case: Case, code: str, slot_id: int) -> Answered:
    """Moves a booking to a time that was picked. Raises Refused."""
    booking = case.desk.bookings.move(case.contact, code, slot_id, answered=True)
    return making.booked_answer(case, booking, case.talk.wish, "booktalk-moved")


def _moved(case: Case, booking: BookingView, when: When, direction: str | None) -> Answered:
    desk, asking = case.desk, case.asking
    starts = booking.starts_at.astimezone(desk.zone)
    bookable = desk.inventory.bookable(booking.bookable_id)
    if bookable is None:
        raise Refused("paused")
    now_at = When(day=starts.date(), time=starts.time())
    wanted = now_at.then(when)
    wish = Wish(bookable=bookable.id, when=wanted, party=Party(total=booking.size))
    if when.day in (None, starts.date()) and direction is None and wanted.holds(starts):
        said = words.values(booking, asking, desk)
        reply = words.plain("book_unchanged", asking, "booktalk-unchanged", code=grouped(booking.code), **said)
        return case.say(Talk("done", wish, booking.code), reply, focus=booking.place_id)
    times = search.times(desk, [bookable], *search.days(wanted, asking.now.date()))
    free = [time for time in times if time.offer.left >= booking.size and time.offer.slot_id != booking.slot_id]
    if direction is not None and when.time is None and when.day is None:
        free = [time for time in free if (time.starts < starts) == (direction == "earlier")]
        wish = replace(wish, when=replace(wanted, time=None))
    else:
        free = [time for time in free if wanted.holds(time.starts)]
    case = replace(case, talk=Talk(moves=booking.code))
    # "Later" said twice would move it twice, as a turn that is answered again does.
    if len(free) == 1 and direction is None:
        return move_to(case, booking.code, free[0].offer.slot_id)
    if free:
        return offers.listed(case, wish, search.nearest(free, now_at, offers.MOST_TIMES))
    return offers.alternatives(case, wish, [bookable], [])


def _party(booking: BookingView, said: Wish, text: str) -> Party | None:
    """The party as it is to be; None where nothing is said of it."""
    kinds = {"adults": "adult", "children": "child", "seniors": "senior"}
    by = reading.more_or_fewer(text)
    if by is not None:
        now = Party(**{name: booking.party.get(kind) for name, kind in kinds.items()}, total=booking.size)
        return changed_by(now, *by)
    return said.party


def _ask(case: Case, booking: BookingView) -> Answered:
    asking = case.asking
    said = words.values(booking, asking, case.desk)
    reply = words.plain("book_change", asking, "booktalk-ask-change", code=grouped(booking.code), **said)
    talk = Talk("change", Wish(bookable=booking.bookable_id), booking.code)
    return case.say(talk, reply, focus=booking.place_id)
