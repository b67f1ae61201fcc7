"""Where "near" starts: the shared location, the place named, or the place in the words of the message."""

from __future__ import annotations

from dataclasses import dataclass, replace

from backend.geo import Point
from backend.models import Place
from backend.services.answers import facts
from backend.services.answers.asking import MAX_TEXT_KEPT, PLACE_KINDS, Answered, Asking, Desk
from backend.services.geocoding import Found, NotFound, Unsure, place_words
from backend.services.geocoding.streets import doors_in
from backend.services.places import position
from backend.services.replies import Choice, Reply
from backend.wording import t

# What a question that waits for a place keeps of the names in it, and of its words: they may tell of a child.
_KEPT = ("symptom", "department", "category", "tag")
SAYS_ME = ("我附近", "离我", "我这", "我身边", "near me", "around me", "from me", "closest to me")


@dataclass(frozen=True)
class Origin:
    """A point to start from, and what to call it. `place` is our record of it, if it is one of ours; `approximate` says
    that the point is only the middle of a street or a district.
    """

    point: Point
    label: str
    place: Place | None = None
    approximate: bool = False


@dataclass(frozen=True)
class Question:
    """What has to be asked first: which of these the words mean."""

    words: str
    candidates: tuple[Found, ...]


def where(desk: Desk, asking: Asking) -> Origin | Question | None:
    """The origin of a question about "near"; a question where the words leave it open; None where nothing tells.

    The place named comes first, then the place in the words, then the shared location or the place in talk, whichever
    the message speaks of.
    """
    named = desk.places.by_ids(asking.places())
    for place in named:
        if position(place) is not None:
            return _at(place, asking.lang)
    for place in named:
        if (about := _about(desk, place, asking.lang)) is not None:
            return about
    if not says_me(asking) and not asking.places():
        answer = _in_words(desk, asking)
        if isinstance(answer, Found):
            return _origin(desk, answer)
        if isinstance(answer, Unsure):
            return Question(answer.words, answer.candidates)
        if asking.unknown_name():
            return None
    return _known_before(desk, asking)


def says_me(asking: Asking) -> bool:
    """Whether the message means the person's own place."""
    text = asking.text.lower()
    return any(word in text for word in SAYS_ME)


def ask_which(asking: Asking, question: Question) -> Answered:
    """Asks which place is meant; the answer to it goes on with the question that was asked."""
    lang, candidates = asking.lang, question.candidates
    if len(candidates) == 1:
        headline = t(lang, "whereabouts-or", name=candidates[0].label)
    else:
        headline = t(lang, "whereabouts-which", words=question.words)
    reply = Reply(
        code="ask_where_which",
        lang=lang,
        headline=headline,
        lines=[
            t(lang, "list-line", number=number, name=found.label, detail="none")
            for number, found in enumerate(candidates, start=1)
            if len(candidates) > 1
        ],
        choices=[_choice(number, found) for number, found in enumerate(candidates, start=1)],
    )
    return Answered([reply], focus=asking.focus, pending=pending_of(asking))


def pending_of(asking: Asking) -> dict[str, object]:
    """What is kept of a question that waits for a place."""
    intent = asking.intent if asking.intent in ("find_clinic", "find_nearby") else "find_nearby"
    if asking.intent == "share_location":
        intent = str((asking.pending or {}).get("intent") or intent)
    named = {kind: ids for kind, ids in asking.named.items() if kind in _KEPT}
    return {"intent": intent, "named": named, "text": asking.text[:MAX_TEXT_KEPT]}


def caution(answered: Answered, origin: Origin, lang: str) -> Answered:
    """The answer with a word on an origin that is only about right."""
    if not origin.approximate:
        return answered
    reply = answered.replies[0]
    line = t(lang, "whereabouts-approximate", name=origin.label)
    return replace(answered, replies=[replace(reply, lines=[*reply.lines, line]), *answered.replies[1:]])


def _in_words(desk: Desk, asking: Asking) -> Found | Unsure | NotFound:
    """The place in the words: those the message frames as one, or what the bot took for a name it does not know."""
    framed = place_words(asking.text)
    unknown = asking.unknown_name()
    return desk.finder.locate([*framed, *([unknown] if unknown and unknown not in framed else [])], asking.lang)


def _at(place: Place, lang: str) -> Origin | None:
    point = position(place)
    return None if point is None else Origin(point, facts.name(place, lang), place)


def _about(desk: Desk, place: Place, lang: str) -> Origin | None:
    """Where a place without a position is, roughly: on the street of its address, else somewhere in its district."""
    streets = [door.street for door in doors_in(place.address_zh)]
    district = [desk.places.word(place.district, lang)] if place.district else []
    for words in (*streets, *district):
        found = desk.finder.locate([words], lang)
        if isinstance(found, Found) and found.kind in ("street", "district"):
            return Origin(found.point, facts.name(place, lang), place, approximate=True)
    return None


def _origin(desk: Desk, found: Found) -> Origin:
    place = desk.places.get(found.record_id) if found.record_id else None
    return Origin(found.point, found.label, place, found.approximate)


def _known_before(desk: Desk, asking: Asking) -> Origin | None:
    here = Origin(asking.location, t(asking.lang, "word-your-location")) if asking.location is not None else None
    if here is not None and (asking.intent == "share_location" or not asking.focus or says_me(asking)):
        return here
    focus = desk.places.get(asking.focus) if asking.focus and not says_me(asking) else None
    return (_at(focus, asking.lang) if focus is not None else None) or here


def _choice(number: int, found: Found) -> Choice:
    """One of our places by its id; a street, a stop or a district by its name, which is looked up again."""
    ours = found.kind in PLACE_KINDS
    entities = {found.kind: found.record_id} if ours else {"unknown_name": found.label}
    payload = f"share_location:{found.record_id}" if ours else f"share_location:{number}"
    return Choice(found.label[:60], payload, "share_location", entities)
