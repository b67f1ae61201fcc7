"""What a message asks, given what was said before: one of the list shown, the answer to a question of ours, the
question before on another place, a plan changed. Help comes first, whatever is in talk.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from backend.services.answers import booking_talk, complaints, journeys, place_facts, plans
from backend.services.answers.asking import MAX_TEXT_KEPT, PLACE_KINDS, Asking, Desk

# What only a list can be asked by position for; "the first hospital" elsewhere is a name.
_ABOUT_ONE = frozenset(
    {
        *place_facts.QUESTIONS,
        "find_nearby",
        "find_clinic",
        "choose_from_list",
        "sea_state",
        "beach_crowd",
        "journey",
        "bus_stop",
    }
)
# A question that may be asked again with one word changed, in these words, whatever they were read as.
GOES_ON = frozenset(
    {
        *place_facts.QUESTIONS,
        "find_nearby",
        "find_clinic",
        "attraction_search",
        "sea_state",
        "air_quality",
        "beach_crowd",
    }
)
_NEVER_SHORT = frozenset({"human", "repeat", "cancel", "memory_show", "memory_forget", "switch_language"})
_SHORT = re.compile(
    r"^(?:那么?|还有|换成)?(?!.*(?:什么|啥|多少|几|怎|咋|哪|附近|吗|能|可以|有没|我)).{1,16}呢[?？!！。 ]*$"
    r"|^(?:and|what about|how about|and what about|and for)\b"
    r"(?!.*\b(?:how|when|where|what|which|is|are|can|do|does)\b).{2,50}$",
    re.IGNORECASE,
)


def meant(desk: Desk, asking: Asking) -> Asking:
    """The question in full, with the intent it has in this conversation."""
    asking = complaints.with_complaints(desk, asking)
    if asking.intent == "emergency":
        return asking
    if asking.intent == "share_location":
        asking = complaints.waiting_for_help(asking)
    here = complaints.told_where(desk, asking)
    if here is not None:
        return here
    asking = booking_talk.goes_on(asking)
    if plans.changes_plan(asking):
        return replace(asking, intent="plan_change")
    return _in_full(journeys.with_line_in_talk(journeys.goes_on(_from_list(asking))))


def remembered(asking: Asking) -> dict[str, Any]:
    """The question, as far as it takes to answer it anew."""
    return {
        "intent": asking.intent,
        "named": asking.named,
        "same_name": asking.same_name,
        "positions": asking.positions[:20],
        "text": asking.text[:MAX_TEXT_KEPT],
        "time_text": asking.time_text[:MAX_TEXT_KEPT],
        "bare": asking.bare,
        "focus": asking.focus,
        "offset": asking.offset,
        "pending": asking.pending,
        # The plan in talk outlives questions about its stops, and a booking those that are asked in between.
        "plan": asking.plan or (asking.asked or {}).get("plan"),
        "booking": asking.booking or (asking.asked or {}).get("booking"),
    }


def again(asking: Asking) -> Asking:
    """The question before, asked now. Of what was known then only the list's origin is still known."""
    question = {name: value for name, value in (asking.asked or {}).items() if name != "around"}
    before = replace(asking, **question)
    return replace(before, times=before.times_in(before.time_text), asked={"around": asking.list_around()})


def _from_list(asking: Asking) -> Asking:
    """The question with the place filled in that it names by its position in the list shown last."""
    if asking.intent not in _ABOUT_ONE or asking.places():
        return asking
    chosen = asking.nth_shown()
    if chosen is None:
        return asking
    kind = chosen.partition(":")[0]
    intent = "place_details" if asking.intent == "choose_from_list" else asking.intent
    # What looked like an unknown name was the position.
    named = {name: ids for name, ids in asking.named.items() if name not in ("unknown_name", *PLACE_KINDS)}
    return replace(asking, intent=intent, named={**named, kind: [chosen]}, same_name=[], focus=chosen)


def _in_full(asking: Asking) -> Asking:
    """The short "and Tiger Rock?", "那明天呢" as the question before, on another place or day; and what is asked of no
    place in particular as a question that an article answers.
    """
    before = asking.before()
    waiting = (asking.pending or {}).get("intent")
    named_only = asking.places() and not asking.named.get("category")
    if waiting == "find_clinic" and asking.intent == "find_nearby" and named_only:
        return replace(asking, intent="share_location")  # "near Pigeon Nest Park", as we proposed to say it
    if before.get("intent") in GOES_ON and _SHORT.search(asking.text) and asking.intent not in _NEVER_SHORT:
        question = again(asking)
        places = {kind: ids for kind, ids in asking.named.items() if kind in (*PLACE_KINDS, "district", "department")}
        if places:
            kept = {
                kind: ids for kind, ids in question.named.items() if kind not in (*PLACE_KINDS, *places, "unknown_name")
            }
            return replace(question, named={**kept, **places}, same_name=asking.same_name, bare=False)
        if asking.times and not asking.unknown_name():
            return replace(question, times=asking.times, time_text=asking.text)
    about_nothing = asking.intent in place_facts.QUESTIONS and not asking.places() and not asking.focus
    if about_nothing and asking.named.get("article"):
        return replace(asking, intent="ask_article")
    return asking
