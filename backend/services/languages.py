"""Which of the product's languages a message is in, by its script."""

from __future__ import annotations

import re

_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
_LATIN_WORD = re.compile(r"[A-Za-z]{2,}")


def detect(text: str, fallback: str) -> str:
    """`zh` or `en` by the script that carries more of the text; `fallback` when there is too little to tell.

    A Han character counts once, a Latin word once and a half: "how much is 鸽子窝" is
    English, "T2航站楼在哪" is Chinese.
    """
    han = len(_HAN.findall(text))
    latin = 1.5 * len(_LATIN_WORD.findall(text))
    if han == 0 and latin == 0:
        return fallback
    return "zh" if han >= latin else "en"
