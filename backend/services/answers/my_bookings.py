"""The bookings a person has: listed, cancelled, changed; and the places on waiting lists."""

from __future__ import annotations

from dataclasses import replace

from backend.services.answers import booking_changes as changes
from backend.services.answers import booking_reading as reading
from backend.services.answers import booking_search as search
from backend.services.answers import booking_words as words
from backend.services.answers.asking import Answered
from backend.services.answers.booking_making import Case
from backend.services.answers.booking_talk import Talk
from backend.services.answers.booking_wishes import Wish, read
from backend.services.booking_codes import grouped
from backend.services.booking_views import BookingView, Refused, WaitingView
from backend.services.values.reading import Pattern, plain
from backend.wording import t

MOST_SHOWN = 5
_ALL = Pattern(r"全部|所有|全都|全[退取]|都[退取不]|\ball\b|\bboth\b|\beverything\b")
_WAITING = Pattern(r"候补|排队|不排|不等|\bwait(?:ing|list)?\b|\bqueue\b")


def shown(case: Case) -> Answered:
    """The booking in talk once more."""
    return _one(case, case.desk.bookings.get(case.contact, case.talk.code)) if case.talk.code else mine(case)


def mine(case: Case) -> Answered:
    """What is booked and waited for, the soonest first; the one of a code where a code is named."""
    asking, lang = case.asking, case.asking.lang
    code = reading.code(asking.text)
    if code:
        try:
            one = case.desk.bookings.get(case.contact, code)
        except Refused as refused:
            return case.say(case.talk, words.refused(case.desk, asking, refused))
        return _one(case, one)
    booked = _about(case, case.desk.bookings.of_contact(case.contact))
    waits = [entry for entry in case.desk.waiting.waiting(case.contact) if entry.state == "waiting"]
    if len(booked) == 1 and not waits:
        return _one(case, booked[0])
    if not booked and not waits:
        hint = t(lang, "booktalk-mine-none-hint", example=asking.city.example_place[lang])
        return case.say(case.talk, words.plain("bookings_none", asking, "booktalk-mine-none", [hint]))
    lines = [words.line(number, one, asking, case.desk) for number, one in enumerate(booked[:MOST_SHOWN], start=1)]
    lines += [_wait_line(case, number, one) for number, one in enumerate(waits[:MOST_SHOWN], start=len(lines) + 1)]
    if not booked and len(waits) == 1:
        said = _waited(case, waits[0])
        return case.say(case.talk, words.plain("bookings", asking, "booktalk-mine-one-waiting", **said))
    reply = words.plain("bookings", asking, "booktalk-mine", lines, count=len(booked) + len(waits))
    choices = [words.about(one, "my_bookings", grouped(one.code)) for one in booked[:MOST_SHOWN]]
    return case.say(case.talk, replace(reply, choices=choices))


def cancel(case: Case) -> Answered:
    """Gives a booking back. What names it clearly is done at once; else what is meant is asked first."""
    asking = case.asking
    code = reading.code(asking.text) or next(iter(asking.named.get("code", [])), "")
    if code:
        return _cancelled(case, [code])
    if _WAITING.search(plain(asking.text)):
        left = [entry for entry in case.desk.waiting.waiting(case.contact) if entry.state in ("waiting", "offered")]
        for entry in left:
            case.desk.waiting.leave(case.contact, entry.slot_id)
        if left:
            return case.say(Talk(), words.plain("book_left", asking, "booktalk-left"))
    every = case.desk.bookings.of_contact(case.contact)
    booked = _about(case, every)
    if not every:
        return mine(replace(case, asking=replace(asking, text="")))
    if _ALL.search(plain(asking.text)) and len(booked) > 1:
        codes = tuple(("code", one.code, "") for one in booked)
        reply = words.plain("book_cancel", asking, "booktalk-ask-cancel-all", count=len(codes))
        reply = replace(reply, choices=words.yes_or_no(asking.lang, "cancel-all", "keep"))
        return case.say(Talk("cancel", options=codes), reply)
    in_talk = [one for one in booked if one.code == case.talk.code]
    if len(booked) > 1 and len(in_talk) != 1:
        return _which(case, booked, "booktalk-which-cancel", "cancel_booking")
    return ask_cancel(case, (in_talk or booked)[0])


def ask_cancel(case: Case, one: BookingView) -> Answered:
    """Whether this is the one to be given back."""
    asking = case.asking
    said = words.values(one, asking, case.desk)
    reply = words.plain("book_cancel", asking, "booktalk-ask-cancel", code=grouped(one.code), **said)
    reply = replace(reply, choices=words.yes_or_no(asking.lang, "cancel", "keep", one.code))
    return case.say(Talk("cancel", Wish(bookable=one.bookable_id), one.code), reply, focus=one.place_id)


def cancelled(case: Case) -> Answered:
    """What we asked about is given back: the person has said yes."""
    return _cancelled(case, [code for _, code, _ in case.talk.options] or [case.talk.code])


def kept(case: Case) -> Answered:
    """It is not given back after all."""
    talk = replace(case.talk, step="done", options=())
    return case.say(talk, words.plain("book_kept", case.asking, "booktalk-kept"))


def change(case: Case) -> Answered:
    """Another time or number for a booking: the one named, the one in talk, the only one; else asks which."""
    asking, desk = case.asking, case.desk
    code = reading.code(asking.text) or next(iter(asking.named.get("code", [])), "")
    if code:
        try:
            text = reading.without_code(asking.text)
            case = replace(case, asking=replace(asking, text=text, times=asking.times_in(text)))
            return changes.changed(case, desk.bookings.get(case.contact, code), read(case.asking))
        except Refused as refused:
            return case.say(case.talk, words.refused(desk, asking, refused))
    booked = _about(case, [one for one in desk.bookings.of_contact(case.contact) if one.state == "confirmed"])
    if not booked:
        return mine(replace(case, asking=replace(asking, text="")))
    in_talk = [one for one in booked if one.code == case.talk.code]
    if len(booked) > 1 and len(in_talk) != 1:
        return _which(case, booked, "booktalk-which-change", "change_booking")
    return changes.changed(case, (in_talk or booked)[0], read(asking))


def _cancelled(case: Case, codes: list[str]) -> Answered:
    asking = case.asking
    try:
        gone = [case.desk.bookings.cancel(case.contact, code, answered=True) for code in codes]
    except Refused as refused:
        return case.say(Talk(), words.refused(case.desk, asking, refused))
    one = gone[0]
    if len(gone) > 1:
        return case.say(Talk(), words.plain("book_cancelled", asking, "booktalk-cancelled-all", count=len(gone)))
    said = words.values(one, asking, case.desk)
    reply = words.plain("book_cancelled", asking, "booktalk-cancelled", code=grouped(one.code), **said)
    still = case.talk.open and case.talk.step != "cancel" and case.talk.code not in codes
    return case.say(case.talk if still else Talk(), reply, focus=one.place_id)


def _one(case: Case, one: BookingView) -> Answered:
    asking, lang, code = case.asking, case.asking.lang, grouped(one.code)
    state = t(lang, "booktalk-state-held") if one.state == "held" else ""
    lines = [words.bring_line(one, lang), t(lang, "booktalk-how-cancel", code=code), t(lang, "booktalk-how-change")]
    said = words.values(one, asking, case.desk)
    reply = words.plain("bookings", asking, "booktalk-mine-one", lines, code=code, state=state, **said)
    talk = Talk("yes" if one.state == "held" else "done", Wish(bookable=one.bookable_id), one.code)
    return case.say(case.talk if case.talk.open else talk, reply, focus=one.place_id)


def _which(case: Case, booked: list[BookingView], key: str, intent: str) -> Answered:
    asking = case.asking
    choices = [words.about(one, intent, words.line(None, one, asking, case.desk)) for one in booked[:MOST_SHOWN]]
    reply = replace(words.plain("book_which", asking, key), choices=choices)
    return case.say(Talk("which", read(asking)), reply)


def _about(case: Case, booked: list[BookingView]) -> list[BookingView]:
    """Of several bookings those that the message speaks of by place, kind or day; all, where it speaks of none."""
    wish = read(case.asking)
    found = booked
    if wish.places:
        found = [one for one in found if one.place_id in wish.places]
    kind = search.kind_of(wish)
    if kind and not wish.places:
        of_kind = {bookable.id for bookable in case.desk.inventory.bookables(kind)}
        found = [one for one in found if one.bookable_id in of_kind]
    if case.asking.intent != "change_booking" and wish.when.day is not None:
        days = search.days(wish.when, case.asking.now.date())
        on_days = [one for one in found if days[0] <= one.starts_at.astimezone(case.desk.zone).date() <= days[1]]
        found = on_days or found
    return found or booked


def _waited(case: Case, entry: WaitingView) -> dict[str, object]:
    slot = case.desk.inventory.slot(entry.slot_id)
    assert slot is not None, "one waits for a slot there is"
    said = words.moment_of(slot, {"adult": entry.size}, case.asking, case.desk)
    return {**said, "before": entry.before}


def _wait_line(case: Case, number: int, entry: WaitingView) -> str:
    return t(case.asking.lang, "booktalk-wait-line", number=number, **_waited(case, entry))
