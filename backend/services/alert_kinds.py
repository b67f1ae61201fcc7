"""What an alert warns of: the kinds staff choose from and people subscribe to, and how a message from outside is put
into one of them.

The kinds of weather are those the China Meteorological Administration issues warning signals for (order no. 16 of
2007); the others are what the civil warning systems of cities bring besides.
"""

from __future__ import annotations

import re
from types import MappingProxyType

from backend.services.cap import Message

# Kind by kind: the CAP category it is of, and the words by which the event of a message is known to be of it.
_KINDS: MappingProxyType[str, tuple[str, str]] = MappingProxyType(
    {
        "typhoon": ("Met", r"台风|typhoon|hurricane|tropical storm|tropical cyclone"),
        "storm_surge": ("Met", r"风暴潮|storm surge|coastal flood"),
        "waves": ("Met", r"海浪|high (?:surf|seas|waves)|\bwaves?\b|rip current"),
        "tsunami": ("Geo", r"海啸|tsunami"),
        "thunderstorm": ("Met", r"雷电|雷暴|雷雨|强对流|thunder|lightning"),
        "hail": ("Met", r"冰雹|\bhail"),
        "rain": ("Met", r"暴雨|大雨|强降雨|heavy rain|rainstorm|torrential"),
        "flood": ("Met", r"洪水|山洪|内涝|洪涝|flood"),
        "snow": ("Met", r"暴雪|大雪|snow|blizzard"),
        "ice": ("Met", r"结冰|\bice\b|icing|frost|霜冻"),
        "cold": ("Met", r"寒潮|低温|cold|wind chill"),
        "heat": ("Met", r"高温|\bheat|high temperature"),
        "fog": ("Met", r"大雾|浓雾|\bfog"),
        "wind": ("Met", r"大风|阵风|强风|沙尘|\bwinds?\b|\bgales?\b|sandstorm|\bdust"),
        "air": ("Env", r"霾|重污染|空气|\bhaze|air (?:quality|pollution)|smog"),
        "fire": ("Fire", r"火险|火灾|\bfire"),
        "earthquake": ("Geo", r"地震|earthquake"),
        "health": ("Health", r"疫情|卫生|health|epidemic|water quality|水质"),
        "transport": ("Transport", r"交通|停运|traffic|transport|road clos"),
        "infrastructure": ("Infra", r"停电|停水|停气|power (?:cut|outage)|water supply|gas leak"),
        "other": ("Other", r"(?!)"),
    }
)
KINDS = tuple(_KINDS)
# Name of the event code that gives the kind in messages of ours.
KIND_CODE = "concierge:kind"
# Kinds that a person who asks to be warned of strong wind means.
WINDY = ("wind", "typhoon", "thunderstorm", "storm_surge")
_WORDS = {kind: re.compile(words, re.IGNORECASE) for kind, (_, words) in _KINDS.items()}


def category_of(kind: str) -> str:
    """The CAP category of a kind."""
    return _KINDS[kind][0]


def kind_of(message: Message) -> str:
    """The kind of a message: by a code of ours, else by the words of its event and then of its headline; `other` where
    they tell nothing.
    """
    for info in message.infos:
        for code in info.event_codes:
            if code.name == KIND_CODE and code.value in _KINDS:
                return code.value
    for words in (
        " ".join(info.event for info in message.infos),
        " ".join(info.headline for info in message.infos),
    ):
        for kind, pattern in _WORDS.items():
            if pattern.search(words):
                return kind
    return "other"
