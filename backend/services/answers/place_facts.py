"""Questions on one place: details, hours, price, address, phone, rating, and how we know."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from backend.models import Place
from backend.services.answers import facts
from backend.services.answers.asking import Answered, Asking, Desk
from backend.services.answers.opening import asks_now
from backend.services.replies import Reply
from backend.wording import t

QUESTIONS = (
    "place_hours",
    "place_price",
    "place_address",
    "place_phone",
    "place_rating",
    "place_source",
    "place_details",
)


def answer(desk: Desk, asking: Asking) -> Answered:
    """Answers the question about the place named, else about the place in talk; asks back where neither is clear."""
    intent = asking.intent
    pending = asking.pending or {}
    if intent == "place_details" and asking.bare and pending.get("intent") in QUESTIONS:
        intent = pending["intent"]  # a name alone answers "which place do you mean?"
    if asking.not_found():
        return _unknown_place(desk, asking, intent)
    candidates = _candidates(desk, asking)
    if not candidates:
        return _which_place(asking, intent)
    if len(candidates) > 1:
        return _which_of(asking, intent, candidates)
    place = candidates[0]
    return Answered([_REPLIES[intent](place, asking)], focus=place.id, results=asking.results, offset=asking.offset)


def _candidates(desk: Desk, asking: Asking) -> list[Place]:
    """The one place meant, or those it could be."""
    named = asking.places()
    if not named:
        place = desk.places.get(asking.focus) if asking.focus else None
        return [place] if place else []
    for same in asking.same_name:
        places = _one_of_twins(desk.places.by_ids([place_id for place_id in same if place_id in named]))
        if asking.focus in [place.id for place in places]:
            return [place for place in places if place.id == asking.focus]
        if places:
            return places
    return desk.places.by_ids(named[:1])


def _one_of_twins(places: list[Place]) -> list[Place]:
    """Records of one real place count as one; the attraction is the fuller record."""
    ids = {place.id for place in places}
    alone = [place for place in places if not (place.extra.get("same_as") in ids and place.kind != "attraction")]
    return alone or places[:1]


def _which_place(asking: Asking, intent: str) -> Answered:
    reply = Reply(code="ask_place", lang=asking.lang, headline=t(asking.lang, "ask-place"))
    return Answered([reply], pending={"intent": intent}, results=asking.results, offset=asking.offset)


def _unknown_place(desk: Desk, asking: Asking, intent: str) -> Answered:
    """No answer is better than that of another place; the place in talk is offered, should it be meant."""
    lang = asking.lang
    place = desk.places.get(asking.focus) if asking.focus else None
    choices = [replace(facts.open_place(place, lang), payload=f"{intent}:{place.id}", intent=intent)] if place else []
    headline = t(lang, "unknown-place", name=asking.not_found())
    lines = [t(lang, "unknown-place-or", name=facts.name(place, lang))] if place else []
    reply = Reply(code="unknown_place", lang=lang, headline=headline, lines=lines, choices=choices)
    return Answered(
        [reply], focus=asking.focus, results=asking.results, offset=asking.offset, pending={"intent": intent}
    )


def _which_of(asking: Asking, intent: str, places: list[Place]) -> Answered:
    lang = asking.lang
    choices = []
    for place in places[:5]:
        offer = facts.open_place(place, lang)
        choices.append(replace(offer, payload=f"{intent}:{place.id}", intent=intent))
    reply = Reply(code="ask_which", lang=lang, headline=t(lang, "ask-which"), choices=choices)
    return Answered([reply], pending={"intent": intent})


def _reply(
    place: Place,
    asking: Asking,
    code: str,
    headline: str,
    lines: list[str],
    then: tuple[str, ...],
    confidence: str = "",
) -> Reply:
    lang = asking.lang
    if facts.is_shut(place, asking):
        # Whatever was asked: nobody should set out for a closed gate, and a short message keeps its first lines.
        status = facts.status_line(place, asking)
        lines = [line for line in lines if line != status]
        lines = lines if status in headline else [status, *lines]
    return Reply(
        code=code,
        lang=lang,
        headline=headline,
        lines=[line for line in lines if line],
        caution=facts.caution(place, lang, confidence),
        cards=[facts.place_card(place, asking)],
        choices=[facts.ask_about(place, intent, lang) for intent in then],
        source=facts.source(place),
    )


def _details(place: Place, asking: Asking) -> Reply:
    lang = asking.lang
    rating = _rating_text(place, lang)
    headline = t(lang, "details-headline", name=facts.name(place, lang), rating=rating or "none")
    labelled = (
        ("label-hours", facts.fact(place, "hours_text", lang)),
        ("label-price", facts.fact(place, "price_text", lang)),
        ("label-address", facts.fact(place, "address", lang)),
        ("label-phone", ", ".join(place.phones)),
    )
    lines = [facts.fact(place, "summary", lang), facts.status_line(place, asking)]
    lines += [t(lang, label, text=text) for label, text in labelled if text]
    lines.append(facts.fact(place, "notes", lang))
    return _reply(place, asking, "place_details", headline, lines, ("place_hours", "place_price", "find_nearby"))


def _hours(place: Place, asking: Asking) -> Reply:
    lang = asking.lang
    name, hours, status = (
        facts.name(place, lang),
        facts.fact(place, "hours_text", lang),
        facts.status_line(place, asking),
    )
    if not hours:
        headline = t(lang, "hours-unknown", name=name)
        lines = [
            status,
            t(lang, "label-phone", text=", ".join(place.phones))
            if place.phones
            else t(lang, "ask-service-line", service=asking.city.service_number),
        ]
    else:
        headline = t(lang, "hours-headline", name=name, hours=hours)
        lines = [status, facts.fact(place, "last_entry", lang)]
    day = asking.day()
    other_day = facts.moment_line(place, asking)
    if not other_day and day is not None and day != asking.now.date():
        other_day = facts.day_line(place, asking, day)
    if other_day:
        # Another day was asked about: how it stands today is beside the point.
        name_said = f"{name}: {other_day}" if lang == "en" else f"{name}：{other_day}"
        headline, lines = name_said, [headline, *lines[1:]]
    elif status and (asks_now(asking) or facts.is_shut(place, asking)):
        # What is true today comes before what is true as a rule.
        headline, lines = f"{name}: {status}" if lang == "en" else f"{name}：{status}", [headline, *lines[1:]]
    return _reply(
        place,
        asking,
        "place_hours",
        headline,
        lines,
        ("place_price", "place_address", "find_nearby"),
        place.hours_confidence,
    )


def _price(place: Place, asking: Asking) -> Reply:
    lang = asking.lang
    name, price = facts.name(place, lang), facts.fact(place, "price_text", lang)
    headline = t(lang, "price-headline", name=name, price=price) if price else t(lang, "price-unknown", name=name)
    lines = [facts.fact(place, "price_notes", lang)]
    if not price:
        lines.append(
            t(lang, "label-phone", text=", ".join(place.phones))
            if place.phones
            else t(lang, "ask-service-line", service=asking.city.service_number)
        )
    return _reply(place, asking, "place_price", headline, lines, ("place_hours", "place_address", "find_nearby"))


def address(place: Place, asking: Asking) -> Reply:
    """Where the place is, and the buses that stop there."""
    lang = asking.lang
    name, where = facts.name(place, lang), facts.fact(place, "address", lang)
    headline = t(lang, "address-headline", name=name, address=where) if where else t(lang, "address-unknown", name=name)
    buses = t(lang, "label-buses", lines=", ".join(place.bus_lines)) if place.bus_lines else ""
    lines = [buses, facts.fact(place, "notes", lang), place.address_zh if lang != "zh" else ""]
    return _reply(place, asking, "place_address", headline, lines, ("place_hours", "find_nearby"))


def _phone(place: Place, asking: Asking) -> Reply:
    lang = asking.lang
    name = facts.name(place, lang)
    if place.phones:
        return _reply(
            place,
            asking,
            "place_phone",
            t(lang, "phone-headline", name=name, phone=", ".join(place.phones)),
            [],
            ("place_hours",),
        )
    return _reply(
        place,
        asking,
        "place_phone",
        t(lang, "phone-unknown", name=name),
        [t(lang, "ask-service-line", service=asking.city.service_number)],
        ("place_hours",),
    )


def _rating(place: Place, asking: Asking) -> Reply:
    lang = asking.lang
    name, rating = facts.name(place, lang), _rating_text(place, lang)
    headline = t(lang, "rating-headline", name=name, rating=rating) if rating else t(lang, "rating-unknown", name=name)
    return _reply(
        place, asking, "place_rating", headline, [facts.fact(place, "summary", lang)], ("place_hours", "place_price")
    )


def _source(place: Place, asking: Asking) -> Reply:
    lang = asking.lang
    date = place.as_of or t(lang, "date-unknown")
    if place.checked_by:
        headline = t(lang, "source-checked", name=facts.name(place, lang), date=date)
    else:
        headline = t(lang, "source-unchecked", name=facts.name(place, lang), date=date)
    lines = [t(lang, f"confidence-{place.confidence}"), t(lang, "label-source", text=place.source)]
    return _reply(place, asking, "place_source", headline, lines, ("place_hours", "place_phone"))


def _rating_text(place: Place, lang: str) -> str:
    if place.rating:
        return t(lang, "rating-a", count=len(place.rating))
    return facts.fact(place, "level", lang)


_REPLIES: dict[str, Callable[[Place, Asking], Reply]] = {
    "place_details": _details,
    "place_hours": _hours,
    "place_price": _price,
    "place_address": address,
    "place_phone": _phone,
    "place_rating": _rating,
    "place_source": _source,
}
