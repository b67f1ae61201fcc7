"""Which script a character belongs to."""

from __future__ import annotations

import re

_OTHERS = re.compile("[^\u3400-\u9fff\uf900-\ufaff]+")


def is_han(char: str) -> bool:
    """Whether a character is Chinese."""
    return "\u3400" <= char <= "\u9fff" or "\uf900" <= char <= "\ufaff"


def is_latin(char: str) -> bool:
    """Whether a character is a letter of the Latin alphabet or a digit."""
    return char.isalnum() and ord(char) < 0x250


def count_han(text: str) -> int:
    """How many characters of a text are Chinese."""
    return 0 if text.isascii() else len(_OTHERS.sub("", text))
