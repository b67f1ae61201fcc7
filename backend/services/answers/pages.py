"""One page of a list of places, as a reply that leaves the list behind for the next page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from backend.models import Place
from backend.services.answers import facts
from backend.services.answers.asking import PAGE, Answered, Asking
from backend.services.replies import Choice, Reply
from backend.wording import t

# Of a longer list so many are remembered for the next pages: nobody asks for the fortieth page, and it travels with
# every turn.
MAX_LISTED = 200


def page(
    asking: Asking,
    code: str,
    headline: str,
    places: list[Place],
    offset: int = 0,
    metres: Mapping[str, float] | None = None,
    openings: Mapping[str, str] | None = None,
) -> Answered:
    """The places from `offset` on, numbered, with their distance in metres and how they are open, where given by id."""
    lang = asking.lang
    shown = places[offset : offset + PAGE]
    lines, cards = [], []
    for number, place in enumerate(shown, start=1):
        far = facts.distance(metres[place.id], lang) if metres and place.id in metres else ""
        detail = _detail(place, asking, far, (openings or {}).get(place.id, ""))
        lines.append(t(lang, "list-line", number=number, name=facts.name(place, lang), detail=detail or "none"))
        cards.append(facts.place_card(place, asking, [far] if far else None))
    choices = [facts.open_place(place, lang) for place in shown]
    if offset + PAGE < min(len(places), MAX_LISTED):
        choices.append(Choice(t(lang, "choice-more"), "more", "more", {}))
    caution = t(lang, "caution-list") if any(place.confidence == "low" for place in shown) else ""
    reply = Reply(code=code, lang=lang, headline=headline, lines=lines, caution=caution, cards=cards, choices=choices)
    focus = shown[0].id if len(places) == 1 else asking.focus
    return Answered([reply], focus=focus, results=[place.id for place in places[:MAX_LISTED]], offset=offset + PAGE)


def with_first_lines(answered: Answered, lines: list[str]) -> Answered:
    """The answer with lines right behind its headline."""
    reply = answered.replies[0]
    return replace(answered, replies=[replace(reply, lines=[*lines, *reply.lines]), *answered.replies[1:]])


def with_lines(answered: Answered, *lines: str) -> Answered:
    """The answer with lines behind the others."""
    reply = answered.replies[0]
    return replace(answered, replies=[replace(reply, lines=[*reply.lines, *lines]), *answered.replies[1:]])


def _detail(place: Place, asking: Asking, far: str, opening: str) -> str:
    lang = asking.lang
    parts = [part for part in (far, opening) if part]
    if not opening and facts.is_shut(place, asking):
        parts.append(t(lang, "word-closed"))
    elif place.kind == "clinic":
        parts.extend(part for part in (facts.fact(place, "level", lang), *place.phones[:1]) if part)
    elif not opening:
        parts.extend(
            part
            for part in (
                place.rating and t(lang, "rating-a", count=len(place.rating)),
                facts.fact(place, "price_text", lang),
            )
            if part
        )
    return t(lang, "list-join").join(parts)
