"""What a wish may mean of all that can be booked, and at which times it is to be had."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from backend.models import Bookable
from backend.services.answers.asking import Asking, Desk
from backend.services.answers.booking_reading import When
from backend.services.answers.booking_wishes import Wish
from backend.services.inventory import Offer
from backend.services.values.reading import Pattern, plain

# Where no day was said, so far is looked, and so many behind a day that has nothing.
AHEAD = dt.timedelta(days=14)
_SERVICE = Pattern(
    r"下水|通[一个]?下?马桶|马桶|水管|地漏|漏水|疏通|保洁|打扫|钟点工|阿姨|擦玻璃|油烟机|维修|修[一下个]*[空电热洗冰灯门锁水]|开锁|换锁|锁芯|电工|跳闸|搬家|家政|保姆|月嫂"
    r"|上门|师傅|\b(?:plumb\w*|drain|toilet|pipe|leak\w*|clean(?:er|ing)?|repair\w*|electrician|locksmith|handyman|movers?"
    r"|nanny|fix|unblock|household|at home)\b"
)
_TOUR = Pattern(r"导游|讲解|跟团|一日游|团游|\b(?:guided?|guides|tours?|docent)\b")
_APPOINTMENT = Pattern(
    r"挂[一个]*号|挂[^旗红]{0,8}[科号]|医生|大夫|专家号|看[病牙]|[^学本理文工]科(?!技|学|普)|体检|产检|疫苗|门诊|号源"
    r"|\b(?:doctor|dentist|appointment|clinic|surgeon|physician|check-?up|specialist)\b"
)


@dataclass(frozen=True)
class Time:
    """A time at which a bookable is offered; `starts` is in the city's time zone."""

    bookable: Bookable
    offer: Offer
    starts: dt.datetime


def matching(desk: Desk, asking: Asking, wish: Wish) -> list[Bookable]:
    """What the wish may mean: the one settled on, or what its words name, or what is at the places named.

    A name in the words counts before a place, the place in talk last.
    """
    if wish.bookable:
        one = desk.inventory.bookable(wish.bookable)
        return [one] if one is not None and one.state == "open" else []
    every = desk.inventory.bookables()
    kind = kind_of(wish)
    if kind is not None:
        every = [one for one in every if one.kind == kind]
    wanted = set(wish.places)
    here = [one for one in every if one.place_id in wanted]
    if wish.departments:
        departments = desk.places.with_children(wish.departments)
        here = [one for one in here or every if one.department in departments]
    named = _named(here or every, wish.words)
    if named:
        return named
    if here:
        # Where a sight has both its entry and a tour, "tickets" means the entry.
        return [one for one in here if one.kind == "entry"] or here if kind is None else here
    if wish.places or wish.departments:
        return []
    in_talk = [one for one in every if asking.focus and one.place_id == asking.focus]
    if in_talk:
        return in_talk
    return every if kind in ("tour", "appointment") else []


def kind_of(wish: Wish) -> str | None:
    """The kind of bookable the words speak of; None where they leave it open."""
    words = plain(wish.words)
    if _TOUR.search(words):
        return "tour"
    if wish.departments or _APPOINTMENT.search(words):
        return "appointment"
    return "service" if _SERVICE.search(words) else None


def _named(bookables: list[Bookable], words: str) -> list[Bookable]:
    """Those whose name or other name stands in the words, the longest name first found."""
    text = plain(words)
    best: list[Bookable] = []
    longest = 0
    for one in bookables:
        names = [plain(name) for name in (one.name_zh, one.name_en, *one.aliases)]
        length = max((len(name) for name in names if name and name in text), default=0)
        if length > longest:
            best, longest = [one], length
        elif length and length == longest:
            best.append(one)
    return best


def times(desk: Desk, bookables: list[Bookable], first: dt.date, last: dt.date) -> list[Time]:
    """The open times of some days, soonest first, full ones too."""
    found = [
        Time(bookable, offer, offer.starts_at.astimezone(desk.zone))
        for bookable in bookables
        for offer in desk.inventory.slots(bookable.id, first, last)
        if not offer.closed
    ]
    return sorted(found, key=lambda one: (one.starts, one.bookable.id))


def days(when: When, today: dt.date) -> tuple[dt.date, dt.date]:
    """The first and the last day that a wish is about."""
    if when.day is None:
        return today, today + AHEAD
    return max(when.day, today), max(when.until or when.day, today)


def nearest(found: list[Time], when: When, most: int) -> list[Time]:
    """The times nearest to what was said, in their order."""
    if when.day is None:
        return found[:most]
    hour = (
        when.time.hour + when.time.minute / 60 if when.time else {"afternoon": 14, "evening": 18}.get(str(when.part), 9)
    )

    def far(one: Time) -> tuple[int, float]:
        assert when.day is not None
        return abs((one.starts.date() - when.day).days), abs(one.starts.hour + one.starts.minute / 60 - hour)

    return sorted(sorted(found, key=far)[:most], key=lambda one: one.starts)


def spread(found: list[Time], most: int) -> list[Time]:
    """At most so many times of a longer list, evenly over it: of one day by the hours, of many by the days."""
    if len(found) <= most:
        return found
    by_day: dict[dt.date, Time] = {}
    for one in found:
        by_day.setdefault(one.starts.date(), one)
    if len(by_day) >= most:
        return list(by_day.values())[:most]
    step = (len(found) - 1) / (most - 1)
    return [found[round(number * step)] for number in range(most)]
