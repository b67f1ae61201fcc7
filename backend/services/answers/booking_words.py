"""How bookings are said: what, when, for how many, at which price, and what to bring."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace

from backend.models import Bookable, Slot
from backend.services.answers import facts
from backend.services.answers.asking import Asking, Desk
from backend.services.answers.booking_reading import When
from backend.services.answers.booking_search import Time
from backend.services.answers.booking_talk import Option
from backend.services.answers.booking_wishes import size
from backend.services.booking_codes import grouped
from backend.services.booking_views import BookingView, Refused, price_of
from backend.services.replies import Choice, Reply, Source
from backend.services.values import Party, say_date, say_time
from backend.wording import has, t

# Guests by the kind of person that prices go by.
_KINDS = {"adult": "adults", "child": "children", "senior": "seniors"}
_TICKETS = frozenset({"entry"})


def counted(party: Party | None) -> dict[str, int]:
    """How many of each kind of person, as bookings count them; whoever is not said to be of another kind is an
    adult.
    """
    if party is None:
        return {"adult": 1}
    found = {kind: getattr(party, name) or 0 for kind, name in _KINDS.items()}
    found["adult"] += max(0, size(party) - sum(found.values()))
    return {kind: count for kind, count in found.items() if count}


def what(bookable: Bookable, lang: str) -> str:
    """What is booked, by name."""
    return bookable.name_zh if lang == "zh" else bookable.name_en


def moment(starts: dt.datetime, asking: Asking) -> str:
    """A day with its weekday and the time of it; `starts` in the city's time zone."""
    join = "" if asking.lang == "zh" else ", "
    day = say_date(starts.date(), asking.lang, asking.now.date())
    if asking.lang == "en" and day.startswith("the day after"):
        day = day.partition("(")[2].rstrip(")")  # an SMS has no room for both
    return f"{day}{join}{say_time(starts.time(), asking.lang)}"


def wished(when: When, asking: Asking) -> str:
    """The time that was said, as far as it was."""
    if when.day is None:
        return ""
    lang, today = asking.lang, asking.now.date()
    day = say_date(when.day, lang, today)
    if when.until is not None:
        day = f"{day}-{say_date(when.until, lang, today)}"
    if when.time is not None:
        return f"{day}{'' if lang == 'zh' else ', '}{say_time(when.time, lang)}"
    return day


def party_words(bookable: Bookable | None, guests: Mapping[str, int], lang: str) -> str:
    """How many, with a comma before; nothing where one books for oneself alone."""
    total = sum(guests.values())
    if bookable is None or bookable.kind in ("appointment", "service"):
        return ""
    if set(guests) == {"adult"} or len({bookable.prices.get(kind) for kind in guests} - {None}) < 2:
        unit = "ticket" if bookable.kind in _TICKETS else "person"
        return t(lang, "booktalk-party", count=total, unit=unit)
    kinds = [t(lang, f"booktalk-kind-{_KINDS[kind]}", count=count) for kind, count in guests.items()]
    return t(lang, "booktalk-party-kinds", kinds=("" if lang == "zh" else ", ").join(kinds))


def price_words(price: int | None, payment: str, lang: str) -> str:
    """The price, with a comma before; nothing where it is not known."""
    if price is None:
        return ""
    if price == 0:
        return t(lang, "booktalk-price-free")
    yuan = f"{price / 100:.2f}".removesuffix(".00")
    return t(lang, "booktalk-price-venue" if payment == "venue" else "booktalk-price", yuan=yuan)


def values(booking: BookingView, asking: Asking, desk: Desk) -> dict[str, str]:
    """What most sentences about a booking need, at the price it has."""
    lang = asking.lang
    return {
        "what": booking.name_zh if lang == "zh" else booking.name_en,
        "when": moment(booking.starts_at.astimezone(desk.zone), asking),
        "party": party_words(desk.inventory.bookable(booking.bookable_id), booking.party, lang),
        "price": price_words(booking.price_fen, booking.payment, lang),
    }


def offered(bookable: Bookable | None, guests: Mapping[str, int], several: bool, asking: Asking) -> dict[str, str]:
    """What a list of times says above them; `several` things have neither one name nor one price."""
    lang = asking.lang
    if bookable is None:
        return {"what": "", "party": "", "price": ""}
    price = price_of(bookable.prices, guests) if bookable.prices else None
    return {
        "what": t(lang, "booktalk-several") if several else what(bookable, lang),
        "party": party_words(bookable, guests, lang),
        "price": "" if several else price_words(price, bookable.payment, lang),
    }


def moment_of(slot: Slot, guests: Mapping[str, int], asking: Asking, desk: Desk) -> dict[str, str]:
    """What is said of a time that one waits for."""
    return {
        "what": what(slot.bookable, asking.lang),
        "when": moment(slot.starts_at.astimezone(desk.zone), asking),
        "party": party_words(slot.bookable, guests, asking.lang),
    }


def bring_line(booking: BookingView, lang: str) -> str:
    """What to bring, where something is said of it; empty otherwise."""
    text = booking.bring_zh if lang == "zh" else booking.bring_en or booking.bring_zh
    if text:
        return t(lang, "booktalk-bring", what=text)
    return t(lang, "booktalk-bring-id") if booking.documents else ""


def unconfirmed(reply: Reply, bookable: Bookable | None) -> Reply:
    """The reply with its source, and with a word of warning where the venue has not confirmed what is offered."""
    if bookable is None:
        return reply
    unsure = bookable.confidence == "low"
    date = bookable.as_of or t(reply.lang, "date-unknown")
    caution = t(reply.lang, "caution-low", date=date) if unsure else ""
    return replace(reply, caution=caution, source=source(bookable))


def source(bookable: Bookable) -> Source:
    """Where what is said of a bookable comes from."""
    return Source(bookable.id, bookable.source, bookable.confidence, bookable.as_of, "")


def slot_choice(time: Time, several: bool, days: bool, asking: Asking) -> Choice:
    """One time to pick. `several`: of more than one bookable, `days`: of more than one day; what is the same for all is
    said above.
    """
    lang = asking.lang
    title = f"{time.starts:%H:%M}"
    if days:
        day = say_date(time.starts.date(), lang, asking.now.date()).partition("（")[0].partition(" (")[0]
        title = t(lang, "booktalk-slot-day", day=day, time=title)
    if several:
        title = t(lang, "booktalk-slot-at", time=title, what=what(time.bookable, lang))
    return Choice(title[:60], f"book:slot:{time.offer.slot_id}", "book", {"slot": str(time.offer.slot_id)})


def options(choices: Sequence[Choice]) -> tuple[Option, ...]:
    """Choices as a conversation keeps them, to be offered again after an interruption."""
    return tuple((name, value, one.title) for one in choices for name, value in one.entities.items())


def wait_choice(slot_id: int, lang: str) -> Choice:
    """The waiting list of a time that is full."""
    slot = str(slot_id)
    return Choice(t(lang, "booktalk-choice-wait"), f"book:wait:{slot}", "book", {"wait": slot})


def yes_or_no(lang: str, yes: str, no: str, code: str = "") -> list[Choice]:
    """Two choices; the ids of their words without `booktalk-choice-`."""
    return [
        Choice(
            t(lang, f"booktalk-choice-{key}", code=grouped(code) if code else ""), f"book:{said}", "book", {"say": said}
        )
        for key, said in ((yes, "yes"), (no, "no"))
    ]


def plain(code: str, asking: Asking, key: str, lines: list[str] | None = None, /, **given: object) -> Reply:
    """A reply of a sentence and some lines; empty lines are left out."""
    lines = [line for line in lines or [] if line]
    return Reply(code=code, lang=asking.lang, headline=t(asking.lang, key, **given)[:500], lines=lines)


def cannot(desk: Desk, asking: Asking, place_id: str | None, kind: str | None) -> Reply:
    """What to do about a thing that cannot be booked here: whom to call."""
    lang, service = asking.lang, desk.city.service_number
    place = desk.places.get(place_id) if place_id else None
    if place is not None:
        phone = t(lang, "booktalk-call-them", phone=place.phones[0]) if place.phones else ""
        line = phone or t(lang, "ask-service-line", service=service)
        reply = plain("book_cannot", asking, "booktalk-cannot", [line], what=facts.name(place, lang))
        offers = [facts.ask_about(place, intent, lang) for intent in ("place_price", "place_hours")]
        return Reply(**{**vars(reply), "choices": offers})
    if kind == "service":
        return plain("book_cannot", asking, "booktalk-cannot-visit", service=service)
    return plain("book_cannot", asking, "booktalk-cannot-what", [t(lang, "ask-service-line", service=service)])


def refused(desk: Desk, asking: Asking, refusal: Refused) -> Reply:
    """A refusal in words."""
    lang, code = asking.lang, refusal.code
    key = f"booktalk-refused-{code.replace('_', '-')}"
    if code == "too_many" and "most" not in refusal.values:
        key = "booktalk-refused-too-many-unknown"
    if not has(key):
        key = "booktalk-refused-other"
    values = {"service": desk.city.service_number, **{name: str(value) for name, value in refusal.values.items()}}
    return Reply(code=f"book_refused_{code}", lang=lang, headline=t(lang, key, **values))


def line(number: int | None, booking: BookingView, asking: Asking, desk: Desk) -> str:
    """A booking in a list; without a number, as a choice."""
    lang, state = asking.lang, "booktalk-state-held" if booking.state == "held" else ""
    starts = booking.starts_at.astimezone(desk.zone)
    day = say_date(starts.date(), lang, asking.now.date()).partition("（")[0].partition(" (")[0]
    name = booking.name_zh if lang == "zh" else booking.name_en
    said = {"when": f"{day} {starts:%H:%M}", "what": name, "code": grouped(booking.code)}
    if number is None:
        return t(lang, "booktalk-mine-choice", **said)[:60]
    return t(lang, "booktalk-mine-line", number=number, state=t(lang, state) if state else "", **said)


def about(booking: BookingView, intent: str, title: str) -> Choice:
    """A question on one of the bookings."""
    return Choice(title, f"{intent}:{booking.code.lower()}", intent, {"code": booking.code})
