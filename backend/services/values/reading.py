"""What all readers of values share: a plain form of the text with the same positions, and numbers in words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

# More than anybody types in one question: what stands behind is not read, so that no text costs much time.
LIMIT = 500

_TRADITIONAL = "後週號點兩個禮國慶節勞動淩時鐘鍾這間過萬塊錢張長兒們歐內說錯應該還帶單幾從黃會員陽聖誕寶夠夥"
_SIMPLIFIED = "后周号点两个礼国庆节劳动凌时钟钟这间过万块钱张长儿们欧内说错应该还带单几从黄会员阳圣诞宝够伙"
_PLAIN = str.maketrans(
    {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}  # full-width forms
    | {chr(code): chr(code + 32) for code in range(ord("A"), ord("Z") + 1)}
    | {chr(code): chr(code - 0xFEE0 + 32) for code in range(0xFF21, 0xFF3B)}
    | dict(zip(_TRADITIONAL, _SIMPLIFIED, strict=True))
    | {"\u3000": " ", "\u00a0": " ", "’": "'", "‘": "'", "–": "-", "—": "-", "～": "~", "〜": "~", "￥": "¥"}
)

_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {
    "〇": 0, "两": 2, "俩": 2, "仨": 3, "幺": 1, "壹": 1, "贰": 2, "叁": 3,
}  # fmt: skip
_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10000}
_WORDS = {
    "zero": 0, "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50,
}  # fmt: skip
_ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9,
    "tenth": 10, "eleventh": 11, "twelfth": 12,
}  # fmt: skip

# How numbers are spelled, for the grammars; what they match is read by `number`.
HAN = "零〇一二两三四五六七八九十"
SMALL = rf"(?:[0-9]{{1,2}}|[{HAN}]{{1,3}})"
WORD = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
ORDINAL = "|".join(_ORDINALS)


def plain(text: str) -> str:
    """The first 500 characters in lower case, with half-width signs and simplified characters.

    Every character stays where it was, so a position in the result is one in the text.
    """
    return text[:LIMIT].translate(_PLAIN)


class Pattern:
    """A pattern of plain text, compiled when it is first used: all of them together take longer than a start may.

    Its word boundaries are those of Latin letters, as Chinese has none.
    """

    def __init__(self, expression: str) -> None:
        self._expression = expression

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self._expression, re.ASCII)

    def search(self, text: str, start: int = 0, end: int = LIMIT) -> re.Match[str] | None:
        return self._compiled.search(text, start, end)

    def match(self, text: str, start: int = 0) -> re.Match[str] | None:
        return self._compiled.match(text, start)

    def fullmatch(self, text: str, start: int = 0, end: int = LIMIT) -> re.Match[str] | None:
        return self._compiled.fullmatch(text, start, end)

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        return self._compiled.finditer(text)


def number(said: str) -> int | None:
    """A whole number in digits, Chinese (十五, 两百五, 三万, 〇三) or English (one, third); None for anything else."""
    if said.isascii():
        return int(said) if said.isdigit() else _WORDS.get(said, _ORDINALS.get(said))
    return _chinese(said)


def _chinese(said: str) -> int | None:
    if all(char in _DIGITS for char in said):  # digit by digit, as years are read
        return int("".join(str(_DIGITS[char]) for char in said))
    total = section = digit = 0
    last = 1
    for char in said:
        if char in _DIGITS:
            digit = _DIGITS[char]
            last = 10 if digit == 0 else last
            continue
        if char not in _UNITS:
            return None
        last = _UNITS[char]
        if char == "万":
            total, section, digit = total + (section + digit) * last, 0, 0
        else:
            section, digit = section + (digit or 1) * last, 0
    # 一百五 is 150, 一百零五 is 105.
    return total + section + digit * (last // 10 if last > 10 else 1)
