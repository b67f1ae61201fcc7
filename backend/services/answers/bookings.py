"""Bookings by talking: what a message means for the booking in talk, and who answers it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from backend.services.answers import booking_changes as changes
from backend.services.answers import booking_making as making
from backend.services.answers import booking_offers as offers
from backend.services.answers import booking_reading as reading
from backend.services.answers import booking_search as search
from backend.services.answers import booking_words as words
from backend.services.answers import complaints, my_bookings
from backend.services.answers.asking import Answered, Asking, Desk
from backend.services.answers.booking_making import Case
from backend.services.answers.booking_talk import Talk
from backend.services.answers.booking_wishes import Wish, read
from backend.services.answers.ordinals import position_in_list
from backend.services.booking_views import Refused
from backend.wording import t

Step = Callable[[Case], Answered]


def book(desk: Desk, asking: Asking) -> Answered:
    """A wish to book, or the answer to a question of ours about a booking."""
    return _by_its_person(desk, asking, _book)


def mine(desk: Desk, asking: Asking) -> Answered:
    """The bookings of the person."""
    return _by_its_person(desk, asking, my_bookings.mine)


def cancel(desk: Desk, asking: Asking) -> Answered:
    """Gives a booking back."""
    return _by_its_person(desk, asking, my_bookings.cancel)


def change(desk: Desk, asking: Asking) -> Answered:
    """Another time or number for a booking."""
    return _by_its_person(desk, asking, my_bookings.change)


def _by_its_person(desk: Desk, asking: Asking, step: Step) -> Answered:
    contact = desk.conversations.contact_of(asking.conversation_id)
    if contact is None:  # a preview: nobody is there to book
        reply = words.plain("book_nobody", asking, "booktalk-nobody")
        return Answered([reply], asking.focus, asking.results, asking.offset)
    case = Case(desk, asking, contact, Talk.of(asking))
    try:
        return step(case)
    except Refused as refused:
        return case.say(replace(case.talk, step="done"), words.refused(desk, asking, refused))


def _book(case: Case) -> Answered:
    asking, talk, named = case.asking, case.talk, case.asking.named
    done = case.desk.bookings.of_key(case.contact, case.key)
    if done is not None:  # this turn was answered before, and the answer was lost on the way
        return making.held_answer(case, talk.wish.then(read(asking)), done, sure=bool(named.get("slot")))
    if named.get("again"):
        return _again(case)
    if named.get("slot"):
        return _picked(case, talk.wish, int(named["slot"][0]))
    if named.get("wait"):
        return making.wait(case, int(named["wait"][0]))
    if named.get("bookable"):
        wish = replace(talk.wish, bookable=named["bookable"][0])
        return offers.offer(case, wish, ordered=False)
    if talk.open:
        said = next(iter(named.get("say", [])), "")
        answered = _answered(case, said == "yes" or reading.yes(asking.text), said == "no" or reading.no(asking.text))
        if answered is not None:
            return answered
    code = reading.code(asking.text)
    if code and not talk.open:
        return _accepted(case, code)
    wish = (talk.wish if talk.open else Wish()).then(_read(case))
    # What was asked about is not ordered by saying more of it.
    ordered = talk.step != "yes" and not reading.asks(asking.text) and not reading.asks(wish.words)
    return offers.offer(case, wish, ordered)


def _read(case: Case) -> Wish:
    """What the message says; a complaint says which doctor."""
    said = read(case.asking, counts=case.talk.step == "open")
    if said.departments or search.kind_of(said) != "appointment":
        return said
    advice = complaints.advice_on(case.desk, case.asking)
    return said if advice is None else replace(said, departments=tuple(advice.departments))


def _again(case: Case) -> Answered:
    """Our question, or the booking, once more."""
    talk = case.talk
    if talk.open and not talk.code and not talk.moves:
        return offers.offer(case, talk.wish, ordered=False)
    if talk.open and talk.step in ("yes", "guests"):
        held = case.desk.bookings.get(case.contact, talk.code)
        return making.held_answer(case, talk.wish, held, sure=False)
    return my_bookings.shown(case)


def _answered(case: Case, yes: bool, no: bool) -> Answered | None:
    """The answer to our question, where the message is one by itself; None where it says more of the wish."""
    asking, talk, text = case.asking, case.talk, case.asking.text
    no = no or asking.intent in ("cancel", "cancel_booking")
    if talk.step == "cancel":
        if yes or (no and asking.intent == "cancel_booking"):
            return my_bookings.cancelled(case)
        return my_bookings.kept(case) if no else None
    if no:
        return _dropped(case)
    if talk.step == "yes" and yes:
        return making.confirm(case, talk, [])
    if talk.step in ("change", "which"):
        return my_bookings.change(case) if talk.step == "change" else None
    if talk.step == "guests":
        return _guests(case)
    if talk.step == "slot":
        return _from_list(case, position_in_list(text))
    return None


def _from_list(case: Case, position: int | None) -> Answered | None:
    talk, asking = case.talk, case.asking
    slots = [value for name, value, _ in talk.options if name == "slot"]
    bare = asking.text.strip()
    if position is None and bare.isascii() and bare.isdigit():
        position = int(bare)
    if position is not None and -1 <= position <= len(slots) and position:
        return _picked(case, talk.wish, int(slots[position - 1 if position > 0 else -1]))
    if reading.yes(asking.text) and len(slots) == 1:
        return _picked(case, talk.wish, int(slots[0]))
    if reading.wants_to_wait(asking.text):
        waits = [value for name, value, _ in talk.options if name == "wait"]
        return making.wait(case, int(waits[0])) if waits else None
    direction = reading.direction(asking.text)
    if direction is not None or asking.intent == "more":
        return offers.other_times(case, talk.wish, direction)
    if talk.moves:
        return changes.changed(case, case.desk.bookings.get(case.contact, talk.moves), read(asking))
    return None


def _picked(case: Case, wish: Wish, slot_id: int) -> Answered:
    """A time taken from a list is a clear yes."""
    if case.talk.moves:
        return changes.move_to(case, case.talk.moves, slot_id)
    return offers.pick(case, wish, slot_id, sure=True)


def _guests(case: Case) -> Answered | None:
    """Who comes, as typed; asks again where not all are named."""
    asking, talk = case.asking, case.talk
    held = case.desk.bookings.get(case.contact, talk.code)
    guests = reading.guests(asking.text)
    if not any(number for _, number in guests):
        if asking.times or reading.party(asking.text) is not None:
            return None
    elif len(guests) == held.size:
        try:
            return making.confirm(case, talk, guests)
        except Refused as refused:
            if refused.code not in ("document_invalid", "document_missing", "name_missing"):
                raise
            return case.say(talk, words.refused(case.desk, asking, refused))
    return case.say(talk, words.plain("book_guests", asking, "booktalk-guests-missing", size=held.size))


def _dropped(case: Case) -> Answered:
    """Nothing is booked after all; what was held is free again."""
    held = bool(case.talk.code) and case.talk.step in ("yes", "guests")
    if held:
        making.release(case)
    # By SMS the word alone may mean all messages: we say which of the two was done.
    meant = t(case.asking.lang, "booktalk-not-opted-out") if case.asking.text.strip().lower() == "cancel" else ""
    key = "booktalk-dropped-held" if held else "booktalk-dropped"
    return case.say(Talk(), words.plain("book_dropped", case.asking, key, [meant]))


def _accepted(case: Case, code: str) -> Answered:
    """A hold made a booking by naming its code, as whoever waited is asked to; another's code is none."""
    booking = case.desk.bookings.get(case.contact, code)
    return making.held_answer(case, Wish(bookable=booking.bookable_id), booking, sure=True)
