"""How a plan is said: a headline that is of use alone, a line for each stop, cards with reasons, and the picture of the
way.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlencode

from backend.services.answers import facts
from backend.services.answers.asking import Asking, Desk
from backend.services.plans import Break, DayPlan, Stop, Wishes
from backend.services.plans.merit import Reason
from backend.services.replies import Card, CardImage, Choice, Reply, Source
from backend.services.values import say_date
from backend.wording import t

# One SMS segment is 70 or 160 units; the caution and its line break go with the headline.
_HEADLINE = {"zh": 58, "en": 135}
_IN_BRACKETS = re.compile(r"\s*[(（][^()（）]*[)）]")
_SAID_REASONS = 2
_SENTENCES = {"asked", "free", "near", "open"}


def reply(desk: Desk, asking: Asking, plan: DayPlan, wishes: Wishes, first: int, notes: Sequence[str]) -> Reply:
    """The answer that shows a plan with stops. `first` is the number of its first stop, `notes` are further lines."""
    lang = asking.lang
    lines = [*_timetable(asking, plan), _money(asking, plan), *notes, t(lang, "plans-estimate")]
    lines += [
        t(lang, f"plans-left-out-{why.replace('_', '-')}", name=facts.name(place, lang)) for place, why in plan.left_out
    ]
    lines.append(t(lang, "plans-as-of", date=_ages(plan, lang)))
    cards = [_picture(asking, plan, first)]
    cards += [_card(desk, asking, stop, first + index) for index, stop in enumerate(plan.stops)]
    return Reply(
        code="day_plan",
        lang=lang,
        headline=_headline(desk, asking, plan, wishes),
        lines=lines,
        caution=_caution(asking, plan),
        cards=cards,
        choices=choices(asking, plan, wishes),
        source=_source(plan),
    )


def choices(asking: Asking, plan: DayPlan, wishes: Wishes) -> list[Choice]:
    """What people may want to change about this plan."""
    lang = asking.lang
    offered = [_change(lang, "another")]
    begin = plan.stops[0].arrive.hour if plan.stops else 9
    offered.append(_change(lang, "afternoon" if begin < 12 else "day"))
    tiring = next((stop for stop in plan.stops if "tag:hiking" in stop.place.tags), None)
    if tiring is not None and "tag:hiking" not in wishes.likes:
        offered.append(_change(lang, "without:tag:hiking", "no-hiking"))
    if plan.cost > 0:
        offered.append(_change(lang, "cheaper"))
    return offered


def start_choices(lang: str) -> list[Choice]:
    """What to begin with where there is no plan yet."""
    return [
        Choice(t(lang, f"plans-choice-start-{name}"), f"day_plan:{name}", "day_plan", {"change": name})
        for name in ("day", "morning", "afternoon")
    ]


def time_of(moment: dt.datetime) -> str:
    """A time as timetables have it: 08:30."""
    return f"{moment:%H:%M}"


def _change(lang: str, command: str, word: str = "") -> Choice:
    return Choice(
        t(lang, f"plans-choice-{word or command}"), f"plan_change:{command}", "plan_change", {"change": command}
    )


def _headline(desk: Desk, asking: Asking, plan: DayPlan, wishes: Wishes) -> str:
    lang = asking.lang
    # What stands in brackets behind a name explains it; in a headline there is no room for that.
    names = [_IN_BRACKETS.sub("", facts.name(stop.place, lang)) for stop in plan.stops]
    limit = _HEADLINE[lang]
    said = ""
    for shown in range(len(names), 0, -1):
        way = "→".join(names[:shown]) if lang == "zh" else " → ".join(names[:shown])
        if shown < len(names):
            way = t(lang, "plans-and-more", names=way, count=len(names))
        said = t(
            lang,
            "plans-headline",
            day=_day(asking, plan.day),
            where=_where(desk, asking, plan),
            length=_length(lang, plan, wishes),
            way=way,
            hours=_hours(plan.minutes),
        )
        if len(said) <= limit:
            break
    return said


def _day(asking: Asking, day: dt.date) -> str:
    lang = asking.lang
    days = (day - asking.now.date()).days
    if days in (0, 1):
        return t(lang, "day-today" if days == 0 else "day-tomorrow")
    return say_date(day, lang, day - dt.timedelta(days=9))


def _where(desk: Desk, asking: Asking, plan: DayPlan) -> str:
    """The district where all stops lie, else the city."""
    districts = {stop.place.district for stop in plan.stops}
    only = districts.pop() if len(districts) == 1 else ""
    return desk.places.word(only, asking.lang) if only else desk.city.name[asking.lang]


def _length(lang: str, plan: DayPlan, wishes: Wishes) -> str:
    if wishes.minutes is None and not wishes.half and wishes.window in (None, "day"):
        return t(lang, "plans-length-day")
    if wishes.window in ("morning", "afternoon", "evening"):
        return t(lang, f"plans-length-{wishes.window}")
    return t(lang, "plans-length-half" if wishes.minutes is None else "plans-length-short")


def _hours(minutes: int) -> str:
    halves = max(1, round(minutes / 30))
    return f"{halves // 2}" if halves % 2 == 0 else f"{halves / 2:.1f}"


def _timetable(asking: Asking, plan: DayPlan) -> list[str]:
    lines = []
    for index, stop in enumerate(plan.stops):
        lines += [_meal_line(asking, pause) for pause in plan.breaks if pause.position == index]
        lines.append(_stop_line(asking, stop))
    return lines + [_meal_line(asking, pause) for pause in plan.breaks if pause.position == len(plan.stops)]


def _meal_line(asking: Asking, pause: Break) -> str:
    return t(asking.lang, "plans-meal", begin=time_of(pause.begin), end=time_of(pause.end), meal=pause.meal)


def _stop_line(asking: Asking, stop: Stop) -> str:
    lang = asking.lang
    parts = [_price(lang, stop)]
    if stop.hours == "unknown":
        parts.append(t(lang, "plans-hours-unknown"))
    if stop.leg is not None:
        parts.append(t(lang, f"plans-leg-{stop.leg.mode}", minutes=stop.leg.minutes))
    return t(
        lang,
        "plans-stop",
        begin=time_of(stop.arrive),
        end=time_of(stop.leave),
        name=facts.name(stop.place, lang),
        detail=t(lang, "plans-detail-join").join(parts),
    )


def _price(lang: str, stop: Stop) -> str:
    if stop.price is None:
        text = facts.fact(stop.place, "price_text", lang)
        return t(lang, "plans-ticket-text", text=text) if text else t(lang, "plans-ticket-unknown")
    return t(lang, "plans-ticket-free") if stop.price == 0 else t(lang, "plans-ticket", yuan=str(stop.price))


def _money(asking: Asking, plan: DayPlan) -> str:
    lang, unpriced = asking.lang, len(plan.unpriced)
    if unpriced == len(plan.stops):
        return t(lang, "plans-cost-unknown")
    if plan.cost == 0:
        return t(lang, "plans-cost-free-some" if unpriced else "plans-cost-free", count=unpriced)
    return t(lang, "plans-cost-some" if unpriced else "plans-cost", yuan=str(plan.cost), count=unpriced)


def _caution(asking: Asking, plan: DayPlan) -> str:
    unsure = any(stop.hours == "unknown" or stop.place.confidence == "low" for stop in plan.stops)
    return t(asking.lang, "plans-caution") if unsure or plan.unpriced else ""


def _ages(plan: DayPlan, lang: str) -> str:
    """How old the facts are that the plan rests on."""
    ages = sorted({stop.place.as_of for stop in plan.stops if stop.place.as_of})
    if not ages:
        return t(lang, "date-unknown")
    return ages[0] if len(ages) == 1 else t(lang, "plans-ages", oldest=ages[0], newest=ages[-1])


def _source(plan: DayPlan) -> Source:
    """The plan is as sure as its least sure stop."""
    rank = {"high": 0, "medium": 1, "low": 2}
    places = [stop.place for stop in plan.stops]
    worst = max((place.confidence for place in places), key=lambda one: rank.get(one, 2))
    ages = sorted(place.as_of for place in places if place.as_of)
    checked = places[0].checked_by if len({place.checked_by for place in places}) == 1 else ""
    sources = "; ".join(dict.fromkeys(place.source for place in places if place.source))
    return Source(places[0].id, sources, worst, ages[0] if ages else "", checked)


def _picture(asking: Asking, plan: DayPlan, first: int) -> Card:
    """The card with the map of the way."""
    lang = asking.lang
    title = t(lang, "plans-map-title", day=_day(asking, plan.day))
    names = t(lang, "list-join").join(facts.name(stop.place, lang) for stop in plan.stops)
    query = urlencode({"stops": ",".join(plan.ids), "lang": lang, "first": first}, safe=":,")
    alt = t(lang, "plans-map-alt", names=names)
    lines = [
        t(lang, "plans-map-line", number=first + index, begin=time_of(stop.arrive), name=facts.name(stop.place, lang))
        for index, stop in enumerate(plan.stops)
    ]
    return Card(title, [*lines, t(lang, "plans-map-note")], image=CardImage(f"/maps/route.svg?{query}", alt[:300]))


def _card(desk: Desk, asking: Asking, stop: Stop, number: int) -> Card:
    lang = asking.lang
    said = [t(lang, "plans-card-time", begin=time_of(stop.arrive), end=time_of(stop.leave)), _why(desk, lang, stop)]
    card = facts.place_card(stop.place, asking, said)
    # Whether it is open now is beside the point: the plan is for another time.
    status = facts.status_line(stop.place, asking)
    lines = [line for line in card.lines if line != status]
    return replace(card, title=f"{number}. {card.title}"[:200], lines=lines[:12])


def _why(desk: Desk, lang: str, stop: Stop) -> str:
    words = list(dict.fromkeys(_reason(desk, lang, reason) for reason in stop.reasons))[:_SAID_REASONS]
    return t(lang, "plans-why", reasons=t(lang, "list-join").join(words))


def _reason(desk: Desk, lang: str, reason: Reason) -> str:
    if reason.code == "rating":
        return t(lang, "rating-a", count=reason.count)
    if reason.code in _SENTENCES:
        return t(lang, f"plans-because-{reason.code}")
    return t(lang, f"plans-because-{reason.code}", what=desk.places.word(reason.term, lang))
