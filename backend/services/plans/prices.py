"""The price of a ticket, where the text leaves no doubt."""

from __future__ import annotations

import re

from backend.models import Place

_ONE = re.compile(r"(?P<low>\d{1,4})(?:\s*[-~至到]\s*(?P<high>\d{1,4}))?\s*元(?:/人)?")
_AMOUNT = re.compile(r"(\d{1,4})\s*元")
_FREE = re.compile(r"免费(?!\s*或)")


def ticket_yuan(place: Place) -> int | None:
    """What a grown-up pays to get in, in yuan, by the Chinese price text; the upper end of a range; 0 where it is free.

    None where it cannot be told: no price, several prices (by season, by part), a price "from", one that is not sure.
    """
    text = place.price_text_zh.strip()
    match = _ONE.fullmatch(text)
    if match:
        return int(match["high"] or match["low"])
    # 免费（预约）, 免费进城: free all the same; 免费或45元 is not.
    return 0 if _FREE.match(text) and "元" not in text else None


def likely_yuan(place: Place) -> int:
    """What to reckon with in a budget: the price, or where it cannot be told for sure the highest amount named; 0 where
    none is.
    """
    price = ticket_yuan(place)
    return max(map(int, _AMOUNT.findall(place.price_text_zh)), default=0) if price is None else price
