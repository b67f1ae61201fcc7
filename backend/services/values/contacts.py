"""Telephone numbers and the codes of orders and bookings."""

from __future__ import annotations

import re
from itertools import pairwise

from backend.services.values.reading import LIMIT, Pattern, plain

# Without 0, 1, I and O, which people mix up: whoever makes codes should use these characters only.
CODE_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"

_PHONE_LIKE = Pattern(r"[0-9０-９](?:[^a-zA-Z]{0,3}[0-9０-９]){6}")
_RUN = Pattern(r"[a-z0-9]+")
_CODE = Pattern(rf"[{CODE_ALPHABET}]{{5,8}}")
_SPELLED = Pattern(r"(?<![a-z0-9])[a-z0-9](?:[ -][a-z0-9]){4,7}(?![a-z0-9])")
_CUE = Pattern(r"订单|单号|编号|预订|预约|确认|取票|码|\b(?:code|order|booking|reservation|reference|ref)\b")
# A number with its word or unit, or the word alone: bus234, 3pm, 2adults, 25km.
_WORD = (
    "bus|gate|room|line|level|floor|terminal|road|rd|route|exit|zone|seat|hall|tower|area|tel|apt|beach|park|train"
    "|flight|tickets?|days?|nights?|hours?|hr|hrs|mins?|weeks?|years?|am|pm|st|nd|rd|th|km|kms|kg|mb|gb|psg|pax|people"
    "|adults?|kids?|child|yuan|kuai|rmb|cny|usd|eur|stars?|and|the|for|see|after|until|under|iphone|covid|wifi"
    "|jan|feb|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug|sept?|oct|nov|dec|mon|tue|wed|thu|fri|sat|sun"
)
_MEASURED = Pattern(rf"(?:{_WORD})[0-9]*|[0-9]+(?:{_WORD})")
# Trains (G2345) and flights (CA2345), unless a word says that it is a code.
_CARRIER = Pattern(r"[a-z]{1,2}[0-9]{3,4}")
_PLATE = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新"


def find_phones(text: str) -> list[str]:
    """The telephone numbers in the first 500 characters of a text as E.164, in order and each once.

    Numbers without a country code are Chinese: mobile, landline with its area code, 400 and 800. Short numbers such as
    110 are not among them. Never raises.
    """
    text = text[:LIMIT]
    if not _PHONE_LIKE.search(text):
        return []
    # Its tables take longer to import than everything else here.
    from phonenumbers import Leniency, PhoneNumberFormat, PhoneNumberMatcher, format_number

    found: dict[str, None] = {}
    for match in PhoneNumberMatcher(text, "CN", leniency=Leniency.VALID):
        around = text[max(0, match.start - 1) : match.start] + text[match.end : match.end + 1]
        # Part of a longer code is no number.
        if not re.search(r"[A-Za-z0-9_]", around):
            found[format_number(match.number, PhoneNumberFormat.E164)] = None
    return list(found)


def find_codes(text: str) -> list[str]:
    """Order and booking codes in the first 500 characters of a text, upper-cased, in order and each once.

    A code has five to eight characters of `CODE_ALPHABET`, letters and digits mixed, in one piece, in two groups ("K7M
    2QX", "k7m-2qx") or spelled out one by one. Bus lines, times, train, flight and car numbers are no codes. Never
    raises.
    """
    words = plain(text)
    cue = _CUE.search(words) is not None
    runs = list(_RUN.finditer(words))
    places = {match.span(): _code(re.sub("[ -]", "", match[0])) for match in _SPELLED.finditer(words)}
    places |= {run.span(): _in_one(words, run, cue) for run in runs}
    places |= {(first.start(), last.end()): _in_two(words, first, last, cue) for first, last in pairwise(runs)}
    return list(dict.fromkeys(code for _, code in sorted(places.items()) if code))


def _in_one(words: str, run: re.Match[str], cue: bool) -> str | None:
    start, end = run.span()
    code = _code(run[0])
    on_a_car = len(run[0]) >= 6 and start > 0 and words[start - 1] in _PLATE
    if code is None or on_a_car or _in_address(words, start, end) or _MEASURED.fullmatch(run[0]):
        return None
    return code if cue or not _CARRIER.fullmatch(run[0]) else None


def _in_two(words: str, first: re.Match[str], last: re.Match[str], cue: bool) -> str | None:
    groups = first[0], last[0]
    code = _code("".join(groups))
    if code is None or words[first.end() : last.start()] not in (" ", "-") or len(groups[0]) != len(groups[1]):
        return None
    if _in_address(words, first.start(), last.end()) or any(_MEASURED.fullmatch(group) for group in groups):
        return None
    # A word and a plain number are a code only where something says so.
    return code if cue or any(_mixed(group) for group in groups) else None


def _mixed(said: str) -> bool:
    return any(char.isdigit() for char in said) and any(char.isalpha() for char in said)


def _in_address(words: str, start: int, end: int) -> bool:
    """Whether it is part of a web or mail address or of a longer name."""
    before = words[start - 1] if start else ""
    return before in set("@/_.-&=") or re.match(r"[@/_-]|\.[a-z0-9]", words[end:]) is not None


def _code(said: str) -> str | None:
    code = said.upper()
    return code if _CODE.fullmatch(code) and _mixed(code) else None
