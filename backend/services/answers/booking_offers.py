"""What there is for a wish: asks for what is missing, lists times to pick from by number, or settles on one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from backend.models import Bookable
from backend.services.answers import booking_making as making
from backend.services.answers import booking_reading as reading
from backend.services.answers import booking_search as search
from backend.services.answers import booking_words as words
from backend.services.answers.asking import Answered
from backend.services.answers.booking_making import Case
from backend.services.answers.booking_search import Time
from backend.services.answers.booking_talk import Talk
from backend.services.answers.booking_wishes import Wish, size
from backend.services.booking_views import Refused
from backend.services.replies import Choice
from backend.wording import t

# As many times as an SMS has room for beside the question.
MOST_TIMES = 4
MOST_THINGS = 6
# Of these one buys a number; a doctor or a plumber comes for one.
_COUNTED = frozenset({"entry", "tour"})


def offer(case: Case, wish: Wish, ordered: bool) -> Answered:
    """The next step towards a booking. `ordered`: the message was an order, not a question."""
    desk, asking = case.desk, case.asking
    found = search.matching(desk, asking, wish)
    if not found:
        return _nothing_to_book(case, wish)
    if len(found) > 1 and not _alike(found):
        return _ask_which(case, wish, found)
    if len(found) == 1:
        wish = replace(wish, bookable=found[0].id)
    if wish.party is None and found[0].kind in _COUNTED:
        return _ask_size(case, wish, found[0])
    times = search.times(desk, found, *search.days(wish.when, asking.now.date()))
    fitting = [time for time in times if wish.when.holds(time.starts)]
    free = [time for time in fitting if time.offer.left >= size(wish.party)]
    if len(free) == 1 and wish.when.day is not None:
        return pick(case, wish, free[0].offer.slot_id, sure=ordered and _may_be_undone(case, free[0]))
    if free:
        return listed(case, wish, search.spread(free, MOST_TIMES))
    return alternatives(case, wish, found, [time.offer.slot_id for time in fitting])


def pick(case: Case, wish: Wish, slot_id: int, sure: bool) -> Answered:
    """Settles on a time; where it went away this very moment, what else there is. Raises Refused."""
    try:
        return making.settle(case, wish, slot_id, sure)
    except Refused as refused:
        case = replace(case, talk=Talk(moves=case.talk.moves))
        slot = case.desk.inventory.slot(slot_id)
        if slot is not None and refused.code in ("full", "closed"):
            starts = slot.starts_at.astimezone(case.desk.zone)
            wish = replace(wish, when=reading.When(day=starts.date(), time=starts.time()))
            return alternatives(case, wish, [slot.bookable], [slot_id] if refused.code == "full" else [])
        if refused.code != "too_many":
            raise
        return case.say(Talk("open", replace(wish, party=None)), words.refused(case.desk, case.asking, refused))


def other_times(case: Case, wish: Wish, direction: str | None) -> Answered:
    """Times beside those that were shown, earlier or later ones where that is wanted."""
    found = search.matching(case.desk, case.asking, wish)
    today = case.asking.now.date()
    first, last = search.days(replace(wish.when, part=None, time=None), today)
    shown = {value for _, value, _ in case.talk.options}
    times = [
        time
        for time in search.times(case.desk, found, first, max(last, first + search.AHEAD))
        if time.offer.left >= size(wish.party)
    ]
    known = [time.starts for time in times if str(time.offer.slot_id) in shown]
    others = [time for time in times if str(time.offer.slot_id) not in shown]
    if direction == "earlier" and known:
        others = [time for time in others if time.starts < min(known)]
    elif direction == "later" and known:
        others = [time for time in others if time.starts > max(known)]
    if not others:
        return alternatives(case, wish, found, [])
    return listed(case, wish, search.nearest(others, wish.when, MOST_TIMES))


def _nothing_to_book(case: Case, wish: Wish) -> Answered:
    asking, kind = case.asking, search.kind_of(wish)
    place = wish.places[0] if wish.places else None
    if place or wish.departments or kind:
        return case.say(Talk(), words.cannot(case.desk, asking, place, kind), focus=place)
    unknown = asking.not_found()
    if unknown:
        hint = t(asking.lang, "booktalk-ask-what-hint", example=asking.city.example_place[asking.lang])
        return case.say(Talk("what", wish), words.plain("book_ask_what", asking, "unknown-place", [hint], name=unknown))
    return _ask_which(case, wish, case.desk.inventory.bookables("entry"))


def _ask_which(case: Case, wish: Wish, found: list[Bookable]) -> Answered:
    asking = case.asking
    hint = t(asking.lang, "booktalk-ask-what-hint", example=asking.city.example_place[asking.lang])
    key = "booktalk-ask-which" if wish.places or search.kind_of(wish) else "booktalk-ask-what"
    choices = [
        Choice(words.what(one, asking.lang)[:60], f"book:what:{one.id}", "book", {"bookable": one.id})
        for one in found[:MOST_THINGS]
    ]
    reply = replace(words.plain("book_ask_what", asking, key, [hint]), choices=choices)
    return case.say(Talk("what", wish, options=words.options(choices)), reply)


def _ask_size(case: Case, wish: Wish, bookable: Bookable) -> Answered:
    asking = case.asking
    when = words.wished(wish.when, asking)
    key = "booktalk-ask-size" if when else "booktalk-ask-day-size"
    reply = words.plain("book_ask_size", asking, key, what=words.what(bookable, asking.lang), when=when)
    return case.say(Talk("open", wish), reply, focus=bookable.place_id)


def listed(
    case: Case, wish: Wish, shown: Sequence[Time], waits: Sequence[int] = (), key: str = "booktalk-ask-slot"
) -> Answered:
    """Times to pick from by number, and the waiting list of one that is full."""
    asking = case.asking
    # What is the same for all is said above: the day, and what it is.
    days = {time.starts.date() for time in shown} | ({wish.when.day} if wish.when.day else set())
    several = len({time.bookable.id for time in shown}) > 1
    bookable = shown[0].bookable if shown else case.desk.inventory.bookable(wish.bookable)
    said = words.offered(bookable, words.counted(wish.party), several, asking)
    if key == "booktalk-ask-slot" and len(days) > 1:
        key = "booktalk-ask-slot-days"
    day = words.wished(reading.When(day=min(days)), asking)
    reply = words.plain("book_times", asking, key, day=day, when=words.wished(wish.when, asking) or day, **said)
    choices = [words.slot_choice(time, several, len(days) > 1, asking) for time in shown]
    choices += [words.wait_choice(slot_id, asking.lang) for slot_id in waits[:1]]
    # That no venue has confirmed it is said with the time picked: beside the choices an SMS has no room for it.
    reply = replace(reply, choices=choices, source=words.source(bookable) if bookable else None)
    talk = Talk("slot", wish, moves=case.talk.moves, options=words.options(choices))
    return case.say(talk, reply, focus=bookable.place_id if bookable else None)


def alternatives(case: Case, wish: Wish, found: list[Bookable], full: Sequence[int]) -> Answered:
    """Where there is no room: the nearest times that have some, and the waiting list of the one wanted."""
    asking = case.asking
    if len(found) == 1:
        wish = replace(wish, bookable=found[0].id)
    today = asking.now.date()
    first, last = search.days(wish.when, today)
    times = search.times(case.desk, found, today, max(last, first + search.AHEAD)) if found else []
    free = [time for time in times if time.offer.left >= size(wish.party)]
    near = search.nearest(free, wish.when, MOST_TIMES - 1)
    waits = () if case.talk.moves else full
    if near or (waits and wish.bookable):
        return listed(case, wish, near, waits, "booktalk-full-others" if full else "booktalk-none-others")
    service = t(asking.lang, "ask-service-line", service=case.desk.city.service_number)
    what = words.what(found[0], asking.lang) if found else ""
    reply = words.plain(
        "book_none", asking, "booktalk-none", [service], what=what, when=words.wished(wish.when, asking)
    )
    return case.say(Talk("open", wish), reply)


def _alike(found: list[Bookable]) -> bool:
    """Whether one may as well be offered the times of all of them: doctors of one department, guides of one kind."""
    return (
        len(found) <= MOST_TIMES
        and found[0].kind != "entry"
        and len({(one.kind, one.department) for one in found}) == 1
    )


def _may_be_undone(case: Case, time: Time) -> bool:
    """Whether the booking can still be cancelled, and is paid at the venue: nobody loses anything by a mistake."""
    minutes = (time.starts - case.asking.now).total_seconds() / 60
    return time.bookable.payment == "venue" and minutes > time.bookable.cancel_minutes
