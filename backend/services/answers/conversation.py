"""What turns are made of beyond a single question: one of a list, say it again, a correction, never mind, what is
remembered; and what a turn leaves behind for the next.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from backend.services.answers import (
    air_quality,
    articles,
    beach_crowd,
    clinics,
    facts,
    journeys,
    last_bus,
    lists,
    place_facts,
    plans,
    sea_state,
    talk,
    transit,
)
from backend.services.answers.asking import PLACE_KINDS, Answer, Answered, Asking, Desk
from backend.services.replies import Choice, Reply
from backend.services.values import corrected
from backend.wording import t

# A question of ours waits this many turns for its answer, while others are asked and answered in between.
PENDING_TURNS = 2
MAX_TEXT_KEPT = 200
# What only a list can be asked by position for; "the first hospital" elsewhere is a name.
_ABOUT_ONE = (*place_facts.QUESTIONS, "find_nearby", "find_clinic", "choose_from_list", "sea_state", "beach_crowd")
# A question that may be asked again with one word changed, in these words, whatever they were read as.
_OF_READINGS = ("sea_state", "air_quality", "beach_crowd")
_GOES_ON = frozenset({*place_facts.QUESTIONS, "find_nearby", "find_clinic", "attraction_search", *_OF_READINGS})
_NEVER_SHORT = frozenset(
    {
        "emergency",
        "human",
        "repeat",
        "cancel",
        "memory_show",
        "memory_forget",
        "switch_language",
    }
)
_SHORT = re.compile(
    r"^(?:那么?|还有|换成)?(?!.*(?:什么|啥|多少|几|怎|咋|哪|附近|吗|能|可以|有没|我)).{1,16}呢[?？!！。 ]*$"
    r"|^(?:and|what about|how about|and what about|and for)\b"
    r"(?!.*\b(?:how|when|where|what|which|is|are|can|do|does)\b).{2,50}$",
    re.IGNORECASE,
)
# Said on the way: the question before stays the one to repeat or to correct, and nothing of ours is forgotten.
_ASIDES = frozenset({"greet", "help", "thanks", "goodbye", "switch_language", "repeat", "emergency", "human"})


def answer(desk: Desk, asking: Asking) -> Answered:
    """The replies to a question, and everything the next turn needs to know."""
    answered = _answer(desk, asking)
    guessed = asking.named.get("guessed_name")
    if guessed and _is_about_what_was_named(asking, answered):
        # The answer says which place it is about; this says that it is not the one that was typed.
        first, *others = answered.replies
        headline = t(first.lang, "guessed-name", typed=guessed[0], headline=first.headline)
        answered = replace(answered, replies=[replace(first, headline=headline), *others])
    if asking.foreign is None:
        return answered
    return replace(answered, replies=[*answered.replies[:-1], _in_their_language(desk, asking, answered)])


def _is_about_what_was_named(asking: Asking, answered: Answered) -> bool:
    """Whether a place or a service that the message names is what the answer is about."""
    if asking.intent == "hotline":
        return bool(asking.named.get("hotline"))
    return asking.intent in _GOES_ON and answered.focus is not None and answered.focus in asking.places()


def _in_their_language(desk: Desk, asking: Asking, answered: Answered) -> Reply:
    """The last reply with a line in the person's own language, which names the places in Chinese as on the signs."""
    reply = answered.replies[-1]
    ids = list(dict.fromkeys(card.place.id for card in reply.cards if card.place)) or [answered.focus or ""]
    names = [place.name_zh for place in desk.places.by_ids([place_id for place_id in ids[:5] if place_id])]
    key = f"foreign-{asking.foreign}" if names else f"foreign-{asking.foreign}-only"
    values = {"names": "、".join(names)} if names else {}
    return replace(reply, lines=[*reply.lines, t(reply.lang, key, **values)])


def _answer(desk: Desk, asking: Asking) -> Answered:
    if not asking.named.get("symptom") and plans.changes_plan(asking):
        asking = replace(asking, intent="plan_change")
    meant = _in_full(clinics.with_complaints(desk, _from_list(journeys.goes_on(asking))))
    answered = ANSWERS[meant.intent](desk, meant)
    if meant.intent in _ASIDES or meant.intent in ("cancel", "memory_show"):
        return replace(answered, asked=answered.asked or asking.asked)
    if answered.forget:
        return answered
    same_list = bool(answered.results) and answered.results == asking.results
    around = answered.around or (asking.list_around() if same_list else None)
    answered = replace(answered, asked={**(answered.asked or _remembered(meant)), "around": around})
    return _still_waiting(meant, answered)


def _remembered(asking: Asking) -> dict[str, Any]:
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
        # The plan in talk outlives questions about its stops.
        "plan": asking.plan or (asking.asked or {}).get("plan"),
    }


def _again(asking: Asking) -> Asking:
    """The question before, asked now."""
    question = {name: value for name, value in (asking.asked or {}).items() if name != "around"}
    before = replace(asking, **question)
    return replace(before, times=before.times_in(before.time_text), asked=None)


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
    before = asking.asked or {}
    waiting = (asking.pending or {}).get("intent")
    named_only = asking.places() and not asking.named.get("category")
    if clinics.is_complaint(asking):
        return replace(asking, intent="find_clinic")
    if waiting == "find_clinic" and asking.intent == "find_nearby" and named_only:
        return replace(asking, intent="share_location")  # "near Pigeon Nest Park", as we proposed to say it
    if clinics.tells_where(asking):
        return replace(asking, intent="share_location")
    if before.get("intent") in _GOES_ON and _SHORT.search(asking.text) and asking.intent not in _NEVER_SHORT:
        again = _again(asking)
        places = {kind: ids for kind, ids in asking.named.items() if kind in (*PLACE_KINDS, "district", "department")}
        if places:
            kept = {
                kind: ids for kind, ids in again.named.items() if kind not in (*PLACE_KINDS, *places, "unknown_name")
            }
            return replace(again, named={**kept, **places}, same_name=asking.same_name, bare=False)
        if asking.times and not asking.unknown_name():
            return replace(again, times=asking.times, time_text=asking.text)
    if (
        asking.intent in place_facts.QUESTIONS
        and asking.named.get("article")
        and not asking.places()
        and not asking.focus
    ):
        return replace(asking, intent="ask_article")
    return asking


def _still_waiting(asking: Asking, answered: Answered) -> Answered:
    """A question of ours outlives an interruption, and is put again at the end of what is said about it."""
    waiting = asking.pending or {}
    age = int(waiting.get("age", 0)) + 1
    settled = asking.intent in ("cancel", "share_location", "correction") or asking.intent == waiting.get("intent")
    if answered.pending is not None or not waiting or settled or asking.bare or age > PENDING_TURNS:
        return answered
    if waiting["intent"] in place_facts.QUESTIONS and asking.places():
        return answered  # a place was named: what had to be asked is known
    key = "still-ask-where" if waiting["intent"] in ("find_nearby", "find_clinic") else "still-ask-place"
    *first, last = answered.replies
    last = replace(last, lines=[*last.lines, t(asking.lang, key)])
    return replace(answered, replies=[*first, last], pending={**waiting, "age": age})


def choose_from_list(desk: Desk, asking: Asking) -> Answered:
    """A position beyond the list, or no list at all; a good one has become a question on the place before."""
    if not asking.results:
        return place_facts.answer(desk, replace(asking, intent="place_details"))
    count = len(asking.shown())
    reply = Reply(code="choose_none", lang=asking.lang, headline=t(asking.lang, "choose-none", count=count))
    return _as_it_was(asking, reply)


def repeat(desk: Desk, asking: Asking) -> Answered:
    """The last question answered again, with what is true now."""
    if not asking.asked:
        reply = Reply(code="repeat_none", lang=asking.lang, headline=t(asking.lang, "repeat-none"))
        return _as_it_was(asking, reply)
    return _answer(desk, _again(asking))


def cancel(desk: Desk, asking: Asking) -> Answered:
    """What we asked is dropped; the place and the list in talk stay."""
    reply = Reply(code="cancel", lang=asking.lang, headline=t(asking.lang, "cancelled"))
    return Answered([reply], focus=asking.focus, results=asking.results, offset=asking.offset)


def correction(desk: Desk, asking: Asking) -> Answered:
    """The question before with what the person put right; asks what was meant where that is not clear."""
    denied, meant = corrected(asking.text)
    named = {kind: list(ids) for kind, ids in asking.named.items() if kind != "unknown_name"}
    if denied:
        begin = asking.text.find(denied)
        wrong = {id_ for start, id_ in asking.positions if begin <= start < begin + len(denied)}
        named = {kind: [id_ for id_ in ids if id_ not in wrong] for kind, ids in named.items()}
    named = {kind: ids for kind, ids in named.items() if ids}
    chosen = replace(asking, text=meant or asking.text).nth_shown()
    if chosen is not None:
        named[chosen.partition(":")[0]] = [chosen]
    before = asking.asked
    if before is None or not (named or asking.times):
        unknown = asking.unknown_name()
        headline = t(asking.lang, "unknown-place", name=unknown) if unknown else t(asking.lang, "correction-unclear")
        return _as_it_was(asking, Reply(code="correction_unclear", lang=asking.lang, headline=headline))
    again = _again(asking)
    if any(kind in named for kind in PLACE_KINDS):
        kept = {kind: ids for kind, ids in again.named.items() if kind not in (*PLACE_KINDS, "unknown_name")}
    else:
        kept = {kind: ids for kind, ids in again.named.items() if kind not in named}
    again = replace(again, named={**kept, **named}, same_name=asking.same_name if named else [], bare=False)
    times = asking.times_in(meant or asking.text)
    if times:
        again = replace(again, times=times, time_text=meant or asking.text)
    return _answer(desk, again)


def memory_show(desk: Desk, asking: Asking) -> Answered:
    """What the conversation knows of the person, in plain words, and how to have it forgotten."""
    lang = asking.lang
    lines = [t(lang, "memory-language")]
    place = desk.places.get(asking.focus) if asking.focus else None
    if place is not None:
        lines.append(t(lang, "memory-place", name=facts.name(place, lang)))
    if asking.results:
        lines.append(t(lang, "memory-list", count=len(asking.results)))
    if asking.location is not None:
        lines.append(t(lang, "memory-location"))
    if asking.asked and asking.asked.get("text"):
        lines.append(t(lang, "memory-question", text=asking.asked["text"][:60]))
    lines.append(t(lang, "memory-messages"))
    choices = [Choice(t(lang, "choice-memory-forget"), "memory_forget", "memory_forget", {})]
    reply = Reply(code="memory_show", lang=lang, headline=t(lang, "memory-show"), lines=lines, choices=choices)
    return _as_it_was(asking, reply)


def memory_forget(desk: Desk, asking: Asking) -> Answered:
    """Forgets what the dialogue remembers; the backend clears the location it keeps in the same transaction."""
    lang = asking.lang
    lines = [t(lang, "memory-messages")]
    reply = Reply(code="memory_forget", lang=lang, headline=t(lang, "memory-forgotten"), lines=lines)
    return Answered([reply], forget=True)


def _as_it_was(asking: Asking, reply: Reply) -> Answered:
    return Answered(
        [reply],
        focus=asking.focus,
        results=asking.results,
        offset=asking.offset,
        pending=asking.pending,
        asked=asking.asked,
    )


ANSWERS: dict[str, Answer] = {
    **dict.fromkeys(place_facts.QUESTIONS, place_facts.answer),
    **dict.fromkeys(("greet", "help", "thanks", "goodbye"), talk.small_talk),
    "switch_language": talk.switch_language,
    "attraction_search": lists.search,
    "find_nearby": lists.nearby,
    "find_clinic": clinics.clinics,
    "more": lists.more,
    "share_location": clinics.shared_location,
    "day_plan": plans.day_plan,
    "plan_change": plans.plan_change,
    "hotline": talk.hotline,
    "sea_state": sea_state.answer,
    "air_quality": air_quality.answer,
    "beach_crowd": beach_crowd.answer,
    "journey": journeys.journey,
    "last_bus": last_bus.last_bus,
    "bus_line": transit.bus_line,
    "bus_stop": transit.bus_stop,
    "ask_article": articles.ask_article,
    "emergency": clinics.emergency,
    "human": talk.human,
    "out_of_scope": talk.out_of_scope,
    "fallback": talk.fallback,
    "choose_from_list": choose_from_list,
    "repeat": repeat,
    "cancel": cancel,
    "correction": correction,
    "memory_show": memory_show,
    "memory_forget": memory_forget,
}
