"""Everything around the facts: greeting, help, thanks, language, hotlines, a person, and what we cannot do."""

from __future__ import annotations

from dataclasses import replace

from backend.models import Hotline
from backend.services.answers import facts
from backend.services.answers.asking import Answered, Asking, Desk
from backend.services.replies import Card, Choice, Link, Reply
from backend.wording import t

MAX_HOTLINES = 6


def _keep(asking: Asking, reply: Reply) -> Answered:
    """An answer that leaves what is talked about as it was."""
    return Answered([reply], focus=asking.focus, results=asking.results, offset=asking.offset, pending=asking.pending)


def _starters(lang: str) -> list[Choice]:
    return [
        Choice(t(lang, "choice-all-sights"), "attraction_search", "attraction_search", {}),
        Choice(t(lang, "choice-all-hospitals"), "find_clinic", "find_clinic", {}),
        Choice(t(lang, "choice-hotlines"), "hotline", "hotline", {}),
    ]


def small_talk(desk: Desk, asking: Asking) -> Answered:
    """Greeting, help, thanks, goodbye."""
    lang = asking.lang
    key = {"greet": "greet", "help": "help", "thanks": "thanks", "goodbye": "goodbye"}[asking.intent]
    lines = [t(lang, "help-examples", questions=desk.city.example_questions[lang])] if key in ("greet", "help") else []
    choices = _starters(lang) if key in ("greet", "help") else []
    return _keep(
        asking,
        Reply(code=key, lang=lang, headline=t(lang, key, city=desk.city.name[lang]), lines=lines, choices=choices),
    )


def switch_language(desk: Desk, asking: Asking) -> Answered:
    """Speaks the language asked for from now on; without a clear word, the other one."""
    text = asking.text.lower()
    if any(word in text for word in ("english", "英语", "英文")):
        lang = "en"
    elif any(word in text for word in ("中文", "汉语", "普通话", "chinese", "mandarin", "国语", "华语")):
        lang = "zh"
    else:
        lang = "en" if asking.lang == "zh" else "zh"
    return _keep(asking, Reply(code="switch_language", lang=lang, headline=t(lang, "language-switched")))


def hotline(desk: Desk, asking: Asking) -> Answered:
    """The number asked for; the service line and the most wanted numbers where none was named."""
    lang = asking.lang
    named = [desk.places.hotline(hotline_id) for hotline_id in asking.named.get("hotline", [])]
    found = [record for record in named if record is not None and (record.phone or record.website)]
    if not found:
        service = desk.places.hotline(desk.city.service_line)
        numbers = [record for record in desk.places.hotlines() if record.kind == "hotline"]
        if service is not None:
            numbers = [service, *(record for record in numbers if record.id != service.id)]
        lines = [
            t(lang, "hotline-line", name=facts.name(record, lang), number=record.phone)
            for record in numbers[:MAX_HOTLINES]
        ]
        cards = [_hotline_card(record, lang) for record in numbers[:MAX_HOTLINES]]
        return _keep(
            asking, Reply(code="hotline", lang=lang, headline=t(lang, "hotline-list"), lines=lines, cards=cards)
        )
    first = found[0]
    name = facts.name(first, lang)
    if first.phone:
        headline = t(lang, "hotline-headline", name=name, number=first.phone)
    else:
        headline = t(lang, "hotline-no-number", name=name, website=first.website)
    status = facts.status_line(first, asking) if first.opening_hours != "24/7" else ""
    lines = [status, facts.fact(first, "hours_text", lang), facts.fact(first, "notes", lang)]
    lines += [
        t(lang, "hotline-line", name=facts.name(record, lang), number=record.phone)
        for record in found[1:MAX_HOTLINES]
        if record.phone
    ]
    reply = Reply(
        code="hotline",
        lang=lang,
        headline=headline,
        lines=[line for line in lines if line],
        caution=facts.caution(first, lang),
        cards=[_hotline_card(record, lang) for record in found[:MAX_HOTLINES]],
        source=facts.source(first),
    )
    return _keep(asking, reply)


def _hotline_card(record: Hotline, lang: str) -> Card:
    links = [Link(t(lang, "link-call", number=record.phone), f"tel:{record.phone}")] if record.phone else []
    lines = [line for line in (record.phone, facts.fact(record, "hours_text", lang)) if line]
    return Card(facts.name(record, lang), lines, None, links, facts.source(record))


def emergency(desk: Desk, asking: Asking) -> Answered:
    """The second net: what the backend's emergency words did not catch and the bot understood."""
    return _keep(asking, desk.emergency.reply(desk.emergency.groups(asking.text), asking.lang))


def human(desk: Desk, asking: Asking) -> Answered:
    """Where a person can be reached; a hand-over inside the conversation does not exist yet, so none is promised."""
    lang = asking.lang
    service = desk.places.hotline(desk.city.service_line)
    number = service.phone if service else ""
    links = [Link(t(lang, "link-call", number=number), f"tel:{number}")] if number else []
    card = (
        [
            Card(
                t(lang, "hotline-line", name=facts.name(service, lang), number=number),
                [],
                None,
                links,
                facts.source(service),
            )
        ]
        if service
        else []
    )
    return _keep(asking, Reply(code="human", lang=lang, headline=t(lang, "human", number=number), cards=card))


def out_of_scope(desk: Desk, asking: Asking) -> Answered:
    """Said honestly, with what we can do."""
    lang = asking.lang
    return _keep(
        asking,
        Reply(
            code="out_of_scope",
            lang=lang,
            headline=t(lang, "out-of-scope"),
            lines=[t(lang, "help-examples", questions=desk.city.example_questions[lang])],
            choices=_starters(lang),
        ),
    )


def fallback(desk: Desk, asking: Asking) -> Answered:
    """Not understood: what it may have been, as choices; a name in it is at least something to go on with."""
    lang = asking.lang
    places = desk.places.by_ids(asking.places()[:3])
    if places:
        choices = [
            facts.ask_about(places[0], intent, lang) for intent in ("place_hours", "place_price", "place_address")
        ]
        reply = Reply(
            code="fallback_place",
            lang=lang,
            headline=t(lang, "fallback-place", name=facts.name(places[0], lang)),
            choices=choices,
        )
        return Answered([reply], focus=places[0].id)
    guesses = _guesses(desk, asking)
    service = t(lang, "fallback-person", number=desk.city.service_number)
    if guesses:
        reply = Reply(code="fallback", lang=lang, headline=t(lang, "did-you-mean"), lines=[service], choices=guesses)
        return _keep(asking, reply)
    return _keep(
        asking,
        Reply(
            code="fallback",
            lang=lang,
            headline=t(lang, "fallback"),
            lines=[t(lang, "help-examples", questions=desk.city.example_questions[lang]), service],
            choices=_starters(lang),
        ),
    )


# What can be offered as "did you mean" without knowing more, and what only with a place in talk.
_GUESS_ALONE = {
    "attraction_search": "choice-all-sights",
    "find_clinic": "choice-all-hospitals",
    "hotline": "choice-hotlines",
    "human": "choice-human",
}
_GUESS_OF_PLACE = ("place_hours", "place_price", "place_address", "place_phone", "find_nearby")
MAX_GUESSES = 3
# Less likely than this is no guess but noise.
GUESS_CONFIDENCE = 0.08


def _guesses(desk: Desk, asking: Asking) -> list[Choice]:
    """The likeliest intents as choices, at most three."""
    lang = asking.lang
    focus = desk.places.get(asking.focus) if asking.focus else None
    found = []
    for intent, confidence in asking.ranking:
        if confidence < GUESS_CONFIDENCE:
            continue
        if intent in _GUESS_ALONE:
            found.append(Choice(t(lang, _GUESS_ALONE[intent]), intent, intent, {}))
        elif intent in _GUESS_OF_PLACE and focus is not None:
            offer = facts.ask_about(focus, intent, lang)
            found.append(replace(offer, title=f"{facts.name(focus, lang)} {offer.title}"[:60]))
    return found[:MAX_GUESSES]
