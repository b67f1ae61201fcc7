"""Two questions in one message: "鸽子窝几点开门，门票多少", "When does it open and how much is it?"."""

from __future__ import annotations

import re
from typing import Any, Awaitable, Callable, Dict, List

MAX_QUESTIONS = 3
# Longer messages are stories, not lists of questions; each part costs a reading of its own.
MAX_CHARS = 160
# A part is a question of its own only where this is sure; else the message is read whole.
SURE = 0.6
_SEPARATORS = re.compile(
    r"[?？!！;；。\n]+|[,，、]\s*|(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])|\s+and\s+(?=(?:how|when|what|where|is|are|do|does|can|which)\b)"
    r"|(?:另外|还有就是|顺便问(?:一)?下?|再问(?:一)?下?|对了)|\b(?:also|plus|by the way|btw)\b,?",
    re.IGNORECASE,
)
# What asks for facts: only these make sense side by side.
ASKING = frozenset(
    {
        "place_hours",
        "place_price",
        "place_address",
        "place_phone",
        "place_rating",
        "attraction_search",
        "find_nearby",
        "find_clinic",
        "hotline",
        "ask_article",
        "journey",
        "bus_line",
        "bus_stop",
        "last_bus",
        "sea_state",
        "air_quality",
        "beach_crowd",
    }
)
# What hurts and where one is, or where from and where to, are one question in two breaths.
ONE_ALONE = frozenset({"find_clinic", "find_nearby", "journey", "last_bus"})
SYMPTOM = "symptom"
# Openings and closings that are answered by answering the question beside them.
POLITE = frozenset({"greet", "thanks", "goodbye"})
# What several questions in one may be read as; a correction or a cry for help is one message.
MAY_HOLD_SEVERAL = ASKING | POLITE | {"place_details", "out_of_scope", "nlu_fallback"}

Parse = Callable[[str], Awaitable[Dict[str, Any]]]


async def read(text: str, parse: Parse) -> List[Dict[str, Any]]:
    """What a message asks, one reading for each question; the reading of the whole where it is but one."""
    whole = await parse(text)
    if len(text) > MAX_CHARS or whole["intent"]["name"] not in MAY_HOLD_SEVERAL:
        return [whole]
    # A leading slash would make Rasa read a person's words as a command, here as at the beginning of the whole.
    parts = [part.strip().lstrip("/ \t\r\n") for part in _SEPARATORS.split(text) if part]
    parts = [part for part in parts if len(part) > 1]
    if not 2 <= len(parts) <= MAX_QUESTIONS + 1:
        return [whole]
    readings = []
    for part in parts:
        readings.append(await parse(part))
        if _calls_for_help(readings[-1]):
            return [readings[-1]]  # whatever else was asked can wait
        if not _may_stand_alone(readings[-1]):
            return [whole]  # whatever the other parts are, these are no questions side by side
    return _apart(readings) or [whole]


def _calls_for_help(reading: Dict[str, Any]) -> bool:
    intent = reading["intent"]
    return intent["name"] == "emergency" and intent["confidence"] >= SURE


def _may_stand_alone(reading: Dict[str, Any]) -> bool:
    """Whether a part is a question of its own for sure, or mere politeness."""
    intent = reading["intent"]
    return intent["name"] in POLITE or (intent["name"] in ASKING and intent["confidence"] >= SURE)


def _apart(readings: List[Dict[str, Any]]) -> List[Dict[str, Any]]:
    """The readings of the parts where they are different questions, what hurts first; nothing otherwise."""
    asked = [one for one in readings if one["intent"]["name"] not in POLITE]
    if not 2 <= len(asked) <= MAX_QUESTIONS:
        return []
    if sum(one["intent"]["name"] in ONE_ALONE for one in asked) > 1:
        return []
    different = {(one["intent"]["name"], *sorted(str(found["value"]) for found in one["entities"])) for one in asked}
    if len(different) != len(asked):
        return []
    return sorted(asked, key=lambda one: all(found["entity"] != SYMPTOM for found in one["entities"]))
