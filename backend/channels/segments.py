"""SMS encodings and segments: 3GPP TS 23.038 (GSM 7-bit default alphabet) and 23.040 (concatenation)."""

from __future__ import annotations

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")
# Typography that would turn a whole English message into UCS-2, and what stands for it.
_PLAIN = str.maketrans(
    {
        "‘": "'",
        "’": "'",
        "“": '"',
        "”": '"',
        "–": "-",
        "—": "-",
        "…": "...",
        "·": "-",
        "•": "-",
        "×": "x",
        "→": ">",
        "\u00a0": " ",
        "\u202f": " ",
    }
)
GSM_SINGLE, GSM_PART = 160, 153
UCS2_SINGLE, UCS2_PART = 70, 67


def plain_typography(text: str) -> str:
    """The text with typographic marks replaced, where that alone makes it fit the GSM alphabet; otherwise as it was."""
    plain = text.translate(_PLAIN)
    return plain if is_gsm(plain) else text


def is_gsm(text: str) -> bool:
    """Whether every character is in the GSM 7-bit default alphabet or its extension."""
    return all(char in _BASIC or char in _EXTENDED for char in text)


def segments(text: str) -> int:
    """How many SMS segments a text takes. An extension character takes two septets and an emoji two UTF-16 units, and
    neither is
    split between two parts."""
    if not text:
        return 1
    if is_gsm(text):
        return _count([2 if char in _EXTENDED else 1 for char in text], GSM_SINGLE, GSM_PART)
    return _count([2 if ord(char) > 0xFFFF else 1 for char in text], UCS2_SINGLE, UCS2_PART)


def _count(units: list[int], single: int, part: int) -> int:
    if sum(units) <= single:
        return 1
    parts, used = 1, 0
    for unit in units:
        if used + unit > part:
            parts, used = parts + 1, 0
        used += unit
    return parts
