"""What hurts, read in a message of any intent: whether it is a cry for help, a search for a doctor, or the answer to
our "where are you?". What is advised then stands in clinics.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from backend.services.answers.asking import Asking, Desk
from backend.services.geocoding import NotFound
from backend.services.triage import EMERGENCY, Advice

_NEAR_WORDS = ("附近", "最近", "周边", "旁边", "这边", "这里", "这儿", "near", "close", "around here")
_I_AM_AT = ("我在", "我们在", "人在", "我住", "i'm at", "i am at", "i'm in", "i am in", "we're", "we are")
# Intents under which a complaint is still a search for a doctor; the others know what they were asked.
_ASKS_FOR_DOCTOR = frozenset(
    {"find_clinic", "fallback", "out_of_scope", "place_details", "find_nearby", "attraction_search", "more"}
)
_MAY_TELL_WHERE = _ASKS_FOR_DOCTOR | {"place_address", "journey", "bus_stop"}
_SPEAKS_OF_CHILDREN = "tag:family"
# A longer message than this is no answer to "where are you?" but a story.
_WHERE_CHARS = 24


def advice_on(desk: Desk, asking: Asking) -> Advice | None:
    """What the table says on the complaints that the names and the words of a message tell of."""
    return advice_in(desk, asking.text, asking.named)


def advice_in(desk: Desk, text: str, named: Mapping[str, Sequence[str]]) -> Advice | None:
    """As `advice_on`, of a text and the ids of records named in it, by kind."""
    serious = desk.emergency.serious(text)
    found = desk.triage.find(serious, desk.triage.said_in(serious, named.get("symptom", [])))
    return desk.triage.advise(found, named.get("department", []), text)


def with_complaints(desk: Desk, asking: Asking) -> Asking:
    """The question as one for help, where its words tell of a complaint.

    What calls for the ambulance does so whatever the message was read as. Other complaints only where the message asks
    for nothing else.
    """
    advice = advice_on(desk, asking)
    if advice is None:
        return asking
    complaining = replace(asking, named={**asking.named, "symptom": [symptom.id for symptom in advice.symptoms]})
    if advice.emergencies:
        return replace(complaining, intent="emergency")
    if asking.intent not in _ASKS_FOR_DOCTOR:
        return asking
    return replace(complaining, intent="find_clinic") if _asks_for_nothing_else(asking) else complaining


def _asks_for_nothing_else(asking: Asking) -> bool:
    if asking.named.get("clinic"):
        return asking.intent == "find_clinic"
    other = {*asking.named.get("category", []), *asking.named.get("tag", [])} - {_SPEAKS_OF_CHILDREN}
    if asking.intent == "attraction_search":
        return not other
    if asking.intent == "place_details" and asking.places():
        return says_where(asking.text)
    return True


def says_where(text: str) -> bool:
    """Whether a text tells where the person is, or asks for what is near a place."""
    return says_near(text) or _says_any(text, _I_AM_AT)


def says_near(text: str) -> bool:
    """Whether a text asks for what is near, and so may mean the place in talk."""
    return _says_any(text, _NEAR_WORDS)


def _says_any(text: str, words: tuple[str, ...]) -> bool:
    lower = text.lower()
    return any(word in lower for word in words)


def told_where(desk: Desk, asking: Asking) -> Asking | None:
    """The message as the answer to the "where are you?" that a complaint waits for: a place, a district or a street,
    and no question of its own; None where it is none. Whoever cried for help and got the ambulance's number waits for
    the nearest emergency room.
    """
    asking = waiting_for_help(asking)
    pending = asking.pending or {}
    waits_for = pending.get("named", {})
    if pending.get("intent") != "find_clinic":
        return None
    if not waits_for.get("symptom") and waits_for.get("department") != [EMERGENCY]:
        return None
    if asking.intent not in _MAY_TELL_WHERE or asking.named.get("symptom"):
        return None
    here = replace(asking, intent="share_location")
    if asking.places() or asking.districts():
        return here if asking.bare or says_where(asking.text) else None
    words = asking.unknown_name() or asking.text.strip()
    if len(asking.text) > _WHERE_CHARS or isinstance(desk.finder.locate([words], asking.lang), NotFound):
        return None
    return replace(here, named={**asking.named, "unknown_name": [words]})


def waiting_for_help(asking: Asking) -> Asking:
    """The message after the ambulance's number as one that an emergency room is looked for with."""
    if not asking.after_help or asking.pending is not None:
        return asking
    return replace(asking, pending={"intent": "find_clinic", "named": {"department": [EMERGENCY]}, "text": ""})
