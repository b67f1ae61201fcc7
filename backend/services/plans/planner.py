"""Plans a day: which places, in which order, at what time; and why each of them.

Places are judged one by one (`merit`), orders are checked against hours, meals, time and budget (`timetable`). From
each of the best places a plan is grown, always by what adds most where it adds most; of the plans grown the best is
taken in its best order. No chance is involved.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import permutations
from typing import Literal

from backend.city_pack.plan_rules import Meal, MealName, PlanRules
from backend.geo import Point
from backend.models import Place
from backend.services.city_calendar import CityCalendar
from backend.services.places import position
from backend.services.plans.frame import frame_of
from backend.services.plans.hours import Hours, open_spans
from backend.services.plans.merit import Judge, Narrower, Reason, visit_minutes
from backend.services.plans.prices import likely_yuan, ticket_yuan
from backend.services.plans.timetable import Candidate, Day, Timetable, timetable
from backend.services.plans.travel import Leg, Travel, wgs84
from backend.services.plans.wishes import Wishes

LeftOut = Literal["closed", "no_position", "no_time", "too_dear"]
Problem = Literal["", "late", "nothing"]

# Half an hour on the way costs two points, a visit of two hours earns one and a half; what a place is worth: see merit.
_PER_MINUTE_TRAVELLED = -0.07
_PER_MINUTE_IDLE = -0.03
_PER_MINUTE_VISITED = 0.012
_STOP = 2.0
_SEEDS = 8
# Candidates beyond these would hardly ever be taken, and each costs time.
_BEST = 45


@dataclass(frozen=True)
class Stop:
    """A place in a plan. Times are aware, in the city's time zone; `price` in yuan is None where not known for sure."""

    place: Place
    arrive: dt.datetime
    leave: dt.datetime
    hours: Hours
    price: int | None
    leg: Leg | None
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Break:
    """A meal in a plan, before the stop at this position, counted from 0; after the last where there is none such."""

    meal: MealName
    begin: dt.datetime
    end: dt.datetime
    position: int


@dataclass(frozen=True)
class DayPlan:
    """A plan for one day. `left_out` are places asked for by name that could not be kept, and why; `problem` says why
    there are no stops.
    """

    day: dt.date
    stops: tuple[Stop, ...] = ()
    breaks: tuple[Break, ...] = ()
    left_out: tuple[tuple[Place, LeftOut], ...] = ()
    problem: Problem = ""

    @property
    def ids(self) -> tuple[str, ...]:
        """The record ids of the stops, in order."""
        return tuple(stop.place.id for stop in self.stops)

    @property
    def cost(self) -> int:
        """Yuan for the tickets whose price is known, for one person."""
        return sum(stop.price or 0 for stop in self.stops)

    @property
    def unpriced(self) -> tuple[Stop, ...]:
        """The stops whose price is not known."""
        return tuple(stop for stop in self.stops if stop.price is None)

    @property
    def minutes(self) -> int:
        """From the first arrival to the end of the last visit or meal."""
        if not self.stops:
            return 0
        ends = [self.stops[-1].leave, *(pause.end for pause in self.breaks)]
        begins = [self.stops[0].arrive, *(pause.begin for pause in self.breaks)]
        return int((max(ends) - min(begins)).total_seconds()) // 60


def plan_day(
    places: Sequence[Place],
    wishes: Wishes,
    rules: PlanRules,
    day: dt.date,
    now: dt.datetime,
    *,
    keep: Iterable[str] = (),
    origin: Point | None = None,
    narrower: Narrower = tuple,
    calendar: CityCalendar | None = None,
) -> DayPlan:
    """The best plan found for a day; without stops, and with its `problem`, where nothing fits.

    `places` are those that may be visited, `now` is aware and in the city's time zone, `keep` are the stops of the plan
    before, `origin` is where the person starts, in any known datum; `calendar` knows the holidays. The same arguments
    give the same plan.
    """
    frame = frame_of(wishes, rules, day, now)
    if frame is None:
        return DayPlan(day, problem="late")
    begin, end = frame
    midnight = begin.replace(hour=0, minute=0)
    evening = begin.hour >= 17
    judge = Judge(wishes, rules, day, evening, tuple(keep), narrower)
    fitting = sorted((place for place in places if judge.fits(place)), key=lambda place: place.id)
    candidates, left_out = _candidates(fitting, wishes, rules, judge, (begin, end), calendar)
    frame_minutes = (_since(midnight, begin), _since(midnight, end))
    meals = tuple(meal for meal in rules.meals if _falls_into(meal, *frame_minutes)) if wishes.meals else ()
    start = wgs84(origin) if origin is not None else None
    walk = [rules.company[company].walk_up_to_metres for company in wishes.company]
    walks = [metres for metres in walk if metres is not None]
    if wishes.gentle:
        walks.append(min(walks, default=rules.travel.walk_up_to_metres) // 2)
    travel = Travel(rules.travel, min(walks, default=None))
    search = _Search(
        Day(*frame_minutes, meals, start, wishes.budget), travel, min(rules.max_stops, wishes.most or rules.max_stops)
    )
    musts = [candidate for candidate in candidates if candidate.place.id in wishes.must]
    order, refused = search.best(musts, [candidate for candidate in candidates if candidate not in musts])
    left_out += [(candidate.place, "too_dear" if _dear(candidate, wishes) else "no_time") for candidate in refused]
    table = search.table(order)
    if table is None or not table.visits:
        return DayPlan(day, left_out=tuple(left_out), problem="nothing")
    return _plan(day, midnight, table, tuple(left_out))


class _Search:
    """Looks for the order that is worth most."""

    def __init__(self, day: Day, travel: Travel, most: int) -> None:
        self._day, self._travel, self._most = day, travel, most

    def table(self, order: Sequence[Candidate]) -> Timetable | None:
        return timetable(self._day, order, self._travel)

    def worth(self, order: Sequence[Candidate]) -> float | None:
        """What an order is worth; None where it cannot be kept."""
        table = self.table(order)
        if table is None:
            return None
        visits = sum(
            visit.candidate.judgement.worth + _STOP + visit.candidate.visit * _PER_MINUTE_VISITED
            for visit in table.visits
        )
        return round(visits + table.travel * _PER_MINUTE_TRAVELLED + table.idle * _PER_MINUTE_IDLE, 6)

    def best(
        self, musts: Sequence[Candidate], others: Sequence[Candidate]
    ) -> tuple[tuple[Candidate, ...], list[Candidate]]:
        """The best order found, and what was asked for by name but has no room."""
        begun: tuple[Candidate, ...] = ()
        refused: list[Candidate] = []
        for candidate in musts:
            grown = self._inserted(begun, candidate) if len(begun) < self._most else None
            if grown is None:
                refused.append(candidate)
            else:
                begun = grown[1]
        seeds = [begun] if begun else [(seed,) for seed in others[:_SEEDS] if self.worth((seed,)) is not None]
        plans = [self._reordered(self._grown(seed, others)) for seed in seeds]
        if not plans:
            return (), refused
        return max(plans, key=lambda order: (self.worth(order) or 0, [c.place.id for c in order])), refused

    def _grown(self, order: tuple[Candidate, ...], others: Sequence[Candidate]) -> tuple[Candidate, ...]:
        """The order with whatever adds most, until nothing adds anything."""
        worth = self.worth(order) or 0.0
        while len(order) < self._most:
            best: tuple[float, tuple[Candidate, ...]] | None = None
            for candidate in others:
                grown = self._inserted(order, candidate) if candidate not in order else None
                if grown is not None and grown[0] > worth and (best is None or grown[0] > best[0]):
                    best = grown
            if best is None:
                break
            worth, order = best
        return order

    def _inserted(
        self, order: tuple[Candidate, ...], candidate: Candidate
    ) -> tuple[float, tuple[Candidate, ...]] | None:
        best: tuple[float, tuple[Candidate, ...]] | None = None
        for index in range(len(order) + 1):
            tried = (*order[:index], candidate, *order[index:])
            worth = self.worth(tried)
            if worth is not None and (best is None or worth > best[0]):
                best = worth, tried
        return best

    def _reordered(self, order: tuple[Candidate, ...]) -> tuple[Candidate, ...]:
        """Its best order, of all there are: five places have 120."""
        best, worth = order, self.worth(order) or 0.0
        for tried in permutations(order):
            found = self.worth(tried)
            if found is not None and found > worth:
                best, worth = tried, found
        return best


def _candidates(
    places: Sequence[Place],
    wishes: Wishes,
    rules: PlanRules,
    judge: Judge,
    frame: tuple[dt.datetime, dt.datetime],
    calendar: CityCalendar | None,
) -> tuple[list[Candidate], list[tuple[Place, LeftOut]]]:
    """The best of the places, the best first, and what was asked for by name but cannot be visited then."""
    begin, end = frame
    midnight = begin.replace(hour=0, minute=0)
    found: list[Candidate] = []
    left_out: list[tuple[Place, LeftOut]] = []
    for place in places:
        point = position(place)
        if point is None:
            if place.id in wishes.must:
                left_out.append((place, "no_position"))
            continue
        spans = tuple(
            (_since(midnight, span.begin), _since(midnight, span.end), span.kind)
            for span in open_spans(place, begin, end, calendar)
        )
        visit = visit_minutes(place, rules)
        fitting = [span for span in spans if span[1] - span[0] >= visit]
        if not fitting:
            if place.id in wishes.must:
                left_out.append((place, "no_time" if spans else "closed"))
            continue
        known = any(span[2] == "open" for span in fitting)
        judgement = judge.judge(place, known)
        found.append(Candidate(place, wgs84(point), visit, spans, judgement, ticket_yuan(place), likely_yuan(place)))
    found.sort(key=lambda candidate: (-candidate.judgement.worth, candidate.place.id))
    return found[:_BEST], left_out


def _falls_into(meal: Meal, begin: int, end: int) -> bool:
    """Whether people who are out from `begin` to `end` have this meal on the way."""
    first = meal.begins.begin.hour * 60 + meal.begins.begin.minute
    last = meal.begins.end.hour * 60 + meal.begins.end.minute
    return begin <= last - 15 and end >= max(first, begin) + meal.minutes + 30


def _dear(candidate: Candidate, wishes: Wishes) -> bool:
    return wishes.budget is not None and candidate.likely_price > wishes.budget


def _since(midnight: dt.datetime, moment: dt.datetime) -> int:
    return int((moment - midnight).total_seconds()) // 60


def _plan(
    day: dt.date, midnight: dt.datetime, table: Timetable, left_out: tuple[tuple[Place, LeftOut], ...]
) -> DayPlan:
    def at(minutes: int) -> dt.datetime:
        return midnight + dt.timedelta(minutes=minutes)

    stops = []
    for visit in table.visits:
        reasons = visit.candidate.judgement.reasons
        if not reasons:
            near = visit.leg is not None and visit.leg.mode == "walk"
            reasons = (Reason("near" if near else "open"),)
        stops.append(
            Stop(
                visit.candidate.place,
                at(visit.arrive),
                at(visit.leave),
                visit.hours,
                visit.candidate.price,
                visit.leg,
                reasons,
            )
        )
    breaks = tuple(Break(meal.name, at(meal.begin), at(meal.end), meal.position) for meal in table.meals)
    return DayPlan(day, tuple(stops), breaks, left_out)


def without_twins(wishes: Wishes, same_as: dict[str, str]) -> Wishes:
    """The wishes with every record named by the one that stands for the real place."""

    def once(ids: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(same_as.get(place_id, place_id) for place_id in ids))

    return replace(wishes, must=once(wishes.must), without=once(wishes.without), skip=once(wishes.skip))
