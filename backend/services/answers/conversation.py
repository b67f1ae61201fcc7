"""What turns are made of beyond a single question: one of a list, say it again, a correction, never mind, what is
remembered; and what a turn leaves behind for the next.
"""

from __future__ import annotations

from dataclasses import replace

from backend.services.answers import (
    air_quality,
    alerts_on_top,
    articles,
    beach_crowd,
    booking_talk,
    bookings,
    clinics,
    facts,
    journeys,
    last_bus,
    lists,
    place_facts,
    plans,
    sea_state,
    subscriptions,
    talk,
    transit,
)
from backend.services.answers.asking import PLACE_KINDS, Answer, Answered, Asking, Desk
from backend.services.answers.meaning import GOES_ON, again, meant, remembered
from backend.services.replies import Choice, Reply
from backend.services.values import corrected
from backend.wording import t

# A question of ours waits this many turns for its answer, while others are asked and answered in between.
PENDING_TURNS = 2
# Said on the way: the question before stays the one to repeat or to correct, and nothing of ours is forgotten.
_ASIDES = frozenset(
    {
        "greet",
        "help",
        "thanks",
        "goodbye",
        "switch_language",
        "repeat",
        "emergency",
        "human",
        "cancel",
        "memory_show",
    }
)


def answer(desk: Desk, asking: Asking) -> Answered:
    """The replies to a question, and everything the next turn needs to know."""
    answered = _answer(desk, asking)
    guessed = asking.named.get("guessed_name")
    if guessed and _is_about_what_was_named(asking, answered):
        # The answer says which place it is about; this says that it is not the one that was typed.
        first, *others = answered.replies
        headline = t(first.lang, "guessed-name", typed=guessed[0], headline=first.headline)
        answered = replace(answered, replies=[replace(first, headline=headline), *others])
    answered = alerts_on_top.on_top(desk, asking, answered)
    if asking.foreign is None:
        return answered
    return replace(answered, replies=[*answered.replies[:-1], _in_their_language(desk, asking, answered)])


def _is_about_what_was_named(asking: Asking, answered: Answered) -> bool:
    """Whether a place or a service that the message names is what the answer is about."""
    if asking.intent == "hotline":
        return bool(asking.named.get("hotline"))
    return asking.intent in GOES_ON and answered.focus is not None and answered.focus in asking.places()


def _in_their_language(desk: Desk, asking: Asking, answered: Answered) -> Reply:
    """The last reply with a line in the person's own language, which names the places in Chinese as on the signs."""
    reply = answered.replies[-1]
    ids = list(dict.fromkeys(card.place.id for card in reply.cards if card.place)) or [answered.focus or ""]
    names = [place.name_zh for place in desk.places.by_ids([place_id for place_id in ids[:5] if place_id])]
    key = f"foreign-{asking.foreign}" if names else f"foreign-{asking.foreign}-only"
    values = {"names": "、".join(names)} if names else {}
    return replace(reply, lines=[*reply.lines, t(reply.lang, key, **values)])


def _answer(desk: Desk, asking: Asking) -> Answered:
    question = meant(desk, asking)
    answered = ANSWERS[question.intent](desk, question)
    if answered.forget:
        return answered
    same_list = bool(answered.results) and answered.results == asking.results
    around = answered.around or (asking.list_around() if same_list else None)
    if question.intent in _ASIDES:
        before = answered.asked or asking.asked
        return replace(answered, asked={**before, "around": around} if before else None)
    answered = replace(answered, asked={**(answered.asked or remembered(question)), "around": around})
    return _still_waiting(question, answered)


def _still_waiting(asking: Asking, answered: Answered) -> Answered:
    """A question of ours outlives an interruption, and is put again at the end of what is said about it."""
    waiting = asking.pending or {}
    age = int(waiting.get("age", 0)) + 1
    settled = asking.intent in (
        "cancel",
        "share_location",
        "correction",
        *booking_talk.BOOKINGS,
    ) or asking.intent == waiting.get("intent")
    if answered.pending is not None or not waiting or settled or asking.bare or age > PENDING_TURNS:
        return answered
    if waiting["intent"] in place_facts.QUESTIONS and asking.places():
        return answered  # a place was named: what had to be asked is known
    *first, last = answered.replies
    pending = {**waiting, "age": age}
    if waiting["intent"] == "book":
        return replace(answered, replies=[*first, booking_talk.asked_again(asking, last)], pending=pending)
    key = "still-ask-where" if waiting["intent"] in ("find_nearby", "find_clinic") else "still-ask-place"
    last = replace(last, lines=[*last.lines, t(asking.lang, key)])
    return replace(answered, replies=[*first, last], pending=pending)


def choose_from_list(desk: Desk, asking: Asking) -> Answered:
    """A position beyond the list, or no list at all; a good one has become a question on the place before."""
    if not asking.results:
        return place_facts.answer(desk, replace(asking, intent="place_details"))
    count = len(asking.shown())
    reply = Reply(code="choose_none", lang=asking.lang, headline=t(asking.lang, "choose-none", count=count))
    return _as_it_was(asking, reply)


def repeat(desk: Desk, asking: Asking) -> Answered:
    """The last question answered again, with what is true now."""
    if not asking.before():
        reply = Reply(code="repeat_none", lang=asking.lang, headline=t(asking.lang, "repeat-none"))
        return _as_it_was(asking, reply)
    return _answer(desk, again(asking))


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
    if not asking.before() or not (named or asking.times):
        unknown = asking.unknown_name()
        headline = t(asking.lang, "unknown-place", name=unknown) if unknown else t(asking.lang, "correction-unclear")
        return _as_it_was(asking, Reply(code="correction_unclear", lang=asking.lang, headline=headline))
    question = again(asking)
    if any(kind in named for kind in PLACE_KINDS):
        kept = {kind: ids for kind, ids in question.named.items() if kind not in (*PLACE_KINDS, "unknown_name")}
    else:
        kept = {kind: ids for kind, ids in question.named.items() if kind not in named}
    question = replace(question, named={**kept, **named}, same_name=asking.same_name if named else [], bare=False)
    times = asking.times_in(meant or asking.text)
    if times:
        question = replace(question, times=times, time_text=meant or asking.text)
    return _answer(desk, question)


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
    "book": bookings.book,
    "my_bookings": bookings.mine,
    "cancel_booking": bookings.cancel,
    "change_booking": bookings.change,
    "subscribe": subscriptions.subscribe,
    "unsubscribe": subscriptions.unsubscribe,
    "my_subscriptions": subscriptions.mine,
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
