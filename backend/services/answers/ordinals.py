"""Which one of a list is meant: "第二个", "the last one", "option 3"."""

from __future__ import annotations

import re

_HAN_NUMBERS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_WORDS = {
    "first": 1,
    "1st": 1,
    "second": 2,
    "2nd": 2,
    "third": 3,
    "3rd": 3,
    "fourth": 4,
    "4th": 4,
    "fifth": 5,
    "5th": 5,
}
_COUNTING = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5}
_HAN = re.compile(r"第\s*([一二两三四五六七八九1-9])\s*(?:个|家|条|处|项|所|座|种|那个)?(?!天|次|一|医院|人民|附属)")
_HAN_LAST = re.compile(r"最后(?:面)?(?:那|这|一)?(?:一)?(?:个|家|条|处|项|所)|最末(?:尾)?(?:那)?个|倒数第一(?:个|家)?")
_EN = re.compile(
    r"\b(?:the|that|your|no|number|option|choice|item|#)\s*\.?\s*"
    r"(first|second|third|fourth|fifth|1st|2nd|3rd|4th|5th)\b(?!\s+(?:hospital|day|time|people|floor|of|middle|class))"
    r"|\b(first|second|third|fourth|fifth|1st|2nd|3rd|4th|5th)\s+(?:one|option|place|choice)\b"
    r"|(?:\b(?:number|option|choice|item|no\.?)|#)\s*([1-9]|one|two|three|four|five)\b",
    re.IGNORECASE,
)
_EN_LAST = re.compile(
    r"\b(?:the|that)\s+(?:very\s+)?last\b(?!\s+(?:bus|entry|train|time|day|admission))|\blast one\b", re.I
)


def position_in_list(text: str) -> int | None:
    """The place in the list shown last, counted from 1; -1 for the last of it; None where no position is named."""
    if _HAN_LAST.search(text) or _EN_LAST.search(text):
        return -1
    han = _HAN.search(text)
    if han:
        return int(han[1]) if han[1].isdigit() else _HAN_NUMBERS[han[1]]
    english = _EN.search(text)
    if english:
        word = next(group for group in english.groups() if group).lower()
        return int(word) if word.isdigit() else _WORDS.get(word) or _COUNTING[word]
    return None
