"""From a time that somebody picked to the booking: the places held, the guests named, the code read back.

Every write is done under a key made of the turn's id or is one that may be said twice, and what a turn has held already
is looked up first: a turn that is answered again gives the same booking, however the places have changed meanwhile.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from backend.services.answers import booking_words as words
from backend.services.answers.asking import Answered, Asking, Desk
from backend.services.answers.booking_talk import Talk
from backend.services.answers.booking_wishes import Wish
from backend.services.booking_codes import grouped
from backend.services.booking_views import BookingView, Guest, Refused
from backend.services.guest_documents import guess_kind
from backend.services.replies import Reply
from backend.wording import t


@dataclass(frozen=True)
class Case:
    """A turn about a booking: whose it is, and what is in talk."""

    desk: Desk
    asking: Asking
    contact: str
    talk: Talk

    @property
    def key(self) -> str:
        """The idempotency key of what this turn holds."""
        return f"turn/{self.asking.turn_id}"

    def say(self, talk: Talk, *replies: Reply, focus: str | None = None) -> Answered:
        """An answer, with what the next turn has to know of the booking."""
        asking = self.asking
        asked, pending = talk.kept(asking)
        return Answered(
            list(replies), focus or asking.focus, asking.results, asking.offset, pending=pending, asked=asked
        )


def settle(case: Case, wish: Wish, slot_id: int, sure: bool) -> Answered:
    """Holds the places of a time, and makes the booking where that is sure and nothing more has to be known.

    Raises Refused.
    """
    talk = case.talk
    if talk.code and talk.step in ("yes", "guests"):
        release(case)
    held = case.desk.bookings.hold(case.contact, slot_id, words.counted(wish.party), case.key)
    return held_answer(case, wish, held, sure)


def held_answer(case: Case, wish: Wish, held: BookingView, sure: bool) -> Answered:
    """What is said of places held: who comes, or whether it is right; the code where the booking is made."""
    asking, lang = case.asking, case.asking.lang
    talk = Talk("yes", replace(wish, bookable=held.bookable_id), held.code, slot=str(held.slot_id))
    if held.state != "held":
        return booked_answer(case, held, talk.wish)
    bookable = case.desk.inventory.bookable(held.bookable_id)
    said = words.values(held, asking, case.desk)
    said["price"] = words.price_words(held.price_fen, "", lang)  # where it is paid is said with the code
    until = f"{(held.held_until or asking.now).astimezone(case.desk.zone):%H:%M}"
    if held.documents:
        reply = words.plain("book_guests", asking, "booktalk-ask-guests", until=until, count=held.size, **said)
        reply = words.unconfirmed(reply, bookable)
        return case.say(replace(talk, step="guests"), reply, focus=held.place_id)
    if sure:
        return confirm(case, talk, [])
    lines = [words.bring_line(held, lang)]
    reply = words.plain("book_confirm", asking, "booktalk-ask-yes", lines, until=until, **said)
    reply = words.unconfirmed(replace(reply, choices=words.yes_or_no(lang, "yes", "no")), bookable)
    return case.say(talk, reply, focus=held.place_id)


def confirm(case: Case, talk: Talk, guests: Sequence[tuple[str, str]]) -> Answered:
    """Makes the booking that is held. What was released meanwhile is held again, if there is still room.

    Raises Refused.
    """
    desk, contact = case.desk, case.contact
    try:
        booked = desk.bookings.confirm(contact, talk.code, _guests(case, talk.code, guests), answered=True)
    except Refused as refused:
        if refused.code != "lapsed" or not talk.slot:
            raise
        held = desk.bookings.hold(contact, int(talk.slot), words.counted(talk.wish.party), case.key)
        booked = desk.bookings.confirm(contact, held.code, _guests(case, held.code, guests), answered=True)
    return booked_answer(case, booked, talk.wish)


def booked_answer(case: Case, booked: BookingView, wish: Wish, key: str = "booktalk-booked") -> Answered:
    """The code, read back with what it is for, what to bring and how to undo it."""
    asking, code = case.asking, grouped(booked.code)
    lines = [
        words.bring_line(booked, asking.lang),
        t(asking.lang, "booktalk-how-cancel", code=code),
        t(asking.lang, "booktalk-how-change"),
    ]
    reply = words.plain("booked", asking, key, lines, code=code, **words.values(booked, asking, case.desk))
    reply = words.unconfirmed(reply, case.desk.inventory.bookable(booked.bookable_id))
    return case.say(Talk("done", replace(wish, bookable=booked.bookable_id), booked.code), reply, focus=booked.place_id)


def release(case: Case) -> None:
    """Gives up the places held for a wish that has changed. That they are gone already is all right."""
    with suppress(Refused):
        case.desk.bookings.cancel(case.contact, case.talk.code)


def wait(case: Case, slot_id: int) -> Answered:
    """Puts the person on the waiting list of a time. Raises Refused."""
    desk, asking, talk = case.desk, case.asking, case.talk
    guests = words.counted(talk.wish.party)
    waits = desk.waiting.wait(case.contact, slot_id, guests)
    slot = desk.inventory.slot(slot_id)
    assert slot is not None, "one waits for a slot there is"
    said = words.moment_of(slot, guests, asking, desk)
    reply = words.plain("book_waiting", asking, "booktalk-waiting", before=waits.before, **said)
    return case.say(Talk("done", talk.wish), reply, focus=slot.bookable.place_id)


def _guests(case: Case, code: str, typed: Sequence[tuple[str, str]]) -> list[Guest]:
    """Names and papers as typed, with the kind that each paper can be of those that are asked for."""
    wanted = case.desk.bookings.get(case.contact, code).documents
    found = []
    for name, number in typed:
        kind = guess_kind(number) if number else None
        if number and kind not in wanted:
            kind = "passport" if "passport" in wanted and kind is None else wanted[0] if wanted else ""
        found.append(Guest(name, kind or "", number))
    return found
