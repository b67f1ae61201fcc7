"""Plans for a day: making one from a question, changing it by talking, remembering it between turns."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from backend.geo import Point
from backend.services.answers import complaints, plan_words
from backend.services.answers.asking import PLACE_KINDS, Answered, Asking, Desk
from backend.services.answers.lists import KINDS_TO_VISIT
from backend.services.places import Wanted, position
from backend.services.plans import DayPlan, Said, Wishes, changed, plan_day, read
from backend.services.plans.changes import Shown, commanded, is_change, shown_of
from backend.services.plans.frame import first_day
from backend.services.plans.merit import terms_of
from backend.services.plans.planner import without_twins
from backend.services.replies import Reply
from backend.wording import t

# What a message may have been read as that in truth changes the plan just shown.
_MAY_CHANGE = frozenset(
    {
        "correction",
        "more",
        "choose_from_list",
        "fallback",
        "attraction_search",
        "find_nearby",
        "place_details",
        "cancel",
    }
)
PLANS = frozenset({"day_plan", "plan_change"})


def day_plan(desk: Desk, asking: Asking) -> Answered:
    """A plan for what the message asks for; asked again ("say it again"), the plan in talk as it is now."""
    if asking.plan is not None:
        wishes, shown = _remembered(asking.plan)
        return _answered(desk, asking, wishes, shown, None)
    said = _said(asking)
    wishes = read(said)
    for command in asking.named.get("change", []):
        wishes = commanded(wishes, command, Shown()) or wishes
    return _answered(desk, asking, wishes, Shown(), None)


def plan_change(desk: Desk, asking: Asking) -> Answered:
    """The plan in talk with what the message changes; asks what for where there is no plan."""
    lang = asking.lang
    kept = (asking.asked or {}).get("plan")
    if not kept:
        reply = Reply(
            code="plan_none",
            lang=lang,
            headline=t(lang, "plans-ask"),
            lines=[t(lang, "plans-ask-hint")],
            choices=plan_words.start_choices(lang),
        )
        return Answered([reply], focus=asking.focus, results=asking.results, offset=asking.offset)
    wishes, shown = _remembered(kept)
    commands = asking.named.get("change", [])
    found = commanded(wishes, commands[0], shown) if commands else changed(wishes, _said(asking), shown)
    if found is None:
        reply = Reply(
            code="plan_unclear", lang=lang, headline=t(lang, "plans-unclear"), lines=[t(lang, "plans-change-hint")]
        )
        return _as_before(asking, reply)
    return _answered(desk, asking, found, shown, kept)


def changes_plan(asking: Asking) -> bool:
    """Whether a message that was read as something else changes the plan that was just shown."""
    before = asking.before()
    if asking.intent not in _MAY_CHANGE or before.get("intent") not in PLANS or not before.get("plan"):
        return False
    wishes, shown = _remembered(before["plan"])
    said = _said(asking)
    if asking.intent in ("correction", "fallback"):
        return changed(wishes, said, shown) is not None
    # "Any cheap restaurants nearby" asks for a list, whatever it says of prices.
    of_its_own = asking.intent == "find_nearby" and complaints.says_near(asking.text)
    return not of_its_own and is_change(wishes, said, shown)


def _answered(desk: Desk, asking: Asking, wishes: Wishes, shown: Shown, kept: dict[str, Any] | None) -> Answered:
    """The plans for the wishes, one reply for each day. `kept` was remembered before, for where nothing fits."""
    lang = asking.lang
    plans = _plans(desk, asking, wishes, shown)
    good = [plan for plan in plans if plan.stops]
    if not good:
        return _nothing(asking, wishes, plans[0], kept)
    replies, first = [], 1
    notes = _notes(desk, asking, wishes, good, shown if kept else Shown())
    for plan in good:
        replies.append(plan_words.reply(desk, asking, plan, wishes, first, notes if plan is good[0] else []))
        first += len(plan.stops)
    hint = t(lang, "plans-change-hint")
    replies[-1] = replace(replies[-1], lines=[*replies[-1].lines, hint])
    ids = [place_id for plan in good for place_id in plan.ids]
    memory = {
        "wishes": wishes.to_dict(),
        "stops": ids,
        "begin": plan_words.time_of(good[0].stops[0].arrive),
        "cost": sum(plan.cost for plan in good),
    }
    asked = {"intent": "day_plan", "named": {}, "text": asking.text[:100], "time_text": "", "plan": memory}
    return Answered(replies, focus=asking.focus, results=ids, offset=len(ids), asked=asked)


def _plans(desk: Desk, asking: Asking, wishes: Wishes, shown: Shown) -> list[DayPlan]:
    """One plan for each day, no place twice."""
    places = desk.places.search(Wanted(kinds=KINDS_TO_VISIT))
    ids = {place.id for place in places}
    named = desk.places.by_ids([*wishes.must, *wishes.without, *wishes.skip])
    same_as = {place.id: str(place.extra["same_as"]) for place in named if place.extra.get("same_as") in ids}
    wishes = without_twins(wishes, same_as)
    day = first_day(wishes, desk.plans, asking.now)
    plans: list[DayPlan] = []
    for count in range(wishes.days):
        gone = tuple(place_id for plan in plans for place_id in plan.ids)
        left = None
        if wishes.budget is not None:  # what is left of it, shared by the days to come
            left = max(0, wishes.budget - sum(plan.cost for plan in plans)) // (wishes.days - count)
        today = replace(
            wishes,
            budget=left,
            must=tuple(place_id for place_id in wishes.must if place_id not in gone),
            without=(*wishes.without, *gone),
        )
        plans.append(
            plan_day(
                places,
                today,
                desk.plans,
                day + dt.timedelta(days=count),
                asking.now,
                keep=shown.stops,
                origin=_origin(desk, asking, wishes, day),
                narrower=desk.places.with_children,
                calendar=asking.calendar,
            )
        )
    return plans


def _origin(desk: Desk, asking: Asking, wishes: Wishes, day: dt.date) -> Point | None:
    """Where the plan starts: the place said, else today where the person is."""
    place = desk.places.get(wishes.origin) if wishes.origin else None
    if place is not None:
        return position(place)
    return asking.location if day == asking.now.date() and not wishes.area else None


def _notes(desk: Desk, asking: Asking, wishes: Wishes, plans: list[DayPlan], shown: Shown) -> list[str]:
    """What has to be said besides the plan: that nothing had to change, another day than asked for, what found no room,
    a budget, a name nobody knows.
    """
    lang, notes = asking.lang, list[str]()
    stops = [stop for plan in plans for stop in plan.stops]
    if shown.stops == tuple(stop.place.id for stop in stops) and shown.begin == stops[0].arrive.time():
        notes.append(t(lang, "plans-same"))
    terms = {term for stop in stops for term in terms_of(stop.place)}
    missing = [like for like in wishes.likes if terms.isdisjoint(desk.places.with_children([like]))]
    if missing:
        words = dict.fromkeys(desk.places.word(like, lang) for like in missing)
        notes.append(t(lang, "plans-like-missing", what=t(lang, "list-join").join(words)))
    if wishes.day is not None and plans[0].day != wishes.day:
        notes.append(t(lang, "plans-too-late"))
    if wishes.budget is not None and any(stop.price is None for stop in stops):
        notes.append(t(lang, "plans-budget-unsure"))
    unknown = asking.unknown_name()
    if unknown:
        notes.append(t(lang, "unknown-place", name=unknown))
    return notes


def _nothing(asking: Asking, wishes: Wishes, plan: DayPlan, kept: dict[str, Any] | None) -> Answered:
    lang = asking.lang
    lines = [
        t(lang, f"plans-left-out-{why.replace('_', '-')}", name=place.name_zh if lang == "zh" else place.name_en)
        for place, why in plan.left_out
    ]
    key = "plans-late" if plan.problem == "late" else "plans-nothing"
    if kept:
        lines.append(t(lang, "plans-kept"))
    choices = plan_words.start_choices(lang)
    reply = Reply(code="plan_impossible", lang=lang, headline=t(lang, key), lines=lines, choices=choices)
    if kept:
        return _as_before(asking, reply)
    return Answered([reply], focus=asking.focus)


def _as_before(asking: Asking, reply: Reply) -> Answered:
    """An answer that leaves the plan in talk as it was."""
    return Answered([reply], focus=asking.focus, results=asking.results, offset=asking.offset, asked=asking.asked)


def _said(asking: Asking) -> Said:
    """The message as plans are read from it."""
    kinds = (*PLACE_KINDS, "district", "category", "tag")
    named = {id_ for kind in kinds for id_ in asking.named.get(kind, [])}
    positions = [(start, id_) for start, id_ in asking.positions if id_ in named]
    placed = {id_ for _, id_ in positions}
    positions += [(0, id_) for id_ in sorted(named - placed)]
    text = "" if asking.named.get("change") else asking.text
    return Said(text, asking.now, tuple(asking.times), tuple(sorted(positions)))


def _remembered(plan: dict[str, Any]) -> tuple[Wishes, Shown]:
    """What a conversation keeps of a plan."""
    return Wishes.from_dict(plan.get("wishes", {})), shown_of(
        plan.get("stops", []), plan.get("begin", ""), int(plan.get("cost", 0))
    )


__all__ = ["PLANS", "changes_plan", "day_plan", "plan_change"]
