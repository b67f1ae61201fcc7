"""Recognising a cry for help by the phrases of the pack, without any trained model."""

from __future__ import annotations

import re
import unicodedata

from backend.city_pack.model import EmergencyGroup, EmergencyLexicon

_SPACE_IN_CHINESE = re.compile(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])")
# Cuts the text where a harmless phrase was, so that its neighbours cannot grow together into a new word.
GAP = "\x1f"
# A cry for help is short; the end of a longer text is not searched, so that hostile input costs no time.
_LONGEST = 2000


def without_harmless(lexicon: EmergencyLexicon, text: str) -> str:
    """The text in plain signs, without the phrases that only look like a cry for help."""
    plain = unicodedata.normalize("NFKC", text[:_LONGEST]).replace("\u2019", "'").replace("\u2018", "'")
    plain = _SPACE_IN_CHINESE.sub("", plain)
    for pattern in lexicon.harmless:
        plain = pattern.sub(GAP, plain)
    return plain


def find_emergencies(lexicon: EmergencyLexicon, text: str) -> tuple[EmergencyGroup, ...]:
    """The groups whose phrases stand in the text, most urgent first (the order of the pack); none for ordinary
    questions.

    The text is taken as NFKC, case is ignored, typographic apostrophes are made plain, spaces inside Chinese go.
    """
    plain = without_harmless(lexicon, text)
    return tuple(group for group in lexicon.groups if any(pattern.search(plain) for pattern in group.patterns))
