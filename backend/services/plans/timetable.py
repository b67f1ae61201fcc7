"""One order of places as a timetable: when one arrives, waits, eats and leaves; or that it cannot be kept.

Times are minutes from midnight of the day. A wait is short, a meal begins within its window, a visit lies within the
hours of its place.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from backend.city_pack.plan_rules import Meal, MealName
from backend.geo import Point
from backend.models import Place
from backend.services.plans.hours import Hours
from backend.services.plans.merit import Judgement
from backend.services.plans.travel import Leg, Travel

_LONGEST_WAIT = 30
# Before the first place nobody waits: one sets out later.
_LONGEST_LIE_IN = 120


@dataclass(frozen=True)
class Candidate:
    """A place that may be in the plan: where it is (WGS-84), how long a visit takes, when it can be (begin, end,
    hours), what it is worth, what a ticket costs in yuan (None where not known), what a budget reckons with.
    """

    place: Place
    point: Point
    visit: int
    spans: tuple[tuple[int, int, Hours], ...]
    judgement: Judgement
    price: int | None
    likely_price: int


@dataclass(frozen=True)
class Visit:
    """A place in a timetable; `leg` is the way to it, None for the first without a known start."""

    candidate: Candidate
    leg: Leg | None
    arrive: int
    leave: int
    hours: Hours


@dataclass(frozen=True)
class MealBreak:
    """A meal in a timetable, before the visit at this position."""

    name: MealName
    begin: int
    end: int
    position: int


@dataclass(frozen=True)
class Timetable:
    """Visits in order and the meals between them; `travel` and `idle` are minutes on the way and waited."""

    visits: tuple[Visit, ...]
    meals: tuple[MealBreak, ...]
    travel: int
    idle: int


@dataclass(frozen=True)
class Day:
    """What every timetable of a day has to keep to: begin, end, meals that fall into it, start, budget in yuan."""

    begin: int
    end: int
    meals: tuple[Meal, ...]
    origin: Point | None
    budget: int | None


def timetable(day: Day, order: Sequence[Candidate], travel: Travel) -> Timetable | None:
    """The timetable of places in this order, or None where it cannot be kept."""
    if day.budget is not None and sum(candidate.likely_price for candidate in order) > day.budget:
        return None
    clock, here = day.begin, day.origin
    waiting, eaten, visits = list(day.meals), list[MealBreak](), list[Visit]()
    on_the_way = idle = 0
    for position, candidate in enumerate(order):
        while True:
            if waiting and _minutes(waiting[0].begins.begin) <= clock:
                meal = waiting.pop(0)
                if clock > _minutes(meal.begins.end):
                    return None
                eaten.append(MealBreak(meal.name, clock, clock + meal.minutes, position))
                clock += meal.minutes
                continue
            leg = travel.leg(here, candidate.point) if here is not None else None
            found = _enter(candidate, clock + (leg.minutes if leg else 0))
            if found is None:
                return None
            enter, hours = found
            if not waiting or enter + candidate.visit <= _minutes(waiting[0].begins.end):
                break
            # The visit would last past the meal: eat first, where that is soon.
            begins = _minutes(waiting[0].begins.begin)
            if begins - clock > _LONGEST_WAIT and visits:
                return None
            if not visits:
                return None  # the first visit would have to wait for the meal: another order is better
            idle += begins - clock
            clock = begins
        wait = enter - clock - (leg.minutes if leg else 0)
        if wait > (_LONGEST_WAIT if visits or eaten else _LONGEST_LIE_IN):
            return None
        idle += wait if visits or eaten else 0
        on_the_way += leg.minutes if leg else 0
        visits.append(Visit(candidate, leg, enter, enter + candidate.visit, hours))
        clock, here = enter + candidate.visit, candidate.point
        if clock > day.end:
            return None
    for meal in waiting:
        begin = max(clock, _minutes(meal.begins.begin))
        if begin > _minutes(meal.begins.end) or begin - clock > _LONGEST_WAIT or begin + meal.minutes > day.end:
            continue  # the plan is over before the meal
        eaten.append(MealBreak(meal.name, begin, begin + meal.minutes, len(visits)))
        clock = begin + meal.minutes
    return Timetable(tuple(visits), tuple(eaten), on_the_way, idle)


def _enter(candidate: Candidate, arrive: int) -> tuple[int, Hours] | None:
    """When the visit can begin at the earliest, and whether the hours are known then."""
    for begin, end, hours in candidate.spans:
        enter = -(-max(begin, arrive) // 5) * 5
        if enter + candidate.visit <= end:
            return enter, hours
    return None


def _minutes(time: dt.time) -> int:
    return time.hour * 60 + time.minute
