"""Which of the product's languages a message is in, by its script."""

from __future__ import annotations

import re

_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
# What is written in these scripts is answered in English, with a word in the language itself.
_FOREIGN = {
    "ru": re.compile(r"[\u0400-\u04ff]"),
    "ko": re.compile(r"[\uac00-\ud7af]"),
    "ja": re.compile(r"[\u3040-\u30ff]"),
}
_LATIN_WORD = re.compile(r"[A-Za-z]{2,}")
# A code such as K7M-4RX is of no language.
_CODE = re.compile(r"(?<![A-Za-z0-9-])(?=[A-Za-z0-9-]*\d)[A-Za-z0-9-]+")


def detect(text: str, fallback: str) -> str:
    """`zh` or `en` by the script that carries more of the text; `fallback` when there is too little to tell.

    A Han character counts once, a Latin word once and a half: "how much is 鸽子窝" is
    English, "T2航站楼在哪" is Chinese.
    """
    han = len(_HAN.findall(text))
    latin = 1.5 * len(_LATIN_WORD.findall(_CODE.sub(" ", text)))
    if foreign(text):
        return "en"
    if han == 0 and latin == 0:
        return fallback
    return "zh" if han >= latin else "en"


def foreign(text: str) -> str | None:
    """`ru`, `ko` or `ja` for a text with at least two letters of that script; None for every other."""
    for lang, letters in _FOREIGN.items():
        if len(letters.findall(text)) >= 2:
            return lang
    return None
